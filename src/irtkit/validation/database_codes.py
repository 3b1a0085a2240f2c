"""Codes of problems that a database shows: references, the hierarchy of networks, changes of what is stored.

In an example, what stands after the line `% in the database:` is stored already, and what stands after the line
`% submitted:` is judged. An example without these lines is a whole submission to a database without objects.
"""

from irtkit.problems import Problem, Severity
from irtkit.rpsl import Attribute
from irtkit.validation.codes.rows import RIPE, Code, Group

__all__ = ["CODES", "GROUP", "located"]

_MNTNER = "mntner:         EXAMPLE-MNT\n"
_IRT = "irt:            irt-example\n"
_PERSON = "person:         Example Person\nnic-hdl:        EP1-EXAMPLE\n"
_ROLE = "role:           Example Desk\nnic-hdl:        ED1-EXAMPLE\n"
_DESK = f"{_ROLE}abuse-mailbox:  abuse@example.net\n"
_ORG = "organisation:   ORG-EX1-EXAMPLE\n"
_LIR = f"{_ORG}org-type:       LIR\n"
_OTHER = f"{_ORG}org-type:       OTHER\n"
_NET = "inetnum:        192.0.2.0 - 192.0.2.255\n"
_HALF = "inetnum:        192.0.2.0 - 192.0.2.127\n"
_SITE = "inet6num:       2001:db8::/48\n"
_PA = "status:         ALLOCATED PA\n"
_ASSIGNED = "status:         ASSIGNED PA\n"
_PI = "status:         ASSIGNED PI\n"
_LEGACY = "status:         LEGACY\n"
_AGGREGATED = "status:         AGGREGATED-BY-LIR\nassignment-size: "
_HOLDER = "org:            ORG-EX1-EXAMPLE\n"
_SPONSOR = "sponsoring-org: ORG-EX1-EXAMPLE\n"
_ABUSE_C = "abuse-c:        ED1-EXAMPLE\n"
_LOWER = "mnt-lower:      EXAMPLE-MNT\n"
_AS_SET = "as-set:         AS64496:AS-EXAMPLE\n"
_MEMBER = "aut-num:        AS64496\nmember-of:      AS64496:AS-EXAMPLE\nmnt-by:         EXAMPLE-MNT\n"
_ZONE = "domain:         2.0.192.in-addr.arpa\n"
_HALF_DOMAIN = "domain:         0-127.2.0.192.in-addr.arpa\n"
_APNIC = "source:         APNIC\n"
_DELETE = "delete:         not used any more\n"

_ERROR, _WARNING, _INFO = Severity.ERROR, Severity.WARNING, Severity.INFO


def _case(stored: str, submitted: str) -> str:
    return f"% in the database:\n{stored}\n% submitted:\n{submitted}"


def _network(value: str, status: str, more: str = "") -> str:
    return f"{'inet6num' if ':' in value else 'inetnum'}:{'':<7}{value}\nstatus:         {status}\n{more}"


_REFERENCES = (
    Code(
        "unknown-reference",
        _ERROR,
        "an object that is referred to does not exist",
        "It is neither in the registry's database nor in the submission. It is only said when the database that was"
        " given has objects of the class at all.",
        _case(_MNTNER, f"{_IRT}mnt-by:         OTHER-MNT\n"),
        _case(_MNTNER, f"{_IRT}mnt-by:         EXAMPLE-MNT\n"),
        f"{RIPE}: ReferencedObjectsExistValidator",
    ),
    Code(
        "wrong-class",
        _ERROR,
        "an object that is referred to is of another class",
        "Every reference names objects of one class or a few: `abuse-c` a role, `admin-c` a role or a person.",
        f"{_PERSON}\n{_ORG}abuse-c:        EP1-EXAMPLE\n",
        f"{_DESK}\n{_ORG}{_ABUSE_C}",
        f"{RIPE}: ReferencedObjectsExistValidator, AbuseValidator",
    ),
    Code(
        "auto-key-undefined",
        _ERROR,
        "no object of the submission asks for the key AUTO-n",
        "A key that the registry shall make up is known within one submission only: one object asks for it, and"
        " others of the same submission may refer to it.",
        f"{_IRT}admin-c:        AUTO-2\n\nperson:         Example Person\nnic-hdl:        AUTO-1\n",
        f"{_IRT}admin-c:        AUTO-1\n\nperson:         Example Person\nnic-hdl:        AUTO-1\n",
        f"{RIPE}: AutoKeyResolver",
    ),
    Code(
        "auto-key-repeated",
        _ERROR,
        "two objects of the submission ask for the same key AUTO-n",
        "The number tells them apart; the letters after it do not.",
        "person:         Example Person\nnic-hdl:        AUTO-1EP\n\nrole:           Example Desk\n"
        "nic-hdl:        AUTO-1ED\n",
        "person:         Example Person\nnic-hdl:        AUTO-1EP\n\nrole:           Example Desk\n"
        "nic-hdl:        AUTO-2ED\n",
        f"{RIPE}: AutoKeyResolver",
    ),
    Code(
        "still-referenced",
        _ERROR,
        "an object that shall be deleted is referred to by others",
        "Change or delete those first, or in the same submission. Objects may refer to themselves, and an `aut-num`"
        " may be deleted whoever names it.",
        _case(f"{_MNTNER}\n{_IRT}mnt-by:         EXAMPLE-MNT\n", f"{_MNTNER}{_DELETE}"),
        _case(_MNTNER, f"{_MNTNER}{_DELETE}"),
        f"{RIPE}: ObjectReferencedValidator",
    ),
    Code(
        "nothing-to-delete",
        _ERROR,
        "an object that shall be deleted does not exist",
        "It is not in the database, or its key is spelled in another way there.",
        _case(_MNTNER, f"mntner:         OTHER-MNT\n{_DELETE}"),
        _case(_MNTNER, f"{_MNTNER}{_DELETE}"),
        f"{RIPE}: SingleUpdateHandler",
    ),
    Code(
        "role-without-mailbox",
        _ERROR,
        "the role that abuse-c names has no abuse-mailbox",
        "A role is an abuse contact by its `abuse-mailbox`.",
        f"{_ROLE}\n{_ORG}{_ABUSE_C}",
        f"{_DESK}\n{_ORG}{_ABUSE_C}",
        f"{RIPE}: AbuseValidator",
    ),
    Code(
        "repeated-abuse-c",
        _WARNING,
        "the organisation has the same abuse-c",
        "The organisation of a resource, or of a less specific one, already supplies this contact.",
        f"{_DESK}\n{_ORG}{_ABUSE_C}\n{_NET}{_HOLDER}{_ABUSE_C}",
        f"{_DESK}\n{_ORG}{_ABUSE_C}\n{_NET}{_HOLDER}",
        f"{RIPE}: AbuseCDuplicateValidator",
    ),
    Code(
        "organisation-without-abuse-c",
        _ERROR,
        "the resource needs an organisation with an abuse-c",
        "The organisation of an end user (org-type OTHER) must have an `abuse-c` before it holds an `aut-num` with a"
        " status, or an `inetnum` or `inet6num` with status ASSIGNED PI, or with LEGACY and a maintainer of the"
        " registry.",
        f"{_OTHER}\n{_NET}{_PI}{_HOLDER}",
        f"{_DESK}\n{_OTHER}{_ABUSE_C}\n{_NET}{_PI}{_HOLDER}",
        f"{RIPE}: EndUserAbuseCValidator",
    ),
    Code(
        "wrong-org-type",
        _ERROR,
        "an organisation of this type does not hold networks with this status",
        "Allocations are held by an LIR, for instance, assignments by an LIR or by others.",
        f"{_OTHER}\n{_NET}{_PA}{_HOLDER}",
        f"{_LIR}\n{_NET}{_PA}{_HOLDER}",
        f"{RIPE}: ReferenceCheck",
    ),
    Code(
        "sponsor-is-no-lir",
        _ERROR,
        "the sponsoring organisation is no LIR",
        "Only an LIR sponsors the resources of an end user.",
        f"{_OTHER}\n{_NET}{_PI}{_SPONSOR}",
        f"{_LIR}\n{_NET}{_PI}{_SPONSOR}",
        f"{RIPE}: SponsoringOrgMandatoryValidator",
    ),
    Code(
        "missing-sponsor",
        _ERROR,
        "a new resource of an end user has no sponsoring organisation",
        "It is needed where the registry's maintainer of end users stands in `mnt-by` and the holder is no LIR.",
        f"{_DESK}\n{_OTHER}{_ABUSE_C}\n{_NET}{_PI}{_HOLDER}mnt-by:         RIPE-NCC-END-MNT\n",
        f"{_DESK}\n{_LIR}{_ABUSE_C}\n{_NET}{_PI}{_HOLDER}mnt-by:         RIPE-NCC-END-MNT\n",
        f"{RIPE}: SponsoringOrgMandatoryValidator",
    ),
    Code(
        "unsupported-membership",
        _ERROR,
        "the set does not take members of these maintainers",
        "A claim in `member-of` counts only if `mbrs-by-ref` of the set names a maintainer of the member, or ANY.",
        f"{_AS_SET}mbrs-by-ref:    OTHER-MNT\n\n{_MEMBER}",
        f"{_AS_SET}mbrs-by-ref:    EXAMPLE-MNT\n\n{_MEMBER}",
        f"{RIPE}: MemberOfValidator",
    ),
)

_HIERARCHY = (
    Code(
        "parent-status",
        _ERROR,
        "a new network may not stand below its parent's status",
        "The parent is the smallest network around it. Which status may stand below which is a table of the registry.",
        _case(f"{_NET}{_PI}", f"{_HALF}{_ASSIGNED}"),
        _case(f"{_NET}{_PA}", f"{_HALF}{_ASSIGNED}"),
        f"{RIPE}: InetnumStatus, Inet6numStatus",
    ),
    Code(
        "child-status",
        _ERROR,
        "a new network has a status that does not suit the networks in it",
        "The networks one level inside are looked at; the first one that does not fit is named.",
        _case(f"{_HALF}{_PA}", f"{_NET}{_ASSIGNED}"),
        _case(f"{_HALF}{_ASSIGNED}", f"{_NET}{_PA}"),
        f"{RIPE}: InetnumStatus, Inet6numStatus",
    ),
    Code(
        "parent-status-kept",
        _WARNING,
        "a changed network stands below a status that it could not be created below",
        "What stood there before stays, and the registry warns.",
        _case(f"{_NET}{_PI}\n{_HALF}{_ASSIGNED}", f"{_HALF}{_ASSIGNED}"),
        _case(f"{_NET}{_PA}\n{_HALF}{_ASSIGNED}", f"{_HALF}{_ASSIGNED}"),
        f"{RIPE}: InetnumStatusValidator",
    ),
    Code(
        "child-status-kept",
        _WARNING,
        "a network in a changed or deleted one does not suit what is around it",
        "After a deletion the networks that were in it stand below its parent.",
        _case(f"{_NET}{_PI}\n{_HALF}{_ASSIGNED}", f"{_NET}{_PI}"),
        _case(f"{_NET}{_PA}\n{_HALF}{_ASSIGNED}", f"{_NET}{_PA}"),
        f"{RIPE}: InetnumStatusValidator",
    ),
    Code(
        "further-delegation",
        _WARNING,
        "the registry's documents ask for another status around this network",
        "Assigned networks are not delegated further. Whether the server refuses it is not documented.",
        _case(
            _network("192.0.2.0 - 192.0.2.255", "ASSIGNED NON-PORTABLE", _APNIC),
            _network("192.0.2.0 - 192.0.2.127", "ASSIGNED NON-PORTABLE", _APNIC),
        ),
        _case(
            _network("192.0.2.0 - 192.0.2.255", "ALLOCATED PORTABLE", _APNIC),
            _network("192.0.2.0 - 192.0.2.127", "ASSIGNED NON-PORTABLE", _APNIC),
        ),
        "APNIC: recording network assignments",
        "apnic",
    ),
    Code(
        "status-becomes-legacy",
        _INFO,
        "the registry changes the status to LEGACY",
        "Everything below a network with status LEGACY has that status, too.",
        _case(f"{_NET}{_LEGACY}", f"{_HALF}{_ASSIGNED}"),
        _case(f"{_NET}{_LEGACY}", f"{_HALF}{_LEGACY}"),
        f"{RIPE}: InetnumLegacyStatusGenerator",
    ),
    Code(
        "legacy-at-the-top",
        _ERROR,
        "only the registry creates or deletes a LEGACY network that is in no other",
        "Below a network with status LEGACY anybody with the right to may.",
        _case(f"{_NET}status:         ALLOCATED UNSPECIFIED\n", f"{_HALF}{_LEGACY}"),
        _case(f"{_NET}{_LEGACY}", f"{_HALF}{_LEGACY}"),
        f"{RIPE}: InetnumStrictStatusValidator",
    ),
    Code(
        "overlapping-network",
        _ERROR,
        "a new network overlaps another in part",
        "Of two networks one holds the other, or they have no address in common.",
        _case(_HALF, "inetnum:        192.0.2.64 - 192.0.2.255\n"),
        _case(_HALF, "inetnum:        192.0.2.128 - 192.0.2.255\n"),
        f"{RIPE}: IntersectionValidator",
    ),
    Code(
        "assignment-size-mismatch",
        _ERROR,
        "a network inside an aggregation does not have its assignment-size",
        "All networks one level inside are as large as `assignment-size` says.",
        _case(f"{_SITE}{_AGGREGATED}56\n", _network("2001:db8::/64", "ASSIGNED")),
        _case(f"{_SITE}{_AGGREGATED}56\n", _network("2001:db8::/56", "ASSIGNED")),
        f"{RIPE}: AggregatedByLirStatusValidator",
    ),
    Code(
        "aggregated-too-often",
        _ERROR,
        "more than two aggregations lie around one another",
        "An AGGREGATED-BY-LIR may be in one other, and no deeper.",
        _case(
            f"inet6num:       2001:db8::/32\n{_AGGREGATED}40\n\ninet6num:       2001:db8::/40\n{_AGGREGATED}48\n",
            f"{_SITE}{_AGGREGATED}56\n",
        ),
        _case(f"inet6num:       2001:db8::/40\n{_AGGREGATED}48\n", f"{_SITE}{_AGGREGATED}56\n"),
        f"{RIPE}: AggregatedByLirStatusValidator",
    ),
    Code(
        "nested-domain",
        _ERROR,
        "a new reverse domain lies in another one, or around it",
        "Each address has one reverse domain in the registry.",
        _case(_ZONE, "domain:         1.2.0.192.in-addr.arpa\n"),
        _case(_ZONE, "domain:         100.51.198.in-addr.arpa\n"),
        f"{RIPE}: IpDomainUniqueHierarchyValidator",
    ),
    Code(
        "overlapping-domain",
        _ERROR,
        "a new reverse domain overlaps another in part",
        "Ranges in the last octet have no address in common.",
        _case(_HALF_DOMAIN, "domain:         64-191.2.0.192.in-addr.arpa\n"),
        _case(_HALF_DOMAIN, "domain:         128-191.2.0.192.in-addr.arpa\n"),
        f"{RIPE}: DomainIntersectionValidator",
    ),
    Code(
        "missing-set-parent",
        _ERROR,
        "the object that the name of a new set begins with does not exist",
        "A set called `AS64496:AS-EXAMPLE` belongs below the `aut-num` AS64496.",
        _case("aut-num:        AS64497\n", _AS_SET),
        _case("aut-num:        AS64496\n", _AS_SET),
        f"{RIPE}: SetnameMustExistValidator",
    ),
)

_CHANGES = (
    Code(
        "status-changed",
        _ERROR,
        "the status of a stored network cannot be changed",
        "Delete the object and create it again. Only ALLOCATED PA and ALLOCATED-ASSIGNED PA may be exchanged.",
        _case(f"{_HALF}{_ASSIGNED}", f"{_HALF}status:         SUB-ALLOCATED PA\n"),
        _case(f"{_HALF}{_ASSIGNED}", f"{_HALF}{_ASSIGNED}"),
        f"{RIPE}: InetnumStatusValidator, Inet6numStatusValidator",
    ),
    Code(
        "assignment-size-changed",
        _ERROR,
        "the assignment-size of a stored network cannot be changed",
        "Delete the object and create it again.",
        _case(f"{_SITE}{_AGGREGATED}56\n", f"{_SITE}{_AGGREGATED}64\n"),
        _case(f"{_SITE}{_AGGREGATED}56\n", f"{_SITE}{_AGGREGATED}56\n"),
        f"{RIPE}: AggregatedByLirStatusValidator",
    ),
    Code(
        "name-changed",
        _ERROR,
        "the name of a stored person or role cannot be changed",
        "Create another object, and have the references point there.",
        _case(_PERSON, "person:         Other Person\nnic-hdl:        EP1-EXAMPLE\n"),
        _case(_PERSON, _PERSON),
        f"{RIPE}: TypeAttributeModifyNotAllowedValidator",
    ),
    Code(
        "managed-by-registry",
        _ERROR,
        "only the registry changes this attribute of this object",
        "Of what the registry itself maintains it manages `org`, `sponsoring-org` and its own maintainers, of"
        " allocations `netname` and `mnt-by`, too.",
        _case(
            f"{_NET}netname:        EXAMPLE-NET\nmnt-by:         RIPE-NCC-HM-MNT\n",
            f"{_NET}netname:        OTHER-NET\nmnt-by:         RIPE-NCC-HM-MNT\n",
        ),
        _case(
            f"{_NET}netname:        EXAMPLE-NET\nmnt-by:         RIPE-NCC-HM-MNT\n",
            f"{_NET}netname:        EXAMPLE-NET\nmnt-by:         RIPE-NCC-HM-MNT\n",
        ),
        f"{RIPE}: NetnameValidator, OrgAttributeNotChangedValidator, SponsoringOrgValidator, LirMntByValidator",
    ),
    Code(
        "mnt-lower-added",
        _ERROR,
        "mnt-lower cannot be added to a stored assignment",
        "What an assignment already has may stay, or be removed.",
        _case(f"{_HALF}{_ASSIGNED}", f"{_HALF}{_ASSIGNED}{_LOWER}"),
        _case(f"{_HALF}{_ASSIGNED}{_LOWER}", f"{_HALF}{_ASSIGNED}{_LOWER}"),
        f"{RIPE}: MntLowerAddedValidator",
    ),
    Code(
        "abuse-mailbox-removed",
        _ERROR,
        "the abuse-mailbox of a role that is an abuse-c cannot be removed",
        "Have the references point at another role first.",
        _case(f"{_DESK}\n{_ORG}{_ABUSE_C}", _ROLE),
        _case(f"{_DESK}\n{_ORG}", _ROLE),
        f"{RIPE}: MustKeepAbuseMailboxIfReferencedValidator",
    ),
    Code(
        "abuse-c-removed",
        _ERROR,
        "the abuse-c of this organisation cannot be removed",
        "An LIR needs it, and so does the holder of resources that the registry maintains.",
        _case(f"{_DESK}\n{_LIR}{_ABUSE_C}", _LIR),
        _case(f"{_DESK}\n{_OTHER}{_ABUSE_C}", _OTHER),
        f"{RIPE}: AbuseValidator",
    ),
)

CODES: tuple[Code, ...] = (*_REFERENCES, *_HIERARCHY, *_CHANGES)
"""Every code of problems that a database shows."""

GROUP = Group(
    "What a database shows",
    "These need other objects: those of the submission, of files, or of an index. What no database at hand can decide"
    " is not said. In an example, what is in the database comes first, and what is submitted after it.",
    CODES,
)
"""The same for the manual."""

_LONGEST_WALK = 10_000  # characters
_ROWS = {row.code: row for row in CODES}


def located(  # noqa: PLR0913 - a problem has as many parts
    code: str,
    attribute: Attribute,
    message: str,
    hint: str | None = None,
    *,
    start: int | None = None,
    length: int = 0,
    citation: str | None = None,
) -> Problem:
    """Return a problem of *attribute*, with the severity of its code and, unless given, its citation.

    Without *start* the name of the attribute is shown, with it *length* characters of its clean value from there; a
    *length* of 0 means the rest of the value. In a very long value nothing is located: each place there costs a walk.

    Raises: KeyError for a code that is not in `CODES`.
    """
    row = _ROWS[code]
    if start is None or len(attribute.value) > _LONGEST_WALK:
        span = attribute.name_span
    else:
        rest = len(attribute.value) - start
        span = attribute.span(start, max(1, min(length or rest, rest)))
    return Problem(code, row.severity, message, span, hint, citation or row.citation)

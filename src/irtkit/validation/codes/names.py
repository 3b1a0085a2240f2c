"""Codes about names: what an object may be called, who may maintain it, what it may refer to."""

from irtkit.problems import Severity
from irtkit.validation.codes.rows import RIPE, Code, Group

__all__ = ["GROUP"]

GROUP = Group(
    "Names and references",
    "These are about what a new object may be called and what it may name.",
    (
        Code(
            "reserved-name",
            Severity.ERROR,
            "the name is reserved",
            "Words of RPSL are no names, and the registry has a list of names that no maintainer gets, such as those "
            "in its examples.",
            "mntner:         NEW-MNT\n",
            "mntner:         EXAMPLE1-MNT\n",
            f"{RIPE}: ReservedWordValidator, MaintainerNameValidator",
        ),
        Code(
            "reserved-prefix",
            Severity.ERROR,
            "the beginning of the name belongs to another class",
            "Names with `as-`, `rs-`, `rtrs-`, `fltr-`, `prng-`, `org-`, `irt-`, `pgpkey-` and `x509-` are for their "
            "classes.",
            "mntner:         IRT-EXAMPLE-MNT\n",
            "mntner:         EXAMPLE-IRT-MNT\n",
            f"{RIPE}: ReservedWordValidator; RFC 2622, section 2",
        ),
        Code(
            "bad-mntner-name",
            Severity.ERROR,
            "the name of a new mntner does not end in -MNT",
            "Older maintainers keep their names.",
            "mntner:         EXAMPLE1\n",
            "mntner:         EXAMPLE1-MNT\n",
            f"{RIPE}: MaintainerNameValidator",
        ),
        Code(
            "id-not-automatic",
            Severity.ERROR,
            "the registry makes this name",
            "The id of a new organisation and the name of a new X.509 key-cert are asked for by `AUTO-` and a "
            "number. The id of an organisation is judged only if the object is known to be new.",
            "organisation:   ORG-EO1-RIPE\n",
            "organisation:   AUTO-1\n",
            f"{RIPE}: OrganisationIdFactory, X509AutoKeyFactory",
        ),
        Code(
            "bad-handle-suffix",
            Severity.ERROR,
            "the handle ends in something that is no suffix",
            "After the hyphen stands a registry or a country. `AUTO-1` lets the registry choose.",
            "person:         Example Person\nnic-hdl:        EP1-EXAMPLE\n",
            "person:         Example Person\nnic-hdl:        EP1-RIPE\n",
            f"{RIPE}: NicHandleFactory",
        ),
        Code(
            "flat-set-name",
            Severity.ERROR,
            "the name of a new set is not hierarchical",
            "New sets begin with an AS number, so that the holder of that number answers for them. RIPE asks it of "
            "`as-set`, IRRd of every set.",
            "as-set:         AS-EXAMPLE\n",
            "as-set:         AS64496:AS-EXAMPLE\n",
            f"{RIPE}: ASNameHierarchicalValidator",
        ),
        Code(
            "org-name-blanks",
            Severity.ERROR,
            "the name of an organisation has tabs, several lines, or more than one blank in a row",
            "The one value whose blanks count: registration data has to be the same everywhere.",
            "organisation:   AUTO-1\norg-name:       Example  Organisation\n",
            "organisation:   AUTO-1\norg-name:       Example Organisation\n",
            f"{RIPE}: OrgNameFormatValidator",
        ),
        Code(
            "self-reference",
            Severity.ERROR,
            "a role is its own contact",
            "`admin-c` and `tech-c` of a role name other people or roles.",
            "role:           Example Desk\nnic-hdl:        ED1-RIPE\nadmin-c:        ED1-RIPE\n",
            "role:           Example Desk\nnic-hdl:        ED1-RIPE\nadmin-c:        EP1-RIPE\n",
            f"{RIPE}: SelfReferencePreventionValidator",
        ),
        Code(
            "fixed-maintainer",
            Severity.ERROR,
            "objects of this class have a certain maintainer",
            "A `poem` is maintained by LIM-MNT, a `poetic-form` by RIPE-DBM-MNT.",
            "poem:           POEM-EXAMPLE\nmnt-by:         EXAMPLE1-MNT\n",
            "poem:           POEM-EXAMPLE\nmnt-by:         LIM-MNT\n",
            f"{RIPE}: PoemHasOnlyPublicMaintainerValidator, PoeticFormHasOnlyDbmMaintainerValidator",
        ),
        Code(
            "several-maintainers",
            Severity.ERROR,
            "a member's organisation has several maintainers of its own",
            "An organisation of type LIR has one `mnt-by` besides the registry's.",
            "organisation:   ORG-EO1-RIPE\norg-type:       LIR\nmnt-by:         EXAMPLE1-MNT, EXAMPLE2-MNT\n",
            "organisation:   ORG-EO1-RIPE\norg-type:       LIR\nmnt-by:         EXAMPLE1-MNT\n",
            f"{RIPE}: LirMntByAttributeCountValidator",
        ),
        Code(
            "too-many-references",
            Severity.ERROR,
            "the object refers to too many others",
            "A registry may limit how many attributes of an object name other objects. RIPE's server does not by "
            "default; the examples are read with a limit of one.",
            "irt:            irt-example\nadmin-c:        EP1-RIPE\ntech-c:         EP1-RIPE\n",
            "irt:            irt-example\nadmin-c:        EP1-RIPE\n",
            f"{RIPE}: TooManyReferencesValidator",
        ),
        Code(
            "unlimited-queries",
            Severity.WARNING,
            "a role with an abuse-mailbox may be asked for without limit",
            "The registry tells everyone who adds `abuse-mailbox` to a role that its data is then public without the "
            "usual limits.",
            "role:           Example Desk\nnic-hdl:        ED1-RIPE\nabuse-mailbox:  abuse@example.net\n",
            "role:           Example Desk\nnic-hdl:        ED1-RIPE\n",
            f"{RIPE}: AbuseCNoLimitWarningValidator",
        ),
    ),
)
"""Problems of names and of what is named."""

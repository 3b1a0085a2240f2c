"""Codes about resources: what a status asks for, addresses that lie elsewhere, what is the registry's to write."""

from irtkit.problems import Severity
from irtkit.validation.codes.rows import RIPE, Code, Group

__all__ = ["GROUP"]

_NETWORK = "inetnum:        192.0.2.0 - 192.0.2.255\n"
_NETWORK6 = "inet6num:       2001:db8::/32\n"

GROUP = Group(
    "Addresses and status",
    "These are about the resources that an object describes.",
    (
        Code(
            "missing-org",
            Severity.ERROR,
            "the status needs an organisation",
            "An allocation names its holder in `org`, and so does IPv6 space that the registry assigns.",
            f"{_NETWORK6}status:         ASSIGNED PI\n",
            f"{_NETWORK6}status:         ASSIGNED PI\norg:            ORG-EO1-RIPE\n",
            f"{RIPE}: ReferenceCheck",
        ),
        Code(
            "attribute-not-for-status",
            Severity.ERROR,
            "the status rules an attribute out",
            "`mnt-lower` cannot be added to an assignment, `sponsoring-org` only stands where a member sponsors the "
            "holder, and `assignment-size` where many assignments are registered as one.",
            f"{_NETWORK}status:         ASSIGNED PA\nmnt-lower:      EXAMPLE1-MNT\n",
            f"{_NETWORK}status:         SUB-ALLOCATED PA\nmnt-lower:      EXAMPLE1-MNT\n",
            f"{RIPE}: MntLowerAddedValidator, SponsoringOrgMandatoryValidator, AggregatedByLirStatusValidator",
        ),
        Code(
            "missing-assignment-size",
            Severity.ERROR,
            "the status needs an assignment size",
            "AGGREGATED-BY-LIR registers many assignments of one size as one `inet6num`, and says the size.",
            f"{_NETWORK6}status:         AGGREGATED-BY-LIR\n",
            f"{_NETWORK6}status:         AGGREGATED-BY-LIR\nassignment-size: 48\n",
            f"{RIPE}: AggregatedByLirStatusValidator",
        ),
        Code(
            "bad-assignment-size",
            Severity.ERROR,
            "assignments of this size cannot be in the object",
            "The size is a prefix length: longer than that of the object, and at most 32 or 128.",
            f"{_NETWORK6}status:         AGGREGATED-BY-LIR\nassignment-size: 32\n",
            f"{_NETWORK6}status:         AGGREGATED-BY-LIR\nassignment-size: 48\n",
            f"{RIPE}: AggregatedByLirStatusValidator",
        ),
        Code(
            "inet6num-too-small",
            Severity.ERROR,
            "the prefix is too small to be registered",
            "A new `inet6num` is a /64 or larger.",
            "inet6num:       2001:db8::/65\n",
            "inet6num:       2001:db8::/64\n",
            f"{RIPE}: Inet6numPrefixValidator",
        ),
        Code(
            "route-too-large",
            Severity.ERROR,
            "the prefix is too large for a route that is made automatically",
            "A `route` is a /8 or smaller, a `route6` a /12 or smaller.",
            "route6:         2000::/3\norigin:         AS64496\n",
            "route6:         2001:db8::/32\norigin:         AS64496\n",
            f"{RIPE}: ValueWithinPrefixValidator",
        ),
        Code(
            "default-route",
            Severity.ERROR,
            "the prefix is everything or nothing",
            "IRRd takes no route for all addresses, nor for the single address of zeros.",
            "route:          0.0.0.0/0\norigin:         AS64496\n",
            "route:          192.0.2.0/24\norigin:         AS64496\n",
            "IRRd 4: RulesValidator",
            registry="irrd",
        ),
        Code(
            "outside-range",
            Severity.ERROR,
            "addresses in the object are not its own",
            "`holes` and `pingable` of a route, and the prefixes of `mnt-routes`, are parts of what the object "
            "describes.",
            "route:          192.0.2.0/24\norigin:         AS64496\npingable:       198.51.100.1\n",
            "route:          192.0.2.0/24\norigin:         AS64496\npingable:       192.0.2.1\n",
            f"{RIPE}: ValueWithinPrefixValidator, MntRouteRangeValidator",
        ),
        Code(
            "mnt-routes-clash",
            Severity.ERROR,
            "a maintainer may make any route and only some",
            "`mnt-routes` names a maintainer with prefixes, or with ANY or nothing, but not both ways.",
            f"{_NETWORK}mnt-routes:     EXAMPLE1-MNT ANY\nmnt-routes:     EXAMPLE1-MNT {{192.0.2.0/25}}\n",
            f"{_NETWORK}mnt-routes:     EXAMPLE1-MNT {{192.0.2.0/25}}\n",
            f"{RIPE}: MntRoutesValidator",
        ),
        Code(
            "missing-glue",
            Severity.ERROR,
            "a name server inside the domain lacks its address",
            "Nobody could find the server: its own name is in the domain that it serves.",
            "domain:         2.0.192.in-addr.arpa\nnserver:        ns.2.0.192.in-addr.arpa\n",
            "domain:         2.0.192.in-addr.arpa\nnserver:        ns.2.0.192.in-addr.arpa 192.0.2.1\n",
            f"{RIPE}: NServerValidator",
        ),
        Code(
            "needless-glue",
            Severity.ERROR,
            "a name server outside the domain has an address",
            "The addresses of other names are found in the DNS.",
            "domain:         2.0.192.in-addr.arpa\nnserver:        ns1.example.net 192.0.2.1\n",
            "domain:         2.0.192.in-addr.arpa\nnserver:        ns1.example.net\n",
            f"{RIPE}: NServerValidator",
        ),
        Code(
            "both-attributes",
            Severity.ERROR,
            "two attributes exclude each other",
            "A `peering-set` has `peering` or `mp-peering`, a `filter-set` has `filter` or `mp-filter`.",
            "filter-set:     AS64496:FLTR-EXAMPLE\nfilter:         AS64496\nmp-filter:      AS64496\n",
            "filter-set:     AS64496:FLTR-EXAMPLE\nfilter:         AS64496\n",
            f"{RIPE}: PeeringSetAttributeMustBePresent",
        ),
        Code(
            "neither-attribute",
            Severity.ERROR,
            "one of two attributes is needed",
            "A `peering-set` has `peering` or `mp-peering`, a `filter-set` has `filter` or `mp-filter`.",
            "filter-set:     AS64496:FLTR-EXAMPLE\nsource:         RIPE\n",
            "filter-set:     AS64496:FLTR-EXAMPLE\nmp-filter:      AS64496\n",
            f"{RIPE}: PeeringSetAttributeMustBePresent",
        ),
        Code(
            "registry-only",
            Severity.ERROR,
            "only the registry can write this",
            "Allocations and IPv6 space that the registry assigns, types of organisations other than OTHER, "
            "`reg-nr`, `sponsoring-org`, AS blocks, ENUM domains, the registry's own maintainers and its remarks: a "
            "new object has them only if the registry submits it.",
            f"{_NETWORK}status:         ALLOCATED PA\n",
            f"{_NETWORK}status:         ASSIGNED PA\n",
            f"{RIPE}: InetnumStrictStatusValidator, OrganisationTypeValidator and others",
        ),
        Code(
            "managed-comment",
            Severity.ERROR,
            "an attribute that the registry manages has a comment",
            "What the registry manages, such as the name of an organisation, takes no comment from others.",
            "organisation:   AUTO-1\norg-name:       Example Organisation # in short\n",
            "organisation:   AUTO-1\norg-name:       Example Organisation\n",
            f"{RIPE}: ManagedAttributeValidator",
        ),
    ),
)
"""Problems of resources."""

"""What registries say about the place of a network among others, as data: which status may stand below which.

A registry, class or status that has no row here has no such rule. The checks are in `irtkit.validation.hierarchy`
and `irtkit.validation.parties`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, NamedTuple

__all__ = ["END_USER_MAINTAINERS", "NETWORK_RULES", "NetworkRules", "StatusRow"]


class StatusRow(NamedTuple):
    """One status: the statuses its parent may have, and the org-types of the organisation its `org` may name.

    Without *org_types* any will do.
    """

    parents: tuple[str, ...]
    org_types: tuple[str, ...] = ()


@dataclass(frozen=True)
class NetworkRules:
    """One registry's rules about the hierarchy of one class.

    *enforced*: the server refuses what breaks them; else the registry's documents only ask for it.
    *warns_later*: on later changes and deletions, too, the server looks at the neighbours, and warns.
    *refuses_overlaps*: a new network may not overlap another in part.
    *overshadowed* maps a status to that of the nearest ancestor which the registry maintains: with it, the
    status may not stand below itself, otherwise it may.
    *inherited* is the status that everything below it takes on, and that only the registry gives at the top.
    *aggregated* is the status of networks that stand for many assignments of one size, and *aggregated_levels* how
    many of those may lie around one another. *exchangeable* statuses may be changed for one another; no others may.
    """

    statuses: Mapping[str, StatusRow]
    citation: str
    enforced: bool = True
    warns_later: bool = False
    refuses_overlaps: bool = False
    overshadowed: Mapping[str, str] = field(default_factory=dict)
    inherited: str | None = None
    aggregated: str | None = None
    aggregated_levels: int = 2
    exchangeable: frozenset[str] = frozenset()


_UNSPECIFIED = "ALLOCATED UNSPECIFIED"
_PA = "ALLOCATED PA"
_PARTITIONED = "LIR-PARTITIONED PA"
_SUB_ALLOCATED = "SUB-ALLOCATED PA"
_AGGREGATED = "AGGREGATED-BY-LIR"
_BY_RIR, _BY_LIR = "ALLOCATED-BY-RIR", "ALLOCATED-BY-LIR"
_LIR, _END_USER = ("RIR", "LIR"), ("LIR", "OTHER")

_RIPE_INETNUM = NetworkRules(
    statuses={
        _UNSPECIFIED: StatusRow((_UNSPECIFIED,), ("IANA", *_LIR)),
        _PA: StatusRow((_UNSPECIFIED,), _LIR),
        "ALLOCATED-ASSIGNED PA": StatusRow((_UNSPECIFIED,), _LIR),
        _PARTITIONED: StatusRow((_PA, _PARTITIONED), _END_USER),
        _SUB_ALLOCATED: StatusRow((_PA, _PARTITIONED, _SUB_ALLOCATED), _END_USER),
        _AGGREGATED: StatusRow((_PA, _SUB_ALLOCATED, _PARTITIONED), _END_USER),
        "ASSIGNED PA": StatusRow((_PA, _PARTITIONED, _SUB_ALLOCATED, _AGGREGATED), _END_USER),
        "ASSIGNED PI": StatusRow((_UNSPECIFIED,), ("RIR", *_END_USER)),
        "ASSIGNED ANYCAST": StatusRow((_UNSPECIFIED,), _END_USER),
        "LEGACY": StatusRow((_UNSPECIFIED, "LEGACY"), _END_USER),
    },
    citation="RIPE whois 1.124: InetnumStatus, InetnumStrictStatusValidator, InetnumStatusValidator",
    warns_later=True,
    refuses_overlaps=True,
    overshadowed={"ASSIGNED PA": _PA},
    inherited="LEGACY",
    aggregated=_AGGREGATED,
    exchangeable=frozenset({_PA, "ALLOCATED-ASSIGNED PA"}),
)

_RIPE_INET6NUM = NetworkRules(
    statuses={
        _BY_RIR: StatusRow((_BY_RIR,), ("IANA", *_LIR)),
        _BY_LIR: StatusRow((_BY_RIR, _BY_LIR), _END_USER),
        _AGGREGATED: StatusRow((_BY_RIR, _BY_LIR, _AGGREGATED), _END_USER),
        "ASSIGNED": StatusRow((_BY_RIR, _BY_LIR, _AGGREGATED), _END_USER),
        "ASSIGNED PI": StatusRow((_BY_RIR,), _END_USER),
        "ASSIGNED ANYCAST": StatusRow((_BY_RIR,), _END_USER),
    },
    citation="RIPE whois 1.124: Inet6numStatus, Inet6numStrictStatusValidator, Inet6numStatusValidator",
    refuses_overlaps=True,
    aggregated=_AGGREGATED,
)

_APNIC = NetworkRules(
    statuses={
        "ASSIGNED NON-PORTABLE": StatusRow(("ALLOCATED PORTABLE", "ALLOCATED NON-PORTABLE")),
        "ALLOCATED NON-PORTABLE": StatusRow(("ALLOCATED PORTABLE",)),
    },
    citation="APNIC: recording network assignments, table of statuses",
    enforced=False,
)

_AFRINIC = NetworkRules(
    statuses={
        "ASSIGNED PA": StatusRow((_PA, _SUB_ALLOCATED)),
        _SUB_ALLOCATED: StatusRow((_PA,)),
    },
    citation="AFRINIC: questions of members, assignment and sub-allocation",
    enforced=False,
)

NETWORK_RULES: Final[Mapping[tuple[str, str], NetworkRules]] = MappingProxyType(
    {
        ("ripe", "inetnum"): _RIPE_INETNUM,
        ("ripe", "inet6num"): _RIPE_INET6NUM,
        ("apnic", "inetnum"): _APNIC,
        ("apnic", "inet6num"): _APNIC,
        ("afrinic", "inetnum"): _AFRINIC,
    }
)
"""The rules by registry (short name) and class."""

END_USER_MAINTAINERS: Final[Mapping[str, frozenset[str]]] = MappingProxyType({"ripe": frozenset({"RIPE-NCC-END-MNT"})})
"""The registry's own maintainers, upper case, that mark a resource of an end user whom an LIR sponsors."""

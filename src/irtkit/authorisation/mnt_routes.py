"""Who may create routes by `mnt-routes`: a maintainer, for any prefix or for those in a list.

    mnt-routes: A-MNT
    mnt-routes: A-MNT ANY
    mnt-routes: A-MNT {192.0.2.0/24^+, 198.51.100.0/24^25-26}

A value that cannot be read names nobody (RIPE whois 1.124: MntRoutes, AddressPrefixRange, RangeOperation).
"""

import re
from collections.abc import Iterable, Iterator

from irtkit.errors import RangeError
from irtkit.resources import AddressRange
from irtkit.rpsl import PrimaryKey, as_primary_key

__all__ = ["iter_route_maintainers"]

_VALUE = re.compile(r"([A-Z][A-Z0-9_-]{1,80})(?: ++(?:\{([^{}]*+)\}|ANY))?", re.IGNORECASE)
_PREFIX = re.compile(r"([0-9A-F:.]{2,45})/([0-9]{1,3})(?:\^(?:([+-])|([0-9]{1,3})(?:-([0-9]{1,3}))?))?", re.IGNORECASE)
_SEPARATOR = re.compile(r"[, ]++")
_BITS = {4: 32, 6: 128}


def iter_route_maintainers(values: Iterable[str], prefix: AddressRange) -> Iterator[PrimaryKey]:
    """Yield the maintainers that `mnt-routes` values let make a route for *prefix*."""
    for value in values:
        found = _VALUE.fullmatch(value)
        if found and (not (found[2] or "").strip(" ,") or _is_listed(found[2], prefix)):
            yield as_primary_key(found[1])


def _is_listed(listed: str, prefix: AddressRange) -> bool:
    return any(_allows(element, prefix) for element in _SEPARATOR.split(listed) if element)


def _allows(element: str, prefix: AddressRange) -> bool:
    """Whether *prefix* is in a prefix and as long as its operator, `^-`, `^+`, `^n` or `^n-m`, says."""
    found = _PREFIX.fullmatch(element)
    length = prefix.prefix_length
    if found is None or length is None:
        return False
    try:
        around = AddressRange.parse_lenient(f"{found[1]}/{found[2]}")
    except RangeError:
        return False
    own, longest = int(found[2]), _BITS[around.family]
    shortest, longest = {
        "+": (own, longest),
        "-": (own + 1, longest),
        None: (int(found[4] or own), int(found[5] or found[4] or own)),
    }[found[3]]
    return prefix in around and shortest <= length <= longest

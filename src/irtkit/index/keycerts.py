"""Key-certs out of an index: by name, all of them, and those that an irt names in `encryption:` and `signature:`.

An index keeps key-certs as they stand in the dump, so that nothing of a key is lost; they are parsed when they are
asked for. What is in one `irtkit.openpgp.keycerts` says, and whether it may be used `irtkit.contacts.keys`.

It needs the standard library alone.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import NamedTuple

from irtkit.index.keys import hash_of_key
from irtkit.index.layout import KEY_USES, KEYED_CLASSES
from irtkit.rpsl import RpslObject, parse_objects

TYPE_CHECKING = False  # typing's constant without typing's import: type checkers know the name
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from irtkit.index.columns import Columns

__all__ = ["KeyReference", "find_key_cert", "iter_key_certs", "iter_references"]

_KEY_CERT = KEYED_CLASSES.index("key-cert")


class KeyReference(NamedTuple):
    """Where an irt names a key-cert; names are in upper case."""

    irt: str
    use: str
    """The attribute, `encryption` or `signature`."""
    key_cert: str
    object: RpslObject | None
    """The key-cert; None if the data hold none of that name."""


def iter_references(index: Columns, irts: Iterable[int]) -> Iterator[KeyReference]:
    """Yield the key-certs that each irt names, by their codes: those for encryption, then those for signatures."""
    begins, codes, uses = (index.column(f"irt_key.{name}") for name in ("at", "key_cert", "use"))
    handles, names = index.texts("irt.handle"), index.texts("key_cert.name")
    for irt in irts:
        for place in range(begins[irt], begins[irt + 1]):
            code = codes[place]
            yield KeyReference(handles[irt], KEY_USES[uses[place]], names[code], _object(index, code))


def find_key_cert(index: Columns, name: str, registry: str) -> RpslObject | None:
    """Return the key-cert of this name, ignoring case, at the registry of this short name; None if there is none."""
    wanted, hashes, classes = hash_of_key(name.upper(), registry), index.column("key.hash"), index.column("key.class")
    at = bisect_left(hashes, wanted)
    while at < len(hashes) and hashes[at] == wanted:
        if classes[at] == _KEY_CERT:
            return _object(index, index.column("key.number")[at])
        at += 1
    return None


def iter_key_certs(index: Columns) -> Iterator[RpslObject]:
    """Yield every key-cert, each name of each registry once, parsed one by one."""
    for code in range(len(index.column("key_cert.object.at")) - 2):
        found = _object(index, code)
        if found is not None:
            yield found


def _object(index: Columns, code: int) -> RpslObject | None:
    at, text = index.column("key_cert.object.at"), index.column("key_cert.object.text")
    objects = parse_objects(text[at[code] : at[code + 1]].tobytes(), problems=[])
    return objects[0] if objects else None

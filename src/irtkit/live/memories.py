"""What may be kept of an answer for a later run: the network it speaks for, and bytes that bring it back.

A memory comes back from a file that anybody may have changed, so that it is read as strictly as an answer. It
keeps nothing itself; `irtkit.clients.answer_cache` does.
"""

from __future__ import annotations

import json
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from irtkit.rpsl import RpslObject, parse_objects

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from irtkit.resources import AddressRange

__all__ = ["Memory", "WhoisMemory", "read_strings"]


class Memory(NamedTuple):
    """What is kept."""

    network: AddressRange
    """What it speaks for."""
    body: bytes
    personal: bool
    """Whether it may hold personal data."""


class WhoisMemory(NamedTuple):
    """The objects of a walk, the mailboxes among them that are suspect, and the keys that no object has."""

    objects: Sequence[RpslObject]
    suspects: Sequence[str] = ()
    missing: Sequence[tuple[str, str]] = ()
    stated: Mapping[str, str | None] = MappingProxyType({})
    """The abuse contacts that the server stated, by the network's key; None: it said that there is none."""

    @property
    def is_personal(self) -> bool:
        """Whether there is a person, or a role that is no abuse contact (RIPE Database acceptable use policy)."""
        return any(
            obj.class_name == "person" or (obj.class_name == "role" and obj.first("abuse-mailbox") is None)
            for obj in self.objects
        )

    def to_bytes(self) -> bytes:
        """Return it as `from_bytes` reads it."""
        return json.dumps(
            {
                "objects": [str(obj) for obj in self.objects],
                "suspects": list(self.suspects),
                "missing": [" ".join(key) for key in self.missing],
                "stated": [f"{key}\n{mailbox or ''}" for key, mailbox in self.stated.items()],
            }
        ).encode()

    @classmethod
    def from_bytes(cls, body: bytes) -> WhoisMemory | None:
        """Read what `to_bytes` made; None for anything else."""
        found = read_strings(body, ("objects", "suspects", "missing", "stated"))
        if found is None:
            return None
        objects = [obj for text in found["objects"] for obj in parse_objects(text)]
        keys = [key.partition(" ") for key in found["missing"]]
        stated = {key: mailbox or None for key, _, mailbox in (text.partition("\n") for text in found["stated"])}
        return cls(objects, found["suspects"], [(name, key) for name, _, key in keys], stated)


def read_strings(body: bytes, names: Iterable[str]) -> dict[str, list[str]] | None:
    """Read a JSON object whose members *names* are lists of strings; None for anything else."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict):
        return None
    found: dict[str, list[str]] = {}
    for name in names:
        value = document.get(name)
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            return None
        found[name] = value
    return found

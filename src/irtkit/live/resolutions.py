"""What a live question found, in the same fields as an answer from an index, and how it came about.

It asks nothing; `irtkit.live.asking` makes these.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from irtkit.contacts import reason_for
from irtkit.index.layout import FIELDS, printable
from irtkit.index.lookup import contact_record
from irtkit.resources import format_address
from irtkit.special_purpose import special_purpose

if TYPE_CHECKING:
    from irtkit.contacts import Answer, Contact
    from irtkit.live.following import Hop
    from irtkit.resources import AddressRange

__all__ = ["LIVE_FIELDS", "LiveResolution", "offline_record", "text_of"]

LIVE_FIELDS = (*FIELDS, "live", "age", "chain", "note")
"""The fields of a record of `irtkit resolve --live`, in order."""


@dataclass(frozen=True, slots=True)
class LiveResolution:
    """Who answers for an address, prefix or range, as its registry says now.

    The fields are those of `irtkit.Resolution`; text has no character that could steer a terminal.
    """

    space: AddressRange
    """What was asked about."""
    answer: Answer
    """The walk over the objects that the registry gave."""
    hops: tuple[Hop, ...] = ()
    """The servers that were asked, in order, and those that were not, with the reason."""
    age: int = 0
    """Seconds since the registry said so."""
    failures: tuple[str, ...] = field(default=())
    """What could not be asked, so that the answer may lack it."""

    @property
    def address(self) -> str:
        """The address, prefix or range in canonical form."""
        return text_of(self.space)

    @property
    def network(self) -> str | None:
        """Key of the most specific object."""
        return self.answer.network

    @property
    def source(self) -> str | None:
        """Its `source:`, upper case."""
        return self.answer.source

    @property
    def netname(self) -> str | None:
        """Its `netname:`."""
        return self.answer.netname

    @property
    def country(self) -> str | None:
        """Its first `country:`."""
        return self.answer.country

    @property
    def org(self) -> str | None:
        """Its `org:`, upper case."""
        return self.answer.org

    @property
    def irt_network(self) -> str | None:
        """Key of the object whose mnt-irt counts."""
        return self.answer.irt_network

    @property
    def irts(self) -> tuple[str, ...]:
        """The irts it names, upper case, in file order."""
        return self.answer.irts

    @property
    def contacts(self) -> tuple[Contact, ...]:
        """The candidates as the policy orders them, gaps included."""
        return self.answer.contacts

    @property
    def email(self) -> str | None:
        """The first mailbox among the contacts."""
        return self.answer.email

    @property
    def reason(self) -> str | None:
        """Why there is none: `unregistered`, `no-contact`, `dummy` or `special-purpose`."""
        return self.answer.reason

    def to_dict(self) -> dict[str, Any]:
        """Return the record of `irtkit resolve --live --format jsonl`, without `input`."""
        record: dict[str, Any] = {name: getattr(self, name) for name in FIELDS[1:]}
        record["irts"] = list(self.irts)
        record["contacts"] = [contact_record(contact) for contact in self.contacts]
        record |= {"live": True, "age": self.age, "chain": [str(hop) for hop in self.hops]}
        record["note"] = "; ".join(self.failures) or None
        return {name: _printable(value) for name, value in record.items()}

    def at(self, space: AddressRange) -> LiveResolution:
        """Return the same for *space* inside what was asked about, where no smaller network lies in between.

        Only the reason for no mailbox may differ: part of a network may be set aside.
        """
        answer = self.answer
        if answer.email is None and answer.reason != "dummy":
            registered = answer.reason == "no-contact" or bool(answer.contacts)
            special = all(special_purpose(space.family, value) for value in (space.first, space.last))
            answer = replace(answer, reason=reason_for(answer.contacts, registered=registered, special_purpose=special))
        return replace(self, space=space, answer=answer)

    def explain(self) -> str:
        """Tell the way and the walk as a person would, a sentence a line."""
        age = [f"This was said {self.age:,} second{'s' if self.age > 1 else ''} ago."] if self.age else []
        failed = [f"Not known: {failure}." for failure in self.failures]
        steps = [*(f"{hop}." for hop in self.hops), *age, *self.answer.steps, *failed]
        return "\n".join(printable(step) for step in steps)

    def __str__(self) -> str:
        return printable(f"{self.address}: {self.email or self.reason} ({self.network or 'no object'})")


def offline_record(record: dict[str, Any], note: str | None = None) -> dict[str, Any]:
    """Return the *record* of an index as one of a live run; *note* says why its registry gave no answer."""
    return {**record, "live": False, "age": None, "chain": [], "note": None if note is None else printable(note)}


def text_of(space: AddressRange) -> str:
    """Return an address, prefix or range in canonical form."""
    return format_address(space.family, space.first) if space.size == 1 else space.canonical


def _printable(value: Any) -> Any:  # noqa: ANN401 - as JSON has it
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, dict):
        return {name: _printable(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_printable(each) for each in value]
    return value

"""Records for lists: from an index where it knows, from registries where it does not, in order.

`gaps` asks only where a contact that counts is a dummy, masked or not there, or where nobody has registered an
address in this copy of the data, and one question serves every address of a network. `always` asks about all.
Addresses that IANA has set aside are not asked about, unless an index holds them and the user names the server.

What cannot be asked keeps the answer of the index, with a note that says why. It asks nobody itself, reads no list
and writes none.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

from irtkit.errors import RangeError
from irtkit.index.answers import LONGEST_INPUT
from irtkit.index.layout import FIELDS, printable
from irtkit.index.segments import NO_ROW
from irtkit.live.resolutions import LiveResolution, offline_record, text_of
from irtkit.live.together import Failure, together
from irtkit.resources import AddressRange, format_address
from irtkit.schema.contact_rules import registry_of_source
from irtkit.special_purpose import special_purpose

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Sequence

    from irtkit.index.lookup import Index, Resolution
    from irtkit.live.asking import Asker
    from irtkit.wire.questions import Journey

__all__ = ["LiveRecords", "Mode", "Step", "has_gap"]

Mode: TypeAlias = Literal["always", "gaps"]
Record: TypeAlias = "dict[str, Any]"

_NETWORKS_OF_A_STEP = 12
"""Few enough that a slow server answers all in the time for one question; enough for a few connections."""
_HIDDEN = frozenset({"dummy", "masked", "missing-object"})


def has_gap(resolution: Resolution) -> bool:
    """Tell whether a registry may know what an index does not: the contact that counts first, or the network."""
    if resolution.reason == "unregistered":
        return True
    for contact in resolution.contacts:
        if contact.email:
            return False
        if contact.gap in _HIDDEN:
            return True
    return False


@dataclass(slots=True)
class _Plan:
    """What becomes of one row of an index, or of one query by itself."""

    offline: Record
    is_asked: bool
    space: AddressRange
    """What to ask about; one answer serves whoever shares the plan."""
    registry: str | None = None
    """The registry that is known to hold it."""
    is_network: bool = False
    """Whether the space is a network that no other plan has."""
    live: LiveResolution | None = None
    note: str | None = None

    @property
    def is_due(self) -> bool:
        return self.is_asked and self.live is None and self.note is None


class Step(NamedTuple):
    """A few questions."""

    spaces: Sequence[tuple[AddressRange, str | None]]
    """What they are about, each with the registry that is known to hold it."""
    journey: Journey[None]


@dataclass(slots=True)
class LiveRecords:
    """Makes the records of queries, a piece of a list at a time; what one piece learned serves the next.

    Without an *index* every query is asked about. `asked` counts the networks and addresses asked about so far.
    """

    asker: Asker
    policy: str = "csirt"
    index: Index | None = None
    mode: Mode = "always"
    asked: int = 0
    _plans: dict[Hashable, _Plan] = field(default_factory=dict)

    def steps(self, queries: Sequence[str]) -> Iterator[Step]:
        """Yield what has to be asked for these queries, a few questions at a time, to be run one by one.

        Whoever runs them gives each its own time. Afterwards `records` knows as much as there is to know.
        """
        places = [self._place_of(space) for space in map(_space_of, queries) if space is not None]
        due = [plan for place in dict.fromkeys(places) if (plan := self._plans[place]).is_due]
        self.asked += len(due)
        networks = [plan for plan in due if plan.is_network]
        for start in range(0, len(networks), _NETWORKS_OF_A_STEP):
            yield self._step(networks[start : start + _NETWORKS_OF_A_STEP])
        alone: dict[object, list[_Plan]] = {}
        for plan in due:
            if not plan.is_network:
                alone.setdefault(self.asker.directory.find(plan.space, plan.registry), []).append(plan)
        for plans in zip_longest(*alone.values()):  # of each registry one, because its answer may serve the next
            yield self._step([plan for plan in plans if plan is not None])

    def records(self, queries: Sequence[str]) -> list[Record]:
        """Return the record of each query, in order, with the fields of `irtkit.live.resolutions.LIVE_FIELDS`."""
        records: list[Record] = []
        for query in queries:
            space = _space_of(query)
            record = _no_address() if space is None else self._record(space, self._place_of(space))
            records.append({"input": _repeated(query), **record})
        self._plans = {place: plan for place, plan in self._plans.items() if plan.is_asked and plan.is_network}
        return records

    def resolve(self, queries: Sequence[str]) -> Journey[list[Record]]:
        """Ask for all of these queries and return their records: all of `steps`, then `records`."""
        for step in self.steps(queries):
            yield from step.journey
        return self.records(queries)

    def _step(self, plans: Sequence[_Plan]) -> Step:
        return Step([(plan.space, plan.registry) for plan in plans], self._ask_all(plans))

    def _ask_all(self, plans: Sequence[_Plan]) -> Journey[None]:
        """Ask for several plans at once."""
        found = yield from together(self.asker.ask(plan.space, self.policy, registry=plan.registry) for plan in plans)
        for plan, each in zip(plans, found, strict=True):
            _take(plan, each)

    def _place_of(self, space: AddressRange) -> Hashable:
        """Return the key of the plan for *space*, made if need be."""
        row = self._row_of(space)
        if row is not None:
            plan = self._plans.get(row) or self._plan_of_row(row, space)
            if plan.is_network if plan.is_asked else plan.offline["email"] is not None:
                self._plans[row] = plan
                return row
        if space not in self._plans:
            self._plans[space] = self._plan_of(space)
        return space

    def _row_of(self, space: AddressRange) -> int | None:
        """Return the row of the index that answers for *space*, where one may answer for all who share it."""
        if self.index is None or self.mode == "always" or space.size > 1:
            return None
        row = self.index.lookup(format_address(space.family, space.first))
        return None if row == NO_ROW else row

    def _plan_of_row(self, row: int, space: AddressRange) -> _Plan:
        """Return the plan of all who share a *row*, *space* among them."""
        if self.index is None:
            raise TypeError("there is no index")
        plan = self._plan_of(space)
        holds_all = self.index.column("row.object")[row] == row  # the row of the object itself, and of all of it
        plan.is_network = plan.registry is not None
        if plan.is_network and holds_all and plan.offline["network"] is not None:
            plan.space = AddressRange.parse_lenient(plan.offline["network"])
        return plan

    def _plan_of(self, space: AddressRange) -> _Plan:
        if self.index is None:
            return _Plan(_nothing(space), self._is_askable(space), space)
        found = self.index.resolve(space, self.policy)
        is_asked = self._is_askable(space) if self.mode == "always" else has_gap(found)
        return _Plan(found.to_dict(), is_asked, space, _registry_of(found))

    def _is_askable(self, space: AddressRange) -> bool:
        return self.asker.directory.find(space) is not None

    def _record(self, space: AddressRange, place: Hashable) -> Record:
        plan = self._plans[place]
        record = offline_record(plan.offline, plan.note) if plan.live is None else plan.live.at(space).to_dict()
        return {**record, "address": text_of(space)}


def _space_of(query: str) -> AddressRange | None:
    try:
        return AddressRange.parse_lenient(query)
    except RangeError:
        return None


def _repeated(query: str) -> str:
    return printable(query if len(query) <= LONGEST_INPUT else f"{query[:LONGEST_INPUT]}…")


def _no_address() -> Record:
    return offline_record({**dict.fromkeys(FIELDS[1:]), "irts": [], "contacts": [], "reason": "not-an-address"})


def _take(plan: _Plan, found: LiveResolution | Failure) -> None:
    """Keep what was found, unless it says less than the index does."""
    if not isinstance(found, LiveResolution):
        plan.note = str(found)
    elif found.failures and not found.email:
        plan.note = "; ".join(found.failures)
    elif not found.hops:
        plan.note = "no registry to ask"
    elif not found.email and (failed := [hop for hop in found.hops if hop.ending == "failed"]):
        plan.note = "; ".join(map(str, failed))  # who failed might have known
    else:
        plan.live = found


def _registry_of(found: Resolution) -> str | None:
    """Return the registry that holds what was found; None if nothing is registered."""
    if found.reason in ("unregistered", "special-purpose") or found.source is None:
        return None
    return registry_of_source(found.source)


def _nothing(space: AddressRange) -> Record:
    """Return the record of an address about which no index says anything."""
    special = all(special_purpose(space.family, value) for value in (space.first, space.last))
    reason = "special-purpose" if special else "unanswered"
    return {**dict.fromkeys(FIELDS[1:]), "irts": [], "contacts": [], "reason": reason}

"""The answer to "who must agree?" for one update: its requirements, and what could not be seen.

A plan is a frozen value; `str(plan)` is one sentence and `as_record` makes plain values of it. No password and no hash
of one is in it.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from irtkit.authorisation.requirements import Candidate, Missing, Requirement, Strategy
from irtkit.authorisation.sentences import met, needed

__all__ = ["Operation", "Plan", "as_record"]


class Operation(StrEnum):
    """What the registry would do with the object."""

    CREATE = "create"
    MODIFY = "modify"
    DELETE = "delete"
    NO_OPERATION = "no-operation"
    """What is stored is the same already."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Who must agree to one update, and who does; *requirements* are in the order of `Strategy`.

    *key* is as the registry stores it, and empty if it cannot be read.
    """

    class_name: str
    key: str
    operation: Operation
    requirements: tuple[Requirement, ...] = ()
    missing: tuple[Missing, ...] = ()

    @property
    def authorised(self) -> bool:
        """Whether all is met; objects that are missing and not decisive may still ask for more."""
        return all(requirement.satisfied for requirement in self.requirements)

    @property
    def failing(self) -> tuple[Strategy, ...]:
        """The strategies that are not met, each once."""
        return tuple(dict.fromkeys(one.strategy for one in self.requirements if not one.satisfied))

    def __str__(self) -> str:
        """Return who still has to agree, or who does: "one of A-MNT (...), B-MNT (...); and one of IRT-X's keys"."""
        return f"authorised by {met(self.requirements) or 'nobody'}" if self.authorised else needed(self.requirements)


def as_record(plan: Plan) -> dict[str, Any]:
    """Return a plan as plain values, fit for JSON.

    The keys are *class*, *key*, *operation*, *authorised*, *failing* (names of strategies), *needs* (the sentence),
    *requirements* and *missing*. A requirement has *strategy*, *satisfied*, *reason*, *citation*, *keys* (names of the
    key-certs that could sign), *candidates* and *missing*; a candidate has *class*, *key*, *presence*, *satisfied*,
    *via* (class, key and attribute of who names it) and *auth*: for each line its *scheme*, *name* and *state*.
    """
    return {
        "class": plan.class_name,
        "key": plan.key,
        "operation": plan.operation.value,
        "authorised": plan.authorised,
        "failing": [strategy.value for strategy in plan.failing],
        "needs": str(plan),
        "requirements": [_requirement(one) for one in plan.requirements],
        "missing": [_missing(one) for one in plan.missing],
    }


def _requirement(requirement: Requirement) -> dict[str, Any]:
    return {
        "strategy": requirement.strategy.value,
        "satisfied": requirement.satisfied,
        "reason": requirement.reason,
        "citation": requirement.citation,
        "keys": list(requirement.keys),
        "candidates": [_candidate(one) for one in requirement.candidates],
        "missing": [_missing(one) for one in requirement.missing],
    }


def _candidate(candidate: Candidate) -> dict[str, Any]:
    via = candidate.via
    return {
        "class": candidate.class_name,
        "key": candidate.key,
        "presence": candidate.presence.value,
        "satisfied": candidate.satisfied,
        "via": {"class": via.class_name, "key": via.key, "attribute": via.attribute},
        "auth": [{"scheme": way.scheme.value, "name": way.name, "state": way.state.value} for way in candidate.ways],
    }


def _missing(missing: Missing) -> dict[str, Any]:
    return {
        "classes": list(missing.classes),
        "key": missing.key,
        "reason": missing.reason,
        "decisive": missing.decisive,
    }

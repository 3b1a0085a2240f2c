"""How many problems there are, of what kind, and how many of them are shown.

It prints nothing and keeps no problem.
"""

from collections import Counter
from collections.abc import Iterable, Iterator

from irtkit.problems import Problem, Severity

__all__ = ["Tally"]


class Tally:
    """Counts problems as they pass by, and lets so many of each file through as shall be shown.

    *max_problems* is for each file; None shows all. `files` and `objects` are the caller's to count up.
    """

    def __init__(self, max_problems: int | None = None) -> None:
        self.max_problems = max_problems
        self.files = 0
        self.objects = 0
        self.codes: Counter[tuple[Severity, str]] = Counter()
        self.hidden = 0
        """Problems of all files that were not shown."""

    def shown(self, problems: Iterable[Problem]) -> Iterator[Problem]:
        """Count the problems of one file; yield those that are to be shown, the first ones."""
        self.files += 1
        for position, problem in enumerate(problems):
            self.codes[problem.severity, problem.code] += 1
            if self.max_problems is None or position < self.max_problems:
                yield problem
            else:
                self.hidden += 1

    def count(self, severity: Severity) -> int:
        """Return how many problems of a severity there were."""
        return sum(number for (of, _), number in self.codes.items() if of is severity)

    @property
    def total(self) -> int:
        """How many problems there were."""
        return self.codes.total()

    def most_common(self) -> list[tuple[Severity, str, int]]:
        """Return each kind of problem with its number: errors first, then the more frequent ones, then by code."""
        rows = [(severity, code, number) for (severity, code), number in self.codes.items()]
        order = list(Severity)
        return sorted(rows, key=lambda row: (order.index(row[0]), -row[2], row[1]))

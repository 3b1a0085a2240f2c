"""Problems as JSON: one document with a record for each problem and the counts of all.

    {"version": 1, "problems": [{...}], "summary": {"files": 1, "objects": 1, "errors": 1, ...}}

Its keys are stable: a new key may come, none changes its meaning, and those of a record are always all there.
"""

import json
from collections.abc import Iterable, Iterator

from irtkit.problems import Problem, Severity
from irtkit.reports.tally import Tally

__all__ = ["JsonReport", "as_record"]


def as_record(problem: Problem, file: str | None = None) -> dict[str, str | int | None]:
    """Return a problem as plain values, fit for JSON.

    The keys are *file* (as given), *line* and *column* (from 1), *length* (in characters), *severity* (error, warning
    or info), *code*, *message*, *hint* and *citation*; what is not known is None.
    """
    span = problem.span
    return {
        "file": file,
        "line": None if span is None else span.line,
        "column": None if span is None else span.column,
        "length": None if span is None else span.length,
        "severity": problem.severity.value,
        "code": problem.code,
        "message": problem.message,
        "hint": problem.hint,
        "citation": problem.citation,
    }


class JsonReport:
    """One JSON document in pieces, a line for each problem; ASCII only."""

    def __init__(self, tally: Tally) -> None:
        self.tally = tally
        self._first = True

    def begin(self) -> Iterator[str]:
        """Yield the beginning of the document."""
        yield '{"version": 1,\n"problems": ['

    def file(self, name: str, text: str, problems: Iterable[Problem]) -> Iterator[str]:  # noqa: ARG002 - as every report takes it
        """Yield a record for each problem of the file *name*."""
        for problem in self.tally.shown(problems):
            yield f"{'' if self._first else ','}\n{json.dumps(as_record(problem, name))}"
            self._first = False

    def end(self) -> Iterator[str]:
        """Yield the counts and the end of the document."""
        tally = self.tally
        summary = {
            "files": tally.files,
            "objects": tally.objects,
            "errors": tally.count(Severity.ERROR),
            "warnings": tally.count(Severity.WARNING),
            "infos": tally.count(Severity.INFO),
            "not_shown": tally.hidden,
            "codes": {code: number for _, code, number in tally.most_common()},
        }
        yield f'\n],\n"summary": {json.dumps(summary)}}}\n'

"""Problems as SARIF 2.1.0, the format in which code hosts take the findings of tools (OASIS, errata 01).

Paths are relative references as they were given, or file URIs if they are absolute; columns count characters, and a
region ends before `endColumn`. Rules are the codes that occur. It does not print the text that a problem is about.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote

from irtkit.problems import Problem, Severity
from irtkit.reports.tally import Tally

__all__ = ["SarifReport"]

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


class SarifReport:
    """One SARIF document with one run, in pieces, a line for each result; ASCII only.

    *version* is irtkit's. *titles* says of a code what it is about; a code without one is described by itself.
    """

    def __init__(self, tally: Tally, version: str, titles: Mapping[str, str]) -> None:
        self.tally = tally
        self._version = version
        self._titles = titles
        self._rules: dict[str, tuple[int, Severity]] = {}
        self._first = True

    def begin(self) -> Iterator[str]:
        """Yield the beginning of the document."""
        head = json.dumps({"$schema": _SCHEMA, "version": "2.1.0"})[:-1]
        yield f'{head},\n"runs": [{{"columnKind": "unicodeCodePoints",\n"results": ['

    def file(self, name: str, text: str, problems: Iterable[Problem]) -> Iterator[str]:  # noqa: ARG002 - as every report takes it
        """Yield a result for each problem of the file *name*."""
        uri = _as_uri(name)
        for problem in self.tally.shown(problems):
            self._rules.setdefault(problem.code, (len(self._rules), problem.severity))
            yield f"{'' if self._first else ','}\n{json.dumps(self._result(uri, problem))}"
            self._first = False

    def end(self) -> Iterator[str]:
        """Yield the tool with its rules, and the end of the document."""
        rules = [
            {
                "id": code,
                "shortDescription": {"text": self._titles.get(code, code)},
                "defaultConfiguration": {"level": _LEVELS[severity]},
            }
            for code, (_, severity) in self._rules.items()
        ]
        driver = {"name": "irtkit", "version": self._version, "rules": rules}
        counts = {f"{severity}[{code}]": number for severity, code, number in self.tally.most_common()}
        properties = {"problems": self.tally.total, "notShown": self.tally.hidden, "codes": counts}
        yield f'\n],\n"tool": {json.dumps({"driver": driver})},\n"properties": {json.dumps(properties)}}}]}}\n'

    def _result(self, uri: str, problem: Problem) -> dict[str, Any]:
        place: dict[str, Any] = {"artifactLocation": {"uri": uri}}
        span = problem.span
        if span is not None:
            end = span.column + span.length
            place["region"] = {"startLine": span.line, "startColumn": span.column, "endColumn": end}
        told = f"{problem.message}; {problem.hint}" if problem.hint else problem.message
        return {
            "ruleId": problem.code,
            "ruleIndex": self._rules[problem.code][0],
            "level": _LEVELS[problem.severity],
            "message": {"text": f"{told} ({problem.citation})" if problem.citation else told},
            "locations": [{"physicalLocation": place}],
        }


def _as_uri(name: str) -> str:
    """Return a path as a URI or a relative reference; whatever is no character of one is percent-encoded."""
    path = quote(name.encode("utf-8", "surrogateescape"), safe="/")
    if path.startswith("/"):
        return f"file://{path}"
    return path

"""Problems as annotations of a GitHub workflow: lines that its runner takes for commands.

    ::error file=contacts.rpsl,line=2,col=26,endColumn=28,title=bad-key-id::"XY" is not hexadecimal ...

(GitHub, workflow commands: setting an error message. The runner's own escaping: `%`, CR and LF in a message, and `:`
and `,` too in a property.)
"""

from collections.abc import Iterable, Iterator

from irtkit.problems import Problem, Severity
from irtkit.reports.excerpts import escaped
from irtkit.reports.tally import Tally

__all__ = ["GithubReport"]

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})


class GithubReport:
    """One line for each problem."""

    def __init__(self, tally: Tally) -> None:
        self.tally = tally

    def begin(self) -> Iterator[str]:
        """Yield what stands before everything: nothing."""
        yield from ()

    def file(self, name: str, text: str, problems: Iterable[Problem]) -> Iterator[str]:  # noqa: ARG002 - as every report takes it
        """Yield an annotation for each problem of the file *name*, and one for those that are not shown."""
        hidden = self.tally.hidden
        for problem in self.tally.shown(problems):
            yield _annotation(name, problem)
        more = self.tally.hidden - hidden
        if more:
            file = escaped(name).translate(_PROPERTY)
            yield f"::notice file={file},title=irtkit::{more:,} more problems, not shown\n"

    def end(self) -> Iterator[str]:
        """Yield what stands behind everything: nothing."""
        yield from ()


def _annotation(name: str, problem: Problem) -> str:
    properties = {"file": escaped(name)}
    if problem.span:
        start, length = problem.span.column, problem.span.length
        properties |= {"line": f"{problem.span.line}", "col": f"{start}", "endColumn": f"{start + length}"}
    properties["title"] = problem.code
    told = [problem.message]
    told += [f"hint: {problem.hint}"] if problem.hint else []
    told += [f"from: {problem.citation}"] if problem.citation else []
    written = ",".join(f"{key}={value.translate(_PROPERTY)}" for key, value in properties.items())
    return f"::{_COMMANDS[problem.severity]} {written}::{'%0A'.join(escaped(line).translate(_DATA) for line in told)}\n"

"""Problems as people read them: where, what, the line with a caret, what was expected, and who says so.

    contacts.rpsl:2:26: error[bad-key-id]: "XY" is not hexadecimal in a key-cert name
      2 | auth:           PGPKEY-12XY5678
        |                          ^~
      hint: PGPKEY- then 8 hex digits, as in PGPKEY-D47485CF
      from: RIPE "auth:" syntax

It decides neither whether there are colours nor where the text goes.
"""

from collections.abc import Iterable, Iterator

from irtkit.problems import Problem, Severity
from irtkit.reports.excerpts import Lines, escaped, excerpt
from irtkit.reports.tally import Tally

__all__ = ["TextReport"]

_BOLD, _DIM = "1", "2"
_COLOURS = {Severity.ERROR: "1;31", Severity.WARNING: "1;33", Severity.INFO: "1;36"}


class TextReport:
    """Lines of text, each with its line feed; *colours* for a terminal."""

    def __init__(self, tally: Tally, *, colours: bool = False) -> None:
        self.tally = tally
        self._colours = colours

    def begin(self) -> Iterator[str]:
        """Yield what stands before everything: nothing."""
        yield from ()

    def file(self, name: str, text: str, problems: Iterable[Problem]) -> Iterator[str]:
        """Yield the problems of the file *name*, which holds *text*, in the order in which they come.

        Of an empty text no line is shown: there is none, or it is not to be seen.
        """
        lines, hidden = Lines(text) if text else None, self.tally.hidden
        for problem in self.tally.shown(problems):
            yield from self._problem(name, lines, problem)
        more = self.tally.hidden - hidden
        if more:
            yield f"{escaped(name)}: {_number(more, 'more problem')}, not shown\n"

    def end(self) -> Iterator[str]:
        """Yield how many problems there were, and of what kinds if they are many."""
        tally = self.tally
        told = f"{_number(tally.files, 'file')}, {_number(tally.objects, 'object')}: "
        named = ((severity, tally.count(severity)) for severity in Severity)
        counts = [_number(number, severity) for severity, number in named if number]
        yield f"{told}{', '.join(counts) or 'no problems'}\n"
        if tally.hidden:
            kinds = tally.most_common()
            width = max(len(f"{severity}[{code}]") for severity, code, _ in kinds)
            for severity, code, number in kinds:
                head = f"{severity}[{code}]"
                yield f"  {self._styled(head, _COLOURS[severity])}{' ' * (width - len(head))}  {number:>11,}\n"

    def _problem(self, name: str, lines: Lines | None, problem: Problem) -> Iterator[str]:
        colour = _COLOURS[problem.severity]
        span = problem.span
        place = escaped(name) if span is None else f"{escaped(name)}:{span.line}:{span.column}"
        kind = self._styled(f"{problem.severity}[{problem.code}]", colour)
        yield f"{self._styled(f'{place}:', _BOLD)} {kind}: {escaped(problem.message)}\n"
        line = None if span is None or lines is None else lines.find(span.line)
        if span is not None and line is not None:
            shown, offset, width = excerpt(line, span.column, span.length)
            number = str(span.line)
            bar = self._styled("|", _DIM)
            yield f"  {self._styled(number, _DIM)} {bar} {shown}".rstrip() + "\n"
            caret = self._styled("^" + "~" * (width - 1), colour)
            yield f"  {' ' * len(number)} {bar} {' ' * offset}{caret}\n"
        if problem.hint:
            yield f"  hint: {escaped(problem.hint)}\n"
        if problem.citation:
            yield f"  from: {escaped(problem.citation)}\n"

    def _styled(self, text: str, style: str) -> str:
        return f"\x1b[{style}m{text}\x1b[0m" if self._colours else text


def _number(number: int, noun: str) -> str:
    plural = "infos" if noun == "info" else f"{noun}s"
    return f"{number:,} {noun if number == 1 else plural}"

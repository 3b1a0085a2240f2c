"""What a server says besides objects: that it found nothing, refuses, limits or cannot; as typed values.

RIPE's servers number their errors and warnings (`%ERROR:101:`), and say a few things without a number; other servers
have words only. The table of words is data. It judges no object, and decides nothing about asking again.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from irtkit.rpsl import Comment

__all__ = ["Meaning", "Notice", "NoticeSeverity", "iter_notices"]


class NoticeSeverity(StrEnum):
    """Whether the server answered in spite of it."""

    ERROR = "error"
    WARNING = "warning"


class Meaning(StrEnum):
    """What a notice means for who asked."""

    NOT_FOUND = "not-found"
    """Nothing matched: an answer, no failure."""
    ELSEWHERE = "elsewhere"
    """Another registry's business: an answer, too."""
    REDUCED = "reduced"
    """The answer lacks contacts, because we asked too often."""
    DENIED = "denied"
    """Blocked, or over a limit."""
    TOO_MANY_CONNECTIONS = "too-many-connections"
    BAD_QUERY = "bad-query"
    """Our question's fault."""
    NOT_ALLOWED = "not-allowed"
    """We asked for what is allowed to others only."""
    CLOSED = "closed"
    """The connection was idle."""
    SERVER_FAULT = "server-fault"
    REMARK = "remark"


@dataclass(frozen=True, slots=True)
class Notice:
    """One error or warning of a server; *code* is None where it has no number."""

    code: int | None
    title: str
    """The line that says what it is, without its mark and number."""
    severity: NoticeSeverity
    meaning: Meaning
    text: str = ""
    """The lines that explain it, joined by line feeds."""
    line: int = 1
    """Where it stands in the answer, from 1."""
    retry_after: float | None = None
    """Seconds to wait before asking again, if the server says or is known to want them."""

    def __str__(self) -> str:
        return self.title if self.code is None else f"{self.severity.upper()}:{self.code}: {self.title}"


_NUMBERED: Final = re.compile(r"%{1,2} ?(ERROR|WARNING):([0-9]{3}): ?(.*)")
_BY_CODE: Final = {
    100: Meaning.SERVER_FAULT,
    101: Meaning.NOT_FOUND,
    201: Meaning.DENIED,
    203: Meaning.NOT_ALLOWED,
    305: Meaning.CLOSED,
    306: Meaning.TOO_MANY_CONNECTIONS,
}
_BY_HUNDRED: Final = {1: Meaning.BAD_QUERY, 2: Meaning.DENIED, 3: Meaning.CLOSED, 9: Meaning.BAD_QUERY}
"""What numbers that RIPE whois 1.124 does not have most likely mean: it gives each hundred to one kind."""


@dataclass(frozen=True, slots=True)
class _Wording:
    """Words without a number, at the beginning of a line, after `%`, `#` and blanks."""

    pattern: re.Pattern[str]
    meaning: Meaning
    only_alone: bool = False
    """Counts only in an answer without objects: terms of use may say the like."""


def _wording(pattern: str, meaning: Meaning, *, only_alone: bool = False) -> _Wording:
    return _Wording(re.compile(pattern, re.IGNORECASE), meaning, only_alone)


_WORDINGS: Final = (
    _wording(r"Your host \S+ has been blocked", Meaning.DENIED),  # RIPE
    _wording(r"Invalid character set\b", Meaning.BAD_QUERY),  # RIPE
    _wording(r"Inverse search on 'auth' attribute is limited", Meaning.BAD_QUERY),  # RIPE
    _wording(r"No entries found\b", Meaning.NOT_FOUND),  # IRRd, and RIPE's older software
    _wording(r"ERROR: An internal error\b", Meaning.SERVER_FAULT),  # IRRd
    _wording(r"ERROR: \S", Meaning.BAD_QUERY),  # IRRd
    _wording(r"Access denied\b", Meaning.DENIED),  # IRRd
    _wording(r"Query rate limit exceeded\. Reduced information", Meaning.REDUCED),  # LACNIC, NIC.br
    _wording(r"Query rate limit exceeded\b", Meaning.DENIED),  # LACNIC, NIC.br
    _wording(r"Permission denied\b|Permissão negada\b", Meaning.DENIED),  # LACNIC, NIC.br
    _wording(r"Maximum concurrent connections limit exceeded", Meaning.TOO_MANY_CONNECTIONS),  # NIC.br
    _wording(r"Not assigned to LACNIC\b", Meaning.ELSEWHERE),  # LACNIC
    _wording(r"Unallocated (?:and unassigned|resource)\b", Meaning.NOT_FOUND, only_alone=True),  # LACNIC
    _wording(r"No match(?:es)? (?:found )?for\b", Meaning.NOT_FOUND, only_alone=True),  # ARIN, LACNIC
    _wording(r"No match!!", Meaning.NOT_FOUND, only_alone=True),  # JPNIC
    _wording(r"No (?:data|records?|such \w+)? ?found\b", Meaning.NOT_FOUND, only_alone=True),
    _wording(
        r"[^:]{0,80}\b(?:quota|limit|too many (?:queries|requests|connections))\b[^:]{0,80}\b(?:exceeded|reached)\b",
        Meaning.DENIED,
        only_alone=True,
    ),
    _wording(
        r"[^:]{0,80}\b(?:exceeded|too many)\b[^:]{0,60}\b(?:limit|quota|queries|requests)\b",
        Meaning.DENIED,
        only_alone=True,
    ),
)
_ERRORS: Final = frozenset(Meaning) - {Meaning.REDUCED, Meaning.REMARK, Meaning.ELSEWHERE}
_WAIT: Final = re.compile(r"\b(?:for|in|after) (\d{1,6}) (second|minute|hour)s?\b", re.IGNORECASE)
_SECONDS: Final = {"second": 1, "minute": 60, "hour": 3600}


def iter_notices(comments: Sequence[Comment], others: Iterable[Comment], *, is_alone: bool) -> Iterator[Notice]:
    """Yield the notices among the comment lines of an answer, then those among its *other* lines.

    *others* are lines that belong to neither comment nor object; *is_alone* says that there is no object.
    """
    explained = 0
    for position, comment in enumerate(comments):
        numbered = _NUMBERED.match(comment.text)
        if numbered is not None:
            explanation = list(_explanation(comments, position))
            explained = comment.line + len(explanation)
            text = "\n".join(line for line in explanation if line)
            yield _numbered(numbered, text, comment.line)
        elif comment.line > explained:
            yield from _worded(comment, "%# \t", is_alone=is_alone)
    for other in others:
        yield from _worded(other, " \t", is_alone=is_alone)


def _numbered(found: re.Match[str], text: str, line: int) -> Notice:
    code, title = int(found[2]), found[3].strip()
    severity = NoticeSeverity(found[1].lower())
    meaning = _BY_CODE.get(code) or _BY_HUNDRED.get(code // 100, Meaning.REMARK)
    if severity is NoticeSeverity.WARNING:
        meaning = Meaning.REMARK
    return Notice(code, title, severity, meaning, text, line, _wait(text) if meaning is Meaning.DENIED else None)


def _worded(line: Comment, marks: str, *, is_alone: bool) -> Iterator[Notice]:
    title = line.text[:400].strip(marks)
    for wording in _WORDINGS:
        if (is_alone or not wording.only_alone) and wording.pattern.match(title):
            severity = NoticeSeverity.ERROR if wording.meaning in _ERRORS else NoticeSeverity.WARNING
            yield Notice(None, title, severity, wording.meaning, "", line.line, _wait(title))
            return


def _explanation(comments: Sequence[Comment], position: int) -> Iterator[str]:
    """Yield the lines that follow a numbered one without an empty line between."""
    expected = comments[position].line
    for at in range(position + 1, len(comments)):
        comment = comments[at]
        expected += 1
        if comment.line != expected or _NUMBERED.match(comment.text):
            return
        yield comment.text.lstrip("%").strip()


def _wait(text: str) -> float | None:
    found = _WAIT.search(text)
    return None if found is None else float(int(found[1]) * _SECONDS[found[2].lower()])

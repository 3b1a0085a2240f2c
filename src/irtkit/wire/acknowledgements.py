"""What a registry says about a submission: the text that RIPE's software sends back, as values.

The text decides, never the HTTP status: RIPE's server answers 200 to messages that failed. What the text counts is held
against what it lists, and where the two disagree the acknowledgement says so in `doubts`. IRRd's reply, which is JSON,
becomes the same values in `irtkit.wire.irrd_submission`. Nothing is sent here, and no object is judged.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from irtkit.errors import AnswerError
from irtkit.problems import Severity
from irtkit.rpsl.faults import shown

__all__ = ["Acknowledgement", "Outcome", "Remark", "Result", "Tally", "parse_acknowledgement"]

_LARGEST: Final = 32 << 20
"""Characters that are read; the text repeats the objects that failed, of which one has at most 5,000,000."""

_ACTIONS: Final = ("create", "modify", "delete")
_SUMMARY: Final = "SUMMARY OF UPDATE:"
_COUNT: Final = re.compile(r"[ \t]*(Create|Modify|Delete|No Operation):[ \t]+(\d{1,9})[ \t]*", re.IGNORECASE)
_FOUND: Final = re.compile(r"Number of objects found:[ \t]+(\d{1,9})[ \t]*")
_SUCCEEDED: Final = re.compile(r"Number of objects processed successfully:[ \t]+(\d{1,9})[ \t]*")
_FAILED: Final = re.compile(r"Number of objects processed with errors:[ \t]+(\d{1,9})[ \t]*")
_RESULT: Final = re.compile(
    r"(?:(Create|Modify|Delete)? ?(SUCCEEDED|FAILED|PENDING)|(No operation)): \[([\w-]{1,40})\] (\S.*)",
    re.IGNORECASE,
)
_REMARK: Final = re.compile(r"\*\*\*(Error|Warning|Info):(.*)")
_WRAPPED: Final = re.compile(r" {12}(?=\S)")
_ATTRIBUTE: Final = re.compile(r"([A-Za-z*][\w-]{0,60}):")
_NAME_OF_PERSON: Final = re.compile(r"(\S+) {3}(\S.*)")
_IGNORED: Final = ("The following paragraph(s) do not look like objects", "and were NOT PROCESSED:")
_CANCELLED: Final = re.compile(r"\d+ update\(s\) failed so all changes were cancelled\.")
_RULE: Final = re.compile(r"~{20,}")
_DRY_RUN: Final = "Dry-run performed"


class Outcome(StrEnum):
    """What became of one object."""

    SUCCEEDED = "succeeded"
    """Stored or deleted; in a dry run it would have been."""
    NO_OPERATION = "no-operation"
    """It was stored like that already."""
    FAILED = "failed"
    PENDING = "pending"
    """Somebody else still has to agree."""
    CANCELLED = "cancelled"
    """It was a good one, but nothing is stored because another one failed."""
    MISSING = "missing"
    """It was sent, and the registry says nothing about it."""

    @property
    def is_good(self) -> bool:
        """Whether the registry has the object as it was sent."""
        return self in {Outcome.SUCCEEDED, Outcome.NO_OPERATION}


@dataclass(frozen=True, slots=True)
class Remark:
    """A line `***Error:` and the like, its wrapped lines joined; *attribute* is the line of the object it is about."""

    severity: Severity
    text: str
    attribute: str | None = None

    def __str__(self) -> str:
        return f"{self.severity}: {self.text}"


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one object. *action* is create, modify or delete; None if the registry did not get that far.

    *name* is that of a person or role, whose key is a handle. *text* is the object as it is stored, where the registry
    shows it.
    """

    outcome: Outcome
    action: str | None
    class_name: str
    key: str
    name: str = ""
    remarks: tuple[Remark, ...] = ()
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """The numbers that a registry gives: objects found, done, and failed, the last two by action."""

    found: int
    succeeded: int
    failed: int
    by_action: tuple[tuple[str, bool, int], ...] = ()
    """(action, whether done, number), as far as they are given."""


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """A registry's word on a whole submission.

    *results* are in its order, those that failed first at RIPE. *remarks* are about the whole message, *ignored* the
    paragraphs that it took for no object. *doubts* say where the acknowledgement contradicts itself.
    """

    results: tuple[Result, ...]
    tally: Tally
    remarks: tuple[Remark, ...] = ()
    ignored: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()

    @property
    def is_dry_run(self) -> bool:
        """Whether the registry says that it stored nothing because it was asked not to."""
        every = (*self.remarks, *(remark for result in self.results for remark in result.remarks))
        return any(_DRY_RUN in remark.text for remark in every)

    @property
    def is_good(self) -> bool:
        """Whether every object is, beyond doubt, as it was sent."""
        whole = not self.doubts and not any(remark.severity is Severity.ERROR for remark in self.remarks)
        return whole and bool(self.results) and all(result.outcome.is_good for result in self.results)


def parse_acknowledgement(text: str, *, server: str) -> Acknowledgement:
    """Read an acknowledgement as RIPE's software writes it, whatever stands before and after it.

    Raises: AnswerError for a text that is none, naming *server*.

    Cites: RIPE Database documentation, Acknowledgment Message; RIPE whois 1.124.
    """
    if len(text) > _LARGEST:
        raise AnswerError(f"sent an acknowledgement of more than {_LARGEST:,} characters", server=server)
    lines = text.replace("\r\n", "\n").split("\n")
    reader = _Reader(lines)
    tally = reader.read_tally()
    if tally is None:
        first = next((line for line in lines if line.strip()), "")
        raise AnswerError(f"sent no acknowledgement but {shown(first) if first else 'nothing'}", server=server)
    reader.read_details()
    results = tuple(reader.results)
    doubts = tuple(_doubts(results, tally))
    if reader.is_cancelled:
        results = tuple(_cancelled(results))
    return Acknowledgement(results, tally, tuple(reader.remarks), tuple(reader.ignored), doubts)


def _cancelled(results: Iterable[Result]) -> Iterator[Result]:
    for one in results:
        outcome = Outcome.CANCELLED if one.outcome is Outcome.SUCCEEDED else one.outcome
        yield Result(outcome, one.action, one.class_name, one.key, one.name, one.remarks, one.text)


def _doubts(results: tuple[Result, ...], tally: Tally) -> Iterator[str]:
    """Yield where the numbers of the summary are not those of the list."""
    good = sum(result.outcome is not Outcome.FAILED for result in results)
    counts = {
        "objects found": (tally.found, len(results)),
        "processed successfully": (tally.succeeded, good),
        "with errors": (tally.failed, len(results) - good),
    }
    for what, (said, listed) in counts.items():
        if said != listed:
            yield f"the summary says {said:,} {what}, and the list has {listed:,}"
    listed_actions = Counter((result.action, result.outcome is not Outcome.FAILED) for result in results)
    for action, done, number in tally.by_action:
        if listed_actions[action, done] != number and tally.found == len(results):
            state = "done" if done else "failed"
            yield f"the summary says {number:,} to {action} {state}, and the list has {listed_actions[action, done]:,}"


class _Reader:
    """Goes through the lines of an acknowledgement once."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines
        self._at = 0
        self.results: list[Result] = []
        self.remarks: list[Remark] = []
        self.ignored: list[str] = []
        self.is_cancelled = False

    def read_tally(self) -> Tally | None:
        """Read the summary; None if there is none."""
        while self._at < len(self._lines) and self._lines[self._at].strip() != _SUMMARY:
            self._at += 1
        totals: dict[str, int] = {}
        actions: list[tuple[str, bool, int]] = []
        for line in self._lines[self._at :]:
            if line.startswith("DETAILED EXPLANATION"):
                break
            self._at += 1
            self.is_cancelled |= bool(_CANCELLED.fullmatch(line.strip()))
            for name, pattern in (("found", _FOUND), ("succeeded", _SUCCEEDED), ("failed", _FAILED)):
                if total := pattern.fullmatch(line):
                    totals.setdefault(name, int(total[1]))
            if (count := _COUNT.fullmatch(line)) and "succeeded" in totals:
                action = count[1].lower().replace(" ", "-")
                actions.append((action, "failed" not in totals, int(count[2])))
        if len(totals) < 3:
            return None
        return Tally(totals["found"], totals["succeeded"], totals["failed"], tuple(actions))

    def read_details(self) -> None:
        """Read what is said about the message and about each object."""
        opened: re.Match[str] | None = None
        body: list[str] = []
        for at, line in enumerate(self._lines[self._at :], self._at):
            begins = at > 0 and self._lines[at - 1].rstrip() == "---"
            result = _RESULT.fullmatch(line.rstrip()) if begins else None
            if result or _RULE.fullmatch(line.rstrip()):
                self._close(opened, body)
                opened, body = result, []
            elif line.startswith(_IGNORED[0]):
                self._read_ignored(at)
                break
            else:
                body.append(line)
        else:
            self._close(opened, body)

    def _close(self, opened: re.Match[str] | None, body: list[str]) -> None:
        remarks = tuple(_remarks(body))
        if opened is None:
            self.remarks.extend(remarks)
            return
        action, verdict, unchanged, class_name, key = opened.groups()
        outcome = Outcome.NO_OPERATION if unchanged else Outcome(verdict.lower())
        named = _NAME_OF_PERSON.fullmatch(key.strip())
        known = "no-operation" if unchanged else (action or "").lower()
        done = known if known in {*_ACTIONS, "no-operation"} else None
        handle, name = (named[1], named[2]) if named else (key.strip(), "")
        self.results.append(Result(outcome, done, class_name.lower(), handle, name, remarks))

    def _read_ignored(self, at: int) -> None:
        """Take the paragraphs that are listed last, up to the line that ends them."""
        paragraph: list[str] = []
        for line in self._lines[at + 1 :]:
            if _RULE.fullmatch(line.rstrip()):
                break
            if line.strip() and line.strip() != _IGNORED[1]:
                paragraph.append(line)
            elif paragraph:
                self.ignored.append("\n".join(paragraph))
                paragraph = []
        if paragraph:
            self.ignored.append("\n".join(paragraph))


def _remarks(lines: list[str]) -> Iterator[Remark]:
    """Yield the remarks among *lines*, each with the attribute before it, unless an empty line is between them."""
    attribute: str | None = None
    severity: Severity | None = None
    said: list[str] = []
    for line in [*lines, ""]:
        if severity is not None and _WRAPPED.match(line):
            said.append(line.strip())
            continue
        if severity is not None:
            yield Remark(severity, " ".join(said), attribute)
            severity = None
        if found := _REMARK.fullmatch(line):
            severity, said = Severity(found[1].lower()), [found[2].strip()]
        elif not line.strip():
            attribute = None
        elif _ATTRIBUTE.match(line):
            attribute = line.rstrip()

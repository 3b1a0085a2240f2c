"""How a text becomes an update message (RIPE Database, update messages; RFC 9580, section 7, for signed ones).

Paragraph by paragraph: instructions are taken out, comment lines and blanks before the first word are set aside, and
what is left is an object or it is not. Signed text is read as if it stood there by itself. Every line number
is one of the whole text.

It judges no object and follows no instruction; it opens no mail (no MIME) and verifies no signature.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from irtkit.problems import Problem, Span
from irtkit.rpsl import Comment, RpslObject, parse_objects
from irtkit.rpsl.clearsign import DEEPEST, SignedBlock, find_open_block, iter_signed_blocks
from irtkit.rpsl.faults import shown
from irtkit.rpsl.names import PRIMARY_KEYS, long_name
from irtkit.rpsl.paragraphs import INSTRUCTION, is_comment, iter_lines, iter_paragraphs
from irtkit.submission.codes import place_of, problem_of
from irtkit.submission.message import Deletion, Leftover, Message, Override, Password, Secret, Signature, Update
from irtkit.validation.template import find_similar

__all__ = ["parse_message"]

_KEYWORDS = frozenset({"NEW", "HELP", "HOWTO", "DIFF"})
_BLANKS = " \t\r\n"
_INSTRUCTIONS = re.compile(r"\n(?:password|override|dry-run|delete):", re.ASCII | re.IGNORECASE)
_STRAY_RETURN = re.compile(r"\r(?<!\r\r)\r*+(?!\n|\Z)")  # it begins with what can be searched for quickly
_RETURN_FEED, _BARE_FEED = re.compile(r"\r\n"), re.compile(r"(?<!\r)\n")
_NAME = re.compile(r"^\*?+([A-Za-z0-9-]++)[ \t]*+:", re.MULTILINE)
_HEAD = re.compile(r"(\*?+[A-Za-z0-9-]++)(?:[ \t]*+:|[ \t][^\n]*+\n[A-Za-z0-9*-]++[ \t]*+:)")
"""The first name of a paragraph, with its colon, or without it if the next line has one."""
_CLASSES = tuple(PRIMARY_KEYS)
_UNIVERSAL = frozenset({"mnt-by", "source"})
"""Attributes that objects of all classes have."""
_OPTIONS = re.compile(r"\{([^{}]*+)\}")
_BYTE_ORDER_MARK = "\ufeff"


def parse_message(text: str, *, keywords: str = "") -> Message:
    """Read an update message.

    *keywords* are the words that come with it, a mail's subject or the parameters of a web form: NEW, HELP, HOWTO and
    DIFF. With any other word among them the registry ignores them all.

    Any text will do: what cannot be read is in the message's `problems` or `leftovers`. Time grows with the length of
    the text only.
    """
    reader = _Reader()
    content = text.removeprefix(_BYTE_ORDER_MARK)
    reader.read_whole(content)
    words = keywords.upper().split()
    unknown = [word for word in words if word not in _KEYWORDS]
    if unknown:
        message = f"{shown(unknown[0])} is no keyword, and the registry ignores all of them"
        reader.problems.insert(
            0, problem_of("unknown-keyword", message, None, f"expected {', '.join(sorted(_KEYWORDS))}")
        )
    return Message(
        text=Secret(text),
        updates=tuple(reader.updates),
        leftovers=tuple(reader.leftovers),
        passwords=tuple(reader.passwords),
        dry_run=reader.dry_run,
        keywords=frozenset() if unknown else frozenset(words),
        problems=tuple(reader.problems),
        shifts=reader.shifts,
    )


class _Reader:
    """Collects what a text says, in document order."""

    def __init__(self) -> None:
        self.updates: list[Update] = []
        self.leftovers: list[Leftover] = []
        self.passwords: list[Password] = []
        self.dry_run: Span | None = None
        self.problems: list[Problem] = []
        self.shifts: dict[int, int] = {}

    def read_whole(self, text: str) -> None:
        self._read(text, 1, ())
        stray = _STRAY_RETURN.search(text)
        if stray:
            start = text.rfind("\n", 0, stray.start()) + 1
            span = Span(text.count("\n", 0, start) + 1, stray.start() - start + 1)
            message = "a carriage return stands inside a line, and the registry takes it out"
            if "\n" not in text.rstrip(_BLANKS):
                message = "lines end in CR alone, and the registry takes that out: all of the text becomes one line"
                self._leave_all()
            hint = "expected lines that end in LF or CR LF"
            self.problems.append(problem_of("stray-carriage-return", message, span, hint))
        self._report_line_ends(text)
        self.problems.sort(key=place_of)

    def _leave_all(self) -> None:
        """Keep what was read as text that is no object, and say nothing about it: one fault explains all."""
        self.leftovers += [Leftover(str(update.object), update.object.line) for update in self.updates]
        self.updates.clear()
        self.problems.clear()

    def _report_line_ends(self, text: str) -> None:
        """Say on which line the line ends begin to differ from the first one."""
        if "\r" not in text:
            return
        first, end, _ = text.partition("\n")
        other = _BARE_FEED if first.endswith("\r") else _RETURN_FEED
        found = other.search(text, len(first) + 1) if end and "\r\n" in text else None
        if found:
            message = f"this line ends in {'LF' if other is _BARE_FEED else 'CR LF'}, unlike the first one"
            self._report("mixed-line-ends", message, text.count("\n", 0, found.end() - 1) + 1, "expected one kind")

    def _read(self, text: str, line: int, signatures: tuple[Signature, ...]) -> None:
        reached = 0
        for block in iter_signed_blocks(text):
            line = self._read_plain(text, reached, block.start, line, signatures)
            self._read_signed(text, block, line, signatures)
            line += text.count("\n", block.start, block.stop)
            reached = block.stop
        opening = find_open_block(text)
        if opening is not None:
            place = line + text.count("\n", reached, opening)
            hint = "expected lines from BEGIN PGP SIGNATURE to END PGP SIGNATURE; without them the text is plain"
            self._report("signature-missing", "no signature ends this signed text", place, hint)
        self._read_plain(text, reached, len(text), line, signatures)

    def _read_signed(self, text: str, block: SignedBlock, line: int, signatures: tuple[Signature, ...]) -> None:
        signature = Signature(line, line + text.count("\n", block.start, block.stop - 1))
        if len(signatures) == DEEPEST:
            hint = f"expected at most {DEEPEST} signatures around a text"
            self._report("signed-too-deep", "there are too many signatures around this text to read it", line, hint)
            return
        line += text.count("\n", block.start, block.content)
        content = text[block.content : block.signature]
        if "\n- " in content or content.startswith("- "):
            content = self._without_dashes(content, line)
        self._read(content, line, (*signatures, signature))

    def _without_dashes(self, content: str, first: int) -> str:
        """Undo dash-escaping, and note on which lines."""
        lines = list(iter_lines(content))
        for position, line in enumerate(lines):
            if line.startswith("- "):
                lines[position] = line[2:]
                self.shifts[first + position] = self.shifts.get(first + position, 0) + 2
        return "".join(lines)

    def _read_plain(self, text: str, start: int, stop: int, line: int, signatures: tuple[Signature, ...]) -> int:
        """Read the paragraphs of `text[start:stop]`, which begins on *line*; return the line after it."""
        if (start, stop, line, signatures) == (0, len(text), 1, ()) and self._read_objects(text):
            return 1
        instructed = INSTRUCTION.match(text, start) or _INSTRUCTIONS.search(text, max(0, start - 1), stop)
        reached = start
        for begin, end in iter_paragraphs(text, start, stop):
            line += text.count("\n", reached, begin)
            self._read_paragraph(text[begin:end], line, signatures, instructed=bool(instructed))
            line += text.count("\n", begin, end)
            reached = end
        return line + text.count("\n", reached, stop)

    def _read_objects(self, text: str) -> bool:
        """Read a text that has objects and nothing else in it, which is quick; return whether it is one."""
        if INSTRUCTION.match(text) or _INSTRUCTIONS.search(text):
            return False
        problems: list[Problem] = []
        comments: list[Comment] = []
        objects = parse_objects(text, problems=problems, comments=comments)
        if problems or comments or not all(map(_is_class, {text[: text.index(":")] for text in map(str, objects)})):
            return False
        self.updates = list(map(Update, objects))
        return True

    def _read_paragraph(self, text: str, line: int, signatures: tuple[Signature, ...], *, instructed: bool) -> None:
        if not instructed and text[0] not in " \t\r%#":
            found: list[Problem] = []
            objects = parse_objects(text, problems=found)
            if not found and len(objects) == 1 and str(objects[0]) == text and _is_class(text[: text.index(":")]):
                self.updates.append(Update(RpslObject(text, None, line), signatures=signatures))
                return
        self._read_lines(text, line, signatures)

    def _read_lines(self, text: str, line: int, signatures: tuple[Signature, ...]) -> None:
        """Read a paragraph line by line: it has instructions or comments, or it is no object as it stands."""
        own: list[str] = []
        numbers: list[int] = []
        comments: list[int] = []
        deletions: list[Deletion] = []
        overrides: list[Override] = []
        for number, content in enumerate(iter_lines(text), line):
            instruction = INSTRUCTION.match(content)
            if instruction:
                self._follow(instruction, number, deletions, overrides)
            elif is_comment(content):
                comments.append(number)
            else:
                own.append(content)
                numbers.append(number)
        self._trim(own, numbers)
        paragraph = "".join(own)
        found: list[Problem] = []
        objects = parse_objects(paragraph, problems=found)
        meant = bool(deletions or overrides) or _is_meant(paragraph)
        if len(objects) != 1 or str(objects[0]) != paragraph or not meant:
            self._leave(paragraph, numbers, found)
            self._report_alone([*deletions, *overrides])
            return
        for number in comments:
            hint = "put an empty line between the comment and the object, or the comment behind a value"
            self._report("comment-line-in-object", "this comment line is read as part of the object", number, hint)
        gaps = any(after - before > 1 for before, after in pairwise(numbers))
        obj = RpslObject(paragraph, None, numbers[0], tuple(numbers) if gaps else ())
        self.updates.append(Update(obj, tuple(deletions), tuple(overrides), signatures))

    def _follow(
        self, instruction: re.Match[str], line: int, deletions: list[Deletion], overrides: list[Override]
    ) -> None:
        """Note what an instruction says."""
        name, rest = instruction[1].lower(), instruction[2].strip()
        span = Span(line, 1 + self.shifts.get(line, 0), len(name) + 1)
        if name == "password":
            self.passwords.append(Password(span, Secret(rest)))
        elif name == "override":
            overrides.append(_override(span, rest))
        elif name == "delete":
            deletions.append(Deletion(span, rest))
        elif self.dry_run is None:
            self.dry_run = span

    def _trim(self, own: list[str], numbers: list[int]) -> None:
        """Take off the blanks before the first word of a paragraph, as the registry does."""
        first = next((position for position, line in enumerate(own) if line.strip(_BLANKS)), len(own))
        del own[:first], numbers[:first]
        if own and own[0][0] in _BLANKS:
            bare = own[0].lstrip(_BLANKS)
            self.shifts[numbers[0]] = self.shifts.get(numbers[0], 0) + len(own[0]) - len(bare)
            own[0] = bare

    def _leave(self, paragraph: str, numbers: list[int], found: list[Problem]) -> None:
        """Keep a paragraph that is no object; it matters more if one was meant."""
        if not paragraph:
            return
        self.leftovers.append(Leftover(paragraph, numbers[0]))
        meant = _is_meant(paragraph)
        if not meant or not found:
            message = "the registry leaves this paragraph out: it is no object"
            first = paragraph.partition("\n")[0].rstrip(_BLANKS)
            span = Span(numbers[0], 1 + self.shifts.get(numbers[0], 0), max(1, len(first)))
            self.problems.append(problem_of("ignored-text", message, span, "expected 'class: value' on its first line"))
        for problem in found if meant else ():
            span = problem.span or Span(1, 1)
            line = numbers[span.line - 1]
            place = replace(span, line=line, column=span.column + self.shifts.get(line, 0))
            self.problems.append(replace(problem, span=place))

    def _report_alone(self, instructions: Sequence[Deletion | Override]) -> None:
        for instruction in instructions:
            name = "delete" if isinstance(instruction, Deletion) else "override"
            message = f"there is no object in the paragraph of this {name}"
            hint = f"expected {name}: among the lines of the object it is about"
            self.problems.append(problem_of("instruction-alone", message, instruction.span, hint))

    def _report(self, code: str, message: str, line: int, hint: str) -> None:
        span = Span(line, 1 + self.shifts.get(line, 0))
        self.problems.append(problem_of(code, message, span, hint))


def _is_class(name: str) -> bool:
    """Whether a name, long or short, is that of a class."""
    return long_name(name.lower()) in PRIMARY_KEYS


def _is_meant(paragraph: str) -> bool:
    """Whether somebody meant an object, though it may be none.

    Then a line names a class, the first line names something much like one, or there is one of the attributes that all
    objects have. The registry ignores every paragraph whose first name is no class; this tells slips from prose.
    """
    names = [name.lower() for name in _NAME.findall(paragraph)]
    head = _HEAD.match(paragraph)
    if head and (_is_class(head[1]) or find_similar(head[1].lower(), _CLASSES) is not None):
        return True
    return any(name in PRIMARY_KEYS or name in _UNIVERSAL for name in names)


def _override(span: Span, rest: str) -> Override:
    user, _, others = (part.strip() for part in rest.partition(","))
    secret, _, remarks = (part.strip() for part in others.partition(","))
    options = tuple(option.strip() for found in _OPTIONS.findall(remarks) for option in found.split(","))
    return Override(span, user, Secret(secret), remarks, options)

"""Answers of whois servers, read whole or as they arrive: objects, messages, and what is said about abuse contacts.

Every dialect made of `name: value` lines is read as RPSL, byte for byte (`irtkit.rpsl`), ARIN's and LACNIC's included;
their own modules turn the objects into records. Nothing is lost: `Answer.body` is what came. It asks nobody, follows
no referral (`irtkit.wire.whois.referrals` finds them), and raises only for an answer beyond its limits.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from irtkit.errors import AccessDeniedError, AnswerError, QueryError
from irtkit.problems import Problem
from irtkit.rpsl import Comment, ObjectParser, RpslObject, parse_objects
from irtkit.schema.contact_facts import mailboxes
from irtkit.wire.questions import Server
from irtkit.wire.whois.charsets import decoded, is_plain_charset
from irtkit.wire.whois.framing import LIMITS, Limits, longest_line
from irtkit.wire.whois.notices import Meaning, Notice, NoticeSeverity, iter_notices

__all__ = ["AbuseContact", "Answer", "AnswerReader", "Group", "parse_answer"]

_WITHOUT_OBJECTS: Final = frozenset({"jpnic", "krnic", "twnic"})
"""Dialects whose lines are no `name: value` pairs; `irtkit.wire.whois.nirs` reads them."""
_FEW_LINES: Final = 8
"""Below so many, an answer in such a dialect holds no network: JPNIC's says "No match!!" beside networks, too."""
_PIECE: Final = 64 * 2**10
_RELATED: Final = re.compile(r"% Information related to '(.*)'")
_CONTACT: Final = "% Abuse contact for '"
_NO_CONTACT: Final = re.compile(r"% No abuse contact registered for (.+)")
_SUSPECT: Final = re.compile(r"% Abuse-mailbox validation failed\.(?: Please refer to (\S+))?")
_SERVED_BY: Final = re.compile(r"% This query was served by (.*)")
_BRIEF_CLASSES: Final = frozenset({"inetnum", "inet6num", "aut-num"})


@dataclass(frozen=True, slots=True)
class AbuseContact:
    """What a server says about the abuse contact of one object."""

    key: str
    """The object's primary key, as the server writes it."""
    mailbox: str | None
    """None: it says that no contact is registered, or what it names is no mailbox."""
    suspect: bool = False
    """The mailbox failed the registry's validation."""
    org: str | None = None
    """Whom the server refers to then."""
    line: int = 1
    """Where it stands in the answer, from 1."""


class Group(NamedTuple):
    """The objects after one "Information related to"; *key* is None for those before the first."""

    key: str | None
    objects: tuple[RpslObject, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """All that a server said to one question."""

    server: Server
    body: bytes
    objects: tuple[RpslObject, ...]
    """In the order of the answer; an object knows its line."""
    problems: tuple[Problem, ...]
    """Paragraphs that are no object."""
    comments: tuple[Comment, ...]
    """Lines that begin with `%` or `#`, in order."""
    other_lines: tuple[Comment, ...]
    """Lines that are neither comment nor part of an object, without empty ones."""
    notices: tuple[Notice, ...]
    abuse_contacts: tuple[AbuseContact, ...]
    """Of the objects that the server speaks of, in its order."""
    served_by: str | None
    """Service, version and host, from the last line of RIPE-style answers."""

    @property
    def text(self) -> str:
        """The body as text."""
        return decoded(self.body, self.server)

    @property
    def errors(self) -> tuple[Notice, ...]:
        """The notices instead of an answer; "nothing found" is one of them."""
        return tuple(notice for notice in self.notices if notice.severity is NoticeSeverity.ERROR)

    @property
    def warnings(self) -> tuple[Notice, ...]:
        """The notices beside an answer."""
        return tuple(notice for notice in self.notices if notice.severity is NoticeSeverity.WARNING)

    @property
    def is_not_found(self) -> bool:
        """Whether the server says that nothing matched."""
        return any(notice.meaning is Meaning.NOT_FOUND for notice in self.notices)

    @property
    def is_reduced(self) -> bool:
        """Whether the server left contacts out because we asked too often."""
        return any(notice.meaning is Meaning.REDUCED for notice in self.notices)

    @property
    def personal_objects(self) -> int:
        """How many objects a registry counts as personal data: persons, and roles without abuse-mailbox."""
        return sum(
            obj.class_name == "person" or (obj.class_name == "role" and obj.first("abuse-mailbox") is None)
            for obj in self.objects
        )

    @property
    def groups(self) -> tuple[Group, ...]:
        """The objects under what the server relates them to."""
        marks = [(one.line, found[1]) for one in self.comments if (found := _RELATED.fullmatch(one.text.rstrip()))]
        starts = [line for line, _ in marks]
        inside: list[list[RpslObject]] = [[] for _ in range(len(marks) + 1)]
        for obj in self.objects:
            inside[bisect_left(starts, obj.line)].append(obj)
        groups = [
            Group(key, tuple(found)) for key, found in zip([None, *(key for _, key in marks)], inside, strict=True)
        ]
        return tuple(group for group in groups if group.objects or group.key is not None)

    def find_abuse_contact(self, key: str) -> AbuseContact | None:
        """Return what the server says about the object with this primary key, ignoring case."""
        wanted = key.upper()
        return next((contact for contact in self.abuse_contacts if contact.key.upper() == wanted), None)

    def raise_for_refusal(self, *, now: float | None = None) -> None:
        """Raise what the server's errors mean, if it refused to answer; that nothing was found is an answer.

        *now*, in seconds since the epoch, makes a wait into a time to ask again.

        Raises: AccessDeniedError if we are blocked or over a limit; QueryError if our question was wrong; AnswerError
        if the server failed.
        """
        for notice in self.errors:
            message = " ".join((str(notice), *notice.text.split("\n")[:1])).strip()
            if notice.meaning in {Meaning.DENIED, Meaning.TOO_MANY_CONNECTIONS, Meaning.NOT_ALLOWED}:
                retry_at = None if now is None or notice.retry_after is None else now + notice.retry_after
                raise AccessDeniedError(message, server=str(self.server), retry_at=retry_at)
            if notice.meaning is Meaning.BAD_QUERY:
                raise QueryError(f"{self.server}: {message}")
            if notice.meaning in {Meaning.SERVER_FAULT, Meaning.CLOSED}:
                raise AnswerError(message, server=str(self.server))


class AnswerReader:
    """Reads an answer that arrives in pieces; any cutting gives what `parse_answer` gives of the whole."""

    def __init__(self, server: Server, limits: Limits = LIMITS) -> None:
        self._server = server
        self._limits = limits
        self._pieces: list[bytes] = []
        self._size = 0
        self._lines = 0
        self._last_line = 0
        self._parser = ObjectParser()
        self._objects: list[RpslObject] = []
        self._as_it_comes = server.dialect not in _WITHOUT_OBJECTS and is_plain_charset(server.charset)

    def feed(self, data: bytes) -> list[RpslObject]:
        """Take the next bytes; return the objects that they complete.

        Objects of a server whose charset is neither ASCII, latin-1 nor UTF-8 are all read by `close`.

        Raises: AnswerError when the answer exceeds the limits.
        """
        self._pieces.append(data)
        return self.read(data)

    def read(self, data: bytes) -> list[RpslObject]:
        """Take the next bytes as `feed` does, but leave it to the caller to keep them for `finished`."""
        self._size += len(data)
        longest, self._last_line = longest_line(data, self._last_line)
        self._refuse_beyond(self._size, self._limits.max_bytes, "bytes")
        self._refuse_beyond(longest, self._limits.max_line, "bytes in a line")
        self._lines += data.count(b"\n")
        self._refuse_beyond(self._lines, self._limits.max_lines, "lines")
        return self._taken(self._parser.feed(data)) if self._as_it_comes else []

    def close(self) -> Answer:
        """Say that the answer has ended; return all of it.

        Raises: AnswerError when it exceeds the limits.
        """
        return self.finished(b"".join(self._pieces))

    def finished(self, body: bytes) -> Answer:
        """Return the answer whose bytes, all of them, were read; raises as `close` does."""
        problems, comments = self._parser.problems, self._parser.comments
        if self._as_it_comes:
            self._taken(self._parser.close())
        elif self._server.dialect in _WITHOUT_OBJECTS:
            comments = [line for line in _lines(decoded(body, self._server)) if line.text.startswith(("%", "#"))]
            self._refuse_beyond(len(comments), self._limits.max_messages, "messages")
        else:
            self._taken(parse_objects(decoded(body, self._server), problems=problems, comments=comments))
        return _answer(self._server, body, self._objects, problems, comments)

    def _taken(self, objects: list[RpslObject]) -> list[RpslObject]:
        self._objects += objects
        self._refuse_beyond(len(self._objects), self._limits.max_objects, "objects")
        messages = len(self._parser.comments) + len(self._parser.problems)
        self._refuse_beyond(messages, self._limits.max_messages, "messages")
        return objects

    def _refuse_beyond(self, count: int, limit: int, what: str) -> None:
        if count > limit:
            raise AnswerError(f"sent more than {limit} {what}", server=str(self._server))


def parse_answer(body: bytes, server: Server, limits: Limits = LIMITS) -> Answer:
    """Read a whole answer, without the frame of a persistent connection.

    Raises: AnswerError when it exceeds *limits*, for nothing else.
    """
    reader = AnswerReader(server, limits)
    for start in range(0, len(body), _PIECE):
        reader.read(body[start : start + _PIECE])
    return reader.finished(body)


def _answer(
    server: Server, body: bytes, objects: Sequence[RpslObject], problems: Sequence[Problem], comments: Sequence[Comment]
) -> Answer:
    read_all = server.dialect not in _WITHOUT_OBJECTS
    others = tuple(_iter_other_lines(body, server, objects, comments)) if problems or not read_all else ()
    is_alone = not objects and (read_all or len(others) < _FEW_LINES)
    said = next((found[1] for one in reversed(comments) if (found := _SERVED_BY.match(one.text))), None)
    return Answer(
        server=server,
        body=body,
        objects=tuple(objects),
        problems=tuple(problems),
        comments=tuple(comments),
        other_lines=others,
        notices=tuple(iter_notices(comments, others, is_alone=is_alone)),
        abuse_contacts=(*_iter_stated(comments), *_iter_brief(objects)),
        served_by=said,
    )


def _iter_stated(comments: Sequence[Comment]) -> Iterator[AbuseContact]:
    """Yield what comment lines say about abuse contacts."""
    for position, comment in enumerate(comments):
        if none := _NO_CONTACT.fullmatch(comment.text.rstrip()):
            yield AbuseContact(none[1].strip("'"), None, line=comment.line)
        elif comment.text.startswith(_CONTACT):
            key, is_stated, mailbox = comment.text.removeprefix(_CONTACT).rstrip().partition("' is '")
            after = comments[position + 1] if position + 1 < len(comments) else None
            failed = _SUSPECT.match(after.text) if after and after.line == comment.line + 1 else None
            named = mailboxes(mailbox.removesuffix("'"))
            org = failed[1].rstrip(".") if failed and failed[1] else None
            if is_stated:
                yield AbuseContact(key, named[0] if named else None, failed is not None, org, comment.line)


def _iter_brief(objects: Sequence[RpslObject]) -> Iterator[AbuseContact]:
    """Yield the contacts of an answer to `-b`, whose objects are a key and mailboxes, nothing else."""
    for obj in objects:
        if "\nabuse-mailbox:" not in str(obj) or obj.class_name not in _BRIEF_CLASSES:  # without reading attributes
            continue
        values = obj.values("abuse-mailbox")
        if len(values) == len(obj) - 1:
            yield from (
                AbuseContact(obj[0].value, found, line=obj.line) for value in values for found in mailboxes(value)
            )


def _iter_other_lines(
    body: bytes, server: Server, objects: Sequence[RpslObject], comments: Sequence[Comment]
) -> Iterator[Comment]:
    """Yield the lines that belong to no object and are no comment, empty ones left out."""
    known = {comment.line for comment in comments}
    for obj in objects:
        text = str(obj)
        known.update(obj.line_of(row) for row in range(text.count("\n") + (not text.endswith("\n"))))
    yield from (line for line in _lines(decoded(body, server)) if line.line not in known and line.text.strip())


def _lines(text: str) -> Iterator[Comment]:
    for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), 1):
        yield Comment(line.rstrip("\r"), number)

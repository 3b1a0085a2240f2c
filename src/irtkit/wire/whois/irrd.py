"""IRRd's `!` commands: questions as typed values, and the replies they get.

IRRd takes RIPE-style queries, too (`irtkit.wire.whois.queries`). Where a reply ends is for `irtkit.wire.whois.framing`,
which also sends `!!`, so that a connection stays open. Some commands change the connection they are sent on and
nothing else; they are of use only to whoever owns the connection.

Cites: IRRd 4, whois queries.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

from irtkit.errors import AccessDeniedError, AnswerError, QueryError, RangeError
from irtkit.resources import AddressRange
from irtkit.rpsl.faults import shown
from irtkit.wire.questions import Server, WhoisQuestion
from irtkit.wire.whois.answers import Answer, parse_answer
from irtkit.wire.whois.lines import encoded_line

__all__ = [
    "IrrdCommand",
    "IrrdReply",
    "IrrdStatus",
    "RouteOption",
    "SerialRange",
    "keep_open",
    "list_sources",
    "maintained_by",
    "members_of",
    "name_client",
    "object_with_key",
    "quit_connection",
    "read_reply",
    "routes_at",
    "routes_of_as",
    "routes_of_set",
    "serials_of",
    "server_version",
    "set_timeout",
    "use_sources",
]

_NAME: Final = re.compile(r"[\w:.-]+", re.ASCII)
_KEY: Final = re.compile(r"[\w:./ -]+", re.ASCII)
_AS_NUMBER: Final = re.compile(r"(?:AS)?([0-9]{1,10})", re.ASCII | re.IGNORECASE)
_LONGEST_TIMEOUT: Final = 1000


class RouteOption(StrEnum):
    """What `!r` returns of a prefix; without one the exact matches."""

    ORIGINS = "o"
    """The origins of the exact matches, as words."""
    ONE_LESS = "l"
    """The next less specific ones, without the exact match."""
    ALL_LESS = "L"
    """All less specific ones, with the exact match."""
    ALL_MORE = "M"
    """All more specific ones, without the exact match."""


@dataclass(frozen=True, slots=True)
class IrrdCommand:
    """One `!` command; `str()` is its line. The functions of this module make them."""

    letter: str
    argument: str = ""

    @property
    def changes_connection(self) -> bool:
        """Whether it changes what later questions on the same connection mean, or ends it."""
        return self.letter in "!nqt" or (self.letter == "s" and self.argument != "-lc")

    def as_question(self, server: Server, *, persistent: bool = True) -> WhoisQuestion:
        """Return the question for *server*.

        Raises: QueryError if the server is no IRRd, or for what cannot be sent in a line.
        """
        if server.dialect != "irrd":
            raise QueryError(f"expected a server that runs IRRd; {server} speaks {server.dialect}")
        return WhoisQuestion(server, encoded_line(server, str(self)), persistent)

    def __str__(self) -> str:
        return f"!{self.letter}{self.argument}"


def keep_open() -> IrrdCommand:
    """`!!`: the connection stays open. There is no reply; a client sends it before its first question."""
    return IrrdCommand("!")


def quit_connection() -> IrrdCommand:
    """`!q`: the connection ends."""
    return IrrdCommand("q")


def server_version() -> IrrdCommand:
    """`!v`."""
    return IrrdCommand("v")


def name_client(name: str) -> IrrdCommand:
    """`!n`: who asks, for the server's log."""
    return IrrdCommand("n", _checked(name, _NAME, "a name of the client"))


def set_timeout(seconds: int) -> IrrdCommand:
    """`!t`: how long the server waits for the next command, from 1 to 1,000 seconds."""
    if not 0 < seconds <= _LONGEST_TIMEOUT:
        raise QueryError(f"expected a timeout from 1 to {_LONGEST_TIMEOUT} seconds, found {seconds}")
    return IrrdCommand("t", str(seconds))


def list_sources() -> IrrdCommand:
    """`!s-lc`: the sources that are searched."""
    return IrrdCommand("s", "-lc")


def use_sources(*sources: str) -> IrrdCommand:
    """`!s`: only these sources, in this order, from now on."""
    return IrrdCommand("s", _names(sources))


def serials_of(*sources: str) -> IrrdCommand:
    """`!j`: the serials of sources, of all without any."""
    return IrrdCommand("j", _names(sources) if sources else "-*")


def routes_of_as(number: int | str, family: int = 4) -> IrrdCommand:
    """`!g`, `!6`: the prefixes that an AS originates, as words."""
    found = _AS_NUMBER.fullmatch(str(number))
    if found is None or int(found[1]) >= 1 << 32:
        raise QueryError(f"expected an AS number, found {shown(str(number))}")
    return IrrdCommand({4: "g", 6: "6"}[_family(family)], f"AS{int(found[1])}")


def routes_of_set(name: str, family: int | None = None) -> IrrdCommand:
    """`!a`: the prefixes that all members of an as-set originate, as words; of one family if *family* says so."""
    prefix = "" if family is None else str(_family(family))
    return IrrdCommand("a", prefix + _checked(name, _NAME, "the name of a set"))


def members_of(name: str, *, recursive: bool = False) -> IrrdCommand:
    """`!i`: the members of a set, as words; with *recursive* those of the sets in it, too."""
    return IrrdCommand("i", _checked(name, _NAME, "the name of a set") + (",1" if recursive else ""))


def object_with_key(class_name: str, key: str) -> IrrdCommand:
    """`!m`: the object of a class with this primary key."""
    return IrrdCommand("m", f"{_checked(class_name, _NAME, 'a class')},{_checked(key, _KEY, 'a primary key')}")


def maintained_by(maintainer: str) -> IrrdCommand:
    """`!o`: the objects with this `mnt-by`."""
    return IrrdCommand("o", _checked(maintainer, _NAME, "a maintainer"))


def routes_at(prefix: str, option: RouteOption | None = None) -> IrrdCommand:
    """`!r`: the route objects at or around a prefix or address."""
    try:
        AddressRange.parse_lenient(prefix)
    except RangeError as error:
        raise QueryError(f"expected a prefix: {error}") from error
    if " " in prefix or "," in prefix:
        raise QueryError(f"expected a prefix, found {shown(prefix)}")
    return IrrdCommand("r", prefix if option is None else f"{prefix},{option}")


def _family(family: int) -> int:
    if family not in {4, 6}:
        raise QueryError(f"expected 4 or 6 for the family, found {family}")
    return family


def _checked(text: str, pattern: re.Pattern[str], what: str) -> str:
    if not pattern.fullmatch(text):
        raise QueryError(f"expected {what}, found {shown(text)}")
    return text


def _names(sources: tuple[str, ...]) -> str:
    if not sources:
        raise QueryError("expected the name of a source")
    return ",".join(_checked(source, _NAME, "the name of a source") for source in sources)


class IrrdStatus(StrEnum):
    """The letter that a reply begins with."""

    FOUND = "A"
    DONE = "C"
    """Nothing to say: the command was done, or the set is empty."""
    NOT_FOUND = "D"
    AMBIGUOUS = "E"
    """Several objects have the key; older servers only."""
    REFUSED = "F"
    """The command was wrong, or failed; the message says why."""


class SerialRange(NamedTuple):
    """What `!j` says about one source."""

    source: str
    has_journal: bool
    first: int | None
    last: int | None
    """None where the source has no serials, or the server does not know it."""


@dataclass(frozen=True, slots=True)
class IrrdReply:
    """A reply to a `!` command."""

    server: Server
    status: IrrdStatus
    data: bytes = b""
    """What was counted, without its last line end."""
    message: str = ""

    @property
    def words(self) -> tuple[str, ...]:
        """Prefixes, members or origins, in the server's order."""
        return tuple(self.data.decode("utf-8", "backslashreplace").split())

    @property
    def answer(self) -> Answer:
        """The objects of a reply that has objects.

        Raises: AnswerError when it exceeds the limits of an answer.
        """
        return parse_answer(self.data, self.server)

    @property
    def serials(self) -> tuple[SerialRange, ...]:
        """The serials of a reply to `!j`; lines that are none are left out."""
        lines = self.data.decode("utf-8", "backslashreplace").splitlines()
        return tuple(
            SerialRange(found[1], found[2] == "Y", *(int(part) if part else None for part in (found[3], found[4])))
            for line in lines
            if (found := _SERIALS.match(line))
        )

    def raise_for_refusal(self) -> None:
        """Raise QueryError if the server refused the command."""
        if self.status is IrrdStatus.REFUSED:
            raise QueryError(f"{self.server}: {self.message}")


_SERIALS: Final = re.compile(r"([\w-]{1,80}):([YNX]):(?:([0-9]{1,18})-([0-9]{1,18}))?", re.ASCII)


def read_reply(body: bytes, server: Server) -> IrrdReply:
    """Read the reply to a `!` command, as `irtkit.wire.whois.framing` cuts it out.

    Raises: AccessDeniedError if the server refuses us; AnswerError for what is no such reply.
    """
    if body.startswith(b"%"):
        message = body[:200].decode("utf-8", "backslashreplace").strip("% \r\n")
        raise AccessDeniedError(shown(message), server=str(server))
    first, _, rest = body.partition(b"\n")
    first = first.rstrip(b"\r")
    letter = first[:1].decode("latin-1")
    if letter == "A" and first[1:].isdigit() and len(first) < 14 and len(rest) >= int(first[1:]):
        return IrrdReply(server, IrrdStatus.FOUND, rest[: int(first[1:])].removesuffix(b"\n"))
    if letter == "F" or (letter in {"C", "D", "E"} and len(first) == 1):
        return IrrdReply(server, IrrdStatus(letter), message=first[1:].decode("utf-8", "backslashreplace").strip())
    raise AnswerError(f"expected a reply A, C, D, E or F, found {first[:20]!r}", server=str(server))

"""Where the answer to a whois question ends: at the end of the connection, or at a mark inside it.

Four ways, told by the question: a server that closes; RIPE's `-k`, which ends an answer with the served-by line and
two empty lines; IRRd's RIPE-style answers, with two empty lines; IRRd's `!` commands, which say how many bytes follow.
It reads no answer and touches no socket: bytes in, one body out.

A connection that ends too early is the network's fault, a frame that is none is the server's; both are errors here,
because half an answer would be taken for a whole one.
"""

import re
from dataclasses import dataclass
from typing import Final

from irtkit.errors import AnswerError, UnreachableError
from irtkit.wire.questions import WhoisQuestion

__all__ = ["LIMITS", "Framing", "Limits", "closing", "longest_line", "opening"]


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of an answer is taken before the server is given up. A registry's longest lines are member lists."""

    max_bytes: int = 16 * 2**20
    """Of the whole answer; what it is read into takes about as much again and some 200 bytes an object."""
    max_line: int = 256 * 2**10
    """Bytes of one line."""
    max_lines: int = 200_000
    """Of the whole answer: each may become an attribute, which takes some 250 bytes."""
    max_objects: int = 50_000
    max_messages: int = 20_000
    """Lines that begin with `%` or `#`, and paragraphs that are no object."""


LIMITS: Final = Limits()
"""What no answer to a reasonable question exceeds."""

_SERVED_BY: Final = b"% This query was served by"
_PROMISES: Final = (b"% This is the RIPE Database query service", b"% [whois.")
"""Banners of servers whose every answer ends with the served-by line."""
_CLOSING: Final = re.compile(rb"^%(?:ERROR:(?:100|107|201|203|305|306)\b| Your host .* has been blocked)", re.MULTILINE)
"""Messages after which RIPE's servers close, whatever was asked."""
_IDLE: Final = re.compile(rb"^%ERROR:305\b", re.MULTILINE)
_COUNTED: Final = re.compile(rb"A[0-9]{1,12}")


def opening(question: WhoisQuestion) -> bytes:
    """Return what is sent on a new connection before the question, with its line end: IRRd's `!!`, or nothing."""
    return b"!!\n" if question.persistent and question.server.dialect == "irrd" else b""


def closing(question: WhoisQuestion) -> bytes:
    """Return what politely ends a connection that was kept for questions like this one."""
    if not question.persistent:
        return b""
    return b"!q\n" if question.server.dialect == "irrd" else b"-k\n"


def longest_line(data: bytes, before: int) -> tuple[int, int]:
    """Return the length of the longest line and of the last; *before* bytes of the first came with earlier data."""
    lengths = [len(line) for line in data.split(b"\n")]
    lengths[0] += before
    return max(lengths), lengths[-1]


class Framing:
    """Takes the bytes of one answer, however the network cuts them, until it is complete.

    When `feed` returns the body, `rest` is what came after it and belongs to the next answer on this connection (RIPE
    sends its banner at once), and `can_continue` says whether there can be one.
    """

    def __init__(self, question: WhoisQuestion, limits: Limits = LIMITS) -> None:
        self.rest = b""
        self.can_continue = False
        self._question = question
        self._limits = limits
        self._buffer = bytearray()
        self._line_start = 0
        self._scanned = 0
        self._marks = 0  # how many of the lines that end an answer have been seen, one after the other
        self._data_end: int | None = None  # where the counted bytes of an IRRd answer end
        self._is_command = question.server.dialect == "irrd" and question.line.startswith(b"!")
        self._marks_wanted = 2 if question.server.dialect == "irrd" else 3

    @property
    def size(self) -> int:
        """How many bytes are held."""
        return len(self._buffer)

    def feed(self, data: bytes) -> bytes | None:
        r"""Take the next bytes, `b""` at the end of the connection; return the body once it is complete.

        Raises: UnreachableError if the connection ended within the answer, or was closed because it was idle;
        AnswerError if the answer breaks its protocol or exceeds the limits.
        """
        if not data:
            return self._end()
        self._buffer += data
        if self._is_command:
            stop = self._find_command_end()
        elif self._question.persistent:
            stop = self._find_mark()
        else:
            self._check_lines(data)
            stop = None
        if (len(self._buffer) if stop is None else stop) > self._limits.max_bytes:
            raise self._broken(f"sent more than {self._limits.max_bytes} bytes")
        return None if stop is None else self._complete(stop)

    def _complete(self, stop: int) -> bytes:
        body = bytes(self._buffer[:stop])
        self.rest = bytes(self._buffer[stop:])
        self._buffer.clear()
        self.can_continue = self._question.persistent
        if not self._is_command and self._question.server.dialect == "ripe" and _CLOSING.search(body):
            self.can_continue = False
            if self._question.persistent and _IDLE.search(body):
                raise self._unreachable("closed the connection, which was idle")
        return body

    def _end(self) -> bytes:
        """Return the body that the end of the connection completes."""
        body = bytes(self._buffer)
        if not body:
            raise self._unreachable("closed the connection without an answer")
        if self._is_whole(body):
            self._buffer.clear()
            if self._question.persistent and _IDLE.search(body):
                raise self._unreachable("closed the connection, which was idle")
            return body
        raise self._unreachable(f"the connection broke after {len(body)} bytes")

    def _is_whole(self, body: bytes) -> bool:
        """Whether an answer that ended with the connection can be all of it."""
        dialect = self._question.server.dialect
        if dialect == "irrd" and body.startswith(b"%% Access denied"):
            return True
        if self._is_command:
            return False
        if dialect == "ripe" and _CLOSING.search(body):
            return True
        if dialect in {"ripe", "irrd"} and not body.endswith(b"\n"):
            return False
        if dialect == "ripe" and body.startswith(_PROMISES):
            return b"\n" + _SERVED_BY in body
        return True  # a server that closes although it was asked not to has said all it says

    def _find_mark(self) -> int | None:
        """Return where the lines that end an answer end, if they are there."""
        while (stop := self._next_line()) is not None:
            line = bytes(self._buffer[self._line_start : stop]).rstrip(b"\r\n")
            self._line_start = stop
            if line.startswith(_SERVED_BY) and self._marks_wanted == 3:
                self._marks = 1
            elif not line and (self._marks or self._marks_wanted == 2):
                self._marks += 1
            else:
                self._marks = 0
            if self._marks == self._marks_wanted:
                return stop
        return None

    def _next_line(self) -> int | None:
        """Return where the line that begins at the line start ends, or None if its end is yet to come."""
        found = self._buffer.find(b"\n", self._scanned)
        self._scanned = len(self._buffer) if found < 0 else found + 1
        if self._scanned - self._line_start > self._limits.max_line:
            raise self._broken(f"sent a line of more than {self._limits.max_line} bytes")
        return None if found < 0 else found + 1

    def _check_lines(self, data: bytes) -> None:
        """Refuse a line that is too long; where lines begin does not matter otherwise."""
        longest, self._scanned = longest_line(data, self._scanned)
        if longest > self._limits.max_line:
            raise self._broken(f"sent a line of more than {self._limits.max_line} bytes")

    def _find_command_end(self) -> int | None:
        """Return where the answer to a `!` command ends: after `C`, `D`, `E`, `F ...`, or after `A<n>`, bytes, `C`."""
        if self._data_end is None:
            stop = self._next_line()
            if stop is None:
                return None
            first = bytes(self._buffer[:stop]).rstrip(b"\r\n")
            if first in {b"C", b"D", b"E"} or first[:1] == b"F":
                return stop
            if first.startswith(b"%"):  # refused before the command was read; the connection ends
                return None
            if not _COUNTED.fullmatch(first):
                raise self._broken(f"expected an answer A, C, D, E or F, found {bytes(first[:20])!r}")
            self._data_end = stop + int(first[1:])
            if self._data_end > self._limits.max_bytes:
                raise self._broken(f"announced {int(first[1:])} bytes, more than {self._limits.max_bytes}")
        end = bytes(self._buffer[self._data_end : self._data_end + 3])
        if end.startswith((b"C\n", b"C\r\n")):
            return self._data_end + end.index(b"\n") + 1
        if end and not b"C\r\n".startswith(end):
            raise self._broken(f"expected C after the announced bytes, found {end!r}")
        return None

    def _broken(self, message: str) -> AnswerError:
        self._buffer.clear()  # the error may be kept for long
        return AnswerError(message, server=str(self._question.server))

    def _unreachable(self, message: str) -> UnreachableError:
        return UnreachableError(message, server=str(self._question.server))

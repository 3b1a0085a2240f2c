"""The exceptions irtkit raises about its own work: all have one root.

A *problem* (`irtkit.problems`) is about the user's object and is a value; an *error* says that
irtkit could not do what it was asked. No exception here borrows the name of a builtin.
"""

__all__ = [
    "AccessDeniedError",
    "AnswerError",
    "BudgetError",
    "DeadlineError",
    "DumpError",
    "FileError",
    "IndexFileError",
    "IrtkitError",
    "ListError",
    "OutputError",
    "ParseError",
    "QueryError",
    "RangeError",
    "ServerError",
    "UnreachableError",
    "reason_of",
]


class IrtkitError(Exception):
    """The root of every exception that irtkit raises on purpose."""


class ParseError(IrtkitError, ValueError):
    """A text is not an RPSL object.

    *line* (from 1) and *column* (from 1) locate the fault in the text that was parsed.
    """

    def __init__(self, message: str, *, line: int = 1, column: int = 1) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column

    def __str__(self) -> str:
        return f"{self.line}:{self.column}: {self.message}"


class RangeError(IrtkitError, ValueError):
    """A text is no address, prefix or range; the message says what was expected."""


class FileError(IrtkitError):
    """A file cannot be used; *path* names it, *line* (from 1) says where, if known."""

    def __init__(self, message: str, *, path: str, line: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.path = path
        self.line = line

    def __str__(self) -> str:
        where = self.path if self.line is None else f"{self.path}:{self.line}"
        return f"{where}: {self.message}"


class DumpError(FileError):
    """A registry dump cannot be read."""


class IndexFileError(FileError):
    """An index file is missing, foreign, damaged or cannot be written."""


class ListError(FileError):
    """A list of addresses cannot be read."""


class OutputError(FileError):
    """An output cannot be written."""


class QueryError(IrtkitError, ValueError):
    """A question cannot be put to any server as it is; the message says what was expected."""


class ServerError(IrtkitError):
    """A server did not answer; *server* names it. The subclass says whose fault it is."""

    was_sent: bool = True
    """False if certainly nothing of the question reached the server."""

    def __init__(self, message: str, *, server: str) -> None:
        super().__init__(message)
        self.message = message
        self.server = server

    def __str__(self) -> str:
        return f"{self.server}: {self.message}"


class UnreachableError(ServerError):
    """The network's fault, or the server is down: no connection, or one that broke."""


class DeadlineError(ServerError):
    """The time for the whole question is over; *message* says what was going on."""


class AnswerError(ServerError):
    """The server's fault: what it sent breaks its protocol, or is beyond a limit."""


class AccessDeniedError(ServerError):
    """The server refuses to answer us: blocked, over its limit, or too many connections.

    *retry_at* is when asking again makes sense, in seconds since the epoch; None if the server does not say.
    """

    def __init__(self, message: str, *, server: str, retry_at: float | None = None) -> None:
        super().__init__(message, server=server)
        self.retry_at = retry_at


class BudgetError(ServerError):
    """Our own ledger stops before the server's limit; nothing was sent. *retry_at* says when it goes on."""

    was_sent = False

    def __init__(self, message: str, *, server: str, retry_at: float) -> None:
        super().__init__(message, server=server)
        self.retry_at = retry_at


def reason_of(error: Exception) -> str:
    """Return what went wrong in lower case: in the system's words if it was the system's, else in the error's own."""
    words = error.strerror if isinstance(error, OSError) else None
    return (words or str(error)).lower()

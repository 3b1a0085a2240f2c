"""GnuPG's processes and homes: the one place where irtkit starts gpg.

Every run has an end: so much time, so much output, so much memory. What gpg says is taken from a pipe of its own, not
from its exit status or from what it tells people. No text of a user's stands where gpg could read it as an option, and
passphrases go through a pipe. A home that is made here is gone afterwards, and what a killed run left behind is removed
by the next one. It knows no keys and judges nothing; the modules beside it do (`gpg_keys`, `gpg_signing`, ...).
"""

from __future__ import annotations

import fcntl
import os
import resource
import selectors
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import IO, Final, NamedTuple, TypeAlias

from irtkit.errors import IrtkitError, reason_of

__all__ = [
    "COMPUTING",
    "MOST_OUTPUT",
    "SECONDS",
    "TYPING_SECONDS",
    "Answer",
    "GpgError",
    "GpgLimitError",
    "Patience",
    "find_program",
    "remove_stale_homes",
    "run",
    "temporary_home",
]

SECONDS: Final = 30.0
"""How long gpg may take, on however busy a machine, unless it waits for somebody to type a passphrase."""
TYPING_SECONDS: Final = 120.0
"""How long somebody may take to type a passphrase."""
COMPUTING: Final = 8
"""Seconds that gpg may compute, in a home of ours."""
MOST_OUTPUT: Final = 16 << 20
"""Bytes that gpg may write."""

_MOST_STATUS: Final = 4 << 20
_MOST_MEMORY: Final = 512 << 20
_PIECE: Final = 1 << 16
_HOME_PREFIX: Final = "irtkit-gnupg-"
_KILLING: Final = 5.0
_LONGEST_SECRET: Final = 4_000
_LONGEST_WAIT: Final = 1.0
_PASSED_ON: Final = (
    "DBUS_SESSION_BUS_ADDRESS",
    "DISPLAY",
    "GNUPGHOME",
    "GPG_TTY",
    "HOME",
    "PATH",
    "TERM",
    "WAYLAND_DISPLAY",
    "XAUTHORITY",
    "XDG_RUNTIME_DIR",
)
"""What gpg, or whoever asks for a passphrase, needs to know of the user's environment."""


Process: TypeAlias = "subprocess.Popen[bytes]"


class GpgError(IrtkitError):
    """GnuPG is missing, was stopped, or could not do its work. No message shows a secret."""


class GpgLimitError(GpgError):
    """GnuPG took too long or wrote too much, and was stopped."""


class Patience:
    """So many seconds to wait in, for one run of gpg or for several.

    A machine that stood still for long, as virtual ones do, used up no more than one of them: nothing ran meanwhile.
    """

    def __init__(self, seconds: float) -> None:
        self._left = seconds
        self._seen = time.monotonic()

    def next_wait(self) -> float:
        """Return how long to wait before asking again. Raises: GpgLimitError when no time is left."""
        now = time.monotonic()
        self._left -= min(now - self._seen, _LONGEST_WAIT)
        self._seen = now
        if self._left <= 0:
            raise GpgLimitError("gpg took too long and was stopped")
        return min(self._left, _LONGEST_WAIT)


class Answer(NamedTuple):
    """What gpg wrote: its status lines, and its output."""

    status: bytes
    output: bytes


def find_program(name: str = "gpg") -> str:
    """Return the path of a program of GnuPG.

    Raises: GpgError if it is not installed.
    """
    path = shutil.which(name)
    if path is None:
        raise GpgError(f"the program {name} was not found; install GnuPG 2.2 or newer")
    return path


def run(
    arguments: Sequence[str],
    data: bytes = b"",
    *,
    home: Path | None = None,
    passphrase: str | None = None,
    patience: Patience | None = None,
) -> Answer:
    """Run gpg with *data* as its input, in *home*, or in the user's own home for None.

    *arguments* are options, and names made by irtkit. With *passphrase*, gpg asks nobody for one. Without *patience* it
    may take SECONDS.

    Raises: GpgLimitError if gpg is not done in time or writes too much, GpgError if it is missing or cannot be
    started; nothing of it is left running.
    """
    patience = patience or Patience(SECONDS)
    with ExitStack() as stack:
        reader, writer = _pipe(stack)
        passed = [writer]
        own = ["--status-fd", str(writer.fileno())]
        if passphrase is not None:
            secret = _pipe_with(stack, passphrase)
            passed.append(secret)
            own += ["--pinentry-mode", "loopback", "--passphrase-fd", str(secret.fileno())]
        command = [find_program(), *_options(home), *own, *arguments]
        process = stack.enter_context(_started(command, _environment(home), passed))
        if home is not None:  # an agent that gpg starts for the user inherits limits, and outlives this run
            _limit(process.pid)
        for pipe in passed:
            pipe.close()
        answer = _converse(process, reader, data, patience)
        _wait(process, patience)
    return answer


def _options(home: Path | None) -> list[str]:
    """Return what every run needs: no questions, no configuration, no network, no trust database."""
    options = ["--batch", "--no-tty", "--no-options", "--no-greeting", "--quiet", "--display-charset", "utf-8"]
    options += ["--no-auto-key-retrieve", "--no-auto-key-locate", "--disable-dirmngr", "--no-auto-check-trustdb"]
    options += ["--trust-model", "always"]
    return options if home is None else [*options, "--homedir", str(home), "--no-autostart", "--lock-never"]


def _environment(home: Path | None) -> dict[str, str]:
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    if home is not None:
        environment |= {"GNUPGHOME": str(home), "HOME": str(home)}
    elif "GPG_TTY" not in environment:
        with suppress(OSError):
            environment["GPG_TTY"] = os.ttyname(0)
    return environment | {"LC_ALL": "C"}


def _pipe(stack: ExitStack) -> tuple[IO[bytes], IO[bytes]]:
    reader, writer = os.pipe()
    return stack.enter_context(os.fdopen(reader, "rb", 0)), stack.enter_context(os.fdopen(writer, "wb", 0))


def _pipe_with(stack: ExitStack, secret: str) -> IO[bytes]:
    """Return the end of a pipe from which *secret* can be read; it fits into any pipe."""
    line = secret.encode("utf-8", "surrogateescape")
    if len(line) > _LONGEST_SECRET or b"\n" in line or b"\0" in line:
        raise GpgError(f"a passphrase is one line of at most {_LONGEST_SECRET:,} bytes")
    reader, writer = _pipe(stack)
    writer.write(line + b"\n")
    writer.close()
    return reader


@contextmanager
def _started(command: list[str], environment: dict[str, str], passed: list[IO[bytes]]) -> Iterator[Process]:
    """Start a process in a group of its own; at the end of the `with` statement no process of the group runs."""
    try:
        process = subprocess.Popen(  # noqa: S603 - the command is made here; no text of a user's is an option
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            pass_fds=[pipe.fileno() for pipe in passed],
            start_new_session=True,
        )
    except OSError as error:
        raise GpgError(f"gpg cannot be started: {reason_of(error)}") from None
    try:
        yield process
    finally:
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        if process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _limit(pid: int) -> None:
    """Bound what a process may take, where the system can do that, so that not even an orphan goes on for long."""
    prlimit = getattr(resource, "prlimit", None)
    if prlimit is None:
        return
    limits = {
        resource.RLIMIT_CPU: COMPUTING,
        resource.RLIMIT_AS: _MOST_MEMORY,
        resource.RLIMIT_FSIZE: _MOST_MEMORY,
        resource.RLIMIT_CORE: 0,
    }
    for kind, limit in limits.items():
        with suppress(ProcessLookupError, ValueError, PermissionError):  # it is over, or has narrower limits
            prlimit(pid, kind, (limit, limit))


def _converse(process: Process, status: IO[bytes], data: bytes, patience: Patience) -> Answer:
    """Give *data* to a process, and gather what it says until it says no more."""
    if process.stdin is None or process.stdout is None:
        raise GpgError("gpg has no input or output")
    gathered = {status.fileno(): bytearray(), process.stdout.fileno(): bytearray()}
    most = {status.fileno(): _MOST_STATUS, process.stdout.fileno(): MOST_OUTPUT}
    left = memoryview(data)
    with selectors.DefaultSelector() as selector:
        for descriptor in gathered:
            selector.register(descriptor, selectors.EVENT_READ)
        os.set_blocking(process.stdin.fileno(), False)
        selector.register(process.stdin, selectors.EVENT_WRITE)
        while selector.get_map():
            for key, _ in selector.select(patience.next_wait()):
                if key.fileobj is process.stdin:
                    left = _give(process.stdin, left)
                    if not left:
                        selector.unregister(process.stdin)
                        process.stdin.close()
                    continue
                piece = os.read(key.fd, _PIECE)
                gathered[key.fd] += piece
                if not piece:
                    selector.unregister(key.fd)
                elif len(gathered[key.fd]) > most[key.fd]:
                    raise GpgLimitError(f"gpg wrote more than {most[key.fd]:,} bytes")
    return Answer(bytes(gathered[status.fileno()]), bytes(gathered[process.stdout.fileno()]))


def _give(pipe: IO[bytes], left: memoryview) -> memoryview:
    """Write what the pipe takes of *left*, and return the rest; nothing if nobody reads it."""
    try:
        return left[os.write(pipe.fileno(), left[:_PIECE]) :] if left else left
    except BlockingIOError:
        return left
    except BrokenPipeError:
        return left[:0]


def _wait(process: Process, patience: Patience) -> None:
    while process.returncode is None:
        with suppress(subprocess.TimeoutExpired):
            process.wait(patience.next_wait())


@contextmanager
def temporary_home() -> Iterator[Path]:
    """Make a home for gpg that only this user can read, and that is gone at the end of the `with` statement.

    While it is used it is locked; whoever finds one that is not removes it.
    """
    _remove_stale_homes_once()
    home, lock = _locked_home()
    try:
        yield home
    finally:
        _remove_home(home)
        os.close(lock)


def _locked_home() -> tuple[Path, int]:
    while True:
        home = Path(tempfile.mkdtemp(prefix=_HOME_PREFIX))
        with suppress(FileNotFoundError):
            lock = _find_lock(home)
            if lock is not None:
                return home, lock


def _find_lock(home: Path) -> int | None:
    """Return a descriptor that holds the lock on a home, or None if another process has it or the home is gone."""
    descriptor = os.open(home, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.path.samestat(os.fstat(descriptor), home.stat()):
            return descriptor
    except (BlockingIOError, FileNotFoundError):
        pass  # it is in use, or was removed meanwhile
    os.close(descriptor)
    return None


@cache
def _remove_stale_homes_once() -> None:
    remove_stale_homes()


def remove_stale_homes() -> int:
    """Remove the homes of runs that were killed, with whatever runs in them; return how many there were."""
    count = 0
    for home in Path(tempfile.gettempdir()).glob(f"{_HOME_PREFIX}*"):
        with suppress(OSError):
            found = home.lstat()
            lock = _find_lock(home) if stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() else None
            if lock is not None:
                _remove_home(home)
                os.close(lock)
                count += 1
    return count


def _remove_home(home: Path) -> None:
    if any((*home.glob("S.*"), *home.glob("private-keys-v1.d"))):  # an agent's sockets may lie elsewhere
        with suppress(OSError, subprocess.TimeoutExpired, GpgError):
            subprocess.run(  # noqa: S603 - the command is made here
                [find_program("gpgconf"), "--homedir", str(home), "--kill", "all"],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                stdin=subprocess.DEVNULL,
                timeout=_KILLING,
                check=False,
            )
    shutil.rmtree(home, ignore_errors=True)

"""IRRd 4 on loopback: a database, a redis and the registry server itself, as an ordinary user, for as long as needed.

As a program it prints one line of JSON when IRRd answers, and takes everything away when its standard input ends:

    python tests/integration/irrd.py             # until Ctrl-D
    python tests/integration/irrd.py --make-venv # only make the virtual environment, and print where it is

So whoever starts it may even be killed: nothing stays. `irrd()` is the same as a context manager. PostgreSQL refuses to
run as root; root becomes `nobody` first. All is on loopback; what IRRd mails is taken and thrown away, except for
mail to `UNREACHABLE`, which IRRd cannot send: it then answers 500 to a submission that it has stored.
"""

import argparse
import contextlib
import http.client
import json
import os
import pwd
import shutil
import signal
import socket
import socketserver
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

VERSION: Final = "4.5.4"
PROJECT: Final = Path(__file__).resolve().parents[2]
OBJECTS: Final = PROJECT / "fixtures" / "rpsl" / "irrd" / "test-example.db"
SOURCE: Final = "TEST-EXAMPLE"
UNREACHABLE: Final = "nobody-reads-this@example.net"
PATIENCE: Final = 60.0
"""Seconds that any step of the start may take."""
CONNECTIONS: Final = 24
"""Whois connections at once; each is a process of IRRd's."""


class LackingError(Exception):
    """Something that IRRd needs is not on this machine; the message says what."""


@dataclass(frozen=True)
class Irrd:
    """A running IRRd and the objects that it serves."""

    host: str
    whois_port: int
    http_port: int
    source: str
    log: str
    """The file that all its processes write to."""

    @property
    def url(self) -> str:
        """Where its HTTP server answers."""
        return f"http://{self.host}:{self.http_port}"

    def take_mail(self, mail: bytes) -> None:
        """Hand IRRd a mail with a submission, as a mail server would; its reply is a mail, too, and thrown away."""
        folder = Path(self.log).parent
        subprocess.run(
            [find_venv() / "bin" / "irrd_submit_email", "--config", folder / "irrd.yaml"],
            input=mail,
            cwd=folder,
            env={"PATH": "/usr/bin:/bin", "HOME": str(folder), "LC_ALL": "C.UTF-8"},
            user="nobody" if os.geteuid() == 0 else None,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=PATIENCE,
            check=True,
        )


def is_for_everybody(program: str | Path) -> bool:
    """Whether an ordinary user can run that Python; one in root's home is for root alone."""
    user = "nobody" if os.geteuid() == 0 else None
    with contextlib.suppress(OSError):
        return (
            subprocess.run([program, "-I", "-c", "import venv, ensurepip"], user=user, cwd="/", check=False).returncode
            == 0
        )
    return False


def own_venv() -> Path:
    """Where the virtual environment is that `make_venv` makes."""
    caches = Path("/var/cache") if os.geteuid() == 0 else Path.home() / ".cache"
    return caches / "irtkit" / f"irrd-{VERSION}"


def make_venv() -> Path:
    """Make a virtual environment with IRRd, once, where every user may read it."""
    folder = own_venv()
    if (folder / "bin" / "irrd").exists():
        return folder
    candidates = [getattr(sys, "_base_executable", sys.executable), "/usr/bin/python3"]
    python = next(filter(is_for_everybody, candidates), None)
    if python is None:
        raise LackingError(f"no Python here that an ordinary user can make a virtual environment with: {candidates}")
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    calm = {name: value for name, value in os.environ.items() if name != "PYTHONWARNINGS"}
    subprocess.run([python, "-m", "venv", folder], check=True, env=calm)
    pip = [str(folder / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check", f"irrd=={VERSION}"]
    subprocess.run(pip, check=True, env=calm, stdout=sys.stderr)
    return folder


def find_venv() -> Path:
    """The virtual environment that IRTKIT_IRRD_VENV names, or our own; that is made where all has to be there."""
    if os.environ.get("IRTKIT_REQUIRE_ALL") == "1" and "IRTKIT_IRRD_VENV" not in os.environ:
        return make_venv()
    venv = Path(os.environ.get("IRTKIT_IRRD_VENV") or own_venv())
    if not (venv / "bin" / "irrd").exists():
        raise LackingError(f"there is no IRRd in {venv}; IRTKIT_IRRD_VENV may name another virtual environment")
    if not is_for_everybody(venv / "bin" / "python"):
        raise LackingError(f"an ordinary user cannot run the Python of {venv}")
    return venv


def find_postgresql() -> Path:
    """The folder of PostgreSQL's own programs, the newest if there are several; Debian keeps them off PATH."""
    folders = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if folders:
        return max(folders, key=lambda folder: int(folder.parent.name))
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    raise LackingError("PostgreSQL is not installed")


def find_redis() -> str:
    """The path of redis-server."""
    if found := shutil.which("redis-server"):
        return found
    raise LackingError("redis-server is not installed")


def become_ordinary(folder: Path) -> None:
    """Give *folder* to `nobody` and become that user, if root; for good."""
    if os.geteuid() != 0:
        return
    user = pwd.getpwnam("nobody")
    os.chown(folder, user.pw_uid, user.pw_gid)
    os.setgroups([])
    os.setgid(user.pw_gid)
    os.setuid(user.pw_uid)


def free_port() -> int:
    """A port of 127.0.0.1 that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers_whois(port: int) -> bool:
    """Whether a whois server answers at all on that port."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(b"!v\n")
            return bool(connection.recv(64))
    except OSError:
        return False


def answers_http(port: int) -> bool:
    """Whether IRRd's HTTP server answers on that port, and has its database."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/v1/whois/?q=!v")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def tell_redis(path: Path, command: str) -> int:
    """Give redis a command; the number in its answer, 0 if there is none."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(5)
        connection.connect(str(path))
        connection.sendall(f"{command}\r\n".encode())
        last = connection.recv(4096).split()[-1].lstrip(b":")
    return int(last) if last.isdigit() else 0


class Mailbox(socketserver.StreamRequestHandler):
    """A mail server as far as IRRd needs one; it keeps nothing."""

    def handle(self) -> None:
        self.wfile.write(b"220 loopback\r\n")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                while self.rfile.readline() not in {b".\r\n", b""}:
                    pass
            unreachable = verb == b"RCPT" and UNREACHABLE.encode() in line
            self.wfile.write(b"550 nobody\r\n" if unreachable else b"221 bye\r\n" if verb == b"QUIT" else b"250 ok\r\n")


class Household:
    """The programs of one run: their folder, their environment, and their end, in the reverse order."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "log"
        self.environment = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "LC_ALL": "C.UTF-8", "TZ": "UTC"}
        self.running: list[subprocess.Popen[bytes]] = []

    def run(self, *command: str | Path) -> None:
        """Run a program to its end, its output to the log."""
        with self.log.open("ab") as log:
            done = subprocess.run(
                command,
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                timeout=PATIENCE,
                check=False,
            )
        if done.returncode:
            raise RuntimeError(f"{Path(command[0]).name} ended with {done.returncode}:\n{self.tail()}")

    def start(self, *command: str | Path) -> None:
        """Start a program in a process group of its own, its output to the log."""
        with self.log.open("ab") as log:
            self.running.append(
                subprocess.Popen(
                    command,
                    cwd=self.folder,
                    env=self.environment,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            )

    def wait_until(self, is_so: Callable[[], bool], what: str) -> None:
        """Wait until something holds; a program that has ended, or too much time, is an error."""
        until = time.monotonic() + PATIENCE
        while not is_so():
            ended = [process for process in self.running if process.poll() is not None]
            if ended or time.monotonic() > until:
                raise RuntimeError(f"{what} does not answer:\n{self.tail()}")
            time.sleep(0.05)

    def stop(self) -> None:
        """End all, politely first; then whatever of their process groups is left."""
        for process in reversed(self.running):
            is_postgresql = "postgres" in str(process.args)
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGINT if is_postgresql else signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=10)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def tail(self) -> str:
        """The end of the log, for an error message."""
        return self.log.read_text(encoding="utf-8", errors="replace")[-3000:] if self.log.exists() else "no log"


def start_postgresql(household: Household, programs: Path) -> str:
    """A fresh cluster that answers on a Unix socket alone; returns the URL of its database."""
    data, sockets = household.folder / "postgresql", household.folder
    household.run(programs / "initdb", "-D", data, "-U", "irrd", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(sockets),
        "max_connections": "200",
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
    }
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    household.start(programs / "postgres", "-D", data, *options)
    ready = [str(programs / "pg_isready"), "-q", "-h", str(sockets), "-U", "irrd", "-d", "template1"]
    household.wait_until(lambda: subprocess.run(ready, check=False).returncode == 0, "PostgreSQL")
    household.run(programs / "createdb", "-h", sockets, "-U", "irrd", "irrd")
    extension = "CREATE EXTENSION IF NOT EXISTS pgcrypto"
    household.run(programs / "psql", "-q", "-h", sockets, "-U", "irrd", "-d", "irrd", "-c", extension)
    return f"postgresql://irrd@/irrd?host={sockets}"


def start_redis(household: Household, program: str) -> str:
    """A redis without persistence that answers on a Unix socket alone; returns its URL."""
    path = household.folder / "redis.sock"
    household.start(program, "--port", "0", "--unixsocket", path, "--save", "", "--dir", household.folder)
    household.wait_until(path.exists, "redis")
    return f"unix://{path}"


def start_mailbox() -> int:
    """Take mail from now on, in a thread; returns the port."""
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mailbox)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return int(server.server_address[1])


def settings(household: Household, database_url: str, redis_url: str, whois: int, web: int) -> Mapping[str, object]:
    """IRRd's configuration: one authoritative source, nothing that asks or mails anybody."""
    keyring = household.folder / "gnupg"
    keyring.mkdir(mode=0o700)
    return {
        "database_url": database_url,
        "redis_url": redis_url,
        "piddir": str(household.folder),
        "server": {
            "http": {"interface": "127.0.0.1", "port": web, "workers": 1, "url": f"http://127.0.0.1:{web}/"},
            "whois": {"interface": "127.0.0.1", "port": whois, "max_connections": CONNECTIONS},
        },
        "auth": {"gnupg_keyring": str(keyring), "authenticate_parents_route_creation": True},
        "email": {"from": "irrd@registry.example", "smtp": f"127.0.0.1:{start_mailbox()}"},
        "rpki": {"roa_source": None},
        "log": {"level": "WARNING"},
        "sources_default": [SOURCE],
        "sources": {SOURCE: {"authoritative": True, "keep_journal": True}},
    }


def wake_preloaders(household: Household) -> None:
    """Have every worker load the origins and sets: one that started too late for IRRd's word waits for the next."""
    redis, channel = household.folder / "redis.sock", "irrd-preload-complete-channel"
    everybody = CONNECTIONS + 1  # and the one worker of the HTTP server
    household.wait_until(lambda: tell_redis(redis, f"PUBSUB NUMSUB {channel}") >= everybody, "a worker of IRRd")
    tell_redis(redis, f"PUBLISH {channel} complete")


def start_irrd(household: Household, venv: Path, objects: str) -> Irrd:
    """Database, redis, configuration, tables, objects, and IRRd in the foreground; returns when both ports answer."""
    whois, web = free_port(), free_port()
    database_url = start_postgresql(household, find_postgresql())
    redis_url = start_redis(household, find_redis())
    config, dump = household.folder / "irrd.yaml", household.folder / "objects.db"
    config.write_text(json.dumps({"irrd": settings(household, database_url, redis_url, whois, web)}), encoding="utf-8")
    dump.write_text(objects, encoding="utf-8")
    programs = venv / "bin"
    household.run(programs / "irrd_database_upgrade", "--config", config)
    household.run(programs / "irrd_load_database", "--config", config, "--source", SOURCE, dump)
    household.start(programs / "irrd", "--config", config, "--foreground")
    household.wait_until(lambda: answers_whois(whois) and answers_http(web), "IRRd")
    wake_preloaders(household)
    return Irrd("127.0.0.1", whois, web, SOURCE, str(household.log))


@contextlib.contextmanager
def irrd() -> Iterator[Irrd]:
    """A running IRRd, in processes of an ordinary user; all of it is gone afterwards.

    Raises:
        LackingError: PostgreSQL, redis or IRRd is not on this machine.
    """
    find_postgresql(), find_redis()
    venv = find_venv()
    supervisor = subprocess.Popen(
        [venv / "bin" / "python", "-I", __file__],
        env={"PATH": os.environ["PATH"], "IRTKIT_IRRD_VENV": str(venv)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert supervisor.stdout is not None
    try:
        line = supervisor.stdout.readline()
        if not line:
            raise RuntimeError("IRRd did not start; its last words are above")
        yield Irrd(**json.loads(line))
    finally:
        supervisor.communicate()


def supervise(objects: str, venv: Path) -> None:
    """Run IRRd until standard input ends or a signal comes."""
    folder = Path(tempfile.mkdtemp(prefix="irtkit-irrd-"))
    become_ordinary(folder)
    os.chdir(folder)  # the folder it was started in may be root's alone
    household = Household(folder)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        say(json.dumps(asdict(start_irrd(household, venv, objects))))
        sys.stdin.buffer.read()
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        household.stop()
        shutil.rmtree(folder)


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(words: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(description="IRRd 4 on loopback until standard input ends")
    parser.add_argument("--make-venv", action="store_true", help="only make the virtual environment")
    parser.add_argument("objects", nargs="?", type=Path, default=OBJECTS, help="RPSL objects to load")
    chosen = parser.parse_args(words)
    if chosen.make_venv:
        say(str(make_venv()))
        return
    venv = find_venv()
    if Path(sys.prefix) != venv:  # as an ordinary user, a Python in root's home would not find its own library
        os.environ["IRTKIT_IRRD_VENV"] = str(venv)
        python = str(venv / "bin" / "python")
        os.execv(python, [python, "-I", __file__, *words])
    with contextlib.suppress(KeyboardInterrupt):
        supervise(chosen.objects.read_text(encoding="utf-8"), venv)


if __name__ == "__main__":
    main(sys.argv[1:])

"""A whois server in the manner of RIPE's on loopback, over objects of our own, that counts what it is asked.

It is for tests: it knows the flags that irtkit sends (-k -r -B -c -x -l -L -m -M -T -s -V), frames answers as RIPE's
server does, filters e-mail attributes unless it is asked not to, tells abuse contacts, and gives related objects
unless `-r` says not to. It limits nobody, unless told to deny access after some number of queries.

As a program it serves the objects of files while a command runs, in whose words REGISTRY becomes its HOST:PORT:

    python tests/replaying_server.py FILE... -- irtkit resolve --live --server REGISTRY 192.0.2.7
"""

from __future__ import annotations

import socketserver
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Self, TypeVar

from irtkit.contacts import Database, find_abuse_contact, find_irts
from irtkit.errors import RangeError, ServerError, UnreachableError
from irtkit.resources import AddressRange
from irtkit.rpsl import parse_objects
from irtkit.wire.questions import Batch, HttpReply, HttpRequest, WhoisQuestion, WhoisReply

if TYPE_CHECKING:
    from types import TracebackType

    from irtkit.rpsl import RpslObject
    from irtkit.wire.questions import Journey

__all__ = ["Page", "ReplayingServer", "keys_of", "play"]

T = TypeVar("T")

BANNER = (
    "% This is the RIPE Database query service.\n"
    "% The objects are in RPSL format.\n"
    "%\n"
    "% The RIPE Database is subject to Terms and Conditions.\n"
    "% They are those of the tests.\n\n"
)
FILTERED = (
    '% Note: this output has been filtered.\n%       To receive output for a database update, use the "-B" flag.\n\n'
)
SERVED = "% This query was served by the RIPE Database Query Service version 1.124 (TEST)\n\n\n"
NOTHING = "%ERROR:101: no entries found\n%\n% No entries found in source {source}.\n\n"
DENIED = "%ERROR:201: access denied for 127.0.0.1\n%\n% Sorry, access from your host has been denied.\n\n"
RANGES = ("inetnum", "inet6num")
HIDDEN = ("e-mail", "notify", "irt-nfy", "mnt-nfy", "upd-to", "ref-nfy")
WITH_VALUE = "TsVZi"
SHORT = {"in": "inetnum", "i6": "inet6num", "ir": "irt", "ro": "role", "oa": "organisation", "or": "organisation"}


@dataclass
class Query:
    """A query line, taken apart."""

    flags: set[str] = field(default_factory=set)
    values: dict[str, str] = field(default_factory=dict)
    key: str = ""

    @classmethod
    def read(cls, line: str) -> Query:
        query = cls()
        words = line.split()
        while words and words[0].startswith("-"):
            word = words.pop(0)
            for place, letter in enumerate(word[1:], 2):
                if letter in WITH_VALUE:
                    query.values[letter] = word[place:] or (words.pop(0) if words else "")
                    break
                query.flags.add(letter)
        query.key = " ".join(words)
        return query

    @property
    def classes(self) -> set[str]:
        return {SHORT.get(name, name) for name in self.values.get("T", "").lower().split(",") if name}


class ReplayingServer:
    """The server; `with ReplayingServer(objects) as server:` and ask 127.0.0.1, port `server.port`."""

    def __init__(
        self,
        objects: Iterable[RpslObject],
        *,
        source: str = "RIPE",
        charset: str = "latin-1",
        suspect: Iterable[str] = (),
        deny_after: int | None = None,
        extra: dict[str, str] | None = None,
    ) -> None:
        self.source = source
        self.charset = charset
        self.deny_after = deny_after
        self.extra = extra or {}
        """Answers, without banner and end, to queries with these keys."""
        self.lines: list[str] = []
        """Every query, in the order in which they came."""
        self.connections = 0
        self._suspect = frozenset(suspect)
        self._objects = list(objects)
        self._database = Database(self._objects)
        self._by_key: dict[str, list[RpslObject]] = {}
        for obj in self._objects:
            self._by_key.setdefault(obj.primary_key or "", []).append(obj)
        self._spaces = [(obj, _space(obj)) for obj in self._objects if obj.class_name in RANGES]
        self._lock = threading.Lock()
        self._server = _Listener(self)
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.shutdown()
        self._thread.join()
        self.close()

    def close(self) -> None:
        """Give the port back; of a server that only `play` asks."""
        self._server.server_close()

    @property
    def queries(self) -> list[Query]:
        """What was asked, without the lines that only open or close a persistent connection."""
        return [query for line in self.lines if (query := Query.read(line)).key]

    def answer(self, line: str) -> str:
        """Return what follows the banner, up to the line that tells who served it."""
        query = Query.read(line)
        with self._lock:
            self.lines.append(line)
            if query.key and self.deny_after is not None and len(self.queries) > self.deny_after:
                return DENIED
        if query.key in self.extra:
            return self.extra[query.key]
        found = list(self._found(query))
        if not found:
            return NOTHING.format(source=self.source)
        head = "" if "B" in query.flags else FILTERED
        return head + "".join(self._group(obj, query) for obj in found)

    def _found(self, query: Query) -> Iterator[RpslObject]:
        try:
            space = AddressRange.parse_lenient(query.key)
        except RangeError:
            found = self._by_key.get(query.key.upper(), [])
            yield from (obj for obj in found if not query.classes or obj.class_name in query.classes)
            return
        around = [obj for registry in self._database.registries for obj in self._database.encompassing(space, registry)]
        exact = [obj for obj in around if _space(obj) == space]
        if query.flags & {"M", "m"}:
            inside = [(obj, own) for obj, own in self._spaces if own != space and own in space]
            found = [
                obj
                for obj, own in inside
                if "M" in query.flags or not any(own != other and own in other for _, other in inside)
            ]
        elif "L" in query.flags:
            found = around[::-1]
        elif "x" in query.flags:
            found = exact
        elif "l" in query.flags:
            found = [obj for obj in around if obj not in exact][:1]
        else:
            found = around[:1]
        yield from (obj for obj in found if not query.classes or obj.class_name in query.classes)

    def _group(self, obj: RpslObject, query: Query) -> str:
        key = _name(obj)
        head = ""
        if obj.class_name in RANGES:
            head = f"% Information related to '{key}'\n\n{self._abuse(obj, key)}"
        related = list(self._related(obj, query))
        return head + "".join(f"{_filtered(each, query)}\n" for each in [obj, *related])

    def _abuse(self, obj: RpslObject, key: str) -> str:
        contact = find_abuse_contact(self._database, obj, suspect_mailboxes=self._suspect)
        if contact is None or contact.mailbox is None:
            return f"% No abuse contact registered for {key}\n\n"
        text = f"% Abuse contact for '{key}' is '{contact.mailbox}'\n"
        if contact.suspect and contact.org:
            text += f"% Abuse-mailbox validation failed. Please refer to {contact.org} for further information.\n"
        return f"{text}\n"

    def _related(self, obj: RpslObject, query: Query) -> Iterator[RpslObject]:
        if "c" in query.flags and obj.class_name in RANGES:
            yield from find_irts(self._database, _space(obj)).irts
        if "r" in query.flags:
            return
        registry = self._database.registry_of(obj)
        for attribute, class_name in (("org", "organisation"), ("abuse-c", "role"), ("admin-c", "role")):
            for value in obj.values(attribute):
                found = self._database.get(class_name, value, registry)
                if found is not None:
                    yield found


class _Listener(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(self, owner: ReplayingServer) -> None:
        self.owner = owner
        super().__init__(("127.0.0.1", 0), _Conversation)


class _Conversation(socketserver.StreamRequestHandler):
    server: _Listener
    disable_nagle_algorithm = True

    def handle(self) -> None:
        owner = self.server.owner
        owner.connections += 1
        persistent = False
        while True:
            self.wfile.write(BANNER.encode())
            line = self.rfile.readline(4096).decode("utf-8", "replace").strip()
            query = Query.read(line)
            if not line or ("k" in query.flags and not query.key and persistent):
                return
            persistent |= "k" in query.flags
            body = owner.answer(line) if query.key else ""
            self.wfile.write(body.encode(owner.charset, "replace") + SERVED.encode())
            if not persistent or body == DENIED:
                return


def _space(obj: RpslObject) -> AddressRange:
    return AddressRange.parse_lenient(obj[0].value)


def _name(obj: RpslObject) -> str:
    return _space(obj).canonical if obj.class_name in RANGES else obj.primary_key or ""


def _filtered(obj: RpslObject, query: Query) -> str:
    text = str(obj)
    if "B" not in query.flags:
        kept = [attribute for attribute in obj if attribute.name.lower() not in HIDDEN]
        text = "".join(f"{attribute.name + ':':<16}{attribute.value}\n" for attribute in kept)
    return text if text.endswith("\n") else f"{text}\n"


class Page(NamedTuple):
    """What a web server says at one URL."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = {}  # noqa: RUF012 - nobody changes it


def play(journey: Journey[T], *servers: ReplayingServer, pages: Mapping[str, Page] | None = None) -> T:
    """Run a journey without a network: the server whose port a question names answers, or the page at its URL.

    Whoever is asked beside is not there.
    """
    by_port = {server.port: server for server in servers}

    def outcome(question: WhoisQuestion | HttpRequest) -> WhoisReply | HttpReply | ServerError:
        if isinstance(question, HttpRequest):
            page = (pages or {}).get(question.url)
            if page is not None:
                return HttpReply(question, page.status, page.headers, page.body)
            return UnreachableError("nobody there", server=question.url)
        server = by_port.get(question.server.port)
        if server is None:
            return UnreachableError("nobody there", server=str(question.server))
        body = server.answer(question.line.decode(server.charset))
        return WhoisReply(question, BANNER.encode() + body.encode(server.charset, "replace") + SERVED.encode())

    try:
        question = next(journey)
        while True:
            if isinstance(question, Batch):
                question = journey.send(tuple(outcome(each) for each in question.questions))
                continue
            reply = outcome(question)
            question = journey.throw(reply) if isinstance(reply, ServerError) else journey.send(reply)
    except StopIteration as end:
        result: T = end.value
        return result


def keys_of(server: ReplayingServer) -> list[str]:
    """Return the keys that *server* was asked for, in order."""
    return [query.key for query in server.queries]


def _serve(arguments: list[str]) -> int:
    """Run a command while a server has the objects of files; return the command's exit status."""
    end = arguments.index("--")
    objects = [obj for path in arguments[:end] for obj in parse_objects(Path(path).read_text("latin-1"))]
    with ReplayingServer(objects) as server:
        place = f"127.0.0.1:{server.port}"
        command = [word.replace("REGISTRY", place) for word in arguments[end + 1 :]]
        return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(_serve(sys.argv[1:]))

"""Debian's whois and irtkit's client ask the same server the same; both must see the same objects.

The server is on loopback and answers every query with one transcript, byte by byte as it was written down.
"""

import socketserver
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from irtkit.clients.driving import Client
from irtkit.clients.rules import Rules
from irtkit.wire.questions import Journey, Server, WhoisQuestion, WhoisReply
from irtkit.wire.whois.answers import Answer, parse_answer

PROJECT = Path(__file__).parents[2]
OWN = sorted((PROJECT / "fixtures" / "rpsl" / "answers").glob("*.txt"))
SHARED = sorted((PROJECT.parent / "shared" / "data" / "transcripts").glob("*.txt"))
QUERY = "192.0.2.1"


@contextmanager
def replaying(transcript: bytes) -> Iterator[tuple[int, list[bytes]]]:
    """A whois server that answers with *transcript*; yields its port and the queries that it was asked."""
    asked: list[bytes] = []

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            asked.append(self.rfile.readline().rstrip(b"\r\n"))
            self.wfile.write(transcript)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        try:
            yield server.server_address[1], asked
        finally:
            server.shutdown()


def single(question: WhoisQuestion) -> Journey[WhoisReply]:
    reply = yield question
    assert isinstance(reply, WhoisReply)
    return reply


def ask_with_irtkit(server: Server) -> Answer:
    with Client(Rules(allowed={str(server)})) as client:
        reply = client.run(single(WhoisQuestion(server, QUERY.encode())))
    return parse_answer(reply.body, server)


def ask_with_whois(program: str, server: Server) -> Answer:
    command = [program, "-h", server.host, "-p", str(server.port), QUERY]
    environment = {"LC_ALL": "C", "PATH": "/usr/bin:/bin"}
    printed = subprocess.run(command, env=environment, capture_output=True, timeout=30, check=True).stdout
    return parse_answer(printed, server)


@pytest.mark.parametrize("path", [*OWN, *SHARED], ids=lambda path: path.stem)
def test_both_see_the_same_objects(path: Path, require: Callable[[str], str]) -> None:
    """Object by object, with their comments, and with what is said about abuse contacts and errors."""
    program = require("whois")
    with replaying(path.read_bytes()) as (port, asked):
        server = Server("127.0.0.1", port, "irrd" if path.stem.startswith("irrd") else "ripe")
        ours, theirs = ask_with_irtkit(server), ask_with_whois(program, server)
    assert ours.objects == theirs.objects
    assert [[attribute.comment for attribute in obj] for obj in ours.objects] == [
        [attribute.comment for attribute in obj] for obj in theirs.objects
    ]
    assert ours.abuse_contacts == theirs.abuse_contacts
    assert ours.notices == theirs.notices
    assert asked == [QUERY.encode(), QUERY.encode()]


def test_there_is_something_to_compare() -> None:
    """Transcripts of our own with objects, with none, in both charsets, and with either line end."""
    assert len(OWN) >= 8
    assert sum(len(parse_answer(path.read_bytes(), Server("x.example")).objects) for path in OWN) >= 10


def test_the_shared_transcripts_are_replayed(shared: Path) -> None:
    """Where the reference data is there, its transcripts are among those above."""
    assert SHARED, shared

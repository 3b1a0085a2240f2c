"""`irtkit keys --live`: keys from servers, beside the registered ones, with a word on whose they are."""

import json
import sys
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import ClassVar

import pytest
from click.testing import CliRunner, Result

from irtkit.cli.keys import command
from irtkit.openpgp.armour import PUBLIC_KEY, armoured
from irtkit.openpgp.keycerts import grouped_fingerprint

sys.path.insert(0, str(Path(__file__).parent))  # the folder is no package
sys.path.insert(0, str(Path(__file__).parent / "openpgp"))  # nor is this one

from openpgp_indexed import team_index
from openpgp_made import MadeKey

from replaying_server import ReplayingServer

TEAM = MadeKey(21, name=b"Example CSIRT <csirt@[192.0.2.1]>")
STRANGER = MadeKey(22, name=b"Example CSIRT <csirt@example.net>")


class KeyServer(BaseHTTPRequestHandler):
    """A verifying key server that has the team's key, and a stranger's for every mailbox."""

    asked: ClassVar[list[str]] = []
    wrong: ClassVar[bool] = False

    def do_GET(self) -> None:
        self.asked.append(self.path)
        key = STRANGER if self.wrong or "by-email" in self.path else TEAM
        body = armoured(key.public(), PUBLIC_KEY).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def vks() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), KeyServer) as running:
        KeyServer.asked.clear()
        thread = Thread(target=running.serve_forever, args=(0.02,))
        thread.start()
        yield f"http://127.0.0.1:{running.server_address[1]}"
        running.shutdown()
        thread.join()


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, require: Callable[[str], str]) -> Path:
    """An index that has the team's key-cert, and hides the team's mailbox."""
    require("gpg")
    monkeypatch.setenv("IRTKIT_LEDGER", str(tmp_path / "ledger.sqlite"))
    monkeypatch.setenv("IRTKIT_CACHE", str(tmp_path / "answers.sqlite"))
    return team_index(tmp_path, TEAM, "unread@ripe.net")


def keys(index: Path, *words: str) -> Result:
    return CliRunner().invoke(command, ["192.31.196.7", "--index", str(index), *words], catch_exceptions=False)


@pytest.fixture
def registry() -> Iterator[ReplayingServer]:
    """A registry that has nothing: the mailbox stays unknown, and no domain is asked."""
    with ReplayingServer([]) as server:
        yield server


def test_the_key_of_a_server_is_held_against_the_registered_one(
    index: Path, vks: str, registry: ReplayingServer
) -> None:
    """By fingerprint the registered key is found, and confirmed."""
    result = keys(index, "--live", "--vks", vks, "--server", f"127.0.0.1:{registry.port}")
    assert result.exit_code == 0
    assert "IRT-EXAMPLE live: vks 127.0.0.1:" in result.stdout
    assert "confirmed: the registry has its fingerprint" in result.stdout
    assert result.stdout.count(grouped_fingerprint(TEAM.fingerprint)) == 2
    assert KeyServer.asked == [f"/vks/v1/by-fingerprint/{TEAM.fingerprint}"]


def test_another_key_is_not_shown_for_a_fingerprint(
    index: Path, vks: str, registry: ReplayingServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that sends a different key is told of."""
    monkeypatch.setattr(KeyServer, "wrong", True)
    result = keys(index, "--live", "--vks", vks, "--server", f"127.0.0.1:{registry.port}")
    assert grouped_fingerprint(STRANGER.fingerprint) not in result.stdout
    assert "it sent another key than" in result.stdout


def test_who_could_not_be_asked_has_not_said_no(index: Path, registry: ReplayingServer) -> None:
    """Whether a key is published, nobody knows then."""
    words = ["192.31.196.1", "--index", str(index), "--live", "--vks", "http://127.0.0.1:1"]
    answer = CliRunner().invoke(command, [*words, "--server", f"127.0.0.1:{registry.port}"], catch_exceptions=False)
    assert "live: no key was found\n    not known: " in answer.stdout
    assert "no key is published" not in answer.stdout


def test_json_has_the_same(index: Path, vks: str, registry: ReplayingServer) -> None:
    """Each irt with its keys, where they were found, and what confirms them."""
    result = keys(index, "--live", "--json", "--vks", vks, "--server", f"127.0.0.1:{registry.port}")
    (address,) = json.loads(result.stdout)["addresses"]
    (live,) = address["live"]
    assert (live["irt"], live["mailbox"], live["failures"]) == ("IRT-EXAMPLE", None, [])
    assert [(key["fingerprint"], key["where"], key["confirmed_by"]) for key in live["keys"]] == [
        (TEAM.fingerprint, "vks", "fingerprint")
    ]


def test_without_live_nothing_is_asked(index: Path, vks: str) -> None:
    """Servers are named with --live only, and without it JSON has no such member."""
    assert keys(index, "--vks", vks).exit_code == 2
    (address,) = json.loads(keys(index, "--json").stdout)["addresses"]
    assert "live" not in address
    assert KeyServer.asked == []


def test_what_is_no_url_is_refused(index: Path) -> None:
    """It is said before anything is asked."""
    result = keys(index, "--live", "--vks", "keys.example.org")
    assert result.exit_code == 2
    assert "base URL of a key server" in result.stderr

"""`irtkit whois`: a client that people would alias."""

import json
import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from irtkit.cli import main
from irtkit.rpsl import RpslObject, parse_object

sys.path.insert(0, str(Path(__file__).parent))  # the folder is no package

from replaying_server import ReplayingServer

IRTKIT = str(Path(sys.executable).with_name("irtkit"))


def rpsl(*attributes: tuple[str, str]) -> RpslObject:
    return parse_object("".join(f"{name + ':':<16}{value}\n" for name, value in attributes))


WORLD = [
    rpsl(
        ("inetnum", "192.31.196.0 - 192.31.196.255"),
        ("netname", "EXAMPLE-NET"),
        ("descr", "Grüße"),
        ("abuse-c", "AR1-X"),
        ("mnt-irt", "IRT-EXAMPLE"),
        ("source", "RIPE"),
    ),
    rpsl(("irt", "IRT-EXAMPLE"), ("e-mail", "csirt@example.net"), ("source", "RIPE")),
    rpsl(("role", "Abuse"), ("nic-hdl", "AR1-X"), ("abuse-mailbox", "abuse@example.net"), ("source", "RIPE")),
]
EVIL = "% Note: \x1b]0;evil\x07 \x9b31m\n\ninetnum:        10.0.0.0 - 10.0.0.255\nnetname:        A\x1b[2JB\n\n"


@pytest.fixture(autouse=True)
def _own_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IRTKIT_LEDGER", str(tmp_path / "ledger.sqlite"))
    monkeypatch.setenv("IRTKIT_CACHE", str(tmp_path / "answers.sqlite"))


@pytest.fixture
def server() -> Iterator[ReplayingServer]:
    with ReplayingServer(WORLD, extra={"evil": EVIL}) as running:
        yield running


def whois(server: ReplayingServer, *words: str) -> Result:
    return CliRunner().invoke(main, ["whois", "--server", f"127.0.0.1:{server.port}", *words])


def test_an_address_is_looked_up(server: ReplayingServer) -> None:
    """The answer is shown as the server gave it; a server that nobody knows gets the key as it is typed."""
    result = whois(server, "192.31.196.7")
    assert result.exit_code == 0
    assert "netname:        EXAMPLE-NET" in result.stdout
    assert "Grüße" in result.stdout
    assert "% Abuse contact for '192.31.196.0 - 192.31.196.255' is 'abuse@example.net'" in result.stdout
    assert server.lines == ["192.31.196.7"]


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["-B", "192.31.196.7"], "-r -B 192.31.196.7"),
        (["-rB", "-T", "inetnum", "192.31.196.7"], "-r -B -T inetnum 192.31.196.7"),
        (["192.31.196.7", "-Tinetnum"], "-r -T inetnum 192.31.196.7"),
        (["-Tperson,role", "AR1-X"], "-r -T person,role AR1-X"),
        (["-x", "192.31.196.0 - 192.31.196.255"], "-r -x 192.31.196.0 - 192.31.196.255"),
        (["-i", "mnt-irt", "IRT-EXAMPLE"], "-r -i mnt-irt IRT-EXAMPLE"),
        (["-L", "--no-personal", "192.31.196.7"], "-r --no-personal -L 192.31.196.7"),
        (["--show-personal", "AR1-X"], "--show-personal AR1-X"),
        (["-t", "irt"], "-t irt"),
        (["--template", "irt"], "-t irt"),
        (["-q", "version"], "-q version"),
        (["--", "irt-example"], "irt-example"),
    ],
)
def test_flags_reach_the_server_as_they_are_typed(server: ReplayingServer, words: list[str], line: str | None) -> None:
    """RIPE's flags are passed on, wherever they stand; related persons are asked for only by name of the flag."""
    result = whois(server, *words)
    assert result.exit_code in (0, 1), result.output
    assert server.lines == [line]


def test_the_options_of_other_whois_clients_work(server: ReplayingServer) -> None:
    """`-h HOST` and `-p PORT` are `--server` and `--port`, also without a blank."""
    for words in (["-h", "127.0.0.1", "-p", str(server.port)], ["-h127.0.0.1", f"-p{server.port}"]):
        result = CliRunner().invoke(main, ["whois", *words, "IRT-EXAMPLE"])
        assert result.exit_code == 0
        assert "irt:            IRT-EXAMPLE" in result.stdout


def test_nothing_found_is_status_1(server: ReplayingServer) -> None:
    """The server's words are shown, and a script can tell."""
    result = whois(server, "IRT-NOBODY")
    assert result.exit_code == 1
    assert "%ERROR:101: no entries found" in result.stdout


def test_denied_is_status_1() -> None:
    """A refusal is shown as it is; the next question is not sent."""
    with ReplayingServer(WORLD, deny_after=0) as server:
        first, second = whois(server, "IRT-EXAMPLE"), whois(server, "IRT-EXAMPLE")
    assert (first.exit_code, second.exit_code) == (1, 1)
    assert "%ERROR:201" in first.stdout
    assert "it refused us" in second.stderr
    assert len(server.lines) == 1


def test_nobody_there_is_status_1_and_one_line() -> None:
    """Whose fault it is, is said."""
    result = CliRunner().invoke(main, ["whois", "--server", "127.0.0.1:1", "192.31.196.7"])
    assert result.exit_code == 1
    assert result.stderr.startswith("irtkit: error: 127.0.0.1:1: no connection")


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["-Z"],
        ["-w", "x"],
        ["-b", "-r", "192.31.196.7"],
        ["-L", "-M", "192.31.196.7"],
        ["a\nb\x07"],
        ["--server", "a b", "x"],
    ],
)
def test_what_means_nothing_is_status_2(server: ReplayingServer, words: list[str]) -> None:
    """It is refused here, and not sent."""
    assert whois(server, *words).exit_code == 2
    assert server.lines == []


def test_control_characters_steer_nothing(server: ReplayingServer) -> None:
    """What a server says cannot reach the terminal as a command."""
    result = whois(server, "evil")
    assert "netname:        A\ufffd[2JB" in result.stdout
    assert not {"\x1b", "\x07", "\x9b"} & set(result.stdout)


def test_json_holds_objects_and_messages(server: ReplayingServer) -> None:
    """One document: the chain, and of each answer its objects, contacts and errors."""
    document = json.loads(whois(server, "--json", "-c", "192.31.196.7").stdout)
    (answer,) = document["answers"]
    assert [(obj["class"], obj["key"]) for obj in answer["objects"]] == [
        ("inetnum", "192.31.196.0 - 192.31.196.255"),
        ("irt", "IRT-EXAMPLE"),
    ]
    assert ["descr", "Grüße"] in answer["objects"][0]["attributes"]
    assert answer["abuse_contacts"][0]["email"] == "abuse@example.net"
    assert [hop["ending"] for hop in document["chain"]] == ["answered"]
    nothing = json.loads(whois(server, "--json", "IRT-NOBODY").stdout)
    assert nothing["answers"][0]["errors"] == [{"code": 101, "text": "no entries found"}]


def test_colours_are_for_terminals_only(server: ReplayingServer) -> None:
    """Objects are highlighted where somebody looks, and nowhere else."""
    command = [IRTKIT, "whois", "--server", f"127.0.0.1:{server.port}", "IRT-EXAMPLE"]
    ours, theirs = pty.openpty()
    environment = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    subprocess.run(command, stdout=theirs, check=True, env=environment, timeout=60)
    os.close(theirs)
    shown = os.read(ours, 1 << 16)
    os.close(ours)
    assert b"\x1b[36mirt:\x1b[0m" in shown
    piped = subprocess.run(command, capture_output=True, check=True, env=environment, timeout=60)
    assert b"\x1b" not in piped.stdout


def test_referrals_are_followed_when_asked_for(server: ReplayingServer) -> None:
    """The best answer is shown, or with --referrals each of them, with the way; private hosts only if allowed."""
    refers = f"refer:          127.0.0.1:{server.port}\n\n"
    with ReplayingServer([], extra={"IRT-EXAMPLE": refers}) as first:

        def run(*options: str) -> Result:
            words = [*options, "-h", f"127.0.0.1:{first.port}", "IRT-EXAMPLE"]
            return CliRunner().invoke(main, ["whois", *words])

        alone, refused = run(), run("--referrals")
        assert server.lines == []
        allowed = run("--referrals", "--allow-private")
        document = json.loads(run("--json", "--referrals", "--allow-private").stdout)
    assert "refer:" in alone.stdout
    assert "is not the port of whois" in refused.stderr
    assert [line for line in allowed.stdout.splitlines() if line.startswith("% [")] == [
        f"% [127.0.0.1:{first.port}]",
        f"% [127.0.0.1:{server.port}]",
    ]
    assert [hop["ending"] for hop in document["chain"]] == ["answered", "answered"]
    assert document["chain"][1]["because"] == refers.strip()
    assert document["answers"][1]["objects"][0]["key"] == "IRT-EXAMPLE"


def test_a_referral_to_nobody_leaves_the_good_answer() -> None:
    """What the first server said is shown, and a warning says what went wrong."""
    with ReplayingServer([], extra={"IRT-EXAMPLE": "irt: IRT-EXAMPLE\nrefer: 127.0.0.1:1\n\n"}) as first:
        words = ["--referrals", "--allow-private", "-h", f"127.0.0.1:{first.port}", "IRT-EXAMPLE"]
        result = CliRunner().invoke(main, ["whois", *words])
    assert result.exit_code == 0
    assert "irt: IRT-EXAMPLE" in result.stdout
    assert "127.0.0.1:1 (whois): failed: no connection" in result.stderr


def test_the_budget_is_shown(server: ReplayingServer) -> None:
    """What was asked of whom, and what registries allow; nothing is asked for that."""
    assert "No registry was asked" in CliRunner().invoke(main, ["whois", "--budget"]).stdout
    whois(server, "IRT-EXAMPLE")
    told = CliRunner().invoke(main, ["whois", "--budget"]).stdout
    assert "127.0.0.1, asked from 127.0.0.1:" in told
    assert "queries in a minute:       1" in told
    (row,) = json.loads(CliRunner().invoke(main, ["whois", "--budget", "--json"]).stdout)
    assert (row["registry"], row["queries_in_a_minute"], row["denied_until"]) == ("127.0.0.1", 1, None)
    assert len(server.lines) == 1

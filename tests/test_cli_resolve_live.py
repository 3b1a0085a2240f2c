"""`irtkit resolve --live`: records from registries, for one address and for lists, whatever happens on the way."""

import csv
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, ClassVar

import pytest
from pyarrow import parquet

from irtkit.clients.live import Reach, resolve_live, resolve_live_async
from irtkit.errors import QueryError, RangeError, UnreachableError
from irtkit.live.resolutions import LIVE_FIELDS
from irtkit.rpsl import RpslObject, parse_object

sys.path.insert(0, str(Path(__file__).parent))  # the folder is no package

from replaying_server import ReplayingServer

IRTKIT = str(Path(sys.executable).with_name("irtkit"))


def rpsl(*attributes: tuple[str, str]) -> RpslObject:
    return parse_object("".join(f"{name + ':':<16}{value}\n" for name, value in attributes))


def network(number: int) -> RpslObject:
    first = 16 * number
    return rpsl(
        ("inetnum", f"192.31.196.{first} - 192.31.196.{first + 15}"),  # AS112: nobody's, and not set aside
        ("netname", f"NET-{number}"),
        ("mnt-irt", f"IRT-{number % 4}"),
        ("status", "ASSIGNED PI"),
        ("source", "RIPE"),
    )


def irt(number: int) -> RpslObject:
    return rpsl(("irt", f"IRT-{number}"), ("e-mail", f"csirt{number}@example.net"), ("source", "RIPE"))


WORLD = [*map(network, range(16)), *map(irt, range(4))]
ADDRESSES = [f"192.31.196.{number}" for number in range(0, 256, 5)]


@pytest.fixture(autouse=True)
def _own_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IRTKIT_LEDGER", str(tmp_path / "ledger.sqlite"))
    monkeypatch.setenv("IRTKIT_CACHE", str(tmp_path / "answers.sqlite"))
    monkeypatch.setenv("IRTKIT_INDEX", str(tmp_path / "index.irt"))


@pytest.fixture
def server() -> Iterator[ReplayingServer]:
    with ReplayingServer(WORLD) as running:
        yield running


@pytest.fixture
def dump(tmp_path: Path) -> Path:
    """The same world as public dumps have it: the mailboxes are dummies, and half of the networks are not there."""
    path = tmp_path / "ripe.db"
    texts = [str(obj).replace("csirt", "unread@ripe.net # ") for obj in [*map(network, range(8)), *map(irt, range(4))]]
    path.write_text("\n".join(texts))
    return path


def named(server: ReplayingServer) -> str:
    return f"127.0.0.1:{server.port}"


def irtkit(*words: str | Path, status: int = 0, **options: Any) -> subprocess.CompletedProcess[str]:
    command = [IRTKIT, "resolve", *map(str, words)]
    answer = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, **options)
    assert answer.returncode == status, answer.stderr
    return answer


def records(*words: str | Path, **options: Any) -> list[dict[str, Any]]:
    return [json.loads(line) for line in irtkit(*words, "--format", "jsonl", **options).stdout.splitlines()]


def expected_mailbox(address: str) -> str:
    return f"csirt{int(address.rpartition('.')[2]) // 16 % 4}@example.net"


def test_one_address_needs_no_index(server: ReplayingServer) -> None:
    """`--live` and an address: asked, answered, and told with the chain."""
    (record,) = records("--live", "--server", named(server), "192.31.196.7")
    assert tuple(record) == LIVE_FIELDS
    assert (record["email"], record["live"], record["age"]) == ("csirt0@example.net", True, 0)
    assert record["chain"] == [f"{named(server)} (whois): answered"]


def test_an_address_behind_live_is_an_address(server: ReplayingServer) -> None:
    """`--live 192.31.196.7` does not take the address for its value."""
    assert "csirt0@example.net" in irtkit("--server", named(server), "--live", "192.31.196.7").stdout


def test_the_answer_is_kept_for_its_network(server: ReplayingServer) -> None:
    """A second process asks nothing about another address of the network, and tells the age; --max-age 0 asks."""
    records("--live", "--server", named(server), "192.31.196.7")
    asked = len(server.lines)
    (record,) = records("--live", "--server", named(server), "192.31.196.9")
    assert len(server.lines) == asked
    assert record["email"] == "csirt0@example.net"
    assert record["age"] >= 1
    (record,) = records("--live", "--max-age", "0", "--server", named(server), "192.31.196.9")
    assert len(server.lines) > asked
    assert record["age"] == 0


def test_gaps_are_filled_and_the_rest_is_left(server: ReplayingServer, dump: Path, tmp_path: Path) -> None:
    """Each network is asked for once, in order of the list, and nothing beyond what the index lacks."""
    lines = tmp_path / "list.txt"
    lines.write_text("\n".join([*ADDRESSES, "10.0.0.1", "no address"]))
    found = records("--live=gaps", "--server", named(server), "--dumps", dump, "--input", lines)
    assert [record["input"] for record in found] == [*ADDRESSES, "10.0.0.1", "no address"]
    assert [record["email"] for record in found[:-2]] == list(map(expected_mailbox, ADDRESSES))
    assert [record["reason"] for record in found[-2:]] == ["special-purpose", "not-an-address"]
    assert len(server.queries) == 16 + 4


def test_a_list_from_a_pipe_is_answered(server: ReplayingServer) -> None:
    """Standard input works as for any list."""
    found = records("--live", "--server", named(server), "-i", "-", input="\n".join(ADDRESSES))
    assert [record["email"] for record in found] == list(map(expected_mailbox, ADDRESSES))


def test_a_list_of_something_else_is_warned_of_or_refused(server: ReplayingServer, tmp_path: Path) -> None:
    """As without `--live`: nothing is asked, and what is wrong from its beginning has no head."""
    lines, table = tmp_path / "list.txt", tmp_path / "list.csv"
    lines.write_text("a,b\nc,d\n")
    table.write_text("ip,name\n192.31.196.7,x\n")
    answer = irtkit("--live", "--server", named(server), "-i", lines, "-f", "csv", "--fields", "input,reason")
    assert answer.stdout == 'input,reason\n"a,b",not-an-address\n"c,d",not-an-address\n'
    assert answer.stderr.startswith(f"irtkit: warning: {lines}: no line is an address, prefix or range; --column")
    refused = irtkit("--live", "--server", named(server), "-i", table, "--column", "nope", "-f", "csv", status=1)
    assert (refused.stdout, len(server.queries)) == ("", 0)
    lines.write_text("")
    answer = irtkit("--live", "--server", named(server), "-i", lines, "-f", "csv", "--fields", "input,reason")
    assert (answer.stdout, answer.stderr) == ("input,reason\n", "")


def test_formats_agree(server: ReplayingServer, tmp_path: Path) -> None:
    """CSV and Parquet hold what JSON Lines holds, and the named fields only."""
    options = ["--live", "--server", named(server), "--fields", "input,email,live,chain", "192.31.196.7", "no address"]
    expected = records(*options)
    irtkit(*options, "-o", tmp_path / "out.csv")
    irtkit(*options, "-o", tmp_path / "out.parquet")
    rows = list(csv.DictReader((tmp_path / "out.csv").read_text().splitlines()))
    assert [(row["input"], row["email"], row["live"]) for row in rows] == [
        ("192.31.196.7", "csirt0@example.net", "True"),
        ("no address", "", "False"),
    ]
    assert parquet.read_table(tmp_path / "out.parquet").to_pylist() == expected


def test_a_walk_is_told(server: ReplayingServer) -> None:
    """`--explain` tells the way to the registry and the walk."""
    told = irtkit("--live", "--explain", "--server", named(server), "192.31.196.7", "10.0.0.1", "x").stdout
    assert f"{named(server)} (whois): answered." in told
    assert "IRT-0: csirt0@example.net." in told
    assert told.count("\n\n") == 2


def test_a_refusal_stops_the_asking_but_not_the_run(dump: Path, tmp_path: Path) -> None:
    """The remaining records keep the answers of the index, with the reason, and one line says so."""
    lines = tmp_path / "list.txt"
    lines.write_text("\n".join(ADDRESSES))
    with ReplayingServer(WORLD, deny_after=0) as server:
        answer = irtkit("--live=gaps", "--server", named(server), "--dumps", dump, "-i", lines, "-f", "jsonl")
    found = [json.loads(line) for line in answer.stdout.splitlines()]
    assert len(found) == len(ADDRESSES)
    assert {record["live"] for record in found} == {False}
    assert all("201" in record["note"] or "refused" in record["note"] for record in found)
    assert "records are not live" in answer.stderr
    assert len(server.queries) <= 3


def test_nobody_there_is_status_1() -> None:
    """The record says that nobody answered, and standard error whose fault it is."""
    answer = irtkit("--live", "--server", "127.0.0.1:1", "192.31.196.7", status=1)
    assert "unanswered" in answer.stdout
    assert "127.0.0.1:1: no connection" in answer.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--server", "127.0.0.1", "192.0.2.1"], "go with --live"),
        (["--fields", "chain", "192.0.2.1"], "go with --live"),
        (["--live=sometimes", "192.0.2.1"], "Invalid value"),
        (["--live", "--fields", "nothing", "192.0.2.1"], "is not one of"),
    ],
)
def test_what_means_nothing_is_status_2(words: list[str], said: str) -> None:
    """Options of live answers go with --live."""
    assert said in irtkit(*words, status=2).stderr


def test_gaps_need_an_index(server: ReplayingServer) -> None:
    """Without one there are no gaps; the message names the file."""
    assert "index.irt" in irtkit("--live=gaps", "--server", named(server), "192.31.196.7", status=1).stderr


class Pages(BaseHTTPRequestHandler):
    """An RDAP service that knows one network."""

    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        card = ["vcard", [["version", {}, "text", "4.0"], ["email", {}, "text", "abuse@example.com"]]]
        document = {
            "objectClassName": "ip network",
            "startAddress": "192.31.196.0",
            "endAddress": "192.31.196.255",
            "entities": [{"objectClassName": "entity", "handle": "A1-X", "roles": ["abuse"], "vcardArray": card}],
        }
        body = json.dumps(document).encode() if "192.31.196." in self.path else b"{}"
        self.send_response(200 if "192.31.196." in self.path else 404)
        self.send_header("content-type", "application/rdap+json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def rdap() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Pages) as running:
        Pages.asked.clear()
        thread = Thread(target=running.serve_forever, args=(0.02,))
        thread.start()
        yield f"http://127.0.0.1:{running.server_address[1]}/rdap"
        running.shutdown()
        thread.join()


def test_an_rdap_service_is_asked_once_a_network(rdap: str) -> None:
    """Over HTTP, too, one request serves every address of a network, in this process and in the next."""
    found = records("--live", "--rdap", rdap, "192.31.196.7", "192.31.196.200", "192.175.48.1")
    assert [record["email"] for record in found] == ["abuse@example.com", "abuse@example.com", None]
    assert [record["reason"] for record in found] == [None, None, "unregistered"]
    assert found[0]["contacts"][0]["via"].endswith("entity A1-X (abuse) -> email")
    (again,) = records("--live", "--rdap", rdap, "192.31.196.9")
    assert again["age"] >= 1
    assert Pages.asked == ["/rdap/ip/192.31.196.7", "/rdap/ip/192.175.48.1"]


def test_one_address_from_python(server: ReplayingServer) -> None:
    """The same answer comes to threads."""
    found = resolve_live("192.31.196.7", reach=Reach(server=named(server)))
    assert (found.email, found.age) == ("csirt0@example.net", 0)
    assert resolve_live("192.31.196.8", reach=Reach(server=named(server))).age >= 1


def test_one_address_from_asyncio(server: ReplayingServer) -> None:
    """And to coroutines."""
    import asyncio  # noqa: PLC0415 - this test only

    found = asyncio.run(resolve_live_async("192.31.196.0/28", reach=Reach(server=named(server), max_age=0)))
    assert (found.email, found.address) == ("csirt0@example.net", "192.31.196.0 - 192.31.196.15")


def test_what_cannot_be_asked_is_an_error() -> None:
    """An address that is none, a server that is none, a server that is not there."""
    with pytest.raises(RangeError):
        resolve_live("no address")
    with pytest.raises(QueryError):
        resolve_live("192.31.196.7", reach=Reach(server="not a server"))
    with pytest.raises(QueryError):
        resolve_live("192.31.196.7", reach=Reach(rdap="ftp://example.net/"))
    with pytest.raises(UnreachableError):
        resolve_live("192.31.196.7", reach=Reach(server="127.0.0.1:1", seconds=5))


def test_offline_answers_load_nothing_of_this(dump: Path) -> None:
    """A plain `irtkit resolve` imports neither the clients nor the journeys."""
    index = os.environ["IRTKIT_INDEX"]
    subprocess.run([IRTKIT, "index", "build", str(dump), "-o", index], check=True, capture_output=True, timeout=60)
    program = (
        "import sys\nfrom irtkit.cli import main\n"
        "try:\n main(['resolve', '192.31.196.7'])\nexcept SystemExit:\n pass\n"
        "print([name for name in sys.modules if name.startswith(('irtkit.live', 'irtkit.wire', 'irtkit.registries',"
        " 'httpx', 'sqlite3', 'asyncio'))])"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert answer.stdout.splitlines()[-1] == "[]"

"""The user's copies of IANA's bootstrap files: fetched over a real socket, kept, and used."""

import json
import sys
from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from irtkit.cli import main
from irtkit.clients import driving
from irtkit.clients.bootstrap_files import BootstrapFiles
from irtkit.clients.live import Reach
from irtkit.clients.rules import Rules
from irtkit.errors import OutputError
from irtkit.live.refreshing import Copy
from irtkit.registries import REGISTRIES
from irtkit.resources import AddressRange
from irtkit.wire.rdap.bootstrap import Bootstrap, BootstrapKind, bootstrap_requests
from irtkit.wire.rdap.bootstrap_data import SERVICES

sys.path.insert(0, str(Path(__file__).parent))  # the folder is no package, and the servers are in it

from both_clients import Everywhere
from certificates import Authority
from recorded_servers import Page, RecordedInternet

MOVED = {"publication": "2030-01-01T00:00:00Z", "services": [[["1.0.0.0/8"], [SERVICES["ripe"]]]]}
URL = bootstrap_requests()["ipv4"].url


@pytest.fixture
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, authority: Authority, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Files of the user's own, and a client that may ask loopback and trusts the test's authority."""
    monkeypatch.setenv("IRTKIT_CACHE", str(tmp_path / "answers.sqlite"))
    monkeypatch.setenv("IRTKIT_LEDGER", str(tmp_path / "ledger.sqlite"))
    client = partial(driving.Client, Rules(allowed=Everywhere(), attempts=1), tls=authority.trusting())
    monkeypatch.setattr(driving, "Client", client)
    return tmp_path / "bootstrap"


def refreshed() -> Result:
    return CliRunner().invoke(main, ["cache", "refresh"], catch_exceptions=False)


def test_what_is_fetched_is_told_kept_and_used(authority: Authority, folder: Path) -> None:
    """One file of five can be had: it is used from then on, the others are not there, and the exit status says so."""
    space = AddressRange.parse("1.1.1.1")
    before = Reach().directory.find(space)
    with RecordedInternet(authority, pages={URL: Page(json.dumps(MOVED).encode())}):
        first, second = refreshed(), refreshed()
    assert "ipv4: 2030-01-01, new\n" in first.stdout
    assert "ipv6: 2024-11-01, not refreshed\n" in first.stdout
    assert "irtkit: warning: asn: " in first.stderr
    assert "ipv4: 2030-01-01, not changed\n" in second.stdout
    assert (first.exit_code, second.exit_code) == (1, 1)
    assert [path.name for path in folder.iterdir()] == ["ipv4.json"]
    after = Reach().directory.find(space)
    assert [place and place.registry for place in (before, after)] == ["apnic", "ripe"]


def test_the_copies_are_read_once_a_run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is asked, and what may be asked, is known from one look; a server that the user names needs none."""
    BootstrapFiles(folder).write({"ipv4": Copy(json.dumps(MOVED).encode())})
    looks = []
    read = BootstrapFiles.bootstrap

    def counted(files: BootstrapFiles, kinds: Iterable[BootstrapKind]) -> Bootstrap:
        looks.append(kinds)
        return read(files, kinds)

    monkeypatch.setattr(BootstrapFiles, "bootstrap", counted)
    reach = Reach()
    place = reach.asker().directory.find(AddressRange.parse("1.1.1.1"))
    assert (place and place.registry, reach.rules().allowed, len(looks)) == ("ripe", (), 1)
    named = Reach(server="192.0.2.1")
    assert (named.asker().directory.bootstrap, named.rules().allowed, len(looks)) == (None, {"192.0.2.1:43"}, 1)


def test_whois_goes_by_them_too(authority: Authority, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A block that moved is looked up at its new registry, in the words of that one."""
    client = driving.Client
    monkeypatch.setattr(driving, "Client", lambda _, ledger: client(ledger=ledger))
    apnic, ripe = (REGISTRIES[name].whois for name in ("apnic", "ripe"))
    assert apnic is not None
    assert ripe is not None
    answers = {server.host: {"1.1.1.1": b"inetnum: 1.1.1.0 - 1.1.1.255\n"} for server in (apnic, ripe)}
    asked = []
    fetched: list[Mapping[BootstrapKind, Copy]] = [{}, {"ipv4": Copy(json.dumps(MOVED).encode())}]
    for copies in fetched:
        BootstrapFiles(folder).write(copies)
        with RecordedInternet(authority, whois=answers) as internet:
            assert CliRunner().invoke(main, ["whois", "1.1.1.1"], catch_exceptions=False).exit_code == 0
        asked += [line.split(" ")[0] for line in internet.asked]
    assert asked == [apnic.host, ripe.host]


def test_all_files_had_is_success(authority: Authority) -> None:
    services = {
        "asn": [["64496"], ["https://rdap.example/"]],
        "dns": [["example"], ["https://rdap.example/"]],
        "ipv4": MOVED["services"][0],
        "ipv6": [["2001:db8::/32"], ["https://rdap.example/"]],
        "object-tags": [["info@example.net"], ["EXAMPLE"], ["https://rdap.example/"]],
    }
    pages = {
        request.url: Page(json.dumps({"publication": "2030-01-01", "services": [services[kind]]}).encode())
        for kind, request in bootstrap_requests().items()
    }
    with RecordedInternet(authority, pages=pages):
        found = refreshed()
    assert (found.exit_code, found.stderr) == (0, "")
    assert found.stdout == "".join(f"{kind}: 2030-01-01, new\n" for kind in sorted(services))


def test_a_copy_comes_back_as_it_was(tmp_path: Path) -> None:
    files = BootstrapFiles(tmp_path / "a" / "b")
    copy = Copy('{"ä": 1}'.encode(), '"tag"', "day")
    files.write({"asn": copy})
    assert files.read() == {"asn": copy}
    assert files.read(["ipv4"]) == {}


@pytest.mark.parametrize("text", ["", "{", "[]", '{"body": ["{}"]}', '{"body": [], "tag": [], "modified": []}'])
def test_a_damaged_copy_is_none(text: str, tmp_path: Path) -> None:
    files = BootstrapFiles(tmp_path)
    (tmp_path / "ipv4.json").write_text(text, encoding="utf-8")
    assert files.read() == {}


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(OutputError, match="cannot be made"):
        BootstrapFiles(tmp_path / "file" / "bootstrap").write({})

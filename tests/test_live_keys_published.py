"""Keys where they are published, over real sockets and TLS: a domain's directory, and the usual key server."""

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from irtkit.cli import keys_live
from irtkit.cli.keys import command
from irtkit.clients.driving import Client
from irtkit.live.keys import KeySearch, find_keys
from irtkit.openpgp.armour import PUBLIC_KEY, armoured
from irtkit.registries import KEY_SERVERS
from irtkit.wire.keyservers import vks_email_request, vks_fingerprint_request, wkd_requests

sys.path.insert(0, str(Path(__file__).parent))  # the folder is no package
sys.path.insert(0, str(Path(__file__).parent / "openpgp"))  # nor is this one

from openpgp_indexed import team_index
from openpgp_made import MadeKey

from both_clients import LOOPBACK_RULES, Runner
from certificates import Authority
from recorded_servers import Page, RecordedInternet

MAILBOX = "csirt@example.net"
TEAM = MadeKey(31, name=b"Example CSIRT <csirt@example.net>")
STRANGER = MadeKey(32, name=b"Example CSIRT <csirt@example.net>")
ADVANCED, DIRECT = (request.url for request in wkd_requests(MAILBOX))

pytest_plugins = ["recorded_fixtures"]


def told(result: KeySearch) -> list[tuple[str, str, str | None]]:
    return [(key.key.fingerprint, key.server, key.confirmed_by) for key in result.keys]


def test_the_advanced_method_counts_where_its_host_is(authority: Authority, runner: Runner) -> None:
    """The domain itself is not asked then, whatever it has; nor is it where there is no key."""
    for page, expected in (
        (Page(TEAM.public()), [(TEAM.fingerprint, "openpgpkey.example.net", "fingerprint")]),
        (Page(b"", "404 Not Found"), []),
    ):
        pages = {ADVANCED: page, DIRECT: Page(STRANGER.public())}
        with RecordedInternet(authority, pages=pages) as internet:
            found = runner(find_keys(MAILBOX, [TEAM.fingerprint]))
        assert (told(found), found.failures) == (expected, ())
        assert internet.asked == [ADVANCED]


def test_the_direct_method_serves_where_there_is_no_such_host(authority: Authority, runner: Runner) -> None:
    """`openpgpkey.` before the domain has no address: so the domain is asked."""
    with RecordedInternet(authority, pages={DIRECT: Page(TEAM.public())}) as internet:
        found = runner(find_keys(MAILBOX, [TEAM.fingerprint]))
    assert told(found) == [(TEAM.fingerprint, "example.net", "fingerprint")]
    assert internet.asked == [DIRECT]


@pytest.mark.parametrize("url", [ADVANCED, DIRECT])
def test_a_key_that_does_not_match_is_unconfirmed(url: str, authority: Authority, runner: Runner) -> None:
    """Whoever has the domain may publish what they like; the registry has another fingerprint."""
    with RecordedInternet(authority, pages={url: Page(STRANGER.public())}):
        found = runner(find_keys(MAILBOX, [TEAM.fingerprint]))
    ((fingerprint, _, confirmed),) = told(found)
    assert (fingerprint, confirmed) == (STRANGER.fingerprint, None)


def test_a_domain_whose_certificate_is_not_trusted_has_no_key(tmp_path: Path, runner: Runner) -> None:
    """Its answer is not read, and the domain itself is not asked in its place: somebody is in between."""
    other = Authority(tmp_path, "somebody else")
    with RecordedInternet(other, pages={ADVANCED: Page(TEAM.public()), DIRECT: Page(TEAM.public())}) as internet:
        found = runner(find_keys(MAILBOX, [TEAM.fingerprint]))
    assert (found.keys, internet.asked) == ((), [])
    assert "its TLS cannot be trusted" in found.failures[0]


@pytest.fixture
def ask(
    tmp_path: Path, authority: Authority, monkeypatch: pytest.MonkeyPatch, require: Callable[[str], str]
) -> Callable[..., Result]:
    """`irtkit keys` over an index with the team's irt and key-cert, by a client that may ask loopback."""
    require("gpg")
    monkeypatch.setenv("IRTKIT_LEDGER", str(tmp_path / "ledger.sqlite"))
    monkeypatch.setenv("IRTKIT_CACHE", str(tmp_path / "answers.sqlite"))
    client = partial(Client, tls=authority.trusting())
    monkeypatch.setattr(keys_live, "Client", lambda _, ledger: client(LOOPBACK_RULES, ledger=ledger))
    words = ["192.31.196.7", "--index", str(team_index(tmp_path, TEAM, MAILBOX)), "--live"]
    return lambda *more: CliRunner().invoke(command, [*words, *more], catch_exceptions=False)


def test_the_usual_key_server_is_asked_where_none_is_named(ask: Callable[..., Result], authority: Authority) -> None:
    """By fingerprint and by mailbox, beside the domain; whoever names a server, or none, is not sent to it."""
    usual = KEY_SERVERS[0].vks
    by_fingerprint = vks_fingerprint_request(usual, TEAM.fingerprint).url
    by_mailbox = vks_email_request(usual, MAILBOX).url
    other = "https://keys.example.org"
    pages = {
        by_fingerprint: Page(armoured(TEAM.public(), PUBLIC_KEY).encode()),
        by_mailbox: Page(armoured(STRANGER.public(), PUBLIC_KEY).encode()),
        ADVANCED: Page(b"", "404 Not Found"),
        vks_email_request(other, MAILBOX).url: Page(b"", "404 Not Found"),
    }
    with RecordedInternet(authority, pages=pages) as internet:
        result = ask()
        assert sorted(map(str.lower, internet.asked)) == sorted(map(str.lower, [ADVANCED, by_fingerprint, by_mailbox]))
        assert "confirmed: the registry has its fingerprint" in result.stdout
        assert "unconfirmed: the registry does not know it" in result.stdout
        for words in (["--vks", other], ["--vks", "none"], ["--hkp", other]):
            internet.asked.clear()
            assert ask(*words).exit_code == 0
            assert not [url for url in internet.asked if url.startswith(usual)]

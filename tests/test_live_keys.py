"""Keys from where they are published: found in parallel, and confirmed only by what a registry knows."""

import sys
from pathlib import Path

import pytest

from irtkit.errors import QueryError
from irtkit.live.keys import KeySearch, find_keys
from irtkit.openpgp.armour import PUBLIC_KEY, armoured
from irtkit.wire.keyservers import hkp_request, vks_email_request, vks_fingerprint_request, wkd_requests

sys.path.insert(0, str(Path(__file__).parent))  # the folder is no package
sys.path.insert(0, str(Path(__file__).parent / "openpgp"))  # nor is this one

from openpgp_made import MadeKey, keys_with_one_id

from replaying_server import Page, play

MAILBOX = "csirt@example.net"
VKS, HKP = "https://keys.example.org", "https://hkp.example.org"
TEAM = MadeKey(11, name=b"Example CSIRT <csirt@example.net>")
STRANGER = MadeKey(12, name=b"Example CSIRT <csirt@example.net>")
ADVANCED, DIRECT = (request.url for request in wkd_requests(MAILBOX))
BY_MAILBOX = vks_email_request(VKS, MAILBOX).url
BY_FINGERPRINT = vks_fingerprint_request(VKS, TEAM.fingerprint).url
BY_HKP = hkp_request(HKP, TEAM.fingerprint).url
NOTHING = Page(status=404)


def search(pages: dict[str, Page], mailbox: str | None = MAILBOX, *known: str) -> KeySearch:
    return play(find_keys(mailbox, known, vks=[VKS], hkp=[HKP]), pages=pages)


def found(result: KeySearch) -> list[tuple[str, str, str | None]]:
    return [(key.key.fingerprint, key.where, key.confirmed_by) for key in result.keys]


def test_a_key_of_the_domain_is_confirmed_by_its_fingerprint() -> None:
    """What the team's own domain publishes counts as registered if the registry knows the fingerprint."""
    result = search({ADVANCED: Page(TEAM.public())}, MAILBOX, TEAM.fingerprint)
    assert found(result) == [(TEAM.fingerprint, "wkd", "fingerprint")]
    assert result.keys[0].has_mailbox


def test_a_key_found_by_mailbox_alone_is_unconfirmed() -> None:
    """A key that no registry names may be anybody's, wherever it was found."""
    pages = {ADVANCED: NOTHING, BY_MAILBOX: Page(armoured(STRANGER.public(), PUBLIC_KEY).encode())}
    assert found(search(pages)) == [(STRANGER.fingerprint, "vks", None)]
    assert found(search(pages, MAILBOX, TEAM.fingerprint)) == [(STRANGER.fingerprint, "vks", None)]


def test_confirmed_keys_come_first() -> None:
    """The key that the registry knows stands before strangers, whoever answered first."""
    pages = {ADVANCED: Page(STRANGER.public()), BY_HKP: Page(armoured(TEAM.public(), PUBLIC_KEY).encode())}
    assert found(search(pages, MAILBOX, TEAM.fingerprint)) == [
        (TEAM.fingerprint, "hkp", "fingerprint"),
        (STRANGER.fingerprint, "wkd", None),
    ]


def test_the_eight_digits_of_a_key_cert_are_said_to_be_no_more() -> None:
    """A name of a key-cert confirms a key, and another key that ends alike: so it is told apart."""
    victim, thief = keys_with_one_id()
    name = f"PGPKEY-{victim.fingerprint[-8:]}"
    result = search({ADVANCED: Page(thief.public())}, MAILBOX, name)
    assert found(result) == [(thief.fingerprint, "wkd", "key-cert")]
    assert found(search({ADVANCED: Page(thief.public())}, MAILBOX, victim.fingerprint)) == [
        (thief.fingerprint, "wkd", None)
    ]


def test_another_key_than_was_asked_for_is_refused() -> None:
    """A server that answers a fingerprint with a different key is not believed."""
    result = search({BY_FINGERPRINT: Page(STRANGER.public())}, None, TEAM.fingerprint)
    assert result.keys == ()
    assert any("sent another key" in failure for failure in result.failures)


def test_the_domain_itself_is_asked_where_its_key_host_cannot_be_reached() -> None:
    """The direct URL counts only where the advanced one has no host; "no key" there is an answer."""
    assert found(search({DIRECT: Page(TEAM.public())})) == [(TEAM.fingerprint, "wkd", None)]
    assert found(search({ADVANCED: NOTHING, DIRECT: Page(TEAM.public())})) == []


@pytest.mark.parametrize(
    "page",
    [
        Page(b"<html>sign in</html>"),
        Page(b"\x99\x00"),
        Page(b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nAAAA\n-----END PGP PUBLIC KEY BLOCK-----\n"),
        Page(status=500),
        Page(status=429),
        Page(status=301, headers={"location": "https://elsewhere.example.org/"}),
    ],
)
def test_what_is_no_key_costs_only_itself(page: Page) -> None:
    """A bad server is told of, and the others are heard."""
    result = search({ADVANCED: page, BY_FINGERPRINT: Page(TEAM.public())}, MAILBOX, TEAM.fingerprint)
    assert found(result) == [(TEAM.fingerprint, "vks", "fingerprint")]
    assert any("openpgpkey.example.net" in failure for failure in result.failures)


def test_what_is_no_mailbox_is_refused() -> None:
    """Nothing is asked for what cannot be a mailbox."""
    with pytest.raises(QueryError):
        search({}, "no mailbox")

"""Fixtures about teams with keys that others can encrypt to, and about somebody who writes to them.

A plugin of the test modules that name it.
"""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from openpgp_teams import ADDRESSES, Home, irt, network

YEAR = 365 * 24 * 3600


def made_home() -> Iterator[Home]:
    path = Path(tempfile.mkdtemp(prefix="teams-"))
    try:
        yield Home(path)
    finally:
        subprocess.run(["gpgconf", "--homedir", str(path), "--kill", "all"], check=True, timeout=30)
        shutil.rmtree(path)


@pytest.fixture(scope="session")
def teams(require: Callable[[str], str]) -> Iterator[Home]:
    """The teams' keys: good ones of three kinds, one that cannot be encrypted to, and some that are over."""
    require("gpg")
    long_ago = str(int(time.time()) - YEAR)
    for home in made_home():
        home.make("team")
        home.make("rsa", kind="rsa2048", encrypts="rsa2048")
        home.make("nist", kind="nistp256", encrypts="nistp256")
        home.make("mute", encrypts="")
        home.make("over", made=long_ago, ends="seconds=86400")
        home.make("lapsed", made=long_ago, lapses="seconds=86400")
        home.make("gone")
        certificate = home.path / "openpgp-revocs.d" / f"{home.fingerprint('gone')}.rev"
        home.gpg("--import", data=certificate.read_text().replace(":-----BEGIN", "-----BEGIN").encode())
        yield home


@pytest.fixture(scope="session")
def writer(require: Callable[[str], str]) -> Iterator[Home]:
    """The keys of somebody who writes to teams: `me`, and `locked` with a passphrase. No team's key is among them."""
    require("gpg")
    for home in made_home():
        home.make("me")
        home.make("locked", passphrase="open sesame")
        yield home


@pytest.fixture
def as_writer(writer: Home, monkeypatch: pytest.MonkeyPatch) -> Home:
    """The writer's home as the user's own."""
    monkeypatch.setenv("GNUPGHOME", str(writer.path))
    return writer


@pytest.fixture(scope="session")
def dump(teams: Home) -> str:
    """A database with the teams' networks, irts and key-certs, and one team that has no key."""
    texts = [network("192.0.2.57", "IRT-KEYLESS"), irt("IRT-KEYLESS")]
    for name, address in ADDRESSES.items():
        cert = teams.key_cert(name)
        keys = {"encryption": cert.primary_key or "", "signature": cert.primary_key or ""}
        texts += [network(address, f"IRT-{name}"), irt(f"IRT-{name}", **keys), str(cert)]
    return "\n".join(texts)

"""`irtkit cache`: what is kept of registries' answers can be seen and removed."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from irtkit.cli import main
from irtkit.clients.answer_cache import AnswerCache
from irtkit.registries import REGISTRIES
from irtkit.resources import AddressRange


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "answers.sqlite"
    monkeypatch.setenv("IRTKIT_CACHE", str(path))
    return path


@pytest.fixture
def filled(path: Path) -> Path:
    cache = AnswerCache()
    for number, registry in enumerate(("ripe", "ripe", "apnic")):
        network = AddressRange.parse(f"192.31.{number}.0/24")
        cache.store(registry, network, b"secret mailbox", personal=registry == "apnic")
    cache.close()
    return path


def told(*words: str) -> str:
    return CliRunner().invoke(main, ["cache", *words], catch_exceptions=False).stdout


def test_what_is_kept_is_told(filled: Path) -> None:
    """How many answers, how many of them personal, and where."""
    assert told("info") == f"file: {filled}\nanswers: 3, 1 of them with personal data\nsize: 42 bytes\n"


def test_nothing_is_made_to_look_at_nothing(path: Path) -> None:
    """Neither showing nor clearing makes a cache where there is none."""
    assert told("info") == f"file: {path}\nIt does not exist: nothing is kept.\n"
    assert told("clear") == "0 answers removed\n"
    assert not path.exists()


def test_clearing_leaves_nothing_to_read(filled: Path) -> None:
    """After clearing, the text of no answer is left in any file."""
    assert b"secret mailbox" in b"".join(file.read_bytes() for file in filled.parent.iterdir())
    assert told("clear") == "3 answers removed\n"
    assert b"secret mailbox" not in b"".join(file.read_bytes() for file in filled.parent.iterdir())


def test_one_registry_can_be_cleared(filled: Path) -> None:
    """The answers of the others stay."""
    assert told("clear", "--registry", "APNIC") == "1 answer removed\n"
    assert told("info").startswith(f"file: {filled}\nanswers: 2, 0 ")


def test_a_registry_that_is_none_is_a_usage_error(filled: Path) -> None:
    """It names those that are; nothing is removed, and nothing is said to be."""
    result = CliRunner().invoke(main, ["cache", "clear", "--registry", "foo\x1b"])
    assert (result.exit_code, result.stdout) == (2, "")
    assert f'"foo\\x1b" is no registry. Registries: {", ".join(REGISTRIES)}.' in result.stderr
    assert told("info").startswith(f"file: {filled}\nanswers: 3, ")


@pytest.mark.parametrize("server", ["whois.example.net:43", "https://rdap.example.net/"])
def test_a_server_can_be_cleared(server: str, path: Path) -> None:
    """The answers of one that is no registry's are kept under its own name."""
    cache = AnswerCache()
    cache.store(server, AddressRange.parse("192.31.0.0/24"), b"answer", personal=False)
    cache.close()
    assert told("clear", "--registry", server) == "1 answer removed\n"
    assert told("info").startswith(f"file: {path}\nanswers: 0, ")


def test_a_damaged_cache_is_no_failure(path: Path) -> None:
    """It is said to be damaged, and clearing works."""
    path.write_bytes(b"no database" * 100)
    result = CliRunner().invoke(main, ["cache", "clear"])
    assert result.exit_code == 0
    assert "damaged" in result.stderr

"""Fixtures about people with keys: a plugin of the test modules that name it."""

from collections.abc import Callable, Iterator

import pytest
from openpgp_people import People, left_running

from irtkit.clients.gpg import temporary_home


@pytest.fixture(scope="session")
def people(require: Callable[[str], str]) -> Iterator[People]:
    """Made once; gpg's agent and the home are gone afterwards, or at the next run, should this one be killed."""
    require("gpg")
    with temporary_home() as home:
        yield People(home)
    assert not home.exists()
    assert left_running(str(home)) == []


@pytest.fixture
def as_user(people: People, monkeypatch: pytest.MonkeyPatch) -> People:
    """The people's home as the user's own."""
    monkeypatch.setenv("GNUPGHOME", str(people.home))
    return people

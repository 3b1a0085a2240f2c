"""Fixtures for tests that ask an IRRd on loopback; it is started once for all of them."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # the folder is no package

import irrd


@pytest.fixture(scope="session")
def irrd_server(lacking: Callable[[str], NoReturn]) -> Iterator[irrd.Irrd]:
    """A running IRRd with the objects of fixtures/rpsl/irrd; without its programs the test is skipped."""
    try:
        irrd.find_postgresql(), irrd.find_redis(), irrd.find_venv()
    except irrd.LackingError as error:
        lacking(str(error))
    with irrd.irrd() as server:
        yield server

"""What every test may rely on: its Hypothesis profile, the data it may find, and no network."""

import os
import shutil
import socket
from collections.abc import Callable, Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import HealthCheck, settings

PROJECT = Path(__file__).resolve().parents[1]

settings.register_profile("quick", max_examples=50, deadline=None)
settings.register_profile("ci", max_examples=100, deadline=None, derandomize=True, print_blob=True)
settings.register_profile("fuzz", max_examples=100_000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ci" if os.environ.get("CI") else "quick")


def lacking(reason: str) -> NoReturn:
    """Skip the test because something is not there; fail it where everything has to be."""
    if os.environ.get("IRTKIT_REQUIRE_ALL") == "1":
        pytest.fail(f"{reason}, and IRTKIT_REQUIRE_ALL=1", pytrace=False)
    pytest.skip(reason)


@pytest.fixture(name="lacking", scope="session")
def lacking_fixture() -> Callable[[str], NoReturn]:
    """Say what a test lacks: `lacking("no wheel is installed")` skips it or, in CI, fails it."""
    return lacking


@pytest.fixture(scope="session")
def require() -> Callable[[str], str]:
    """Find a program: `require("gpg")` returns its path, skips without it, and in CI fails."""

    def find(program: str) -> str:
        return shutil.which(program) or lacking(f"the program {program} is not installed")

    return find


@pytest.fixture(scope="session")
def project() -> Path:
    """The project's folder."""
    return PROJECT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of reference data beside the project; without it the test is skipped, in CI too."""
    folder = PROJECT.parent / "shared"
    if not folder.is_dir():
        pytest.skip(f"no folder {folder.name} beside the project")
    return folder


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Iterator[None]:
    """Refuse every connection that would leave this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: tuple[str, int]) -> None:
        if self.family in {socket.AF_INET, socket.AF_INET6} and not ip_address(address[0]).is_loopback:
            raise RuntimeError(f"a test asked the network for {address}")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        yield

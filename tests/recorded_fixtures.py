"""Both kinds of client, with an authority of the tests' own that they trust, for servers on loopback."""

from collections.abc import Iterator

import pytest

from both_clients import KINDS, LOOPBACK_RULES, Runner, make_client
from certificates import Authority


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(params=KINDS)
def runner(request: pytest.FixtureRequest, authority: Authority) -> Iterator[Runner]:
    with make_client(str(request.param), LOOPBACK_RULES, tls=authority.trusting()) as made:
        yield made

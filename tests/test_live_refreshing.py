"""IANA's bootstrap files: what is asked for again, and which replies take the place of what is known."""

import json
from collections.abc import Mapping

import pytest

from irtkit.errors import UnreachableError
from irtkit.live.places import Directory
from irtkit.live.refreshing import Copy, Refreshed, bootstrap_of, refresh
from irtkit.resources import AddressRange
from irtkit.wire.questions import Batch, HttpReply, HttpRequest
from irtkit.wire.rdap.bootstrap import BOOTSTRAP_KINDS, Bootstrap, BootstrapKind, built_in
from irtkit.wire.rdap.bootstrap_data import SERVICES

FOLDER = "https://iana.example/rdap/"
NOTHING = Bootstrap({})
URL = "https://rdap.example/"
KEYS: dict[BootstrapKind, str] = {
    "asn": "64496-64511",
    "dns": "example",
    "ipv4": "1.0.0.0/8",
    "ipv6": "2001:db8::/32",
    "object-tags": "EXAMPLE",
}


def file(kind: BootstrapKind, day: str = "2030-01-01", url: str = URL) -> bytes:
    service = [[KEYS[kind]], [url]]
    services = [[["info@example.net"], *service] if kind == "object-tags" else service]
    return json.dumps({"version": "1.0", "publication": f"{day}T12:00:00Z", "services": services}).encode()


FILES = {kind: file(kind) for kind in BOOTSTRAP_KINDS}


class Played:
    """A refresh, with the requests that it made."""

    def __init__(
        self,
        bodies: Mapping[BootstrapKind, bytes],
        known: Bootstrap = NOTHING,
        copies: Mapping[BootstrapKind, Copy] | None = None,
        status: int = 200,
        **headers: str,
    ) -> None:
        journey = refresh(known, copies, files=FOLDER)
        batch = next(journey)
        assert isinstance(batch, Batch)
        self.requests: dict[BootstrapKind, HttpRequest] = {}
        for kind, request in zip(BOOTSTRAP_KINDS, batch.questions, strict=True):
            assert isinstance(request, HttpRequest)
            assert request.url == f"{FOLDER}{kind}.json"
            self.requests[kind] = request
        replies = tuple(
            HttpReply(request, status, {name.replace("_", "-"): text for name, text in headers.items()}, bodies[kind])
            if kind in bodies
            else UnreachableError("nobody there", server="iana.example")
            for kind, request in self.requests.items()
        )
        with pytest.raises(StopIteration) as end:
            journey.send(replies)
        self.result: Refreshed = end.value.value


def test_all_files_are_taken_where_nothing_is_known() -> None:
    """Nothing is known of their versions, so that nothing is asked about them."""
    played = Played(FILES)
    assert (played.result.changed, played.result.failures) == (BOOTSTRAP_KINDS, {})
    assert {kind: copy.body for kind, copy in played.result.copies.items()} == FILES
    assert all(request.headers == {"accept": "application/json"} for request in played.requests.values())
    assert played.result.bootstrap.find("AS64500") == played.result.bootstrap.find("host.example") == (URL,)


def test_a_copy_is_asked_for_only_if_it_changed() -> None:
    """By the tag and the day that came with it; what has not changed stays as it was."""
    first = Played(FILES, etag='"1"', last_modified="Tue, 01 Jan 2030 12:00:00 GMT").result
    again = Played(dict.fromkeys(FILES, b""), copies=first.copies, status=304)
    for request in again.requests.values():
        assert request.headers["if-none-match"] == '"1"'
        assert request.headers["if-modified-since"] == "Tue, 01 Jan 2030 12:00:00 GMT"
    assert (again.result.changed, again.result.failures) == ((), {})
    assert again.result.copies == first.copies
    assert again.result.bootstrap == first.bootstrap


def test_a_version_that_cannot_be_sent_is_not_asked_about() -> None:
    """A header of a stranger is not sent back if it could be anything but a version."""
    assert Played(FILES, etag="a\r\nb: c", last_modified="x" * 999).result.copies["asn"] == Copy(FILES["asn"])


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "JSON"),
        (b"[" * 100_000, "nests deeper"),
        (b'{"services": 5, "publication": "2030-01-01"}', "no service"),
        (b'{"services": [[["example"], ["https://rdap.example/"]]]}', "when it was published"),
        (file("dns", "2029-12-31"), "newer"),
    ],
)
def test_a_file_that_is_not_fit_takes_nobodys_place(body: bytes, says: str) -> None:
    """What was known stays, and why is told; the other files are taken."""
    first = Played(FILES).result
    later = {kind: file(kind, "2031-01-01") for kind in BOOTSTRAP_KINDS} | {"dns": body}
    found = Played(later, copies=first.copies).result
    assert found.failures.keys() == {"dns"}
    assert says in found.failures["dns"]
    assert set(found.changed) == {*BOOTSTRAP_KINDS} - {"dns"}
    assert found.bootstrap.files["dns"] == first.bootstrap.files["dns"]
    assert found.copies["dns"] == first.copies["dns"]


@pytest.mark.parametrize(
    ("status", "headers", "says"),
    [
        (304, {}, "304"),
        (404, {}, "404"),
        (429, {}, "too often"),
        (400, {}, "does not understand"),
        (500, {}, "out of order"),
        (302, {"location": "https://other.example/"}, "redirects to https://other.example/"),
    ],
)
def test_a_reply_without_file_changes_nothing(status: int, headers: dict[str, str], says: str) -> None:
    """Whatever its status; a file of which there is no copy cannot be unchanged."""
    found = Played(FILES, built_in(), None, status, **headers).result
    assert (found.changed, found.copies, found.bootstrap) == ((), {}, built_in())
    assert found.failures.keys() == {*BOOTSTRAP_KINDS}
    assert all(says in failure for failure in found.failures.values())


def test_one_file_that_cannot_be_had_holds_up_no_other() -> None:
    found = Played({kind: body for kind, body in FILES.items() if kind != "ipv6"}).result
    assert found.failures == {"ipv6": "iana.example: nobody there"}
    assert set(found.changed) == {*BOOTSTRAP_KINDS} - {"ipv6"}


def test_a_damaged_copy_is_fetched_again() -> None:
    """As if there were none: its version is not asked about, and it is not kept."""
    damaged: dict[BootstrapKind, Copy] = {"ipv4": Copy(b"{", '"1"'), "asn": Copy(FILES["asn"], '"2"')}
    played = Played({}, built_in(), damaged)
    assert "if-none-match" not in played.requests["ipv4"].headers
    assert played.requests["asn"].headers["if-none-match"] == '"2"'
    assert played.result.copies == {"asn": damaged["asn"]}
    assert bootstrap_of(damaged, built_in()).files["ipv4"] is built_in().files["ipv4"]


def test_what_was_fetched_decides_who_is_asked() -> None:
    """A block that moved goes to its new registry; at a service that is nobody's, to the old one."""
    space = AddressRange.parse("1.1.1.1")
    moved = Played({"ipv4": file("ipv4", url=SERVICES["ripe"])}, built_in()).result.bootstrap
    unknown = Played({"ipv4": file("ipv4")}, built_in()).result.bootstrap
    found = [Directory(bootstrap=bootstrap).find(space) for bootstrap in (None, moved, unknown)]
    assert [place.registry if place else None for place in found] == ["apnic", "ripe", "apnic"]

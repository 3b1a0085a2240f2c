"""Which RDAP service answers: IANA's files, read leniently, and the dated copy that is built in."""

import json
import re
from datetime import date
from itertools import pairwise

import pytest

from irtkit.errors import AnswerError
from irtkit.resources import AddressRange
from irtkit.wire.rdap import bootstrap_data
from irtkit.wire.rdap.bootstrap import (
    BOOTSTRAP_KINDS,
    Bootstrap,
    BootstrapFile,
    BootstrapKind,
    bootstrap_requests,
    built_in,
    find_registry,
    find_service,
    parse_bootstrap,
)

SERVER = "iana.example"
ONE, TWO, THREE = ("https://one.example/",), ("https://two.example/",), ("https://three.example/",)


def file_of(kind: BootstrapKind, *services: object, **members: object) -> BootstrapFile:
    document = {"version": "1.0", "publication": "2025-01-02T03:04:05Z", "services": list(services), **members}
    return parse_bootstrap(json.dumps(document).encode(), SERVER, kind)


def bootstrap_of(*files: BootstrapFile) -> Bootstrap:
    return Bootstrap({}).updated(*files)


def test_the_smallest_range_around_a_query_counts() -> None:
    """As RFC 9224's longest match; a range that no single service holds has none."""
    found = bootstrap_of(
        file_of("ipv4", [["192.0.0.0/8"], ONE], [["192.0.2.0/24"], TWO]),
        file_of("ipv6", [["2001:db8::/32"], THREE]),
    )
    assert found.find("192.0.2.7") == TWO
    assert found.find("192.0.2.0/25") == TWO
    assert found.find("192.0.2.0 - 192.0.3.7") == ONE
    assert found.find(AddressRange.parse("2001:db8::/48")) == THREE
    assert found.find("192.0.0.0/7") == ()
    assert found.find("2001:db9::") == ()


def test_as_numbers_are_found_as_text_and_as_numbers() -> None:
    """Ranges, and numbers alone."""
    found = bootstrap_of(file_of("asn", [["64496-64511", "65551"], ONE]))
    queries = (64496, "AS64511", "as65551", 64512, "AS4294967296")
    assert [found.find(query) for query in queries] == [ONE, ONE, ONE, (), ()]


def test_handles_are_found_by_their_tag() -> None:
    """After the last hyphen, ignoring case; the holder's address in front of the tags does not matter (RFC 8521)."""
    found = bootstrap_of(file_of("object-tags", [["x@example.com"], ["TAG"], ONE], [["TAG2"], TWO]))
    assert found.find("ABUSE-1-tag") == ONE
    assert found.find("TAG") == ()
    assert found.find("X-TAG2") == ()
    assert found.files["object-tags"].warnings[0].path == "/services/1"


def test_domains_are_found_by_their_longest_suffix() -> None:
    """Whole labels; the empty one is the root's."""
    found = bootstrap_of(file_of("dns", [["com"], ONE], [["Sub.Example.com"], TWO]))
    assert found.find("www.sub.example.com.") == TWO
    assert found.find("notsub.example.com") == ONE
    assert found.find("example.net") == ()
    assert found.updated(file_of("dns", [[""], THREE])).find("example.net") == THREE


def test_urls_are_ordered_and_end_in_a_slash() -> None:
    """Https first; what is no URL is left out."""
    urls = ["http://one.example/rdap", "https://one.example/rdap", "http://example.org/%%", 7, "ftp://one.example/"]
    file = file_of("asn", [["1"], urls])
    assert file.ranges == ((1, 1, ("https://one.example/rdap/", "http://one.example/rdap/")),)
    assert [warning.path for warning in file.warnings] == ["/services/0/1/2", "/services/0/1/3", "/services/0/1/4"]


@pytest.mark.parametrize("service", [None, [], [[]], "x", {}, [["64496"], []], [["64496"], "https://x"], ["x", ONE]])
def test_a_bad_service_costs_no_other(service: object) -> None:
    """It is noted and left out."""
    file = file_of("asn", service, [["64496"], ONE])
    assert [row[:2] for row in file.ranges] == [(64496, 64496)]
    assert file.warnings


@pytest.mark.parametrize(
    ("kind", "key"),
    [
        ("asn", "64497-64496"),
        ("asn", "4294967296"),
        ("asn", "AS64496"),
        ("asn", 64496),
        ("ipv4", "2001:db8::/32"),
        ("ipv4", "192.0.2.0/33"),
        ("ipv6", "192.0.2.0/24"),
        ("ipv6", None),
    ],
)
def test_a_bad_key_costs_no_other(kind: BootstrapKind, key: object) -> None:
    """So is a range of the other family."""
    file = file_of(kind, [[key], ONE])
    assert file.ranges == ()
    assert file.warnings[0].path == "/services/0/0/0"


def test_a_file_without_services_says_so() -> None:
    """And one that is no JSON object is refused."""
    assert parse_bootstrap(b'{"services": {}}', SERVER, "asn").warnings[0].path == "/services"
    with pytest.raises(AnswerError, match=SERVER):
        parse_bootstrap(b"", SERVER, "asn")


@pytest.mark.parametrize(
    ("query", "registry"),
    [
        ("193.0.0.0/21", "ripe"),
        ("2a10::/29", "ripe"),
        ("1.1.1.1", "apnic"),
        ("2410::1", "apnic"),
        ("8.8.8.8", "arin"),
        ("2630::/32", "arin"),
        ("200.0.0.1", "lacnic"),
        ("196.0.0.1", "afrinic"),
        ("AS3333", "ripe"),
        ("AS4608", "apnic"),
        ("AS64512", None),
        ("127.0.0.1", None),
        ("3fff::", None),
        ("EXAMPLE-ARIN", "arin"),
        ("example.com", None),
    ],
)
def test_the_built_in_copy_knows_the_five_registries(query: str, registry: str | None) -> None:
    """Each with one service, by https; what IANA has given to nobody has none."""
    assert find_registry(query) == registry
    assert find_service(query) == (() if registry is None else (bootstrap_data.SERVICES[registry],))


def test_the_built_in_copy_is_dated_and_sorted() -> None:
    """Every part has the day of its file, and no two of its ranges overlap or adjoin with one service."""
    copy = built_in()
    assert {kind: file.publication for kind, file in copy.files.items()} == bootstrap_data.PUBLICATIONS
    assert all(date.fromisoformat(day) < date(2025, 1, 1) for day in bootstrap_data.PUBLICATIONS.values())
    assert re.search(r"\d{4}-\d\d-\d\d", bootstrap_data.CITATION)
    for kind in ("asn", "ipv4", "ipv6"):
        rows = copy.files[kind].ranges
        assert rows == tuple(sorted(rows))
        assert all(one[1] < other[0] for one, other in pairwise(rows))


def test_a_newer_file_takes_the_place_of_the_built_in_one() -> None:
    """Of its kind only."""
    newer = built_in().updated(file_of("ipv4", [["193.0.0.0/8"], ONE]))
    assert find_service("193.0.0.1", newer) == ONE
    assert find_service("1.1.1.1", newer) == ()
    assert find_service("AS3333", newer) == find_service("AS3333")


def test_the_files_can_be_asked_for() -> None:
    """One request a file, counted as IANA's."""
    requests = bootstrap_requests("https://iana.example/rdap/")
    assert tuple(requests) == BOOTSTRAP_KINDS
    assert requests["asn"].url == "https://iana.example/rdap/asn.json"
    assert {request.registry for request in requests.values()} == {"iana"}

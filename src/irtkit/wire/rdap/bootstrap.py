"""Which RDAP service answers for an address, an AS number, a handle or a domain (RFC 9224, RFC 8521).

A dated copy of IANA's files is built in (`irtkit.wire.rdap.bootstrap_data`); newer files are read leniently: a row
that is wrong is left out and noted. It fetches nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Final, Literal, TypeAlias

from irtkit.errors import RangeError
from irtkit.resources import AddressRange
from irtkit.wire.members import JsonValue, Members, Warnings, WireWarning, read_members
from irtkit.wire.questions import HttpRequest
from irtkit.wire.rdap import bootstrap_data
from irtkit.wire.targets import Url, read_url

__all__ = [
    "BOOTSTRAP_KINDS",
    "Bootstrap",
    "BootstrapFile",
    "BootstrapKind",
    "bootstrap_requests",
    "built_in",
    "find_registry",
    "find_service",
    "parse_bootstrap",
]

BootstrapKind: TypeAlias = Literal["asn", "dns", "ipv4", "ipv6", "object-tags"]
BOOTSTRAP_KINDS: Final[tuple[BootstrapKind, ...]] = ("asn", "dns", "ipv4", "ipv6", "object-tags")
"""The files, by the names that IANA gives them."""

_Urls: TypeAlias = tuple[str, ...]
_Row: TypeAlias = tuple[int, int, _Urls]
_FAMILIES: Final[dict[BootstrapKind, int]] = {"ipv4": 4, "ipv6": 6}
_AS_NUMBERS: Final = re.compile(r"\s*(\d{1,10})\s*(?:-\s*(\d{1,10})\s*)?", re.ASCII)
_AS_NUMBER: Final = re.compile(r"AS(\d{1,10})", re.ASCII | re.IGNORECASE)
_MOST_URLS: Final = 8


@dataclass(frozen=True, slots=True)
class BootstrapFile:
    """What one of IANA's files says. URLs end in a slash; those of one service, https first."""

    kind: BootstrapKind
    publication: str | None
    """When IANA published it, as written."""
    ranges: tuple[_Row, ...] = ()
    """First and last number, both included, of an address or AS number, and the URLs; sorted."""
    names: Mapping[str, _Urls] = field(default_factory=dict)
    """URLs by tag, in upper case, or by domain, in lower case; "" is the root."""
    warnings: tuple[WireWarning, ...] = ()


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """All files together, one of a kind at most."""

    files: Mapping[BootstrapKind, BootstrapFile]

    def updated(self, *files: BootstrapFile) -> Bootstrap:
        """Return a bootstrap in which *files* take the place of those of their kind."""
        return Bootstrap({**self.files, **{file.kind: file for file in files}})

    def find(self, query: AddressRange | int | str) -> _Urls:
        """Return the URLs of the service that answers for *query*, https first; none if there is no such service.

        *query* is a range, an AS number, or the text of an address, prefix, range, AS number (`AS64496`), handle
        with a tag (`EXAMPLE-ARIN`) or domain. The smallest range that holds all of a range counts, and of a domain
        the longest match.
        """
        if isinstance(query, int):
            return self._of_number("asn", query, query)
        if isinstance(query, AddressRange):
            return self._of_number("ipv4" if query.family == 4 else "ipv6", query.first, query.last)
        if found := _AS_NUMBER.fullmatch(query.strip()):
            return self.find(int(found[1]))
        try:
            return self.find(AddressRange.parse_lenient(query))
        except RangeError:
            return self._of_tag(query) or self._of_domain(query)

    def _of_number(self, kind: BootstrapKind, first: int, last: int) -> _Urls:
        file = self.files.get(kind)
        rows = [row for row in file.ranges if row[0] <= first and last <= row[1]] if file else []
        return min(rows, key=lambda row: row[1] - row[0])[2] if rows else ()

    def _of_tag(self, handle: str) -> _Urls:
        file = self.files.get("object-tags")
        tag = handle.strip().upper().rpartition("-")[2]
        return file.names.get(tag, ()) if file and "-" in handle else ()

    def _of_domain(self, name: str) -> _Urls:
        file = self.files.get("dns")
        labels = name.strip().lower().strip(".").split(".")[-127:]
        names = (".".join(labels[start:]) for start in range(len(labels) + 1))
        return next((file.names[name] for name in names if name in file.names), ()) if file else ()


def find_service(query: AddressRange | int | str, bootstrap: Bootstrap | None = None) -> tuple[str, ...]:
    """Return the RDAP base URLs for *query*, https first, by *bootstrap* or the built-in copy; see `Bootstrap.find`."""
    return (bootstrap or built_in()).find(query)


def find_registry(query: AddressRange | int | str, bootstrap: Bootstrap | None = None) -> str | None:
    """Return the registry that administers *query*: `ripe`, `apnic`, `arin`, `lacnic` or `afrinic`.

    By *bootstrap*, or the built-in copy. None, too, where a service is named that is none of these registries' here.

    Transfers between registries are not in IANA's files: the registry asked may send one to another.
    """
    urls = find_service(query, bootstrap)
    return next((name for name, url in bootstrap_data.SERVICES.items() if url in urls), None)


@cache
def built_in() -> Bootstrap:
    """Return the copy that irtkit carries; `bootstrap_data.PUBLICATIONS` says how old it is."""
    dates = bootstrap_data.PUBLICATIONS
    tables = {"asn": bootstrap_data.AS_NUMBERS, "ipv4": bootstrap_data.IPV4, "ipv6": bootstrap_data.IPV6}
    urls = {name: (url,) for name, url in bootstrap_data.SERVICES.items()}
    files: dict[BootstrapKind, BootstrapFile] = {
        kind: BootstrapFile(kind, dates[kind], tuple(_rows(tables[kind], read, urls)))
        for kind, read in _BUILT_IN.items()
    }
    tags = {tag: urls[name] for tag, name in bootstrap_data.OBJECT_TAGS.items()}
    files["object-tags"] = BootstrapFile("object-tags", dates["object-tags"], names=tags)
    return Bootstrap(files)


def _rows(table: Mapping[str, str], read: Callable[[str], tuple[int, int]], urls: Mapping[str, _Urls]) -> list[_Row]:
    return sorted((*read(each), urls[name]) for name, text in table.items() for each in text.split())


def _as_numbers(text: str) -> tuple[int, int]:
    first, _, last = text.partition("-")
    return int(first), int(last or first)


def _blocks_of_8(text: str) -> tuple[int, int]:
    first, last = _as_numbers(text)
    return first << 24, (last + 1 << 24) - 1


def _ipv6(text: str) -> tuple[int, int]:
    prefix = AddressRange.parse(text)
    return prefix.first, prefix.last


_BUILT_IN: Final[dict[BootstrapKind, Callable[[str], tuple[int, int]]]] = {
    "asn": _as_numbers,
    "ipv4": _blocks_of_8,
    "ipv6": _ipv6,
}


def bootstrap_requests(files: str = bootstrap_data.FILES) -> dict[BootstrapKind, HttpRequest]:
    """Return the requests for IANA's files, by kind."""
    headers = {"accept": "application/json"}
    return {kind: HttpRequest(f"{files}{kind}.json", headers=headers, registry="iana") for kind in BOOTSTRAP_KINDS}


def parse_bootstrap(body: bytes, server: str, kind: BootstrapKind) -> BootstrapFile:
    """Read one of IANA's files; *kind* says which.

    Raises: AnswerError for what is no JSON object or beyond a limit.
    """
    warnings = Warnings()
    top = read_members(body, server, warnings)
    ranges: list[_Row] = []
    names: dict[str, _Urls] = {}
    for keys, urls, path in _iter_services(top, kind):
        for position, key in enumerate(keys):
            where = f"{path}/{position}"
            if not isinstance(key, str):
                warnings.note(where, "expected a string")
            elif kind in {"dns", "object-tags"}:
                names[key.upper() if kind == "object-tags" else key.lower().strip(".")] = urls
            elif pair := _numbers(key, kind):
                ranges.append((*pair, urls))
            else:
                warnings.note(where, f"expected a range of {kind}")
    return BootstrapFile(kind, top.text("publication"), tuple(sorted(ranges)), names, tuple(warnings))


def _iter_services(top: Members, kind: BootstrapKind) -> Iterator[tuple[list[JsonValue], _Urls, str]]:
    """Yield keys, URLs and the JSON pointer of the keys; the file of tags has the holder's address in front."""
    services = top.raw("services")
    if not isinstance(services, list):
        top.warn("services", "expected an array of services")
        return
    at = 1 if kind == "object-tags" else 0
    for position, service in enumerate(services):
        path = f"/services/{position}"
        parts = service[at : at + 2] if isinstance(service, list) else []
        if len(parts) != 2:
            top.warnings.note(path, "expected a service: keys and URLs")
            continue
        keys, given = parts
        urls = _urls(given, f"{path}/{at + 1}", top.warnings)
        if isinstance(keys, list) and urls:
            yield keys, urls, f"{path}/{at}"
        else:
            top.warnings.note(path, "expected keys, and a URL at least")


def _urls(given: JsonValue, path: str, warnings: Warnings) -> _Urls:
    found: list[Url] = []
    for position, text in enumerate(given if isinstance(given, list) else []):
        url = read_url(text) if isinstance(text, str) else None
        if url is None or "?" in url.place:
            warnings.note(f"{path}/{position}", "expected an http or https URL")
        else:
            found.append(url)
    found.sort(key=lambda url: url.scheme != "https")
    return tuple(str(url).removesuffix("/") + "/" for url in found[:_MOST_URLS])


def _numbers(key: str, kind: BootstrapKind) -> tuple[int, int] | None:
    """Return first and last number of a key, or None if it is no range of that kind."""
    if kind == "asn":
        found = _AS_NUMBERS.fullmatch(key)
        pair = (int(found[1]), int(found[2] or found[1])) if found else (1, 0)
        return pair if pair[0] <= pair[1] < 1 << 32 else None
    try:
        space = AddressRange.parse_lenient(key)
    except RangeError:
        return None
    return (space.first, space.last) if space.family == _FAMILIES[kind] else None

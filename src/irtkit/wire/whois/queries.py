"""Questions to RIPE-style servers: every flag a typed option, checked before anything is sent.

A `RipeQuery` that exists is one that a server takes; `as_question` makes it the question that a client asks. A command
line in the way of RIPE's own whois client is read by `RipeQuery.parse`. It reads no answer and picks no server.

Related persons and roles are not asked for unless the caller says so: registries count personal data, and block who
takes too much of it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Self

from irtkit.errors import QueryError, RangeError
from irtkit.resources import AddressRange
from irtkit.rpsl.faults import shown
from irtkit.wire.questions import Server, WhoisQuestion
from irtkit.wire.whois.flags import FLAGS, IRRD_FLAGS, Flag, find_flag, refuse_clashes
from irtkit.wire.whois.lines import encoded_line, refuse_unprintable

__all__ = ["Hierarchy", "Information", "RipeQuery", "is_address", "is_as_number"]

_PERSONAL_CLASSES: Final = frozenset({"person", "role", "pn", "ro"})
_IMPERSONAL_KEY: Final = re.compile(r"(?:irt|org|pgpkey|x509)-\S*|\S*-mnt", re.IGNORECASE)
_AS_NUMBER: Final = re.compile(r"AS[0-9]{1,10}", re.IGNORECASE)
_WORD: Final = re.compile(r"[\w*:.@/-]+")
_SECRET: Final = re.compile(r"(?:SSO|MD5-PW|CRYPT-PW|BCRYPT-PW)\b", re.IGNORECASE)


class Hierarchy(StrEnum):
    """Which objects around an address are meant; without one: the exact match, else the next less specific object."""

    EXACT = "exact"
    ONE_LESS = "one-less"
    """The next less specific, without the exact match."""
    ALL_LESS = "all-less"
    """All less specific ones, with the exact match."""
    ONE_MORE = "one-more"
    """The next more specific ones, without the exact match."""
    ALL_MORE = "all-more"
    """All more specific ones, without the exact match."""


class Information(StrEnum):
    """What a server tells of itself."""

    SOURCES = "sources"
    VERSION = "version"
    TYPES = "types"


def is_address(key: str) -> bool:
    """Tell whether *key* is an address, a prefix or a range of addresses."""
    try:
        AddressRange.parse_lenient(key)
    except RangeError:
        return False
    return True


def is_as_number(key: str) -> bool:
    """Tell whether *key* is an AS number such as AS64496."""
    return _AS_NUMBER.fullmatch(key) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class RipeQuery:
    """A query to a server that runs RIPE's software or speaks like it. `str()` is its line.

    Raises: QueryError, saying what was expected, for what such a server refuses (RIPE whois 1.124, errors 104 to 118
    and 901), and for control characters.
    """

    key: str = ""
    """The search key: an address, a prefix, a range, an AS number, a handle, a name; `help` alone asks for help."""
    hierarchy: Hierarchy | None = None
    irt: bool = False
    """`-c`: the irts of an address, too."""
    no_irt: bool = False
    """`-C`: accepted, and without effect today."""
    abuse_contact: bool = False
    """`-b`: only keys and abuse mailboxes; for addresses and AS numbers."""
    reverse_domains: bool = False
    """`-d`: domain objects, too."""
    inverse: tuple[str, ...] = ()
    """`-i`: attributes in which *key* is to stand."""
    brief: bool = False
    """`-F`: short names of attributes."""
    keys_only: bool = False
    """`-K`."""
    persistent: bool = False
    """`-k`: the connection stays open; with nothing else the query that closes it."""
    grouped: bool = True
    """False is `-G`: objects first, related ones after all of them."""
    filtered: bool = True
    """False is `-B`: e-mail and notification attributes are shown."""
    referenced: bool = False
    """Related persons and roles, too, which count as personal data; False is `-r` where that says anything."""
    classes: tuple[str, ...] = ()
    """`-T`: only objects of these classes."""
    sources: tuple[str, ...] = ()
    """`-s`: in these databases, in this order."""
    all_sources: bool = False
    """`-a`."""
    resource: bool = False
    """`--resource`: whatever source is authoritative, without placeholders."""
    information: Information | None = None
    """`-q`."""
    template: str | None = None
    """`-t`: the template of this class."""
    verbose: str | None = None
    """`-v`: the template of this class, with explanations."""
    client: str | None = None
    """`-V`: who asks, and perhaps for which address: `tag` or `tag,address`."""
    charset: str | None = None
    """`-Z`: the charset of the answer; the server must be told of, too (`Server.charset`)."""
    valid_syntax: bool | None = None
    """`--valid-syntax`, `--no-valid-syntax`: only objects that do, or do not, pass the check."""
    personal: bool | None = None
    """`--show-personal`, `--no-personal`: persons and roles, or none."""
    list_versions: bool = False
    show_version: int | None = None
    diff_versions: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", " ".join(refuse_unprintable(self.key).split()))
        refuse_clashes([flag.long for flag, _ in self._iter_flags()])
        self._refuse_words()
        self._refuse_key()
        self._refuse_versions()

    @classmethod
    def parse(cls, arguments: str | Sequence[str], *, referenced: bool = False) -> Self:
        """Read a command line as RIPE's servers and client do: `-rB -T irt 192.0.2.1`, `--select-types=irt`.

        Flags may stand anywhere, letters together; what is left is the key. `--show-personal`, or *referenced*, asks
        for related persons and roles; else the query gets `-r` wherever that is allowed.

        Raises: QueryError for an unknown flag, a missing value, a flag given twice, flags that clash.
        """
        words = arguments.split() if isinstance(arguments, str) else [w for part in arguments for w in part.split()]
        given, key = _read_words(words)
        refuse_clashes(given)
        return cls(key=" ".join(key), **_fields(given, referenced=referenced))

    @property
    def is_help(self) -> bool:
        """Whether it asks for the server's help."""
        return self.key.lower() == "help"

    @property
    def is_about_server(self) -> bool:
        """Whether it asks for what is no registry object: help, templates, sources, or that the connection end."""
        return bool(self.is_help or self.information or self.template or self.verbose or not self.key)

    @property
    def is_personal(self) -> bool:
        """Whether the answer may hold persons and roles, which registries count."""
        if self.is_about_server or self.abuse_contact or self.keys_only or self.personal is False or self._asks_history:
            return False
        if self.referenced and not self.brief and not self.resource:
            return True
        if self.classes:
            return not _PERSONAL_CLASSES.isdisjoint(name.lower() for name in self.classes)
        if self.inverse:
            return True
        return not (is_address(self.key) or is_as_number(self.key) or _IMPERSONAL_KEY.fullmatch(self.key))

    def as_question(self, server: Server, *, personal: bool | None = None) -> WhoisQuestion:
        """Return the question for *server*, which speaks as RIPE's or IRRd's servers do.

        *personal* says that the answer does, or does not, hold personal data, where the caller knows better.

        Raises: QueryError for a server of another dialect, a flag that IRRd lacks, a key its charset lacks, or a line
        beyond its limits.
        """
        if server.dialect not in {"ripe", "irrd"}:
            raise QueryError(f"expected a server that takes RIPE's flags; {server} speaks {server.dialect}")
        if server.dialect == "irrd":
            for flag, _ in self._iter_flags():
                if flag.long not in IRRD_FLAGS:
                    raise QueryError(f"{server} runs IRRd, which has no flag {flag}")
        line = encoded_line(server, str(self))
        return WhoisQuestion(server, line, self.persistent, self.is_personal if personal is None else personal)

    def __str__(self) -> str:
        """Return the query line; flags that take the key as their argument come last, as IRRd wants it."""
        words = [word for flag, value in self._iter_flags() for word in (str(flag), *([value] if value else []))]
        return " ".join([*words, self.key] if self.key else words)

    @property
    def _asks_history(self) -> bool:
        return bool(self.list_versions or self.show_version is not None or self.diff_versions)

    @property
    def _leaves_out_references(self) -> bool:
        """Whether `-r` is said: not where it says nothing or is refused."""
        return not (
            self.referenced or self.is_about_server or self.abuse_contact or self.keys_only or self._asks_history
        )

    def _iter_flags(self) -> Iterator[tuple[Flag, str]]:
        """Yield each flag and its argument, those that the key must follow at the end."""
        switches = {
            "persistent-connection": self.persistent,
            "no-referenced": self._leaves_out_references,
            "irt": self.irt,
            "no-irt": self.no_irt,
            "abuse-contact": self.abuse_contact,
            "reverse-domain": self.reverse_domains,
            "brief": self.brief,
            "primary-keys": self.keys_only,
            "no-grouping": not self.grouped,
            "no-filtering": not self.filtered,
            "all-sources": self.all_sources,
            "resource": self.resource,
            "valid-syntax": self.valid_syntax is True,
            "no-valid-syntax": self.valid_syntax is False,
            "no-personal": self.personal is False,
            "show-personal": self.personal is True,
            "list-versions": self.list_versions,
        }
        values = {
            "client": self.client or "",
            "charset": self.charset or "",
            "sources": ",".join(self.sources),
            "select-types": ",".join(self.classes),
            "show-version": "" if self.show_version is None else str(self.show_version),
            "diff-versions": ":".join(map(str, self.diff_versions or ())),
            "query": self.information or "",
            "template": self.template or "",
            "verbose": self.verbose or "",
            "inverse": ",".join(self.inverse),
        }
        for name, is_set in switches.items():
            if is_set:
                yield _flag(name), ""
        for name, value in values.items():
            if value:
                yield _flag(name), value
        if self.hierarchy is not None:
            yield _flag(self.hierarchy), ""

    def _refuse_words(self) -> None:
        """Refuse what would not stay one word, or would be read as a flag."""
        named = {
            "a class": (*self.classes, self.template, self.verbose),
            "a source": self.sources,
            "an attribute": self.inverse,
            "a charset": (self.charset,),
        }
        for what, words in named.items():
            for word in words:
                if word is not None and (not _WORD.fullmatch(word) or word.startswith("-")):
                    raise QueryError(f"expected {what}, found {shown(word)}")
        if self.client is not None:
            tag, comma, address = self.client.partition(",")
            if not _WORD.fullmatch(tag) or tag.startswith("-") or (comma and not is_address(address)):
                raise QueryError(f"expected a client as tag or tag,address, found {shown(self.client)}")

    def _refuse_key(self) -> None:
        for word in self.key.split(" "):
            if len(word) > 1 and word.startswith("-"):
                raise QueryError(f"a search key has no word that begins with a hyphen, found {shown(word)}")
        if self.key == "-":
            raise QueryError("expected a search key, found a hyphen")
        if not self.key:
            only_closes = self.persistent and len(list(self._iter_flags())) == 1
            if not (only_closes or self.information or self.template or self.verbose):
                raise QueryError("expected a search key")
        if self.abuse_contact and not (is_address(self.key) or is_as_number(self.key)):
            raise QueryError(f"-b goes with an address or an AS number, found {shown(self.key)}")
        if "auth" in map(str.lower, self.inverse) and _SECRET.match(self.key):
            raise QueryError("by auth only objects with a key-cert can be found")
        if self.hierarchy in {Hierarchy.ONE_MORE, Hierarchy.ALL_MORE} and _is_all_addresses(self.key):
            raise QueryError(f"{self.hierarchy} is not allowed on all addresses")

    def _refuse_versions(self) -> None:
        versions = [] if self.show_version is None else [self.show_version]
        if any(version < 1 for version in (*versions, *(self.diff_versions or ()))):
            raise QueryError("expected a version from 1 on")
        if self.diff_versions is not None and self.diff_versions[0] == self.diff_versions[1]:
            raise QueryError(f"expected two different versions, found {self.diff_versions[0]} twice")
        if self._asks_history and not _PERSONAL_CLASSES.isdisjoint(name.lower() for name in self.classes):
            raise QueryError("persons and roles have no versions to ask for")


def _is_all_addresses(key: str) -> bool:
    return is_address(key) and AddressRange.parse_lenient(key).prefix_length == 0


def _flag(name: str) -> Flag:
    return _BY_LONG_NAME[name]


_BY_LONG_NAME: Final = {flag.long: flag for flag in FLAGS}


def _read_words(words: Sequence[str]) -> tuple[dict[str, list[str]], list[str]]:
    """Return the flags of a command line by long name, each with its values, and the words of the key."""
    given: dict[str, list[str]] = {}
    key: list[str] = []
    rest = list(reversed(words))
    while rest:
        word = rest.pop()
        if word == "--":
            key.extend(reversed(rest))
            break
        if word.startswith("--"):
            name, equals, value = word[2:].partition("=")
            flag = find_flag(name) if len(name) > 1 else None
            if flag is None or flag.long == "query":
                raise QueryError(f"unknown flag {shown('--' + name)}")
            if flag.argument == "none" and equals:
                raise QueryError(f"--{name} takes no value, found {shown(value)}")
            _note(given, flag, value if equals else None, rest)
        elif word.startswith("-") and len(word) > 1:
            _read_letters(given, word[1:], rest)
        else:
            key.append(word)
    return given, key


def _read_letters(given: dict[str, list[str]], letters: str, rest: list[str]) -> None:
    """Note the flags of a word such as `rB` or `Tirt`."""
    while letters:
        flag = find_flag(letters[0])
        if flag is None:
            raise QueryError(f"unknown flag {shown('-' + letters[0])}")
        letters = letters[1:]
        if flag.argument == "none":
            _note(given, flag, None, rest)
        else:
            _note(given, flag, letters or None, rest)
            return


def _note(given: dict[str, list[str]], flag: Flag, value: str | None, rest: list[str]) -> None:
    values = given.setdefault(flag.long, [])
    if flag.argument == "none":
        return
    if value is None:
        if not rest:
            raise QueryError(f"expected a value after {flag}")
        value = rest.pop()
    if values and flag.argument == "one":
        raise QueryError(f"{flag} cannot be used twice")
    values.extend(part for part in (value.split(",") if flag.argument == "list" else [value]) if part)
    if not values:
        raise QueryError(f"expected a value after {flag}")


def _fields(given: dict[str, list[str]], *, referenced: bool) -> dict[str, Any]:
    """Return the fields of a query that has the flags *given*."""

    def one(name: str) -> str | None:
        return given[name][0] if name in given else None

    def either(yes: str, no: str) -> bool | None:
        return True if yes in given else False if no in given else None

    version = one("show-version")
    return {
        "hierarchy": next((Hierarchy(name) for name in given if name in set(Hierarchy)), None),
        "irt": "irt" in given,
        "no_irt": "no-irt" in given,
        "abuse_contact": "abuse-contact" in given,
        "reverse_domains": "reverse-domain" in given,
        "inverse": tuple(given.get("inverse", ())),
        "brief": "brief" in given,
        "keys_only": "primary-keys" in given,
        "persistent": "persistent-connection" in given,
        "grouped": "no-grouping" not in given,
        "filtered": "no-filtering" not in given,
        "referenced": (referenced or "show-personal" in given) and "no-referenced" not in given,
        "classes": tuple(given.get("select-types", ())),
        "sources": tuple(given.get("sources", ())),
        "all_sources": "all-sources" in given,
        "resource": "resource" in given,
        "information": _information(given),
        "template": one("template"),
        "verbose": one("verbose"),
        "client": one("client"),
        "charset": one("charset"),
        "valid_syntax": either("valid-syntax", "no-valid-syntax"),
        "personal": either("show-personal", "no-personal"),
        "list_versions": "list-versions" in given,
        "show_version": None if version is None else _number(version),
        "diff_versions": _versions(one("diff-versions")),
    }


def _information(given: dict[str, list[str]]) -> Information | None:
    asked = [*given.get("query", ()), *(name.removeprefix("list-") for name in _LONG_INFORMATION if name in given)]
    if len(asked) > 1:
        raise QueryError("expected one of sources, version and types at a time")
    if asked and asked[0].lower() not in set(Information):
        raise QueryError(f"expected sources, version or types after -q, found {shown(asked[0])}")
    return Information(asked[0].lower()) if asked else None


_LONG_INFORMATION: Final = ("list-sources", "version", "types")


def _number(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise QueryError(f"expected the number of a version, found {shown(text)}")
    return int(text)


def _versions(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    first, _, second = text.partition(":")
    return _number(first), _number(second)

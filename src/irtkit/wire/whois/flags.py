"""The flags of a RIPE-style query as rows, and which of them a server takes together.

It builds no query: `irtkit.wire.whois.queries` does, and reads a command line with these rows.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from irtkit.errors import QueryError

__all__ = ["FLAGS", "IRRD_FLAGS", "Argument", "Flag", "find_flag", "refuse_clashes"]

Argument: TypeAlias = Literal["none", "list", "one"]
"""What follows a flag: nothing, a comma list that may come in several parts, or one value."""


@dataclass(frozen=True, slots=True)
class Flag:
    """One flag of a query."""

    long: str
    """The name after two hyphens; it is the flag's name in messages, too."""
    short: str = ""
    """The letter after one hyphen, if there is one."""
    argument: Argument = "none"

    def __str__(self) -> str:
        return f"-{self.short}" if self.short else f"--{self.long}"


FLAGS: Final[tuple[Flag, ...]] = (
    Flag("exact", "x"),
    Flag("one-less", "l"),
    Flag("all-less", "L"),
    Flag("one-more", "m"),
    Flag("all-more", "M"),
    Flag("irt", "c"),
    Flag("no-irt", "C"),
    Flag("abuse-contact", "b"),
    Flag("reverse-domain", "d"),
    Flag("inverse", "i", "list"),
    Flag("brief", "F"),
    Flag("primary-keys", "K"),
    Flag("persistent-connection", "k"),
    Flag("no-grouping", "G"),
    Flag("no-filtering", "B"),
    Flag("no-referenced", "r"),
    Flag("select-types", "T", "list"),
    Flag("sources", "s", "list"),
    Flag("all-sources", "a"),
    Flag("resource"),
    Flag("query", "q", "one"),
    Flag("list-sources"),
    Flag("version"),
    Flag("types"),
    Flag("template", "t", "one"),
    Flag("verbose", "v", "one"),
    Flag("client", "V", "one"),
    Flag("charset", "Z", "one"),
    Flag("valid-syntax"),
    Flag("no-valid-syntax"),
    Flag("no-personal"),
    Flag("show-personal"),
    Flag("list-versions"),
    Flag("show-version", argument="one"),
    Flag("diff-versions", argument="one"),
)
"""Every flag of RIPE whois 1.124; `--query` is our name of `-q`, which has no long one there."""

_BY_NAME: Final = {flag.long: flag for flag in FLAGS}
_BY_LETTER: Final = {flag.short: flag for flag in FLAGS if flag.short}

IRRD_FLAGS: Final = frozenset(
    {
        "exact",
        "one-less",
        "all-less",
        "all-more",
        "inverse",
        "brief",
        "primary-keys",
        "persistent-connection",
        "no-referenced",
        "select-types",
        "sources",
        "all-sources",
        "query",
        "template",
        "client",
    }
)
"""The flags that IRRd 4 knows; to any other it answers with an error."""

_HIERARCHY: Final = ("exact", "one-less", "all-less", "one-more", "all-more")
_VERSIONS: Final = ("list-versions", "show-version", "diff-versions")
_BESIDE_VERSIONS: Final = frozenset({"select-types", "persistent-connection", "client", "charset"})
_CLASHES: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("abuse-contact", ("brief", "no-filtering", "no-referenced", "primary-keys")),
    ("resource", ("sources", "all-sources", "inverse")),
    ("valid-syntax", ("no-valid-syntax",)),
    ("no-personal", ("show-personal",)),
)


def find_flag(name: str) -> Flag | None:
    """Return the flag of a letter or of a long name, without hyphens, or None."""
    return _BY_LETTER.get(name) if len(name) == 1 else _BY_NAME.get(name)


def refuse_clashes(names: Collection[str]) -> None:
    """Refuse flags, by their long names, that a server would not take together.

    Raises: QueryError that names two of them. Cites: RIPE whois 1.124, errors 109 and 901.
    """
    hierarchy = [name for name in _HIERARCHY if name in names]
    if len(hierarchy) > 1:
        raise _clash(hierarchy[0], hierarchy[1])
    for name, others in _CLASHES:
        for other in others:
            if name in names and other in names:
                raise _clash(name, other)
    for name in _VERSIONS:
        others = tuple(other for other in _BY_NAME if other in names and other not in {name, *_BESIDE_VERSIONS})
        if name in names and others:
            raise _clash(name, others[0])


def _clash(one: str, other: str) -> QueryError:
    return QueryError(f"{_BY_NAME[one]} and {_BY_NAME[other]} cannot be used together")

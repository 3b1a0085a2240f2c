"""The manual's page about problem codes, made from their rows."""

from collections.abc import Iterable

from irtkit.validation.codes.rows import Code, Group

__all__ = ["manual_page"]

_HEAD = """\
# Problem codes

Every problem that irtkit finds in an object, a message or a file has a code. Codes are stable: a code is not renamed,
and does not come to mean something else.

| severity | meaning |
|---|---|
| error | the registry refuses the object |
| warning | the registry takes the object, and says something about it |
| info | the registry changes something, and tells |

The examples show only the attributes that matter, so some of them lack attributes that an object needs. They are
read by RIPE's rules unless another registry is named, and as objects that are new.

This page is made from the tables that the program uses.
"""


def manual_page(groups: Iterable[Group]) -> str:
    """Return the page in Markdown: a table of all codes, then one entry for each, group by group."""
    groups = list(groups)
    return "\n".join([_HEAD, *_overview(groups), *(line for group in groups for line in _section(group))])


def _overview(groups: list[Group]) -> list[str]:
    rows = (f"| [{row.code}](#{row.code}) | {row.severity} | {row.title} |" for group in groups for row in group.rows)
    return ["| code | severity | what it says |", "|---|---|---|", *rows, ""]


def _section(group: Group) -> list[str]:
    entries = (line for row in group.rows for line in _entry(row))
    return [f"## {group.title}", "", group.introduction, "", *entries]


def _entry(row: Code) -> list[str]:
    registry = "" if row.registry == "ripe" else f" at {row.registry}"
    return [
        f"### {row.code}",
        "",
        f"{row.title[0].upper()}{row.title[1:]}: {row.severity}{registry}.",
        "",
        row.explanation,
        "",
        "Wrong:",
        "",
        *_fenced(row.wrong),
        "Right:",
        "",
        *_fenced(row.right),
        f"From: {row.citation}.",
        "",
    ]


def _fenced(text: str) -> list[str]:
    text = text.replace("\r", "\N{SYMBOL FOR CARRIAGE RETURN}")  # which nobody would see
    return ["```rpsl", *text.rstrip("\n").split("\n"), "```", ""]

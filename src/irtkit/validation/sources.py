"""Whether an object is for this registry's database at all: its `source`, and the traces of a filtered answer."""

from collections.abc import Iterator

from irtkit.rpsl.faults import shown
from irtkit.validation.codes import RIPE
from irtkit.validation.options import Options
from irtkit.validation.rules import Finding, Rule, Scope
from irtkit.validation.view import View

__all__ = ["RULES"]

_SOURCES = {"ripe": ("RIPE", "RIPE-NONAUTH"), "apnic": ("APNIC",), "afrinic": ("AFRINIC",)}
_NONAUTH = "-NONAUTH"
_NONAUTH_CLASSES = frozenset({"as-set", "aut-num", "route", "route6"})
_FILTERED = " # Filtered"


def _find_unknown_source(view: View, options: Options) -> Iterator[Finding]:
    accepted = options.sources or _SOURCES[view.schema.registry]
    for attribute in view.get("source")[:1]:
        if attribute.value and attribute.value.upper() not in accepted:
            message = f"{shown(attribute.value)} is not a source of this registry"
            yield Finding(attribute, message, f"expected {accepted[0]}", 0)


def _find_source_for_others(view: View, options: Options) -> Iterator[Finding]:
    accepted = options.sources or _SOURCES[view.schema.registry]
    source = view.value("source")
    if source.endswith(_NONAUTH) and source in accepted and view.class_name not in _NONAUTH_CLASSES:
        message = f"{source} holds no {view.class_name}"
        yield Finding(view.get("source")[0], message, f"expected {accepted[0]}", 0)


def _find_filtered(view: View, _: Options) -> Iterator[Finding]:
    source = view.get("source")[0]
    if _FILTERED in source.raw:
        message = "this is a filtered whois answer, and attributes are missing from it"
        yield Finding(source, message, "expected the whole object, as its maintainer gets it", 0)


def _find_comment(view: View, _: Options) -> Iterator[Finding]:
    source = view.get("source")[0]
    if "#" in source.raw and _FILTERED not in source.raw:
        yield Finding(source, "source has a comment", "expected the name of the database and nothing else", 0)


_SOURCE = frozenset({"source"})
_VALIDATOR = f"{RIPE}: SourceValidator"

RULES: tuple[Rule, ...] = (
    Rule("unknown-source", _find_unknown_source, _VALIDATOR, needs=_SOURCE, scope=Scope.LINE),
    Rule(
        "unknown-source",
        _find_unknown_source,
        "APNIC whois guide, attribute source",
        needs=_SOURCE,
        scope=Scope.LINE,
        registries=frozenset({"apnic"}),
    ),
    Rule(
        "unknown-source",
        _find_unknown_source,
        "AFRINIC, whois objects and attributes: source",
        needs=_SOURCE,
        scope=Scope.LINE,
        registries=frozenset({"afrinic"}),
    ),
    Rule("source-not-for-class", _find_source_for_others, _VALIDATOR, needs=_SOURCE, scope=Scope.LINE),
    Rule(
        "filtered-object",
        _find_filtered,
        f"{RIPE}: SingleUpdateHandler, RpslObjectFilter",
        needs=_SOURCE,
        scope=Scope.LINE,
    ),
    Rule("source-comment", _find_comment, f"{RIPE}: SourceCommentValidator", needs=_SOURCE, scope=Scope.LINE),
)
"""Rules about the database that an object is for."""

"""irtkit: who answers for this address, and is this object right?

The public names are loaded when they are first used, so that `import irtkit` costs next to nothing
and never imports numpy, pyarrow, httpx or click.
"""

from importlib import import_module

TYPE_CHECKING = False  # typing's constant without typing's import: type checkers know the name
if TYPE_CHECKING:
    from irtkit.clients.live import Reach, resolve_live, resolve_live_async
    from irtkit.errors import (
        BudgetError,
        DumpError,
        IndexFileError,
        IrtkitError,
        ParseError,
        QueryError,
        RangeError,
        ServerError,
    )
    from irtkit.index.lookup import Index, Resolution, open_index
    from irtkit.live.resolutions import LiveResolution
    from irtkit.problems import Problem, Severity, Span
    from irtkit.resources import AddressRange
    from irtkit.rpsl import Attribute, ObjectParser, RpslObject, iter_objects, parse_object, parse_objects
    from irtkit.submission import check
    from irtkit.trie import PrefixTrie

_HOME = {
    "AddressRange": "resources",
    "Attribute": "rpsl",
    "BudgetError": "errors",
    "DumpError": "errors",
    "Index": "index.lookup",
    "IndexFileError": "errors",
    "IrtkitError": "errors",
    "LiveResolution": "live.resolutions",
    "ObjectParser": "rpsl",
    "ParseError": "errors",
    "PrefixTrie": "trie",
    "Problem": "problems",
    "QueryError": "errors",
    "RangeError": "errors",
    "Reach": "clients.live",
    "Resolution": "index.lookup",
    "RpslObject": "rpsl",
    "ServerError": "errors",
    "Severity": "problems",
    "Span": "problems",
    "check": "submission",
    "iter_objects": "rpsl",
    "open_index": "index.lookup",
    "parse_object": "rpsl",
    "parse_objects": "rpsl",
    "resolve_live": "clients.live",
    "resolve_live_async": "clients.live",
}
"""Each public name and the module that defines it."""

__all__ = [
    "AddressRange",
    "Attribute",
    "BudgetError",
    "DumpError",
    "Index",
    "IndexFileError",
    "IrtkitError",
    "LiveResolution",
    "ObjectParser",
    "ParseError",
    "PrefixTrie",
    "Problem",
    "QueryError",
    "RangeError",
    "Reach",
    "Resolution",
    "RpslObject",
    "ServerError",
    "Severity",
    "Span",
    "check",
    "iter_objects",
    "open_index",
    "parse_object",
    "parse_objects",
    "resolve_live",
    "resolve_live_async",
]
__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME})

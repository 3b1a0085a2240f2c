"""The shape of the package, as data: who may import whom, where effects live, what a module must have."""

import ast
import re
import socket
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
PACKAGE = PROJECT / "src" / "irtkit"

LAYERS: dict[str, int] = {
    "cycles": 0,
    "errors": 0,
    "problems": 0,
    "addresses": 1,
    "resources": 1,
    "rpsl": 1,
    "special_purpose": 1,
    "trie": 1,
    "dump": 2,
    "schema": 2,
    "authorisation": 3,
    "index": 3,
    "openpgp": 3,
    "validation": 3,
    "contacts": 4,
    "submission": 4,
    "wire": 4,
    "live": 5,
    "registries": 5,
    "reports": 5,
    "clients": 6,
    "": 6,
    "cli": 7,
}
"""Each top-level module or package and its layer; "" is `irtkit` itself, which names what others define."""

WITHIN_LAYER: frozenset[tuple[str, str]] = frozenset(
    {
        ("", "clients"),
        ("authorisation", "validation"),
        ("live", "registries"),
        ("special_purpose", "resources"),
        ("trie", "resources"),
    }
)
"""Who imports whom inside one layer; the modules of one package may import each other."""

EFFECTS: dict[str, str] = {
    "files": "bz2 fcntl fileinput glob gzip isal lzma mmap os pathlib platformdirs shutil tarfile tempfile",
    "network": "asyncio http httpx requests select selectors smtplib socket socketserver ssl stamina urllib",
    "processes": "ctypes gnupg multiprocessing resource signal subprocess sys threading",
    "the user": "click getpass logging rich termios tty webbrowser",
}
"""Modules that touch the world, by what they touch."""
EFFECT_MODULES = frozenset(" ".join(EFFECTS.values()).split())

PURE: frozenset[tuple[str, str]] = frozenset(
    {
        ("os", "PathLike"),
        ("os", "fspath"),
        ("socket", "AF_INET"),
        ("socket", "AF_INET6"),
        ("socket", "inet_ntop"),
        ("socket", "inet_pton"),
        ("sys", "byteorder"),
        ("sys", "intern"),
        ("threading", "Event"),
        ("threading", "Lock"),
        ("urllib", "quote"),
    }
)
"""Names in those modules that only compute; every module may use them."""

EFFECTFUL: dict[str, frozenset[str]] = {
    "index.storage": frozenset({"mmap", "open"}),
}
"""Modules outside `clients` and `cli` that have an effect by name: `index.storage` maps the index file."""

ARRAYS: dict[str, frozenset[str]] = {
    "addresses": frozenset({"numpy"}),
    "dump": frozenset({"numpy"}),
    "index": frozenset({"numpy", "pyarrow"}),
    "clients": frozenset({"numpy", "pyarrow"}),
    "cli": frozenset({"numpy", "pyarrow"}),
}
"""Where arrays and tables are at home: the column path, and what reads and writes for it."""

CALLS = frozenset({"open", "print", "input", "breakpoint", "exec", "eval"})
"""Builtins that touch the world or hide what a module does."""

JUNK_DRAWERS = ("base", "common", "helper", "misc", "util")
LONGEST = 600


@dataclass(frozen=True)
class Module:
    """One source file: its name below `irtkit` (`index.storage`, `schema`, or "" for `irtkit`)."""

    name: str
    path: Path
    tree: ast.Module

    @property
    def is_package(self) -> bool:
        return self.path.stem == "__init__"

    @property
    def top(self) -> str:
        return self.name.partition(".")[0]

    def __str__(self) -> str:
        return self.name or "irtkit"


def modules() -> Iterator[Module]:
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        yield Module(name, path, ast.parse(path.read_text(encoding="utf-8"), str(path)))


MODULES = list(modules())
NAMES = {module.name for module in MODULES}
each_module = pytest.mark.parametrize("module", MODULES, ids=str)


def imported(module: Module) -> Iterator[tuple[str, str | None, int]]:
    """Yield (module, name, line) for every import, wherever in the file it stands.

    The name is None for `import module`, and "as x" for `import module as x`.
    """
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, alias.asname and f"as {alias.asname}", node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}:{node.lineno}: relative import"
            yield from ((node.module or "", alias.name, node.lineno) for alias in node.names)


def own_imports(module: Module) -> Iterator[tuple[str, int]]:
    """Yield (name below irtkit, line) for every import of one of our modules."""
    for source, name, line in imported(module):
        package, _, inner = source.partition(".")
        if package == "irtkit":
            deeper = f"{inner}.{name}".lstrip(".")
            yield (deeper if deeper in NAMES else inner), line


def attributes_used(module: Module, name: str) -> Iterator[tuple[str, int]]:
    """Yield (attribute, line) for every `name.attribute`, and ("", line) where *name* stands alone."""
    owned = set()
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == name:
            owned.add(node.value)
            yield node.attr, node.lineno
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Name) and node.id == name and node not in owned:
            yield "", node.lineno


def effects(module: Module) -> Iterator[tuple[str, int]]:
    """Yield (what, line) for every effect a module could have."""
    for source, name, line in imported(module):
        package = source.partition(".")[0]
        if package not in EFFECT_MODULES or (package, name) in PURE:
            continue
        if name is None and source == package:
            used = attributes_used(module, package)
            yield from ((package, at) for attribute, at in used if (package, attribute) not in PURE)
        else:
            yield package, line
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS:
            yield node.func.id, node.lineno


def top_level_names(module: Module) -> set[str]:
    """Names that a module defines, and those of ours that it imports."""
    found: set[str] = set()
    for node in module.tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign):
            found.update(target.id for target in node.targets if isinstance(target, ast.Name))
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            found.add(node.target.id)
    found.update(name for source, name, _ in imported(module) if name and source.startswith("irtkit."))
    return found


def declared(module: Module) -> list[str] | None:
    """The value of `__all__`, or None."""
    for node in module.tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            names = ast.literal_eval(node.value)
            assert isinstance(names, list)
            return names
    return None


@each_module
def test_every_module_has_a_layer(module: Module) -> None:
    """A new module says where it belongs before anything imports it."""
    assert module.top in LAYERS


@each_module
def test_imports_point_downward(module: Module) -> None:
    """A module imports only what lies below it, its own package, or what the table names."""
    upward = [
        f"{module.path.name}:{line} imports {target}"
        for target, line in own_imports(module)
        if (top := target.partition(".")[0]) != module.top
        and (module.top, top) not in WITHIN_LAYER
        and LAYERS[top] >= LAYERS[module.top]
    ]
    assert upward == []


def test_no_import_goes_in_a_circle() -> None:
    """The modules can be put in an order in which each comes after what it imports."""
    graph = {module.name: {name for name, _ in own_imports(module)} - {module.name} for module in MODULES}
    TopologicalSorter(graph).prepare()  # raises CycleError, which names the circle


@each_module
def test_effects_live_in_clients_and_cli(module: Module) -> None:
    """Whatever touches the world is in `clients` or `cli`, or an exception by name."""
    if module.top in {"clients", "cli"}:
        return
    allowed = EFFECTFUL.get(module.name, frozenset())
    assert [f"{module.path.name}:{line} {what}" for what, line in effects(module) if what not in allowed] == []


@each_module
def test_arrays_stay_on_the_column_path(module: Module) -> None:
    """Only the column path imports NumPy or Arrow: the object path stays light."""
    used = {source.partition(".")[0] for source, _, _ in imported(module)} & {"numpy", "pyarrow"}
    assert used <= ARRAYS.get(module.top, frozenset())


@each_module
def test_no_module_is_too_long_to_read(module: Module) -> None:
    """Six hundred lines are enough for one subject."""
    lines = len(module.path.read_text(encoding="utf-8").splitlines())
    assert lines <= LONGEST


@each_module
def test_no_module_is_a_junk_drawer(module: Module) -> None:
    """A module is named after what it knows."""
    assert not module.path.stem.strip("_").startswith(JUNK_DRAWERS)


@each_module
def test_a_module_says_what_it_is_and_what_is_public(module: Module) -> None:
    """It opens with a docstring, and its `__all__` names, once each, things that it holds."""
    assert ast.get_docstring(module.tree), "no docstring"
    names = declared(module)
    if names is None:
        assert module.is_package, "no __all__"
        return
    assert len(names) == len(set(names))
    assert set(names) <= top_level_names(module)


def test_the_exceptions_are_needed() -> None:
    """No table here names a module that is gone or an exception that nothing uses."""
    edges = {(module.top, target.partition(".")[0]) for module in MODULES for target, _ in own_imports(module)}
    assert edges >= WITHIN_LAYER
    assert set(EFFECTFUL) <= NAMES
    for module in MODULES:
        used = {what for what, _ in effects(module)}
        assert EFFECTFUL.get(module.name, frozenset()) <= used


def above(module: Module) -> set[str]:
    """The name of a module and those of the packages it is in."""
    parts = module.name.split(".")
    return {".".join(parts[:length]) for length in range(1, len(parts) + 1)}


def test_the_architecture_page_is_complete() -> None:
    """The tree in docs/architecture.md names every module or its package, and a table each dependency."""
    page = (PROJECT / "docs" / "architecture.md").read_text(encoding="utf-8")
    tree = page.partition("## The tree")[2].partition("\n## ")[0]
    named = set(re.findall(r"`([\w.]+)`", tree))
    assert [module.name for module in MODULES if not module.is_package and not above(module) & named] == []
    with (PROJECT / "pyproject.toml").open("rb") as settings:
        wanted = tomllib.load(settings)["project"]["dependencies"]
    packages = {re.split(r"[^\w-]", requirement)[0] for requirement in wanted}
    assert packages == set(re.findall(r"^\| ([\w-]+) \|", page.partition("## Dependencies")[2], re.MULTILINE)) - {
        "package"
    }


def test_tests_cannot_reach_the_network() -> None:
    """A test that asks another machine fails instead of waiting."""
    with socket.socket() as outside, pytest.raises(RuntimeError, match="asked the network"):
        outside.connect(("192.0.2.1", 43))

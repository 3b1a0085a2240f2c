"""The public names: one table, lazily loaded, light, and typed for whoever installs the wheel."""

import difflib
import json
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module, metadata
from pathlib import Path
from typing import NoReturn

import pytest
from click.testing import CliRunner

import irtkit
from irtkit.cli import main

HEAVY = {"click", "httpx", "numpy", "pyarrow", "rich"}


def modules_after(code: str) -> set[str]:
    """Top-level names of the modules that a fresh interpreter has loaded after *code*."""
    program = f"{code}\nimport json, sys\nprint(json.dumps(sorted(sys.modules)))"
    answer = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    return {name.partition(".")[0] for name in json.loads(answer.stdout)}


def test_the_table_of_homes_is_the_list_of_names() -> None:
    """`__all__` and the table that loads them name the same things, in order."""
    assert list(irtkit._HOME) == irtkit.__all__
    assert sorted(irtkit.__all__) == irtkit.__all__


@pytest.mark.parametrize("name", irtkit.__all__)
def test_a_public_name_is_public_in_its_home(name: str) -> None:
    """What `irtkit` offers, its home module offers under the same name, and it is the same thing."""
    home = import_module(f"irtkit.{irtkit._HOME[name]}")
    assert name in home.__all__
    assert getattr(irtkit, name) is getattr(home, name)
    assert name in dir(irtkit)


def test_an_unknown_name_is_an_attribute_error() -> None:
    """Asking for a name that is not there says which."""
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = irtkit.no_such_name


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ("resovle", "No such command 'resovle'. Did you mean 'resolve'?"),
        ("CHECK", "No such command 'CHECK'. Did you mean 'check'?"),
        ("index biuld", "No such command 'biuld'. Did you mean 'build'?"),
        ("xxx", "No such command 'xxx'."),
        ("--vresion", "No such option '--vresion'. Did you mean '--version'?"),
        ("/resolve", "No such command '/resolve'."),
    ],
)
def test_a_verb_that_is_misspelled_is_guessed(words: str, fault: str) -> None:
    """As options are; one that resembles none is only refused."""
    result = CliRunner().invoke(main, words.split())
    assert result.exit_code == 2
    assert result.stderr.endswith(f"Error: {fault}\n")


def test_a_guess_costs_no_more_for_a_long_word(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only its beginning is compared."""
    compared: list[str] = []

    def compare(word: str, *_: object, **__: object) -> list[str]:
        compared.append(word)
        return []

    monkeypatch.setattr(difflib, "get_close_matches", compare)
    result = CliRunner().invoke(main, ["resolve" * 100_000])
    assert result.exit_code == 2
    assert [len(word) for word in compared] == [80]


def test_import_irtkit_is_light() -> None:
    """`import irtkit` loads none of the packages that only some of its work needs."""
    assert modules_after("import irtkit") & HEAVY == set()


def test_single_answers_need_only_the_standard_library() -> None:
    """Every public name loads, and with it the single look-up, without arrays, tables or a terminal."""
    assert modules_after("import irtkit\nfor name in irtkit.__all__: getattr(irtkit, name)") & HEAVY == set()


def test_the_version_is_the_distribution_s() -> None:
    """`irtkit.__version__` is the version that was installed."""
    assert irtkit.__version__ == metadata.version("irtkit")


def test_the_wheel_is_typed_and_whole(project: Path, lacking: Callable[[str], NoReturn]) -> None:
    """The installed wheel holds py.typed and every module of the package."""
    files = {str(file) for file in metadata.files("irtkit") or ()}
    if "irtkit/__init__.py" not in files:
        lacking("irtkit is not installed from a wheel")
    source = project / "src"
    assert {"irtkit/py.typed", *(str(path.relative_to(source)) for path in source.rglob("*.py"))} <= files

"""The manual is true: its examples run and print what it shows, and its links lead somewhere.

In README.md and docs/, a fenced block marked

* `console` holds commands after `$ ` (going on after `> `), each followed by what it prints, both
  streams together; a line `...` stands for any lines, `…` at the end of a line for any rest of it. Every
  command ends with status 0: an example of a failure says so (`|| echo "exit status $?"`). Commands of one page
  run in order in one folder that holds links to everything in the project's, with a home of its own and the
  installed irtkit first on PATH.
* `python` is a doctest when it has prompts, and else a program that has to run; one page is one session.
* anything else is only read.
"""

import doctest
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import click
import pytest

PROJECT = Path(__file__).resolve().parents[1]
PAGES = [PROJECT / "README.md", *sorted((PROJECT / "docs").rglob("*.md"))]
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(PROJECT).as_posix())

_FENCE = re.compile(r"^(?P<fence>```+)(?P<language>\w*)[^\n]*\n(?P<text>.*?)^(?P=fence)$", re.MULTILINE | re.DOTALL)
_GPG = re.compile(r"^\$ gpg |clients\.gpg", re.MULTILINE)
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\((?P<target>[^)\s]+)\)")


@dataclass(frozen=True)
class Block:
    """A fenced block of a page; *line* (from 1) is its first line of text."""

    page: Path
    language: str
    line: int
    text: str

    def at(self, offset: int) -> str:
        return f"{self.page.relative_to(PROJECT)}:{self.line + offset}"


@dataclass(frozen=True)
class Command:
    """A command of a console block and the lines it should print."""

    place: str
    command: str
    expected: list[str]


def blocks(page: Path, *languages: str) -> Iterator[Block]:
    text = page.read_text(encoding="utf-8")
    for match in _FENCE.finditer(text):
        if match["language"] in languages:
            yield Block(page, match["language"], text.count("\n", 0, match.start("text")) + 1, match["text"])


def commands(block: Block) -> Iterator[Command]:
    command: Command | None = None
    for offset, line in enumerate(block.text.splitlines()):
        if line.startswith("$ "):
            if command:
                yield command
            command = Command(block.at(offset), line[2:], [])
        elif command is None:
            pytest.fail(f"{block.at(offset)}: a console block begins with a command")
        elif line.startswith("> ") and not command.expected:
            command = Command(command.place, f"{command.command}\n{line[2:]}", [])
        else:
            command.expected.append(line)
    if command:
        yield command


def matches(expected: list[str], printed: list[str]) -> bool:
    """Whether the lines agree, a line `...` standing for any number of lines, `…` for the rest of one."""
    if "..." not in expected:
        return len(expected) == len(printed) and all(map(is_line, expected, printed))
    before = expected.index("...")
    if len(printed) < before or not all(map(is_line, expected[:before], printed)):
        return False
    rest = expected[before + 1 :]
    return any(matches(rest, printed[start:]) for start in range(before, len(printed) + 1))


def is_line(expected: str, printed: str) -> bool:
    return printed.startswith(expected[:-1]) if expected.endswith("…") else expected == printed


def anchors(page: Path) -> set[str]:
    """The names under which a page's headings are found (as GitHub makes them)."""
    text = _FENCE.sub("", page.read_text(encoding="utf-8"))
    headings = re.findall(r"^#+ +(.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder in which everything of the project can be read and new files may be written."""
    work = tmp_path / "work"
    work.mkdir()
    for entry in PROJECT.iterdir():
        if not entry.name.startswith("."):
            (work / entry.name).symlink_to(entry)
    return work


@pytest.fixture
def environment(page: Path, tmp_path: Path, require: Callable[[str], str]) -> Iterator[dict[str, str]]:
    """What an example may know of its surroundings: nothing of the person who runs the tests.

    A gpg-agent that it starts ends with it.
    """
    if any(_GPG.search(block.text) for block in blocks(page, "console", "python")):
        require("gpg")
    yield {
        "COLUMNS": "100",
        "HOME": str(tmp_path),
        "LC_ALL": "C.UTF-8",
        "NO_COLOR": "1",
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "TZ": "UTC",
        "XDG_DATA_HOME": str(tmp_path / "data"),
    }
    home = tmp_path / ".gnupg"
    if home.is_dir():
        subprocess.run(["gpgconf", "--homedir", str(home), "--kill", "all"], check=True, timeout=30)


@each_page
def test_console_examples_print_what_the_page_shows(page: Path, folder: Path, environment: dict[str, str]) -> None:
    """Every command of the page succeeds and its output is the page's."""
    for block in blocks(page, "console"):
        for command in commands(block):
            answer = subprocess.run(
                ["bash", "-c", command.command],
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=120,
                check=False,
            )
            printed = [line.rstrip() for line in answer.stdout.splitlines()]
            if answer.returncode or not matches(command.expected, printed):
                pytest.fail(
                    f"{command.place}: $ {command.command}\nexit status {answer.returncode}, printed:\n"
                    + "\n".join(printed),
                    pytrace=False,
                )


@each_page
def test_python_examples_run(
    page: Path, folder: Path, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every program of the page runs, and where it shows prompts it prints what the page shows."""
    monkeypatch.chdir(folder)
    monkeypatch.delenv("IRTKIT_INDEX", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    names: dict[str, Any] = {"__name__": "__main__"}
    for block in blocks(page, "python"):
        if ">>>" not in block.text:
            exec(compile("\n" * (block.line - 1) + block.text, str(page), "exec"), names)
            continue
        test = doctest.DocTestParser().get_doctest(block.text, names, page.name, str(page), block.line - 1)
        report: list[str] = []
        runner = doctest.DocTestRunner(verbose=False, optionflags=doctest.ELLIPSIS)
        failed, _ = runner.run(test, out=report.append, clear_globs=False)
        names = test.globs
        assert not failed, "".join(report)


@each_page
def test_links_lead_somewhere(page: Path) -> None:
    """A link to a file of the project names one that exists, and a heading that it has."""
    text = _FENCE.sub("", page.read_text(encoding="utf-8"))
    for target in (match["target"] for match in _LINK.finditer(text)):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, heading = target.partition("#")
        linked = (page.parent / file) if file else page
        assert linked.exists(), f"{page.name}: {target}"
        assert not heading or heading in anchors(linked), f"{page.name}: {target}"


def command_lines(words: str, command: click.Command) -> Iterator[str]:
    """Yield the words that call *command* and each command below it."""
    yield words
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from command_lines(f"{words} {name}", below)


def test_every_command_s_help_is_in_the_reference() -> None:
    """docs/reference/cli.md shows the help of each command; the console test holds that it is still so."""
    program = getattr(import_module("irtkit.cli"), "main", None)
    if program is None:
        pytest.skip("irtkit.cli has no commands")
    reference = PROJECT / "docs" / "reference" / "cli.md"
    shown = {command.command for block in blocks(reference, "console") for command in commands(block)}
    assert [words for words in command_lines("irtkit", program) if f"{words} --help" not in shown] == []


@pytest.mark.parametrize(
    ("expected", "printed", "same"),
    [
        (["a", "b"], ["a", "b"], True),
        (["a"], ["a", "b"], False),
        (["a …"], ["a b"], True),
        (["a …"], ["b"], False),
        (["a …"], ["a b", "c"], False),
        (["a …", "..."], [], False),
        (["a", "..."], ["a", "b", "c"], True),
        (["...", "c"], ["a", "b", "c"], True),
        (["a", "...", "c", "..."], ["a", "c"], True),
        (["a", "...", "d"], ["a", "b", "c"], False),
    ],
)
def test_dots_stand_for_any_lines_or_for_the_rest_of_one(expected: list[str], printed: list[str], same: bool) -> None:
    """The comparison of console examples lets nothing else pass."""
    assert matches(expected, printed) is same

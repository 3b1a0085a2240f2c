"""`irtkit resolve`: records in every format, from arguments and lists, for people and for pipes."""

import csv
import io
import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from pyarrow import parquet

import irtkit
from irtkit.cli import main
from irtkit.cli.dumps import with_dumps_repeated
from irtkit.clients.dumps import build_index
from irtkit.index import layout
from irtkit.index.layout import printable

PROJECT = Path(__file__).resolve().parents[1]
DUMPS = PROJECT / "fixtures" / "rpsl" / "dumps"
IRTKIT = str(Path(sys.executable).with_name("irtkit"))
FIELDS = [
    "input",
    "address",
    "network",
    "source",
    "netname",
    "country",
    "org",
    "irt_network",
    "irts",
    "contacts",
    "email",
    "reason",
]
QUERIES = [
    "192.0.2.7",
    "192.0.2.200",
    "198.51.100.9",
    "203.0.113.5",
    "203.0.113.200",
    "10.0.0.1",
    "8.8.8.8",
    "2001:db8::1",
    "2001:DB8:8000::1",
    "::ffff:192.0.2.7",
    "192.0.2.0/25",
    "192.0.2.0 - 192.0.2.63",
    "[2001:db8::]/48",
    "",
    "no address",
    "192.0.2.300",
    '=cmd|"calc",!A1',
    "@SUM(1)",
    "\x1b]0;owned\x07\x9b31m\u202e",
    "x" * 2000,
]
HOSTILE = """\
inetnum:        192.0.2.0 - 192.0.2.255
netname:        =HYPERLINK("http://192.0.2.1","x") \x1b[31m\x9b31m\u202e
country:        -1
org:            @ORG,1
mnt-irt:        +IRT-EXAMPLE
mnt-irt:        "IRT"
source:         RIPE

irt:            +IRT-EXAMPLE
e-mail:         =1+1@irt.example
source:         RIPE
"""


def irtkit_command(*args: str | Path, check: bool = True, **options: Any) -> subprocess.CompletedProcess[str]:
    answer = subprocess.run([IRTKIT, *map(str, args)], capture_output=True, text=True, check=False, **options)
    assert not check or (answer.returncode, answer.stderr) == (0, ""), answer.stderr
    return answer


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("index") / "fixtures.irt"
    build_index([str(DUMPS)], str(path))
    return path


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """An index of registry text that wants to be run, or to steer a terminal."""
    dump = tmp_path / "hostile.db"
    dump.write_text(HOSTILE, encoding="utf-8")
    build_index([str(dump)], str(tmp_path / "hostile.irt"))
    return tmp_path / "hostile.irt"


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """A list that takes a while."""
    path = tmp_path / "many.txt"
    path.write_text("".join(f"192.0.{n >> 8 & 255}.{n & 255}\n" for n in range(1 << 16)) * 40)
    return path


def test_the_fields_have_one_order() -> None:
    """The light and the heavy path name the same fields, and the record of a resolution has them all."""
    assert list(layout.FIELDS) == FIELDS


def test_a_record_has_every_field_and_says_what_the_library_says(index: Path) -> None:
    """JSON Lines, one query in any notation a line."""
    opened = irtkit.open_index(index)
    queries = QUERIES[:13]
    printed = irtkit_command("resolve", *queries, "--index", index, "--format", "jsonl").stdout.splitlines()
    for query, line in zip(queries, printed, strict=True):
        record = json.loads(line)
        assert list(record) == FIELDS
        assert record == {"input": query, **opened.resolve(query).to_dict()}


def test_a_text_that_is_no_address_is_a_record_with_that_reason(index: Path) -> None:
    """Whatever it holds; what could steer a terminal is replaced, and of a long text the beginning is kept."""
    for query in QUERIES[13:]:
        printed = irtkit_command("resolve", "--index", index, "--format", "jsonl", "--", query).stdout
        record = json.loads(printed)
        assert record.pop("input") == printable(query if len(query) <= 1000 else f"{query[:1000]}…")
        assert record.pop("reason") == "not-an-address"
        assert record.pop("irts") == record.pop("contacts") == []
        assert set(record.values()) == {None}


@pytest.mark.parametrize("policy", ["csirt", "abuse", "all"])
@pytest.mark.parametrize("form", ["table", "csv", "jsonl"])
def test_a_list_gives_what_its_lines_give_as_arguments(form: str, policy: str, index: Path, tmp_path: Path) -> None:
    """In the same order and the same words, although arrays make the one and not the other."""
    path = tmp_path / "list.txt"
    path.write_text("".join(f"{query}\n" for query in QUERIES), encoding="utf-8")
    common = ["--index", str(index), "--policy", policy, "--format", form]
    one_by_one = irtkit_command("resolve", *common, "--", *QUERIES).stdout
    assert irtkit_command("resolve", *common, "--input", path).stdout == one_by_one
    with path.open() as piped:
        assert irtkit_command("resolve", *common, "--input", "-", stdin=piped).stdout == one_by_one
    irtkit_command("resolve", *common, "--input", path, "--output", tmp_path / "answers")
    assert (tmp_path / "answers").read_text() == one_by_one
    irtkit_command("resolve", *common, "--output", tmp_path / "answers", "--", *QUERIES)
    assert (tmp_path / "answers").read_text() == one_by_one


def test_parquet_holds_the_same_records(index: Path, tmp_path: Path) -> None:
    """From a list and from arguments, with all fields or some."""
    path = tmp_path / "list.txt"
    path.write_text("".join(f"{query}\n" for query in QUERIES), encoding="utf-8")
    expected = irtkit_command("resolve", "--input", path, "--index", index, "--format", "jsonl").stdout.splitlines()
    target = tmp_path / "answers.parquet"
    for queries in (["--input", str(path)], ["--", *QUERIES]):
        irtkit_command("resolve", "--index", index, "--output", target, *queries)
        assert parquet.read_table(target).to_pylist() == [json.loads(line) for line in expected]
    irtkit_command("resolve", "192.0.2.7", "--index", index, "--output", target, "--fields", "reason,irts,input")
    assert parquet.read_table(target).column_names == ["reason", "irts", "input"]


def test_records_can_be_resolved_again(index: Path, tmp_path: Path) -> None:
    """What one call writes, in whatever format, the next one reads as a list."""
    addresses = QUERIES[:9]
    (tmp_path / "list").write_text("\n".join(addresses))
    again = []
    for name in ("a.csv", "a.jsonl", "a.parquet", "a.csv"):
        irtkit_command("resolve", "--input", tmp_path / "list", "--index", index, "--output", tmp_path / name)
        again.append(irtkit_command("resolve", "--input", tmp_path / name, "--index", index, "--format", "csv").stdout)
    assert len(set(again)) == 1
    assert len(again[0].splitlines()) == len(addresses) + 1


def test_the_csv_cell_of_a_contact_tells_all_of_it(index: Path) -> None:
    """Kind, handle, e-mail or a dash, levels, suspicion, path; contacts joined by semicolons."""
    printed = irtkit_command("resolve", "192.0.2.7", "--index", index, "--format", "csv").stdout
    head, row = csv.reader(io.StringIO(printed))
    holder, role = "inetnum 192.0.2.0 - 192.0.2.191", "org -> ORG-EX1-EXAMPLE -> abuse-c -> AR1-EXAMPLE"
    assert head == FIELDS
    assert row[head.index("contacts")].split(";") == [
        f"irt IRT-EXAMPLE-CSIRT - inherited=1 suspect=no via={holder} -> mnt-irt -> IRT-EXAMPLE-CSIRT -> e-mail",
        f"abuse-c AR1-EXAMPLE abuse@example.net inherited=1 suspect=no via={holder} -> {role} -> abuse-mailbox",
    ]


def test_a_table_is_for_people(index: Path) -> None:
    """Address, network, irts, and the e-mail or why there is none; a dash where there is nothing."""
    lines = irtkit_command("resolve", "192.0.2.7", "10.0.0.1", "nonsense", "--index", index).stdout.splitlines()
    assert [re.split(r"  +", line) for line in lines] == [
        ["address", "network", "irts", "email"],
        ["192.0.2.7", "192.0.2.0 - 192.0.2.63", "IRT-EXAMPLE-CSIRT", "abuse@example.net"],
        ["10.0.0.1", "0.0.0.0 - 255.255.255.255", "-", "special-purpose"],
        ["nonsense", "-", "-", "not-an-address"],
    ]
    named = irtkit_command("resolve", "192.0.2.7", "x", "--index", index, "--fields", "reason,netname,address").stdout
    assert [line.split() for line in named.splitlines()] == [
        ["reason", "netname", "address"],
        ["-", "CUSTOMER-ONE", "192.0.2.7"],
        ["not-an-address", "-", "-"],
    ]


def test_explain_tells_the_walk(index: Path) -> None:
    """Of each argument, and of a text that is no address what was expected."""
    told = irtkit_command("resolve", "192.0.2.7", "192.0.2.300", "--index", index, "--explain").stdout
    walk, _, refusal = told.rpartition("\n\n")
    assert walk == irtkit.open_index(index).resolve("192.0.2.7").explain()
    assert refusal == "'192.0.2.300', column 9: expected an octet from 0 to 255.\n"


@pytest.mark.parametrize("form", ["table", "csv", "jsonl"])
@pytest.mark.parametrize("way", ["argument", "list"])
def test_hostile_registry_text_is_harmless(form: str, way: str, hostile: Path, tmp_path: Path) -> None:
    """No cell begins like a formula, and no character steers a terminal, in any format."""
    (tmp_path / "list").write_text("192.0.2.7\n=1+1\n\x1b[2J\n", encoding="utf-8")
    queries = ["--input", str(tmp_path / "list")] if way == "list" else ["192.0.2.7", "=1+1", "\x1b[2J"]
    fields = [] if form != "table" else ["--fields", ",".join(FIELDS)]
    printed = irtkit_command("resolve", *queries, "--index", hostile, "--format", form, *fields).stdout
    assert "HYPERLINK" in printed
    assert "=1+1@irt.example" in printed
    assert all(printable(line) == line for line in printed.split("\n"))
    if form == "csv":
        cells = [cell for row in csv.reader(io.StringIO(printed)) for cell in row]
        assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))] == []
        assert sum(cell.startswith("'") for cell in cells) >= 5


def test_other_encodings_of_a_terminal_do_not_matter(index: Path) -> None:
    """CSV and JSON Lines are UTF-8 always; in a table a question mark stands for what the encoding lacks."""
    environment = {**os.environ, "PYTHONIOENCODING": "latin-1"}
    for form, expected in (("table", b"?"), ("csv", "\u263a".encode()), ("jsonl", "\u263a".encode())):
        command = [IRTKIT, "resolve", "\u263a", "--index", str(index), "--format", form]
        answer = subprocess.run(command, capture_output=True, check=True, env=environment)
        assert expected in answer.stdout
        assert answer.stderr == b""


def test_explaining_hostile_registry_text_is_harmless(hostile: Path) -> None:
    """The walk, too, is told without characters that steer a terminal."""
    told = irtkit_command("resolve", "192.0.2.7", "\x1b[2J", "--index", hostile, "--explain").stdout
    assert "HYPERLINK" in told
    assert all(printable(line) == line for line in told.split("\n"))


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ([], "Give either addresses, or a list with --input."),
        (["192.0.2.7", "--input", "-"], "Give either addresses, or a list with --input."),
        (["192.0.2.7", "--column", "ip"], "--column names a column of the list"),
        (["--input", "-", "--column", "0"], "--column names a column of the list"),
        (["192.0.2.7", "--index", "a", "--dumps", "b"], "Give either --index or --dumps."),
        (["192.0.2.7", "--format", "parquet"], "Parquet needs --output."),
        (["192.0.2.7", "--format", "xml"], "'xml' is not one of 'table', 'jsonl', 'csv', 'parquet'."),
        (["192.0.2.7", "--policy", "none"], "'none' is not one of 'csirt', 'abuse', 'all'."),
        (["192.0.2.7", "--fields", "email,phone"], "'phone' is not one of input, address, network"),
        (["192.0.2.7", "--fields", "email,email"], "'email' is named twice."),
        (["192.0.2.7", "--fields", ""], "'' is not one of input, address, network"),
        (["--input", "-", "--explain"], "--explain is for addresses given here"),
        (["192.0.2.7", "--explain", "--format", "csv"], "--explain is for addresses given here"),
        (["192.0.2.7", "--nothing"], "No such option"),
        (["-"], "--input - reads a list from standard input"),
        (["192.0.2.7", "--output", "a.csv.gz"], "--output ends in '.gz'; expected .txt, .csv, .jsonl, .ndjson, .json,"),
        (["192.0.2.7", "--output", "a.tsv"], "--output ends in '.tsv'"),
        (["192.0.2.7", "--output", "a/b.XLSX", "--live"], "--output ends in '.xlsx'"),
        (["--input", "-", "--output", "a.2024"], "or nothing, or --format."),
    ],
)
def test_a_command_line_that_means_nothing_ends_with_2(args: Sequence[str], message: str) -> None:
    """It says what would, and does not look for an index first."""
    answer = CliRunner().invoke(main, ["resolve", *args])
    assert answer.exit_code == 2
    assert message in answer.output


@pytest.mark.parametrize(
    ("name", "form"),
    [("a.csv", "csv"), ("a.JSONL", "jsonl"), ("a.ndjson", "jsonl"), ("a.json", "jsonl"), ("a.txt", "table")],
)
def test_the_name_of_the_output_tells_the_format(name: str, form: str, index: Path, tmp_path: Path) -> None:
    """Unless one is named."""
    target = tmp_path / name
    irtkit_command("resolve", "192.0.2.7", "--index", index, "--output", target)
    assert target.read_text() == irtkit_command("resolve", "192.0.2.7", "--index", index, "--format", form).stdout
    irtkit_command("resolve", "192.0.2.7", "--index", index, "--output", target, "--format", "jsonl")
    assert json.loads(target.read_text())["input"] == "192.0.2.7"
    printed = irtkit_command("resolve", "192.0.2.7", "--index", index, "--output", "-", "--format", form).stdout
    assert printed == irtkit_command("resolve", "192.0.2.7", "--index", index, "--format", form).stdout


@pytest.mark.parametrize("name", ["a.csv.gz", "a.xlsx", "a"])
def test_a_named_format_goes_to_any_name(name: str, index: Path, tmp_path: Path) -> None:
    """And a device has no name that tells one."""
    irtkit_command("resolve", "192.0.2.7", "--index", index, "--output", tmp_path / name, "--format", "jsonl")
    assert json.loads((tmp_path / name).read_text())["input"] == "192.0.2.7"
    printed = irtkit_command("resolve", "192.0.2.7", "--index", index, "--output", "/dev/stdout").stdout
    assert printed == irtkit_command("resolve", "192.0.2.7", "--index", index).stdout


@pytest.mark.parametrize("form", ["csv", "jsonl", "table"])
def test_a_list_that_is_wrong_from_the_beginning_writes_nothing(form: str, index: Path, tmp_path: Path) -> None:
    """Not even a heading."""
    path = tmp_path / "list.csv"
    path.write_text("ip,n\n192.0.2.7,1\n")
    common: list[str | Path] = ["--input", path, "--index", index, "--format", form]
    refused = irtkit_command("resolve", *common, "--column", "nope", check=False)
    error = f"irtkit: error: {path}:1: no column 'nope'; expected one of: ip, n\n"
    assert (refused.returncode, refused.stdout, refused.stderr) == (1, "", error)


def test_a_quote_that_is_not_closed_ends_with_1(index: Path, tmp_path: Path) -> None:
    """It says where it opens, and no output takes the place of an older one."""
    path, target = tmp_path / "list.csv", tmp_path / "answers.csv"
    path.write_text('ip,n\n192.0.2.7,1\n192.0.2.8,"2\n192.0.2.9,3\n')
    target.write_text("old")
    refused = irtkit_command("resolve", "--input", path, "--index", index, "--output", target, check=False)
    error = f"irtkit: error: {path}:3: a quote opens here and is not closed before the list ends\n"
    assert (refused.returncode, refused.stderr, target.read_text()) == (1, error, "old")


@pytest.mark.parametrize("form", ["csv", "jsonl", "table"])
def test_a_list_without_an_address_is_told(form: str, index: Path, tmp_path: Path) -> None:
    """At its end, once, with what may be the reason; one address in it, or no line at all, is enough for silence."""
    common: list[str | Path] = ["--index", index, "--format", form]
    text = "irtkit: warning: {}: no line is an address, prefix or range; --column names the column of a CSV list\n"
    column = "irtkit: warning: {}: no line is an address, prefix or range; --column names another column\n"
    path = tmp_path / "list.csv"
    path.write_text("ip,n\nweb,192.0.2.7\n")
    told = irtkit_command("resolve", "--input", path, *common, check=False)
    assert (told.returncode, told.stderr) == (0, column.format(path))
    assert "not-an-address" in told.stdout
    piped: list[str | Path] = ["resolve", "--input", "-", *common]
    told = irtkit_command(*piped, input="name,ip\nweb,192.0.2.7\n", check=False)
    assert (told.returncode, told.stderr) == (0, text.format("standard input"))
    assert told.stdout.count("not-an-address") == 2
    for silent in ("", "name\n192.0.2.7\n", "name\n192.0.2.0/25\n"):
        irtkit_command(*piped, input=silent)


def test_a_nul_ends_no_address(index: Path, tmp_path: Path) -> None:
    """A line with one, far behind the beginning of a list, is none."""
    path = tmp_path / "list"
    path.write_text("192.0.2.7\n" * 1000 + "192.0.2.7\0\n")
    printed = irtkit_command(
        "resolve", "--input", path, "--index", index, "--format", "csv", "--fields", "reason,input"
    )
    assert printed.stdout.splitlines()[-1] == "not-an-address,192.0.2.7�"


def test_the_index_is_named_or_in_the_environment_or_in_the_user_s_data(index: Path, tmp_path: Path) -> None:
    """In this order."""
    kept = tmp_path / "irtkit" / "index.irt"
    environment = {**os.environ, "XDG_DATA_HOME": str(tmp_path), "IRTKIT_INDEX": ""}
    missing = irtkit_command("resolve", "192.0.2.7", env=environment, check=False)
    assert (missing.returncode, missing.stderr.split(": ")[2]) == (1, str(kept))
    kept.parent.mkdir()
    kept.symlink_to(index)
    irtkit_command("resolve", "192.0.2.7", env=environment)
    environment["IRTKIT_INDEX"] = "elsewhere"
    missing = irtkit_command("resolve", "192.0.2.7", env=environment, check=False)
    assert (missing.returncode, missing.stderr.split(": ")[2]) == (1, "elsewhere")
    irtkit_command("resolve", "192.0.2.7", "--index", index, env=environment)


def test_dumps_serve_instead_of_an_index_and_leave_nothing(index: Path, tmp_path: Path) -> None:
    """A folder, or some files behind one `--dumps`, before the addresses."""
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    expected = irtkit_command("resolve", "192.0.2.7", "198.51.100.9", "--index", index).stdout
    files = sorted(DUMPS.glob("*.db*"))
    for dumps in ([DUMPS], files):
        answer = irtkit_command("resolve", "--dumps", *dumps, "192.0.2.7", "198.51.100.9", env=environment)
        assert answer.stdout == expected
    assert list(tmp_path.iterdir()) == []
    refused = irtkit_command("resolve", "192.0.2.7", "--dumps", tmp_path, env=environment, check=False)
    assert refused.returncode == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        ("--dumps a b 192.0.2.7 c", "--dumps a --dumps b 192.0.2.7 c"),
        ("--dumps a --dumps b -f csv c", "--dumps a --dumps b -f csv c"),
        ("x --dumps a missing", "x --dumps a missing"),
        ("--dumps a b --explain c", "--dumps a --dumps b --explain c"),
        ("a b c", "a b c"),
    ],
)
def test_dumps_takes_the_paths_that_follow_it(
    args: str, expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As long as there are such files, and what reads as an address is none."""
    monkeypatch.chdir(tmp_path)
    for name in ("a", "b", "c", "192.0.2.7"):
        (tmp_path / name).touch()
    assert list(with_dumps_repeated(args.split())) == expected.split()


def test_one_address_needs_no_arrays(index: Path) -> None:
    """Neither NumPy nor Arrow, no terminal library, and none that looks for the user's directories."""
    program = (
        "import sys\nfrom irtkit.cli import main\n"
        f"sys.argv = ['irtkit', 'resolve', '192.0.2.7', '192.0.2.0/25', '--index', {str(index)!r}]\n"
        "try: main()\nexcept SystemExit: print(*sorted(sys.modules))"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in answer.stdout.splitlines()[-1].split()}
    assert "click" in loaded
    assert loaded & {"numpy", "pyarrow", "rich", "platformdirs", "isal", "asyncio", "httpx"} == set()


def test_a_reader_that_goes_away_ends_it_quietly(index: Path, many: Path) -> None:
    """As `head` does."""
    with subprocess.Popen(
        [IRTKIT, "resolve", "--input", many, "--index", index, "--format", "csv"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline().startswith(b"input,")
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141


def test_a_few_answers_that_nobody_reads_end_it_quietly(index: Path) -> None:
    """Also those that fit into the pipe."""
    reading, writing = os.pipe()
    os.close(reading)
    for args in (["resolve", "192.0.2.7", "--index", str(index)], ["index", "info", str(index)]):
        answer = subprocess.run([IRTKIT, *args], stdout=writing, stderr=subprocess.PIPE, check=False)
        assert (answer.returncode, answer.stderr) == (141, b"")
    os.close(writing)


@pytest.mark.parametrize("output", [[], ["--output", "answers.csv"]])
def test_ctrl_c_ends_it_quietly(output: list[str], index: Path, tmp_path: Path) -> None:
    """With 130, and a file that was not complete is not left behind."""
    with subprocess.Popen(
        [IRTKIT, "resolve", "--input", "-", "--index", index, "--format", "jsonl", *output],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdin.write(b"192.0.2.7\n")
        process.stdin.flush()
        if output:
            while not (tmp_path / ".answers.csv.writing").exists():
                time.sleep(0.01)
        else:
            assert json.loads(process.stdout.readline())["input"] == "192.0.2.7"
        time.sleep(0.3)  # it waits for more
        process.send_signal(signal.SIGINT)
        assert process.stderr.read() == b""
    assert process.returncode == 130
    assert list(tmp_path.iterdir()) == []


def test_a_line_from_a_pipe_is_answered_before_the_next_one_comes(index: Path) -> None:
    """So that `tail -f` can be piped through it."""
    with subprocess.Popen(
        [IRTKIT, "resolve", "--input", "-", "--index", index, "--format", "jsonl"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for query in ("192.0.2.7", "nonsense", "2001:db8::1"):
            process.stdin.write(f"{query}\n".encode())
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["input"] == query
        process.stdin.close()
    assert process.returncode == 0


def peak_memory(args: Sequence[str | Path]) -> int:
    """Kilobytes that a process had in memory at most."""
    program = (
        "import resource, subprocess, sys\n"
        "subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    answer = subprocess.run([sys.executable, "-c", program, *args], capture_output=True, text=True, check=True)
    return int(answer.stdout) // (1024 if sys.platform == "darwin" else 1)


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_memory_does_not_grow_with_the_list(form: str, index: Path, many: Path, tmp_path: Path) -> None:
    """Ten times the lines, the same peak (within what threads and allocators make of it)."""
    few = tmp_path / "few.txt"
    lines = many.read_text().splitlines(keepends=True)
    few.write_text("".join(lines[: len(lines) // 10]))
    fields = ["--fields", "address,network,irts,email"]
    small, large = (
        peak_memory([IRTKIT, "resolve", "--input", path, "--index", index, "--output", tmp_path / f"a.{form}", *fields])
        for path in (few, many)
    )
    assert large - small < 60_000


def on_a_terminal(*args: str | Path, streams: str) -> tuple[bytes, int]:
    """What a terminal gets from a process whose given *streams* (`out`, `err`, or both) are one; and its status."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "80"}
    environment.pop("NO_COLOR", None)
    out, err = (theirs if name in streams else subprocess.DEVNULL for name in ("out", "err"))
    with subprocess.Popen(
        [IRTKIT, *args], stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=environment
    ) as process:
        os.close(theirs)
        got = b"".join(iter(lambda: read_terminal(ours), b""))
    os.close(ours)
    return got, process.returncode


def read_terminal(handle: int) -> bytes:
    try:
        return os.read(handle, 4096)
    except OSError:  # Linux says EIO when the other side is closed
        return b""


def test_progress_and_colours_are_for_terminals(index: Path, many: Path, tmp_path: Path) -> None:
    """A bar on standard error while a list is resolved, a bold heading on standard output; in a pipe neither."""
    to_file: list[str | Path] = ["resolve", "--input", many, "--index", index, "--output", tmp_path / "a.csv"]
    bar, status = on_a_terminal(*to_file, streams="err")
    assert status == 0
    assert b"many.txt" in bar
    assert irtkit_command(*to_file).stderr == ""
    heading, _ = on_a_terminal("resolve", "192.0.2.7", "--index", index, streams="out")
    assert b"\x1b[1maddress" in heading
    assert "\x1b" not in irtkit_command("resolve", "192.0.2.7", "--index", index).stdout


def test_records_on_a_terminal_are_not_mixed_with_a_bar(index: Path, tmp_path: Path) -> None:
    """Standard output is one, so standard error stays silent."""
    (tmp_path / "list").write_text("192.0.2.7\n")
    args: list[str | Path] = ["--input", tmp_path / "list", "--index", index, "--format", "csv"]
    got, _ = on_a_terminal("resolve", *args, streams="out, err")
    assert got.startswith(b"input,address")
    assert b"\x1b" not in got


def test_a_list_can_be_its_own_output(index: Path, tmp_path: Path) -> None:
    """The records take its place when all are written."""
    path = tmp_path / "list.csv"
    path.write_text("ip\n192.0.2.7\n")
    irtkit_command("resolve", "--input", path, "--index", index, "--output", path, "--fields", "input,email")
    assert path.read_text() == "input,email\n192.0.2.7,abuse@example.net\n"


def test_an_empty_list_has_no_records(index: Path, tmp_path: Path) -> None:
    """But a CSV its heading, and Parquet its columns."""
    (tmp_path / "list").touch()
    common: list[str | Path] = ["--input", tmp_path / "list", "--index", index]
    assert irtkit_command("resolve", *common, "--format", "csv").stdout == ",".join(FIELDS) + "\n"
    assert irtkit_command("resolve", *common, "--format", "jsonl").stdout == ""
    assert irtkit_command("resolve", *common).stdout == ""
    irtkit_command("resolve", *common, "--output", tmp_path / "a.parquet")
    assert parquet.read_table(tmp_path / "a.parquet").column_names == FIELDS


def test_the_version_is_told() -> None:
    """By `--version`."""
    assert irtkit_command("--version").stdout.split()[-1] == irtkit.__version__

"""Laws of validation: any text is judged, always the same way, in document order, and layout changes nothing."""

import os
import subprocess
import sys
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))  # the folder is no package, and `strategies` is in it

from strategies import Row, noise, spellings

from irtkit.problems import Problem
from irtkit.rpsl import RpslObject, parse_objects
from irtkit.schema.registry_schemas import SCHEMAS
from irtkit.validation import Action, Options, iter_problems
from irtkit.validation.codes import CODES

registries = st.sampled_from(list(SCHEMAS))
options = st.builds(
    Options,
    action=st.sampled_from([None, *Action]),
    passwords=st.booleans(),
    registry_staff=st.booleans(),
    max_references=st.integers(0, 2),
)
names = st.sampled_from(
    sorted({row.name for schema in SCHEMAS.values() for t in schema.templates.values() for row in t.rows})
)
class_names = st.sampled_from(sorted({name for schema in SCHEMAS.values() for name in schema.templates}))
odd_names = st.sampled_from(["*mb", "so", "changed", "mnt-byy", "MNT-BY", "mnt-by ", "x-é", "colour"])
fitting = st.sampled_from([
    "192.0.2.0 - 192.0.2.255", "192.0.2.0/24", "192.0.2/25", "2001:db8::/32", "2001:DB8::1/64", "AS64496",
    "AS64496:AS-EXAMPLE", "RIPE", "ripe", "RIPE # Filtered", "EXAMPLE1-MNT", "A-MNT, B-MNT,,", "EX1-RIPE", "AUTO-1",
    "irt-example", "ALLOCATED PA", "assigned pa", "AGGREGATED-BY-LIR", "ASSIGNED PI", "48", "129", "NL", "XX", "EU",
    "ORG-EO1-RIPE", "LIR", "OTHER", "PGPKEY-0A1B2C3D", "MD5-PW $1$abcdefgh$0123456789012345678901",
    "cert@example.net", "cert@bücher.example", "https://example.com/a.csv", "geofeed: x", "Example  Two",
    "2.0.192.in-addr.arpa", "0-127.2.0.192.in-addr.arpa", "ns.2.0.192.in-addr.arpa 192.0.2.1", "ANY",
    "A-MNT {192.0.2.0/24^+, 198.51.100.0/24}", "A-MNT ANY", "-----BEGIN CERTIFICATE-----", "+31 20 535 4444",
])  # fmt: skip
values = st.one_of(fitting, fitting, st.text(max_size=12), st.just(""))


@st.composite
def objects(draw: st.DrawFn) -> RpslObject:
    """An object of a class that some registry has, half of its attributes and values what rules look for."""
    rows = [(draw(class_names), draw(values))]
    rows += draw(st.lists(st.tuples(st.one_of(names, names, odd_names), values), max_size=12))
    text = "".join(f"{name}: {value}\n" for name, value in rows)
    found = parse_objects(text.replace("\r", " "), problems=[])
    return found[0] if found else parse_objects("irt: x\n")[0]


def told(obj: RpslObject, registry: str, chosen: Options) -> list[Problem]:
    return list(iter_problems(obj, SCHEMAS[registry], options=chosen))


@given(noise, registries, options)
def test_any_text_is_judged(text: str, registry: str, chosen: Options) -> None:
    """No text makes validation raise, and every problem has a code that is explained."""
    for obj in parse_objects(text, problems=[]):
        for one in told(obj, registry, chosen):
            assert one.severity is CODES[one.code].severity
            assert one.message.isprintable()


@given(objects(), registries, options)
def test_any_object_is_judged_and_twice_the_same(obj: RpslObject, registry: str, chosen: Options) -> None:
    """The answer is complete and does not depend on what was asked before."""
    first = told(obj, registry, chosen)
    assert all(one.code in CODES and one.message and one.citation and one.hint for one in first)
    assert told(obj, registry, chosen) == first
    assert told(parse_objects(str(obj))[0], registry, chosen) == first


@given(objects(), registries, options)
def test_problems_come_in_document_order_and_lie_in_the_text(obj: RpslObject, registry: str, chosen: Options) -> None:
    """Spans go forward, and none shows what is not there; the place after a line's end is still there."""
    lines = str(obj).split("\n")
    before = (0, 0)
    for one in told(obj, registry, chosen):
        assert one.span is not None
        place = (one.span.line, one.span.column)
        assert place >= before
        before = place
        assert 1 <= one.span.line <= len(lines)
        assert one.span.length >= 1
        assert one.span.column + one.span.length <= len(lines[one.span.line - 1]) + 2


@st.composite
def respelled(draw: st.DrawFn) -> tuple[RpslObject, RpslObject]:
    """An object and another layout of it: the attribute whose blanks count, and comments that count, left out."""
    rows = [Row(draw(class_names), ("x",))]
    for name, value in draw(st.lists(st.tuples(names, fitting), max_size=8)):
        if name not in {"org-name", "source"}:
            rows.append(Row(name, tuple(value.partition("#")[0].split())))
    plain = "".join(f"{row.name}: {row.value}\n" for row in rows)
    return parse_objects(plain)[0], parse_objects(draw(spellings(rows)), problems=[])[0]


@given(respelled(), registries)
def test_layout_changes_no_problem(pair: tuple[RpslObject, RpslObject], registry: str) -> None:
    """Tabs, continuation lines, comments and the case of names do not make an object better or worse."""
    about_layout = {"key-rewritten", "value-rewritten", "managed-comment", "latin1-conversion", "utf8-conversion"}
    plain, other = (
        sorted(one.code for one in told(obj, registry, Options(action=Action.CREATE)) if one.code not in about_layout)
        for obj in pair
    )
    assert plain == other


GOOD = tuple(
    (*lines.split("\n"), "mnt-by: EXAMPLE1-MNT", "admin-c: EX1-RIPE", "tech-c: EX1-RIPE", "source: RIPE")
    for lines in (
        "inetnum: 192.0.2.0 - 192.0.2.255\nnetname: EXAMPLE-NET\ncountry: NL\nstatus: ASSIGNED PA",
        "inetnum: 192.0.2.0 - 192.0.2.255\nnetname: EXAMPLE-NET\ncountry: NL\nstatus: ASSIGNED PI\norg: ORG-EO1-RIPE",
        "inet6num: 2001:db8::/32\nnetname: EXAMPLE-NET\ncountry: NL\nstatus: ASSIGNED",
        "irt: irt-example\naddress: Example Street 1\ne-mail: cert@example.net\nauth: PGPKEY-0A1B2C3D",
        "domain: 2.0.192.in-addr.arpa\nzone-c: EX1-RIPE\nnserver: ns1.example.net\nnserver: ns2.example.net",
        "as-set: AS64496:AS-EXAMPLE\nmembers: AS64496, AS64497\nremarks: an example",
        "aut-num: AS64496\nas-name: EXAMPLE-AS\nstatus: ASSIGNED\nsponsoring-org: ORG-EO1-RIPE",
    )
)
further_lines = st.one_of(
    st.sampled_from(["status: ASSIGNED PI", "status: ASSIGNED PA", "status: LEGACY", "status: ASSIGNED"]),
    st.builds("{}: {}".format, names, fitting),
    st.builds("{} # noted".format, st.sampled_from(sorted({line for lines in GOOD for line in lines}))),
    st.sampled_from(sorted({line for lines in GOOD for line in lines})),
    st.sampled_from(
        [
            "# a comment",
            " continued",
            "+",
            "nic-hdl: EX1-RIPE # and more",
            "mnt-by: A, B",
            "descr: \u00e9\u0301",
            "created: x",
        ]
    ),
)


@st.composite
def nearly_good(draw: st.DrawFn) -> RpslObject:
    """An object that the registry takes, or the same with a line added, replaced or taken out."""
    lines = list(draw(st.sampled_from(GOOD)))
    for _ in range(draw(st.integers(0, 2))):
        new = draw(st.lists(further_lines, max_size=1))
        same = [at for at, line in enumerate(lines) if new and line.partition(":")[0] == new[0].partition(":")[0]]
        at = draw(st.sampled_from(same or range(1, len(lines))))
        lines[at : at + draw(st.integers(0, 1))] = new
    return parse_objects("\n".join(lines) + "\n", problems=[])[0]


@given(st.lists(nearly_good(), min_size=2, max_size=6), registries, st.booleans())
def test_what_was_seen_before_changes_no_answer(drawn: list[RpslObject], registry: str, passwords: bool) -> None:
    """The memory of attributes and outlines only saves time: where it is not used, the answers are the same."""
    without_memory = Options(action=Action.CREATE, passwords=passwords, max_references=1_000_000)
    with_memory = Options(action=Action.CREATE, passwords=passwords)
    for obj in drawn:
        assert told(obj, registry, with_memory) == told(obj, registry, without_memory)


def test_the_order_does_not_depend_on_the_run() -> None:
    """Another hash seed, another process: the same problems in the same order."""
    program = (
        "from irtkit.rpsl import parse_objects\n"
        "from irtkit.schema.registry_schemas import SCHEMAS\n"
        "from irtkit.validation import iter_problems\n"
        "text = 'inetnum: 192.0.2.0/24\\nstatus: LEGACY\\nsponsoring-org: x\\ncountry: XX\\nmnt-lower: A,a b\\n'\n"
        "for schema in SCHEMAS.values():\n"
        "    for problem in iter_problems(parse_objects(text)[0], schema):\n"
        "        print(problem, problem.hint)\n"
    )
    answers = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            stdout=subprocess.PIPE,
            check=True,
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(answers) == 1
    assert answers.pop().count(b"\n") > 10

"""Laws of syntaxes: what holds for every text and every registry."""

import gc
from collections.abc import Iterator
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irtkit.errors import RangeError
from irtkit.resources import AddressRange
from irtkit.schema.syntax import Finder, Syntax
from irtkit.schema.syntaxes import ROWS, find_syntax

SYNTAXES = list({id(row.syntax.finder): row.syntax for row in ROWS}.values())
"""One syntax for each rule."""
MEANINGFUL_CASE = {"RPSLAuthField"}
"""Ends of the citations of rules that letters in another case break: a hash and a fixed word of IRRd's."""

PIECES = (
    *'Aa019-_:.,;()[]{}<>@#%^$|*+?~=\\"/ é²٣ß\0\u2028\u3000\udc80',
    *("AS", "AS64496", "RS-", "FLTR-", "PRNG-", "RTRS-", "ORG-", "irt-", "AUTO-", "-RIPE", "PGPKEY-", "X509-"),
    *("MD5-PW ", "BCRYPT-PW ", "$1$", "SSO ", "255", "256", "99999999999", "192.0.2.0", "/24", "2001:db8::", "^24-32"),
    *("%2", "https://", "mailto:", "tel:", "ext.", ".in-addr.arpa", ".ip6.arpa", ".e164.arpa", "example.net"),
    *("from ", "to ", " accept ", " announce ", " action ", "pref=1;", "afi ", "ipv6", " not ", " and ", " or ", "any"),
)
"""What values are made of, and what looks like it."""
AWKWARD = (
    *'A-.@(\\"<[{10,:%^~/;#é*+= ',
    *("_-", "A-", "A.", "a@", "(a", "\\a", "[a", "{1", "1.", "1-", "::", "1:", "a ", "AS1 ", "AS1:", "AS-A:", "ext."),
    *("not (", "AS1 or ", "from AS1 ", "pref=1; ", "192.0.2.0/24, "),
)
"""What a value repeats to make a careless pattern try everything."""
SHAPES = ("{0}", "{1}{0}", "{0}{1}", "{2} {0}", "{1} {{{0}}}")
"""Where it stands: alone, behind a valid value, before one, behind its first word, in braces behind one."""
SIZE = 3_000
USUAL = 3e-6
"""Seconds a character that need no closer look."""

pieces = st.lists(st.one_of(st.sampled_from(PIECES), st.characters(exclude_categories=())), max_size=12).map("".join)
syntaxes = st.sampled_from(SYNTAXES)


@st.composite
def bent_examples(draw: st.DrawFn) -> tuple[Syntax, str]:
    """A syntax, and a text that its example became by a cut and an insertion, or by none."""
    syntax = draw(syntaxes)
    example = syntax.example
    start = draw(st.integers(0, len(example)))
    stop = draw(st.integers(start, len(example)))
    return syntax, example[:start] + draw(st.one_of(st.just(""), pieces)) + example[stop:]


@st.composite
def filters(draw: st.DrawFn, depth: int = 4) -> str:
    """A filter as RFC 2622 has it."""
    kind = draw(st.sampled_from(["operand", "not", "and", "or", "(", " "] if depth else ["operand"]))
    if kind == "operand":
        return draw(st.sampled_from(["ANY", "PeerAS", "AS64496", "RS-EXAMPLE^+", "{192.0.2.0/24}", "<^AS64496 .*$>"]))
    if kind == "not":
        return f"NOT {draw(filters(depth=depth - 1))}"
    if kind == "(":
        return f"({draw(filters(depth=depth - 1))})"
    return f"{draw(filters(depth=depth - 1))} {kind} {draw(filters(depth=depth - 1))}"


def finder_of(class_name: str, attribute: str) -> Finder:
    """RIPE's rule for an attribute."""
    syntax = find_syntax("ripe", class_name, attribute)
    assert syntax is not None
    return syntax.find_fault


def holds_for(syntax: Syntax, value: str) -> None:
    """Hold what a fault may be against the one of *value*, if it has one."""
    fault = syntax.find_fault(value)
    if fault is not None:
        assert fault.length >= 1
        assert 0 <= fault.offset <= len(value)
        assert fault.offset + fault.length <= max(len(value), fault.offset + 1)
        assert fault.message.isprintable()
        assert fault.message == fault.message.strip() != ""
    assert syntax.find_fault(value) == fault


@given(syntaxes, pieces)
def test_any_text_is_judged(syntax: Syntax, value: str) -> None:
    """No text makes a syntax raise; a fault lies in the value, and its message fits a terminal."""
    holds_for(syntax, value)


@given(bent_examples())
def test_any_bent_value_is_judged(bent: tuple[Syntax, str]) -> None:
    """The same for texts that are nearly valid."""
    holds_for(*bent)


@given(bent_examples())
def test_the_case_of_letters_has_no_meaning(bent: tuple[Syntax, str]) -> None:
    """A value and its mirror image in case are both valid or both not."""
    syntax, value = bent
    value = value.encode("ascii", "ignore").decode()
    if not any(syntax.citation.startswith(f"IRRd 4.5: rpsl.fields, {field}") for field in MEANINGFUL_CASE):
        assert (syntax.find_fault(value) is None) is (syntax.find_fault(value.swapcase()) is None)


@given(
    st.sampled_from(["inetnum", "inet6num"]),
    st.one_of(
        pieces, st.ip_addresses().map(str), st.tuples(st.ip_addresses(), pieces).map(lambda it: f"{it[0]}{it[1]}")
    ),
)
def test_ranges_are_what_resources_say(class_name: str, value: str) -> None:
    """A range is valid exactly if it can be parsed."""
    try:
        AddressRange.parse(value, class_name)
    except RangeError:
        valid = False
    else:
        valid = True
    assert (finder_of(class_name, class_name)(value) is None) is valid


@given(st.ip_addresses(v=4), st.ip_addresses(v=4))
def test_a_range_is_valid_in_one_order(first: object, last: object) -> None:
    """Of a range and the same backwards both are valid only if both ends are the same."""
    find_fault = finder_of("inetnum", "inetnum")
    both = [find_fault(f"{first} - {last}") is None, find_fault(f"{last} - {first}") is None]
    assert any(both)
    assert all(both) is (first == last)


@given(st.lists(st.sampled_from(["AS64496", "AS-EXAMPLE", "as-2", "AS4294967295"]), min_size=1, max_size=7))
def test_the_parts_of_a_set_s_name_are_judged_each_by_itself(parts: list[str]) -> None:
    """Any order of AS numbers and names of sets will do, if one is the name of a set."""
    name = ":".join(parts)
    valid = any(part[2] == "-" for part in parts) and len(name) <= 80
    assert (finder_of("as-set", "as-set")(name) is None) is valid


@given(filters(), st.integers(0, 200))
def test_every_filter_of_the_grammar_is_valid(text: str, place: int) -> None:
    """A filter is valid in every attribute that has one, and is not once a parenthesis is lost."""
    assert finder_of("filter-set", "filter")(text) is None
    assert finder_of("filter-set", "mp-filter")(text) is None
    assert finder_of("aut-num", "import")(f"from AS64496 accept {text}") is None
    assert finder_of("aut-num", "default")(f"to AS64496 networks {text}") is None
    if "(" in text:
        start = text.find("(", place % len(text))
        start = text.find("(") if start < 0 else start
        assert finder_of("filter-set", "filter")(text[:start] + text[start + 1 :]) is not None


def hostile_values(syntax: Syntax, size: int) -> Iterator[str]:
    """Values of about *size* characters."""
    for unit in AWKWARD:
        for shape in SHAPES:
            yield shape.format(unit * (size // len(unit)), syntax.example, syntax.example.split()[0])


def seconds(finder: Finder, value: str) -> float:
    """The processor time that the rule takes; Python does not look for circles meanwhile, in whatever else there is."""
    gc.disable()
    try:
        start = process_time()
        finder(value)
        return process_time() - start
    finally:
        gc.enable()


def is_within(limit: float, finder: Finder, short: str, long: str) -> bool:
    """The longer value takes at most *limit* times as long; other work disturbs some rounds of a few, not of thirty."""
    brief, lasting = float("inf"), float("inf")
    for _ in range(30):
        brief, lasting = min(brief, seconds(finder, short)), min(lasting, seconds(finder, long))
        if lasting <= limit * brief:
            return True
    return False


@pytest.mark.parametrize("syntax", SYNTAXES, ids=lambda syntax: syntax.name)
def test_the_time_grows_with_the_length_not_faster(syntax: Syntax) -> None:
    """A value that takes long takes at most eight times as long when it is four times as long, whatever it repeats."""
    for short, long in zip(hostile_values(syntax, SIZE), hostile_values(syntax, 4 * SIZE), strict=True):
        if seconds(syntax.finder, long) > len(long) * USUAL:
            assert is_within(8, syntax.finder, short, long), long[:40]


def test_a_time_that_grows_faster_is_noticed() -> None:
    """Of two rules, one of which looks at every pair of characters, the law holds for the other."""

    def in_line(value: str) -> None:
        for _ in value:
            value.isascii()

    def in_square(value: str) -> None:
        for _ in value:
            in_line(value)

    assert is_within(8, in_line, "a" * 2000, "a" * 8000)
    assert not is_within(8, in_square, "a" * 100, "a" * 400)

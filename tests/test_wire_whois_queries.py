"""Queries to RIPE-style servers: every flag, what clashes, what can never be sent."""

import pytest

from irtkit.errors import QueryError
from irtkit.wire.questions import Server, WhoisQuestion
from irtkit.wire.whois import Hierarchy, Information, RipeQuery
from irtkit.wire.whois.flags import FLAGS, IRRD_FLAGS, find_flag
from irtkit.wire.whois.lines import MAX_LINE, encoded_line

RIPE = Server("whois.example", charset="latin-1", registry="ripe")
IRRD = Server("irrd.example", dialect="irrd", charset="utf-8")


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ("192.0.2.1", "-r 192.0.2.1"),
        ("-c -B 192.0.2.1", "-r -c -B 192.0.2.1"),
        ("-cB 192.0.2.1", "-r -c -B 192.0.2.1"),
        ("192.0.2.1 -c -B", "-r -c -B 192.0.2.1"),
        ("--irt --no-filtering 192.0.2.1", "-r -c -B 192.0.2.1"),
        ("-r -c -B 192.0.2.1", "-r -c -B 192.0.2.1"),
        ("-C 192.0.2.1", "-r -C 192.0.2.1"),
        ("-x 192.0.2.0/24", "-r -x 192.0.2.0/24"),
        ("-l 192.0.2.0/24", "-r -l 192.0.2.0/24"),
        ("-L 192.0.2.0/24", "-r -L 192.0.2.0/24"),
        ("-m 192.0.2.0/24", "-r -m 192.0.2.0/24"),
        ("--all-more 192.0.2.0/24", "-r -M 192.0.2.0/24"),
        ("-d -L 192.0.2.0/24", "-r -d -L 192.0.2.0/24"),
        ("-b 192.0.2.1", "-b 192.0.2.1"),
        ("--abuse-contact AS64496", "-b AS64496"),
        ("-i mnt-irt IRT-EXAMPLE", "-r -i mnt-irt IRT-EXAMPLE"),
        ("-imnt-by,mnt-irt EXAMPLE-MNT", "-r -i mnt-by,mnt-irt EXAMPLE-MNT"),
        ("--inverse=person AA1-TEST", "-r -i person AA1-TEST"),
        ("-F 192.0.2.1", "-r -F 192.0.2.1"),
        ("-K 192.0.2.1", "-K 192.0.2.1"),
        ("-k 192.0.2.1", "-k -r 192.0.2.1"),
        ("-k", "-k"),
        ("-G 192.0.2.1", "-r -G 192.0.2.1"),
        ("-Tirt,mntner IRT-EXAMPLE", "-r -T irt,mntner IRT-EXAMPLE"),
        ("-T irt -T mntner IRT-EXAMPLE", "-r -T irt,mntner IRT-EXAMPLE"),
        ("-x -T route 192.0.2.0/24", "-r -T route -x 192.0.2.0/24"),
        ("-s RIPE,TEST 192.0.2.1", "-r -s RIPE,TEST 192.0.2.1"),
        ("-a 192.0.2.1", "-r -a 192.0.2.1"),
        ("--resource 192.0.2.1", "-r --resource 192.0.2.1"),
        ("-q sources", "-q sources"),
        ("--list-sources", "-q sources"),
        ("--version", "-q version"),
        ("--types", "-q types"),
        ("-t irt", "-t irt"),
        ("--verbose irt", "-v irt"),
        ("-V irtkit 192.0.2.1", "-r -V irtkit 192.0.2.1"),
        ("-V irtkit,192.0.2.99 192.0.2.1", "-r -V irtkit,192.0.2.99 192.0.2.1"),
        ("-Z utf-8 192.0.2.1", "-r -Z utf-8 192.0.2.1"),
        ("--charset=utf-8 192.0.2.1", "-r -Z utf-8 192.0.2.1"),
        ("--valid-syntax 192.0.2.1", "-r --valid-syntax 192.0.2.1"),
        ("--no-valid-syntax 192.0.2.1", "-r --no-valid-syntax 192.0.2.1"),
        ("--no-personal 192.0.2.1", "-r --no-personal 192.0.2.1"),
        ("--show-personal 192.0.2.1", "--show-personal 192.0.2.1"),
        ("--list-versions IRT-EXAMPLE", "--list-versions IRT-EXAMPLE"),
        ("--show-version 2 IRT-EXAMPLE", "--show-version 2 IRT-EXAMPLE"),
        ("--diff-versions 1:2 IRT-EXAMPLE", "--diff-versions 1:2 IRT-EXAMPLE"),
        ("192.0.2.0  -  192.0.2.9", "-r 192.0.2.0 - 192.0.2.9"),
        ("-- 192.0.2.1", "-r 192.0.2.1"),
        ("help", "help"),
    ],
)
def test_a_command_line_becomes_a_query_line(arguments: str, line: str) -> None:
    """Flags may stand anywhere, long or short, letters together; the line has one way to say each."""
    assert str(RipeQuery.parse(arguments)) == line
    assert str(RipeQuery.parse(line)) == line


def test_every_flag_of_the_registry_is_known() -> None:
    """RIPE's letters and long names each lead to a flag, and IRRd's are among them."""
    letters = "xlLmMcCbdiFKkGBrTsaqtvVZ"
    assert {flag.short for flag in FLAGS if flag.short} == set(letters)
    assert all(find_flag(flag.long) is flag for flag in FLAGS)
    assert {flag.long for flag in FLAGS} >= IRRD_FLAGS


def test_options_have_types() -> None:
    """What a command line says can be said with fields."""
    query = RipeQuery(key="192.0.2.0/24", hierarchy=Hierarchy.ALL_LESS, irt=True, classes=("inetnum",), client="irtkit")
    assert RipeQuery.parse("-V irtkit -T inetnum -c -L 192.0.2.0/24") == query
    assert RipeQuery.parse("-q types").information is Information.TYPES
    assert RipeQuery.parse("--diff-versions 1:3 IRT-EXAMPLE").diff_versions == (1, 3)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("-b -F 192.0.2.1", "-b and -F cannot"),
        ("-b -B 192.0.2.1", "-b and -B cannot"),
        ("-b -r 192.0.2.1", "-b and -r cannot"),
        ("-b -K 192.0.2.1", "-b and -K cannot"),
        ("-x -l 192.0.2.1", "-x and -l cannot"),
        ("-m -M 192.0.2.1", "-m and -M cannot"),
        ("--resource -a 192.0.2.1", "--resource and -a cannot"),
        ("--resource -s TEST 192.0.2.1", "--resource and -s cannot"),
        ("--resource -i mnt-by X", "--resource and -i cannot"),
        ("--valid-syntax --no-valid-syntax X", "--valid-syntax and --no-valid-syntax"),
        ("--no-personal --show-personal X", "--no-personal and --show-personal"),
        ("--list-versions -B IRT-EXAMPLE", "--list-versions and -B"),
        ("--list-versions --show-version 1 X", "--list-versions and --show-version"),
        ("--list-versions -T person AA1-TEST", "no versions"),
        ("--show-version 0 X", "from 1 on"),
        ("--show-version one X", "number of a version"),
        ("--diff-versions 2:2 X", "two different versions"),
        ("--diff-versions 2 X", "number of a version"),
        ("-b IRT-EXAMPLE", "an address or an AS number"),
        ("-M 0.0.0.0/0", "not allowed on all addresses"),
        ("-m ::/0", "not allowed on all addresses"),
        ("-i auth MD5-PW $1$", "key-cert"),
        ("-i auth SSO someone", "key-cert"),
        ("-c", "a search key"),
        ("", "a search key"),
        ("-- -x", "begins with a hyphen"),
        ("-- -", "found a hyphen"),
        ("-y 192.0.2.1", 'unknown flag "-y"'),
        ("--irts 192.0.2.1", 'unknown flag "--irts"'),
        ("--query sources", "unknown flag"),
        ("--irt=yes 192.0.2.1", "takes no value"),
        ("192.0.2.1 -T", "a value after -T"),
        ("-T , 192.0.2.1", "a value after -T"),
        ("-t irt -t mntner", "-t cannot be used twice"),
        ("-q colours", "sources, version or types"),
        ("-q sources --version", "one of sources"),
        ("-V irtkit,nowhere 192.0.2.1", "tag or tag,address"),
    ],
)
def test_what_a_server_refuses_is_refused_here(arguments: str, message: str) -> None:
    """A query that would only be answered with an error costs no connection, and the message says why."""
    with pytest.raises(QueryError, match=message):
        RipeQuery.parse(arguments)


@pytest.mark.parametrize(
    "key", ["192.0.2.1\r\n-k", "192.0.2.1\nhelp", "a\x00b", "a\x1b[31m", "a\x7fb", "a\x85b", "a\u2028b", "a\u202eb"]
)
def test_nothing_but_one_line_can_be_sent(key: str) -> None:
    """Line ends and whatever is invisible are refused wherever they come from."""
    with pytest.raises(QueryError, match="control characters"):
        RipeQuery(key=key)
    with pytest.raises(QueryError, match="control characters"):
        encoded_line(RIPE, key)


@pytest.mark.parametrize("field", ["classes", "sources", "inverse"])
@pytest.mark.parametrize("word", ["", "a b", "-k", "a,b", "a\nb"])
def test_an_argument_stays_one_word(field: str, word: str) -> None:
    """No argument of a flag can smuggle in another flag."""
    arguments = {field: (word,)}
    with pytest.raises(QueryError):
        RipeQuery(key="192.0.2.1", **arguments)  # type: ignore[arg-type]  # the same type under three names


@pytest.mark.parametrize(
    ("arguments", "personal"),
    [
        ("192.0.2.1", False),
        ("-c -B 192.0.2.1", False),
        ("AS64496", False),
        ("-b 192.0.2.1", False),
        ("--show-personal 192.0.2.1", True),
        ("--no-personal -i mnt-by EXAMPLE-MNT", False),
        ("IRT-EXAMPLE", False),
        ("EXAMPLE-MNT", False),
        ("AA1-TEST", True),
        ("-T irt AA1-TEST", False),
        ("-T role AA1-TEST", True),
        ("-i mnt-by EXAMPLE-MNT", True),
        ("-T inetnum -i mnt-irt IRT-EXAMPLE", False),
        ("-K -i mnt-by EXAMPLE-MNT", False),
        ("-t person", False),
        ("-q sources", False),
        ("help", False),
        ("--show-version 1 IRT-EXAMPLE", False),
    ],
)
def test_a_query_knows_whether_personal_data_may_come(arguments: str, personal: bool) -> None:
    """Only what may bring persons or roles costs the registry's budget."""
    assert RipeQuery.parse(arguments).is_personal is personal
    assert RipeQuery.parse(arguments).as_question(RIPE).personal is personal


def test_a_question_goes_to_a_server_that_understands_it() -> None:
    """RIPE's flags go to RIPE-style servers, IRRd gets none that it lacks, and `-r` is no trouble to it."""
    assert RipeQuery.parse("-k -c 192.0.2.1").as_question(RIPE) == WhoisQuestion(RIPE, b"-k -r -c 192.0.2.1", True)
    assert RipeQuery.parse("-T route -x 192.0.2.0/24").as_question(IRRD).line == b"-r -T route -x 192.0.2.0/24"
    with pytest.raises(QueryError, match="no flag -c"):
        RipeQuery.parse("-c 192.0.2.1").as_question(IRRD)
    with pytest.raises(QueryError, match="speaks arin"):
        RipeQuery.parse("192.0.2.1").as_question(Server("whois.example", dialect="arin"))


def test_the_caller_may_know_better_what_comes() -> None:
    """A role that is an abuse contact is no personal data; only the caller knows that it is one."""
    assert not RipeQuery(key="AA1-TEST", classes=("role",)).as_question(RIPE, personal=False).personal


def test_a_line_is_in_the_charset_of_the_server() -> None:
    """What the charset lacks is refused by name, and no charset brings control characters in."""
    assert RipeQuery(key="é").as_question(RIPE).line == b"-r \xe9"
    assert RipeQuery(key="é").as_question(IRRD).line == b"-r \xc3\xa9"
    with pytest.raises(QueryError, match="latin-1"):
        RipeQuery(key="日本").as_question(RIPE)
    with pytest.raises(QueryError, match="ASCII"):
        encoded_line(Server("whois.example", charset="iso-2022-jp"), "日本")


def test_a_line_has_an_end() -> None:
    """At most 1,024 bytes and 61 words, as RIPE's servers take."""
    assert len(RipeQuery(key="x" * (MAX_LINE - 3)).as_question(RIPE).line) == MAX_LINE
    with pytest.raises(QueryError, match="1024 bytes"):
        RipeQuery(key="x" * (MAX_LINE - 2)).as_question(RIPE)
    with pytest.raises(QueryError, match="61 words"):
        RipeQuery(key=" ".join("x" * 61)).as_question(RIPE)

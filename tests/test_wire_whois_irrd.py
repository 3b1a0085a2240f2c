"""IRRd's commands and the replies they get."""

import pytest

from irtkit.errors import AccessDeniedError, AnswerError, QueryError
from irtkit.wire.questions import Server, WhoisQuestion
from irtkit.wire.whois import irrd
from irtkit.wire.whois.irrd import IrrdCommand, IrrdStatus, RouteOption, SerialRange, read_reply

SERVER = Server("irrd.example", dialect="irrd", charset="utf-8")


@pytest.mark.parametrize(
    ("command", "line"),
    [
        (irrd.keep_open(), "!!"),
        (irrd.quit_connection(), "!q"),
        (irrd.server_version(), "!v"),
        (irrd.name_client("irtkit"), "!nirtkit"),
        (irrd.set_timeout(30), "!t30"),
        (irrd.list_sources(), "!s-lc"),
        (irrd.use_sources("RIPE", "TEST"), "!sRIPE,TEST"),
        (irrd.serials_of(), "!j-*"),
        (irrd.serials_of("TEST"), "!jTEST"),
        (irrd.routes_of_as("AS64496"), "!gAS64496"),
        (irrd.routes_of_as(64496, 6), "!6AS64496"),
        (irrd.routes_of_set("AS-EXAMPLE"), "!aAS-EXAMPLE"),
        (irrd.routes_of_set("AS64496:AS-EXAMPLE", 6), "!a6AS64496:AS-EXAMPLE"),
        (irrd.members_of("AS-EXAMPLE"), "!iAS-EXAMPLE"),
        (irrd.members_of("AS-EXAMPLE", recursive=True), "!iAS-EXAMPLE,1"),
        (irrd.object_with_key("irt", "IRT-EXAMPLE"), "!mirt,IRT-EXAMPLE"),
        (irrd.object_with_key("inetnum", "192.0.2.0 - 192.0.2.255"), "!minetnum,192.0.2.0 - 192.0.2.255"),
        (irrd.maintained_by("EXAMPLE-MNT"), "!oEXAMPLE-MNT"),
        (irrd.routes_at("192.0.2.0/24"), "!r192.0.2.0/24"),
        (irrd.routes_at("192.0.2.0/24", RouteOption.ORIGINS), "!r192.0.2.0/24,o"),
        (irrd.routes_at("2001:db8::/32", RouteOption.ALL_LESS), "!r2001:db8::/32,L"),
    ],
)
def test_a_command_becomes_a_line(command: IrrdCommand, line: str) -> None:
    """Every `!` command has a function, and its question is its line."""
    assert str(command) == line
    assert command.as_question(SERVER) == WhoisQuestion(SERVER, line.encode(), persistent=True)


def test_some_commands_belong_to_the_owner_of_the_connection() -> None:
    """Whoever shares connections must not send what changes the next one's answers."""
    changing = [
        irrd.keep_open(),
        irrd.quit_connection(),
        irrd.name_client("x"),
        irrd.set_timeout(1),
        irrd.use_sources("A"),
    ]
    assert all(command.changes_connection for command in changing)
    assert not any(command.changes_connection for command in (irrd.list_sources(), irrd.server_version()))


@pytest.mark.parametrize("text", ["", "a b", "a\nb", "a,b", "!q", "é"])
def test_no_argument_leaves_its_place(text: str) -> None:
    """A name with anything else in it is refused."""
    for make in (irrd.members_of, irrd.maintained_by, irrd.use_sources, irrd.name_client, irrd.routes_of_set):
        with pytest.raises(QueryError, match="expected"):
            make(text)


def test_numbers_are_checked() -> None:
    """AS numbers, timeouts, families, prefixes."""
    for wrong in ("AS-X", "AS4294967296", "AS1.1", -1):
        with pytest.raises(QueryError, match="AS number"):
            irrd.routes_of_as(wrong)
    with pytest.raises(QueryError, match="timeout"):
        irrd.set_timeout(0)
    with pytest.raises(QueryError, match="family"):
        irrd.routes_of_as(1, 5)
    for text in ("192.0.2.0 - 192.0.2.9", "nonsense"):
        with pytest.raises(QueryError, match="prefix"):
            irrd.routes_at(text)
    with pytest.raises(QueryError, match="name of a source"):
        irrd.use_sources()


def test_only_an_irrd_is_asked_like_this() -> None:
    """Another server would search for the line."""
    with pytest.raises(QueryError, match="speaks ripe"):
        irrd.server_version().as_question(Server("whois.example"))


def test_a_reply_has_words_or_objects() -> None:
    """The counted bytes are one or the other, by the command that was sent."""
    reply = read_reply(b"A28\n192.0.2.0/24 203.0.113.0/24\nC\n", SERVER)
    assert (reply.status, reply.words) == (IrrdStatus.FOUND, ("192.0.2.0/24", "203.0.113.0/24"))
    text = b"irt: IRT-EXAMPLE\nsource: TEST\n"
    reply = read_reply(b"A%d\n%bC\n" % (len(text), text), SERVER)
    assert [obj.primary_key for obj in reply.answer.objects] == ["IRT-EXAMPLE"]


@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        (b"C\n", IrrdStatus.DONE, ""),
        (b"D\n", IrrdStatus.NOT_FOUND, ""),
        (b"E\r\n", IrrdStatus.AMBIGUOUS, ""),
        (b"F Unrecognised command: y\n", IrrdStatus.REFUSED, "Unrecognised command: y"),
    ],
)
def test_a_reply_may_have_nothing(body: bytes, status: IrrdStatus, message: str) -> None:
    """Done, not found, ambiguous or refused; only the last is an error, and ours."""
    reply = read_reply(body, SERVER)
    assert (reply.status, reply.message, reply.words) == (status, message, ())
    if status is IrrdStatus.REFUSED:
        with pytest.raises(QueryError, match="Unrecognised"):
            reply.raise_for_refusal()
    else:
        reply.raise_for_refusal()


def test_serials_are_read() -> None:
    """One line a source; a source without journal has no range, an unknown one no serials."""
    text = b"TEST:Y:1-20\nRIPE:N:0-99:98\nRADB:N:-\nNONE:X:Database unknown\n"
    assert read_reply(b"A%d\n%bC\n" % (len(text), text), SERVER).serials == (
        SerialRange("TEST", True, 1, 20),
        SerialRange("RIPE", False, 0, 99),
        SerialRange("RADB", False, None, None),
        SerialRange("NONE", False, None, None),
    )


def test_what_is_no_reply_is_an_error() -> None:
    """A refusal before the command was read is its own error."""
    with pytest.raises(AccessDeniedError, match="Access denied"):
        read_reply(b"%% Access denied", SERVER)
    for body in (b"", b"hello\n", b"A99\nshort\nC\n", b"Ax\n", b"CC\n"):
        with pytest.raises(AnswerError, match="expected a reply"):
            read_reply(body, SERVER)

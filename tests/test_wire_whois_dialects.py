"""Registries without RPSL contacts: how each is asked, and what its answers say about networks and contacts."""

import pytest

from irtkit.errors import QueryError
from irtkit.wire.questions import Server, WhoisQuestion
from irtkit.wire.whois import Answer, NetworkRecord, RipeQuery, ask, parse_answer, read_networks, takes_flags
from irtkit.wire.whois.arin import ArinMatch, arin_matches
from irtkit.wire.whois.blocks import iter_blocks

SERVERS = {
    dialect: Server(f"{dialect}.example", dialect=dialect, charset=charset)
    for dialect, charset in {
        "ripe": "latin-1",
        "irrd": "utf-8",
        "arin": "utf-8",
        "lacnic": "utf-8",
        "jpnic": "iso-2022-jp",
        "krnic": "utf-8",
        "twnic": "utf-8",
        "plain": "utf-8",
    }.items()
}


def read(text: str, dialect: str) -> Answer:
    return parse_answer(text.encode(SERVERS[dialect].charset), SERVERS[dialect])


def contacts(record: NetworkRecord) -> list[tuple[str, str | None, str | None]]:
    return [(contact.kind, contact.handle, contact.mailbox) for contact in record.contacts]


@pytest.mark.parametrize(
    ("dialect", "key", "line"),
    [
        ("ripe", "192.0.2.1", "-r -c 192.0.2.1"),
        ("ripe", "AS64496", "-r AS64496"),
        ("ripe", "IRT-EXAMPLE", "-r IRT-EXAMPLE"),
        ("irrd", "192.0.2.0/24", "-r 192.0.2.0/24"),
        ("arin", "192.0.2.1", "n + 192.0.2.1"),
        ("arin", "2001:db8::1", "n + 2001:db8::1"),
        ("arin", "192.0.2.0/24", "r + = 192.0.2.0/24"),
        ("arin", "as64496", "a + 64496"),
        ("arin", "net-192-0-2-0-1", "n + ! NET-192-0-2-0-1"),
        ("arin", "ABUSE1-ARIN", "p + ! ABUSE1-ARIN"),
        ("arin", "EXAMPLE", "EXAMPLE"),
        ("lacnic", "192.0.2.0/24", "192.0.2.0/24"),
        ("lacnic", "192.0.2.0 - 192.0.2.9", "192.0.2.0"),
        ("lacnic", "as064496", "AS64496"),
        ("lacnic", "ABC1", "ABC1"),
        ("jpnic", "192.0.2.1", "192.0.2.1/e"),
        ("jpnic", "192.0.2.0/24", "192.0.2.0/24/e"),
        ("jpnic", "AS64496", "AS 64496/e"),
        ("krnic", "192.0.2.0/24", "192.0.2.0"),
        ("krnic", "AS64496", "AS64496"),
        ("twnic", "192.0.2.1", "192.0.2.1"),
        ("plain", "  192.0.2.1 ", "192.0.2.1"),
    ],
)
def test_each_server_is_asked_in_its_own_words(dialect: str, key: str, line: str) -> None:
    """A key becomes the line that brings most without personal data."""
    server = SERVERS[dialect]
    assert ask(server, key) == WhoisQuestion(server, line.encode())
    assert takes_flags(server) is line.startswith("-")


def test_flags_go_where_they_are_understood() -> None:
    """A query with flags is for RIPE-style servers; elsewhere its key alone may be asked."""
    query = RipeQuery.parse("-c -B 192.0.2.1")
    assert ask(SERVERS["ripe"], query, persistent=True).line == b"-k -r -c -B 192.0.2.1"
    with pytest.raises(QueryError, match="takes no flags"):
        ask(SERVERS["arin"], query)
    assert ask(SERVERS["arin"], RipeQuery.parse("192.0.2.1")).line == b"n + 192.0.2.1"


@pytest.mark.parametrize("key", ["", " ", "-k", "a\r\nb", "a\x00", "x" * 1025])
@pytest.mark.parametrize("dialect", SERVERS)
def test_no_server_is_asked_what_is_no_key(dialect: str, key: str) -> None:
    """Empty, a flag, with control characters, or too long: none of it leaves, whatever the dialect."""
    with pytest.raises(QueryError):
        ask(SERVERS[dialect], key)


ARIN = """
#
# Terms of use
#

NetRange:       192.0.2.0 - 192.0.2.255
CIDR:           192.0.2.0/24
NetName:        OUTER
NetHandle:      NET-192-0-2-0-1
NetType:        Direct Allocation
Organization:   Outer Inc. (OUTER)

OrgName:        Outer Inc.
OrgId:          OUTER
Country:        US

OrgAbuseHandle: ABUSE1-ARIN
OrgAbuseName:   Abuse
OrgAbuseEmail:  abuse@outer.example
OrgTechHandle: TECH1-ARIN
OrgTechEmail:  tech@outer.example

NetRange:       192.0.2.0 - 192.0.2.127
NetName:        INNER
NetHandle:      NET-192-0-2-0-2
Organization:   Inner LLC (INNER)

CustName:       Inner LLC
Country:        CA

OrgAbuseHandle: ABUSE2-ARIN
OrgAbuseEmail:  abuse@inner.example

RAbuseHandle: ABUSE3-ARIN
RAbuseEmail:  net-abuse@inner.example
RNOCHandle: NOC1-ARIN

#
# Terms of use
#
"""


def test_arin_networks_have_their_own_contacts_first() -> None:
    """From the less to the more specific; what is the network's stands before what is its holder's."""
    outer, inner = read_networks(read(ARIN, "arin"))
    assert (outer.key, outer.handle, outer.name) == ("192.0.2.0 - 192.0.2.255", "NET-192-0-2-0-1", "OUTER")
    assert (outer.org_id, outer.org_name, outer.country, outer.status) == (
        "OUTER",
        "Outer Inc.",
        "US",
        "Direct Allocation",
    )
    assert contacts(outer) == [
        ("abuse", "ABUSE1-ARIN", "abuse@outer.example"),
        ("tech", "TECH1-ARIN", "tech@outer.example"),
    ]
    assert outer.contacts[0].name == "Abuse"
    assert outer.contacts[0].line == ARIN.split("\n").index("OrgAbuseEmail:  abuse@outer.example") + 1
    assert (inner.org_id, inner.org_name, inner.country) == ("INNER", "Inner LLC", "CA")
    assert [contact.mailbox for contact in inner.abuse_contacts] == ["net-abuse@inner.example", "abuse@inner.example"]
    assert ("noc", "NOC1-ARIN", None) in contacts(inner)
    assert inner.contacts[0].via == "NetRange 192.0.2.0 - 192.0.2.127 -> RAbuseHandle ABUSE3-ARIN -> RAbuseEmail"
    assert inner.space is not None
    assert inner.space.size == 128


def test_arin_lists_networks_that_are_too_many() -> None:
    """Then there is a name and a handle of each, to be asked for."""
    text = "# Terms\n\nOuter Inc. OUTER (NET-192-0-2-0-1) 192.0.2.0 - 192.0.2.255\nNo network here\n"
    answer = read(text, "arin")
    assert arin_matches(answer) == (ArinMatch("Outer Inc. OUTER", "NET-192-0-2-0-1", "192.0.2.0 - 192.0.2.255", 3),)
    assert [contacts(record) for record in read_networks(answer)] == []


def test_an_organisation_at_arin_has_contacts_without_a_network() -> None:
    """An answer about a holder alone is one record with an empty key."""
    text = "OrgName: Example Inc.\nOrgId: EXAMPLE\n\nOrgAbuseHandle: A1-ARIN\nOrgAbuseEmail: abuse@example.net\n"
    (record,) = read_networks(read(text, "arin"))
    assert (record.key, record.space, record.org_id) == ("", None, "EXAMPLE")
    assert contacts(record) == [("abuse", "A1-ARIN", "abuse@example.net")]
    assert record.contacts[0].via == "OrgName Example Inc. -> OrgAbuseHandle A1-ARIN -> OrgAbuseEmail"


def test_an_as_number_at_arin_is_a_record() -> None:
    """It has no range, and contacts like a network."""
    text = "ASNumber: 64496\nASName: EXAMPLE\nASHandle: AS64496\n\nOrgAbuseEmail: abuse@example.net\n"
    (record,) = read_networks(read(text, "arin"))
    assert (record.key, record.space, record.handle) == ("64496", None, "AS64496")
    assert contacts(record) == [("abuse", None, "abuse@example.net")]


LACNIC = """% Joint Whois

inetnum:     192.0.2/24
status:      allocated
owner:       Example S.A.
ownerid:     UY-EXSA-LACNIC
country:     UY
owner-c:     ABC1
abuse-c:     DEF2
tech-c:

nic-hdl:     ABC1
person:      Example Person
e-mail:      owner@example.net

nic-hdl-br:  DEF2
person:      Abuse Desk
e-mail:      abuse@example.net

aut-num:     AS64496
owner:       Example S.A.
abuse-c:     XYZ9
"""


def test_lacnic_contacts_are_handles_with_a_mailbox_of_their_own() -> None:
    """A short prefix is a range, a contact that is not in the answer keeps its handle."""
    network, number = read_networks(read(LACNIC, "lacnic"))
    assert (network.key, network.org_id, network.country) == ("192.0.2/24", "UY-EXSA-LACNIC", "UY")
    assert network.space is not None
    assert network.space.canonical == "192.0.2.0 - 192.0.2.255"
    assert contacts(network) == [("owner", "ABC1", "owner@example.net"), ("abuse", "DEF2", "abuse@example.net")]
    assert network.abuse_contacts[0].via == "inetnum 192.0.2/24 -> abuse-c DEF2 -> e-mail"
    assert LACNIC.split("\n")[network.abuse_contacts[0].line - 1] == "e-mail:      abuse@example.net"
    assert (number.space, contacts(number)) == (None, [("abuse", "XYZ9", None)])


JPNIC = """[ JPNIC database provides information regarding IP address and ASN.     ]

Network Information: [ネットワーク情報]
[IPネットワークアドレス]        192.0.2.0/24
[ネットワーク名]                EXAMPLE-NET
[Organization]                  Example Inc.
[管理者連絡窓口]                JP00000001
[技術連絡担当者]                AB12345JP
[Abuse]                         abuse@example.net
[最終更新]                      2010/04/28 10:50:55(JST)

Less Specific Info.
----------
Outer Inc. [Abuse] elsewhere@example.net
[Abuse]                         other@example.net
"""


@pytest.mark.parametrize("charset", ["iso-2022-jp", "euc-jp", "utf-8"])
def test_jpnic_labels_are_japanese_or_english(charset: str) -> None:
    """In whatever charset; what follows about other networks is not this network's."""
    answer = parse_answer(JPNIC.encode(charset), SERVERS["jpnic"])
    (record,) = read_networks(answer)
    assert (record.key, record.name, record.org_name) == ("192.0.2.0/24", "EXAMPLE-NET", "Example Inc.")
    assert contacts(record) == [
        ("admin", "JP00000001", None),
        ("tech", "AB12345JP", None),
        ("abuse", None, "abuse@example.net"),
    ]
    assert (answer.objects, answer.problems, answer.notices) == ((), (), ())


def test_jpnic_in_english_numbers_its_rows() -> None:
    """`a. [Network Number]` is the same row; an empty abuse contact is none."""
    text = "a. [Network Number]             192.0.2.0/24\nb. [Network Name]               X\n[Abuse]\n"
    (record,) = read_networks(read(text, "jpnic"))
    assert (record.key, record.name, record.contacts) == ("192.0.2.0/24", "X", ())


KRNIC = """query : 192.0.2.1

# KOREAN(UTF8)

[ 네트워크 할당 정보 ]
IPv4주소           : 192.0.2.0 - 192.0.2.255 (/24)
전자우편           : korean@example.net

# ENGLISH

KRNIC is not an ISP but a National Internet Registry similar to APNIC.

[ Network Information ]
IPv4 Address       : 192.0.2.0 - 192.0.2.255 (/24)
Organization Name  : Example Telecom
Service Name       : EXAMPLENET
Phone              :

Name               : IP Manager
Phone              : +82-2-555-0100
E-Mail             : manager@example.net

--------------------------------------------------------------------------------

More specific assignment information is as follows.

[ Network Information ]
IPv4 Address       : 192.0.2.0 - 192.0.2.63 (/26)
Organization Name  : Customer
Network Type       : CUSTOMER

[ Tech Contact Information ]
Name               : Technician
E-Mail             : tech@example.net

[ Network Abuse Contact Information ]
Name               : Network Abuse
Phone              :
E-Mail             : abuse@example.net

- KISA/KRNIC WHOIS Service -
"""


@pytest.mark.parametrize("charset", ["utf-8", "euc-kr"])
def test_krnic_says_what_contacts_are_for_in_headings(charset: str) -> None:
    """Where there is no heading, the contact is the network's and nothing more; the Korean part is left out."""
    outer, inner = read_networks(parse_answer(KRNIC.encode(charset), SERVERS["krnic"]))
    assert (outer.key, outer.name, outer.org_name) == ("192.0.2.0 - 192.0.2.255", "EXAMPLENET", "Example Telecom")
    assert contacts(outer) == [("network", None, "manager@example.net")]
    assert outer.abuse_contacts == ()
    assert (inner.status, inner.org_name) == ("CUSTOMER", "Customer")
    assert contacts(inner) == [("tech", None, "tech@example.net"), ("abuse", None, "abuse@example.net")]
    assert inner.abuse_contacts[0].name == "Network Abuse"


def test_twnic_writes_contacts_below_their_headings() -> None:
    """The name stands before the block that begins the record."""
    text = (
        "   Netname: EXAMPLE-NET\n   Netblock: 192.0.2.0/24\n\n   Administrator contact:\n      adm@example.net\n\n"
        "   Technical contact:\n      tec@example.net\n\n   Netname: OTHER-NET\n   Netblock: 198.51.100.0/24\n"
    )
    first, second = read_networks(read(text, "twnic"))
    assert (first.name, second.name) == ("EXAMPLE-NET", "OTHER-NET")
    assert contacts(first) == [("admin", None, "adm@example.net"), ("tech", None, "tec@example.net")]
    assert second.contacts == ()


def test_a_web_page_around_an_answer_does_not_matter() -> None:
    """Gateways answer in HTML; links are dropped and their text is read."""
    text = '<HTML><PRE>\na. [Network Number]  <A HREF="./gw?key=192.0.2.0/24">192.0.2.0/24</A>\n</PRE></HTML>\n'
    (record,) = read_networks(read(text, "jpnic"))
    assert record.key == "192.0.2.0/24"


@pytest.mark.parametrize("dialect", ["ripe", "irrd", "plain"])
def test_other_servers_have_no_records(dialect: str) -> None:
    """RPSL contacts are for the contact walk, and of an unknown server nothing is guessed."""
    assert read_networks(read("inetnum: 192.0.2.0/24\nabuse-c: X\ne-mail: a@example.net\n", dialect)) == ()


def test_any_text_can_be_shown_in_blocks() -> None:
    """Labels before a colon or in brackets; a line without one keeps its text."""
    text = "% comment\nNet block : 192.0.2.0/24\n[Name] Example\n\n\nhttps://example.net/\nContact:\n  a@example.net\n"
    first, second = iter_blocks(text)
    assert first.rows == (("Net block", "192.0.2.0/24", 2), ("Name", "Example", 3))
    assert second.rows == (("", "https://example.net/", 6), ("Contact", "", 7), ("", "a@example.net", 8))
    assert first.values("NET BLOCK") == ("192.0.2.0/24",)

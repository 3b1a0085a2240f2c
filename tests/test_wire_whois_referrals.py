"""Whom answers refer to: ARIN's links, IANA's rows, placeholders, transfers, national registries, rwhois."""

import pytest

from irtkit.wire.questions import Server
from irtkit.wire.whois import Referral, ReferralKind, find_referrals, parse_answer
from irtkit.wire.whois.referrals import read_target

RIPE = Server("ripe.example.net", registry="ripe")
APNIC = Server("apnic.example.net", registry="apnic")
ARIN = Server("arin.example.net", dialect="arin", registry="arin")
LACNIC = Server("lacnic.example.net", dialect="lacnic", registry="lacnic")
IANA = Server("iana.example.net", dialect="plain")


def plain(host: str, port: int = 43) -> Server:
    return Server(host, port, "plain", "utf-8")


def referrals(text: str, server: Server) -> tuple[Referral, ...]:
    return find_referrals(parse_answer(text.encode(), server))


def targets(text: str, server: Server) -> list[object]:
    return [referral.target for referral in referrals(text, server)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("whois://whois.example.net", (ReferralKind.WHOIS, plain("whois.example.net"))),
        ("whois://WHOIS.example.NET:43/", (ReferralKind.WHOIS, plain("whois.example.net"))),
        ("whois.example.net", (ReferralKind.WHOIS, plain("whois.example.net"))),
        ("whois.example.net.", (ReferralKind.WHOIS, plain("whois.example.net"))),
        ("whois.example.net:4343", (ReferralKind.WHOIS, plain("whois.example.net", 4343))),
        ("rwhois://rwhois.example.net", (ReferralKind.RWHOIS, plain("rwhois.example.net", 4321))),
        ("rwhois://rwhois.example.net:4321/", (ReferralKind.RWHOIS, plain("rwhois.example.net", 4321))),
        ("whois://whois.example.net:4321", (ReferralKind.RWHOIS, plain("whois.example.net", 4321))),
        ("whois://[2001:db8::1]:43", (ReferralKind.WHOIS, plain("2001:db8::1"))),
        ("https://rdap.example.net/ip/192.0.2.1", (ReferralKind.WEB, "https://rdap.example.net/ip/192.0.2.1")),
        ("localhost", None),
        ("whois://", None),
        ("whois://a b", None),
        ("whois://host.example.net:0", None),
        ("whois://host.example.net:99999", None),
        ("ftp://host.example.net/", None),
        ("see the web page", None),
        ("", None),
        ("x." * 2000, None),
    ],
)
def test_a_target_is_read(text: str, expected: object) -> None:
    """With a scheme or bare; what is no host is no target."""
    assert read_target(text) == expected


@pytest.mark.parametrize(
    ("value", "refusal"),
    [
        ("whois://whois.example.net", None),
        ("rwhois://rwhois.example.net:4321", None),
        ("https://rdap.example.net/", None),
        ("whois://whois.example.net:22", "port 22"),
        ("whois://127.0.0.1:43", "not public"),
        ("whois://10.0.0.1", "not public"),
        ("whois://[::1]:43", "not public"),
        ("whois://whois.localhost", "not public"),
        ("https://127.0.0.1/", "not public"),
        ("https://rdap.example.net:8443/", "port 8443"),
    ],
)
def test_a_referral_says_why_it_must_not_be_followed(value: str, refusal: str | None) -> None:
    """Only public hosts at the ports where such servers are, unless the user allows it."""
    (referral,) = referrals(f"NetRange: 192.0.2.0 - 192.0.2.255\nReferralServer: {value}\n", ARIN)
    said = referral.find_refusal()
    assert said is None if refusal is None else refusal in str(said)
    if isinstance(referral.target, Server):
        shown = f"[{referral.target.host}]" if ":" in referral.target.host else referral.target.host
        assert referral.find_refusal(allowed={f"{shown}:{referral.target.port}"}) is None


def test_at_arin_the_last_server_counts() -> None:
    """Answers go from the less to the more specific network; web addresses come after servers."""
    text = (
        "NetRange: 192.0.2.0 - 192.0.2.255\nNetType: Early Registrations, Transferred to RIPE NCC\n"
        "ResourceLink: https://www.example.net/query\nResourceLink: outer.example.net\n\n"
        "OrgName: Outer\nReferralServer: whois://outer.example.net\n\n"
        "NetRange: 192.0.2.0 - 192.0.2.127\n\nOrgName: Inner\nReferralServer: rwhois://inner.example.net:4321\n"
    )
    assert targets(text, ARIN) == [
        plain("inner.example.net", 4321),
        plain("outer.example.net"),
        "ripe",
        "https://www.example.net/query",
    ]


def test_a_referral_keeps_its_line() -> None:
    """Whoever follows it can say why."""
    (referral,) = referrals("NetRange: 192.0.2.0 - 192.0.2.255\nReferralServer:  whois://whois.example.net\n", ARIN)
    assert (referral.because, referral.line) == ("ReferralServer:  whois://whois.example.net", 2)


def test_nobody_is_referred_to_where_he_is() -> None:
    """A server that names itself refers to nobody."""
    assert targets("NetRange: 192.0.2.0 - 192.0.2.255\nReferralServer: whois://ARIN.example.net\n", ARIN) == []
    assert targets("inetnum: 192.0.2.0 - 192.0.2.255\nsource: KRNIC\n", Server("x", registry="krnic")) == []


def test_iana_refers_by_rows() -> None:
    """`refer:` and `whois:` say the same, so it is one referral."""
    text = "% IANA\n\nrefer: whois.example.net\n\ninetnum: 192.0.0.0 - 192.255.255.255\nwhois: whois.example.net\n"
    assert targets(text, IANA) == [plain("whois.example.net")]


def test_an_rwhois_server_refers_in_its_own_way() -> None:
    """A line of RFC 2167."""
    text = "%rwhois V-1.5\n%referral rwhois://inner.example.net:4321/auth-area=192.0.2.0/24\n%ok\n"
    assert targets(text, IANA) == [plain("inner.example.net", 4321)]


PLACEHOLDER = "inetnum: 192.0.0.0 - 192.0.3.255\nnetname: NON-RIPE-NCC-MANAGED-ADDRESS-BLOCK\nsource: RIPE\n\n"
REAL = "inetnum: 192.0.2.0 - 192.0.2.255\nnetname: EXAMPLE-NET\nsource: RIPE\n\n"


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        (PLACEHOLDER, ["elsewhere"]),
        (PLACEHOLDER + REAL, []),
        (REAL, []),
        ("inetnum: 192.0.2.0 - 192.0.2.255\ndescr: IPv4 address block not managed by the RIPE NCC\n", ["elsewhere"]),
        ("inetnum: 192.0.2.0/24\ndescr: This network range is not allocated to APNIC.\n", ["elsewhere"]),
        ("inet6num: ::/0\nnetname: WHATEVER\n", ["elsewhere"]),
        ("inetnum: 0.0.0.0 - 255.255.255.255\nnetname: IANA-BLK\n", ["elsewhere"]),
        ("inetnum: nonsense\nnetname: X\n", []),
        ("%ERROR:101: no entries found\n", []),
    ],
)
def test_a_placeholder_means_ask_elsewhere(text: str, kinds: list[str]) -> None:
    """A network that registers nothing refers, unless a real one stands beside it."""
    assert [str(referral.kind) for referral in referrals(text, RIPE)] == kinds


def test_also_a_server_of_no_known_registry_may_say_ask_elsewhere() -> None:
    """That nobody knows the registry does not make its placeholder a network."""
    assert targets(PLACEHOLDER, Server("mirror.example.net")) == [None]


def test_an_answer_full_of_referrals_names_some() -> None:
    """Thousands of targets are a trap, not a way."""
    text = "".join(f"refer: host{number}.example.net\n\n" for number in range(2000))
    assert len(targets(text, IANA)) == 64


def test_a_transfer_says_where_to() -> None:
    """APNIC keeps a stub for what went to another region."""
    text = "inetnum: 192.0.2.0 - 192.0.2.255\nnetname: STUB\ndescr: Transferred to the RIPE region on 2018-06-01\n"
    found = referrals(text + "mnt-by: APNIC-STUB\n", APNIC)
    assert [(referral.kind, referral.target) for referral in found] == [
        (ReferralKind.REGISTRY, "ripe"),
        (ReferralKind.ELSEWHERE, None),
    ]


@pytest.mark.parametrize(
    ("attribute", "registry"),
    [
        ("source: JPNIC", "jpnic"),
        ("mnt-by: MAINT-JPNIC", "jpnic"),
        ("mnt-lower: OTHER-MNT, MNT-KRNIC-AP", "krnic"),
        ("source: KRNIC", "krnic"),
        ("mnt-by: MAINT-TW-TWNIC", "twnic"),
    ],
)
def test_national_registries_are_named_by_what_they_maintain(attribute: str, registry: str) -> None:
    """APNIC has part of their data, and says whose it is."""
    assert targets(f"inetnum: 192.0.2.0 - 192.0.2.255\nnetname: X\n{attribute}\n", APNIC) == [registry]


def test_lacnic_names_the_server_or_leaves_it_to_the_country() -> None:
    """A resource line names a server; without an abuse-c the national registry has the details."""
    text = "% Brazilian resource: nicbr.example.net\n\n% Not assigned to LACNIC\n\ninetnum: 192.0.2/24\ncountry: BR\n"
    assert targets(text, LACNIC) == [plain("nicbr.example.net"), "nicbr", None]
    assert targets("inetnum: 192.0.2/24\ncountry: BR\nabuse-c: ABC1\n", LACNIC) == []
    assert targets("inetnum: 192.0.2/24\ncountry: MX\n", LACNIC) == ["nicmx"]


def test_free_text_of_a_holder_refers_nobody() -> None:
    """What holders may write into RIPE-style objects is no referral to a host."""
    text = REAL.replace("source", "remarks: ReferralServer: whois://evil.example.net\nrefer: evil.example.net\nsource")
    assert targets(text, RIPE) == []

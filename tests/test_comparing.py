"""What was sent and what is stored are compared as a registry would, and only real differences are told."""

import pytest

from irtkit.rpsl import RpslObject, parse_object
from irtkit.submission.comparing import Difference, differences, has_same_key

IRT = """\
irt:            IRT-EXAMPLE
address:        1 Example Street
e-mail:         csirt@example.net
auth:           PGPKEY-0A0B0C0D
auth:           MD5-PW $1$abcdefgh$0123456789012345678901
mnt-by:         A-MNT, B-MNT
source:         RIPE
"""


def irt(text: str = IRT) -> RpslObject:
    return parse_object(text)


def told(sent: str, stored: str) -> list[str]:
    return [str(one) for one in differences(irt(sent), irt(stored))]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("source:         RIPE", "created: 2020-01-01T00:00:00Z\nlast-modified: 2020-01-01T00:00:00Z\nsource: ripe"),
        ("irt:            IRT-EXAMPLE", "irt: irt-example"),
        ("A-MNT, B-MNT", "a-mnt,b-mnt"),
        ("1 Example Street", "1\n  Example\n+ Street"),
        ("MD5-PW $1$abcdefgh$0123456789012345678901", "MD5-PW # Filtered"),
        ("MD5-PW $1$abcdefgh$0123456789012345678901", "MD5-PW DummyValue  # Filtered for security"),
        ("source:         RIPE", "source: RIPE # Filtered"),
        ("source:", "changed: a@example.net 20200101\nsource:"),
    ],
)
def test_what_registries_do_by_themselves_is_no_difference(old: str, new: str) -> None:
    """Generated attributes, layout, case, and credentials that they hide."""
    assert told(IRT, IRT.replace(old, new)) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("1 Example", "2 Example", ["- address: 1 Example Street", "+ address: 2 Example Street"]),
        ("auth:           PGPKEY-0A0B0C0D\n", "", ["- auth: PGPKEY-0A0B0C0D"]),
        ("source:", "remarks: more\nsource:", ["+ remarks: more"]),
        ("MD5-PW $1$abcdefgh$0123456789012345678901", "SSO # Filtered",
         ["- auth: MD5-PW $1$abcdefgh$0123456789012345678901", "+ auth: SSO"]),
        ("address:        1 Example Street\n", "address: 1 Example Street\n" * 2, ["+ address: 1 Example Street"]),
    ],
)  # fmt: skip
def test_every_other_value_is_told_once(old: str, new: str, expected: list[str]) -> None:
    """On the side that has it, as often as it has it more."""
    assert told(IRT, IRT.replace(old, new)) == expected


def test_notations_of_a_key_are_one_key() -> None:
    """A prefix and its range name one network; a route is its prefix and origin."""
    prefix, network = (
        irt("inetnum: 192.0.2.0/24\nsource: RIPE\n"),
        irt("inetnum: 192.0.2.0 - 192.0.2.255\nsource: RIPE\n"),
    )
    assert has_same_key(prefix, network)
    assert differences(prefix, network) == ()
    assert not has_same_key(prefix, irt("inetnum: 192.0.2.0 - 192.0.2.127\nsource: RIPE\n"))
    routes = [irt(f"route: 192.0.2.0/24\norigin: AS{number}\nsource: RIPE\n") for number in (64500, 64501)]
    assert not has_same_key(*routes)
    assert not has_same_key(irt("inetnum: 192.0.2.0/24\n"), irt("route: 192.0.2.0/24\norigin: AS64500\n"))


@pytest.mark.parametrize("name", ["mnt-lower", "mnt-routes"])
def test_what_the_registry_takes_out_of_an_aut_num_is_no_difference(name: str) -> None:
    """It does not store it, and the same attribute of another class counts."""
    aut_num, network = "aut-num: AS64500\nsource: RIPE\n", "inetnum: 192.0.2.0/24\nsource: RIPE\n"
    assert told(f"{aut_num}{name}: A-MNT\n", aut_num) == []
    assert told(f"{network}{name}: A-MNT\n", network) == [f"- {name}: A-MNT"]


def test_a_difference_is_a_value() -> None:
    """With its attribute's long name, whatever was written."""
    assert differences(irt(), irt(IRT + "rm: short\n")) == (Difference("remarks", "short", is_stored=True),)

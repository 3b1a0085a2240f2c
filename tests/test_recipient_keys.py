"""The keys of irts out of an index: which ones, of which registry, judged once; and what it keeps of key-certs."""

import subprocess
import sys
from pathlib import Path

import pytest

from irtkit.clients import recipient_keys
from irtkit.clients.gpg_keys import key_states
from irtkit.clients.recipient_keys import KeyFinder
from irtkit.contacts.keys import judge_state
from irtkit.errors import RangeError
from irtkit.index.keycerts import find_key_cert, iter_key_certs
from irtkit.index.layout import KEYED_CLASSES
from irtkit.openpgp.keycerts import certif_text, read_key_cert
from irtkit.openpgp.listings import KeyState, SubkeyState
from irtkit.rpsl import RpslObject, parse_objects

sys.path.insert(0, str(Path(__file__).parent / "openpgp"))  # the folders are no packages
sys.path.insert(0, str(Path(__file__).parent / "property"))

from openpgp_teams import ADDRESSES, Home, irt, network
from worlds import build

pytest_plugins = ["openpgp_team_fixtures"]

CERT = "key-cert:       PGPKEY-0A0B0C0D\ncertif:         x\nsource:         RIPE\n"


def test_a_registry_without_key_certs_has_none() -> None:
    """Neither irts nor key-certs: the arrays are there, and empty."""
    for text in ("", network("192.0.2.1", "IRT-X"), network("192.0.2.1", "IRT-X") + "\n" + irt("IRT-X")):
        index = build([text])
        assert index.keys("192.0.2.1") == []
        assert list(iter_key_certs(index)) == []
        assert find_key_cert(index, "PGPKEY-0A0B0C0D", "ripe") is None


def test_a_key_cert_comes_out_as_it_went_in() -> None:
    """Continuation lines, empty ones, characters beyond ASCII; comments between lines are no part of an object."""
    text = (
        "key-cert:       PGPKEY-0A0B0C0D\n"
        "owner:          J\u00f6rg # not me\n"
        "certif:         -----BEGIN PGP PUBLIC KEY BLOCK-----\n"
        "+\n"
        "# a comment line\n"
        "                mDMEZFC08BYJ  KwYB #x\n"
        "certif:\n"
        "certif:         =abcd\r\n"
        "source:         RIPE\n"
    )
    for encoding in ("utf-8", "latin-1"):
        (found,) = iter_key_certs(build([f"# header\n\n{text}\n# footer\n".encode(encoding)]))
        assert bytes(found) == text.replace("# a comment line\n", "").encode(encoding)
        assert certif_text(found).split("\n") == [
            *("-----BEGIN PGP PUBLIC KEY BLOCK-----", "", "mDMEZFC08BYJ  KwYB #x", "", "=abcd", "")
        ]


def test_of_two_key_certs_the_better_source_counts_then_the_later() -> None:
    """In one registry; another's is another one."""

    def kept(*sources: str) -> list[str]:
        texts = [CERT.replace("RIPE", source).replace("x", str(number)) for number, source in enumerate(sources)]
        together, apart = build(["\n".join(texts)]), build(texts)
        found = [obj.values("certif")[0] for obj in iter_key_certs(together)]
        assert [obj.values("certif")[0] for obj in iter_key_certs(apart)] == found
        return found

    assert kept("RIPE", "RIPE") == ["1"]
    assert kept("RIPE", "RIPE-NONAUTH", "RIPE-GRS") == ["0"]
    assert kept("RIPE-GRS", "RIPE") == ["1"]
    assert kept("RIPE", "APNIC") == ["0", "1"]


def test_an_irt_names_key_certs_of_its_own_registry() -> None:
    text = network("192.0.2.1", "IRT-X") + "\n" + irt("IRT-X", encryption="pgpkey-0a0b0c0d")
    (found,) = build([text + "\n" + CERT.replace("RIPE", "APNIC")]).keys("192.0.2.1")
    assert (found.irt, found.use, found.key_cert, found.object) == ("IRT-X", "encryption", "PGPKEY-0A0B0C0D", None)
    (found,) = build([text + "\n" + CERT]).keys("192.0.2.1")
    assert found.object is not None
    assert found.object.primary_key == "PGPKEY-0A0B0C0D"


def test_a_key_cert_that_cannot_be_read_is_none() -> None:
    """As the object path has it; that the key exists is known all the same."""
    index = build([CERT.replace("certif:", "no colon\ncertif:")])
    assert list(iter_key_certs(index)) == []
    assert index.column("key.class").tolist() == [KEYED_CLASSES.index("key-cert")]


def test_a_finder_asks_gpg_once_for_all_and_not_again(teams: Home, dump: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the number of addresses and keys."""
    asked: list[int] = []

    def counting(keys: list[object], *, now: float | None = None) -> dict[str, KeyState]:
        asked.append(len(keys))
        return key_states(keys, now=now)  # type: ignore[arg-type]  # they are keys

    monkeypatch.setattr(recipient_keys, "key_states", counting)
    finder = KeyFinder(build([dump]))
    found = finder.find([*ADDRESSES.values(), "192.0.2.57", "203.0.113.1"] * 3)
    assert [len(one.keys) for one in found] == [*[2] * len(ADDRESSES), 0, 0] * 3
    assert asked == [len(ADDRESSES)]
    again = finder.find([ADDRESSES["team"]])
    assert [key.fingerprint for key in again[0].keys] == [teams.fingerprint("team")] * 2
    assert asked == [len(ADDRESSES), 0]
    with pytest.raises(RangeError):
        finder.find(["x"])


def test_a_finder_sees_keys_at_another_time(dump: str) -> None:
    """A key that has expired served before."""
    index, long_ago = build([dump]), 1_000_000_000.0
    (now,) = KeyFinder(index).find([ADDRESSES["over"]])
    made = next(key.key for key in now.keys if key.key)
    (then,) = KeyFinder(index, now=made.created + 3600).find([ADDRESSES["over"]])
    assert [(key.state, key.until) for key in then.to_encrypt] == [("valid", made.created + 86400)]
    (before,) = KeyFinder(index, now=long_ago).find([ADDRESSES["team"]])
    assert before.reason == "no-usable-key"


def state(validity: str = "-", uses: str = "sc", expires: int | None = None, *subkeys: SubkeyState) -> KeyState:
    return KeyState(validity, 1, expires, uses, subkeys=list(subkeys), names=["x"])


def subkey(validity: str = "-", uses: str = "e", expires: int | None = None, created: int = 1) -> SubkeyState:
    return SubkeyState(validity, created, expires, uses)


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (state("-", "sce"), ("valid", None)),
        (state("-", "sc", None, subkey()), ("valid", None)),
        (state("-", "sc", 9, subkey()), ("valid", 9)),
        (state("-", "sc", 9, subkey(expires=7)), ("valid", 7)),
        (state("-", "sc", 5, subkey(expires=7)), ("valid", 5)),
        (state("-", "sc", None, subkey(expires=7), subkey(expires=8)), ("valid", 8)),
        (state("-", "sc", None, subkey(expires=7), subkey()), ("valid", None)),
        (state("-", "sc", None, subkey("e", expires=7), subkey(expires=6)), ("valid", 6)),
        (state("-", "sc", None, subkey("r")), ("cannot-encrypt", None)),
        (state("-", "sc", None, subkey("i")), ("cannot-encrypt", None)),
        (state("-", "sc", None, subkey(uses="s")), ("cannot-encrypt", None)),
        (state("e", "sc", 9, subkey()), ("expired", None)),
        (state("r", "sc", None, subkey()), ("revoked", None)),
        (state("i", "sc", None, subkey()), ("invalid", None)),
        (state("d", "sc", None, subkey()), ("invalid", None)),
    ],
)
def test_a_key_serves_to_encrypt_as_long_as_something_on_it_does(
    key: KeyState, expected: tuple[str, int | None]
) -> None:
    found, said, until = judge_state("encryption", key)
    assert (found, until) == expected
    assert said


def test_the_newest_subkey_says_why_none_serves() -> None:
    key = state("-", "sc", None, subkey("r", created=1), subkey("e", expires=0, created=2))
    assert judge_state("encryption", key)[1] == "the subkey that may encrypt expired at 1970-01-01T00:00:00Z"
    key = state("-", "c", None, subkey("e", "s", expires=0), subkey("r", "s", created=2))
    assert judge_state("signature", key)[:2] == ("cannot-sign", "the subkey that may sign was revoked")


def test_finding_keys_takes_no_arrays(project: Path) -> None:
    """The standard library alone finds the objects."""
    program = (
        "import sys, irtkit; irtkit.Index; import irtkit.index.keycerts, irtkit.contacts.keys;"
        "print(sorted({'numpy', 'pyarrow', 'gnupg', 'cryptography', 'click'} & set(sys.modules)))"
    )
    answer = subprocess.run([sys.executable, "-c", program], cwd=project, capture_output=True, text=True, check=True)
    assert answer.stdout == "[]\n"


def test_every_real_key_cert_survives_an_index(shared: Path) -> None:
    """Those of RIPE's own tests, where they are at hand: to the byte, and the key in it is read as before."""
    texts = [path.read_bytes() for path in sorted((shared / "data" / "ripe_whois_tests").rglob("*")) if path.is_file()]
    objects = {obj.primary_key: obj for text in texts for obj in key_certs_in(text)}
    if not objects:
        pytest.skip("no key-certs among the reference data")
    index = build(["\n".join(map(str, objects.values()))], size=1 << 20, max_object=1 << 20)
    kept = {obj.primary_key: obj for obj in iter_key_certs(index)}
    assert {name: str(obj) for name, obj in kept.items()} == {name: str(obj) for name, obj in objects.items()}
    for name, obj in objects.items():
        assert read_key_cert(kept[name]).key == read_key_cert(obj).key


def key_certs_in(text: bytes) -> list[RpslObject]:
    """The key-certs in any file."""
    if b"key-cert:" not in text:
        return []
    objects = parse_objects(text.replace(b"\r\n", b"\n"), problems=[])
    return [obj for obj in objects if obj.class_name == "key-cert" and obj.primary_key and str(obj).endswith("\n")]

"""Attacks by size, on the whole program: refused with a code of their own, in bounded time and memory."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from irtkit.openpgp.armour import PUBLIC_KEY, SIGNATURE, armoured
from irtkit.openpgp.keycerts import build_key_cert
from irtkit.openpgp.messages import LARGEST_MESSAGE
from irtkit.openpgp.packets import Packet, Tag, as_packet

sys.path.insert(0, str(Path(__file__).parent / "openpgp"))  # the folder is no package

from openpgp_made import MadeKey, certif, number
from openpgp_measured import Measured, irtkit
from openpgp_people import left_running

SECONDS, BYTES = 10, 200_000_000
KEY = MadeKey(30)
AREA = b"\x01\x63" * 32_000
"""Subpackets of one byte, as many as a signature can hold."""
HUNDRED_MEGABYTES = 100_000_000


@pytest.fixture(autouse=True)
def _gpg(require: Callable[[str], str]) -> None:
    require("gpg")


@pytest.fixture
def cert(tmp_path: Path) -> Path:
    path = tmp_path / "cert.rpsl"
    path.write_text(str(build_key_cert(KEY.public(), [("source", "RIPE")])))
    return path


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "output"


def bounded(run: Measured) -> Measured:
    """The same run, unless it took too much."""
    assert run.seconds < SECONDS
    assert run.most < BYTES
    assert "Traceback" not in run.output
    return run


def codes(run: Measured) -> set[str]:
    """The codes that its text tells."""
    return set(re.findall(r"(?:error)?\[([a-z-]+)\]", run.output))


def clear_signed(text: str) -> str:
    return KEY.clear_signed(text, created=int(time.time()))


def with_a_million_subpackets() -> bytes:
    """A good key, and more that is said about it than anybody reads."""
    signature = b"\x04\x13\x16\x0a" + len(AREA).to_bytes(2, "big") + AREA + b"\x00\x00\xab\xcd"
    return KEY.public(more=as_packet(Packet(Tag.SIGNATURE, signature)) * 32)


class TestMessages:
    """Messages that are large, deep, or full of signatures."""

    @pytest.mark.parametrize("line", [b"remarks: x\n", b"\n", b"- " * 500 + b"\n", b"x" * 1_000_000])
    def test_a_hundred_megabytes(self, line: bytes, cert: Path, output: Path, tmp_path: Path) -> None:
        """Signed or not, in short lines or long ones."""
        message = tmp_path / "message"
        try:
            with message.open("wb") as file:
                file.write(b"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n")
                file.write(line * (HUNDRED_MEGABYTES // len(line)))
                file.write(b"\n" + clear_signed("irt: a\n").partition("irt: a\n")[2].encode())
            assert message.stat().st_size > HUNDRED_MEGABYTES
            run = bounded(irtkit(output, "verify", message, "--against", cert))
            assert (run.status, codes(run)) == (1, {"message-too-large"})
            run = bounded(irtkit(output, "keycert", "make", message))
            assert (run.status, codes(run)) == (1, {"key-too-large"})
        finally:
            message.unlink(missing_ok=True)

    def test_the_largest_message_that_is_read(self, cert: Path, output: Path, tmp_path: Path) -> None:
        """Good, with more than a hundred thousand objects."""
        text = clear_signed("mntner: EXNET-MNT\nremarks: x\nsource: RIPE\n\n" * 135_000)
        assert LARGEST_MESSAGE - 300_000 < len(text) < LARGEST_MESSAGE
        message = tmp_path / "message"
        message.write_text(text)
        run = bounded(irtkit(output, "verify", message, "--json", "--against", cert))
        assert run.status == 0
        assert run.output.count('"class": "mntner"') == 135_000

    def test_a_text_inside_many_signatures(self, cert: Path, output: Path, tmp_path: Path) -> None:
        """Each level is looked at; beyond the eighth nobody looks."""
        text = "irt: a\n" * 500_000
        signature = armoured(KEY.signature(b"x"), SIGNATURE)
        for _ in range(12):
            lines = [f"- {line}" if line.startswith("-") else line for line in text.removesuffix("\n").split("\n")]
            text = "\n".join(["-----BEGIN PGP SIGNED MESSAGE-----", "Hash: SHA512", "", *lines, signature])
        message = tmp_path / "message"
        message.write_text(text)
        run = bounded(irtkit(output, "verify", message, "--against", cert))
        assert run.status == 1
        assert {"altered", "signed-too-deep"} <= codes(run)

    @pytest.mark.parametrize("count", [1, 30])
    def test_a_signature_of_many_subpackets(self, count: int, cert: Path, output: Path, tmp_path: Path) -> None:
        """Up to a million of them in front of one text."""
        area = len(AREA).to_bytes(2, "big") + AREA
        packet = as_packet(Packet(Tag.SIGNATURE, b"\x04\x01\x16\x0a" + area + area + b"ab\x00\x01\x01\x00\x01\x01"))
        message = tmp_path / "message"
        block = armoured(packet * count, SIGNATURE)
        message.write_text(f"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\nirt: a\n{block}")
        run = bounded(irtkit(output, "verify", message, "--against", cert))
        assert (run.status, codes(run)) == (1, {"several-signatures" if count > 1 else "malformed-signature"})

    def test_thousands_of_signatures(self, cert: Path, output: Path, tmp_path: Path) -> None:
        """One after the other, and as few as anybody needs are verified."""
        message = tmp_path / "message"
        message.write_text(clear_signed("irt: irt-a\nsource: RIPE\n") * 10_000)
        run = bounded(irtkit(output, "verify", message, "--json", "--against", cert))
        assert run.status == 1
        assert run.output.count('"verdict": "good"') == 64
        assert '"code": "too-many-signatures"' in run.output
        assert run.output.count('"signed_by": ["PGPKEY-') == 64


class TestKeys:
    """Keys with more in them than any key has."""

    @pytest.mark.parametrize("form", ["packets", "armour"])
    def test_a_million_subpackets(self, form: str, output: Path, tmp_path: Path) -> None:
        """As a key of which somebody wants a key-cert."""
        block = with_a_million_subpackets()
        assert block.count(b"\x01\x63") >= 1_000_000
        path = tmp_path / "key"
        path.write_bytes(block if form == "packets" else armoured(block, PUBLIC_KEY).encode())
        for option in ([], ["--json"]):
            run = bounded(irtkit(output, "keycert", "make", path, *option))
            assert run.status == 1
            assert "key-too-large" in run.output

    def test_a_key_cert_with_a_million_subpackets(self, output: Path, tmp_path: Path) -> None:
        """It is told as what it is, and nobody's signature is good with it."""
        path, message = tmp_path / "evil.rpsl", tmp_path / "message"
        lines = certif(armoured(with_a_million_subpackets(), PUBLIC_KEY))
        path.write_text(f"key-cert: PGPKEY-{KEY.fingerprint[-8:]}\n{lines}mnt-by: A-MNT\nsource: RIPE\n")
        message.write_text(clear_signed("irt: irt-a\nsource: RIPE\n"))
        run = bounded(irtkit(output, "keycert", "check", path))
        assert (run.status, codes(run)) == (1, {"key-too-large"})
        assert "key-too-large" in bounded(irtkit(output, "keycert", "show", path)).output
        run = bounded(irtkit(output, "verify", message, "--against", path))
        assert (run.status, codes(run)) == (1, {"unknown-key"})
        assert "cannot be used: there are more than 100,000 subpackets" in run.output

    def test_a_key_flooded_with_other_people_s_signatures(self, output: Path, tmp_path: Path) -> None:
        """Up to a limit they are left out, and the key is good; beyond it the key is refused."""
        foreign = MadeKey(31).signature(b"x", 0x13)
        path, message = tmp_path / "flooded.pgp", tmp_path / "message"
        message.write_text(clear_signed("irt: irt-a\nsource: RIPE\n"))
        path.write_bytes(KEY.public(more=foreign * 15_000))
        run = bounded(irtkit(output, "keycert", "make", path, "--mnt-by", "A-MNT"))
        assert run.status == 0
        flooded = tmp_path / "flooded.rpsl"
        flooded.write_text(run.output)
        assert bounded(irtkit(output, "verify", message, "--against", flooded)).status == 0
        path.write_bytes(KEY.public(more=foreign * 25_000))
        run = bounded(irtkit(output, "keycert", "make", path))
        assert (run.status, codes(run)) == (1, {"key-too-large"})

    def test_a_key_of_monstrous_numbers(self, output: Path, tmp_path: Path) -> None:
        """Of those with which GnuPG would compute for long: a modulus, an exponent, the order of a group."""
        longest, long = b"\xff\xf8" + b"\xff" * 8191, b"\x40\x00" + b"\xff" * 2048
        path = tmp_path / "key"
        for numbers in (b"\x01" + longest * 2, b"\x01" + long * 2, b"\x11" + long * 4):
            path.write_bytes(as_packet(Packet(Tag.PUBLIC_KEY, b"\x04" + number(1) + numbers)))
            run = bounded(irtkit(output, "keycert", "make", path))
            assert (run.status, codes(run)) == (1, {"key-too-large"})

    def test_a_key_that_signed_itself_too_often(self, output: Path, tmp_path: Path) -> None:
        """GnuPG would verify each of these signatures, and so it does up to a limit."""
        path = tmp_path / "key"
        own = KEY.signature(b"something else", 0x13)
        path.write_bytes(KEY.public(more=own * 400))
        assert bounded(irtkit(output, "keycert", "make", path, "--mnt-by", "A-MNT")).status == 0
        path.write_bytes(KEY.public(more=own * 600))
        run = bounded(irtkit(output, "keycert", "make", path))
        assert (run.status, codes(run)) == (1, {"key-too-large"})

    def test_thousands_of_keys(self, output: Path, tmp_path: Path) -> None:
        """Each is asked about, in one process for a thousand."""
        path = tmp_path / "certs.rpsl"
        made = (MadeKey(seed, name=b"Key %d" % seed) for seed in range(1, 2_001))
        path.write_text("\n".join(str(build_key_cert(key.public(), [("source", "RIPE")])) for key in made))
        run = bounded(irtkit(output, "keycert", "check", path))
        assert (run.status, run.output) == (0, "1 file, 2,000 objects: no problems\n")


def test_a_run_that_was_killed_is_cleared_away_by_the_next_one(cert: Path, tmp_path: Path) -> None:
    """Killed while gpg was at work: its home stays behind, and goes when irtkit verifies again."""
    folder, message = tmp_path / "temporary", tmp_path / "message"
    folder.mkdir()
    message.write_text(clear_signed("irt: irt-a\nsource: RIPE\n") * 64)
    environment = {**os.environ, "TMPDIR": str(folder)}
    program = [sys.executable, "-c", "from irtkit.cli import main; main()"]
    command = [*program, "verify", str(message), "--against", str(cert)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + 30
        while not any(folder.glob("irtkit-gnupg-*/signature")) and time.monotonic() < deadline:
            time.sleep(0.002)
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    (left,) = folder.iterdir()
    assert left_running(str(folder)) == []  # a gpg that was at work ended with its input
    done = subprocess.run(command, env=environment, capture_output=True, check=False, text=True, timeout=60)
    assert (done.returncode, done.stdout.count(": good, "), done.stderr) == (0, 64, ""), done.stdout
    assert not left.exists()
    assert list(folder.iterdir()) == []

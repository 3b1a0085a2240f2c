"""GnuPG's processes and homes: bounded, private, and gone afterwards, whatever happens."""

import fcntl
import os
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from irtkit.clients import gpg, gpg_keyring, gpg_verifying
from irtkit.clients.gpg import GpgError, GpgLimitError, Patience, find_program, remove_stale_homes, run, temporary_home
from irtkit.clients.gpg_keyring import UserKeyring
from irtkit.clients.gpg_keys import key_states
from irtkit.clients.gpg_verifying import verify_message
from irtkit.openpgp.keys import read_keys
from irtkit.openpgp.packets import Packet, Tag, as_packet, iter_packets
from irtkit.openpgp.verdicts import KeySet

sys.path.insert(0, str(Path(__file__).parent / "openpgp"))  # the folder is no package

from openpgp_made import MadeKey
from openpgp_people import SIGNERS, People, left_running, running

pytest_plugins = ["openpgp_fixtures"]

PREFIX = "irtkit-gnupg-"


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for temporary files of this test alone; nothing may be left in it."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    yield tmp_path
    assert list(tmp_path.glob(f"{PREFIX}*")) == []
    assert left_running(str(tmp_path / PREFIX)) == []


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program that is taken for gpg; the test writes what it does."""
    folder = tmp_path / "bin"
    folder.mkdir()
    path = folder / "gpg"
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    path.write_text("#!/bin/sh\nexit 0\n")
    path.chmod(0o755)
    return path


@pytest.mark.usefixtures("people")
def test_a_home_is_private_and_gone_afterwards() -> None:
    """Mode 0700, and nothing of it remains."""
    with temporary_home() as home:
        assert stat.S_IMODE(home.stat().st_mode) == 0o700
        (home / "file").write_text("x")
    assert not home.exists()


def test_a_home_is_gone_after_an_exception() -> None:
    """Of any kind."""
    homes = []

    def fail(error: type[BaseException]) -> None:
        with temporary_home() as home:
            homes.append(home)
            raise error

    for error in (ValueError, KeyboardInterrupt, SystemExit):
        with pytest.raises(error):
            fail(error)
    assert [home.exists() for home in homes] == [False] * 3


def test_what_a_killed_run_left_is_removed_by_the_next_one(own_folder: Path) -> None:
    """A home that nobody has locked, with what is in it; one that is in use stays."""
    program = (
        "import tempfile, time, sys; tempfile.tempdir = sys.argv[1]\n"
        "from irtkit.clients.gpg import temporary_home\n"
        "with temporary_home() as home:\n"
        "    (home / 'private').mkdir(); (home / 'private' / 'file').write_text('x')\n"
        "    print(home, flush=True); time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program, str(own_folder)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        home = Path(process.stdout.readline().decode().strip())
        assert home.is_dir()
        assert remove_stale_homes() == 0
        assert home.is_dir()
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert (home / "private" / "file").exists()
    assert remove_stale_homes() == 1
    assert not home.exists()


def test_the_first_home_of_a_run_removes_stale_ones(own_folder: Path) -> None:
    """Nobody has to ask for it."""
    stale = own_folder / f"{PREFIX}stale"
    stale.mkdir(0o700)
    gpg._remove_stale_homes_once.cache_clear()
    with temporary_home() as home:
        assert not stale.exists()
        assert home.exists()


def test_only_homes_are_removed(own_folder: Path) -> None:
    """No file, no link, and nothing outside."""
    outside = own_folder / "outside"
    outside.mkdir()
    (outside / "file").write_text("x")
    link, file = own_folder / f"{PREFIX}link", own_folder / f"{PREFIX}file"
    link.symlink_to(outside)
    file.write_text("x")
    assert remove_stale_homes() == 0
    assert (outside / "file").exists()
    link.unlink()
    file.unlink()


def test_a_home_whose_lock_another_run_gets_first_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever removes stale homes may be quicker; then the next one is made."""
    calls = []

    def flock(*how: int) -> None:
        calls.append(how)
        if len(calls) == 1:
            raise BlockingIOError

    monkeypatch.setattr(gpg, "_remove_stale_homes_once", lambda: None)
    with monkeypatch.context() as patch:
        patch.setattr(fcntl, "flock", flock)
        home, lock = gpg._locked_home()
    assert len(calls) == 2
    os.close(lock)
    assert home.is_dir()
    assert remove_stale_homes() == 2


@pytest.mark.usefixtures("people")
def test_agents_of_a_stale_home_are_killed(own_folder: Path) -> None:
    """Should one run there, whatever started it."""
    home = own_folder / f"{PREFIX}stale"
    home.mkdir(0o700)
    command = ["gpg-agent", "--homedir", str(home), "--daemon"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=30)
    assert running(str(home))
    assert remove_stale_homes() == 1
    assert left_running(str(home)) == []


def test_a_run_that_takes_too_long_is_stopped(program: Path) -> None:
    """With whatever it started."""
    program.write_text("#!/bin/sh\nsleep 60 &\nsleep 61\n")
    started = time.monotonic()
    with temporary_home() as home, pytest.raises(GpgError, match="took too long"):
        run(["--version"], home=home, patience=Patience(0.5))
    assert time.monotonic() - started < 30
    assert left_running("sleep 61") == []


def test_a_machine_that_stood_still_has_not_waited(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of an hour for which nothing ran, one second counts; of time that passes in small steps, all of it."""
    times = iter([0.0, 0.5, 3_600.0, 3_600.5, 3_601.0, 3_601.5])
    with monkeypatch.context() as patched:
        patched.setattr(time, "monotonic", lambda: next(times))
        patience = Patience(3)
        assert [patience.next_wait() for _ in range(4)] == [1, 1, 1, 0.5]
        with pytest.raises(GpgLimitError, match="took too long"):
            patience.next_wait()


def test_a_run_that_closes_its_output_and_goes_on_is_stopped(program: Path) -> None:
    """It is waited for no longer than for any other."""
    program.write_text("#!/bin/sh\nexec >&- 2>&- 0<&- 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-\nsleep 62\n")
    with pytest.raises(GpgError, match="took too long"):
        run(["--version"], patience=Patience(0.5))
    assert left_running("sleep 62") == []


@pytest.mark.parametrize("stream", ["1", "$3"])
def test_a_run_that_writes_too_much_is_stopped(program: Path, stream: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether as output or as status lines."""
    program.write_text(
        f'#!/bin/bash\nwhile [ "$1" != --status-fd ]; do shift; done; set -- x y "$2"\nyes flood of words >&{stream}\n'
    )
    monkeypatch.setattr(gpg, "MOST_OUTPUT", 1 << 20)
    monkeypatch.setattr(gpg, "_MOST_STATUS", 1 << 20)
    with pytest.raises(GpgError, match="wrote more than 1,048,576 bytes"):
        run(["--version"])
    assert left_running("flood of words") == []


def test_a_run_that_does_not_read_its_input_is_no_problem(program: Path) -> None:
    """Nor one that ends before it."""
    program.write_text("#!/bin/sh\nexit 3\n")
    assert run(["--version"], b"x" * 5_000_000).output == b""


def test_input_and_output_may_be_large_at_the_same_time(program: Path) -> None:
    """Neither side waits for the other."""
    program.write_text("#!/bin/sh\ncat\n")
    data = bytes(range(256)) * 20_000
    assert run([], data).output == data


def test_what_people_are_told_is_not_listened_to(program: Path) -> None:
    """Status lines come from a pipe of their own."""
    program.write_text("#!/bin/sh\necho '[GNUPG:] GOODSIG x' >&2\necho '[GNUPG:] GOODSIG y'\n")
    answer = run([])
    assert answer.status == b""
    assert answer.output == b"[GNUPG:] GOODSIG y\n"


def test_the_environment_is_small(program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the user's but what gpg needs, and in a home of ours nothing that leads elsewhere."""
    program.write_text("#!/bin/sh\nenv\n")
    monkeypatch.setenv("SECRET_TOKEN", "x")
    monkeypatch.setenv("LANGUAGE", "de")
    monkeypatch.setenv("GNUPGHOME", "/elsewhere")
    with temporary_home() as home:
        told = run([], home=home).output.decode()
        assert f"GNUPGHOME={home}\n" in told
        assert f"HOME={home}\n" in told
    assert "SECRET_TOKEN" not in told
    assert "LANGUAGE" not in told
    assert "/elsewhere" not in told
    assert "LC_ALL=C\n" in told
    assert "GNUPGHOME=/elsewhere\n" in run([]).output.decode()


def test_a_passphrase_is_on_no_command_line(program: Path) -> None:
    """It goes through a pipe whose number is."""
    program.write_text(
        '#!/bin/bash\necho "$@"\nwhile [ "$1" != --passphrase-fd ]; do shift; done\n'
        'cat <&"$2"\nenv\ncat /proc/$$/cmdline\n'
    )
    told = run(["--x"], passphrase="open sesame").output.decode()
    first, rest = told.split("\n", 1)
    assert "--pinentry-mode loopback --passphrase-fd" in first
    assert "open sesame" not in first
    assert rest.count("open sesame") == 1


def test_a_missing_gpg_is_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """With what to do."""
    monkeypatch.setenv("PATH", "/nowhere")
    for call in (find_program, UserKeyring, lambda: run([])):
        with pytest.raises(GpgError, match="install GnuPG"):
            call()


def test_a_gpg_that_cannot_be_started_is_told_in_words(program: Path) -> None:
    """As its system says it."""
    program.write_text("#!/nowhere/at/all\n")
    with pytest.raises(GpgError, match="cannot be started: no such file"):
        run([])


def test_the_user_s_keyring_is_asked_within_a_limit(program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Though python-gnupg itself would wait for ever."""
    answer = "printf 'cfg:version:2.2.40\\n'"
    program.write_text(f'#!/bin/sh\ncase "$*" in *--list-config*) {answer};; *) exec sleep 63;; esac\n')
    monkeypatch.setattr(gpg_keyring, "SECONDS", 0.5)
    with pytest.raises(GpgError, match="took too long with your keyring"):
        UserKeyring().keys()
    assert left_running("sleep 63") == []


def test_signatures_on_which_gpg_has_to_be_stopped_are_not_good(program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And stop no other verdict: all of them have one time limit."""
    program.write_text("#!/bin/sh\nexec sleep 64\n")
    monkeypatch.setattr(gpg_verifying, "SECONDS", 0.5)
    key = MadeKey(40)
    text = key.clear_signed("irt: irt-a\n", created=int(time.time()))
    message = text + text + MadeKey(41).clear_signed("irt: irt-b\n", created=int(time.time()))
    (read,) = read_keys(key.public())
    verified = verify_message(message.encode(), KeySet([(read.key_cert_name, read)]))
    assert [verdict.code for verdict in verified.verdicts] == ["unverifiable-signature"] * 2 + ["unknown-key"]
    assert {update.key_certs for update in verified.updates} == {()}
    assert left_running("sleep 64") == []


def test_no_descriptor_is_left_open(people: People) -> None:
    """After good runs and bad ones."""
    signed = people.clear_sign("ed25519", b"irt: irt-a\n")
    keys = people.key_set("ed25519")
    verify_message(signed, keys)
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(5):
        verify_message(signed, keys)
        with pytest.raises(GpgError):
            run(["--version"], patience=Patience(0))
        with pytest.raises(GpgError):
            run([], passphrase="a\nb")
    assert len(list(Path("/proc/self/fd").iterdir())) == before


class TestStates:
    """What GnuPG says of keys."""

    @pytest.mark.usefixtures("people")
    def test_one_process_answers_for_many_keys(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """However many there are."""
        keys = [read_keys(MadeKey(seed, name=b"Key %d" % seed).public())[0] for seed in range(100, 300)]
        started: list[list[str]] = []
        popen = subprocess.Popen

        def counted(command: list[str], **settings: object) -> "subprocess.Popen[bytes]":
            started.append(command)
            return popen(command, **settings)  # type: ignore[call-overload, no-any-return] # whatever came goes on

        monkeypatch.setattr(subprocess, "Popen", counted)
        states = key_states(keys)
        assert len(started) == 1
        assert list(states) == [key.fingerprint for key in keys]
        assert all(state.valid and state.can_sign for state in states.values())
        message = MadeKey(150, name=b"Key 150").clear_signed("irt: irt-a\n", created=int(time.time()))
        key_set = KeySet((key.key_cert_name, key) for key in keys)
        assert verify_message(message.encode(), key_set).is_good
        assert len(started) == 2

    def test_the_states_of_keys(self, people: People) -> None:
        """Expired, revoked, expiring, valid; as of now or of another time."""
        names = ("ed25519", "expired", "revoked", "expiring")
        keys = people.keys(*names)
        states = [key_states(keys)[people.fingerprint(name)] for name in names]
        assert [(state.expired, state.revoked, state.can_sign, state.valid) for state in states] == [
            (False, False, True, True),
            (True, False, False, True),
            (False, True, False, True),
            (False, False, True, True),
        ]
        assert states[0].expires is None
        assert abs((states[3].expires or 0) - (states[3].created or 0) - 86_400) <= 60
        later = key_states(keys, now=time.time() + 200_000)
        assert later[people.fingerprint("expiring")].expired

    @pytest.mark.usefixtures("people")
    def test_a_key_that_does_not_sign_itself_is_not_valid(self) -> None:
        """Its name may be anybody's."""
        mine, other = MadeKey(20), MadeKey(21)
        named = mine.hashed_body + b"\xb4" + len(mine.name).to_bytes(4, "big") + mine.name
        forged = mine.public().partition(mine.name)[0] + mine.name
        forged += other.signature(named, 0x13, issuer=mine.fingerprint)
        (key,) = read_keys(forged)
        state = key_states([key])[key.fingerprint]
        assert not state.valid
        assert not state.usable

    @pytest.mark.usefixtures("people")
    def test_a_key_that_gpg_cannot_read_hides_no_other(self) -> None:
        """Though gpg reads nothing behind it in a ring: it is invalid, the others are what they are."""
        made = [MadeKey(seed, name=b"Key %d" % seed) for seed in range(300, 320)]
        monstrous = b"\xff\xff" + b"\xff" * 8192  # no number of a signature has so many bits
        blocks = [key.public() for key in made]
        for bad in (0, 7, 8, 19):
            key, name, signature = iter_packets(blocks[bad])
            worse = Packet(Tag.SIGNATURE, signature.body[:-68] + monstrous * 2)
            blocks[bad] = b"".join(map(as_packet, (key, name, worse)))
        keys = [read_keys(block)[0] for block in blocks]
        states = key_states(keys)
        assert set(states) == {key.fingerprint for key in made}
        valid = [states[key.fingerprint].valid for key in keys]
        assert [number for number, good in enumerate(valid) if not good] == [0, 7, 8, 19]
        message = made[3].clear_signed("irt: irt-a\n", created=int(time.time())).encode()
        assert verify_message(message, KeySet((key.key_cert_name, key) for key in keys)).is_good

    def test_no_keys_cost_no_process(self, program: Path) -> None:
        """And are no problem."""
        program.unlink()
        assert key_states([]) == {}


def test_the_people_are_all_there(people: People) -> None:
    """Four kinds of keys that registries take."""
    kinds = [people.keys(name)[0].algorithm_name for name in SIGNERS]
    assert kinds == ["RSA-2048", "RSA-4096", "EdDSA Ed25519", "ECDSA P-256"]

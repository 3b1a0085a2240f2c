"""`irtkit submit`: nothing leaves that is wrong, a dry run stores nothing, and a lost answer is no failure."""

import json
import sys
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from irtkit.cli import main
from irtkit.cli.submit import command
from irtkit.clients.gpg_verifying import verify_message
from irtkit.errors import FileError
from irtkit.openpgp.keycerts import build_key_cert
from irtkit.submission import parse_message

sys.path.insert(0, str(Path(__file__).parent))  # the folder is no package
sys.path.insert(0, str(Path(__file__).parent / "openpgp"))  # nor is this one

from openpgp_people import People

from submission_registry import Registry

pytest_plugins = ["openpgp_fixtures"]

IRT = """\
irt:            IRT-EXAMPLE
address:        1 Example Street
e-mail:         csirt@example.net
admin-c:        AE1-TEST
tech-c:         AE1-TEST
auth:           PGPKEY-0A0B0C0D
mnt-by:         EXAMPLE-MNT
source:         TEST
"""
OTHER = IRT.replace("IRT-EXAMPLE", "IRT-OTHER")
WRONG = IRT.replace("mnt-by:", "mnt-bye:")


@pytest.fixture(autouse=True)
def own_ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IRTKIT_LEDGER", str(tmp_path / "ledger.sqlite"))


@pytest.fixture
def registry() -> Iterator[Registry]:
    with Registry() as server:
        yield server


def run(text: str, *args: str | Path, registry: Registry | None = None) -> Result:
    """Submit *text* to the TEST database, or to what stands for it."""
    where = registry.options if registry else []
    words = ["-", "--registry", "test", *where, *(str(arg) for arg in args)]
    return CliRunner().invoke(command, words, input=text.encode(), catch_exceptions=False)


def test_without_really_it_is_a_dry_run(registry: Registry) -> None:
    """The registry is asked to judge it; nothing is stored, so that nothing is fetched back."""
    result = run(IRT, registry=registry)
    assert result.exit_code == 0
    (form,) = registry.received
    message = parse_message(form["DATA"])
    assert message.dry_run
    assert form["DATA"].endswith(IRT)
    assert "judged in a dry run; nothing was stored" in result.stdout
    assert "irt IRT-EXAMPLE: create succeeded\n" in result.stdout
    assert (registry.stored, registry.queries) == ({}, [])


def test_really_stores_it_and_looks_at_it(registry: Registry) -> None:
    """It is sent as it is, fetched back unfiltered, and compared."""
    result = run(IRT, "--really", registry=registry)
    assert result.exit_code == 0
    assert registry.received == [{"DATA": IRT}]
    assert registry.queries == ["-k -r -B -T irt IRT-EXAMPLE", "-k"]
    assert result.stdout.endswith("irt IRT-EXAMPLE: create succeeded; the registry has it as it was sent\n")


def test_a_server_may_be_named_in_capitals(registry: Registry) -> None:
    """Host names have no case (RFC 4343): what the user names is allowed however it is written."""
    port = registry.whois.rpartition(":")[2]
    result = run(IRT, "--really", "--url", registry.url, "--whois", f"LocalHost:{port}")
    assert result.exit_code == 0
    assert registry.queries == ["-k -r -B -T irt IRT-EXAMPLE", "-k"]


def test_nothing_is_sent_that_is_wrong(registry: Registry) -> None:
    """The local check comes first, and its reasons are shown; --force is a person's decision."""
    result = run(WRONG, "--really", registry=registry)
    assert result.exit_code == 1
    assert registry.received == []
    assert "error[missing-attribute]: mnt-by is missing" in result.stdout
    assert result.stdout.endswith("not sent: it has 2 errors\nnothing was sent (--force sends it anyway)\n")
    assert run(WRONG, "--really", "--force", registry=registry).exit_code == 0
    assert len(registry.received) == 1


def test_force_does_not_send_nothing(registry: Registry) -> None:
    """Without an object there is nothing to force."""
    assert run("hello\n", "--force", registry=registry).exit_code == 1
    assert registry.received == []


def test_a_secret_key_is_sent_to_nobody(registry: Registry) -> None:
    """Pasted by mistake, it stays here, with --force too, and is not shown."""
    key = "certif: -----BEGIN PGP PRIVATE KEY BLOCK-----\ncertif: lQVYBG\ncertif: -----END PGP PRIVATE KEY BLOCK-----\n"
    for words in ((), ("--really", "--force")):
        with pytest.raises(FileError, match="standard input:1: there is a secret key") as caught:
            run(f"{key}{IRT}", *words, registry=registry)
        assert "lQVYBG" not in str(caught.value)
    assert registry.received == []


def test_what_is_not_authorised_is_not_sent(registry: Registry, tmp_path: Path) -> None:
    """With --against, who must agree is known before the registry says it, and tells its maintainers."""
    stored = "mntner: EXAMPLE-MNT\nauth: PGPKEY-1A1B1C1D\nmnt-by: EXAMPLE-MNT\nsource: TEST\n"
    (tmp_path / "stored.db").write_text(stored)
    result = run(f"{stored}delete: gone\n", "--really", "--against", tmp_path / "stored.db", registry=registry)
    assert result.exit_code == 1
    assert registry.received == []
    assert "mntner EXAMPLE-MNT is not authorised: it needs EXAMPLE-MNT (PGPKEY-1A1B1C1D)" in result.stdout


def test_each_object_has_its_own_fate(registry: Registry) -> None:
    """One may fail and the other not; the status says that not all went well."""
    registry.failing = ("IRT-OTHER",)
    result = run(f"{IRT}\n{OTHER}", "--really", registry=registry)
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert "irt IRT-EXAMPLE: create succeeded; the registry has it as it was sent" in lines
    at = lines.index("irt IRT-OTHER: create failed")
    assert lines[at + 1] == '  error: Authorisation failed using "mnt-by:"'


def test_a_lost_answer_is_unknown_and_nothing_is_sent_again(registry: Registry) -> None:
    """One request reached the registry, which has stored the object; the report says both."""
    registry.manner = "lose"
    result = run(IRT, "--really", registry=registry)
    assert result.exit_code == 1
    assert len(registry.received) == 1
    assert "unknown: it was sent, and the answer was lost" in result.stdout
    assert "irt IRT-EXAMPLE: the registry said nothing; the registry has it as it was sent\n" in result.stdout


@pytest.mark.parametrize("manner", ["refuse", "redirect"])
def test_what_is_not_looked_at_was_not_taken(registry: Registry, manner: str) -> None:
    """A refusal is shown in the server's words; no redirect is followed with somebody's credentials."""
    registry.manner = manner
    result = run(IRT, "--really", registry=registry)
    assert result.exit_code == 1
    assert len(registry.received) == 1
    assert "did not look at it: HTTP status" in result.stdout


def test_a_dry_run_that_nobody_judged_did_not_go_well(registry: Registry) -> None:
    """A script may go by the status alone: a refusal, or a registry that is not there, is no verdict."""
    registry.manner = "refuse"
    refused = run(IRT, "--json", registry=registry)
    away = run(IRT, "--json", "--url", "http://127.0.0.1:1/whois/syncupdates/test")
    for result, state in ((refused, "refused"), (away, "unsent")):
        assert result.exit_code == 1
        record = json.loads(result.stdout)
        assert (record["good"], record["state"], record["dry_run"]) == (False, state, True)


@pytest.mark.parametrize("really", [True, False])
def test_who_interrupts_it_hears_that_it_may_have_been_sent(monkeypatch: pytest.MonkeyPatch, *, really: bool) -> None:
    """Ctrl-C takes nothing back that is on its way; in a dry run there is nothing to take back."""

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("irtkit.clients.submitting.run", interrupted)
    words = ["submit", "-", "--registry", "test", "--really" if really else "--dry-run"]
    result = CliRunner().invoke(main, words, input=IRT.encode())
    assert result.exit_code == 130
    assert result.stderr.startswith("irtkit: warning: it may have been sent already" if really else "")
    assert bool(result.stderr) is really


def test_where_there_is_no_dry_run_nothing_was_meant_to_be_sent() -> None:
    """IRRd has none: what could be looked at went well."""
    text = "irt: IRT-EXAMPLE\naddress: 1 Example Street\ne-mail: csirt@example.net\nabuse-mailbox: abuse@example.net\n"
    text += "mnt-by: EXAMPLE-MNT\nsource: EXAMPLE\n"
    result = run(text, "--registry", "irrd", "--url", "http://127.0.0.1:1/")
    assert result.exit_code == 0, result.stdout
    assert "nothing was sent: the registry has no dry run" in result.stdout


def test_a_registry_that_has_something_else_is_told_of(registry: Registry) -> None:
    """Every attribute that differs, and on whose side."""
    registry.manner = "rewrite"
    result = run(IRT, "--really", registry=registry)
    assert result.exit_code == 1
    assert result.stdout.endswith("not as it was sent\n  + remarks: added by somebody\n")


def test_a_deletion_is_looked_at_too(registry: Registry) -> None:
    """The object is gone, or still there."""
    run(IRT, "--really", registry=registry)
    result = run(f"{IRT}delete: no longer needed\n", "--really", registry=registry)
    assert result.exit_code == 0
    assert result.stdout.endswith("irt IRT-EXAMPLE: delete succeeded; it is gone\n")


def test_a_message_that_says_dry_run_stays_one(registry: Registry) -> None:
    """Whatever the command line says."""
    result = run(f"dry-run: yes\n\n{IRT}", "--really", registry=registry)
    assert "judged in a dry run" in result.stdout
    assert registry.stored == {}


def test_new_is_told_beside_the_message(registry: Registry) -> None:
    """As the keyword of syncupdates."""
    run(IRT, "--new", registry=registry)
    assert registry.received[0]["NEW"] == "yes"


def test_no_password_is_shown(registry: Registry) -> None:
    """Neither as text nor as JSON; it is sent, because it was meant to be."""
    text = f"password: not-for-display\n\n{IRT}"
    for words in ([], ["--json"], ["--force"]):
        result = run(text, *words, registry=registry)
        assert "not-for-display" not in result.output
    assert "not-for-display" in registry.received[-1]["DATA"]


def test_json_has_everything(registry: Registry) -> None:
    """One object, whatever happened."""
    registry.manner = "rewrite"
    record = json.loads(run(IRT, "--really", "--json", registry=registry).stdout)
    assert {name: record[name] for name in ("good", "state", "dry_run", "forced", "refusals", "doubts")} == {
        "good": False,
        "state": "acknowledged",
        "dry_run": False,
        "forced": False,
        "refusals": [],
        "doubts": [],
    }
    assert record["objects"] == [
        {
            "class": "irt",
            "key": "IRT-EXAMPLE",
            "line": 1,
            "action": "create",
            "outcome": "succeeded",
            "good": False,
            "remarks": [],
            "stored": "different",
            "differences": [{"attribute": "remarks", "value": "added by somebody", "stored": True}],
            "reason": "",
        }
    ]
    refused = json.loads(run(WRONG, "--json", registry=registry).stdout)
    assert (refused["state"], refused["refusals"]) == ("unsent", ["it has 2 errors"])
    assert {problem["code"] for problem in refused["problems"]} == {"missing-attribute", "unknown-attribute"}


def test_it_is_signed_before_it_is_sent(as_user: People, registry: Registry) -> None:
    """The registry gets one signed text that verifies, dry run and all."""
    result = run(IRT, "--sign", "ed25519@example.net", registry=registry)
    assert result.exit_code == 0, result.output
    verified = verify_message(registry.received[0]["DATA"].encode(), as_user.key_set("ed25519"))
    assert verified.is_good
    assert [len(update.key_certs) for update in verified.updates] == [1]
    assert verified.messages[0].dry_run
    assert "info: the registry takes it until" in result.stdout


def test_a_bad_signature_is_not_sent(as_user: People, registry: Registry, tmp_path: Path) -> None:
    """With the key-certs that are stored, signatures are verified before anything leaves."""
    run(IRT, "--sign", "ed25519@example.net", "--really", registry=registry)
    signed = registry.received.pop()["DATA"]
    key_cert = build_key_cert(as_user.public("ed25519"), [("mnt-by", "EXAMPLE-MNT"), ("source", "TEST")])
    (tmp_path / "stored.db").write_text(str(key_cert))
    bad = signed.replace("1 Example Street", "2 Example Street")
    result = run(bad, "--really", "--against", tmp_path / "stored.db", registry=registry)
    assert result.exit_code == 1
    assert registry.received == []
    assert "not sent: " in result.stdout


def test_a_mail_is_written_and_nothing_is_sent(tmp_path: Path) -> None:
    """To the registry's own mailbox; a dry run unless told otherwise."""
    path = tmp_path / "update.eml"
    result = run(IRT, "--mail", path, "--from", "csirt@example.net", "--new")
    assert result.exit_code == 0
    assert result.stdout.endswith(f"written to {path}; nothing was sent\n")
    mail = message_from_bytes(path.read_bytes())
    assert (mail["From"], mail["Subject"], mail.get_content_type()) == ("csirt@example.net", "NEW", "text/plain")
    assert mail["To"].partition("@")[2]
    assert parse_message(str(mail.get_payload())).dry_run
    run(IRT, "--mail", path, "--really")
    assert message_from_bytes(path.read_bytes()).get_payload() == IRT


def test_a_signed_mail_is_signed_as_a_whole(as_user: People, tmp_path: Path) -> None:
    """PGP/MIME, which verifies."""
    path = tmp_path / "update.eml"
    result = run(IRT, "--mail", path, "--sign", "ed25519@example.net", "--really")
    assert result.exit_code == 0, result.output
    assert message_from_bytes(path.read_bytes()).get_content_type() == "multipart/signed"
    assert verify_message(path.read_bytes(), as_user.key_set("ed25519")).is_good


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["--registry", "irrd"], "name it with --url"),
        (["--registry", "irrd", "--mail", "x"], "IRRd has no dry run"),
        (["--url", "not a URL"], "expected a URL"),
        (["--mail", "x", "--url", "https://registry.example/"], "do not go with it"),
        (["--from", "a@example.net"], "goes with --mail"),
        (["--sign", "a", "--sign", "b", "--sign", "c", "--sign", "d", "--sign", "e"], "At most 4 keys"),
    ],
)
def test_what_means_nothing_is_a_usage_error(words: list[str], hint: str) -> None:
    """Exit status 2, and what to write instead."""
    result = run(IRT, *words)
    assert result.exit_code == 2
    assert hint in result.output

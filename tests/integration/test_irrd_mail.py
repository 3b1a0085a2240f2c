"""Mails that irtkit signs and writes are taken by IRRd 4, which verifies them with its own GnuPG."""

import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from irtkit.cli.submit import command
from irtkit.clients.driving import Client
from irtkit.clients.rules import Rules
from irtkit.live.submitting import IrrdService, submit
from irtkit.openpgp.keycerts import build_key_cert
from irtkit.submission import parse_message
from irtkit.wire.questions import Journey, Server, WhoisReply
from irtkit.wire.whois.irrd import object_with_key, read_reply

sys.path.insert(0, str(Path(__file__).parent))  # the folder is no package
sys.path.insert(0, str(Path(__file__).parents[1] / "openpgp"))  # nor is this one

from irrd import Irrd
from openpgp_people import People

pytest_plugins = ["irrd_fixtures", "openpgp_fixtures"]

HASH = "MD5-PW $1$example$tX5lCYQD95vVxqCEHUhmk1"
SIGNER = "rsa2048"  # IRRd's GnuPG knows it, however old


@pytest.fixture
def signer(irrd_server: Irrd, as_user: People) -> People:
    """Somebody whose key-cert may speak for OTHER-MNT."""
    key_cert = build_key_cert(as_user.public(SIGNER), [("mnt-by", "OTHER-MNT"), ("source", "TEST-EXAMPLE")])
    name = key_cert[0].value
    maintainer = (
        f"mntner: OTHER-MNT\nadmin-c: ADA1-TEST\nupd-to: noc@example.org\nauth: {HASH}\nauth: {name}\n"
        "mnt-by: OTHER-MNT\nsource: TEST-EXAMPLE\n"
    )
    for text in (str(key_cert), maintainer):
        message = parse_message(f"password: example-password\n\n{text}")
        with Client(Rules(allowed={f"{irrd_server.host}:{irrd_server.http_port}"})) as client:
            report = client.run(submit(b"", message, IrrdService(irrd_server.url), dry_run=False))
        assert report.acknowledgement
        assert report.acknowledgement.is_good, report
    return as_user


def irt(name: str) -> str:
    return (
        f"irt: {name}\naddress: Zo\u00eb Street  \nremarks: From here on\nremarks: - and a dash\n"
        "e-mail: a@example.net\nabuse-mailbox: b@example.net\nmnt-by: OTHER-MNT\nsource: TEST-EXAMPLE\n"
    )


def stored(served: Irrd, name: str) -> bool:
    """Whether IRRd has an irt of that name."""
    server = Server(served.host, served.whois_port, "irrd", "utf-8")

    def asking() -> Journey[bool]:
        reply = yield object_with_key("irt", name).as_question(server)
        assert isinstance(reply, WhoisReply)
        return bool(read_reply(reply.body, server).data)

    with Client(Rules(allowed={str(server)})) as client:
        return client.run(asking())


def written(path: Path, text: str, *words: str) -> bytes:
    """The mail that `irtkit submit` writes."""
    options = ["-", "--registry", "irrd", "--really", "--mail", str(path), "--from", "ada@example.net", *words]
    result = CliRunner().invoke(command, options, input=text.encode(), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return path.read_bytes()


def test_a_signed_mail_is_taken(irrd_server: Irrd, signer: People, tmp_path: Path) -> None:
    """PGP/MIME: IRRd's own check of the signature passes, and the object is there."""
    mail = written(tmp_path / "update.eml", irt("IRT-BY-MAIL"), "--sign", signer.fingerprint(SIGNER))
    assert not stored(irrd_server, "IRT-BY-MAIL")
    irrd_server.take_mail(mail)
    assert stored(irrd_server, "IRT-BY-MAIL")


def test_a_mail_that_was_changed_is_not_taken(irrd_server: Irrd, signer: People, tmp_path: Path) -> None:
    """One letter is enough."""
    mail = written(tmp_path / "update.eml", irt("IRT-CHANGED"), "--sign", signer.fingerprint(SIGNER))
    irrd_server.take_mail(mail.replace(b"b@example.net", b"c@example.net"))
    assert not stored(irrd_server, "IRT-CHANGED")


def test_a_clear_signed_text_is_taken_as_a_mail(irrd_server: Irrd, signer: People, tmp_path: Path) -> None:
    """A text that was signed before goes out in a plain mail."""
    text = irt("IRT-CLEAR").replace("\u00eb", "e")
    signed = signer.clear_sign(SIGNER, text.encode())
    irrd_server.take_mail(written(tmp_path / "update.eml", signed.decode()))
    assert stored(irrd_server, "IRT-CLEAR")

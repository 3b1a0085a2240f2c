"""Homes for gpg with keys to encrypt to, and the objects of a database around them."""

import subprocess
from pathlib import Path

from irtkit.openpgp.keycerts import build_key_cert
from irtkit.openpgp.keys import PublicKey, read_keys
from irtkit.rpsl import RpslObject

ADDRESSES = {
    "team": "192.0.2.1",
    "rsa": "192.0.2.9",
    "nist": "192.0.2.17",
    "mute": "192.0.2.25",
    "over": "192.0.2.33",
    "lapsed": "192.0.2.41",
    "gone": "192.0.2.49",
}
"""An address that each team answers for, in a network of eight."""


class Home:
    """A home for gpg, with keys by name; each has the address NAME@example.net."""

    def __init__(self, path: Path) -> None:
        self.path = path
        (path / "gpg-agent.conf").write_text("s2k-count 65536\n")  # else it measures how fast this machine is

    def gpg(self, *arguments: str, data: bytes = b"", check: bool = True) -> "subprocess.CompletedProcess[bytes]":
        """Run gpg by hand."""
        options = ["--batch", "--yes", "--quiet", "--no-tty", "--trust-model", "always", "--pinentry-mode", "loopback"]
        command = ["gpg", "--homedir", str(self.path), *options, *arguments]
        return subprocess.run(command, input=data, capture_output=True, check=check, timeout=60)

    def make(self, name: str, *, kind: str = "ed25519", encrypts: str = "cv25519", **more: str) -> None:
        """Make a key that signs, with a subkey that encrypts unless *encrypts* is empty."""
        options = ["--passphrase", more.get("passphrase", "")]
        if "made" in more:
            options += ["--faked-system-time", more["made"]]
        ends = more.get("ends", "never")
        self.gpg(*options, "--quick-gen-key", f"{name.title()} <{name}@example.net>", kind, "sign,cert", ends)
        if encrypts:
            until = more.get("lapses", ends)
            self.gpg(*options, "--quick-add-key", self.fingerprint(name), encrypts, "encr", until)

    def fingerprint(self, name: str) -> str:
        listed = self.gpg("--with-colons", "--list-keys", f"={name.title()} <{name}@example.net>").stdout
        return next(line.split(":")[9] for line in listed.decode().splitlines() if line.startswith("fpr:"))

    def public(self, name: str) -> bytes:
        return self.gpg("--export", self.fingerprint(name)).stdout

    def key(self, name: str) -> PublicKey:
        return read_keys(self.public(name))[0]

    def key_cert(self, name: str) -> RpslObject:
        return build_key_cert(self.public(name), [("mnt-by", "X-MNT"), ("source", "RIPE")])

    def decrypted(self, armour: bytes) -> bytes:
        """What a message says to whoever has the keys of this home, signed or not; fails if they cannot read it."""
        answer = self.gpg("--status-fd", "2", "--decrypt", data=armour, check=False)
        assert b"[GNUPG:] DECRYPTION_OKAY\n" in answer.stderr
        return answer.stdout

    def can_read(self, armour: bytes) -> bool:
        return self.gpg("--decrypt", data=armour, check=False).returncode == 0

    def forget(self) -> None:
        """Let gpg's agent forget every passphrase."""
        subprocess.run(["gpgconf", "--homedir", str(self.path), "--reload", "gpg-agent"], check=True, timeout=30)


def network(address: str, *irts: str) -> str:
    """A network of eight addresses from the one before *address*."""
    head, _, last = address.rpartition(".")
    first = int(last) - 1
    space = f"{head}.{first} - {head}.{first + 7}"
    return f"inetnum:        {space}\nmnt-irt:        {', '.join(irts)}\nsource:         RIPE\n"


def irt(name: str, **more: str) -> str:
    attributes = {"irt": name, "e-mail": f"{name.lower()}@example.net", **more, "source": "RIPE"}
    return "".join(f"{key + ':':<16}{value}\n" for key, value in attributes.items())

"""People with keys, made once for all tests: a home for gpg, and what they sign there by hand."""

import os
import subprocess
import time
from pathlib import Path

from irtkit.openpgp.keys import PublicKey, read_keys
from irtkit.openpgp.verdicts import KeySet

SIGNERS = {"rsa2048": "rsa2048", "rsa4096": "rsa4096", "ed25519": "ed25519", "nistp256": "nistp256"}
YEAR = 365 * 24 * 3600


class People:
    """Keys in a home of their own, by name; each has the address NAME@example.net."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._fingerprints: dict[str, str] = {}
        for name, kind in SIGNERS.items():
            self.make(name, kind)
        self.make("old", "ed25519", "--faked-system-time", str(int(time.time()) - YEAR))
        self.make("locked", "ed25519", passphrase="open sesame")
        self.make("expiring", "ed25519", ends="seconds=86400")
        self.make("expired", "ed25519", "--faked-system-time", str(int(time.time()) - YEAR), ends="seconds=86400")
        self.make("revoked", "ed25519")
        certificate = home / "openpgp-revocs.d" / f"{self.fingerprint('revoked')}.rev"
        self.gpg("--import", data=certificate.read_text().replace(":-----BEGIN", "-----BEGIN").encode())

    def make(self, name: str, kind: str, *options: str, passphrase: str = "", ends: str = "never") -> None:
        address = f"{name.title()} Person <{name}@example.net>"
        self.gpg(
            *options,
            "--pinentry-mode",
            "loopback",
            "--passphrase",
            passphrase,
            "--quick-gen-key",
            address,
            kind,
            "sign",
            ends,
        )

    def gpg(self, *arguments: str, data: bytes = b"", check: bool = True) -> "subprocess.CompletedProcess[bytes]":
        """Run gpg by hand."""
        command = ["gpg", "--homedir", str(self.home), "--batch", "--yes", "--quiet", "--no-tty", *arguments]
        return subprocess.run(command, input=data, capture_output=True, check=check, timeout=60)

    def gpg_forget(self) -> None:
        """Let gpg's agent forget every passphrase."""
        subprocess.run(["gpgconf", "--homedir", str(self.home), "--reload", "gpg-agent"], check=True, timeout=30)

    def fingerprint(self, name: str) -> str:
        if name not in self._fingerprints:
            self._fingerprints[name] = self._find_fingerprint(name)
        return self._fingerprints[name]

    def _find_fingerprint(self, name: str) -> str:
        listed = self.gpg("--with-colons", "--list-keys", f"={name.title()} Person <{name}@example.net>").stdout
        return next(line.split(":")[9] for line in listed.decode().splitlines() if line.startswith("fpr:"))

    def public(self, *names: str) -> bytes:
        return self.gpg("--export", *map(self.fingerprint, names)).stdout

    def armour(self, name: str) -> str:
        return self.gpg("--armor", "--export", self.fingerprint(name)).stdout.decode()

    def keys(self, *names: str) -> list[PublicKey]:
        return read_keys(self.public(*names))

    def key_set(self, *names: str) -> KeySet:
        """The keys of these people, as if each had a key-cert."""
        return KeySet((key.key_cert_name, key) for key in self.keys(*names))

    def clear_sign(self, name: str, text: bytes, *options: str) -> bytes:
        return self.gpg("--local-user", self.fingerprint(name), *options, "--clearsign", data=text).stdout

    def verifies(self, text: bytes) -> bool:
        """Whether gpg, asked by hand, takes a clear-signed text for good."""
        return self.gpg("--verify", data=text, check=False).returncode == 0


def running(words: str) -> list[str]:
    """The command lines of processes in which *words* occur."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and int(folder.name) != os.getpid():
            try:
                line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
            except OSError:
                continue
            if words in line:
                found.append(line)
    return found


def left_running(words: str) -> list[str]:
    """The same, after what was killed has had time to go."""
    deadline = time.monotonic() + 5
    while (found := running(words)) and time.monotonic() < deadline:
        time.sleep(0.02)
    return found

"""Where OpenPGP keys are published: the Web Key Directory, verifying key servers, and HKP; requests and replies.

A reply is bytes of keys or None. Whether they hold the key that was wanted is for `irtkit.openpgp` and who asks: a
server may answer with any key, and only a fingerprint or key-cert known before makes one the right one.

Cites: draft-koch-openpgp-webkey-service (WKD); Hagrid, its interface for verifying key servers (VKS);
draft-gallagher-openpgp-hkp.
"""

from __future__ import annotations

import re
import string
from hashlib import sha1
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import quote

from irtkit.errors import AnswerError, QueryError
from irtkit.rpsl.faults import shown
from irtkit.wire.http_replies import raise_for_status, server_of
from irtkit.wire.questions import HttpRequest
from irtkit.wire.targets import read_url

if TYPE_CHECKING:
    from irtkit.wire.questions import HttpReply

__all__ = [
    "LARGEST_REPLY",
    "KeyReply",
    "hkp_request",
    "read_key_reply",
    "vks_email_request",
    "vks_fingerprint_request",
    "vks_key_id_request",
    "wkd_hash",
    "wkd_policy_requests",
    "wkd_requests",
]

LARGEST_REPLY: Final = 5_000_000
"""Bytes of a reply that are taken: as many as `irtkit.openpgp` reads of a block of keys."""

_HEADERS: Final = {"accept": "application/pgp-keys, application/octet-stream;q=0.9, */*;q=0.1"}
_Z_BASE_32: Final = "ybndrfg8ejkmcpqxot1uwisza345h769"
_LOWER: Final = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
_LONGEST: Final = 320
_DOMAIN: Final = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?")
_FINGERPRINT: Final = re.compile(r"[0-9A-F]{40}|[0-9A-F]{64}")
_KEY_ID: Final = re.compile(r"[0-9A-F]{16}")
_ARMOUR: Final = b"-----BEGIN PGP PUBLIC KEY BLOCK-----"
_IS_PACKET: Final = 0x80  # the first bit of an OpenPGP packet is set (RFC 9580, section 4.2)


class KeyReply(NamedTuple):
    """Keys as a server sent them: armoured, or the packets themselves."""

    server: str
    data: bytes
    is_armoured: bool


def wkd_hash(local_part: str) -> str:
    """Return the name of a local part in a Web Key Directory: SHA-1 of its lower case (ASCII letters), in z-base-32.

    `Joe.Doe` is `iy9q119eutrkn8s1mk4r39qejnbu3n5q`.
    """
    digest = int.from_bytes(sha1(local_part.translate(_LOWER).encode(), usedforsecurity=False).digest(), "big")
    return "".join(_Z_BASE_32[digest >> shift & 31] for shift in range(155, -1, -5))


def wkd_requests(mailbox: str) -> tuple[HttpRequest, HttpRequest]:
    """Ask for the keys of a mailbox: the advanced URL, and the direct one.

    The direct one is asked only where the host of the advanced one, `openpgpkey.DOMAIN`, does not exist: where it
    exists, its answer counts, also that there is no key.

    Raises: QueryError for what is no mailbox.
    """
    local_part, domain = _parts(mailbox)
    place = f"hu/{wkd_hash(local_part)}?l={quote(local_part, safe='')}"
    advanced, direct = (f"{base}{place}" for base in _wkd_bases(domain))
    return _request(advanced), _request(direct)


def wkd_policy_requests(domain: str) -> tuple[HttpRequest, HttpRequest]:
    """Ask whether a domain has a Web Key Directory, by the advanced and by the direct URL: its policy file exists then.

    Raises: QueryError for what is no domain.
    """
    advanced, direct = (f"{base}policy" for base in _wkd_bases(_domain(domain)))
    return _request(advanced), _request(direct)


def _wkd_bases(domain: str) -> tuple[str, str]:
    return (
        f"https://openpgpkey.{domain}/.well-known/openpgpkey/{domain}/",
        f"https://{domain}/.well-known/openpgpkey/",
    )


def vks_fingerprint_request(base: str, fingerprint: str) -> HttpRequest:
    """Ask a verifying key server for the key, or the key with the subkey, that has a fingerprint.

    Raises: QueryError for what is no URL or fingerprint.
    """
    return _request(f"{base.removesuffix('/')}/vks/v1/by-fingerprint/{_hex(fingerprint, _FINGERPRINT)}")


def vks_key_id_request(base: str, key_id: str) -> HttpRequest:
    """Ask a verifying key server for the key with a key ID of 16 digits; shorter ones it does not take.

    Raises: QueryError for what is no URL or key ID.
    """
    return _request(f"{base.removesuffix('/')}/vks/v1/by-keyid/{_hex(key_id, _KEY_ID)}")


def vks_email_request(base: str, mailbox: str) -> HttpRequest:
    """Ask a verifying key server for the key whose owner has confirmed a mailbox there.

    Raises: QueryError for what is no URL or mailbox.
    """
    local_part, domain = _parts(mailbox)
    return _request(f"{base.removesuffix('/')}/vks/v1/by-email/{quote(f'{local_part}@{domain}', safe='')}")


def hkp_request(base: str, fingerprint: str) -> HttpRequest:
    """Ask an HKP key server for the key with a fingerprint.

    Raises: QueryError for what is no URL or fingerprint.
    """
    digits = _hex(fingerprint, _FINGERPRINT)
    return _request(f"{base.removesuffix('/')}/pks/lookup?op=get&options=mr&search=0x{digits}")


def _request(text: str) -> HttpRequest:
    url = read_url(text)
    if url is None:
        raise QueryError(f"expected the base URL of a key server, found {shown(text)}")
    return HttpRequest(str(url), headers=_HEADERS)


def _hex(text: str, pattern: re.Pattern[str]) -> str:
    digits = "".join(text[:200].split()).upper().removeprefix("0X")
    if not pattern.fullmatch(digits):
        wanted = "40 hex digits" if pattern is _FINGERPRINT else "16 hex digits"
        raise QueryError(f"expected {wanted}, found {shown(text)}")
    return digits


def _parts(mailbox: str) -> tuple[str, str]:
    local_part, at, domain = mailbox.strip().rpartition("@")
    if not at or not local_part or len(mailbox) > _LONGEST or not local_part.isprintable():
        raise QueryError(f"expected a mailbox, found {shown(mailbox)}")
    return local_part, _domain(domain)


def _domain(text: str) -> str:
    domain = text.strip().removesuffix(".").lower()
    if not domain.isascii() and len(domain) <= _LONGEST:
        try:
            domain = domain.encode("idna").decode("ascii")
        except UnicodeError:
            raise QueryError(f"expected a domain, found {shown(text)}") from None
    if not _DOMAIN.fullmatch(domain):
        raise QueryError(f"expected a domain, found {shown(text)}")
    return domain


def read_key_reply(reply: HttpReply, *, now: float | None = None) -> KeyReply | None:
    """Return the keys that a reply holds, or None if the server has none (404, or an empty reply).

    Raises: AccessDeniedError, QueryError, UnreachableError and AnswerError, as
    `irtkit.wire.http_replies.raise_for_status` does; AnswerError, too, for a redirect (who would follow one asks
    `irtkit.wire.http_replies` before), for a reply beyond the limit, and for one that is neither armoured keys nor
    OpenPGP packets, such as a web page.
    """
    server = server_of(reply.request)
    if reply.status in {404, 410}:
        return None
    raise_for_status(reply, now=now)
    body = reply.body
    if len(body) > LARGEST_REPLY:
        raise AnswerError(f"its reply has more than {LARGEST_REPLY:,} bytes", server=server)
    if not body.strip():
        return None
    if body[0] & _IS_PACKET and not body.startswith(b"\xef\xbb\xbf"):
        return KeyReply(server, body, is_armoured=False)
    if _ARMOUR in body:
        return KeyReply(server, body, is_armoured=True)
    raise AnswerError("its reply is no OpenPGP key", server=server)

"""Servers on loopback that say what registries once said: recordings, replayed over real sockets.

Inside a `RecordedInternet` names lead to this machine, and the ports of registries to servers of ours, so that a client
asks the recorded hosts and URLs as they are, and finds certificates for their names. Whoever has no recording is
not there.
"""

from __future__ import annotations

import hashlib
import re
import socket
from collections.abc import Mapping
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, Self
from urllib.parse import urlsplit

import pytest

from hostile_servers import Loopback, Talk, http_reply

if TYPE_CHECKING:
    from types import TracebackType

    from certificates import Authority

__all__ = ["NOT_FOUND", "Page", "RecordedInternet"]

NOT_FOUND = b"%ERROR:101: no entries found\n%\n% No entries found.\n\n"
"""What a whois server says about what was not recorded."""
_PORTS = {"http": 80, "https": 443}


class Page(NamedTuple):
    """What a web server says at one URL. It is sent with an entity tag, and not sent again to who has it."""

    body: bytes
    status: str = "200 OK"
    headers: Mapping[str, str] = {}

    @property
    def tag(self) -> str:
        return f'"{hashlib.sha256(self.body).hexdigest()[:16]}"'

    def reply(self, known: str) -> bytes:
        """Return the whole reply to who has the version *known*."""
        headers = {"ETag": self.tag, **{name.replace("-", "_"): value for name, value in self.headers.items()}}
        return http_reply(b"", "304 Not Modified", **headers) if known == self.tag else self._whole(headers)

    def _whole(self, headers: Mapping[str, str]) -> bytes:
        return http_reply(self.body, self.status, **headers)


class RecordedInternet:
    """All that can be asked: *pages* by URL, and what the whois server of each host says, by what it is asked for.

    *authority* signs the certificates of the pages' hosts.
    """

    def __init__(
        self,
        authority: Authority,
        *,
        pages: Mapping[str, Page] | None = None,
        whois: Mapping[str, Mapping[str, bytes]] | None = None,
    ) -> None:
        self.asked: list[str] = []
        """What was asked, in order: URLs, and `HOST LINE` for whois."""
        self._pages = {url.lower(): page for url, page in (pages or {}).items()}
        self._answers = whois or {}
        self._places = {(parts.scheme, parts.netloc) for parts in map(urlsplit, self._pages)}
        hosts = dict.fromkeys([*self._answers, *sorted(host for _, host in self._places)])
        self._addresses = {host: f"127.0.1.{number}" for number, host in enumerate(hosts, 1)}
        self._authority = authority
        self._ports: dict[tuple[str, int], int] = {}
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            for scheme in {scheme for scheme, _ in self._places}:
                self._serve_web(stack, scheme)
            for host, answers in self._answers.items():
                server = stack.enter_context(Loopback(partial(self._answer, host, answers)))
                self._ports[self._addresses[host], 43] = server.port
            self._lead_here(stack.enter_context(pytest.MonkeyPatch.context()))
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def _serve_web(self, stack: ExitStack, scheme: str) -> None:
        hosts = [host for each, host in sorted(self._places) if each == scheme]
        tls = self._authority.serving(*hosts) if scheme == "https" else None
        server = stack.enter_context(Loopback(partial(self._browse, scheme), tls=tls))
        self._ports.update({(self._addresses[host], _PORTS[scheme]): server.port for host in hosts})

    def _lead_here(self, patch: pytest.MonkeyPatch) -> None:
        connect = socket.socket.connect

        def look_up(host: str, port: int, **_: object) -> list[tuple[Any, ...]]:
            if host not in self._addresses:
                raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (self._addresses[host], port))]

        def connect_here(self_: socket.socket, address: Any) -> None:
            port = self._ports.get(address) if self_.type == socket.SOCK_STREAM else None
            connect(self_, address if port is None else ("127.0.0.1", port))

        patch.setattr(socket, "getaddrinfo", look_up)
        patch.setattr(socket.socket, "connect", connect_here)

    def _browse(self, scheme: str, talk: Talk) -> None:
        """Reply to requests on one connection."""
        while head := talk.head().decode("latin-1"):
            first, *rest = head.split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in rest)}
            url = f"{scheme}://{headers['host']}{first.split(' ')[1]}"
            self.asked.append(url)
            page = self._pages.get(url.lower(), Page(b"", "404 Not Found"))
            talk.send(page.reply(headers.get("if-none-match", "")))

    def _answer(self, host: str, answers: Mapping[str, bytes], talk: Talk) -> None:
        """Answer one question, and close the connection, as servers do that were not asked to keep it."""
        line = talk.line().decode()
        self.asked.append(f"{host} {line}")
        words = re.split(r"[ /]", line)
        talk.send(next((body for key, body in answers.items() if key in words), NOT_FOUND))

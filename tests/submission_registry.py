"""A registry on loopback for tests of submission: syncupdates over HTTP, and whois over what it stores.

It judges nothing: it acknowledges as it is told to. It remembers every message that it received.
"""

from __future__ import annotations

import socketserver
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import parse_qsl

from irtkit.rpsl import RpslObject, parse_objects
from irtkit.submission import Message, parse_message
from irtkit.validation.keys import key_of

__all__ = ["Registry"]

BANNER = "% This is the RIPE Database query service.\n% The objects are in RPSL format.\n\n"
SERVED = "% This query was served by the RIPE Database Query Service version 1.124 (TEST)\n\n\n"


class Registry:
    """`with Registry() as registry:`; `registry.url` takes submissions, `registry.whois` answers about objects.

    *failing* are keys that it refuses. *manner* is what it does with a message: `acknowledge`; `lose`, which stores
    it and answers nothing; `refuse`, which does not look at it; `rewrite`, which stores something else; `redirect`.
    """

    def __init__(self, manner: str = "acknowledge", failing: tuple[str, ...] = (), objects: str = "") -> None:
        self.manner, self.failing = manner, failing
        self.stored: dict[str, RpslObject] = {str(key_of(obj)): obj for obj in parse_objects(objects)}
        self.received: list[dict[str, str]] = []
        self.queries: list[str] = []
        registry = self

        class Web(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                registry.take(self)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        class Whois(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                registry.answer(self)

        self._web = ThreadingHTTPServer(("127.0.0.1", 0), Web)
        self._whois = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Whois)
        self._servers: tuple[socketserver.TCPServer, ...] = (self._web, self._whois)
        self.url = f"http://127.0.0.1:{self._web.server_address[1]}/whois/syncupdates/test"
        self.whois = f"127.0.0.1:{self._whois.server_address[1]}"

    def __enter__(self) -> Self:
        for server in self._servers:
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        for server in self._servers:
            server.shutdown()
            server.server_close()

    @property
    def options(self) -> list[str]:
        """How `irtkit submit` finds this registry."""
        return ["--url", self.url, "--whois", self.whois]

    def take(self, web: BaseHTTPRequestHandler) -> None:
        body = web.rfile.read(int(web.headers["content-length"]))
        form = dict(parse_qsl(body.decode("ascii"), keep_blank_values=True))
        self.received.append(form)
        message = parse_message(form["DATA"])
        if self.manner in {"refuse", "redirect"}:
            self._reply(web, 400 if self.manner == "refuse" else 302, "Invalid source specified: test")
            return
        if message.dry_run is None:
            self._store(message)
        if self.manner == "lose":
            web.close_connection = True
            web.connection.close()
            return
        self._reply(web, 200, self._acknowledgement(message))

    def _store(self, message: Message) -> None:
        for update in message.updates:
            key = str(key_of(update.object))
            if key in self.failing:
                continue
            if update.is_deletion:
                self.stored.pop(key, None)
            else:
                changed = self.manner == "rewrite"
                self.stored[key] = (
                    update.object.with_added("remarks", "added by somebody") if changed else update.object
                )

    def _acknowledgement(self, message: Message) -> str:
        good = [update for update in message.updates if str(key_of(update.object)) not in self.failing]
        bad = [update for update in message.updates if update not in good]
        dry = "\n***Info:    Dry-run performed, no changes to the database have been made\n" if message.dry_run else ""
        lines = [
            "SUMMARY OF UPDATE:\n",
            f"Number of objects found:                   {len(message.updates)}",
            f"Number of objects processed successfully:  {len(good)}",
            f"Number of objects processed with errors:   {len(bad)}",
            "\nDETAILED EXPLANATION:\n",
        ]
        for update in [*bad, *good]:
            verb = "Delete" if update.is_deletion else "Create"
            outcome = "FAILED" if update in bad else "SUCCEEDED"
            lines += ["~" * 52, "---", f"{verb} {outcome}: [{update.object.class_name}] {update.object[0].value}", dry]
            if update in bad:
                lines += [str(update.object), "***Error:   Authorisation failed", '            using "mnt-by:"', ""]
        return "\n".join([*lines, "~" * 52, ""])

    @staticmethod
    def _reply(web: BaseHTTPRequestHandler, status: int, text: str) -> None:
        body = text.encode()
        web.send_response(status)
        web.send_header("content-type", "text/plain;charset=utf-8")
        web.send_header("content-length", str(len(body)))
        if status == 302:
            web.send_header("location", "https://elsewhere.example/")
        web.end_headers()
        web.wfile.write(body)

    def answer(self, whois: socketserver.StreamRequestHandler) -> None:
        """Answer queries by key, persistent ones one after the other."""
        whois.wfile.write(BANNER.encode())
        while line := whois.rfile.readline():
            words = line.decode().split()
            self.queries.append(" ".join(words))
            if words == ["-k"]:
                return
            obj = next((self.stored[key] for key in self.stored if line.decode().strip().upper().endswith(key)), None)
            found = f"{obj}\n" if obj else "%ERROR:101: no entries found\n%\n% No entries found in source TEST.\n\n"
            whois.wfile.write((found + SERVED).encode())
            if "-k" not in words:
                return
            whois.wfile.write(BANNER.encode())

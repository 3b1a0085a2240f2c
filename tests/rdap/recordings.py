"""Recorded answers of RDAP services, read where they lie: the exchanges of whoisit, ipwhois, openrdap and IntelMQ.

A cassette of whoisit is YAML as the package responses writes it. Only as much of YAML is read here as such a file
needs: `body:` as a quoted scalar (YAML 1.2, sections 7.3.1 and 7.3.2), `status:` and `url:`.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple


class Exchange(NamedTuple):
    """One recorded reply."""

    url: str
    status: int
    body: bytes


_EXCHANGE = re.compile(
    r"""^    body: (?:"((?:[^"\\]|\\.)*)"|'((?:[^']|'')*)')\n(.*?)^    status: (\d+)\n    url: (\S+)\n""",
    re.MULTILINE | re.DOTALL,
)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\", "/": "/", " ": " ", "_": "\xa0", "N": "\x85"}
_ESCAPE = re.compile(r"\\(?:x[0-9A-F]{2}|u[0-9A-F]{4}|U[0-9A-F]{8}|.)", re.DOTALL)


def iter_exchanges(file: Path) -> Iterator[Exchange]:
    """Yield the replies of one cassette in order."""
    text = file.read_text(encoding="utf-8")
    found = list(_EXCHANGE.finditer(text))
    assert len(found) == text.count("- response:"), f"{file.name} is not read whole"
    for each in found:
        body = _folded(each[2]).replace("''", "'") if each[1] is None else _unescaped(each[1])
        yield Exchange(each[5], int(each[4]), body.encode())


def _folded(scalar: str) -> str:
    """Join lines: one line break is a blank, each further one a line feed."""
    return re.sub(r" *\n((?: *\n)*) *", lambda breaks: "\n" * breaks[1].count("\n") or " ", scalar)


def _unescaped(scalar: str) -> str:
    return _ESCAPE.sub(_character, _folded(re.sub(r"\\\n *", "", scalar)))


def _character(escape: re.Match[str]) -> str:
    code = escape[0][1:]
    return chr(int(code[1:], 16)) if code[0] in "xuU" and len(code) > 1 else _ESCAPES[code]


def at(value: Any, pointer: str) -> Any:
    """Return what a JSON pointer points at (RFC 6901)."""
    for step in pointer.split("/")[1:]:
        value = value[int(step)] if isinstance(value, list) else value[step.replace("~1", "/").replace("~0", "~")]
    return value


def read_recording(data: Path, name: str) -> bytes:
    """Return one recorded body: `FOLDER/FILE` whole, or the reply or member number N of `FOLDER/FILE#N`."""
    path, _, number = name.partition("#")
    file = data / path
    if not number:
        return file.read_bytes()
    if file.suffix == ".yaml":
        return list(iter_exchanges(file))[int(number)].body
    members = list(json.loads(file.read_text(encoding="utf-8")).values())
    member = members[int(number)]
    return json.dumps(member.get("response", member)).encode()

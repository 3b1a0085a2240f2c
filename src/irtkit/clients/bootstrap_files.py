"""The user's copies of IANA's RDAP bootstrap files: fetched when the user says so, and used from then on.

They lie beside the cache of answers, a file each, and hold nothing personal. A copy that is damaged counts as none;
whether one is fit to be used is decided in `irtkit.live.refreshing`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from irtkit.clients.answer_cache import default_cache
from irtkit.clients.driving import Client, run
from irtkit.clients.outputs import replacing
from irtkit.errors import OutputError, reason_of
from irtkit.live.memories import read_strings
from irtkit.live.refreshing import Copy, Refreshed, bootstrap_of, refresh
from irtkit.wire.rdap.bootstrap import BOOTSTRAP_KINDS, Bootstrap, BootstrapKind, built_in

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Mapping

__all__ = ["BootstrapFiles", "refresh_bootstrap"]


class BootstrapFiles:
    """The copies in a folder; `bootstrap` beside the cache of answers for None."""

    def __init__(self, folder: str | os.PathLike[str] | None = None) -> None:
        self.folder = default_cache().with_name("bootstrap") if folder is None else Path(folder)

    def read(self, kinds: Iterable[BootstrapKind] = BOOTSTRAP_KINDS) -> dict[BootstrapKind, Copy]:
        """Return the copies of these *kinds* that are there and whole."""
        found = {kind: self._read(kind) for kind in kinds}
        return {kind: copy for kind, copy in found.items() if copy is not None}

    def write(self, copies: Mapping[BootstrapKind, Copy]) -> None:
        """Keep copies in the place of those of their kinds. Raises: OutputError when one cannot be written."""
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(f"cannot be made: {reason_of(error)}", path=str(self.folder)) from None
        for kind, copy in copies.items():
            members = {"body": copy.body.decode("utf-8", "replace"), "tag": copy.tag, "modified": copy.modified}
            with replacing(str(self._path(kind))) as file:
                file.write(json.dumps({name: [text] for name, text in members.items()}).encode())

    def bootstrap(self, kinds: Iterable[BootstrapKind]) -> Bootstrap:
        """Return the copy that irtkit carries, with these *kinds* as they were fetched where that was later."""
        return bootstrap_of(self.read(kinds), built_in())

    def _path(self, kind: BootstrapKind) -> Path:
        return self.folder / f"{kind}.json"

    def _read(self, kind: BootstrapKind) -> Copy | None:
        try:
            found = read_strings(self._path(kind).read_bytes(), ("body", "tag", "modified"))
        except OSError:
            return None
        if found is None or not all(found.values()):
            return None
        return Copy(found["body"][0].encode("utf-8", "replace"), found["tag"][0], found["modified"][0])


def refresh_bootstrap(client: Client, files: BootstrapFiles) -> Refreshed:
    """Fetch what has changed of IANA's files, and keep it.

    What cannot be had is told in the result. Raises: OutputError when a file cannot be written.
    """
    found = run(refresh(built_in(), files.read()), client)
    files.write({kind: found.copies[kind] for kind in found.changed})
    return found

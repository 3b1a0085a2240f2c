"""Passphrases that a program hands over on a file descriptor; they are shown nowhere."""

from __future__ import annotations

import os

from irtkit.errors import FileError, reason_of

TYPE_CHECKING = False  # typing's constant without typing's import: type checkers know the name
if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["passphrase_from"]

_LONGEST = 4096


def passphrase_from(descriptor: int) -> Callable[[str], str]:
    """Return what gives, for any key, the first line that can be read at *descriptor*; it is read now.

    Raises: FileError if nothing can be read there.
    """
    try:
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            line = file.readline(_LONGEST).rstrip(b"\r\n").decode("utf-8", "surrogateescape")
    except OSError as error:
        raise FileError(f"cannot be read: {reason_of(error)}", path=f"file descriptor {descriptor}") from None
    return lambda _: line

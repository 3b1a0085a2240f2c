"""What a caller knows about a submission and the registry cannot tell from the object. No rules stand here."""

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Action", "Options"]


class Action(StrEnum):
    """What the registry would do with the object."""

    CREATE = "create"
    """The key is not in its database."""
    MODIFY = "modify"
    """The key is there, and something differs."""


@dataclass(frozen=True, slots=True)
class Options:
    """The circumstances in which an object is judged; the defaults are those of the production registry."""

    action: Action | None = None
    """Whether the object is new. None: nobody knows, and the object is taken for new unless its own
    name, one that only the registry hands out, says that it exists; `irtkit.submission` also believes the
    registry's dates in it."""
    passwords: bool = False
    """Whether the registry still takes MD5 passwords (`md5.password.supported`)."""
    registry_staff: bool = False
    """Whether the registry itself authorises the submission, and so may set what is reserved to it."""
    sources: tuple[str, ...] | None = None
    """The `source:` values that are accepted, upper case, the main one first; None: those of the registry."""
    max_references: int = 0
    """How many references an object may have (`max.references`); 0: any number."""

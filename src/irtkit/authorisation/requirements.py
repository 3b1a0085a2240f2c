"""What somebody must agree to, as values: requirements, the candidates of each, and what these can sign by.

They hold no password and no hash, they decide nothing and look nothing up.
"""

from dataclasses import dataclass
from enum import StrEnum

__all__ = [
    "Candidate",
    "Missing",
    "Naming",
    "Presence",
    "Requirement",
    "Scheme",
    "State",
    "Strategy",
    "Way",
]


class Strategy(StrEnum):
    """By which rule somebody must agree; all that apply must be met."""

    MNT_BY = "mnt-by"
    """A maintainer of the object."""
    PARENT = "parent"
    """A maintainer of what the new object lies in, or of what its name begins with."""
    MNT_IRT = "mnt-irt"
    """An irt that the object refers to anew, by its own keys."""
    MNT_REF = "mnt-ref"
    """A maintainer that another object names for those who refer to it."""
    MEMBER_OF = "member-of"
    """Not who agrees, but who is named: a maintainer of the object has to be among the set's `mbrs-by-ref`."""


class Scheme(StrEnum):
    """How an `auth:` line wants somebody to prove who they are."""

    PGP = "pgp"
    X509 = "x509"
    SSO = "sso"
    PASSWORD = "password"  # noqa: S105 - the name of a scheme
    OTHER = "other"


class State(StrEnum):
    """What has become of one `auth:` line."""

    SATISFIED = "satisfied"
    """A credential at hand meets it."""
    OPEN = "open"
    """Whoever has the key or the account can meet it."""
    HIDDEN = "hidden"
    """The registry does not show whose it is."""
    NO_KEY = "no-key"
    """The key-cert that it names does not exist."""
    OFF = "off"
    """The registry no longer takes it."""


class Presence(StrEnum):
    """Whether an object is in the database at hand."""

    HERE = "here"
    ABSENT = "absent"
    """It does not exist."""
    UNSEEN = "unseen"
    """It may exist: the database at hand does not have all of its class."""


@dataclass(frozen=True, slots=True)
class Way:
    """One `auth:` line: *name* is that of a key-cert or an account, and empty where there is none to show."""

    scheme: Scheme
    name: str
    state: State


@dataclass(frozen=True, slots=True)
class Naming:
    """Where somebody is named: the object by class and key, and its attribute."""

    class_name: str
    key: str
    attribute: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A mntner or an irt that may agree.

    *listed*: to be named is enough, and it is. *ways* are the `auth:` lines, in the order of the object.
    """

    class_name: str
    key: str
    presence: Presence
    via: Naming
    ways: tuple[Way, ...] = ()
    listed: bool = False

    @property
    def satisfied(self) -> bool:
        """Whether it agrees by what is at hand."""
        return self.listed or any(way.state is State.SATISFIED for way in self.ways)


@dataclass(frozen=True, slots=True)
class Missing:
    """An object that would have to be seen: its key, the classes it may be of, and what it would tell.

    *decisive*: without it nobody can say that the update is authorised.
    """

    classes: tuple[str, ...]
    key: str
    reason: str
    decisive: bool = True


@dataclass(frozen=True, slots=True)
class Requirement:
    """One of *candidates* must agree, because *reason*; *citation* names the rule.

    *missing* are the objects without which its candidates are not all known. Without candidates nobody can
    agree: the registry says "no valid maintainer found".
    """

    strategy: Strategy
    reason: str
    citation: str
    candidates: tuple[Candidate, ...] = ()
    missing: tuple[Missing, ...] = ()

    @property
    def satisfied(self) -> bool:
        """Whether it is met by what is at hand."""
        return any(candidate.satisfied for candidate in self.candidates)

    @property
    def keys(self) -> tuple[str, ...]:
        """The names of the key-certs that meet it or could, in order, each once."""
        keyed = {Scheme.PGP, Scheme.X509}
        wanted = {State.OPEN, State.SATISFIED}
        ways = (way for candidate in self.candidates for way in candidate.ways)
        return tuple(dict.fromkeys(way.name for way in ways if way.scheme in keyed and way.state in wanted))

"""Requirements in words: "one of A-MNT (PGPKEY-0A1B2C3D), B-MNT (SSO b@example.net); and one of IRT-X's keys (...)".

What comes of a database is made fit for a terminal; of many names the first are said. It decides nothing.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from irtkit.authorisation.requirements import Candidate, Presence, Requirement, Scheme, State, Strategy, Way

__all__ = ["met", "needed", "plain", "wanted", "way_in_words"]

_MOST: Final = 8  # names in a row
_LONGEST: Final = 80  # characters of a name
_SCHEMES = {Scheme.PASSWORD: "a password", Scheme.OTHER: "an unknown scheme"}


def plain(text: str) -> str:
    """Return the beginning of a name, fit for a terminal."""
    start = (
        text if text.isprintable() else "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text[:_LONGEST])
    )
    return start if len(start) <= _LONGEST else f"{start[:_LONGEST]}..."


def needed(requirements: Iterable[Requirement]) -> str:
    """Return who still has to agree, in one line; requirements that the same ones meet are said once."""
    return _joined("; and ", list(dict.fromkeys(wanted(one) for one in requirements if not one.satisfied)))


def met(requirements: Iterable[Requirement]) -> str:
    """Return who agrees, in one line."""
    agreeing = (one for requirement in requirements for one in requirement.candidates if one.satisfied)
    return _listed(list(dict.fromkeys(_agreement(one) for one in agreeing)))


def wanted(requirement: Requirement) -> str:
    """Return whom the requirement asks, whether or not they agree already."""
    candidates = requirement.candidates
    if requirement.strategy is Strategy.MEMBER_OF:
        named = _listed([plain(one.key) for one in candidates]) or "a maintainer that the set lists"
        return f"{'one of ' if len(candidates) > 1 else ''}{named} in its mnt-by"
    if not candidates:
        unseen = [f"{' or '.join(one.classes)} {plain(one.key)}" for one in requirement.missing]
        return f"whoever {_listed(unseen)} names" if unseen else "somebody nobody names"
    if all(one.class_name == "irt" for one in candidates):
        return _keys_of(candidates)
    asked = _listed([f"{plain(one.key)}{_open_ways(one)}" for one in candidates])
    return f"one of {asked}" if len(candidates) > 1 else asked


def way_in_words(way: Way) -> str:
    """Return one `auth:` line as it is said: `PGPKEY-0A1B2C3D`, `SSO a@example.net`, `a password`."""
    if way.scheme is Scheme.SSO:
        return f"SSO {plain(way.name)}" if way.name else "a hidden SSO account"
    return plain(way.name) or _SCHEMES.get(way.scheme, "")


def _keys_of(irts: Sequence[Candidate]) -> str:
    if len(irts) == 1:
        return f"one of {plain(irts[0].key)}'s keys{_open_ways(irts[0])}"
    return f"one of the keys of {_listed([f'{plain(one.key)}{_open_ways(one)}' for one in irts])}"


def _open_ways(candidate: Candidate) -> str:
    """Return, in brackets, by what a candidate can agree, or why it cannot."""
    if candidate.presence is Presence.ABSENT:
        return " (does not exist)"
    if candidate.presence is Presence.UNSEEN:
        return " (not seen)"
    possible = [way for way in candidate.ways if way.state in {State.OPEN, State.HIDDEN, State.SATISFIED}]
    said = list(dict.fromkeys(map(way_in_words, possible)))
    return f" ({_listed(said)})" if said else f" ({_hindrance(candidate)})"


def _hindrance(candidate: Candidate) -> str:
    if any(way.scheme is Scheme.PASSWORD for way in candidate.ways):
        return "nothing but passwords, which no longer count"
    if any(way.state is State.NO_KEY for way in candidate.ways):
        return "nothing but keys that do not exist"
    return "nothing that counts" if candidate.ways else "nothing to agree by"


def _agreement(candidate: Candidate) -> str:
    if candidate.listed:
        return f"{plain(candidate.key)} (listed)"
    by = next(way for way in candidate.ways if way.state is State.SATISFIED)
    return f"{plain(candidate.key)} ({way_in_words(by)})"


def _listed(names: Sequence[str]) -> str:
    return _joined(", ", names)


def _joined(between: str, parts: Sequence[str]) -> str:
    """Return the first few parts with something between them, and how many more there are."""
    more = len(parts) - _MOST
    return between.join(parts[:_MOST]) + (f" and {more} more" if more > 0 else "")

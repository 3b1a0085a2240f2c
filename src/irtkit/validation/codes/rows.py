"""What a row of the table of problem codes says; the rows themselves stand beside this module.

A code is part of the interface: scripts and configurations name it. It is never used again for another
thing, and its severity does not depend on the object.
"""

from dataclasses import dataclass

from irtkit.problems import Severity

__all__ = ["RIPE", "Code", "Group"]

RIPE = "RIPE whois 1.124"
"""What most rules were read from: the registry's own software, in the release the reference describes."""


@dataclass(frozen=True, slots=True)
class Code:
    """One kind of problem: its stable name, how much it matters, and how to get it and get rid of it.

    *wrong* and *right* are texts as a user would submit them, reduced to the attributes that matter: an object
    that lacks nothing else would give the same verdict. *citation* names the document or program that has
    the rule.
    """

    code: str
    severity: Severity
    title: str
    explanation: str
    wrong: str
    right: str
    citation: str
    registry: str = "ripe"
    """Whose rules the examples are read by."""


@dataclass(frozen=True, slots=True)
class Group:
    """Codes about the same kind of thing, for the manual."""

    title: str
    introduction: str
    rows: tuple[Code, ...]

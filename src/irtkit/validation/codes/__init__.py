"""The codes of problems in texts and single objects, each defined once: severity, title, examples, and who says so.

Rows are grouped by what they are about. The manual's page of codes is made from them by `manual_page`.
"""

from irtkit.problems import Severity
from irtkit.validation.codes import attributes, keys, names, resources, texts
from irtkit.validation.codes.manual import manual_page
from irtkit.validation.codes.rows import RIPE, Code, Group

__all__ = ["CODES", "GROUPS", "RIPE", "Code", "Group", "manual_page", "severity_of"]

GROUPS: tuple[Group, ...] = (texts.GROUP, attributes.GROUP, names.GROUP, resources.GROUP, keys.GROUP)
"""The codes by what they are about, in the order of the manual."""

CODES: dict[str, Code] = {row.code: row for group in GROUPS for row in group.rows}
"""Every code by its name."""


def severity_of(code: str) -> Severity:
    """Return how much a problem with this code matters.

    Raises: KeyError for a code that is not in `CODES`.
    """
    return CODES[code].severity

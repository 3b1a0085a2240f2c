"""Hypothesis strategies for update messages: nearly good objects, instructions, comments, prose and signed parts."""

from hypothesis import strategies as st
from strategies import noise, spelled_objects, words

from irtkit.schema.ripe import RIPE
from irtkit.schema.syntaxes import find_syntax
from irtkit.schema.template import Cardinality, Requirement, Template, TemplateRow

FRAMES = (
    "-----BEGIN PGP SIGNED MESSAGE-----\n",
    "-----BEGIN PGP SIGNATURE-----\n",
    "-----END PGP SIGNATURE-----\n",
    "Hash: SHA256\n",
    "- -----BEGIN PGP SIGNED MESSAGE-----\n",
)
INSTRUCTIONS = (
    "password: a\tb\n",
    "delete: gone\n",
    "delete:\n",
    "Override:x,y,z {oid=1, foo}\n",
    "dry-run:\n",
    "% comment\n",
    "# comment\n",
    "Dear all\n",
)
_HEAD = "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n"
_TAIL = "-----BEGIN PGP SIGNATURE-----\n\niQ==\n-----END PGP SIGNATURE-----\n"
HEAD_LINES = _HEAD.count("\n")
_templates = st.sampled_from(list(RIPE.templates.values()))
_blanks = st.sampled_from([" ", " ", "", "\t", "        "])


@st.composite
def near_objects(draw: st.DrawFn) -> str:
    """An object of one of RIPE's classes, nearly good: some values are bad, some attributes are missing or too many."""
    template = draw(_templates)
    lines = []
    for row in template.rows:
        wanted = row.requirement is Requirement.MANDATORY or draw(st.integers(0, 9)) == 0
        if wanted and draw(st.integers(0, 19)):
            lines.append(_line(draw, template, row))
            if row.cardinality is Cardinality.MULTIPLE and draw(st.integers(0, 9)) == 0:
                lines.append(_line(draw, template, row))
    lines += draw(st.lists(st.sampled_from(INSTRUCTIONS), max_size=1))
    if draw(st.integers(0, 9)) == 0 and len(lines) > 1:
        lines.insert(
            draw(st.integers(1, len(lines))), draw(st.sampled_from(["x: y\n", " \n", "+\n", "oops\n", "mb: A\n"]))
        )
    return "".join(lines) or "irt: x\n"


def _line(draw: st.DrawFn, template: Template, row: TemplateRow) -> str:
    syntax = find_syntax("ripe", template.class_name, row.name)
    good = "RIPE" if row.name == "source" else syntax.example if syntax else "anything"
    value = draw(st.sampled_from([good] * 12 + [good.lower(), f"{good} # why", f"{good}\n + {good}", ""]) | words)
    name = draw(st.sampled_from([row.name, row.name, row.name.upper()]))
    return f"{name}:{draw(_blanks)}{value}\n".replace("\n\n", "\n")


messages = st.lists(
    st.one_of(
        near_objects(),
        near_objects().map(lambda text: f"{text}\n"),
        st.sampled_from([*INSTRUCTIONS, "\n", "\n\n", " \n", "\r\n"]),
        st.sampled_from(FRAMES),
        noise,
        spelled_objects().map(lambda pair: pair[1]),
    ),
    max_size=8,
).map("".join)
"""Texts with something of everything that a submission may hold."""


def signed(content: str) -> str:
    """The text in a clear-signed block, dash-escaped."""
    return _HEAD + "\n".join(f"- {line}" if line.startswith("-") else line for line in content.split("\n")) + _TAIL

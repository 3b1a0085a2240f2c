"""Laws of the index: it answers what the object path answers, and however many are asked, each gets its own answer."""

import sys
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from irtkit.contacts import POLICIES, Answer, Database, resolve
from irtkit.index.lookup import Resolution
from irtkit.rpsl import parse_objects

sys.path.insert(0, str(Path(__file__).parent))  # the folder is no package, and `worlds` is in it

from worlds import build, queries, texts

policies = st.sampled_from(sorted(POLICIES))
FIELDS = ("network", "source", "netname", "country", "org", "irt_network", "irts", "contacts", "email", "reason")


def said_by(answer: Answer | Resolution) -> dict[str, Any]:
    said = {name: getattr(answer, name) for name in FIELDS}
    said["explained"] = answer.explain().split("\n") if isinstance(answer, Resolution) else list(answer.steps)
    return said


@given(texts(), st.lists(queries(), min_size=1, max_size=9), policies)
def test_an_index_answers_what_the_objects_answer(text: str, asked: list[str], policy: str) -> None:
    """Every field, every contact and every sentence is the same by both paths."""
    database, index = Database(parse_objects(text, problems=[])), build([text])
    for query in asked:
        assert said_by(index.resolve(query, policy)) == said_by(resolve(database, query, policy))

"""Everything that a database shows about the objects of a submission: their references, and their place among others.

It only joins `irtkit.validation.references` and `irtkit.validation.hierarchy`, for many objects at once.
"""

from collections.abc import Iterator, Sequence

from irtkit.problems import Problem
from irtkit.rpsl import RpslObject
from irtkit.validation.hierarchy import hierarchy_at
from irtkit.validation.places import Place, Surroundings, in_document_order
from irtkit.validation.references import references_at

__all__ = ["database_problems_of", "iter_database_problems"]


def iter_database_problems(obj: RpslObject, surroundings: Surroundings, *, deletion: bool = False) -> Iterator[Problem]:
    """Yield, in document order, what is wrong with one object of a submission as *surroundings* show it.

    The problems are those of `iter_reference_problems` and of `iter_hierarchy_problems`; at one place the former
    come first. Objects that repeat what others of the submission say are judged the faster for it.
    """
    yield from database_problems_of([(Place(obj, surroundings), deletion)])[0]


def database_problems_of(places: Sequence[tuple[Place, bool]]) -> list[list[Problem]]:
    """Return the same problems of objects in their places, of each those of its deletion or not."""
    references = [[*references_at(place, deletion=deletion)] for place, deletion in places]
    hierarchy = [[*hierarchy_at(place, deletion=deletion)] for place, deletion in places]
    return [in_document_order(one + other) for one, other in zip(references, hierarchy, strict=True)]

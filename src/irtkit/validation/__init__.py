"""What a registry would say about one object: located problems, each with the rule that it breaks.

`iter_problems` holds an object against the registry's template, the syntaxes of its values and every
business rule that the object alone decides. Whether what it refers to exists, and whether it fits among the
ranges around it, is in `references` and `hierarchy`, which ask a database. Nobody's right to submit is judged
here, no key is opened, and nothing is read or sent.
"""

from collections.abc import Iterator

from irtkit.problems import Problem
from irtkit.rpsl import RpslObject
from irtkit.schema.template import Schema
from irtkit.validation.checks import checks_of, iter_unknown_class
from irtkit.validation.options import Action, Options
from irtkit.validation.view import View, class_name_of

__all__ = ["Action", "Options", "iter_problems"]

_DEFAULTS = Options()


def iter_problems(obj: RpslObject, schema: Schema, *, options: Options = _DEFAULTS) -> Iterator[Problem]:
    """Yield every problem of one object that the object itself shows, in document order.

    Problems are complete when they are yielded, and come in the order of their spans; what is
    missing is shown at the name of the class, so it comes first. At one place the order is that of
    the tables in `irtkit.validation.checks`. The same object gives the same problems on every run. An object
    of a class that the registry does not have gives one problem and no more.

    Lazy: values are judged as the problems are asked for. Any object will do, nothing is raised, and the
    time grows with the length of the object. Codes: `irtkit.validation.codes`.
    """
    checks = checks_of(schema, class_name_of(obj, schema), options)
    return iter_unknown_class(View(obj, schema)) if checks is None else checks.iter_problems(obj)

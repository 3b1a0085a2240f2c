"""Whether what an object refers to exists and is of the right class, and whether a deletion leaves others dangling.

What is said of the objects referred to beyond that is in `irtkit.validation.parties`. Nobody's right to refer to
an object (`mnt-ref`, an irt's `auth`) is judged here.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from irtkit.problems import Problem
from irtkit.rpsl import Attribute, PrimaryKey, RpslObject, as_primary_key
from irtkit.rpsl.faults import shown
from irtkit.rpsl.names import LIST_ATTRIBUTES, SHORT_NAMES
from irtkit.schema.syntaxes import find_syntax
from irtkit.schema.template import Schema
from irtkit.validation.database_codes import located
from irtkit.validation.keys import HANDLES, as_reference, placeholder
from irtkit.validation.objects import Objects
from irtkit.validation.options import Options
from irtkit.validation.parties import iter_party_problems
from irtkit.validation.places import Place, Surroundings, in_document_order, one_of, with_article
from irtkit.validation.reference_rules import REFERENCES, SET_CLASSES, Reference, references_of

__all__ = ["iter_reference_problems", "references_at", "undecided_classes"]

_DEFAULTS = Options()
_UNGUARDED = frozenset({"aut-num"})  # may be deleted whoever names it
_TELLING = frozenset({"org", "sponsoring-org", "abuse-c", "member-of", "status", "mnt-by"})
"""Attributes that, together, say what is asked of the parties that an object names."""
_OF_PARTIES = _TELLING - {"status", "mnt-by"}
"""Those that name parties."""


def iter_reference_problems(  # noqa: PLR0913 - what is known about a submission has these parts
    obj: RpslObject,
    schema: Schema,
    objects: Objects,
    *,
    before: Objects | None = None,
    deletion: bool = False,
    options: Options = _DEFAULTS,
) -> Iterator[Problem]:
    """Yield, in document order, what is wrong with the references of one object of a submission.

    *objects* is the database as the whole submission will leave it, usually a `Layered` one, and *before* as it is
    now, without the submission. So the order of objects within the submission does not matter. A reference whose
    object might exist, because *objects* has none of its class, is passed over (`undecided_classes`); a value
    that breaks the syntax of its attribute is, too. Of a *deletion* it is asked whether there is something to delete
    and whether anybody still refers to it.

    Lazy: nothing is asked of the databases before the first problem is. Any object will do; nothing is raised. For
    many objects `irtkit.validation.database` asks less often.
    """
    place = Place(obj, Surroundings(schema, objects, before, options))
    yield from in_document_order([*references_at(place, deletion=deletion)])


def references_at(place: Place, *, deletion: bool = False) -> Iterator[Problem]:
    """Yield what is wrong with the references of an object in its place; not in order."""
    return _deletion(place) if deletion else _creation(place)


def undecided_classes(schema: Schema, objects: Objects) -> tuple[str, ...]:
    """Return the classes, in alphabetical order, to which references at the registry are not checked.

    *objects* has none of them, or only stand-ins.
    """
    classes = {name for row in REFERENCES.get(schema.registry, ()) for name in row.classes}
    return tuple(sorted(name for name in classes if not objects.covers(name, schema.registry)))


class _Named(NamedTuple):
    """A name in a reference attribute: the row that holds for it, where it stands, and the key it refers to."""

    row: Reference
    attribute: Attribute
    start: int
    value: str
    key: PrimaryKey


def _creation(place: Place) -> Iterator[Problem]:
    if place.key is not None and place.key.startswith("AUTO-"):
        yield from _repeated_key(place)
    found = _find_lines(place)
    for attribute, row, telling in found.doubtful:
        problems = [problem for named in _iter_named(attribute, row) for problem in _judged(place, named)]
        if not problems:
            _remember(found.sound, attribute, telling)
        yield from problems
    if not _OF_PARTIES.isdisjoint(found.meant) and place.references:
        yield from _parties(place, found)


class _Lines(NamedTuple):
    """What matters of the lines of an object.

    *lines* are those of attributes that refer to something or tell, and *meant* the name of each that tells. *doubtful*
    are attributes that refer to something which may not be there, each with its row and its name if it is telling;
    *sound* are the lines that are known to be none of those, and what each means.
    """

    lines: list[str]
    meant: list[str | None]
    doubtful: list[tuple[Attribute, Reference, str]]
    sound: dict[str, str]


def _find_lines(place: Place) -> _Lines:
    """Find the lines that matter.

    Most objects of a submission name the same few others, in the same words: then their attributes need not be read.
    """
    obj = place.object
    names = _names_of(place.surroundings.schema, place.class_name)
    sound = place.surroundings.sound_lines(place.home, place.class_name)
    lines = names.lines.findall(f"\n{obj}")
    found = _Lines(lines, [*map(sound.get, lines)], [], sound)
    if None not in found.meant:
        return found
    unknown = [at for at, telling in enumerate(found.meant) if telling is None]
    if all(lines[at][: lines[at].find(":")] in names.rows for at in unknown):
        attributes = _attributes_at(unknown, obj, names)
    else:
        every = [attribute for attribute in obj.attributes if attribute.name in names.rows]
        lines = [attribute.raw.removesuffix("\n") for attribute in every]
        found = _Lines(lines, [*map(sound.get, lines)], [], sound)
        unknown = [at for at, telling in enumerate(found.meant) if telling is None]
        attributes = [every[at] for at in unknown]
    for at, attribute in zip(unknown, attributes, strict=True):
        row, telling = names.rows[attribute.name]
        found.meant[at] = telling
        if row is not None:
            found.doubtful.append((attribute, row, telling))
        else:
            _remember(sound, attribute, telling)
    return found


def _attributes_at(places: list[int], obj: RpslObject, names: "_Names") -> list[Attribute]:
    """Return attributes on lines of their own, by their places among the lines that matter."""
    text = f"\n{obj}"
    found = [*names.lines.finditer(text)]
    return [Attribute(found[at][1], obj.line_of(text.count("\n", 0, found[at].start()))) for at in places]


def _remember(sound: dict[str, str], attribute: Attribute, telling: str) -> None:
    """Note that the line of an attribute is sound, and what it means; nothing of an attribute that goes over lines."""
    line = attribute.raw.removesuffix("\n")
    if "\n" not in line and "#" not in line:
        sound[line] = telling


class _Names(NamedTuple):
    """The names that matter, short ones, too: what is said of references there, and the name if it is telling.

    *lines* finds, in a text with a line feed before it, the lines that begin with one of the names, and those that do
    not begin with a name in small letters: they go on with another line, or may have one of the names all the same.
    """

    rows: Mapping[str, tuple[Reference | None, str]]
    lines: re.Pattern[str]


@lru_cache(maxsize=256)
def _names_of(schema: Schema, class_name: str) -> _Names:
    rows = references_of(schema, class_name)
    long = {name: (rows.get(name), name if name in _TELLING else "") for name in (*rows, *_TELLING)}
    short = {name: long[meant] for name, meant in SHORT_NAMES.items() if meant in long}
    names = {**long, **short, **{f"*{name}": known for name, known in short.items()}}
    one_of_them, begins = "|".join(map(re.escape, names)), "".join({name[0] for name in names})  # no `-`, no `]`
    return _Names(names, re.compile(rf"\n((?=[{begins}])(?:{one_of_them}):.*|(?![a-z0-9-]++:).+)"))


def _parties(place: Place, found: _Lines) -> Iterator[Problem]:
    """Yield what is wrong with the parties that an object names, unless an object with the same outline was sound."""
    outline = [line for line, telling in zip(found.lines, found.meant, strict=True) if telling]
    known = (place.home, place.class_name, *outline, place.status, "stored" if place.is_stored else "new")
    if known in place.surroundings.sound:
        return
    problems = list(iter_party_problems(place))
    if not problems and "abuse-c" not in found.meant:  # what is around an object can have the same abuse-c
        place.surroundings.remember(known)
    yield from problems


def _iter_named(attribute: Attribute, row: Reference) -> Iterator[_Named]:
    """Yield the names in an attribute; what refers to nothing is left out."""
    start = 0
    for part in attribute.value.split(",") if row.attribute in LIST_ATTRIBUTES else [attribute.value]:
        value = part.strip(" ")
        if row.first_word:
            value = value.partition(" ")[0]
        if value and value.upper() not in row.keywords and (row.only is None or row.only.match(value)):
            key = as_reference(value) if row.auto else as_primary_key(value)
            yield _Named(row, attribute, start + len(part) - len(part.lstrip(" ")), value, key)
        start += len(part) + 1


def _judged(place: Place, named: _Named) -> Iterator[Problem]:
    row, value, key = named.row, named.value, named.key
    classes = place.objects.find_classes(key, place.home)
    if not classes.isdisjoint(row.classes):
        if row.needs is not None and place.values(row.classes[0], key, row.needs) == ():
            message = f"{shown(value)} is {with_article(row.classes[0])} without {row.needs}"
            hint = f"add {row.needs} to that {row.classes[0]}, or name another"
            yield _located("role-without-mailbox", place, named, message, hint)
        return
    if key == place.key and place.class_name in row.classes:
        return
    asks = row.auto and placeholder(value) is not None
    expected = one_of([with_article(name) for name in row.classes])
    if classes and (asks or _decides(place, row, classes)):
        found = " and ".join(with_article(name) for name in sorted(classes))
        message = f"{shown(value)} is {found}, and {row.attribute} refers to {expected}"
        yield _located("wrong-class", place, named, message, f"expected {expected}")
    elif asks:
        message = f"no object of this submission asks for the key {shown(key)}"
        yield _located(
            "auto-key-undefined", place, named, message, f"expected {expected} that does, or one that exists"
        )
    elif not classes and _covered(place, row, key) and not _is_malformed(place, named):
        hint = f"expected {expected} that is in the registry's database or in this submission"
        yield _located("unknown-reference", place, named, f"{shown(value)} does not exist", hint)


def _located(code: str, place: Place, named: _Named, message: str, hint: str) -> Problem:
    citation = None if place.registry == "ripe" else named.row.citation
    start, length = named.start, len(named.value)
    return located(code, named.attribute, message, hint, start=start, length=length, citation=citation)


def _decides(place: Place, row: Reference, found: frozenset[str]) -> bool:
    """Whether an object of other classes with the key means that there is none of the right ones."""
    shares_keys = HANDLES.issuperset(row.classes) and not found.isdisjoint(HANDLES)
    return shares_keys or _all_covered(place, row.classes)


def _covered(place: Place, row: Reference, key: PrimaryKey) -> bool:
    """Whether the database knows every object that the key could name; the name of a set says its class."""
    named = {SET_CLASSES[start] for start in SET_CLASSES for part in key.split(":") if part.startswith(start)}
    return _all_covered(place, tuple(named.intersection(row.classes)) or row.classes)


def _all_covered(place: Place, classes: tuple[str, ...]) -> bool:
    return all(place.objects.covers(name, place.home) for name in classes)


def _is_malformed(place: Place, named: _Named) -> bool:
    """Whether the value breaks the syntax of its attribute, which is said elsewhere."""
    if named.row.first_word:
        return False
    syntax = find_syntax(place.registry, place.class_name, named.row.attribute)
    return syntax is not None and syntax.find_fault(named.value) is not None


def _repeated_key(place: Place) -> Iterator[Problem]:
    """Yield that another object of the submission asks for the same key."""
    submission = place.surroundings.submission
    times = 0 if submission is None or place.key is None else submission.times_asked(place.key, place.home)
    if times > 1 and place.key is not None:
        attribute = place.view.key_attribute
        message = f"{times} objects of this submission ask for the key {shown(place.key)}"
        hint = "expected another number in each of them"
        yield located("auto-key-repeated", attribute, message, hint, start=0)


def _deletion(place: Place) -> Iterator[Problem]:
    key, attribute = place.key, place.view.key_attribute
    if key is None:
        return
    if not place.is_stored and place.before is not None and place.before.covers(place.class_name, place.home):
        message = f"there is no {place.class_name} {shown(key)} to delete"
        yield located("nothing-to-delete", attribute, message, "expected an object that exists", start=0)
    elif place.class_name not in _UNGUARDED:
        yield from _dangling(place, key, attribute)


def _dangling(place: Place, key: PrimaryKey, attribute: Attribute) -> Iterator[Problem]:
    """Yield that others refer to the object, naming the first of them."""
    rows = REFERENCES.get(place.registry, ())
    names = {row.attribute for row in rows if place.class_name in row.classes}
    referring = sorted(
        found
        for found in place.objects.iter_referring(key, place.home)
        if found.attribute in names and (found.class_name, found.key) != (place.class_name, key)
    )
    if referring:
        first, more = referring[0], len({found[:2] for found in referring}) - 1
        others = f", and {more} more" if more else ""
        by = f"{first.class_name} {shown(first.key)} ({first.attribute}){others}"
        hint = "change or delete what refers to it first, or in the same submission"
        yield located("still-referenced", attribute, f"{shown(key)} is still referred to by {by}", hint, start=0)

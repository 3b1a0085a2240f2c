"""RPSL text and the objects in it: attributes, comments, continuation lines, with every byte kept.

It knows how text becomes attributes (RFC 2622, section 2, as the RIPE Database reads it) and which
of them name an object. It does not know templates, value syntaxes or registries, it judges no
value, and it reads no files: text or bytes come in, objects and `Problem`s go out.

Two readers, by intent:

* `parse_object` is the registry's own parser: one paragraph, accepted or refused.
* `parse_objects`, `iter_objects` and `ObjectParser` are forgiving: they read whole texts (dumps,
  whois answers, submissions), keep objects of classes nobody knows, set `%` and `#` lines apart,
  and report each paragraph that is no object. `RpslObject.find_refusal` then says of an object
  what `parse_object` would have said.

Bytes are UTF-8 where an object is valid UTF-8, else latin-1; each object decides for itself.
"""

from irtkit.rpsl.attributes import Attribute
from irtkit.rpsl.layout import format_text, formatted
from irtkit.rpsl.names import PrimaryKey, as_primary_key
from irtkit.rpsl.objects import RpslObject
from irtkit.rpsl.texts import MAX_OBJECT, Comment, ObjectParser, iter_objects, parse_object, parse_objects

__all__ = [
    "MAX_OBJECT",
    "Attribute",
    "Comment",
    "ObjectParser",
    "PrimaryKey",
    "RpslObject",
    "as_primary_key",
    "format_text",
    "formatted",
    "iter_objects",
    "parse_object",
    "parse_objects",
]

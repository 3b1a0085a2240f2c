"""The names in RPSL that the parser has to know: short forms, lists, and what names an object.

It does not know which attributes a class has (that is `irtkit.schema`), nor what a name may refer to.
"""

import re
from functools import cache
from typing import NewType

__all__ = [
    "LIST_ATTRIBUTES",
    "PRIMARY_KEYS",
    "SHORT_NAMES",
    "PrimaryKey",
    "as_primary_key",
    "long_name",
    "occurrence",
]

PrimaryKey = NewType("PrimaryKey", str)
"""A primary key in its normal form, upper case: the registry compares keys ignoring case."""

_ABBREVIATIONS = """
aa:as-name ab:aggr-bndry ac:admin-c ad:address ae:assignment-size ag:aggr-mtd ah:author ak:as-block am:abuse-mailbox
an:aut-num as:as-set at:auth au:abuse-c az:alias ce:certif ch:changed co:components cr:created cy:country de:descr
df:default dn:domain ds:ds-rdata dt:upd-to ec:export-comps em:e-mail en:encryption ev:export-via ex:export fi:filter
fp:fingerpr fr:form fs:filter-set fx:fax-no gf:geofeed gl:geoloc ho:holes i6:inet6num ie:interface if:ifaddr ij:inject
in:inetnum ip:import ir:inet-rtr is:rtr-set it:irt iv:import-via iy:irt-nfy kc:key-cert la:local-as lm:last-modified
ln:language ma:mp-default mb:mnt-by md:mnt-domains me:mp-export mf:mp-filter mg:mp-peering mh:method mi:mnt-irt
ml:mnt-lower mm:mp-members mn:mnt-nfy mo:member-of mp:mp-peer mr:mbrs-by-ref ms:members mt:mntner mu:mnt-routes
my:mp-import mz:mnt-ref na:netname nh:nic-hdl ns:nserver ny:notify oa:organisation og:org on:org-name or:origin
ot:org-type ow:owner pa:pingable pc:ping-hdl pe:peer pf:poetic-form pg:peering ph:phone pl:prefixlen pn:person po:poem
ps:peering-set r6:route6 rm:remarks rn:ref-nfy ro:role rs:route-set rt:route sg:signature so:source sp:sponsoring-org
st:status tc:tech-c tx:text zc:zone-c
"""
SHORT_NAMES: dict[str, str] = dict(pair.split(":") for pair in _ABBREVIATIONS.split())
"""Two-letter names and what they stand for (RIPE whois: AttributeType)."""

_SHORT_LENGTH = 3  # characters with the star; a longer name is no short one
_CLASSES = """
as-block aut-num as-set domain filter-set inet6num inetnum inet-rtr rtr-set irt key-cert mntner organisation poetic-form
person poem peering-set route6 role route-set route
"""
_LISTS = "form holes mnt-by mnt-domains mnt-irt mnt-lower mp-members member-of mbrs-by-ref members mnt-ref"

LIST_ATTRIBUTES = frozenset(_LISTS.split())
"""Attributes whose values are lists, split at commas (RIPE Database, AttributeType)."""

PRIMARY_KEYS: dict[str, tuple[str, ...]] = {
    **{name: (name,) for name in _CLASSES.split()},
    "person": ("nic-hdl",),
    "role": ("nic-hdl",),
    "route": ("route", "origin"),
    "route6": ("route6", "origin"),
}
"""Each class of the RIPE Database and the attributes whose values, joined, are its primary key."""


def long_name(name: str) -> str:
    """Return the attribute that *name*, in lower case, stands for: `mb` and `*mb` are mnt-by."""
    short = name[1:] if len(name) == _SHORT_LENGTH and name[0] == "*" else name
    return SHORT_NAMES.get(short, name)


@cache
def occurrence(name: str) -> re.Pattern[str]:
    """Return what finds, without reading them, an attribute that may be called *name* (long, lower case).

    It begins with the line feed before that one: the first line of a text is looked at with a line feed before it.
    """
    short = [short for short, long in SHORT_NAMES.items() if long == name]
    names = "|".join([re.escape(name), *(rf"\*?{one}" for one in short)])
    first_letters = "".join({"*", name[0], *(one[0] for one in short)})  # most lines are passed over by these
    return re.compile(rf"\n(?=[{first_letters}])(?:{names}):", re.IGNORECASE)


def as_primary_key(value: str) -> PrimaryKey:
    """Return *value*, a clean value such as `irt-example`, as the key it refers to."""
    return PrimaryKey(value.upper())

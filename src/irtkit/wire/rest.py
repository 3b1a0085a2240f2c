"""RIPE's REST interface: look-ups, searches, versions and abuse contacts, as HTTP requests and what the replies say.

JSON is asked for; objects come as attributes and become RPSL objects again, in the registry's own layout. Related
persons and roles are asked for only on request, as in `irtkit.wire.whois`. It changes nothing at the registry:
submissions go another way.

Cites: RIPE Database docs, RESTful API; RIPE whois 1.124, WhoisRestService, WhoisSearchService, AbuseContactService.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias
from urllib.parse import quote

from irtkit.errors import AnswerError, ParseError, QueryError
from irtkit.rpsl import RpslObject
from irtkit.rpsl.faults import shown
from irtkit.schema.contact_facts import mailboxes
from irtkit.wire.http_replies import find_redirect, raise_for_status, server_of
from irtkit.wire.members import Members, Warnings, WireWarning, read_members
from irtkit.wire.questions import HttpRequest
from irtkit.wire.targets import read_url

if TYPE_CHECKING:
    from irtkit.wire.questions import HttpReply
    from irtkit.wire.whois.queries import RipeQuery

__all__ = [
    "RestAbuseContact",
    "RestAnswer",
    "RestMessage",
    "RestObject",
    "RestOption",
    "RestService",
    "RestVersion",
    "read_abuse_contact",
    "read_answer",
]

RestOption: TypeAlias = Literal["abuse-contact", "managed-attributes", "resource-holder", "unfiltered", "unformatted"]
"""What else is asked for: the abuse contact and the holder of a resource beside each object, e-mail attributes (which
may be personal data), values with the layout that they have."""

_HEADERS: Final = {"accept": "application/json"}
_PERSONAL_CLASSES: Final = frozenset({"person", "role"})
_LONGEST_KEY: Final = 1_024


class RestMessage(NamedTuple):
    """What the server says: `Error`, `Warning` or `Info`, and the text with its places filled."""

    severity: str
    text: str
    attribute: str | None = None
    """The attribute it is about."""


class RestAbuseContact(NamedTuple):
    """The abuse contact of an object."""

    handle: str | None
    """The role."""
    email: str | None
    """None: nothing is registered, or what is registered is no mailbox."""
    suspect: bool
    """The mailbox failed the registry's validation."""
    org: str | None
    """The organisation to refer to; it need not exist."""
    key: str | None = None
    """The object's primary key, where the server says it."""


class RestObject(NamedTuple):
    """An object with what the server says about it."""

    object: RpslObject
    source: str | None = None
    abuse_contact: RestAbuseContact | None = None
    holder: tuple[str | None, str | None] | None = None
    """Key and name of the organisation that holds the resource, where that was asked."""
    version: int | None = None


class RestVersion(NamedTuple):
    """One version in the history of an object."""

    revision: int | None
    date: str | None
    operation: str | None
    deleted: str | None


@dataclass(frozen=True, slots=True)
class RestAnswer:
    """All that a look-up or search says; without objects if nothing was found."""

    server: str
    objects: tuple[RestObject, ...] = ()
    messages: tuple[RestMessage, ...] = ()
    versions: tuple[RestVersion, ...] = ()
    referral: str | None = None
    """The URL where the object is instead: in the source for what the registry does not manage."""
    warnings: tuple[WireWarning, ...] = ()

    @property
    def rpsl_objects(self) -> tuple[RpslObject, ...]:
        """The objects by themselves, in the order of the answer."""
        return tuple(each.object for each in self.objects)


@dataclass(frozen=True, slots=True)
class RestService:
    """A server that offers RIPE's REST interface, to make requests for.

    Raises: QueryError, here and in every method, for what is no URL, source, class or key.
    """

    base: str
    registry: str | None = None
    """The registry whose budget the requests count against."""

    def __post_init__(self) -> None:
        if read_url(self.base) is None:
            raise QueryError(f"expected the base URL of a REST service, found {shown(self.base)}")
        object.__setattr__(self, "base", self.base.removesuffix("/"))

    def lookup(self, source: str, class_name: str, key: str, options: Collection[RestOption] = ()) -> HttpRequest:
        """Ask for one object by its primary key."""
        place = f"{_word(source)}/{_word(class_name)}/{_key(key)}"
        personal = class_name.lower() in _PERSONAL_CLASSES
        return self._request(place, [(name, None) for name in options], personal=personal)

    def versions(self, source: str, class_name: str, key: str, number: int | None = None) -> HttpRequest:
        """Ask for the versions of an object, or for version *number* of it; persons and roles have none."""
        if class_name.lower() in _PERSONAL_CLASSES:
            raise QueryError("persons and roles have no versions to ask for")
        if number is not None and number < 1:
            raise QueryError(f"expected a version from 1 on, found {number}")
        place = f"{_word(source)}/{_word(class_name)}/{_key(key)}/versions"
        return self._request(place if number is None else f"{place}/{number}")

    def search(
        self,
        query: RipeQuery,
        options: Collection[RestOption] = (),
        *,
        limit: int | None = None,
        offset: int | None = None,
    ) -> HttpRequest:
        """Ask what a whois query asks; *limit* and *offset* count objects.

        Raises: QueryError for a query without key, too, or with a flag that a search does not take.
        """
        _refuse_flags(query)
        parameters = [("query-string", query.key)]
        parameters += [("source", source) for source in query.sources]
        parameters += [("type-filter", name) for name in query.classes]
        parameters += [("inverse-attribute", name) for name in query.inverse]
        parameters += [("flags", name) for name in _flags(query)]
        counts = (("limit", limit), ("offset", offset))
        parameters += [(name, str(value)) for name, value in counts if value is not None]
        return self._request("search", [*parameters, *((name, None) for name in options)], personal=query.is_personal)

    def abuse_contact(self, key: str) -> HttpRequest:
        """Ask for the abuse contact of an address, a prefix, a range or an AS number."""
        return self._request(f"abuse-contact/{_key(key)}")

    def _request(
        self, place: str, parameters: Iterable[tuple[str, str | None]] = (), *, personal: bool = False
    ) -> HttpRequest:
        pairs = [quote(name) + ("" if value is None else f"={quote(value, safe='')}") for name, value in parameters]
        url = read_url("?".join(filter(None, (f"{self.base}/{place}", "&".join(pairs)))))
        if url is None:
            raise QueryError(f"expected a question that fits into a URL, found {shown(place)}")
        return HttpRequest(str(url), headers=_HEADERS, registry=self.registry, personal=personal)


def _flags(query: RipeQuery) -> Iterator[str]:
    if query.hierarchy is not None:
        yield query.hierarchy.value
    switches = {
        "no-referenced": not query.referenced,
        "irt": query.irt,
        "no-irt": query.no_irt,
        "reverse-domain": query.reverse_domains,
        "no-grouping": not query.grouped,
        "no-filtering": not query.filtered,
        "resource": query.resource,
        "valid-syntax": query.valid_syntax is True,
        "no-valid-syntax": query.valid_syntax is False,
        "show-personal": query.personal is True,
        "no-personal": query.personal is False,
    }
    yield from (name for name, is_set in switches.items() if is_set)


def _refuse_flags(query: RipeQuery) -> None:
    refused = {
        "abuse-contact": query.abuse_contact,
        "all-sources": query.all_sources,
        "brief": query.brief,
        "charset": query.charset,
        "client": query.client,
        "diff-versions": query.diff_versions,
        "list-versions": query.list_versions,
        "persistent-connection": query.persistent,
        "primary-keys": query.keys_only,
        "query": query.information,
        "show-version": query.show_version,
        "template": query.template,
        "verbose": query.verbose,
    }
    for name, value in refused.items():
        if value:
            raise QueryError(f"a search does not take the flag {name}")
    if query.is_about_server:
        raise QueryError("expected a search key")


def _word(text: str) -> str:
    if not text.replace("-", "").isalnum() or not text.isascii():
        raise QueryError(f"expected a source or class, found {shown(text)}")
    return text.lower()


def _key(text: str) -> str:
    """Escape a key; the slash of a prefix stays."""
    if not text.strip() or not text.isprintable() or len(text) > _LONGEST_KEY:
        raise QueryError(f"expected a key of at most {_LONGEST_KEY} characters, found {shown(text)}")
    if not {".", "..", ""}.isdisjoint(text.strip().split("/")):
        raise QueryError(f"expected a key, found {shown(text)}")
    return quote(text.strip(), safe="/:")


def read_answer(reply: HttpReply, *, now: float | None = None) -> RestAnswer:
    """Return what a reply to a look-up, a search or a question for versions says.

    Status 404 is an answer without objects. *now*, in seconds since the epoch, makes a wait into a time.

    Raises: AccessDeniedError, QueryError, UnreachableError and AnswerError, as
    `irtkit.wire.http_replies.raise_for_status` does; AnswerError, too, for what is no JSON object or beyond a limit.
    """
    server = server_of(reply.request)
    redirect = find_redirect(reply)
    if redirect is not None:
        return RestAnswer(server, referral=redirect)
    if reply.status == 404:
        return RestAnswer(server, messages=_messages_of(reply))
    if not 200 <= reply.status < 300:
        raise_for_status(reply, said="; ".join(message.text for message in _messages_of(reply)), now=now)
    warnings = Warnings()
    top = read_members(reply.body, server, warnings)
    inner = top.object("objects")
    objects = () if inner is None else tuple(_objects(inner))
    return RestAnswer(server, objects, tuple(_messages(top)), tuple(_versions(top)), warnings=tuple(warnings))


def read_abuse_contact(reply: HttpReply, *, now: float | None = None) -> RestAbuseContact | None:
    """Return the abuse contact that a reply names, or None if there is no object to have one.

    An object without contact has one whose *email* is None. *now* and errors are as in `read_answer`.
    """
    if reply.status == 404:
        return None
    server = server_of(reply.request)
    if not 200 <= reply.status < 300:
        raise_for_status(reply, said="; ".join(message.text for message in _messages_of(reply)), now=now)
    top = read_members(reply.body, server, Warnings())
    parameters = top.object("parameters")
    asked = None if parameters is None else parameters.object("primary-key")
    contact = top.object("abuse-contacts")
    if contact is None:
        raise AnswerError("its answer has no abuse contact", server=server)
    return _abuse_contact(contact)._replace(key=None if asked is None else asked.text("value"))


def _abuse_contact(members: Members) -> RestAbuseContact:
    found = mailboxes(members.text("email") or "")
    suspect = members.raw("suspect")
    return RestAbuseContact(
        members.text("key") or None,
        found[0] if found else None,
        suspect is True or (isinstance(suspect, str) and suspect.lower() == "true"),
        members.text("org-id") or None,
    )


def _messages_of(reply: HttpReply) -> tuple[RestMessage, ...]:
    """Return the messages in the body of a refusal, which may be no JSON at all."""
    try:
        return tuple(_messages(read_members(reply.body, server_of(reply.request), Warnings())))
    except AnswerError:
        return ()


def _messages(top: Members) -> Iterator[RestMessage]:
    inner = top.object("errormessages")
    for row in () if inner is None else inner.objects("errormessage"):
        arguments = [each.text("value") or "" for each in row.objects("args")]
        attribute = row.object("attribute")
        yield RestMessage(
            row.text("severity") or "Error",
            _filled(row.passage("text") or "", arguments),
            None if attribute is None else attribute.text("name"),
        )


def _filled(text: str, arguments: list[str]) -> str:
    """Fill the places `%s` of a text in order; `%%` is a percent sign, and a place without argument stays."""
    parts = []
    rest = iter(arguments)
    for position, piece in enumerate(text.split("%%")):
        first, *others = piece.split("%s")
        parts.append(("%" if position else "") + first + "".join(next(rest, "%s") + other for other in others))
    return "".join(parts).strip()


def _objects(inner: Members) -> Iterator[RestObject]:
    for row in inner.objects("object"):
        attributes = row.object("attributes")
        obj = None if attributes is None else _object(row, attributes)
        if obj is None:
            continue
        source, contact, holder = (row.object(name) for name in ("source", "abuse-contact", "resource-holder"))
        yield RestObject(
            obj,
            None if source is None else source.text("id"),
            None if contact is None else _abuse_contact(contact),
            None if holder is None else (holder.text("key"), holder.text("name")),
            row.number("version"),
        )


def _object(row: Members, attributes: Members) -> RpslObject | None:
    pairs = [
        (each.text("name") or "", _with_comment(each.passage("value") or "", each.text("comment")))
        for each in attributes.objects("attribute")
    ]
    class_name = row.text("type") or (pairs[0][0] if pairs else "")
    try:
        return RpslObject.build(class_name, pairs)
    except ParseError as error:
        row.warn("attributes", error.message)
        return None


def _with_comment(value: str, comment: str | None) -> str:
    """Join value and comment as the registry does."""
    return f"{value} # {comment}" if comment else value


def _versions(top: Members) -> Iterator[RestVersion]:
    inner = top.object("versions")
    for row in () if inner is None else inner.objects("version"):
        yield RestVersion(row.number("revision"), row.text("date"), row.text("operation"), row.text("deleted"))

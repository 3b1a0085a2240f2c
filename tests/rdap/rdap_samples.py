"""RDAP documents of our own, in the forms of the registries, for the tests of whatever reads them."""

import json
from typing import Any

SERVER = "rdap.example"

Json = Any


def card(name: str, *emails: str, kind: str = "group", **parameters: Json) -> Json:
    """Return a jCard with a name and mailboxes; *parameters* are those of each `email`."""
    rows = [["version", {}, "text", "4.0"], ["fn", {}, "text", name], ["kind", {}, "text", kind]]
    return ["vcard", [*rows, *(["email", parameters, "text", email] for email in emails)]]


def entity(handle: str | None, roles: list[str], *emails: str, **members: Json) -> Json:
    """Return an entity; without mailboxes it still has a card."""
    base = {"objectClassName": "entity", "roles": roles, "vcardArray": card(handle or "nobody", *emails)}
    return {**base, **({} if handle is None else {"handle": handle}), **members}


def network(*entities: Json, **members: Json) -> Json:
    """Return the network 192.0.2.0/24 with entities."""
    return {
        "objectClassName": "ip network",
        "handle": "NET-192-0-2-0-1",
        "startAddress": "192.0.2.0",
        "endAddress": "192.0.2.255",
        "ipVersion": "v4",
        "entities": list(entities),
        **members,
    }


def body(value: Json) -> bytes:
    """Return a document as its service sends it."""
    return json.dumps(value).encode()


FAILED = """\
Abuse contact for '192.0.2.0 - 192.0.2.255' is 'abuse@example.net'
Abuse-mailbox validation failed. Please refer to ORG-EX1-EXAMPLE for further information.
"""
RIPE = network(
    entity(
        "IRT-EXAMPLE",
        ["abuse"],
        links=[{"href": "https://rdap.example/entity/IRT-EXAMPLE", "rel": "self"}],
    ),
    entity("AR1-EXAMPLE", ["abuse"], vcardArray=card("Abuse Desk", "abuse@example.net", type="abuse")),
    entity("TP1-EXAMPLE", ["administrative", "technical"]),
    remarks=[{"description": [FAILED]}],
    redacted=[
        {
            "name": {"description": "E-mail contact information"},
            "reason": {"description": "Personal data"},
            "prePath": "$.entities[?(@.handle=='IRT-EXAMPLE')].vcardArray[1][?(@[0]=='e-mail')]",
            "method": "removal",
        }
    ],
    rdapConformance=["rdap_level_0", "nro_rdap_profile_0", "cidr0", "redacted"],
    cidr0_cidrs=[{"v4prefix": "192.0.2.0", "length": 24}],
)
"""As RIPE's service answers: an irt without e-mail, the abuse role, and a mailbox that failed validation."""

UNVALIDATED = {
    "title": "Unvalidated POC",
    "description": ["We have tried to validate this, but have received no response from the POC since 2025-01-31"],
}
ARIN = network(
    entity(
        "EXAMPL-1",
        ["registrant"],
        entities=[
            entity("ABUSE1-ARIN", ["abuse"], "abuse@example.net", remarks=[UNVALIDATED]),
            entity("NOC1-ARIN", ["noc"], "noc@example.net", status=["validated"]),
        ],
    ),
    entity("ABUSE2-ARIN", ["Abuse"], "net-abuse@example.net"),
    entity("TECH1-ARIN", ["technical"], "tech@example.net"),
)
"""As ARIN's service answers: an abuse contact of the network, and one of its holder that does not answer."""

APNIC = network(
    entity("AIC1-AP", ["technical", "administrative"], "research@example.net"),
    entity(
        "IRT-EXAMPLE-AU",
        ["abuse"],
        "irt@example.net",
        "abuse@example.net",
        remarks=[{"title": "remarks", "description": ["abuse@example.net was validated on 2025-02-09"]}],
    ),
)
"""As APNIC's service answers: an irt with mailboxes, of which one was validated."""

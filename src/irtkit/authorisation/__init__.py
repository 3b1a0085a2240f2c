"""Who must agree to an update before a registry takes it, by which keys they can, and who does already.

`authorise` plans the updates of a message against what is stored: for each a `Plan` of requirements, and of the
candidates of each one is enough. The rules are RIPE's (whois 1.124: authentication strategies, and its manual).

    one of A-MNT (PGPKEY-0A1B2C3D), B-MNT (SSO b@example.net); and one of IRT-EXAMPLE's keys (PGPKEY-1A1B1C1D)

Nothing is verified, signed or fetched here: signatures are offered as names of key-certs, and objects that would have
to be seen are in the plan as missing. What only the registry's own staff may do is not judged, nor is whether the
objects are good ones.
"""

from irtkit.authorisation.credentials import NOTHING, Account, Credentials, Password
from irtkit.authorisation.deciding import authorise
from irtkit.authorisation.plans import Operation, Plan, as_record
from irtkit.authorisation.requirements import (
    Candidate,
    Missing,
    Naming,
    Presence,
    Requirement,
    Scheme,
    State,
    Strategy,
    Way,
)
from irtkit.authorisation.scene import Request

__all__ = [
    "NOTHING",
    "Account",
    "Candidate",
    "Credentials",
    "Missing",
    "Naming",
    "Operation",
    "Password",
    "Plan",
    "Presence",
    "Request",
    "Requirement",
    "Scheme",
    "State",
    "Strategy",
    "Way",
    "as_record",
    "authorise",
]

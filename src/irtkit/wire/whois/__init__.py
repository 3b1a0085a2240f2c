"""whois (RFC 3912) without a socket: questions in each registry's words, where answers end, and what they say.

    ask(server, "192.0.2.1")          a question, which a client sends
    Framing(question).feed(bytes)     the body, once it is complete
    parse_answer(body, server)        objects, notices, abuse contacts
    read_networks(answer)             the same of registries whose objects are not RPSL
    find_referrals(answer)            whom to ask next

`RipeQuery` has every flag of RIPE's servers, `irtkit.wire.whois.irrd` IRRd's `!` commands.
"""

from irtkit.wire.whois.answers import AbuseContact, Answer, AnswerReader, Group, parse_answer
from irtkit.wire.whois.asking import ask, read_networks, takes_flags
from irtkit.wire.whois.framing import LIMITS, Framing, Limits, closing, opening
from irtkit.wire.whois.notices import Meaning, Notice, NoticeSeverity
from irtkit.wire.whois.queries import Hierarchy, Information, RipeQuery
from irtkit.wire.whois.records import NetworkContact, NetworkRecord
from irtkit.wire.whois.referrals import Referral, ReferralKind, find_referrals

__all__ = [
    "LIMITS",
    "AbuseContact",
    "Answer",
    "AnswerReader",
    "Framing",
    "Group",
    "Hierarchy",
    "Information",
    "Limits",
    "Meaning",
    "NetworkContact",
    "NetworkRecord",
    "Notice",
    "NoticeSeverity",
    "Referral",
    "ReferralKind",
    "RipeQuery",
    "ask",
    "closing",
    "find_referrals",
    "opening",
    "parse_answer",
    "read_networks",
    "takes_flags",
]

"""A whole update message: what is in it, and what a registry would say about it.

`parse_message` reads one, `check` judges one; `iter_verdict` judges one among several that are sent together. What
objects may be is in `irtkit.schema` and `irtkit.validation`; nothing is signed, sent or fetched here.
"""

from irtkit.submission.message import (
    Deletion,
    Leftover,
    Message,
    Override,
    Password,
    Secret,
    Signature,
    Update,
)
from irtkit.submission.reading import parse_message
from irtkit.submission.submitted import Submitted
from irtkit.submission.verdict import check, iter_verdict, merged

__all__ = [
    "Deletion",
    "Leftover",
    "Message",
    "Override",
    "Password",
    "Secret",
    "Signature",
    "Submitted",
    "Update",
    "check",
    "iter_verdict",
    "merged",
    "parse_message",
]

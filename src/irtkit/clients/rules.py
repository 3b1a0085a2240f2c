"""What a client may do and how much it takes, as data that its user can change."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from irtkit.wire.targets import PORTS, usual_host
from irtkit.wire.whois.framing import LIMITS, Limits

if TYPE_CHECKING:
    from collections.abc import Container

__all__ = ["Rules"]

_WELL_KNOWN: Final = frozenset(PORTS.values())


@dataclass(frozen=True, slots=True)
class Rules:
    """The defaults are for asking public registries."""

    seconds: float = 30.0
    """For a whole journey: names, connections, referrals, waiting for others and all."""
    connections: int = 3
    """To one server at once, unless its budget says otherwise; RIPE's allows three."""
    allowed: Container[str] = ()
    """Servers that may be asked whatever their port and address: `HOST:PORT`, or `HOST` for well-known ports."""
    account: str | None = None
    """A name for our side in the ledger; None for the address that the server sees, IPv6 by /64."""
    attempts: int = 3
    """How often one HTTP request is made."""
    http_bytes: int = 16 << 20
    """The longest body of an HTTP reply, decoded; memory stays below twice that."""
    whois: Limits = field(default=LIMITS)

    def allows(self, host: str, port: int) -> bool:
        """Tell whether the user said that this server may be asked, whatever it is."""
        shown = usual_host(host)
        return f"{shown}:{port}" in self.allowed or (port in _WELL_KNOWN and shown in self.allowed)

    def has_usual_port(self, port: int) -> bool:
        """Tell whether it is a port where registries answer."""
        return port in _WELL_KNOWN

"""The peer of the lookups: a frozen pytricia tree over the same ranges."""

import importlib
import socket
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from queries import Ranges

V = TypeVar("V")


def frozen_tree4(ranges: Ranges, values: Sequence[V]) -> Callable[..., V]:
    """`get` of a tree that maps every IPv4 address to the value of its smallest range's row."""
    tree: Any = importlib.import_module("pytricia").PyTricia(32)
    for network, length, row in ranges.prefixes4():
        tree.insert(network, length, values[row])
    tree.freeze()
    get: Callable[..., V] = tree.get
    return get


def frozen_tree6(ranges: Ranges, values: Sequence[V]) -> Callable[..., V]:
    """The same for IPv6, where every range is a prefix."""
    tree: Any = importlib.import_module("pytricia").PyTricia(128, socket.AF_INET6)
    networks = zip(ranges.network6.tolist(), ranges.length6.tolist(), values, strict=True)
    for network, length, value in networks:
        tree.insert(network, length, value)
    tree.freeze()
    get: Callable[..., V] = tree.get
    return get

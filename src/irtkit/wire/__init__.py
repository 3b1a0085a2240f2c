"""Bytes to answers and back, for every protocol that registries speak: sans-IO, no sockets, no clocks.

What goes over the wire is here; `irtkit.clients` carries it, and `irtkit.registries` knows who speaks what.
"""

"""OpenPGP where registries use it: armour, keys, key-certs, what signatures cover, and the verdict on them.

Everything here is pure: bytes and text come in, values come out. The cryptography is GnuPG's; `irtkit.clients.gpg` and
its neighbours start it, and hand its answers to `listings`, `statuses` and `verdicts`.
"""

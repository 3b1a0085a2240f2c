"""RDAP: requests, documents, contacts and the bootstrap registry, as values (RFC 7480 to 7484, 9082, 9083, 9224).

What a registry's answer says is read leniently: a member that is wrong is left out and noted, never a reason to lose
the rest. Nothing here asks anybody.
"""

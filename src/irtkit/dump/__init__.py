"""The column path: registry dumps scanned into NumPy columns, a block of whole objects at a time.

A dump is RPSL objects separated by empty lines, with `#` and `%` lines between them (RIPE whois 1.124, split files and
whole database; APNIC, AFRINIC and the others write the same). Only the attributes that somebody wants are read.

It knows no registry, resolves nothing, and opens no file: bytes come through a `readinto`.
"""

from irtkit.dump.blocks import BLOCK_SIZE, MAX_OBJECT, Block, Skipped, iter_blocks
from irtkit.dump.columns import WHOLE, ClassColumns, Columns, Rejected, Values, Wanted, gather, scan

__all__ = [
    "BLOCK_SIZE",
    "MAX_OBJECT",
    "WHOLE",
    "Block",
    "ClassColumns",
    "Columns",
    "Rejected",
    "Skipped",
    "Values",
    "Wanted",
    "gather",
    "iter_blocks",
    "scan",
]

"""Which registry answers for which numbers: a dated copy of what IANA publishes for RDAP, as facts.

The five regional registries, as IANA's files said on 2024-07-25, and the one IPv6 block allocated since then
(2410::/12, on 2024-11-01). Neighbouring ranges of one registry are joined. `irtkit.wire.rdap.bootstrap` reads this
and newer files.
"""

from __future__ import annotations

from typing import Final

__all__ = ["AS_NUMBERS", "CITATION", "FILES", "IPV4", "IPV6", "OBJECT_TAGS", "PUBLICATIONS", "SERVICES"]

CITATION: Final = "IANA RDAP Bootstrap Service Registry (RFC 9224, RFC 8521), read 2024-07-25"
"""Where the rows come from."""

FILES: Final = "https://data.iana.org/rdap/"
"""Where IANA publishes the files."""

PUBLICATIONS: Final = {
    "asn": "2024-04-10",
    "ipv4": "2019-06-07",
    "ipv6": "2024-11-01",
    "object-tags": "2023-07-05",
}
"""The day of each file."""

SERVICES: Final = {
    "afrinic": "https://rdap.afrinic.net/rdap/",
    "apnic": "https://rdap.apnic.net/",
    "arin": "https://rdap.arin.net/registry/",
    "lacnic": "https://rdap.lacnic.net/rdap/",
    "ripe": "https://rdap.db.ripe.net/",
}
"""Each registry's RDAP service."""

IPV4: Final = {
    "afrinic": "41 102 105 154 196-197",
    "apnic": """1 14 27 36 39 42-43 49 58-61 101 103 106 110-126 133 150 153 163 171 175 180 182-183 202-203 210-211
        218-223""",
    "arin": """3-4 6-9 11-13 15-24 26 28-30 32-35 38 40 44-45 47-48 50 52 54-56 63-76 96-100 104 107-108 128-132
        134-140 142-144 146-149 152 155-162 164-170 172-174 184 192 198-199 204-209 214-216""",
    "lacnic": "177 179 181 186-187 189-191 200-201",
    "ripe": """2 5 25 31 37 46 51 53 57 62 77-95 109 141 145 151 176 178 185 188 193-195 212-213 217""",
}
"""The first octets of the /8 blocks that each registry administers."""

IPV6: Final = {
    "afrinic": "2001:4200::/23 2c00::/12",
    "apnic": "2001:200::/23 2001:c00::/22 2001:4400::/23 2001:8000::/18 2400::/11",
    "arin": "2001:400::/23 2001:1800::/23 2001:4800::/23 2600::/12 2610::/23 2620::/23 2630::/12",
    "lacnic": "2001:1200::/23 2800::/12",
    "ripe": """2001:600::/23 2001:800::/22 2001:1400::/22 2001:1a00::/23 2001:1c00::/22 2001:2000::/19 2001:4000::/23
        2001:4600::/23 2001:4a00::/23 2001:4c00::/23 2001:5000::/20 2003::/18 2a00::/11""",
}
"""The prefixes that each registry administers."""

AS_NUMBERS: Final = {
    "afrinic": "36864-37887 327680-329727",
    "apnic": """4608-4865 7467-7722 9216-10239 17408-18431 23552-24575 37888-38911 45056-46079 55296-56319 58368-59391
        63488-64098 64297-64395 131072-153913""",
    "arin": """1-1876 1902-2042 2044-2046 2048-2106 2137-2584 2615-2772 2823-2829 2880-3153 3354-4607 4866-5376
        5632-6655 6912-7466 7723-8191 10240-12287 13312-15359 16384-17407 18432-20479 21504-23455 23457-23551
        25600-27647 29696-30719 31744-33791 35840-36863 39936-40959 46080-47103 53248-55295 62464-63487 64198-64296
        393216-402332""",
    "lacnic": "27648-28671 52224-53247 61440-61951 64099-64197 262144-274844",
    "ripe": """1877-1901 2043 2047 2107-2136 2585-2614 2773-2822 2830-2879 3154-3353 5377-5631 6656-6911 8192-9215
        12288-13311 15360-16383 20480-21503 24576-25599 28672-29695 30720-31743 33792-35839 38912-39935 40960-45055
        47104-52223 56320-58367 59392-61439 61952-62463 64396-64495 196608-216475""",
}
"""The AS numbers that each registry administers."""

OBJECT_TAGS: Final = {
    "APNIC": "apnic",
    "ARIN": "arin",
    "LACNIC": "lacnic",
    "RIPE": "ripe",
}
"""What the handles of each registry end in, after the last hyphen."""

"""Codes of countries and languages that registries take: dated lists.

The syntax of `country:` and `language:` is two letters. Whether they are one of these is a rule of its own.
IRRd takes any text for a country, so it has no list.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

__all__ = ["COUNTRY_CODES", "LANGUAGE_CODES", "CodeList"]


class CodeList(NamedTuple):
    """The codes that one registry takes; `code in list` ignores case.

    *codes* are in upper case. *date* says when they were read (ISO 8601), *citation* where.
    """

    codes: frozenset[str]
    date: str
    citation: str

    def __contains__(self, code: object) -> bool:
        return isinstance(code, str) and code.isascii() and code.upper() in self.codes


_COUNTRIES = """
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ
CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO
FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE
JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO
MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW
PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM
TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
"""
_LANGUAGES = """
AA AB AE AF AK AM AN AR AS AV AY AZ BA BE BG BH BI BM BN BO BR BS CA CE CH CO CR CS CU CV CY DA DE DV DZ EE EL
EN EO ES ET EU FA FF FI FJ FO FR FY GA GD GL GN GU GV HA HE HI HO HR HT HU HY HZ IA ID IE IG II IK IO IS IT IU
JA JV KA KG KI KJ KK KL KM KN KO KR KS KU KV KW KY LA LB LG LI LN LO LT LU LV MG MH MI MK ML MN MR MS MT MY NA
NB ND NE NG NL NN NO NR NV NY OC OJ OM OR OS PA PI PL PS PT QU RM RN RO RU RW SA SC SD SE SG SI SK SL SM SN SO
SQ SR SS ST SU SV SW TA TE TG TH TI TK TL TN TO TR TS TT TW TY UG UK UR UZ VE VI VO WA WO XH YI YO ZA ZH ZU
"""
_ISO_3166 = frozenset(_COUNTRIES.split())
_ISO_639 = frozenset(_LANGUAGES.split())

COUNTRY_CODES: Final[Mapping[str, CodeList]] = MappingProxyType(
    {
        "ripe": CodeList(
            _ISO_3166 | {"EU"}, "2026-11-22", "RIPE whois: setting whois.countrycodes; ISO 3166-1, and EU for Europe"
        ),
        "apnic": CodeList(
            _ISO_3166 | {"AP", "EU", "ZZ"},
            "2026-11-22",
            "APNIC whois of 2014: COUNTRY_CODE_SYNTAX; ISO 3166-1, AP for Asia and the Pacific, EU for Europe; ZZ in"
            " objects that APNIC generates",
        ),
        "afrinic": CodeList(
            _ISO_3166 | {"AP", "EU", "ZZ"},
            "2026-11-22",
            "ISO 3166-1; AFRINIC's own list is not known, so that what any other registry adds is taken, too",
        ),
    }
)
"""Codes of countries by registry; a registry that is not here takes any."""

LANGUAGE_CODES: Final[Mapping[str, CodeList]] = MappingProxyType(
    {
        registry: CodeList(
            _ISO_639 - {"ZA"}, "2026-11-22", "RIPE whois: setting whois.languagecodes; ISO 639-1 but for za, Zhuang"
        )
        for registry in ("ripe", "apnic", "afrinic")
    }
)
"""Codes of languages by registry, where `language:` exists; APNIC and AFRINIC are taken to have RIPE's."""

"""Name the states of the United States by their letters or short forms."""

from __future__ import annotations

import re

# Letters after a city or before a ZIP code -> the state.
STATES = {
    **{"AL": "Alabama", "AK": "Alaska", "AZ": "Arizona", "AR": "Arkansas", "CA": "California"},
    **{"CO": "Colorado", "CT": "Connecticut", "DE": "Delaware", "FL": "Florida", "GA": "Georgia"},
    **{"HI": "Hawaii", "ID": "Idaho", "IL": "Illinois", "IN": "Indiana", "IA": "Iowa"},
    **{"KS": "Kansas", "KY": "Kentucky", "LA": "Louisiana", "ME": "Maine", "MD": "Maryland"},
    **{"MA": "Massachusetts", "MI": "Michigan", "MN": "Minnesota", "MS": "Mississippi"},
    **{"MO": "Missouri", "MT": "Montana", "NE": "Nebraska", "NV": "Nevada", "OH": "Ohio"},
    **{"NH": "New Hampshire", "NJ": "New Jersey", "NM": "New Mexico", "NY": "New York"},
    **{"NC": "North Carolina", "ND": "North Dakota", "OK": "Oklahoma", "OR": "Oregon"},
    **{"PA": "Pennsylvania", "RI": "Rhode Island", "SC": "South Carolina", "TN": "Tennessee"},
    **{"SD": "South Dakota", "TX": "Texas", "UT": "Utah", "VT": "Vermont", "VA": "Virginia"},
    **{"WA": "Washington", "WV": "West Virginia", "WI": "Wisconsin", "WY": "Wyoming"},
    **{"DC": "d c", "PR": "Puerto Rico"},
}
# Short forms that are said as the state wherever they have their full stop.
_SURE = {
    **{"Ariz": "Arizona", "Calif": "California", "Conn": "Connecticut", "Tenn": "Tennessee"},
    **{"Minn": "Minnesota", "Mich": "Michigan", "Okla": "Oklahoma", "Wyo": "Wyoming"},
    **{"Nebr": "Nebraska"},
}
# Words or names of their own: after a city, or after a preposition inside a sentence.
_UNSURE = {
    **{"Ala": "Alabama", "Ark": "Arkansas", "Colo": "Colorado", "Del": "Delaware"},
    **{"Fla": "Florida", "Ga": "Georgia", "Ill": "Illinois", "Ind": "Indiana", "Kan": "Kansas"},
    **{"Ky": "Kentucky", "La": "Louisiana", "Md": "Maryland", "Mass": "Massachusetts"},
    **{"Miss": "Mississippi", "Mo": "Missouri", "Mont": "Montana", "Neb": "Nebraska"},
    **{"Nev": "Nevada", "Ore": "Oregon", "Pa": "Pennsylvania", "Tex": "Texas", "Vt": "Vermont"},
    **{"Va": "Virginia", "Wash": "Washington", "Wis": "Wisconsin"},
}
SHORT_STATES = _SURE | _UNSURE
_ANY = "|".join(SHORT_STATES)
_SHORT_STATE = re.compile(
    rf"\b({'|'.join(_SURE)})\.|(?<=[a-z], )({_ANY})\."
    rf"|(?<= )(?<=of |in |to |om |ar )({_ANY})\.(?=[,;]| [a-z\d(])"
)


def write_states(text: str) -> str:
    """Return `text` with Calif. and Jackson, Miss. as the names of the states."""
    return _SHORT_STATE.sub(_state, text) if "." in text else text


def _state(match: re.Match[str]) -> str:
    ends = not match.string[match.end() :].strip(" \"'")
    return SHORT_STATES[match[1] or match[2] or match[3]] + "." * ends

"""Write out abbreviations whose full stop ends no sentence: pop. was, tsp. salt, avg. price."""

from __future__ import annotations

import re

# What is said before a word in small letters, which begins no sentence.
DOTTED = {
    **{"tsp": "teaspoon", "tbsp": "tablespoon", "oz": "ounces", "ft": "feet", "lb": "pound"},
    **{"lbs": "pounds", "yds": "yards", "pts": "points", "hrs": "hours", "mins": "minutes"},
    **{"secs": "seconds", "yrs": "years", "wks": "weeks", "mos": "months", "qts": "quarts"},
    **{"pop": "population", "avg": "average", "max": "maximum", "min": "minimum"},
    **{"temp": "temperature", "est": "estimated", "qty": "quantity", "misc": "miscellaneous"},
    **{"incl": "including", "excl": "excluding", "appt": "appointment", "acct": "account"},
    **{"mgmt": "management", "govt": "government", "mtg": "meeting", "pkg": "package"},
    **{"mfg": "manufacturing", "intl": "international", "natl": "national"},
    **{"univ": "university", "assoc": "associate", "asst": "assistant", "orig": "original"},
    **{"sq": "square", "cu": "cubic"},
}
_ANY = "|".join(DOTTED)
_ANY_CAPITAL = "|".join(map(str.capitalize, DOTTED))
# With a capital at the start only: Max. is a name elsewhere.
_FORM = re.compile(
    rf"((?<![\w.'@-])(?:{_ANY})|(?:\A|(?<=[.!?:] ))(?:{_ANY_CAPITAL}))\.(?=[,;:)]| ?\(| [a-z])"
)


def write_dotted(text: str) -> str:
    """Return `text` with such abbreviations as words without a full stop."""
    return _FORM.sub(_said, text)


def _said(match: re.Match[str]) -> str:
    said = DOTTED[match[1].lower()]
    return said if match[1].islower() else said.capitalize()

"""Write out abbreviations whose full stop ends no sentence: util. incl., Art. 6, 9 tsp. salt."""

from __future__ import annotations

import re
from functools import lru_cache

from tts.text.english.short_forms import rows
from tts.text.english.words import UNITS

# Units, after the rules have said those with a number; before a word in small letters only.
DOTTED = {
    **{"tsp": "teaspoon", "tbsp": "tablespoon", "oz": "ounces", "ft": "feet", "lb": "pound"},
    **{"lbs": "pounds", "yds": "yards", "pts": "points", "hrs": "hours", "mins": "minutes"},
    **{"secs": "seconds", "yrs": "years", "wks": "weeks", "mos": "months", "qts": "quarts"},
    **{"qty": "quantity", "appt": "appointment", "acct": "account"},
    **{"mgmt": "management", "govt": "government", "mtg": "meeting", "pkg": "package"},
    **{"sq": "square", "cu": "cubic"},
}
_ANY = "|".join(DOTTED)
_ANY_CAPITAL = "|".join(map(str.capitalize, DOTTED))
# With a capital at the start only: Max. is a name elsewhere.
_FORM = re.compile(
    rf"((?<![\w.'@-])(?:{_ANY})|(?:\A|(?<=[.!?:] ))(?:{_ANY_CAPITAL}))\.(?=[,;:)]| ?\(| [a-z])"
)
_NUMBER = r"#?\d|[A-Z]\d|[A-Z]{1,4}-\d|[$€£]\d"
_BEFORE_NUMBER = re.compile(
    rf"(?<![\w.'@/-])([A-Za-z][a-z/]{{0,5}}|[A-Z]{{2,5}})(?:(\.) ?| )(?={_NUMBER}|([B-HJ-Z]"
    r"|A(?! [a-z]))(?![\w']|\.(?!\s*\Z))|[IVX]{2,5}\b|[Nn]os?\.? ?[A-Z]?\d|number\b|#)"
)
_WITH_STOP = re.compile(
    r"(?<![\w.'@/-])([A-Za-z][a-z]{0,7}|[A-Z]{3,8})\.(?![\w.]| \d{1,2}[:.]\d\d)"
)
_AFTER_UNIT = re.compile(r"\d ?[A-Za-z]{2,5}\. $")
_GOES_ON = re.compile(r"[,;:]| [.,;]| [a-z&]")
# These begin a sentence, not a name.
STARTERS = (
    r"(?:The|He|She|It|They|We|You|This|That|These|There|An?|And|But|So|No|Yes|In|On|At|If|For|"
    r"Call|Please|Is|Are|Was|Do|I|My|Our|Your|His|Her|Its|When|What|Then|Now|Not)\b"
)
_NAME = re.compile(rf" (?!{STARTERS})[A-Z]")
_ENDS = re.compile(r"[ \"')]*\Z| [\"'(]?[A-Z]")
_LATIN = re.compile(
    r"\b(et al|op\. ?cit|loc\. ?cit|ibid|acc|[Nn]o)\.(?=( to\b)|([,;:])| [a-z\d]|\Z)"
)


@lru_cache(maxsize=1)
def stopped() -> dict[str, dict[str, str]]:
    """Return by what stands behind the form (".", ".,", " 9", ". 9", ". B", ". X") what is said."""
    found: dict[str, dict[str, str]] = {}
    for written, said, *_ in rows():
        form, mark = re.fullmatch(r"([A-Za-z;/0-9']+?)(\.,|\.? [9BX]|\.?)", written).groups()
        found.setdefault(mark, {})[form] = said.removesuffix(mark.lstrip("."))
    return found


def write_abbreviations(text: str) -> str:
    """Return `text`, its numbers still in digits, with the abbreviations of short_forms.txt."""
    if "." in text:
        text = _LATIN.sub(_latin, text)
    text = _BEFORE_NUMBER.sub(_before_number, text)
    return _WITH_STOP.sub(_with_stop, text) if "." in text else text


def write_dotted(text: str) -> str:
    """Return `text` with such units as words without a full stop."""
    return _FORM.sub(lambda match: _cased(DOTTED[match[1].lower()], match[1]), text)


def _latin(match: re.Match[str]) -> str:
    if match[1] == "acc":
        return "according" if match[2] else match[0]
    if match[1].lower() == "no":
        return "number" if match[3] else match[0]
    return match[1].replace(".", "")


def _before_number(match: re.Match[str]) -> str:
    form, forms = match[1].lower(), stopped()
    said = forms[" 9"].get(form)
    if match[2]:
        said = (match[3] and forms[". B"].get(form)) or forms[". 9"].get(form) or said
    elif match[3]:
        return match[0]
    if said and _AFTER_UNIT.search(match.string[max(0, match.start() - 12) : match.start()]):
        said = _cased(said, match[1])  # 90 ct. Exp. 9: a new sentence
    return f"{said} " if said else match[0]


def _with_stop(match: re.Match[str]) -> str:
    form, forms, after = match[1].lower(), stopped(), match.end()
    if form in UNITS and match.string[: match.start()].rstrip(" -")[-1:].isdigit():
        return match[0]
    if _NAME.match(match.string, after) and form in forms[". X"]:
        return _cased(forms[". X"][form], match[1])
    if form in forms["."]:
        said = _cased(forms["."][form], match[1])
        return said + "." * bool(_ENDS.match(match.string, after))
    goes_on = _GOES_ON.match(match.string, after)
    said = forms[".,"].get(form) if goes_on else None
    return _cased(said, match[1]) if said else match[0]


def _cased(said: str, form: str) -> str:
    return said if form.islower() else said[:1].upper() + said[1:]

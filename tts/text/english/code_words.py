"""Fill the slots of the rows for codes: references, telephone numbers, states, versions."""

from __future__ import annotations

import re
from collections.abc import Callable

from tts.text.english import number_words
from tts.text.english.bible import SHORT_BOOKS
from tts.text.english.places import STATES
from tts.text.english.rules_codes import PARTS
from tts.text.english.rules_forms import DIRECTIONS, SLASHED
from tts.text.english.rules_journeys import BOUND, COMPASS, DAY_LETTERS, LESSONS, SUBJECTS
from tts.text.english.rules_notes import DOSES, PAIRED
from tts.text.english.words import KINDS as WORDS
from tts.text.english.words import spell

# How the digits of a telephone number without spaces are grouped.
_GROUPS = {7: (3, 4), 8: (4, 4), 10: (3, 3, 4), 11: (3, 4, 4)}

_THAN = {"<": "less than", ">": "more than", "≤": "at most", "≥": "at least"}
_THAN |= {"<=": "at most", ">=": "at least"}


def reference(written: str) -> str:
    """Say A-20931 as ay, two zero nine three one; a number below 100 as a number."""
    if written.isdigit() and len(written) < 3 and written[0] != "0":
        return number_words.cardinal(written)
    groups = (re.findall("[A-Za-z]+|[0-9]+", part) for part in re.split("[^A-Za-z0-9]+", written))
    said = (
        " ".join(spell(p) if p.isalpha() else number_words.digits(p) for p in g) for g in groups
    )
    return ", ".join(filter(None, said))


def telephone(written: str) -> str:
    """Say a telephone number in the groups in which it is written, or in the usual ones."""
    groups = re.findall("[0-9]+", written)
    if len(groups) == 1:
        digits = groups[0]
        sizes = _GROUPS.get(len(digits), (3,) * (len(digits) // 3) + (len(digits) % 3,))
        sizes = (1, 3, 3, 4) if len(digits) == 11 and digits[0] == "1" else sizes
        groups = [digits[sum(sizes[:k]) :][:size] for k, size in enumerate(sizes)]
    said = ", ".join(number_words.digits(group) for group in groups if group)
    return f"plus {said}" if written[0] == "+" else said


def _over(written: str) -> str:
    """Say 120/80 as one hundred and twenty over eighty."""
    return " over ".join(number_words.cardinal(part) for part in written.split("/"))


def _lap(written: str) -> str:
    """Return the seconds of 4:01.73: oh one."""
    return ("oh " if written[0] == "0" else "") + number_words.cardinal(written.lstrip("0") or "0")


def _model(written: str) -> str:
    """Say 5600X as fifty six hundred x, 4080s as forty eighties."""
    digits, letters = re.fullmatch("([0-9]+)([A-Za-z]+)", written).groups()
    said = number_words.code(digits)
    return number_words.plural(said) if letters == "s" else f"{said} {spell(letters)}"


def _military_minutes(written: str) -> str:
    """Return the minutes of 0600 and 1405: hundred, oh five."""
    return "hundred" if written == "00" else _lap(written)


def _is_set(score: str) -> bool:
    """Tell whether a score ends a set of volleyball, badminton or table tennis: 25:22, 16:14."""
    won, lost = sorted(map(int, re.split("[:-]", score)), reverse=True)
    return won - lost >= 2 if won in (11, 15, 21, 25) else won > 11 and won - lost == 2


def _sets(written: str) -> str:
    """Say 25:22, 19:25 as scores; times of day, which go up, stay for the rules of the clock."""
    scores = re.split(", ?", written)
    pairs = [tuple(map(int, re.split("[:-]", score))) for score in scores]
    if not all(map(_is_set, scores)) or pairs == sorted(pairs):
        return written
    return ", ".join(" to ".join(map(number_words.cardinal, map(str, pair))) for pair in pairs)


def _team(number: str) -> str:
    """Say 49ers as forty niners, 76ers as seventy sixers."""
    said = number_words.cardinal(number)
    return said + ("rs" if said.endswith("e") else "ers")


def _spoons(one: str) -> Callable[[str], str]:
    """Return what names a measure after its amount: one of 1 and of 1/2, several of 1 1/2."""
    return lambda amount: one if re.fullmatch(r"1|\d/\d", amount) else one + "s"


# A minute stands before these, feet before a thing: a 12' ladder.
_MINUTE = re.compile(
    r"(?<![\w.,'+\"])(?<![xX×] )(\d{1,3}\+\d{1,2}'|\d{1,3}'(?=[,;:.)!?]|\s*\Z| [A-Z]| ?[/-]|"
    r" (?:and|as|when|with|from|to|by|for|after|before|but|on|off|via|header|penalty|goal|pen)\b)"
    r"(?! ?[xX] ?\d))(?=( [A-Z])|)"
)


def _match(written: str) -> str:
    """Say the minutes of a match: scored in the 12' and 67'."""
    return _MINUTE.sub(lambda m: _moments(m[1]) + "," * bool(m[2]), written)


def _moments(written: str) -> str:
    """Say the minutes of a match, 12', 45+2': twelfth minute, forty five plus two minutes."""
    return re.sub(r"(\d+)(?:\+(\d+))?'", _moment, written).replace("/", ", ")


def _moment(match: re.Match[str]) -> str:
    minute, more = match.groups()
    if more:
        return f"{number_words.cardinal(minute)} plus {number_words.cardinal(more)} minutes"
    return f"{number_words.ordinal(minute)} minute"


_KEYS = re.compile(r"(?<![\w*#])(?=\d{0,12}[*#])[\d*#]{1,20}(?![\w*#])")
_EMPHASIZED = re.compile(r"\*(?!#).*\*|\d+\*\d+|.*\*\*.*")
_BEFORE_KEYS = re.compile(r"(?i:(?:dial|press|enter|hit|key in|punch in|then|or|by|is)|:) $")
_KEY_NAMES = {"#": "pound", "*": "star"}


def _keys(written: str) -> str:
    """Say the keys # and * of a telephone or a lock: #4471*, *67; no 3*4, **bold**, item #5."""
    return _KEYS.sub(_pressed, written)


def _pressed(match: re.Match[str]) -> str:
    keys = match[0]
    numbered = re.fullmatch(r"#\d+", keys)
    if _EMPHASIZED.fullmatch(keys):
        return keys
    if numbered and (len(keys) < 3 or not _BEFORE_KEYS.search(match.string[: match.start()])):
        return keys
    return " ".join(_KEY_NAMES.get(key) or number_words.digits(key) for key in keys)


_CREDENTIAL_MARKS = {"_": " underscore ", "-": " dash ", ".": " dot "}


def _credential(written: str) -> str:
    """Say Blue-Fox_9 as Blue dash Fox underscore 9."""
    return re.sub("[_.-]", lambda mark: _CREDENTIAL_MARKS[mark[0]], written)


def _baseball(written: str) -> str:
    """Say HR in a report of a match: 2 HRs as 2 home runs."""
    said = re.sub(r"\b(1|a|solo|his|the) HR\b(?! ?\d)", r"\1 home run", written)
    return re.sub(r"(?<=\d )HRs?\b(?! ?\d)|\bHRs\b", "home runs", said)


KINDS = {
    "keys": _keys,
    "credential": _credential,
    "baseball": _baseball,
    "moments": _moments,
    "match": _match,
    "medicine": lambda short: {"tab": "tablet", "cap": "capsule"}[short],
    "military_hour": _lap,
    "military_minutes": _military_minutes,
    "sets": _sets,
    "team": _team,
    "part": lambda short: PARTS[short],
    "numbered": lambda mark: " number" if mark.strip() else "",
    "several": lambda number: number_words.plural(number_words.cardinal(number)),
    "day": lambda letters: DAY_LETTERS[letters],
    "dose": lambda letters: DOSES[letters.lower()],
    "side": lambda letter: {"L": "left", "R": "right"}[letter],
    "bound": lambda letters: BOUND[letters],
    "lessons": lambda letters: LESSONS[letters],
    "subject": lambda letters: SUBJECTS[letters],
    "cups": _spoons("cup"),
    "tablespoons": _spoons("tablespoon"),
    "teaspoons": _spoons("teaspoon"),
    "compass": lambda letters: COMPASS[letters],
    "paired": lambda code: PAIRED[code],
    "indian": lambda scale: "crore" if scale[0] in "cC" else "lakh",
    "reference": reference,
    "telephone": telephone,
    "units": lambda unit: WORDS["unit"](f"2 {unit}").partition(" ")[2],
    "one": lambda unit: WORDS["unit"](f"1 {unit}").partition(" ")[2],
    "than": lambda sign: _THAN[sign],
    "model": _model,
    "more": lambda digits: f", {number_words.digits(digits)}",
    "state": lambda letters: STATES[letters],
    "slashed": lambda letters: SLASHED[letters],
    "direction": lambda letters: DIRECTIONS[letters],
    "heat": lambda scale: {"C": "celsius", "F": "fahrenheit"}[scale],
    "slash": lambda number: f", {number_words.number(number)}",
    "street": lambda kind: {"St": "Street", "Dr": "Drive"}.get(kind, kind),
    "pause": lambda slash: ", ",
    "half_of": lambda half: " and a half" if half else "",
    "book": lambda short: SHORT_BOOKS[short],
    "over": _over,
    "lap": _lap,
    "points": lambda parts: " point ".join(map(number_words.cardinal, parts.split("."))),
}

"""Write numbers as English words: cardinals, ordinals, years, codes and digits."""

from __future__ import annotations

from tts.text.numerals import LONGEST

_ONES = [
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen"),
    "nineteen",
]
_TENS = [
    *("", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"),
]
_SCALES = ["", "thousand", "million", "billion", "trillion"]
_ORDINALS = {
    **{"one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth"},
    **{"nine": "ninth", "twelve": "twelfth"},
}


def digits(number: str) -> str:
    """Say 405 as four zero five; other characters are left out."""
    return " ".join(_ONES[int(c)] for c in number if "0" <= c <= "9")


def cardinal(number: str) -> str:
    """Say 1,204 as one thousand two hundred and four; digit by digit with a leading zero (007)."""
    number = number.replace(",", "")
    if len(number) > LONGEST or (len(number) > 1 and number[0] == "0"):
        return digits(number)
    value, words = int(number), []
    for scale in range(len(_SCALES) - 1, -1, -1):
        part = value // 1000**scale % 1000
        if part:
            joined = bool(words) and not scale
            words += _below_thousand(part, joined) + [_SCALES[scale]] * (scale > 0)
    return " ".join(words) or "zero"


def _below_thousand(value: int, joined: bool) -> list[str]:
    hundreds, rest = divmod(value, 100)
    words = [_ONES[hundreds], "hundred"] if hundreds else []
    if rest and (words or joined):
        words.append("and")
    if rest >= 20:
        words += [_TENS[rest // 10]] + [_ONES[rest % 10]] * (rest % 10 > 0)
    elif rest:
        words.append(_ONES[rest])
    return words


def number(written: str) -> str:
    """Return a cardinal or a decimal: 2.75 -> two point seven five, .5 -> point five."""
    whole, point, rest = written.partition(".")
    said = cardinal(whole) if whole else ""
    return f"{said} point {digits(rest)}".strip() if point and rest else said


def ordinal(written: str) -> str:
    """Say 32 as thirty second."""
    words = cardinal(written.lstrip("0,") or "0").split()
    last = words[-1]
    if last in _ORDINALS:
        words[-1] = _ORDINALS[last]
    elif last.endswith("y"):
        words[-1] = last[:-1] + "ieth"
    else:
        words[-1] = last + "th"
    return " ".join(words)


def year(written: str) -> str:
    """Say 1905 as nineteen oh five, 2009 as two thousand and nine, 1800 as eighteen hundred."""
    if len(written) != 4 or written[1:3] == "00" or written[0] == "0":
        return cardinal(written)
    century, rest = written[:2], written[2:]
    if rest == "00":
        return f"{cardinal(century)} hundred"
    if rest[0] == "0":
        return f"{cardinal(century)} oh {cardinal(rest[1])}"
    return f"{cardinal(century)} {cardinal(rest)}"


def code(written: str) -> str:
    """Return a number that names something: 447 -> four forty seven, 1205 -> twelve oh five."""
    if len(written) == 4 and written[0] != "0" and written[1:] != "000":
        return year(written) if written[1:3] != "00" else digits(written)
    if len(written) != 3 or written[0] == "0":
        return cardinal(written) if len(written) < 3 else digits(written)
    if written[1:] == "00":
        return cardinal(written)
    if written[1] == "0":
        return f"{cardinal(written[0])} oh {cardinal(written[2])}"
    return f"{cardinal(written[0])} {cardinal(written[1:])}"


def plural(word: str) -> str:
    """Say fifty as fifties, thousand as thousands, six as sixes."""
    if word.endswith("y"):
        return word[:-1] + "ies"
    return word + ("es" if word.endswith("x") else "s")

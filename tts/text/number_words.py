"""Numbers as words: cardinals, ordinals, years, codes and digits of English and Mandarin."""

from __future__ import annotations

_ONES = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = [
    *("", "ten"),
    *["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"],
]
_SCALES = ["", "thousand", "million", "billion", "trillion"]
_ORDINALS = {
    **{"one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth"},
    **{"nine": "ninth", "twelve": "twelfth"},
}
_HANZI = "零一二三四五六七八九"
_PHONE = "零幺二三四五六七八九"
_PLACES = ("", "十", "百", "千")
_GROUPS = ("", "万", "亿", "万亿")

# Longer numbers are read digit by digit.
LONGEST = 15


def digits(number: str) -> str:
    """405 -> four zero five; other characters are left out."""
    return " ".join(_ONES[int(c)] for c in number if "0" <= c <= "9")


def cardinal(number: str) -> str:
    """1,204 -> one thousand two hundred and four; digit by digit with a leading zero (007)."""
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
    """A cardinal or a decimal: 2.75 -> two point seven five, .5 -> point five."""
    whole, point, rest = written.partition(".")
    said = cardinal(whole) if whole else ""
    return f"{said} point {digits(rest)}".strip() if point and rest else said


def ordinal(written: str) -> str:
    """32 -> thirty second."""
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
    """1905 -> nineteen oh five, 2009 -> two thousand and nine, 1800 -> eighteen hundred."""
    if len(written) != 4 or written[1:3] == "00" or written[0] == "0":
        return cardinal(written)
    century, rest = written[:2], written[2:]
    if rest == "00":
        return f"{cardinal(century)} hundred"
    if rest[0] == "0":
        return f"{cardinal(century)} oh {cardinal(rest[1])}"
    return f"{cardinal(century)} {cardinal(rest)}"


def code(written: str) -> str:
    """A number that names something: 447 -> four forty seven, 1205 -> twelve oh five."""
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
    """fifty -> fifties, thousand -> thousands, six -> sixes."""
    if word.endswith("y"):
        return word[:-1] + "ies"
    return word + ("es" if word.endswith("x") else "s")


def roman(numeral: str) -> str:
    """XIV -> 14, as digits."""
    values = [{"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}[c] for c in numeral]
    pairs = zip(values, [*values[1:], 0], strict=True)
    return str(sum(-value if value < after else value for value, after in pairs))


def hanzi_digits(written: str) -> str:
    """1905 -> 一九零五; other characters are left out."""
    return "".join(_HANZI[int(c)] for c in written if "0" <= c <= "9")


def hanzi_phone(written: str) -> str:
    """110 -> 幺幺零."""
    return "".join(_PHONE[int(c)] for c in written if "0" <= c <= "9")


def hanzi_number(written: str) -> str:
    """22000 -> 两万二千, 10010 -> 一万零一十, 0.07 -> 零点零七, 007 -> 零零七."""
    whole, point, rest = written.replace(",", "").partition(".")
    return _hanzi_whole(whole or "0") + (f"点{hanzi_digits(rest)}" if point and rest else "")


def _hanzi_whole(written: str) -> str:
    if len(written) > LONGEST or (len(written) > 1 and written[0] == "0"):
        return hanzi_digits(written)
    value, said = int(written), ""
    if not value:
        return "零"
    for group in range(3, -1, -1):
        part = value // 10000**group % 10000
        if part:
            gap = bool(said) and (part < 1000 or value // 10000 ** (group + 1) % 10000 == 0)
            name = "万" if group == 3 and value // 10000**2 % 10000 else _GROUPS[group]
            said += ("零" if gap else "") + _below_ten_thousand(part, group > 0, not said) + name
    return said[1:] if said.startswith("一十") else said


def _below_ten_thousand(value: int, grouped: bool, leading: bool) -> str:
    said, gap = "", False
    for place in range(3, -1, -1):
        digit = value // 10**place % 10
        if not digit:
            gap = bool(said)
            continue
        # 两 before 百, 千 at the front and before 万, 亿.
        two = digit == 2 and leading and not said and (place > 1 or (grouped and value == 2))
        said += ("零" if gap else "") + ("两" if two else _HANZI[digit]) + _PLACES[place]
        gap = False
    return said

"""Write numbers in Hanzi: cardinals, telephone numbers and digits."""

from __future__ import annotations

from tts.text.numerals import LONGEST

_HANZI = "零一二三四五六七八九"
_PHONE = "零幺二三四五六七八九"
_PLACES = ("", "十", "百", "千")
_GROUPS = ("", "万", "亿", "万亿")


def hanzi_digits(written: str) -> str:
    """Say 1905 as 一九零五; other characters are left out."""
    return "".join(_HANZI[int(c)] for c in written if "0" <= c <= "9")


def hanzi_phone(written: str) -> str:
    """Say 110 as 幺幺零."""
    return "".join(_PHONE[int(c)] for c in written if "0" <= c <= "9")


def hanzi_number(written: str) -> str:
    """Say 22000 as 两万二千, 10010 as 一万零一十, 0.07 as 零点零七, 007 as 零零七."""
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

"""List Mandarin numbers that stand alone: rows of the transducer of tts/text/fst/numbers.py.

They follow the table of tts/text/mandarin/rules.py and its order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tts.text.fst.number_parts import DIGIT, PHONE, ZEROS, cardinal, digits, number
from tts.text.fst.transducer import Part, Transducer, either, maybe, sequence, some, table, times
from tts.text.mandarin.rules import AIRLINES, CALL, KINGS, RESULT, ROOM
from tts.text.mandarin.words import KINDS, MEASURES


class Rule(NamedTuple):
    """Hold an expression: the gate where it begins, what it costs, its parts.

    then: the place after it; with `before`, one of these words must follow and is read too.
    """

    gate: str
    cost: int
    parts: tuple[Part, ...]
    then: str = "digit"
    before: Sequence[str] = ()


def number_rules() -> Iterator[Rule]:
    """Yield numbers that stand alone: telephones, dates, times, names."""
    for group in (_telephones, _names, _dates, _times, _others):
        yield from group()


def row(
    gate: str, cost: int, *parts: Part, then: str = "digit", before: Sequence[str] = ()
) -> Rule:
    return Rule(gate, cost, parts, then, before)


def words_of(pattern: str) -> list[str]:
    """Return alternatives of a pattern (?:a|b); what must not follow one of them is left out."""
    return re.sub(r"\(\?!.*?\)", "", pattern)[3:-1].split("|")


def one_of(words: Sequence[str]) -> Part:
    return either(*words)


def left_out(words: Sequence[str]) -> Part:
    return table(dict.fromkeys(words, ""))


MEASURE_WORDS = words_of(MEASURES)
NUMBER = number(commas=True)
THREE = cardinal(3)
NINE = either(cardinal(9), ZEROS)
SPACE = maybe((" ", ""))
DASH = left_out("-~—–")


def to(word: str) -> Part:
    """Return a dash between two numbers."""
    return sequence(SPACE, times(DASH, 1, 2), SPACE, ("", word))


TO = to("到")
_COLON = left_out(":：")


def _telephones() -> Iterator[Rule]:
    def phone(count: int, most: int = 0) -> Part:
        return digits(count, most or count, PHONE)

    second = table({digit: KINDS["phone"](digit) for digit in "3456789"})
    mobile = sequence(("1", "幺"), second, phone(9))
    gap = table({" ": "，", "-": "，"})
    yield row("phones", 10, mobile)
    yield row("phones", 10, ("1", "幺"), second, phone(1), gap, phone(4), gap, phone(4))
    yield row("signs", 10, ("+", "加"), phone(1, 3), left_out(["", " ", "-"]), ("", "，"), mobile)
    area = sequence(left_out(["", "(", "（"]), ("0", "零"), phone(2, 3), left_out(["", ")", "）"]))
    yield row("undigit", 10, area, gap, phone(7, 8))
    yield row("undigit", 10, area, either(gap, ("", "，")), phone(4), (" ", "，"), phone(4))
    free = table({"400": "四零零", "800": "八零零"})
    dash = table({"": "，", "-": "，"})
    yield row("undigit", 10, free, dash, phone(3), dash, phone(4))
    services = [*["12306", "10086", "10010", "10000", "12345"], *(f"11{d}" for d in range(10))]
    services += [f"12{digit}" for digit in range(10)]
    service = either(
        table({word: KINDS["phone"](word) for word in services}), sequence(("95", "九五"), phone(3))
    )
    yield row("undigit", 10, service, before=["客服", "热线", "电话", "消防", "急救", "报警"])
    yield row("undigit", 10, phone(3), before=["中学", "研究所", "国道", "省道", "路车", "路公交"])
    yield row("undigit", 10, phone(3, 4), before=words_of(ROOM))
    named = one_of(["邮编", "郵編", "QQ", "QQ号", "微信", "微信号", "号"])
    yield row("signs", 10, named, phone(5, 15))
    call = sequence(one_of(words_of(CALL)), times(one_of("是为為：:"), 0, 2), SPACE)
    yield row("signs", 11, call, phone(3, 20))
    yield row("signs", 10, call, NUMBER, before=MEASURE_WORDS)  # 打110次


def _names() -> Iterator[Rule]:
    """Yield trains, flights, Roman numerals, screens, years of birth."""
    code = digits(3, 4, PHONE)
    upper = one_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    yield row("plain", 10, one_of(words_of(AIRLINES)), SPACE, code)
    flights = ["航班", "次航班", "号航班"]
    yield row("plain", 10, upper, either(upper, *"0123456789"), code, before=flights)
    yield row("signs", 10, one_of(["航班", "航班号", "飞机"]), upper, upper, code)
    short = either(cardinal(2), code)
    trains = ["次", "列车", "号列车", "动车", "高铁", "火车"]
    yield row("plain", 10, one_of("GDCKTZLY"), short, before=trains)
    yield row("plain", 10, one_of("GD"), code, then="closed")
    tens = ["", "X", "XX", "XXX", "XL", "L", "LX", "LXX", "LXXX"]
    ones = ["", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"]
    numerals = [ten + one for ten in tens for one in ones][1:]
    numeral = table({written: KINDS["roman"](written) for written in numerals})
    yield row("signs", 0, "第", numeral, then="closed")
    yield row("signs", 0, one_of(words_of(KINGS)), SPACE, numeral, then="closed")
    yield row("plain", 0, numeral, before="世型期级")
    yield row("undigit", 10, digits(3, 4), either("p", "P"), then="closed")
    births = [*(f"{decade}0" for decade in range(5, 10)), "05", "55", "95"]
    yield row("undigit", 10, table({b: KINDS["digits"](b) for b in births}), before="后")
    for gate, cost, metres in (("pair", 18, ("2", "两")), ("plain", 19, NUMBER)):
        yield row(gate, cost, metres, "米", digits(2, 2))


def _dates() -> Iterator[Rule]:
    century = either(sequence(("1", "一"), table(_digits("123456789"))), ("20", "二零"))
    year = sequence(century, DIGIT, DIGIT)
    months = {str(month): KINDS["plain"](str(month)) for month in range(1, 13)}
    days = {str(day): KINDS["plain"](str(day)) for day in range(1, 32)}
    month, day = (
        table({**words, **{f"0{n}": words[str(n)] for n in range(1, 10)}})
        for words in (months, days)
    )
    for mark in "-/.":
        yield row("undigit", 10, year, (mark, "年"), month, (mark, "月"), day, ("", "日"))
    to = sequence(SPACE, times(left_out("-~—–至到"), 1, 2), SPACE, ("", "到"))
    until = ["年", "学年", "赛季", "财年"]
    yield row("undigit", 10, year, left_out(["", "年"]), to, year, before=until)
    seasons = ["赛季", "学年", "财年"]
    yield row("undigit", 10, year, ("/", "到"), DIGIT, DIGIT, before=seasons)
    yield row(
        "undigit",
        10,
        year,
        before=["年", "奥", "世", "款", "版", "届", "赛季", "财年", "学年", "春晚"],
    )
    yield row("signs", 9, one_of(["公元", "公元前", "前"]), cardinal(4), before="年")
    written = [f"{tens}{ones}" for tens in "056789" for ones in range(10)]
    short = {year: KINDS["digits"](year) for year in written}
    yield row("short", 12, table(short), before="年")
    long = {year: KINDS["number"](year) for year in written}
    spans = [f"年{word}" for word in "历前后来间时以的里内之级代"]
    yield row("short", 11, table(long), before=spans)
    plain = either(cardinal(2), table({f"0{n}": KINDS["plain"](f"0{n}") for n in range(10)}))
    yield row("undigit", 12, plain, before="月日号號")
    yield row("undigit", 12, plain, DASH, ("", "到"), plain, before="月日号號")
    yield row("spans", 4, TO, then="number")
    yield row("spans", 4, TO, before="周")


def _digits(chosen: str) -> dict[str, str]:
    return {digit: KINDS["digits"](digit) for digit in chosen}


def _times() -> Iterator[Rule]:
    """Yield clocks, scores, ratios."""
    score = sequence(THREE, times(left_out("-–—:：~"), 1, 2), ("", "比"), THREE)
    yield row(
        "undigit", 14, score, times(any_character("0123456789"), 0, 3), before=words_of(RESULT)
    )
    yield row("signs", 13, "比分", times(any_character("0123456789，。"), 0, 4), score)
    clock = KINDS["clock"]
    hours = [form for hour in range(25) for form in dict.fromkeys((f"{hour}", f"{hour:02}"))]
    hour = table({form: clock(f"{form}:00") for form in hours})
    sixty = [f"{count:02}" for count in range(60)]
    minute = table({count: clock(f"1:{count}").removeprefix("一点") for count in sixty})
    exact = table({count: clock(f"1:{count}:01")[2:].removesuffix("零一秒") for count in sixty})
    second = table({count: clock(f"1:00:{count}").removeprefix("一点零分") for count in sixty})
    time = sequence(hour, _COLON, either(minute, sequence(exact, _COLON, second)))
    yield row("undigit", 15, time)
    yield row("linked", 10, TO, time)
    yield row("undigit", 16, NINE, _COLON, ("", "比"), NINE)


def any_character(but: str = "") -> Part:
    """Return any character but some, as it is."""

    def add(builder: Transducer, start: int) -> int:
        end = builder.state()
        builder.others(start, end, but + "\n")
        return end

    return add


def _others() -> Iterator[Rule]:
    """Yield numbers in names and those that no other rule takes."""
    gap = left_out(["", "-", " "])
    short = either(cardinal(2), sequence(("0", "零"), DIGIT))
    yield row("codes", 25, gap, short)
    yield row("codes", 25, gap, DIGIT, DIGIT, some(DIGIT))
    yield row("codes", 25, gap, cardinal(commas=True), (".", "点"), some(DIGIT))
    yield row("phones", 20, (".", "零点"), some(DIGIT))
    yield row("plain", 30, NUMBER)
    yield row("plain", 100, some(DIGIT))

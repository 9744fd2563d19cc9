"""List Mandarin numbers with symbols: rows of the transducer of tts/text/fst/numbers.py.

Ranges, fractions, amounts, money, formulas, addresses. They follow the table of
tts/text/mandarin/rules.py and its order.
"""

from __future__ import annotations

from collections.abc import Iterator

from tts.text.fst.number_parts import PHONE, cardinal, digits, fraction, number
from tts.text.fst.number_rules import (
    MEASURE_WORDS,
    NINE,
    NUMBER,
    SPACE,
    THREE,
    TO,
    Rule,
    any_character,
    left_out,
    one_of,
    row,
    to,
    words_of,
)
from tts.text.fst.transducer import Part, either, maybe, sequence, some, table, times
from tts.text.mandarin.normalize import meaning
from tts.text.mandarin.rules import CURRENT, TOP
from tts.text.mandarin.words import CODES, KINDS, LIBRARY_UNITS, MONEY, SYMBOLS, UNITS


def symbol_rules() -> Iterator[Rule]:
    """Yield expressions of numbers and symbols."""
    for group in (_ranges, _amounts, _money, _formulas, _signs, _addresses):
        yield from group()


# ½ and its like, as they are said.
VULGAR = {sign: KINDS["fraction"](meaning(sign).strip()) for sign in "½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞"}


def _ranges() -> Iterator[Rule]:
    """Yield fractions, ranges, what stands before a number."""
    yield row("fractions", 17, fraction(range(1, 10), 5), then="fraction")
    yield row("fractions", 17, fraction(range(10, 100), 2), then="fraction")
    mixed = fraction(range(1, 10), 2)
    yield row("plain", 16, cardinal(6), (" ", "又"), mixed, then="fraction")
    said = table(VULGAR)
    yield row("plain", 16, cardinal(6), SPACE, ("", "又"), said, then="fraction")
    minus = table({"-": "减", "–": "减"})
    yield row("plain", 15, NINE, minus, NINE, SPACE, ("=", "等于"), then="other")
    yield row("minus", 5, ("-", "负"), then="number")
    percent = number("百分之", commas=True)
    sign = table({"": "", "%": "", " %": ""})
    yield row("fresh", 19, percent, sign, to("到百分之"), NUMBER, SPACE, ("%", ""), then="span")
    yield row("fresh", 20, percent, SPACE, ("%", ""), then="span")
    yield row("fresh", 20, number("千分之"), SPACE, ("‰", ""), then="other")
    yield row("fresh", 19, ("2", "两"), TO, THREE, before=MEASURE_WORDS)
    yield row("fresh", 18, ("2", "两"), TO, ("2", "两"), before=MEASURE_WORDS)
    yield row("fresh", 20, NUMBER, TO, then="number")
    gap = ("-", " ")
    yield row("plain", 20, NUMBER, gap, NUMBER, some(sequence(gap, NUMBER)))
    yield row("minus", 5, ("+", "正"), then="number")
    yield row("minus", 5, either(("~", "约"), ("≈", "约")), then="number")
    yield row("signs", 5, ("±", "正负"), SPACE, then="other")


_FORMS = {"m^2": "㎡", "m^3": "㎥", "^2": "²", "^3": "³", "μ": "µ", "Ω": "Ω"}


def _forms(unit: str) -> list[str]:
    """Return a unit as the normaliser knows it, and the other ways to write it: m^2, m², ㎡."""
    return [unit, *(unit.replace(form, other) for form, other in _FORMS.items() if form in unit)]


def _amounts() -> Iterator[Rule]:
    """Yield temperatures, units, measures."""
    celsius = table(
        {
            **{"°C": "摄氏度", "° C": "摄氏度", "℃": "摄氏度"},
            **{"°F": "华氏度", "° F": "华氏度", "℉": "华氏度"},
        }
    )
    for gate, parts in (("fresh", ()), ("minus", (("-", "零下"), SPACE))):
        yield row(gate, 20, *parts, NUMBER, SPACE, celsius, then="closed")
        yield row(gate, 21, *parts, NUMBER, SPACE, ("°", "度"), then="other")
    after: dict[str, str] = {}
    for unit in (*UNITS, *LIBRARY_UNITS):
        begin, end = KINDS["unit"](f"5{unit}").split("五")
        if begin:  # 每小时五公里
            yield row("fresh", 21, number(begin, commas=True), SPACE, (unit, end), then="unit")
        else:
            after.update(dict.fromkeys(_forms(unit), end))
    yield row("fresh", 21, NUMBER, SPACE, table(after), then="unit")
    yield row("fresh", 20, NUMBER, SPACE, ("A", "安"), before=words_of(CURRENT))
    yield row("pair", 26, ("2", "二"), before=["年级", "年級", "年代"])
    yield row("pair", 27, ("2", "两"), before=MEASURE_WORDS)
    numbered = table({"No.": "", "no.": "", "NO.": "", "№": ""})
    yield row("plain", 20, numbered, SPACE, NINE, ("", "号"))


def _money() -> Iterator[Rule]:
    scale = times(one_of("万亿萬億千百"), 0, 2)
    names = dict.fromkeys([*MONEY.values(), *CODES.values()])
    marks = {**MONEY, "￥": "元", "US$": "美元", "HK$": "港元"}
    for index, name in enumerate(names):
        frequent = index < 4
        signs = [sign for sign in marks if marks[sign] == name]
        written = [*signs, *(code for code in CODES if CODES[code] == name)]
        amount = NUMBER if frequent else number()
        before = sequence(left_out(written), SPACE, amount)
        yield row("money", 20, before, SPACE, scale, ("", name), then="other")
        if frequent:
            until = sequence(TO, left_out(["", *signs]), amount)
            yield row("money", 19, before, until, ("", name), then="other")
    cents = sequence(SPACE, times(one_of("万亿萬億"), 0, 2), SPACE, table(CODES))
    yield row("fresh", 20, NUMBER, cents, then="closed")
    coins = table({sign: MONEY[sign] for sign in "€£$"})
    yield row("fresh", 22, NUMBER, SPACE, coins, then="other")


def _formulas() -> Iterator[Rule]:
    yield row("tied", 5, table({"^2": "平方", "²": "平方", "^3": "立方", "³": "立方"}))
    yield row("tied", 10, ("^", "的"), cardinal(9), ("", "次方"))
    yield row("linked", 5, ("*", "乘"), then="number")
    than = table({">": "大于", "<": "小于"})
    yield row("tied", 5, SPACE, than, SPACE, then="operand")
    yield row("tied", 10, (" - ", "减"), then="operand")
    compared = {"<=": "小于等于", ">=": "大于等于", "!=": "不等于"}
    yield row("signs", 4, table(compared), then="other")


def _signs() -> Iterator[Rule]:
    """Yield # and /."""
    yield row("signs", 5, ("#", "第"), SPACE, then="number")
    yield row("signs", 5, ("#", "井号"), before="键鍵")
    topic = some(any_character("#0123456789 ，。！？"))
    yield row("signs", 5, ("#", ""), topic, ("#", ""), then="other")
    yield row("signs", 10, ("#", "话题"), then="named")
    yield row("slash", 40, ("/", "每"), then="word")
    yield row("slash", 41, ("/", "斜杠"), then="slash")


def _addresses() -> Iterator[Rule]:
    """Yield e-mail addresses, URLs, domains."""
    letter = one_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")

    def label(symbols: str) -> Part:
        """Return letters, digits (幺 for 1 in three or more) and some symbols."""
        run = either("", digits(1, 2), digits(3, 12, PHONE))
        said = either(letter, table({symbol: SYMBOLS[symbol] for symbol in symbols}))
        return sequence(run, some(sequence(said, run)))

    dotted = label(".-")
    ending = table({f".{top}": f"点{top}" for top in words_of(TOP)})
    yield row("plain", 0, label("._+-"), ("@", "艾特"), dotted, then="unit")
    scheme = left_out(["", "http://", "https://", "HTTP://", "HTTPS://"])
    path = maybe(sequence(("/", "斜杠"), maybe(label("./?=&%~_+#:@-"))))
    yield row("plain", 0, scheme, either(dotted, digits(3, 12, PHONE)), ending, path, then="unit")

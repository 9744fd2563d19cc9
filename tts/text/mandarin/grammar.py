"""Say what the meeting of two words costs by the grammar of particles, polyphones and numbers.

The costs are in the units of tts/text/mandarin/vocabulary.py. A pair of words sees no more of each
other than Right and Left hold.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from tts.text.mandarin import sandhi, vocabulary

# Characters of several readings or uses: each has kinds of its own, one for a reading.
OWN_KINDS = frozenset("的地得了着过为都还长重只个一不儿第种行")
# Readings with a kind of their own, of characters whose usual reading shares one.
OWN_READINGS = frozenset(["弄long4", "假jia4"])
# Further readings of single characters, and what they cost more than the usual one.
SECOND = {
    "地": {"de": 100},
    "得": {"dei3": 10, "de2": 200},
    "为": {"wei4": 100},
    "儿": {"er": 0},
    "只": {"zhi1": 150},
    "种": {"zhong4": 150},
    "行": {"hang2": 150},
    "弄": {"long4": 150},
    "假": {"jia4": 150},
}
_THIRD_TONES = 100  # two third tones in a row, neither of them raised
_MUST = 140  # 得 as must after any word: at the beginning of a run it is as likely as de
_COUNTING = 300  # 一 in its own tone before anything but a number, or not before a number
_KEEP_ONE = ("m", "一yi1", "的de", "了le")  # and the particles at an end: 买一送一呢
# Kinds of neighbours -> what their meeting costs, from the grammar of the particles.
_MEETINGS = {
    ("a", "地de"): -250,
    ("d", "地de"): -250,
    ("P", "地de"): -150,
    ("v", "地de"): -50,
    ("n", "地de"): 150,
    ("地de", "v"): -150,
    ("地de", "n"): 100,
    ("第di4", "m"): 300,
    ("d", "得dei3"): -250,
    ("r", "得dei3"): -150,
    ("v", "得dei3"): 300,
    ("a", "得dei3"): 300,
    ("得dei3", "v"): -100,
    ("得dei3", "d"): -20,
    ("得dei3", "了le"): 400,
    ("得dei3", "a"): 60,
    ("得dei3", "m"): 300,
    ("得dei3", "degree"): 250,
    ("n", "得dei3"): -120,
    ("t", "得dei3"): -60,
    ("得dei3", "n"): -40,
    ("得dei3", "t"): -100,
    ("r", "得de"): 250,
    ("得de2", "了le"): -220,
    ("得de2", "m"): -220,
    ("得de2", "第di4"): -200,
    **{(kind, "得de2"): -150 for kind in "nrtqfs"},
    ("v", "得de2"): 200,
    ("a", "得de2"): 200,
    ("得de2", "a"): 150,
    ("得dei3", "p"): -100,
    ("得dei3", "f"): -150,
    ("为wei4", vocabulary.NAME): -200,
    ("为wei4", "r"): -200,
    ("为wei4", "person"): -250,
    ("v", "为wei4"): 250,
    ("m", "只zhi1"): -450,
    ("m", "行hang2"): -250,
    ("种zhong4", "n"): -50,
    ("种zhong4", vocabulary.NAME): -50,
    **{(kind, "种zhong4"): -150 for kind in "dfvrst"},
    ("种zhong4", "的de"): -79,
    ("n", "种zhong4"): -110,
    ("N", "种zhong4"): -110,
    ("m", "种zhong4"): 500,
    ("十", "弄long4"): -400,  # a lane in an address: 八十八弄
    ("天", "假jia4"): -400,  # 请一天假
    ("a", "种zhong4"): 200,
}
# 一 that changes its tone, alone or in a counted word (一年), as the last digit of a number.
_LAST_DIGIT = 3000
_LAST_DIGIT_OF = {
    "十": ("alone", "unit", "other", "起"),  # 21起案件
    "一": ("alone", "unit", "other"),  # but 五一一起去
    "点": ("unit", "alone"),  # 3.1米, but 三点一刻
}
_IN_NUMBERS = sandhi.NUMBER | frozenset("两百千万亿点")
# How nouns end for whom something is done: 为读者, 为祖国.
_PERSONS = frozenset("者人们员生民客友众师手户亲国家司校队厂村妈爸")
# How words of degree begin, which follow 得 after what is done: 跑得很快.
_DEGREE = frozenset("很太挺更最")
_DEGREES = frozenset(
    [
        "非常",
        "特别",
        "十分",
        "不错",
        "不好",
        "比较",
        "相当",
        "这么",
        "那么",
        "飞快",
        "飞起",
        "如此",
        "多么",
        "极其",
    ]
)
# 一天, and what is left where the number is a word of its own
_TIME = re.compile("[一二三四五六七八九十两几半多个]{0,4}(?:天|周|个月|星期|小时)|个月")
_UNITS = frozenset("米公里元亿倍吨厘毫平度分秒")
_SUFFIX_WANTED = 150  # 儿 as a child after a character that takes the suffix, and the reverse


class Left(NamedTuple):
    """Hold what the word before an entry can see of it: its first tone, length (to 3) and kind.

    role: see _role.
    """

    tone: str
    length: int
    kind: str
    role: str = ""


class Right(NamedTuple):
    """Hold what the word after an entry can see of it.

    end: see sandhi.ends; length up to 2; kind; suffix: its last character takes the suffix 儿;
    character: a word of one character whose third tone may change, else empty. number: see
    number_before.
    """

    end: str
    length: int
    kind: str
    suffix: bool
    character: str
    number: str = ""


def cost_by_rule(right: Right, left: Left) -> int:
    """Return the cost of a meeting by rule."""
    cost = _MEETINGS.get((right.kind, left.kind), 0) + _MEETINGS.get((right.kind, left.role), 0)
    cost += _MEETINGS.get((right.number, left.kind), 0)
    if right.end == sandhi.KEPT and left.tone == "3":
        cost += _THIRD_TONES
    elif right.end in sandhi.YI and right.length == 1:
        counts = left.kind in _KEEP_ONE or (left.kind == "y" and left.tone == "5")
        cost += _COUNTING if counts != (right.end == "yi1") else 0
    if left.role and left.role in _LAST_DIGIT_OF.get(right.number, ()):
        cost += _LAST_DIGIT
    cost += _MUST if left.kind == "得dei3" else 0
    if left.kind == "儿er":
        cost += 0 if right.suffix else _SUFFIX_WANTED
    elif left.kind == "儿er2":
        cost += _SUFFIX_WANTED if right.suffix else 0
    return cost


def role_of(word: str, first: str, kind: str) -> str:
    """Return what a word counts one of: unit (一米, 一倍), other (一个), 起 of 一起; or person.

    Empty for other words; of 一 alone entries_for decides.
    """
    if len(word) > 1 and kind in "nNr" and word[-1] in _PERSONS:
        return "person"
    if kind in "dazrP" and (word[0] in _DEGREE or word in _DEGREES):
        return "degree"
    if word[0] != "一" or first == "yi1" or len(word) == 1:
        return ""
    measure = word[1]
    if measure == "起":
        return measure if len(word) == 2 else ""
    if measure in _UNITS:
        return "unit"
    return "other" if vocabulary.is_measure(measure) else ""


def number_before(word: str) -> str:
    """Return the last character of a number that 一 may end: 十, 一 or 点 (of decimals).

    天 for a time that leave is taken for: 两天, 一周.
    """
    if _TIME.fullmatch(word):
        return "天"
    number = word.removeprefix("百分之").removeprefix("第")
    if not number or word == "万一" or not all(character in _IN_NUMBERS for character in number):
        return ""
    if number[-1] in sandhi.NUMBER:
        return "一" if number[-1] == "一" else "十"
    return "点" if number[-1] == "点" else ""

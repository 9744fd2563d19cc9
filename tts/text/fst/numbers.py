"""Write the rule FST that reads Mandarin numbers and symbols and writes them as Hanzi.

A text is read as a row of expressions (a date, a price) and other characters. After each of
them stands a place, named for what was read last, and from a place some gates are open: an
expression that must not follow a digit begins at a gate that the place after a digit lacks. So
what the rules of tts/text/mandarin/rules.py look back at is known from the place; what they
look ahead at is read as part of the expression. Of two ways to read a text the cheaper one
wins: a rule that comes earlier in that table costs less than a later one, and two expressions
cost more than one. What is written follows the same functions as there.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tts.files import atomic_path
from tts.text.fst.number_rules import number_rules
from tts.text.fst.symbol_rules import VULGAR, symbol_rules
from tts.text.fst.transducer import Transducer
from tts.text.mandarin.normalize import meaning
from tts.text.mandarin.number_words import hanzi_number
from tts.text.mandarin.words import GREEK, KINDS

_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_DIGITS = "0123456789"
_ASCII = "".join(map(chr, range(1, 128)))
_CIRCLED, _ROMAN = range(0x2460, 0x2474), (*range(0x2160, 0x216C), *range(0x2170, 0x217C))
# What a symbol costs that no rule takes, and what it is said as.
_UNTAKEN = 40
_SAID = {
    **{"@": "艾特", "&": "和", "%": "百分号", "=": "等于", "+": "加", "°": "度", "×": "乘"},
    **{"÷": "除以", "≤": "小于等于", "≥": "大于等于", "≠": "不等于", "≈": "约等于"},
    **{letter: KINDS["greek"](letter) for letter in GREEK},
    **{c: hanzi_number(meaning(c) or "") for c in map(chr, (*_CIRCLED, *_ROMAN))},
    **{
        "²": "二",
        "³": "三",
        "℃": "摄氏度",
        "℉": "华氏度",
        "㎡": "平方米",
        "㎥": "立方米",
        **VULGAR,
    },
    **{symbol: symbol for symbol in "-~<>#*$€£¥￥₹₩₽‰±"},
}

# What was read last -> the place after it; `other` where there is no entry.
_PLACES = {
    **dict.fromkeys(_LETTERS, "letter"),
    **dict.fromkeys(_DIGITS, "digit"),
    **{".": "point", ",": "comma", ")": "bracket", "）": "bracket", "第": "ordinal"},
    **dict.fromkeys("日号月年点分时秒周岁元點時歲", "span"),
    **dict.fromkeys("了有过达近约用满整", "counted"),
    **dict.fromkeys("初十百", "ten"),
}
_ALWAYS = frozenset(["signs", "wide", "ascii"])
_OTHER = _ALWAYS | {
    *("letters", "undigit", "plain", "phones", "fresh", "short", "pair", "minus", "money"),
    *("fractions", "slash"),
}
# The gates that are open at each place. `closed` and `unit` end what no letter may follow; after
# `number`, `word`, `operand` and `named` something of that kind must follow.
_GATES = {
    "other": _OTHER,
    "span": _OTHER | {"spans"},
    "ordinal": _OTHER - {"short", "pair"},
    "counted": _OTHER - {"short"},
    "ten": _OTHER - {"pair"},
    "bracket": _OTHER - {"minus"} | {"tied"},
    "comma": _OTHER - {"fresh"},
    "point": _OTHER - {"fresh", "phones", "short", "pair"},
    "slash": _OTHER - {"fractions"},
    "digit": _ALWAYS | {"letters", "tied", "linked", "slash"},
    "letter": _ALWAYS
    | {"letters", "codes", "undigit", "short", "money", "fractions", "tied", "slash"},
    "fraction": _ALWAYS | {"letters"},
    "closed": _ALWAYS | {"slash"},
    "unit": _ALWAYS,
    "number": frozenset(["undigit", "plain", "phones", "fresh", "pair", "money", "fractions"]),
    "operand": frozenset(["letters", "undigit", "plain", "phones", "fresh", "fractions", "minus"]),
    "named": frozenset(["letters", "wide"]),
    "word": frozenset(["wide"]),
}
_UNFINISHED = {"number", "operand", "named", "word"}


def write_number_fst(path: Path | str) -> tuple[int, int]:
    """Write the transducer, atomically; returns its numbers of states and arcs."""
    import kaldifst

    with atomic_path(path) as temporary:
        _numbers().write(temporary)
        fst = kaldifst.StdVectorFst.read(str(temporary))
        kaldifst.connect(fst)
        kaldifst.minimize_encoded(fst)
        kaldifst.arcsort(fst, "ilabel")  # sorted, it is looked up in by bisection
        fst.write(str(temporary))
    return fst.num_states, sum(map(fst.num_arcs, range(fst.num_states)))


def _alike() -> dict[str, str]:
    """Return ASCII characters and the other forms that the normaliser takes them for: 3 and ３."""
    forms: dict[str, str] = {}
    for character in (*map(chr, range(0xFF01, 0xFF5F)), *"﹣‐‑−〜﹪"):
        plain = meaning(character)
        if plain and plain != character and len(plain) == 1 and plain not in "()":
            forms[plain] = forms.get(plain, "") + character
    return forms


def _numbers() -> Transducer:
    """Return every expression and every other character between the places."""
    builder = Transducer(_alike())
    places = {name: builder.state() for name in _GATES}
    gates = {name: builder.state() for name in sorted(set().union(*_GATES.values()))}
    builder.start = places["other"]
    for name, place in places.items():
        if name not in _UNFINISHED:
            builder.finals.add(place)
        for gate in sorted(_GATES[name]):
            builder.join(place, gates[gate])
    for rule in (*number_rules(), *symbol_rules()):
        end = gates[rule.gate]
        for part in rule.parts:
            end = builder.after(end, part)
        if not rule.before:
            builder.join(end, places[rule.then], rule.cost)
        for word in rule.before:
            place = places[_PLACES.get(word[-1], "other")]
            builder.loop(end, place, word, word, rule.cost)
    _pass(builder, gates, places)
    return builder


def _pass(builder: Transducer, gates: Mapping[str, int], places: Mapping[str, int]) -> None:
    """Add characters that belong to no expression: as they are, or said."""
    known = set(_ASCII) | set(_PLACES) | set(_SAID)
    for character in sorted(known - set(_DIGITS)):
        gate = "letters" if character in _LETTERS else "ascii" if character in _ASCII else "wide"
        gate = "slash" if character in "/^" else gate
        if character != "/":
            place = places[_PLACES.get(character, "other")]
            cost = _UNTAKEN if character in _SAID else 1 if character in _LETTERS else 0
            said = _SAID.get(character, character)
            builder.loop(gates[gate], place, character, said, cost)
    builder.others(gates["wide"], places["other"], known)

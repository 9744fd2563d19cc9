"""Build numbers in Hanzi as parts of a transducer: digits, cardinals, decimals, fractions.

What is written is what tts/text/mandarin/number_words.py says.
"""

from __future__ import annotations

from collections.abc import Iterable

from tts.text.fst.transducer import Part, Transducer, either, maybe, sequence, some, table, times
from tts.text.mandarin.number_words import hanzi_digits, hanzi_number, hanzi_phone
from tts.text.numerals import LONGEST

_PLACES = ("", "十", "百", "千")
_GROUPS = ("", "万", "亿", "万")

DIGIT = table({digit: hanzi_digits(digit) for digit in "0123456789"})
PHONE = table({digit: hanzi_phone(digit) for digit in "0123456789"})


def digits(least: int, most: int, digit: Part = DIGIT) -> Part:
    """Build a part of so many digits, one by one."""
    return times(digit, least, most)


def cardinal(longest: int = LONGEST, before: str = "", commas: bool = False) -> Part:
    """Return a number of up to `longest` digits without leading zeros.

    before: what is written before it (百分之). commas: its thousands may be separated.
    How long a number is shows at its end; so each length is tried, from the first digit on.
    """

    def add(builder: Transducer, start: int) -> int:
        end = builder.state()
        builder.loop(start, end, "0", before + "零")
        plain = _Places(builder, end, commas=False)
        separated = _Places(builder, end, commas=True)
        for length in range(1, longest + 1):
            for digit in "123456789":
                place, group = (length - 1) % 4, (length - 1) // 4
                name = hanzi_digits(digit)
                if digit == "1" and place == 1:
                    name = ""  # 十, not 一十
                elif digit == "2" and (place > 1 or (group and not place)):
                    name = "两"
                written = builder.chain(start, digit, before + name)
                written = builder.chain(written, "", _PLACES[place])
                if not place:
                    written = builder.chain(written, "", _GROUPS[group])
                long = length > 12
                builder.join(written, plain.after(length - 1, place > 0, False, long))
                if commas and length > 3:
                    builder.join(written, separated.after(length - 1, place > 0, False, long))
        return end

    return add


class _Places:
    """Hold the states of a cardinal after its first digit, by the number of digits to come."""

    def __init__(self, builder: Transducer, end: int, commas: bool):
        self.builder = builder
        self.commas = commas
        self.states: dict[tuple[int, bool, bool, bool], int] = {(0, False, False, False): end}
        self.digits: dict[tuple[int, bool], int] = {}

    def after(self, left: int, said: bool, zero: bool, long: bool) -> int:
        """Return the state where `left` digits are to come.

        said: the group of four has had a digit but 0. zero: zeros wait to be said. long: there
        are more than twelve digits, which makes the group of 亿 said even if it is 0.
        """
        key = (left, said, zero, long and left > 8) if left else (0, False, False, False)
        if key not in self.states:
            state = self.states[key] = self.builder.state()
            if self.commas and left % 3 == 0:
                state = self.builder.chain(state, ",", "")
            self._add(state, *key)
        return self.states[key]

    def _add(self, state: int, left: int, said: bool, zero: bool, long: bool) -> None:
        builder = self.builder
        place, group = (left - 1) % 4, (left - 1) // 4
        if place:
            builder.loop(state, self.after(left - 1, said, True, long), "0", "")
        else:
            name = _GROUPS[group] if said or (group == 2 and long) else ""
            builder.loop(state, self.after(left - 1, False, not said, long), "0", name)
        # A group whose last digit is its only one still writes 零 before it.
        builder.join(builder.chain(state, "", "零") if zero else state, self._said(left, long))

    def _said(self, left: int, long: bool) -> int:
        """Return the state from which a digit but 0 is said at a place."""
        key = left, long
        if key not in self.digits:
            state = self.digits[key] = self.builder.state()
            written = self.builder.state()
            for digit in "123456789":
                self.builder.loop(state, written, digit, hanzi_digits(digit))
            place, group = (left - 1) % 4, (left - 1) // 4
            name = _PLACES[place] or _GROUPS[group]
            following = self.after(left - 1, place > 0, False, long)
            self.builder.loop(written, following, "", name)
        return self.digits[key]


ZEROS = sequence(("0", "零"), some(DIGIT))  # 007


def number(before: str = "", commas: bool = False, longest: int = LONGEST) -> Part:
    """Return a cardinal or a decimal, of any number of decimal places."""
    whole = cardinal(longest, before, commas)
    if not before:
        whole = either(whole, ZEROS)
    return sequence(whole, maybe(sequence((".", "点"), some(DIGIT))))


def fraction(tops: Iterable[int], longest: int) -> Part:
    """Build 3/4, said 四分之三: each top is remembered by states of its own.

    longest: how many digits the bottom may have.
    """
    hundreds = table({"100": "百", "1000": "一千"} if longest < 3 else {"100": "百"})
    bottom, tops = cardinal(longest), tuple(tops)

    def add(builder: Transducer, start: int) -> int:
        end = builder.state()
        for top in map(str, tops):
            begin, read = builder.chain(start, top + "/", ""), builder.state()
            builder.join(builder.after(begin, hundreds), read)
            builder.join(builder.after(begin, bottom), read, 1)  # dearer: not 一百
            builder.loop(read, end, "", "分之" + hanzi_number(top))
        return end

    return add

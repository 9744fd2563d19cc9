"""Find pronunciations written into a text: `I read<R EH1 D> it`, `长<zhang3>大`; and markup."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from tts.text.characters import APOSTROPHES, fold, is_hanzi
from tts.text.english.arpabet import CONSONANTS, VOWELS
from tts.text.mandarin.pinyin import table_syllable
from tts.text.spoken import Problem
from tts.text.user_lexicon import cased, example, fault

# Longer contents are no pronunciation of one word.
_LONGEST = 400
_BRACKETS = re.compile(rf"[<＜]([^<>＜＞]{{1,{_LONGEST}}})[>＞]")
# Several syllables without a space between them are meant as pinyin, too.
_PINYIN = re.compile(r"(?:(?:[a-zêü]|u:)+[0-9])+")
_PHONE = re.compile("[A-Z]{1,3}[0-9]?")
_STRESSED = re.compile(rf"(?:{'|'.join(sorted(VOWELS))})[012]")
_BETWEEN = re.compile(r"[\s,;._/-]+")
_ATTRIBUTE = r"""\s+[a-z:-]+=(?:"[^"]*"|'[^']*'|[^\s"'<>]+)"""
_TAG = re.compile(rf"<(/?)([a-z][a-z0-9-]*)(?:{_ATTRIBUTE})*\s*/?>", re.IGNORECASE)
_CLOSING = re.compile(r"</([a-z][a-z0-9-]*)\s*>", re.IGNORECASE)
# Of other names a closing tag must be in the text: a<b> may be a formula.
_TAGS = frozenset(
    "br hr div span em strong font img sub sup speak break prosody phoneme emphasis".split()  # noqa: SIM905
)
# These do not part a word: <b>B</b>old.
_INLINE = frozenset("a b em font i s small span strong sub sup tt u".split())  # noqa: SIM905


@dataclass(frozen=True)
class Part:
    """Hold a stretch of a text: a word with what is written in brackets after it, or plain text.

    position: index of its first character in the whole text. said: the content of the
    brackets (which `text` does not hold); None for plain text. left_out: what is no part of
    the text, as written: markup, or a pronunciation right after no word.
    """

    text: str
    position: int
    said: str | None = None
    left_out: str = ""

    @property
    def phones(self) -> tuple[str, ...]:
        """Return what the brackets hold, item by item: phones in upper, syllables in lower case."""
        plain = unicodedata.normalize("NFKC", self.said or "")
        return tuple(cased(self.text, plain.split()))

    def problem(self) -> Problem | None:
        """Return what is wrong with the content of the brackets; None if it is a pronunciation."""
        if self.left_out:
            return Problem(self.position, self.left_out, self._why_left_out())
        if self.said is None:
            return None
        reason = fault(self.text, self.phones)
        if not reason:
            return None
        word, *said = example(self.text).split()
        shown = f"{self.text}<{self.said}>"
        hint = f"the word is said as usual (a valid one: {word}<{' '.join(said)}>)"
        return Problem(self.position, shown, f"{reason}; {hint}")

    def _why_left_out(self) -> str:
        if self.said is None:
            return "left out: markup is not said"
        shown = "长<zhang3>" if _kind(self.said) == "pinyin" else "read<R EH1 D>"
        return f"left out: looks like a pronunciation but stands right after no word: write {shown}"


def split_pronunciations(text: str) -> list[Part]:
    """Return `text` as plain parts and overridden words, in order; only `<...>` itself is left out.

    Before the brackets stands a run of letters with ' and -, or as many Hanzi as the brackets
    hold syllables. Brackets whose content does not look like a pronunciation are ordinary text.
    """
    if "<" not in text and "＜" not in text:
        return [Part(text, 0)] if text else []
    closings = {name.lower() for name in _CLOSING.findall(text)}
    parts: list[Part] = []
    done = 0
    for match in _BRACKETS.finditer(text):
        part = _markup(match, closings) or _pronunciation(match, done)
        if not part:
            continue
        if part.position > done:
            parts.append(Part(text[done : part.position], done))
        parts.append(part)
        done = match.end()
    if done < len(text):
        parts.append(Part(text[done:], done))
    return parts


def _markup(match: re.Match[str], closings: set[str]) -> Part | None:
    """Return a tag as a part that is left out (a space if it parts words); None if it is no tag."""
    tag = _TAG.fullmatch(match[0])
    name = tag[2].lower() if tag else ""
    if not tag or not (tag[1] or name in closings or name in _TAGS):
        return None
    return Part("" if name in _INLINE else " ", match.start(), None, match[0])


def _pronunciation(match: re.Match[str], begin: int) -> Part | None:
    """Read brackets with the word before them, from `begin` on; None: they are plain text."""
    kind = _kind(match[1])
    if not kind:
        return None
    text, end = match.string, match.start()
    hanzi = end > begin and is_hanzi(text[end - 1])
    if kind == "pinyin" and not hanzi and not _is_safe(match[1]):
        return None
    if hanzi and kind == "phones":
        start = end - 1
    else:
        start = _word_start(text, begin, end, match[1])
    if start < end:
        return Part(text[start:end], start, match[1])
    return Part("", end, match[1], match[0])


def _kind(content: str) -> str:
    """Tell whether the content of brackets is pinyin or phones; "" for ordinary text."""
    plain = unicodedata.normalize("NFKC", content).strip()
    items = _BETWEEN.split(plain)
    if all(_PINYIN.fullmatch(item.lower()) for item in items):
        return "pinyin"
    phones = [item.upper() for item in items]
    if not all(map(_PHONE.fullmatch, phones)):
        return ""
    if any(map(_STRESSED.fullmatch, phones)):
        return "phones"
    # Without stress digits only what is wholly made of phones, in capitals, is meant as such.
    bare = plain == plain.upper() and len(phones) > 1 and not VOWELS.isdisjoint(phones)
    return "phones" if bare and VOWELS.union(CONSONANTS).issuperset(phones) else ""


def _is_safe(content: str) -> bool:
    """Tell whether pinyin after no Hanzi is surely meant as such: cell <a1>, x<y2> are not."""
    items = cased("长", unicodedata.normalize("NFKC", content).split())
    return all(len(item) > 2 and table_syllable(item) for item in items)


def _word_start(text: str, begin: int, end: int, said: str) -> int:
    """Return where the word that ends at `end` starts; `end` if there is none."""
    start = end
    if end > begin and is_hanzi(text[end - 1]):
        left = _characters(said, text[end - 1])
        while start > begin and left and is_hanzi(text[start - 1]):
            start -= 1
            left -= 1
        return start
    while start > begin and (_is_letter(text[start - 1]) or text[start - 1] in f"{APOSTROPHES}-"):
        start -= 1
    while start < end and not _is_letter(text[start]):
        start += 1  # an opening quote or a dash before the word
    return start


def _is_letter(character: str) -> bool:
    return fold(character).isalpha() and not is_hanzi(character)


def _characters(said: str, last: str) -> int:
    """Return how many Hanzi the syllables of `said` are written with: 花儿 huar1 is two."""
    syllables = said.lower().split()
    fused = sum(item.rstrip("12345").endswith("r") and item[:2] != "er" for item in syllables)
    return len(syllables) + (fused if last == "儿" or fused > 1 else 0)

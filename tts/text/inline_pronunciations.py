"""Find pronunciations written into a text: `I read<R EH1 D> it`, `长<zhang3>大`; and markup."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from tts.text.characters import APOSTROPHES, fold, is_hanzi
from tts.text.notation import notation_of
from tts.text.spoken import Problem
from tts.text.user_lexicon import cased, example, fault

# Longer contents are no pronunciation of one word.
_LONGEST = 400
_BRACKETS = re.compile(rf"[<＜]([^<>＜＞]{{1,{_LONGEST}}})[>＞]")
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
    the text, as written: markup, or a pronunciation right after no word. language: see
    tts.text.notation.notation_of.
    """

    text: str
    position: int
    said: str | None = None
    left_out: str = ""
    language: str = ""

    @property
    def phones(self) -> tuple[str, ...]:
        """Return what the brackets hold, item by item, as the front end takes it."""
        plain = unicodedata.normalize("NFKC", self.said or "")
        return tuple(cased(self.text, plain.split(), self.language))

    def problem(self) -> Problem | None:
        """Return what is wrong with the content of the brackets; None if it is a pronunciation."""
        if self.left_out:
            return Problem(self.position, self.left_out, self._why_left_out())
        if self.said is None:
            return None
        reason = fault(self.text, self.phones, self.language)
        if not reason:
            return None
        word, *said = example(self.text, self.language).split()
        shown = f"{self.text}<{self.said}>"
        hint = f"the word is said as usual (a valid one: {word}<{' '.join(said)}>)"
        return Problem(self.position, shown, f"{reason}; {hint}")

    def _why_left_out(self) -> str:
        if self.said is None:
            return "left out: markup is not said"
        shown = notation_of(_script_meant(self.said, self.language), self.language).shown
        return f"left out: looks like a pronunciation but stands right after no word: write {shown}"


def split_pronunciations(text: str, language: str = "") -> list[Part]:
    """Return `text` as plain parts and overridden words, in order; only `<...>` itself is left out.

    Before the brackets stands a run of letters with ' and -, or as many Hanzi as the brackets
    hold syllables. Brackets whose content does not look like a pronunciation are ordinary text.
    language: see tts.text.notation.notation_of.
    """
    if "<" not in text and "＜" not in text:
        return [Part(text, 0)] if text else []
    closings = {name.lower() for name in _CLOSING.findall(text)}
    parts: list[Part] = []
    done = 0
    for match in _BRACKETS.finditer(text):
        part = _markup(match, closings) or _pronunciation(match, done, language)
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


def _pronunciation(match: re.Match[str], begin: int, language: str) -> Part | None:
    """Read brackets with the word before them, from `begin` on; None: they are plain text."""
    script = _script_meant(match[1], language)
    if not script:
        return None
    notation = notation_of(script, language)
    text, end = match.string, match.start()
    hanzi = end > begin and is_hanzi(text[end - 1])
    if script == "hanzi" and not hanzi and not notation.is_sure(_plain(match[1])):
        return None
    if not hanzi:
        start = _word_start(text, begin, end)
    elif script == "hanzi":
        length = notation.num_characters(match[1].lower().split(), text[end - 1])
        start = _hanzi_start(text, begin, end, length)
    else:
        start = end - 1
    if start < end:
        return Part(text[start:end], start, match[1], language=language)
    return Part("", end, match[1], match[0], language)


def _plain(content: str) -> str:
    return unicodedata.normalize("NFKC", content).strip()


def _script_meant(content: str, language: str) -> str:
    """Return the script whose pronunciations the content of brackets looks like; "" for none."""
    plain = _plain(content)
    for script in ("hanzi", "latin"):
        if notation_of(script, language).is_meant(plain):
            return script
    return ""


def _hanzi_start(text: str, begin: int, end: int, length: int) -> int:
    """Return where a word of at most `length` Hanzi that ends at `end` starts."""
    start = end
    while start > begin and end - start < length and is_hanzi(text[start - 1]):
        start -= 1
    return start


def _word_start(text: str, begin: int, end: int) -> int:
    """Return where the word of letters that ends at `end` starts; `end` if there is none."""
    start = end
    while start > begin and (_is_letter(text[start - 1]) or text[start - 1] in f"{APOSTROPHES}-"):
        start -= 1
    while start < end and not _is_letter(text[start]):
        start += 1  # an opening quote or a dash before the word
    return start


def _is_letter(character: str) -> bool:
    return fold(character).isalpha() and not is_hanzi(character)

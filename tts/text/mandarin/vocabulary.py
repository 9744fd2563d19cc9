"""Read the words of Mandarin: their readings, frequencies and parts of speech.

Frequencies and parts of speech are jieba's, readings pypinyin's; what both lack or have
otherwise than it is said stands in mandarin_words.txt.
"""

from __future__ import annotations

import importlib.util
import math
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from tts.errors import InputError
from tts.text.characters import is_hanzi
from tts.text.mandarin.pinyin import split_tone, table_syllable
from tts.text.mandarin.surnames import named

LONGEST = 8  # characters of the longest word
UNIT = 100  # costs are in hundredths of a nat
_FEWEST = 10  # rarer words of the frequency list are left out
_RARE = 0.5  # the frequency of a character that the list lacks
_PHRASE = 1  # that of a phrase that only pypinyin has
_OWN = 1000  # and of a word of mandarin_words.txt
_NAMED = 200  # what a surname with a title costs less than its parts: never less than real words
_PREFERRED = 100  # what a word whose reading stands there costs less
_TOTAL = math.log(6e7)  # of all words of the list

# Parts of speech by the first letter of jieba's tags: those that behave alike share one.
_KINDS = {
    **dict.fromkeys("vil", "v"),
    **dict.fromkeys("azb", "a"),
    **dict.fromkeys("ngxj", "n"),
    **dict.fromkeys("ukh", "u"),
    **dict.fromkeys("yeo", "y"),
    **{letter: letter for letter in "drmqpcfts"},
}
NAME = "N"  # of persons
PHRASE = "P"  # a phrase without a tag


@dataclass(frozen=True)
class Knowledge:
    """Hold mandarin_words.txt: readings of words and characters, as the token table writes them."""

    words: dict[str, tuple[str, ...]]
    last_neutral: frozenset[str]
    last_full: frozenset[str]
    characters: dict[str, str]
    alone: dict[str, str]


@lru_cache(maxsize=1)
def knowledge() -> Knowledge:
    """Read mandarin_words.txt. Raises: InputError naming a line that is no entry."""
    path = Path(__file__).with_name("mandarin_words.txt")
    sections: dict[str, list[list[str]]] = {}
    lines: list[list[str]] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        line = line.partition("#")[0].strip()
        if line.startswith("["):
            lines = sections.setdefault(line.strip("[]"), [])
        elif line:
            lines.append(line.split())
    readings: dict[str, dict[str, tuple[str, ...]]] = {}
    for name in ("words", "characters", "alone"):
        readings[name] = {}
        for word, *items in sections[name]:
            syllables = tuple(table_syllable(item) or "" for item in items)
            if len(word) != len(syllables) or not all(syllables):
                raise InputError(f"{path}: [{name}] {word} {' '.join(items)}: not its reading")
            readings[name][word] = syllables
    return Knowledge(
        readings["words"],
        frozenset(word for line in sections["last neutral"] for word in line),
        frozenset(word for line in sections["last full"] for word in line),
        {character: said[0] for character, said in readings["characters"].items()},
        {character: said[0] for character, said in readings["alone"].items()},
    )


@cache
def _from_marks(marked: str) -> str | None:
    """Return a syllable with tone marks as the token table writes it."""
    from pypinyin.contrib.tone_convert import to_tone3

    return table_syllable(to_tone3(marked).replace("ü", "v"))


@lru_cache(maxsize=1)
def characters() -> dict[str, tuple[str, ...]]:
    """Return every character's readings, the most usual first."""
    from pypinyin.constants import PINYIN_DICT

    own = knowledge().characters
    found: dict[str, tuple[str, ...]] = {}
    for code, listed in PINYIN_DICT.items():
        character = chr(code)
        if is_hanzi(character):
            readings = [own.get(character), *map(_from_marks, listed.split(","))]
            kept = tuple(dict.fromkeys(reading for reading in readings if reading))
            if kept:
                found[character] = kept
    return found


@lru_cache(maxsize=1)
def frequencies() -> dict[str, tuple[float, str]]:
    """Map words of up to LONGEST characters to their frequency and kind.

    Raises: InputError where the package that carries the list is missing.
    """
    from pypinyin.constants import PHRASES_DICT

    package = importlib.util.find_spec("jieba")
    path = Path((package.submodule_search_locations or ["."])[0] if package else ".") / "dict.txt"
    if not package or not path.is_file():
        raise InputError(
            f"the word list {path} is missing: it comes with the package jieba; type: "
            "pip install -r requirements.txt"
        )
    found: dict[str, tuple[float, str]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        word, count, tag = line.split(" ")
        if len(word) <= LONGEST and int(count) >= _FEWEST and all(map(is_hanzi, word)):
            found[word] = int(count), NAME if tag.startswith("nr") else _KINDS.get(tag[0], "n")
    for phrase, readings in PHRASES_DICT.items():
        fits = phrase not in found and 2 <= len(phrase) <= LONGEST
        if fits and len(readings) == len(phrase) and all(map(is_hanzi, phrase)):
            found[phrase] = _PHRASE, PHRASE
    found["幺"] = found["幺"][0], "m"  # a digit, no name
    own = knowledge()
    for word in (*own.words, *sorted(own.last_neutral | own.last_full)):
        frequency, kind = found.get(word, (0, PHRASE))
        found[word] = max(frequency, _OWN), kind
    found.update({word: (_PHRASE, NAME) for word in named() if word not in own.words})
    return found


def cost_of(word: str) -> int:
    """Return how rare a word is, as the negative logarithm of its share, in units of 1/UNIT."""
    frequency = frequencies().get(word, (_RARE, ""))[0]
    if word in named() and word not in knowledge().words:
        return sum(_cost_of_part(part) for part, _ in named()[word]) - _NAMED
    preferred = _PREFERRED if word in knowledge().words else 0
    return round(UNIT * (_TOTAL - math.log(frequency))) - preferred


def _cost_of_part(part: str) -> int:
    """Return the cost of a title, which may be two words: 副|主任."""
    whole = cost_of(part)
    return min(whole, cost_of(part[0]) + cost_of(part[1:])) if len(part) > 2 else whole


def kind_of(word: str) -> str:
    """Return its part of speech: v a n u y d r m q p c f t s, NAME; a noun if unknown."""
    return frequencies().get(word, (0, "n"))[1]


# Measure words and units that the list tags otherwise; the first character stands for a word.
_MEASURES = frozenset(
    "年月日天周号楼层级班届期次岁元块角分秒点时小公厘毫平立千克斤吨米里亩度路线站室户家名位人口员只条棵株"
    "座栋幢间所处项件份张页章节集部册卷版场局轮回趟遍步圈种类样批组队排列行世代倍成厂店村县市省国国站季星"
)


def is_measure(character: str) -> bool:
    """Return whether a number may count what `character` begins: 个, 棵, 楼, 小(时)."""
    return character in _MEASURES or kind_of(character) == "q"


def is_usual(character: str) -> bool:
    """Return whether the basic set of simplified Chinese (6,763 characters of GB 2312) has it."""
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def alone(character: str) -> str | None:
    """Return how a character is read that no word holds; None where no reading is known."""
    said = knowledge().alone.get(character)
    return said or next(iter(characters().get(character, ())), None)


@cache
def reading(word: str) -> tuple[str, ...]:
    """Return how a word of known characters is read, without tone sandhi."""
    if len(word) == 1:
        return (alone(word) or "",)
    return _known(word) or _from_parts(word)


def _known(word: str) -> tuple[str, ...] | None:
    """Return the reading of a word that a dictionary has."""
    own = knowledge()
    if word in own.words:
        return own.words[word]
    if word in named():
        return tuple(s for part, said in named()[word] for s in said or reading(part))
    said = _listed(word)
    if len(word) > 2 and word[-1] == "地" and word[-3] == word[-2]:
        return (*(said or _from_parts(word))[:-1], "de")  # 轻轻地
    if word in own.last_neutral:
        said = said or _from_parts(word)
        return (*said[:-1], split_tone(said[-1])[0])
    if word in own.last_full:
        said = said or _from_parts(word)
        return (*said[:-1], next(s for s in characters()[word[-1]] if split_tone(s)[1] != "5"))
    return said


def _listed(word: str) -> tuple[str, ...] | None:
    """Return pypinyin's reading of a phrase."""
    from pypinyin.constants import PHRASES_DICT

    listed = PHRASES_DICT.get(word, ())
    said = tuple(_from_marks(readings[0]) for readings in listed)
    return said if len(said) == len(word) and all(said) else None  # type: ignore[return-value]


def _from_parts(word: str) -> tuple[str, ...]:
    """Read as its longest known parts, from the left."""
    said: list[str] = []
    while len(said) < len(word):
        start = len(said)
        longest = len(word) - start - (start == 0)
        for length in range(longest, 1, -1):
            part = word[start : start + length]
            known = _known(part)
            if known:
                said += known
                break
        else:
            said.append(_inside(word[start]))
    return tuple(said)


# Particles whose reading alone is also that inside words of no dictionary.
_PARTICLES = frozenset("个得儿为")


def _inside(character: str) -> str:
    """Return a character inside a word of which no dictionary knows the reading."""
    if character in _PARTICLES:
        return alone(character) or ""
    return next(iter(characters().get(character, ())), "")

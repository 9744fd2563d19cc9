"""Say Mandarin: normalisation, readings, labelled pinyin, Latin letters."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import accumulate
from pathlib import Path
from typing import TypeVar

from tts.text import codes
from tts.text.bpe import BpeModel
from tts.text.characters import Leftovers, is_hanzi
from tts.text.fst.numbers import write_number_fst
from tts.text.fst.readings import write_rule_fst
from tts.text.inline_pronunciations import Part, split_pronunciations
from tts.text.languages import language_of
from tts.text.mandarin import erhua, vocabulary
from tts.text.mandarin.boundary_model import predictor
from tts.text.mandarin.code_switching import EnglishWords, combined_table, initialisms
from tts.text.mandarin.contexts import contextual
from tts.text.mandarin.normalize import PAUSES, WRITTEN, normalize
from tts.text.mandarin.pinyin import PUNCTUATION, pinyin_table, split_labels, table_syllable
from tts.text.mandarin.prosody import MARKS, is_said, mark_word, read_marks, set_marks
from tts.text.mandarin.reading_model import unpack
from tts.text.mandarin.traditional import report, simplified
from tts.text.mandarin.words import MEASURES
from tts.text.spoken import AlignmentError, FrontEndConfig, Marked, Problem, Spoken, Word
from tts.text.tokens import TokenTable
from tts.text.user_lexicon import parse

_Given = TypeVar("_Given")
_LATIN = re.compile("[A-Za-z']+(?: [A-Za-z']+)*")
_PIECE = re.compile(
    rf"(?P<latin>{_LATIN.pattern})|(?P<pause>[，。！？])|(?P<hanzi>[^A-Za-z'，。！？\s]+)"
)

_LETTER = re.compile("(?:.*[^A-Za-z' ])?[A-Z]", re.DOTALL)  # alone, in capitals
# How Latin letters are called, in syllables that the token table has.
LETTERS = {
    **{"a": "ei1", "b": "bi4", "c": "xi1", "d": "di4", "e": "yi4", "f": "ai2 fu", "g": "ji4"},
    **{"h": "ei2 chi", "i": "ai4", "j": "zhe4", "k": "kai4", "l": "ai2 lou", "m": "ai2 mu"},
    **{"n": "en1", "o": "ou1", "p": "pi4", "q": "kou4", "r": "a4 er", "s": "ai2 si", "t": "ti4"},
    **{"u": "you1", "v": "wei1", "w": "da2 bu liu", "x": "ai2 ke si", "y": "wai4", "z": "zei4"},
}


class MandarinFrontEnd:
    """Turn Mandarin text into pinyin tokens (see FrontEnd); config.unit chooses the table."""

    runs_in = (
        "Runs in sherpa-onnx **1.13.x** and **2.x** from its lexicon.txt. 1.13.x finds Latin "
        "words in lower case only; both leave out words that lexicon.txt does not hold."
    )
    cut_note = (
        "\n`max_words_in_sentence` is for 2.x: without it, and in the command line's program, "
        "a sentence of more than 20 characters\nmay be cut inside a word. Keep sentences short "
        "there, or put commas.\n"
    )

    def __init__(self, config: FrontEndConfig):
        self.config = config
        self._bpe = BpeModel(config.bpe_model, PUNCTUATION) if config.unit == "bpe" else None
        self._english = (
            EnglishWords(config) if "latin" in language_of(config.language).scripts else None
        )
        self._fused = config.erhua == "fused"
        entries = parse(config.user_lexicon, config.language, "the voice's user lexicon")
        hanzi = {word: said for word, said in entries.items() if is_hanzi(word[0])}
        user = {simplified(word): syllables_of(said) for word, said in hanzi.items()}
        self.lattice = unpack(config.reading_model, user)
        self._predict = predictor(config.prosody_model) if config.prosody else None

    def token_table(self) -> TokenTable:
        """Return the reference's 2069 syllables, initials and finals, or the bpe pieces.

        With fused erhua its syllables after them, then the prosody marks, of zh_en then the
        symbols of English.
        """
        if self._bpe:
            return self._bpe.table
        table = pinyin_table(self.config.unit)
        fused = erhua.fused_tokens(self.config.unit) if self._fused else ()
        marks = MARKS if self._predict else ()
        if fused or marks:
            table = TokenTable.of([*table.symbols, *fused, *marks])
        return combined_table(table) if self._english else table

    def normalize(self, text: str) -> str:
        """Write Hanzi, Latin letters and ，。！？ only; English words as the lexicon has them."""
        written = self._normalize(text)[0]
        english = self._english
        if not english:
            return written
        return _LATIN.sub(lambda run: english.normalize(run[0]), written)

    def _normalize(self, text: str) -> tuple[str, list[Problem], dict[int, Part]]:
        """Write the text with Latin letters as written, the problems, and where in it words
        stand that the text says how to pronounce.
        """
        written, problems, given = "", [], {}
        plain: list[Part] = []
        for part in [*split_pronunciations(text, self.config.language), None]:
            fault = part and (part.problem() or self._unsayable(part))
            problems += [fault] if fault else []
            if part and (part.said is None or fault):
                plain.append(part)
                continue
            said, found = _normalize_parts(plain)
            written += said if self._english else said.replace("'", "")  # letters are called
            problems += found
            plain = []
            if part:
                given[len(written)] = part
                written += part.text
        return written, problems, given

    def _unsayable(self, part: Part) -> Problem | None:
        """Return a Latin word with phones that this voice does not have."""
        if part.said is None or is_hanzi(part.text[0]) or self._english:
            return None
        reason = "a Mandarin voice has no phones; its letters are called (zh_en has them)"
        return Problem(part.position, f"{part.text}<{part.said}>", reason)

    def __call__(self, text: str) -> Spoken:
        """Say any text by predicted pinyin; what cannot be said stands in `problems`."""
        written, problems, given = self._normalize(text)
        words: list[Word] = []
        shown: list[str] = []
        leftovers = Leftovers(text)
        places = contextual(written)
        for piece in _PIECE.finditer(written):
            if piece["pause"]:
                words.append(_pause(piece[0]))
            elif self._bpe:
                for part in piece[0].split():
                    tokens, unknown = self._bpe.encode(part.lower())
                    words.append(Word(part, tokens, "bpe"))
                    problems += [leftovers.problem(symbol) for symbol in unknown]
            elif piece["latin"]:
                latin = list(self._latin(piece[0], _within(piece, given)))
                words += latin
                if self._english:
                    shown.append(" ".join(word.text for word in latin))
                    continue
            else:
                own = {s: syllables_of(part.phones) for s, part in _within(piece, given).items()}
                fixed = (_within(piece, places) if not given else {}) | own
                if _numbered(written, piece, text):
                    fixed.setdefault(0, ("yi1",))
                words += self._read(piece[0], fixed)
            shown.append(piece[0])
        if self._predict:
            words = set_marks(words, self._predict)
        problems += [] if self._bpe else report(text)
        problems.sort(key=lambda problem: problem.position)
        return Spoken(text, "".join(shown), tuple(words), tuple(problems))

    def from_labels(self, text: str, prosody_text: str | None, pinyin: list[str]) -> Spoken:
        """Read tokens from a corpus's labelled pinyin, punctuation from the text.

        prosody_text: the text with marks #1 to #4 (or None), which end the words.
        Raises: AlignmentError where characters and labels do not match one to one, or a label
        is no syllable of the table.
        """
        if self._bpe:
            return self(text)
        items = erhua.read_labels((label.lower() for label in pinyin), self._fused)
        marked = read_marks(prosody_text or text)
        said = sum(map(is_said, marked.text))
        if said != len(items):
            raise AlignmentError(
                f"{said} characters but {len(items)} labelled syllables: {text!r}, "
                f"{' '.join(pinyin)}"
            )
        words = _collapse(self._labelled_words(marked, items, text))
        if self._predict and not marked.levels:
            words = set_marks(words, self._predict)
        return Spoken(text, normalize(text)[0], tuple(words), ())

    def _labelled_words(self, marked: Marked, items: list[str], text: str) -> list[Word]:
        """Cut words at prosody marks and punctuation; keep the marks if the voice has them."""
        words: list[Word] = []
        hanzi, syllables = "", []

        def end_word() -> None:
            nonlocal hanzi, syllables
            if hanzi:
                words.append(self._word(hanzi, syllables, "labelled"))
                hanzi, syllables = "", []

        levels = list(marked.levels) or [0] * len(items)
        for index, label in enumerate(items):
            if index and label in ("", "er5"):  # no mark parts the suffix from its syllable
                levels[index] = max(levels[index - 1 : index + 1])
                levels[index - 1] = 0
        labels = iter(zip(items, levels, strict=True))
        for character in marked.text:
            if is_said(character):
                label, level = next(labels)
                syllable = label if erhua.is_fused(label) else table_syllable(label)
                if syllable is None or (label in ("", "er5") and character != erhua.SUFFIX):
                    raise AlignmentError(f"{character!r} is labelled {label!r} in {text!r}")
                hanzi += character
                syllables.append(syllable)
                if level:
                    end_word()
                    words += [mark_word(level)] if self._predict else []
            elif character in PAUSES:
                end_word()
                words.append(_pause(WRITTEN[PAUSES[character]]))
        end_word()
        return words

    def _read(self, hanzi: str, fixed: Mapping[int, tuple[str, ...]]) -> Iterator[Word]:
        """Yield words of a run of Hanzi, erhua as the configuration has it."""
        entries = self.lattice.read(simplified(hanzi), fixed)
        read = [(entry.word, list(entry.said)) for entry in entries]
        sources = [entry.source for entry in entries for _ in entry.word]
        start = 0
        for word, said in erhua.reach_back(read) if self._fused else read:
            tokens = erhua.fuse(word, said) if self._fused else said
            yield self._word(hanzi[start : start + len(word)], tokens, sources[start])
            start += len(word)

    def _word(self, text: str, syllables: Sequence[str], source: str) -> Word:
        unit = self.config.unit
        return Word(text, tuple(t for s in syllables for t in erhua.tokens_of(s, unit)), source)

    def _latin(self, letters: str, given: Mapping[int, Part]) -> Iterator[Word]:
        """Yield English words where the table has their symbols, else letter by letter."""
        if not self._english:
            yield from map(self._spell, letters.split())
            return
        start = 0
        for stop, part in sorted(given.items()):
            yield from self._english.say(letters[start:stop].strip())
            yield self._english.say_phones(part.text, part.phones)
            start = stop + len(part.text)
        yield from self._english.say(letters[start:].strip())

    def _spell(self, letters: str) -> Word:
        names = " ".join(LETTERS[letter] for letter in letters.lower())
        return self._word(letters, names.split(), "spelled")

    def _latin_lexicon(self, texts: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
        """Yield English words, or letters and the Latin words of `texts` spelled out."""
        pieces = (piece for text in texts for piece in _PIECE.finditer(normalize(text)[0]))
        runs = [piece["latin"] for piece in pieces if piece["latin"]]
        if self._english:
            yield from self._english.lexicon(runs)
            return
        words = sorted(" ".join(runs).lower().split())
        for word in dict.fromkeys([*LETTERS, *initialisms(), *words]):
            yield word, [token for said in self._latin(word, {}) for token in said.tokens]

    def lexicon(self, texts: Iterable[str] = ()) -> Iterator[tuple[str, list[str]]]:
        """Yield codes of the tokens; characters, words, letters and marks for the longest match.

        With the rules of write_rule_fsts a runtime needs the codes alone; without, it cuts a text
        by longest match and knows no sandhi between words. Quotes map to the blank: 1.13 would
        otherwise send a token that no training text has.
        """
        yield from codes.entries(self.token_table())
        if self._bpe:
            for piece in self._bpe.table.symbols:
                if all(map(is_hanzi, piece)):
                    yield piece, [piece]
            return
        texts = list(texts)
        yield from self._latin_lexicon(texts)
        for mark in "：；、—":
            yield mark, [","]
        yield from (("——", [","]), ("…", ["."]), ("……", ["."]))
        for quote in "“”‘’":
            yield quote, ["_"]
        for word, said in (*self.lattice.alone(), *self.lattice.pairs("一不")):
            tokens = erhua.fuse(word, said) if self._fused else said
            yield word, list(self._word(word, tokens, "dictionary").tokens)

    def write_rule_fsts(self, folder: Path) -> list[Path]:
        """Write numbers.fst, which turns numbers into Hanzi, and, but for bpe, readings.fst,
        which reads Hanzi as this front end does.

        See tts.text.fst.numbers and tts.text.fst.readings; prosody marks are beyond them.
        """
        numbers, readings = folder / "numbers.fst", folder / "readings.fst"
        write_number_fst(numbers)
        if self._bpe:
            return [numbers]
        table = self.token_table()
        code = {token: codes.code_of(token, table) or "" for token in table.symbols}

        def spell(word: str, said: Sequence[str]) -> list[str]:
            syllables = erhua.fuse(word, said) if self._fused else said
            return ["".join(code[t] for t in erhua.tokens_of(s, unit)) for s in syllables]

        unit = self.config.unit
        names = {letter: "".join(spell(letter, said.split())) for letter, said in LETTERS.items()}
        fuses = (lambda s: bool(erhua.fused_syllable(s))) if self._fused else None
        write_rule_fst(readings, self.lattice, spell, None if self._english else names, fuses)
        return [numbers, readings]


def syllables_of(said: Iterable[str]) -> tuple[str, ...]:
    """Return valid pinyin with tone digits as the token table writes it, one item a character."""
    return tuple(table_syllable(item) or "" for item in split_labels(said))


def _numbered(written: str, piece: re.Match[str], text: str) -> bool:
    """Tell whether a run of Hanzi begins with the 一 of a name: T一航站楼, B一层, T1会."""
    start, hanzi = piece.start(), piece[0]
    if hanzi[0] != "一" or not start:
        return False
    last, following = written[start - 1], hanzi[1:2]
    counted = vocabulary.is_measure(following or "号") or re.match(MEASURES, hanzi[1:])
    named = last.isascii() and not counted
    if named and re.search(f"{re.escape(last)}[- ]?1 ?{following}", text):
        return True  # Air Force 1还有
    if not _LETTER.fullmatch(written[max(0, start - 3) : start]):
        return False
    if f"{written[start - 1]}1{hanzi[1:2]}" in text:
        return True
    return hanzi[1:2] not in ("个", "样") and (
        hanzi[:2] not in vocabulary.frequencies() or vocabulary.is_measure(hanzi[1:2] or "号")
    )


def _within(piece: re.Match[str], given: Mapping[int, _Given]) -> dict[int, _Given]:
    """Return the given words of a piece, by their places in it."""
    begin, end = piece.span()
    return {place - begin: part for place, part in given.items() if begin <= place < end}


def _normalize_parts(parts: Sequence[Part]) -> tuple[str, list[Problem]]:
    """Return neighbouring parts as one normalised text, and the problems where they stand."""
    said, found = normalize("".join(part.text for part in parts))
    starts = list(accumulate((len(part.text) for part in parts), initial=0))
    problems = []
    for problem in found:
        index = bisect_right(starts, problem.position, hi=len(parts)) - 1
        position = problem.position - starts[index] + parts[index].position
        problems.append(replace(problem, position=position))
    return said, problems


def _pause(written: str) -> Word:
    return Word(written, (PAUSES[written],), "punctuation")


def _collapse(words: list[Word]) -> list[Word]:
    """Keep only the first of neighbouring punctuation marks."""
    return [
        word
        for index, word in enumerate(words)
        if word.source != "punctuation" or not index or words[index - 1].source != "punctuation"
    ]

"""The Mandarin front end: normalisation, readings, labelled pinyin, Latin letters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from tts.text import codes, phrases
from tts.text.bpe import BpeModel
from tts.text.characters import Leftovers, fold, is_hanzi
from tts.text.frontend import AlignmentError, FrontEndConfig, Spoken, Word
from tts.text.matching import Run
from tts.text.normalize_mandarin import PAUSES, WRITTEN, normalize
from tts.text.pinyin import (
    PUNCTUATION,
    pinyin_table,
    split_labels,
    syllable_tokens,
    table_syllable,
)
from tts.text.tokens import TokenTable

_PIECE = re.compile(r"(?P<latin>[A-Za-z]+)|(?P<pause>[，。！？])|(?P<hanzi>[^A-Za-z，。！？\s]+)")
_MARK = re.compile(r"#[1-4]")

# How Latin letters are called, in syllables that the token table has.
LETTERS = {
    **{"a": "ei1", "b": "bi4", "c": "xi1", "d": "di4", "e": "yi4", "f": "ai2 fu", "g": "ji4"},
    **{"h": "ei2 chi", "i": "ai4", "j": "zhe4", "k": "kai4", "l": "ai2 lou", "m": "ai2 mu"},
    **{"n": "en1", "o": "ou1", "p": "pi4", "q": "kou4", "r": "a4 er", "s": "ai2 si", "t": "ti4"},
    **{"u": "you1", "v": "wei1", "w": "da2 bu liu", "x": "ai2 ke si", "y": "wai4", "z": "zei4"},
}


class MandarinFrontEnd:
    """Mandarin text to pinyin tokens (see FrontEnd). config.unit chooses the token table."""

    def __init__(self, config: FrontEndConfig):
        self.config = config
        self._bpe = BpeModel(config.bpe_model, PUNCTUATION) if config.unit == "bpe" else None

    def token_table(self) -> TokenTable:
        """The reference's 2069 syllables, initials and finals, or the bpe pieces."""
        return self._bpe.table if self._bpe else pinyin_table(self.config.unit)

    def normalize(self, text: str) -> str:
        """Hanzi, Latin letters and ，。！？ only."""
        return normalize(text)[0]

    def __call__(self, text: str) -> Spoken:
        """Predicted pinyin of any text; what cannot be said stands in `problems`."""
        normalized, problems = normalize(text)
        words: list[Word] = []
        leftovers = Leftovers(text)
        for piece in _PIECE.finditer(normalized):
            if piece["pause"]:
                words.append(_pause(piece[0]))
            elif self._bpe:
                tokens, unknown = self._bpe.encode(piece[0].lower())
                words.append(Word(piece[0], tokens, "bpe"))
                problems += [leftovers.problem(symbol) for symbol in unknown]
            elif piece["latin"]:
                words.append(self._spell(piece[0]))
            else:
                for word, syllables in phrases.read(piece[0]):
                    words.append(self._word(word, syllables, "dictionary"))
        problems.sort(key=lambda problem: problem.position)
        return Spoken(text, normalized, tuple(words), tuple(problems))

    def from_labels(self, text: str, prosody_text: str | None, pinyin: list[str]) -> Spoken:
        """Tokens from a corpus's labelled pinyin, punctuation from the text.

        prosody_text: the text with marks #1 to #4 (or None), which end the words.
        Raises: AlignmentError where characters and labels do not match one to one, or a label
        is no syllable of the table.
        """
        if self._bpe:
            return self(text)
        items = split_labels(label.lower() for label in pinyin)
        marked = prosody_text or text
        said = [c for c in _MARK.sub("", marked) if is_hanzi(c) or fold(c).isalpha()]
        if len(said) != len(items):
            raise AlignmentError(
                f"{len(said)} characters but {len(items)} labelled syllables: {text!r}, "
                f"{' '.join(pinyin)}"
            )
        labels = iter(items)
        words: list[Word] = []
        for part in _MARK.split(marked):
            words += self._labelled_words(part, labels, text)
        return Spoken(text, normalize(text)[0], tuple(_collapse(words)), ())

    def _labelled_words(self, part: str, labels: Iterator[str], text: str) -> list[Word]:
        """The characters between two prosody marks as a word, and the punctuation among them."""
        words: list[Word] = []
        hanzi, syllables = "", []
        for character in part:
            if is_hanzi(character) or fold(character).isalpha():
                label = next(labels)
                syllable = table_syllable(label)
                if syllable is None or (label == "er5" and character != "儿"):
                    raise AlignmentError(f"{character!r} is labelled {label!r} in {text!r}")
                hanzi += character
                syllables.append(syllable)
            elif character in PAUSES:
                if syllables:
                    words.append(self._word(hanzi, syllables, "labelled"))
                    hanzi, syllables = "", []
                words.append(_pause(WRITTEN[PAUSES[character]]))
        return [*words, self._word(hanzi, syllables, "labelled")] if syllables else words

    def _word(self, text: str, syllables: list[str], source: str) -> Word:
        unit = self.config.unit
        return Word(text, tuple(t for s in syllables for t in syllable_tokens(s, unit)), source)

    def _spell(self, letters: str) -> Word:
        names = " ".join(LETTERS[letter] for letter in letters.lower())
        return self._word(letters, names.split(), "spelled")

    def lexicon(self, texts: Iterable[str] = ()) -> Iterator[tuple[str, list[str]]]:
        """Codes of the tokens; characters, words, letters and marks for the longest match.

        Quotes map to the blank: 1.13 would otherwise send a token that no training text has.
        """
        yield from codes.entries(self.token_table())
        if self._bpe:
            for piece in self._bpe.table.symbols:
                if all(map(is_hanzi, piece)):
                    yield piece, [piece]
            return
        for letter in LETTERS:
            yield letter, list(self._spell(letter).tokens)
        for mark in "：；、—":
            yield mark, [","]
        yield from (("——", [","]), ("…", ["."]), ("……", ["."]))
        for quote in "“”‘’":
            yield quote, ["_"]
        runs = [run for text in texts for run in _runs(text)]
        for word, syllables in phrases.lexicon(runs).items():
            yield word, list(self._word(word, list(syllables), "dictionary").tokens)


def _runs(text: str) -> Iterator[Run]:
    """The runs of Hanzi in a text, with their syllables."""
    for piece in _PIECE.finditer(normalize(text)[0]):
        if piece["hanzi"]:
            said = phrases.read(piece["hanzi"])
            yield piece["hanzi"], [syllable for _, syllables in said for syllable in syllables]


def _pause(written: str) -> Word:
    return Word(written, (PAUSES[written],), "punctuation")


def _collapse(words: list[Word]) -> list[Word]:
    """Of neighbouring punctuation marks only the first."""
    return [
        word
        for index, word in enumerate(words)
        if word.source != "punctuation" or not index or words[index - 1].source != "punctuation"
    ]

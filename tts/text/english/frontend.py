"""Say English with permissively licensed parts: dictionary, rules, letter to sound."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from tts.text.bpe import BpeModel
from tts.text.characters import Leftovers, fold, is_hanzi
from tts.text.english.arpabet import PUNCTUATION, lexicon_table, to_ipa
from tts.text.english.characters import Characters
from tts.text.english.dictionary import dictionary
from tts.text.english.hanzi_problems import join_hanzi_problems
from tts.text.english.heteronyms import choose, readings
from tts.text.english.normalize import normalize
from tts.text.english.pronounce import homophone, possessive, pronounce, words
from tts.text.english.protected_words import ProtectedText, protect
from tts.text.spoken import FrontEndConfig, Problem, Spoken, Word
from tts.text.tokens import TokenTable
from tts.text.user_lexicon import parse, word_key

_WORD = re.compile(r"[A-Za-z']+|[,.!?;]")
_PLAIN = re.compile(r"'?[a-z]+(?:'[a-z]+)*'?")


class Piece(NamedTuple):
    """Hold a word or mark with the spelling under which the runtime's lexicon holds it."""

    word: Word
    key: str


class LexiconFrontEnd:
    """Turn English text into IPA tokens (see FrontEnd), as the runtime's lexicon says it.

    The runtime's lexicon holds one pronunciation a spelling: another reading of a heteronym
    stands there as read'2, which the runtime reads as one word.
    """

    runs_in = (
        "Runs in sherpa-onnx **2.x** from its lexicon.txt. It does not run on 1.13.x, which "
        "speaks English through espeak-ng only. 2.x reads no digits by itself: write numbers "
        "out, or send the text through the normaliser of the front end first. Words that "
        "lexicon.txt does not hold are skipped by the runtime."
    )
    cut_note = (
        "\n`max_words_in_sentence` is for 2.x: without it, and in the command line's program, "
        "a sentence of more than 20 words\nis cut in two and the pause at the cut sounds wrong. "
        "Keep sentences short there, or put commas.\n"
    )

    def __init__(self, config: FrontEndConfig):
        self.config = config
        self._spelling: BpeModel | Characters | None = None
        if config.bpe_model:
            self._spelling = BpeModel(config.bpe_model, (" ", *PUNCTUATION))
        elif config.unit == "characters":
            self._spelling = Characters()
        entries = parse(config.user_lexicon, config.language, "the voice's user lexicon")
        self._user = {w: phones for w, phones in entries.items() if not any(map(is_hanzi, w))}
        self._keys = {word: _key_of(word) for word in self._user}

    def token_table(self) -> TokenTable:
        """Return `_` 0, ASCII symbols at their code points, other IPA symbols from 1 on; or
        those of the unit.
        """
        return self._spelling.table if self._spelling else lexicon_table()

    def normalize(self, text: str) -> str:
        """Write words as the exported lexicon holds them, single spaces, single `, . ! ? ;`."""
        pieces, _, _ = self._pieces(text)
        return "".join(piece.key for piece in pieces)

    def __call__(self, text: str) -> Spoken:
        """Say words between single spaces; no space stands beside punctuation."""
        pieces, normalized, problems = self._pieces(text)
        problems = join_hanzi_problems(
            text, problems, "left out: an English voice cannot say Mandarin"
        )
        return Spoken(text, normalized, tuple(piece.word for piece in pieces), tuple(problems))

    def _pieces(self, text: str) -> tuple[list[Piece], str, list[Problem]]:
        """Return words, spaces and marks of a text, its normalised form, what cannot be said."""
        protected = protect(text, self._user)
        normalized, found = normalize(protected.text)
        problems = [protected.restored(problem) for problem in found] + protected.problems
        spelled = _WORD.findall(normalized)
        written = [protected.written(piece) for piece in spelled] if protected.words else spelled
        pieces: list[Piece] = []
        leftovers = Leftovers(text)
        for index, piece in enumerate(spelled):
            if piece in PUNCTUATION:
                pieces.append(Piece(Word(piece, (piece,), "punctuation"), piece))
                continue
            if pieces:
                if pieces[-1].word.source == "punctuation":
                    pieces[-1] = pieces[-1]._replace(key=pieces[-1].key + " ")
                else:
                    pieces.append(Piece(Word(" ", (" ",), "space"), " "))
            if self._spelling:
                tokens, unknown = self._spelling.encode(written[index].lower())
                pieces.append(Piece(Word(written[index], tokens, self.config.unit), written[index]))
                problems += [leftovers.problem(symbol) for symbol in unknown]
            else:
                pieces.append(self._say(spelled, written, index, protected))
        return pieces, protected.written(normalized), problems

    def _say(
        self, spelled: list[str], written: list[str], index: int, protected: ProtectedText
    ) -> Piece:
        """Return the word at `index`: as the text or the user says it, by context, or as always."""
        found = protected.find(spelled[index]) if protected.words else None
        text = written[index]
        if found:
            word, ending = found
            tokens = possessive(to_ipa(word.phones), ending)
            if word.source == "lexicon":
                return Piece(Word(text, tokens, word.source), self._keys[word.key] + ending)
            # A lexicon made beforehand cannot hold it; a word that sounds so may stand for it.
            plain = "".join(map(fold, word_key(text)))
            key = homophone(plain, word.phones) if not ending else ""
            return Piece(Word(text, tokens, word.source), key or plain)
        word = text.lower()
        several = readings().get(word)
        if not several:
            return Piece(Word(text, *pronounce(word)), text)
        names = list(several)
        number = names.index(choose(written, index))
        said = Word(text, to_ipa(several[names[number]]), "rule" if number else "dictionary")
        return Piece(said, f"{word}'{number + 1}" if number else text)

    def write_rule_fsts(self, folder: Path) -> list[Path]:
        """Write none: the runtime reads what `normalize` gives."""
        return []

    def lexicon(self, texts: Iterable[str] = ()) -> Iterator[tuple[str, list[str]]]:
        """Yield user's words, every word of the dictionary and reading of a heteronym, the other
        words of `texts`.
        """
        seen: set[str] = set()
        for word, phones in self._user.items():
            for ending in ("", "'s"):
                key = self._keys[word] + ending
                symbols = possessive(to_ipa(phones), ending)
                yield key, list(self._spelling.encode(key)[0] if self._spelling else symbols)
                seen.add(key)
        for word, symbols in words():
            if word not in seen:
                yield word, list(self._spelling.encode(word)[0] if self._spelling else symbols)
        if not self._spelling:
            for word, several in readings().items():
                for number, phones in enumerate(list(several.values())[1:], 2):
                    yield f"{word}'{number}", list(to_ipa(phones))
        known = dictionary()
        for text in texts:
            for word, key in self._pieces(text)[0]:
                entry = word.text.lower()
                symbols = word.tokens
                if word.source == "override":
                    # Where no spelling says it, the runtime says the word as usual.
                    entry, symbols = key.lower(), pronounce(key.lower())[0]
                elif word.source in ("space", "punctuation", "lexicon") or entry in readings():
                    continue
                if entry not in known and entry not in seen and _PLAIN.fullmatch(entry):
                    seen.add(entry)
                    if symbols:
                        yield entry, list(symbols)


def _key_of(word: str) -> str:
    """Return the spelling of a user's word in the runtime's lexicon, which holds a-z, 0-9 and '."""
    if _PLAIN.fullmatch(word):
        return word
    plain = "".join(c for c in "".join(map(fold, word)) if c.isalnum() or c == "'").lower()
    return plain.strip("'") + "'0"

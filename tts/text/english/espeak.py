"""Say English as the reference does: espnet's cleaner and espeak through piper-phonemize.

Both need GPL packages and stay an extra (requirements-espeak.txt).
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from tts.errors import InputError
from tts.text.characters import Leftovers, name_of
from tts.text.english.hanzi_problems import join_hanzi_problems
from tts.text.spoken import FrontEndConfig, Problem, Spoken, Word
from tts.text.tokens import TokenTable

# The phones espeak may give for English and other languages, in the order of their ids; the
# table of the published voices.
_SYMBOLS = (
    "_^$ !'(),-.:;?abcdefhijklmnopqrstuvwxyzæçðøħŋœ"
    "ǀǁǂǃɐɑɒɓɔɕɖɗɘəɚɛɜɞɟɠɡɢɣɤɥɦɧɨɪɫɬɭɮɯɰɱɲɳɴɵɶɸɹɺɻɽɾ"
    "ʀʁʂʃʄʈʉʊʋʌʍʎʏʐʑʒʔʕʘʙʛʜʝʟʡʢʲˈˌːˑ˞βθχᵻⱱ0123456789"
    '\u0327\u0303\u032a\u032f\u0329ʰˤε↓#"↑\u033a\u033bgʦX'
)

_lock = threading.Lock()


def _fresh_lock() -> None:
    """Give a forked child a lock of its own: another thread may hold this one."""
    global _lock
    _lock = threading.Lock()


os.register_at_fork(after_in_child=_fresh_lock)


@lru_cache(maxsize=1)
def espeak_table() -> TokenTable:
    """Return the reference's 157 tokens, one code point each."""
    return TokenTable.of(_SYMBOLS)


@lru_cache(maxsize=1)
def _packages() -> tuple[Callable[[str], str], Callable[[str, str], Any], Callable[[str], str]]:
    """Load cleaner, phonemizer, transliterator; InputError where they are not installed."""
    try:
        from piper_phonemize import phonemize_espeak
        from tacotron_cleaner.cleaners import custom_english_cleaners
        from unidecode import unidecode
    except ImportError as error:
        raise InputError(
            f"the espeak front end needs an optional package ({error}); type: pip install -r "
            "requirements-espeak.txt (Python 3.11 or older), or use --frontend lexicon"
        ) from None
    return custom_english_cleaners, phonemize_espeak, unidecode


def _clean(text: str) -> str:
    """Drop lone surrogates and zero bytes, which a C++ library cannot take."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", " ")


class EspeakFrontEnd:
    """Turn English into espeak's IPA (see FrontEnd). Raises InputError without its extra."""

    runs_in = (
        "Runs in sherpa-onnx **1.13.x** with an espeak-ng-data folder, which is not part of "
        "this package (the wheel piper-phonemize carries one). sherpa-onnx 2.x has no espeak: "
        "there, give code points of the phonemes (`GenerationConfig.phoneme_codepoints`)."
    )
    cut_note = ""

    def __init__(self, config: FrontEndConfig):
        self.config = config

    def token_table(self) -> TokenTable:
        """Return the reference's 157 symbols; needs none of the optional packages."""
        return espeak_table()

    def normalize(self, text: str) -> str:
        """Write numbers and abbreviations out, drop accents, in upper case (espnet's way)."""
        cleaner = _packages()[0]
        text = _clean(text)
        try:
            return cleaner(text)
        except Exception:  # whatever its number grammar meets in a strange string
            return " ".join(text.upper().split())

    def __call__(self, text: str) -> Spoken:
        """Say espeak's sentences as words; report and drop symbols outside the table."""
        normalized = self.normalize(text)
        _, phonemize, transliterate = _packages()
        with _lock:
            sentences = phonemize(normalized, "en-us") if normalized.strip() else []
        table = espeak_table().symbols
        leftovers = Leftovers(text)
        words: list[Word] = []
        problems = [
            Problem(position, character, f"left out: {name_of(character)}")
            for position, character in enumerate(text)
            if not character.isspace() and not transliterate(_clean(character)).strip()
        ]
        for sentence in sentences:
            for symbol in sentence:
                if symbol not in table:
                    problems.append(leftovers.problem(symbol))
            said = "".join(symbol for symbol in sentence if symbol in table)
            for index, part in enumerate(said.split(" ")):
                if index:
                    words.append(Word(" ", (" ",), "space"))
                if part:
                    words.append(Word(part, tuple(part), "espeak"))
        problems = join_hanzi_problems(text, problems, "said in English spelling, not as Mandarin")
        return Spoken(text, normalized, tuple(words), tuple(problems))

    def write_rule_fsts(self, folder: Path) -> list[Path]:
        """Write none: the runtime reads what `normalize` gives."""
        return []

    def lexicon(self, texts: Iterable[str] = ()) -> Iterator[tuple[str, list[str]]]:
        """Yield nothing: espeak says every word in its context."""
        return iter(())

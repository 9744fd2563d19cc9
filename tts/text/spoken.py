"""What a front end is given and gives: its configuration, its protocol, and spoken text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from tts.config import option
from tts.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from tts.text.tokens import TokenTable


class AlignmentError(InputError):
    """Labels and characters of an utterance do not match one to one."""


@dataclass(frozen=True)
class Word:
    """One word, space or punctuation mark and how it is said.

    source: dictionary, rule (derived from a dictionary word, or chosen by context), model
    (learned from labels), fallback (letter to sound), override (written into the text), lexicon
    (the user's), spelled (letter by letter), labelled, prosody, space, punctuation, espeak, bpe.
    """

    text: str
    tokens: tuple[str, ...]
    source: str


@dataclass(frozen=True)
class Problem:
    """Something of the input that was dropped or cannot be said.

    position: index into the input text of the first character concerned.
    """

    position: int
    text: str
    reason: str


@dataclass(frozen=True)
class Spoken:
    """A text, its normalised form, its words with their tokens, and what went wrong."""

    text: str
    normalized: str
    words: tuple[Word, ...]
    problems: tuple[Problem, ...] = ()

    @property
    def tokens(self) -> list[str]:
        """All words' tokens in order, without blanks or framing."""
        return [token for word in self.words for token in word.tokens]


@dataclass(frozen=True)
class FrontEndConfig:
    """Which front end and how; stored with the data, in checkpoints and exports."""

    language: Literal["en-us", "zh", "zh_en"] = option(
        "en-us", "language of the text; zh_en: Mandarin with English words"
    )
    frontend: Literal["lexicon", "espeak", "pinyin"] = option(
        "lexicon", "lexicon or espeak for English, pinyin for Mandarin"
    )
    unit: Literal["phone", "syllable", "initial_final", "bpe"] = option(
        "phone", "English: phone or bpe; Mandarin: syllable, initial_final or bpe"
    )
    framing: Literal["blank", "runtime", "reference"] = option(
        "blank", "blanks and sentence marks around tokens; runtime and reference: espeak only"
    )
    pinyin: Literal["labelled", "predicted"] = option(
        "labelled", "Mandarin training: the corpus's labels or predicted pinyin"
    )
    vocab_size: int = option(0, "number of bpe pieces, with unit bpe")
    bpe_model: str = option("", "the sentencepiece model in base64, with unit bpe")
    prosody: bool = option(
        False, "Mandarin: 1 adds the tokens #1 to #4 where the voice groups its words"
    )
    prosody_model: str = option("", "what predicts #1 to #4, in base64; empty: rules")
    erhua: Literal["split", "fused"] = option(
        "split", "Mandarin: the suffix 儿 as a token of its own or in its syllable's"
    )
    reading_model: str = option(
        "", "Mandarin: how the corpus's speaker reads, in base64; empty: rules"
    )
    user_lexicon: str = option("", "lines `word pronunciation` that stand over the dictionaries")


class FrontEnd(Protocol):
    """Text to tokens. Deterministic, safe in threads and forks, never raises on any string."""

    config: FrontEndConfig

    def __call__(self, text: str) -> Spoken:
        """Normalise `text` and say it."""

    def normalize(self, text: str) -> str:
        """What a runtime without a normaliser must be given to say the same."""

    def token_table(self) -> TokenTable:
        """This front end's table; no data ever extend it."""

    def lexicon(self, texts: Iterable[str] = ()) -> Iterable[tuple[str, list[str]]]:
        """Words and phrases with their tokens, for the runtime's lexicon.txt.

        With what `texts` need beside, so that the runtime says them as the front end does.
        """

    def write_rule_fsts(self, folder: Path) -> list[Path]:
        """Write the rule FSTs with which a runtime says any text as the front end does.

        Returns: the files in the order of their use; none where the runtime needs none.
        """

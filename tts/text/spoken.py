"""Define what a front end is given and gives: its configuration, protocol, and spoken text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from tts.config import option
from tts.errors import InputError
from tts.text.languages import (
    FRAMINGS,
    FRONT_ENDS,
    NAMES,
    UNITS,
    FrontEndKind,
    kind_of,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tts.text.tokens import TokenTable


class AlignmentError(InputError):
    """Say that labels and characters of an utterance do not match one to one."""


@dataclass(frozen=True)
class Word:
    """Hold one word, space or punctuation mark and how it is said.

    source: dictionary, rule (derived from a dictionary word, or chosen by context), model
    (learned from labels), fallback (letter to sound), override (written into the text), lexicon
    (the user's), spelled (letter by letter), labelled, prosody, space, punctuation, phone (the
    text itself), espeak, bpe.
    """

    text: str
    tokens: tuple[str, ...]
    source: str


@dataclass(frozen=True)
class Problem:
    """Point to something of the input that was dropped or cannot be said.

    position: index into the input text of the first character concerned.
    """

    position: int
    text: str
    reason: str


@dataclass(frozen=True)
class Spoken:
    """Hold a text, its normalised form, its words with their tokens, and what went wrong."""

    text: str
    normalized: str
    words: tuple[Word, ...]
    problems: tuple[Problem, ...] = ()

    @property
    def tokens(self) -> list[str]:
        """Join the tokens of all words in order, without blanks or framing."""
        return [token for word in self.words for token in word.tokens]


@dataclass(frozen=True)
class Marked:
    """Hold a labelled text without its prosody marks.

    levels: 0 to 4 after each character that is said; empty where the text holds no mark. faults
    are for people.
    """

    text: str
    levels: tuple[int, ...]
    faults: tuple[str, ...] = ()


@dataclass(frozen=True)
class FrontEndConfig:
    """Hold which front end and how; stored with the data, in checkpoints and exports."""

    language: Literal[NAMES] = option(
        "en-us", "language of the text; zh_en: Mandarin with English words; phones: of any language"
    )
    frontend: Literal[FRONT_ENDS] = option(
        "lexicon", "lexicon or espeak for English, pinyin for Mandarin, phones for phones"
    )
    unit: Literal[UNITS] = option(
        "phone",
        "English: phone, bpe, characters; Mandarin: syllable, initial_final, bpe; phones: phone",
    )
    framing: Literal[FRAMINGS] = option(
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
    symbols: str = option(
        "", "phones: the symbols of the token table in the order of their ids, spaces between them"
    )

    @property
    def spells(self) -> bool:
        """Return whether tokens are pieces of the spelling, so that nothing says them as phones."""
        return self.unit in ("bpe", "characters")

    @property
    def kind(self) -> FrontEndKind:
        """Return its front end in the language table; InputError where there is none."""
        return kind_of(self.language, self.frontend)


class FrontEnd(Protocol):
    """Turn text into tokens: deterministic, safe in threads and forks, raising on no string."""

    config: FrontEndConfig
    runs_in: str  # for a package's README: which runtimes speak it, and what they leave out
    cut_note: str  # and how 2.x cuts long sentences

    def __call__(self, text: str) -> Spoken:
        """Say `text`, after normalising it."""

    def normalize(self, text: str) -> str:
        """Write `text` as a runtime without a normaliser must be given it to say the same."""

    def token_table(self) -> TokenTable:
        """Return this front end's table; no data ever extend it."""

    def lexicon(self, texts: Iterable[str] = ()) -> Iterable[tuple[str, list[str]]]:
        """Yield words and phrases with their tokens, for the runtime's lexicon.txt.

        With what `texts` need beside, so that the runtime says them as the front end does.
        """

    def write_rule_fsts(self, folder: Path) -> list[Path]:
        """Write the rule FSTs with which a runtime says any text as the front end does.

        Returns: the files in the order of their use; none where the runtime needs none.
        """

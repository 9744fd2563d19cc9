"""Define the keys of corpus.toml, the facts of a recipe about its corpus."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Literal

from tts.data.validation import AudioLimits
from tts.errors import InputError
from tts.text.languages import language_of


@dataclass(frozen=True)
class Download:
    """Name a file to fetch; an empty sha256 or a size of 0 means that the origin states none."""

    url: str
    filename: str
    size: int = 0
    sha256: str = ""
    licence: str = ""


@dataclass(frozen=True)
class Split:
    """Count the utterances at the end of the label file that are kept for validation and test."""

    valid: int = 100
    test: int = 500

    def __post_init__(self) -> None:
        if min(self.valid, self.test) < 1:
            raise InputError(f"valid = {self.valid}, test = {self.test}: each needs at least one")


@dataclass(frozen=True)
class Table:
    """Describe a label file of one line an utterance; paths are relative to the corpus's folder.

    columns: of audio, id, text, normalized, speaker, phones, pinyin, in order; "-" for one that
    is not used. delimiter: one character; a comma means CSV with its quotes, and with a space the
    last column takes the rest of the line.
    """

    file: str
    delimiter: str = "|"
    header: bool = False
    columns: tuple[str, ...] = ("audio", "text")
    audio_folder: str = ""


@dataclass(frozen=True)
class Times:
    """Say where phone times lie below the corpus's folder; empty: it has none of this kind.

    voice: a checkpoint in the recipe's folder, for mas and k2; empty: the recipe's own training.
    aligners: which to take when the user names none, the first that is there.
    textgrid and interval are folders, frames is a table of syllables and their frames.
    phone_tier, word_tier: names of the tiers of a TextGrid; empty: `phones` and `words`.
    """

    aligners: tuple[str, ...] = ("mas",)
    textgrid: str = ""
    interval: str = ""
    frames: str = ""
    voice: str = ""
    phone_tier: str = ""
    word_tier: str = ""


@dataclass(frozen=True)
class TeacherPackage:
    """Name a package that holds files of a teacher voice; sha256 is its archive's."""

    registry: Literal["pypi", "npm"]
    name: str
    sha256: str


@dataclass(frozen=True)
class TeacherFile:
    """Name a file of the teacher, the members of packages that it is joined from, and its hash."""

    name: str
    parts: tuple[str, ...]
    sha256: str


@dataclass(frozen=True)
class Teacher:
    """Describe a neural voice that reads the corpus (tts/data/teacher.py).

    texts: the sentences, one a line, beside corpus.toml. hours: stop there; 0 reads all.
    frontend: keys of FrontEndConfig that differ where tokens become the teacher's symbols.
    phones: one token or two without tone -> the teacher's symbols, % for the tone; a token that
    does not stand there is itself a symbol. tones: last digit of a token -> symbol.
    between_words: symbol between words. max_symbols: longer sentences are left out.
    model_rate: of its samples, in Hz. voices: folder of the style tables in the packages.
    """

    name: str
    voice: str
    texts: str
    model_rate: int
    max_symbols: int
    packages: tuple[TeacherPackage, ...]
    files: tuple[TeacherFile, ...]
    voices: str
    sample_rate: int = 22050
    speed: float = 1.0
    hours: float = 0.0
    frontend: dict[str, Any] = field(default_factory=dict)
    phones: dict[str, str] = field(default_factory=dict)
    tones: dict[str, str] = field(default_factory=dict)
    between_words: str = ""

    def __post_init__(self) -> None:
        if not 0.5 <= self.speed <= 2:
            raise InputError(f"speed = {self.speed:g} of the teacher: 0.5 to 2 are possible")
        if self.hours < 0:
            raise InputError(f"hours = {self.hours:g}: a positive number, or 0 for all texts")


@dataclass(frozen=True)
class CorpusConfig:
    """Hold the facts of a corpus.toml; name, folder and language must be there.

    folder: of the recordings and labels, in download/ or an absolute path.
    reader: `code` is the recipe's local/reader.py, `table` the label file that [table] describes.
    split: None is 100 and 500 of a large corpus, a share of a small one (tts/data/split.py).
    """

    name: str
    folder: str
    language: str
    toy_layout: str = ""
    reader: Literal["code", "table"] = "code"
    table: Table | None = None
    speaker: str = ""
    dataset: str = ""
    dataset_url: str = ""
    dataset_license: str = ""
    dataset_comment: str = ""
    sample_text: str = ""
    frontend: dict[str, Any] = field(default_factory=dict)
    mel: dict[str, Any] = field(default_factory=dict)
    downloads: tuple[Download, ...] = ()
    split: Split | None = None
    audio: AudioLimits = AudioLimits()
    align: Times = Times()
    vocoder: Download | None = None
    teacher: Teacher | None = None

    def __post_init__(self) -> None:
        if not re.fullmatch(r"\w[\w.-]*", self.name):
            raise InputError(f"name = {self.name!r} begins file names: use letters, digits, _ . -")
        language_of(self.language)
        if self.reader == "table" and self.table is None:
            raise InputError(
                'reader = "table" needs [table], which describes the label file '
                "(docs/add_corpus.md shows one)"
            )

"""What a recipe states about its corpus, what its reader returns, and where its files lie."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tts.config import from_dict, option, read_toml
from tts.data.validation import AudioLimits
from tts.errors import InputError, nearest
from tts.files import read_jsonl, remove_leftovers
from tts.stage import run_stage

ROOT = Path(__file__).resolve().parents[2]
FIRST_MODEL = "matcha"  # its toy voice lies in exp/, as it did when there was no other


def sources(*patterns: str) -> list[Path]:
    """Source files below tts/ whose change makes a stage run again, for example 'text/*.py'."""
    return sorted(path for pattern in patterns for path in (ROOT / "tts").glob(pattern))


@dataclass(frozen=True)
class Utterance:
    """One labelled recording; `position` counts the entries of the full label file from 0.

    text is as written, normalized as the corpus itself spells it out; pinyin has one item a
    syllable, prosody is the text with its marks, phones are (start, end, label) in seconds.
    """

    id: str
    audio: Path
    text: str
    position: int
    normalized: str | None = None
    speaker: str = ""
    language: str = ""
    pinyin: tuple[str, ...] | None = None
    prosody: str | None = None
    phones: tuple[tuple[float, float, str], ...] | None = None


@dataclass(frozen=True)
class Fault:
    """Something wrong with a corpus: kind is a short fixed word, detail is for people.

    A fault with a position rejects the entry there; one without rejects nothing (an extra
    file, a byte order mark) and is only reported.
    """

    id: str
    kind: str
    detail: str
    position: int | None = None


@dataclass(frozen=True)
class Download:
    """A file to fetch; an empty sha256 or a size of 0 means that the origin states none."""

    url: str
    filename: str
    size: int = 0
    sha256: str = ""
    licence: str = ""


@dataclass(frozen=True)
class Split:
    """Utterances at the end of the label file that are kept for validation and for tests."""

    valid: int = 100
    test: int = 500


@dataclass(frozen=True)
class Times:
    """Where phone times lie below the corpus's folder; empty: it has none of this kind.

    aligners: which to take when the user names none, the first that is there.
    textgrid and interval are folders, frames is a table of syllables and their frames.
    """

    aligners: tuple[str, ...] = ("mas",)
    textgrid: str = ""
    interval: str = ""
    frames: str = ""


@dataclass(frozen=True)
class CorpusConfig:
    """The facts in egs/<corpus>/TTS/corpus.toml."""

    name: str
    folder: str
    language: str
    toy_layout: str
    speaker: str = ""
    dataset: str = ""
    dataset_url: str = ""
    dataset_license: str = ""
    dataset_comment: str = ""
    sample_text: str = ""
    frontend: dict[str, Any] = field(default_factory=dict)
    mel: dict[str, Any] = field(default_factory=dict)
    downloads: tuple[Download, ...] = ()
    split: Split = Split()
    audio: AudioLimits = AudioLimits()
    align: Times = Times()
    vocoder: Download | None = None


@dataclass(frozen=True)
class RecipeOptions:
    """The flags by which every data script finds its recipe."""

    corpus: str = option("", "the corpus: a folder of egs/")
    toy: bool = option(False, "1: the embedded toy corpus, in the recipe's toy/ folder")
    dl_dir: str = option("", "folder of the corpus or its archive; empty: download/")
    work: str = option("", "folder for data/ and download/; empty: the recipe's own")


@dataclass(frozen=True)
class Recipe:
    """A corpus's recipe and its working folder; all paths are absolute."""

    config: CorpusConfig
    folder: Path
    work: Path
    dl_dir: Path
    toy: bool = False

    @classmethod
    def open(cls, options: RecipeOptions, root: Path = ROOT) -> Recipe:
        """Find a recipe; InputError names the ones that exist."""
        known = sorted(path.parts[-3] for path in root.glob("egs/*/TTS/corpus.toml"))
        if options.corpus not in known:
            raise InputError(
                f"--corpus {options.corpus or '(not given)'}: no such recipe below "
                f"{root / 'egs'}{nearest(options.corpus, known)}"
            )
        folder = root / "egs" / options.corpus / "TTS"
        toml = folder / "corpus.toml"
        work = Path(options.work).resolve() if options.work else folder
        work = work / "toy" if options.toy else work
        dl_dir = Path(options.dl_dir).absolute() if options.dl_dir else work / "download"
        config = from_dict(CorpusConfig, read_toml(toml), str(toml))
        return cls(config, folder, work, dl_dir, options.toy)

    @property
    def corpus_dir(self) -> Path:
        return self.dl_dir / self.config.folder

    @property
    def data(self) -> Path:
        return self.work / "data"

    @property
    def reader_path(self) -> Path:
        return self.folder / "local" / "reader.py"

    def facts(self) -> dict[str, str]:
        """What a checkpoint and an export say about the corpus."""
        names = ("name", "language", "speaker", "dataset", "dataset_url")
        names += ("dataset_license", "dataset_comment")
        facts = {name: getattr(self.config, name) for name in names}
        if self.toy:
            facts.update(
                dataset=f"toy corpus in the layout of {self.config.dataset}",
                dataset_url="",
                dataset_license="CC0-1.0",
                dataset_comment="synthetic speech made by tools/make_toy_corpus.py",
            )
        return facts

    def exp_dir(self, model: str) -> Path:
        """Where a model's checkpoints lie unless the user says otherwise."""
        first = self.toy and model == FIRST_MODEL
        return self.work / "exp" if first else self.work / model / "exp"

    def frontend(self) -> dict[str, Any]:
        """The front end of the prepared data, else the one corpus.toml names."""
        prepared = self.data / "frontend.toml"
        if prepared.is_file():
            return read_toml(prepared)
        return {"language": self.config.language, **self.config.frontend}

    def cuts(self, split: str) -> Iterator[dict[str, Any]]:
        """The cuts of a split as plain values."""
        return read_jsonl(self.fbank(f"cuts_{split}.jsonl.gz"))

    def texts(self) -> Iterator[str]:
        """The normalised texts of the prepared data; none where nothing is prepared."""
        supervisions = self.manifest("supervisions.jsonl.gz")
        for item in read_jsonl(supervisions) if supervisions.is_file() else ():
            yield item["custom"].get("normalized_text") or item["text"]

    def manifest(self, kind: str) -> Path:
        """data/manifests/<name>_<kind>, for example kind 'cuts_raw.jsonl.gz'."""
        return self.data / "manifests" / f"{self.config.name}_{kind}"

    def fbank(self, kind: str) -> Path:
        """data/fbank/<name>_<kind>, for example kind 'cuts_train.jsonl.gz'."""
        return self.data / "fbank" / f"{self.config.name}_{kind}"

    def read(self) -> tuple[list[Utterance], list[Fault]]:
        """Call the recipe's own reader on the corpus."""
        if not self.corpus_dir.is_dir():
            raise InputError(
                f"{self.corpus_dir} does not exist; run stage 0 (download), or give --dl-dir "
                f"the folder that holds your copy of {self.config.folder}"
            )
        spec = importlib.util.spec_from_file_location(
            f"reader_of_{self.config.name}", self.reader_path
        )
        if spec is None or spec.loader is None or not self.reader_path.is_file():
            raise InputError(f"{self.reader_path} does not exist; docs/add_corpus.md describes it")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module.read(self.corpus_dir)

    def relative(self, path: Path) -> str:
        """A path as manifests hold it: relative to the working folder where it lies inside."""
        if path.is_relative_to(self.work):
            return path.relative_to(self.work).as_posix()
        return path.as_posix()

    def stage(
        self,
        name: str,
        work: Callable[[], Any],
        *,
        inputs: Sequence[Path] = (),
        options: dict[str, Any] | None = None,
        outputs: Sequence[Path] = (),
    ) -> Any:
        """`run_stage` with the marker in data/.done; removes what a killed stage left half.

        Raises: InputError when an input is missing, which an earlier stage should have made.
        """
        missing = [str(path) for path in inputs if not path.exists()]
        if missing:
            more = f" (nor {len(missing) - 1} other inputs)" if len(missing) > 1 else ""
            raise InputError(
                f"stage {name} needs {missing[0]}, which is not there{more}; run the stages "
                f"before it: ./prepare.sh --corpus {self.config.name}, with the same options "
                "(--list shows them)"
            )
        for folder in {path.parent for path in outputs} | {self.data / ".done"}:
            if folder.is_relative_to(self.data):  # never among the user's own files
                remove_leftovers(folder)
        facts = {"corpus": self.config.name, "toy": self.toy, **(options or {})}
        return run_stage(name, self.data, work, inputs=inputs, options=facts, outputs=outputs)

"""Open a recipe: what it states about its corpus, what its reader returns, where its files lie."""

from __future__ import annotations

import importlib.util
import shlex
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tts.config import Parser, from_dict, merge, option, parse_overrides, read_toml
from tts.data.corpus_config import CorpusConfig
from tts.data.table import read_table
from tts.data.utterance import Fault, Utterance
from tts.errors import InputError, nearest
from tts.files import read_json, read_jsonl, remove_leftovers
from tts.mel import MelConfig
from tts.stage import run_stage

ROOT = Path(__file__).resolve().parents[2]
CONF = ROOT / "local" / "conf"  # options that recipes share; their own conf/ holds differences
FIRST_MODEL = "matcha"  # its toy voice lies in exp/, as it did when there was no other


def sources(*patterns: str) -> list[Path]:
    """List source files below tts/ whose change makes a stage run again, such as 'text/*.py'."""
    return sorted(path for pattern in patterns for path in (ROOT / "tts").glob(pattern))


@dataclass(frozen=True)
class RecipeOptions:
    """Hold the flags by which every data script finds its recipe."""

    corpus: str = option("", "the corpus: a folder of egs/")
    recipe: str = option("", "instead of --corpus: a folder anywhere with a corpus.toml")
    toy: bool = option(False, "1: the embedded toy corpus, in the recipe's toy/ folder")
    dl_dir: str = option("", "folder of the corpus or its archive; empty: download/")
    work: str = option("", "folder for data/ and download/; empty: the recipe's own")


@dataclass(frozen=True)
class Recipe:
    """Hold a corpus's recipe and its working folder; all paths are absolute."""

    config: CorpusConfig
    folder: Path
    work: Path
    dl_dir: Path
    toy: bool = False
    flag: str = ""  # what names this recipe on a command line

    @classmethod
    def open(cls, options: RecipeOptions, root: Path = ROOT) -> Recipe:
        """Find a recipe and read its corpus.toml; InputError names the recipes that exist."""
        folder = _folder_of(options, root)
        toml = folder / "corpus.toml"
        config = from_dict(CorpusConfig, read_toml(toml), str(toml))
        if options.toy and not config.toy_layout:
            raise InputError(f"--toy: {toml} names no toy_layout, so it has no toy corpus")
        work = Path(options.work).resolve() if options.work else folder
        work = work / "toy" if options.toy else work
        dl_dir = Path(options.dl_dir).absolute() if options.dl_dir else work / "download"
        flag = (
            f"--recipe {shlex.quote(str(folder))}"
            if options.recipe
            else f"--corpus {options.corpus}"
        )
        recipe = cls(config, folder, work, dl_dir, options.toy, flag)
        if recipe.data.resolve().is_relative_to(recipe.corpus_dir.resolve()):
            raise InputError(
                f"{recipe.data} lies inside the corpus's own folder {recipe.corpus_dir}: give "
                "--work another folder"
            )
        recipe.mel()  # an error now, not in stage 5
        return recipe

    @property
    def corpus_dir(self) -> Path:
        return self.dl_dir / self.config.folder

    @property
    def elsewhere(self) -> str:
        """Say how a corpus that lies in another place is named."""
        if Path(self.config.folder).is_absolute():
            return f"change `folder` in {self.folder / 'corpus.toml'}"
        return f"give --dl-dir the folder that holds your copy of {self.config.folder}"

    @property
    def data(self) -> Path:
        return self.work / "data"

    @property
    def reader_path(self) -> Path:
        return self.folder / "local" / "reader.py"

    @property
    def labels(self) -> list[Path]:
        """List the files besides the corpus's folder that decide what `read` returns."""
        toml = self.folder / "corpus.toml"
        table = self.config.table if self.config.reader == "table" else None
        return [toml, self.corpus_dir / table.file if table else self.reader_path]

    @property
    def vocoder(self) -> Path | None:
        """Return where stage 11 puts the vocoder that corpus.toml names."""
        return self.dl_dir / self.config.vocoder.filename if self.config.vocoder else None

    def mel(self, overrides: Sequence[str] = ()) -> MelConfig:
        """Return the mel of corpus.toml with `--set mel.NAME=VALUE` over it.

        mel.preset=P takes the values of local/conf/mel-P.toml first, in both places.
        Raises: InputError for an override that is not the mel's.
        """
        changes = parse_overrides(list(overrides))
        if other := changes.keys() - {"mel"}:
            raise InputError(f"--set {min(other)}...: only mel.NAME=VALUE is for these stages")
        values = merge(self.config.mel, changes.get("mel", {}))
        if preset := values.pop("preset", ""):
            _check_preset("mel", str(preset), [CONF])
            values = merge(read_toml(CONF / f"mel-{preset}.toml"), values)
        return from_dict(
            MelConfig, values, "--set mel" if changes else f"{self.folder / 'corpus.toml'}: mel"
        )

    def prepared_mel(self) -> MelConfig:
        """Return the mel of the prepared data (data/mel.toml), else the one of corpus.toml."""
        path = self.data / "mel.toml"
        return from_dict(MelConfig, read_toml(path), str(path)) if path.is_file() else self.mel()

    def model_options(self, model: str, preset: str = "") -> dict[str, Any]:
        """Return the options of a model and its training: <model>.toml, <model>-<preset>.toml.

        Each is read from local/conf/, then from the recipe's conf/, where it is there. The preset
        of a toy corpus is `toy`, unless another one is given.
        Raises: InputError for a preset that has no file, naming those that have.
        """
        folders = [CONF, self.folder / "conf"]
        if preset:
            _check_preset(model, preset, folders)
        preset = preset or ("toy" if self.toy else "")
        options: dict[str, Any] = {}
        for name in [model, f"{model}-{preset}"] if preset else [model]:
            for path in (folder / f"{name}.toml" for folder in folders):
                options = merge(options, read_toml(path) if path.is_file() else {})
        return options

    def facts(self) -> dict[str, str]:
        """Return what a checkpoint and an export say about the corpus."""
        names = ("name", "language", "speaker", "dataset", "dataset_url")
        names += ("dataset_license", "dataset_comment")
        facts = {name: getattr(self.config, name) for name in names}
        if self.config.teacher:
            made = self.corpus_dir / "teacher.json"
            voice = read_json(made)["voice"] if made.is_file() else self.config.teacher.voice
            facts = {name: text.replace("{voice}", voice) for name, text in facts.items()}
        if self.toy:
            facts.update(
                dataset=f"toy corpus in the layout of {self.config.dataset}",
                dataset_url="",
                dataset_license="CC0-1.0",
                dataset_comment="synthetic speech made by tools/make_toy_corpus.py",
            )
        return facts

    def exp_dir(self, model: str) -> Path:
        """Say where a model's checkpoints lie unless the user says otherwise."""
        first = self.toy and model == FIRST_MODEL
        return self.work / "exp" if first else self.work / model / "exp"

    def frontend(self) -> dict[str, Any]:
        """Return the front end of the prepared data, else the one corpus.toml names."""
        prepared = self.data / "frontend.toml"
        if prepared.is_file():
            return read_toml(prepared)
        return {"language": self.config.language, **self.config.frontend}

    def cuts(self, split: str) -> Iterator[dict[str, Any]]:
        """Yield the cuts of a split as plain values."""
        return read_jsonl(self.fbank(f"cuts_{split}.jsonl.gz"))

    def texts(self) -> Iterator[str]:
        """Yield the normalised texts of the prepared data; none where nothing is prepared."""
        supervisions = self.manifest("supervisions.jsonl.gz")
        for item in read_jsonl(supervisions) if supervisions.is_file() else ():
            yield item["custom"].get("normalized_text") or item["text"]

    def manifest(self, kind: str) -> Path:
        """Return data/manifests/<name>_<kind>, for example kind 'cuts_raw.jsonl.gz'."""
        return self.data / "manifests" / f"{self.config.name}_{kind}"

    def fbank(self, kind: str) -> Path:
        """Return data/fbank/<name>_<kind>, for example kind 'cuts_train.jsonl.gz'."""
        return self.data / "fbank" / f"{self.config.name}_{kind}"

    def read(self) -> tuple[list[Utterance], list[Fault]]:
        """Read the label file as [table] says, else run the recipe's own reader."""
        if not self.corpus_dir.is_dir():
            raise InputError(
                f"{self.corpus_dir} does not exist; run stage 0 (download), or {self.elsewhere}"
            )
        if self.config.reader == "table" and self.config.table:
            return read_table(self.config.table, self.corpus_dir)
        spec = importlib.util.spec_from_file_location(
            f"reader_of_{self.config.name}", self.reader_path
        )
        if spec is None or spec.loader is None or not self.reader_path.is_file():
            raise InputError(
                f'{self.reader_path} does not exist: write it, or set reader = "table" in '
                "corpus.toml (docs/add_corpus.md)"
            )
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module.read(self.corpus_dir)

    def relative(self, path: Path) -> str:
        """Return a path as manifests hold it: relative to the working folder if it lies inside."""
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
        """Call `run_stage` with the marker in data/.done; remove what a killed stage left half.

        Raises: InputError when an input is missing, which an earlier stage should have made.
        """
        missing = [str(path) for path in inputs if not path.exists()]
        if missing:
            more = f" (nor {len(missing) - 1} other inputs)" if len(missing) > 1 else ""
            script = ROOT / "prepare.sh"
            shown = "./prepare.sh" if Path.cwd() == ROOT else shlex.quote(str(script))
            raise InputError(
                f"stage {name} needs {missing[0]}, which is not there{more}; run the stages "
                f"before it: {shown} {self.flag}, with the same options "
                "(--list shows them)"
            )
        for folder in {path.parent for path in outputs} | {self.data / ".done"}:
            if folder.is_relative_to(self.data):  # never among the user's own files
                remove_leftovers(folder)
        facts = {"corpus": self.config.name, "toy": self.toy, **(options or {})}
        return run_stage(name, self.data, work, inputs=inputs, options=facts, outputs=outputs)


def add_mel_flag(parser: Parser) -> None:
    """Add `--set mel.NAME=VALUE ...`, for `Recipe.mel`."""
    parser.add_argument(
        "--set", nargs="+", default=[], metavar="mel.NAME=VALUE", help="such as mel.hop_length=200"
    )


def _check_preset(what: str, preset: str, folders: Sequence[Path]) -> None:
    """Raise InputError, naming those that there are, where no folder has <what>-<preset>.toml."""
    files = [path for folder in folders for path in folder.glob(f"{what}-*.toml")]
    known = sorted({path.stem.removeprefix(f"{what}-") for path in files})
    if preset not in known:
        raise InputError(f"{what} has no preset {preset!r}{nearest(preset, known)}")


def _folder_of(options: RecipeOptions, root: Path) -> Path:
    """Return the folder of the recipe that is asked for."""
    known = sorted(path.parts[-3] for path in root.glob("egs/*/TTS/corpus.toml"))
    if options.recipe:
        if options.corpus:
            raise InputError("--corpus names a folder of egs/, --recipe any folder: give one")
        folder = Path(options.recipe).resolve()
        folder = folder.parent if folder.name == "corpus.toml" else folder
        if not (folder / "corpus.toml").is_file():
            there = sorted(path.name for path in folder.iterdir())[:10] if folder.is_dir() else []
            raise InputError(
                f"--recipe {options.recipe}: no {folder / 'corpus.toml'} (there: "
                f"{', '.join(there) or 'nothing'}); tools/new_recipe.py writes one"
            )
        return folder
    if options.corpus not in known:
        raise InputError(
            f"--corpus {options.corpus or '(not given)'}: no such recipe below "
            f"{root / 'egs'}{nearest(options.corpus, known)}; --recipe takes a folder elsewhere"
        )
    return root / "egs" / options.corpus / "TTS"

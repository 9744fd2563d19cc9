"""A folder that sherpa-onnx speaks with: model, tokens, lexicon, rules, vocoder, README."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tts.config import to_dict, write_toml
from tts.errors import InputError
from tts.export.graph import read_metadata
from tts.export.readme import middle, readme
from tts.text.spoken import FrontEndConfig

FRONTEND_FILE = "frontend.toml"


@dataclass(frozen=True)
class Parts:
    """The files of a package and the facts that its README states.

    Attributes:
      models: one acoustic ONNX file per number of ODE steps, the middle one being the default;
        a single one of a model without.
      vocoder, tokens: files. lexicon: None where the runtime's own front end speaks (espeak).
      rule_fsts: the runtime's text normalisation, in the order of use.
      corpus: name, dataset, dataset_url, dataset_license, dataset_comment.
    """

    models: Sequence[Path]
    vocoder: Path
    tokens: Path
    lexicon: Path | None
    rule_fsts: Sequence[Path]
    frontend: FrontEndConfig
    corpus: Mapping[str, Any]
    vocoder_licence: str = ""


@contextlib.contextmanager
def atomic_folder(folder: Path | str) -> Iterator[Path]:
    """Yield a temporary folder; it takes the place of `folder` once the block ends well.

    Between the two renames of a replacement `folder` is absent for a moment, never half.
    """
    folder = Path(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    workplace = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        new = workplace / "new"
        new.mkdir()
        yield new
        if folder.exists():
            folder.rename(workplace / "old")
        new.rename(folder)
    finally:
        shutil.rmtree(workplace, ignore_errors=True)


def assemble(folder: Path | str, parts: Parts) -> list[Path]:
    """Copy the parts into `folder` with a README, all or nothing; return the files.

    Raises: InputError for a missing part, a vocoder of another sample rate, or a folder that
    holds something else than a package.
    """
    folder = Path(folder)
    _check(folder, parts)
    with atomic_folder(folder) as new:
        names = {"tokens": "tokens.txt", "vocoder": "vocoder.onnx", "lexicon": "lexicon.txt"}
        for model in parts.models:
            shutil.copyfile(model, new / model.name)
        for part, name in names.items():
            source = getattr(parts, part)
            if source is not None:
                shutil.copyfile(source, new / name)
        for fst in parts.rule_fsts:
            shutil.copyfile(fst, new / fst.name)
        write_toml(new / FRONTEND_FILE, to_dict(parts.frontend))
        (new / "README.md").write_text(readme(folder.name, parts), encoding="utf-8")
    return sorted(folder.iterdir())


def default_model(package: Path) -> Path:
    """The model of a package that is used unless another one is named.

    Raises: InputError where the folder has none.
    """
    models = [*package.glob("model-steps-*.onnx"), *package.glob("model.onnx")]
    if not models:
        raise InputError(
            f"{package}: no model-steps-N.onnx or model.onnx in it; export_onnx.py --package "
            "writes such a folder"
        )
    return middle([path for path in models if ".int8." not in path.name] or models)


def _check(folder: Path, parts: Parts) -> None:
    given = [*parts.models, parts.vocoder, parts.tokens, *parts.rule_fsts]
    missing = [str(path) for path in [*given, parts.lexicon] if path and not path.is_file()]
    if missing or not parts.models:
        raise InputError(f"the package needs {', '.join(missing) or 'a model'}: export it first")
    if folder.exists() and not (folder / "tokens.txt").is_file() and any(folder.iterdir()):
        raise InputError(f"{folder} exists and is no package; give a folder that may be replaced")
    vocoder_rate = read_metadata(parts.vocoder).get("sample_rate")
    for model in parts.models:
        rate = read_metadata(model).get("sample_rate")
        if rate != vocoder_rate:
            raise InputError(
                f"{model} makes features of {rate} Hz, the vocoder {parts.vocoder} reads "
                f"{vocoder_rate} Hz"
            )

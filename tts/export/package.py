"""Assemble a folder that sherpa-onnx speaks with: model, tokens, lexicon, vocoder, README."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tts.config import to_dict, write_toml
from tts.errors import InputError
from tts.export.graph import read_metadata
from tts.export.parts import FRONTEND_FILE, Parts
from tts.export.readme import readme


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
        files = {path.name: path for path in (*parts.models, *parts.rule_fsts)}
        files |= {"tokens.txt": parts.tokens, **parts.vocoders}
        if parts.lexicon is not None:
            files["lexicon.txt"] = parts.lexicon
        for name, path in files.items():
            shutil.copyfile(path, new / name)
        write_toml(new / FRONTEND_FILE, to_dict(parts.frontend))
        (new / "README.md").write_text(readme(folder.name, parts), encoding="utf-8")
    return sorted(folder.iterdir())


def _check(folder: Path, parts: Parts) -> None:
    """Raise InputError where parts are missing or do not go together, or `folder` must stay."""
    given = [*parts.models, *parts.vocoders.values(), parts.tokens, *parts.rule_fsts]
    missing = [str(path) for path in [*given, parts.lexicon] if path and not path.is_file()]
    if missing or not parts.models:
        raise InputError(f"the package needs {', '.join(missing) or 'a model'}: export it first")
    if folder.exists() and not (folder / "tokens.txt").is_file() and any(folder.iterdir()):
        raise InputError(f"{folder} exists and is no package; give a folder that may be replaced")
    vocoder = next(iter(parts.vocoders.values()))
    vocoder_rate = read_metadata(vocoder).get("sample_rate")
    for model in parts.models:
        rate = read_metadata(model).get("sample_rate")
        if rate != vocoder_rate:
            raise InputError(
                f"{model} makes features of {rate} Hz, the vocoder {vocoder} reads "
                f"{vocoder_rate} Hz"
            )

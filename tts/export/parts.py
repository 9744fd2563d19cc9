"""Name the parts of a package, and which of its models is used unless another is named."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tts.errors import InputError
from tts.text.spoken import FrontEndConfig

FRONTEND_FILE = "frontend.toml"
VOCODER, VOCODER_INT8 = "vocoder.onnx", "vocoder.int8.onnx"


@dataclass(frozen=True)
class Parts:
    """Hold the files of a package and the facts that its README states.

    Attributes:
      models: one acoustic ONNX file per number of ODE steps, the middle one being the default;
        a single one of a model without; beside them their copies with 8-bit weights.
      vocoders: files by their names in the package: VOCODER, VOCODER_INT8 or both.
      tokens: file.
      lexicon: None where the runtime's own front end speaks (espeak).
      rule_fsts: the runtime's text normalisation, in the order of use.
      corpus: name, dataset, dataset_url, dataset_license, dataset_comment.
    """

    models: Sequence[Path]
    vocoders: Mapping[str, Path]
    tokens: Path
    lexicon: Path | None
    rule_fsts: Sequence[Path]
    frontend: FrontEndConfig
    corpus: Mapping[str, Any]
    vocoder_licence: str = ""


def is_int8(model: Path) -> bool:
    """Tell whether a model has 8-bit weights, by its name."""
    return ".int8." in model.name


def vocoder_of(package: Path, model: Path) -> Path:
    """Return the vocoder of a package that goes with a model: of two that of as many bits."""
    large, small = package / VOCODER, package / VOCODER_INT8
    return small if small.is_file() and (is_int8(model) or not large.is_file()) else large


def default_of(models: Iterable[Path]) -> Path:
    """Choose, of model-steps-N.onnx files, the middle number of steps; 8-bit weights only where
    there is nothing else.
    """
    models = list(models)
    by_steps = sorted(
        [path for path in models if not is_int8(path)] or models,
        key=lambda path: (len(path.name), path.name),
    )
    return by_steps[len(by_steps) // 2]


def default_model(package: Path, num_steps: int | None = None) -> Path:
    """Find the model of a package that is used unless another one is named.

    num_steps: the one with so many ODE steps; None: the middle one.

    Raises: InputError where the folder has none, or none with so many steps.
    """
    models = [*package.glob("model-steps-*.onnx"), *package.glob("model.onnx")]
    if not models:
        raise InputError(
            f"{package}: no model-steps-N.onnx or model.onnx in it; export_onnx.py --package "
            "writes such a folder"
        )
    if num_steps is None:
        return default_of(models)
    of_steps = [path for path in models if f"-steps-{num_steps}." in path.name]
    if not of_steps:
        there = {int(n) for p in models for n in re.findall(r"steps-(\d+)\.", p.name)}
        listed = ", ".join(map(str, sorted(there))) or "none: its model has no steps"
        raise InputError(f"{package} has no model of {num_steps} steps (numbers there: {listed})")
    return default_of(of_steps)

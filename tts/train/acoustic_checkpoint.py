"""Check an acoustic checkpoint against the run that resumes it; load initial weights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from torch import nn

from tts.checkpoint import load_checkpoint
from tts.config import from_dict, to_dict
from tts.errors import InputError
from tts.models import model_class
from tts.models.tacotron2_published import from_published, is_published
from tts.text.spoken import FrontEndConfig
from tts.train.config import TrainConfig
from tts.train.resume import check_kind, check_resumable

# Names of the token embedding in the weights of our models.
_EMBEDDINGS = ("encoder.emb.weight", "embedding.weight")


def check_acoustic(
    path: Path, content: dict[str, Any], run: dict[str, Any], tokens: str
) -> list[str]:
    """Return what keeps a resumed run from being exact, as sentences; none when it is exact.

    Raises: InputError when the checkpoint belongs to another model, mel, front end or token
    table.
    """
    check_kind(path, content, run)
    old, run = (_filled(table) for table in (content["config"], run))
    changeable = model_class(run["model"]["name"]).changeable
    fixed = {"model": changeable, "mel": (), "frontend": ()}
    sentences = check_resumable(path, {**content, "config": old}, run, TrainConfig, fixed)
    if content["tokens"] != tokens:
        raise InputError(
            f"{path} was trained with another token table than this data's tokens.txt. "
            "Prepare the data as then, or choose another --exp-dir"
        )
    return sentences


def _filled(tables: dict[str, Any]) -> dict[str, Any]:
    """Fill configuration tables with defaults of options that a checkpoint is too old to name."""
    options = dict(tables["model"])
    name = options.pop("name")
    model = from_dict(model_class(name).Config, options, "model")
    frontend = from_dict(FrontEndConfig, tables.get("frontend") or {}, "frontend")
    return {
        **tables,
        "model": {"name": name, **to_dict(model)},
        "frontend": to_dict(frontend),
    }


def load_initial(model: nn.Module, path: Path | str, tokens: str) -> None:
    """Load the weights of another run, ours or icefall's, into `model`.

    Args: tokens, the text of this data's tokens.txt.
    Raises: InputError when the file cannot be read, or token tables or architectures differ.
    """
    content = load_checkpoint(path)
    published = from_published(content) if is_published(content) else None
    weights = published or content.get("ema") or content.get("model")
    if not isinstance(weights, dict):
        raise InputError(f"{path} has no key 'model' (keys: {', '.join(map(str, content))})")
    current = model.state_dict()
    for name in current.keys() & weights.keys() & {*_EMBEDDINGS}:
        then, now = len(weights[name]), len(current[name])
        if then != now:
            raise InputError(
                f"--init-from {path}: trained with {then} tokens, this data's tokens.txt has "
                f"{now}. Prepare the data with the checkpoint's front end (for icefall's "
                "English: --frontend espeak --framing reference)"
            )
    if content.get("tokens") not in (None, tokens):
        raise InputError(
            f"--init-from {path}: trained with another token table than this data's tokens.txt "
            "(same size, other symbols). Prepare the data with the checkpoint's front end"
        )
    missing = sorted(current.keys() - weights.keys())
    extra = sorted(weights.keys() - current.keys())
    shapes = [
        f"{name} {tuple(weights[name].shape)} instead of {tuple(current[name].shape)}"
        for name in sorted(current.keys() & weights.keys())
        if current[name].shape != weights[name].shape
    ]
    if missing or extra or shapes:
        raise InputError(
            f"--init-from {path}: another architecture: {len(missing)} weights missing "
            f"{missing[:3]}, {len(extra)} unknown {extra[:3]}, {len(shapes)} of another shape "
            f"{shapes[:3]}. Give the options of that run's config.toml"
        )
    model.load_state_dict(weights)

"""Put together the options of a student's training: its teacher's sizes and weights or others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from tts.config import from_dict, merge, to_dict
from tts.data.corpus import Recipe
from tts.errors import InputError
from tts.files import read_json
from tts.models import model_class
from tts.train.config import TrainConfig
from tts.voice import Voice

STUDENT = "matcha_student"


def student_options(
    recipe: Recipe,
    teacher: Voice,
    checkpoint: Path,
    steps: int,
    preset: str,
    own: dict[str, Any],
) -> dict[str, Any]:
    """Return the tables 'model' and 'train' of a student's training.

    Args: checkpoint, of the teacher; steps, flow steps of the student; preset, sizes other than
    the teacher's, with which it begins anew; own, the user's options, over all others.
    Raises: InputError for options that cannot be used, and for a preset where the teacher's mel
    statistics are not those of the data.
    """
    folders = {"exp_dir": recipe.exp_dir(STUDENT), "manifest_dir": recipe.data / "fbank"}
    options = {"train": {name: str(folder) for name, folder in folders.items()}}
    options = merge(options, recipe.model_options(STUDENT))
    if preset:
        _check_statistics(recipe, teacher)
        sizes = recipe.model_options(teacher.model_name, preset).get("model", {})
    else:
        sizes = to_dict(teacher.model.config)
        options["train"]["init_from"] = str(checkpoint)
    kept = {name: sizes[name] for name in ("encoder", "decoder") if name in sizes}
    options = merge(merge(options, {"model": {**kept, "steps": steps}}), own)
    from_dict(TrainConfig, options["train"], "train")
    from_dict(model_class(STUDENT).Config, options["model"], "model")
    return options


def _check_statistics(recipe: Recipe, teacher: Voice) -> None:
    """Raise InputError where a student that begins anew would normalise otherwise."""
    data = read_json(recipe.data / "fbank" / "cmvn.json")
    names = {"mel_mean": "fbank_mean", "mel_std": "fbank_std"}
    pairs = {name: (float(getattr(teacher.model, name)), data[key]) for name, key in names.items()}
    for name, (of_teacher, of_data) in pairs.items():
        if not torch.isclose(torch.tensor(of_teacher), torch.tensor(of_data), atol=1e-4):
            raise InputError(
                f"--preset: {teacher.source} has {name} {of_teacher:.4f}, the data have "
                f"{of_data:.4f}: take a teacher that was trained on these data, or its own sizes"
            )

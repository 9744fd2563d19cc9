"""The presets of local/conf/ have the sizes that docs/training.md states."""

from __future__ import annotations

import pytest
import torch

from tts.config import from_dict
from tts.data.corpus import Recipe, RecipeOptions
from tts.models import build_model, model_class
from tts.models.facts import Facts


@pytest.mark.parametrize(
    ("model", "parameters"),
    [("matcha", 6_133_697), ("fastspeech2", 6_729_758), ("tacotron2", 7_270_017)],
)
def test_small(root, model, parameters):
    recipe = Recipe.open(RecipeOptions(corpus="ljspeech"))
    options = recipe.model_options(model, "small")["model"]
    with torch.device("meta"):
        built = build_model(model, from_dict(model_class(model).Config, options), Facts(157))
    assert sum(parameter.numel() for parameter in built.parameters()) == parameters
    said = f"{parameters / 1e6:.1f} million parameters"
    assert said in (root / f"local/conf/{model}-small.toml").read_text()
    assert f"`{model}` {parameters / 1e6:.1f}" in (root / "docs/training.md").read_text()

"""Print what prepare.sh and run.sh ask about a recipe and a model, one "key value" a line.

folder, work, exp: folders; vocoder: where stage 11 puts the vocoder of corpus.toml, if it names
one. With --stages only: the stages, of align and pitch, whose output the model takes. A wrong
--model or --set is an error here, before any stage.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tts.config import Parser, add_flags, flags_given, from_dict, merge, parse_overrides
from tts.data.corpus import Recipe, RecipeOptions
from tts.errors import InputError, run_script
from tts.models import MODELS, inputs_of, model_class
from tts.train.config import TrainConfig

STAGES = {"durations": "align", "pitch": "pitch"}


def main() -> None:
    parser = Parser(description=__doc__)
    parser.add_argument("--model", default="matcha", help="acoustic model (default: matcha)")
    parser.add_argument("--set", nargs="+", default=[], metavar="NAME=VALUE", help="as in train.py")
    parser.add_argument("--stages", action="store_true", help="stages that the model needs")
    add_flags(parser, RecipeOptions)
    arguments = parser.parse_args()
    recipe = Recipe.open(RecipeOptions(**flags_given(arguments, RecipeOptions)))
    config = check_options(recipe, arguments.model, arguments.set, arguments.stages)
    if arguments.stages:
        inputs = inputs_of(arguments.model, config)
        print("stages", *(stage for name, stage in STAGES.items() if name in inputs))
        return
    print("folder", recipe.folder)
    print("work", recipe.work)
    print("exp", recipe.exp_dir(arguments.model))
    if recipe.vocoder:
        print("vocoder", recipe.vocoder)


def check_options(recipe: Recipe, model: str, changes: list[str], build: bool) -> Any:
    """Read [train] and [model] of conf/ and --set as train.py does, hours before it.

    Returns: the model's configuration; None without `build` where all is default, since the
    model's module takes seconds to import.
    """
    if model not in MODELS:
        model_class(model)  # says which there are
    recipe.mel([change for change in changes if change.startswith("mel.")])
    others = [change for change in changes if not change.startswith("mel.")]
    options = merge(recipe.model_options(model), parse_overrides(others))
    if unknown := options.keys() - {"model", "train"}:
        raise InputError(f"unknown table {', '.join(sorted(unknown))}: use model, train and mel")
    from_dict(TrainConfig, options.get("train", {}), "train")
    if not build and "model" not in options:
        return None
    return from_dict(model_class(model).Config, options.get("model", {}), "model")


if __name__ == "__main__":
    run_script(main)

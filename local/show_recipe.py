"""Print what prepare.sh and run.sh ask about a recipe and a model, one "key value" a line.

folder, work, exp: folders; vocoder: where stage 11 puts the vocoder of corpus.toml, if it names
one. With --stages only: the stages, of align and pitch, whose output the model takes.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tts.config import Parser, add_flags, flags_given, from_dict, merge, parse_overrides
from tts.data.corpus import Recipe, RecipeOptions
from tts.errors import run_script
from tts.models import inputs_of, model_class

STAGES = {"durations": "align", "pitch": "pitch"}


def main() -> None:
    parser = Parser(description=__doc__)
    parser.add_argument("--model", default="matcha", help="acoustic model (default: matcha)")
    parser.add_argument("--set", nargs="+", default=[], metavar="NAME=VALUE", help="as in train.py")
    parser.add_argument("--stages", action="store_true", help="stages that the model needs")
    add_flags(parser, RecipeOptions)
    arguments = parser.parse_args()
    recipe = Recipe.open(RecipeOptions(**flags_given(arguments, RecipeOptions)))
    if arguments.stages:
        options = merge(recipe.model_options(arguments.model), parse_overrides(arguments.set))
        config = from_dict(model_class(arguments.model).Config, options.get("model", {}), "model")
        inputs = inputs_of(arguments.model, config)
        print("stages", *(stage for name, stage in STAGES.items() if name in inputs))
        return
    print("folder", recipe.folder)
    print("work", recipe.work)
    print("exp", recipe.exp_dir(arguments.model))
    if recipe.vocoder:
        print("vocoder", recipe.vocoder)


if __name__ == "__main__":
    run_script(main)

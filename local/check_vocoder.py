"""Check, before training, that a vocoder takes the recipe's mel: exit 0 if so, else 2."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tts.config import Parser, add_flags, flags_given
from tts.data.corpus import Recipe, RecipeOptions
from tts.errors import run_script
from tts.mel import mel_of_recipe
from tts.vocoders import load_vocoder


def main() -> None:
    parser = Parser(description=__doc__)
    add_flags(parser, RecipeOptions)
    parser.add_argument("--vocoder", required=True, help="HiFi-GAN checkpoint, or .onnx")
    arguments = parser.parse_args()
    recipe = Recipe.open(RecipeOptions(**flags_given(arguments, RecipeOptions)))
    mel = mel_of_recipe(recipe.data, recipe.config.mel)
    load_vocoder(arguments.vocoder, mel)
    print(f"{arguments.vocoder} takes the mel of {recipe.config.name}: {mel}")


if __name__ == "__main__":
    run_script(main)

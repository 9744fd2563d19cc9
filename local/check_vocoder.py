"""Check, before training, that a vocoder takes the recipe's mel: exit 0 if so, else 2.

Without --vocoder that of corpus.toml, which is fetched unless it is there (stage 11).
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tts.config import Parser, add_flags, flags_given, parse_bool
from tts.data.corpus import Recipe, RecipeOptions, add_mel_flag
from tts.data.download import fetch
from tts.errors import InputError, run_script
from tts.vocoders import load_vocoder


def main() -> None:
    parser = Parser(description=__doc__)
    add_flags(parser, RecipeOptions)
    parser.add_argument("--vocoder", default="", help="HiFi-GAN checkpoint, or .onnx")
    parser.add_argument(
        "--stated", type=parse_bool, metavar="BOOL", help="1: not the prepared mel if there is one"
    )
    add_mel_flag(parser)
    arguments = parser.parse_args()
    recipe = Recipe.open(RecipeOptions(**flags_given(arguments, RecipeOptions)))
    stated = recipe.mel(arguments.set)
    mel = stated if arguments.stated else recipe.prepared_mel()
    path = arguments.vocoder or download_vocoder(recipe)
    load_vocoder(path, mel)
    print(f"{path} takes the mel of {recipe.config.name}: {mel}")


def download_vocoder(recipe: Recipe) -> Path:
    """Fetch the vocoder that corpus.toml names; return where it lies."""
    vocoder, path = recipe.config.vocoder, recipe.vocoder
    if vocoder is None or path is None:
        raise InputError(f"{recipe.folder / 'corpus.toml'} names no [vocoder]: give --vocoder")
    fetch(vocoder, path, "or give your own with --vocoder")
    print(f"{path} (licence: {vocoder.licence})")
    return path


if __name__ == "__main__":
    run_script(main)

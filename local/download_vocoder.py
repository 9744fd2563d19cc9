"""Fetch the vocoder that corpus.toml names, unless it is there already (stage 11)."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tts.config import Parser, add_flags, flags_given
from tts.data.corpus import Recipe, RecipeOptions
from tts.data.download import fetch
from tts.errors import InputError, run_script


def main() -> None:
    parser = Parser(description=__doc__)
    add_flags(parser, RecipeOptions)
    arguments = parser.parse_args()
    recipe = Recipe.open(RecipeOptions(**flags_given(arguments, RecipeOptions)))
    vocoder = recipe.config.vocoder
    if vocoder is None:
        raise InputError(f"{recipe.folder / 'corpus.toml'} names no [vocoder]; give your own")
    path = recipe.vocoder
    assert path is not None
    fetch(vocoder, path, "or give your own with --vocoder")
    print(f"{path} (licence: {vocoder.licence})")


if __name__ == "__main__":
    run_script(main)

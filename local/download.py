"""Fetch and unpack the corpus, accept a copy, or make the toy corpus (stage 0)."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tts.config import Parser, add_flags, flags_given
from tts.data.corpus import Recipe, RecipeOptions
from tts.data.download import fetch_corpus, make_toy, toy_sources
from tts.errors import run_script


def main() -> None:
    parser = Parser(description=__doc__)
    add_flags(parser, RecipeOptions)
    arguments = parser.parse_args()
    recipe = Recipe.open(RecipeOptions(**flags_given(arguments, RecipeOptions)))
    recipe.stage(
        "download",
        lambda: make_toy(recipe) if recipe.toy else fetch_corpus(recipe),
        inputs=toy_sources() if recipe.toy else [],
        options={"dl_dir": recipe.dl_dir, "toy_layout": recipe.config.toy_layout},
        outputs=[recipe.corpus_dir],
    )


if __name__ == "__main__":
    run_script(main)

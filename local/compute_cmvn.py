"""Compute data/fbank/cmvn.json: mean and deviation of the training set's mel (stage 7)."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tts.config import Parser, add_flags, flags_given
from tts.data.corpus import Recipe, RecipeOptions
from tts.errors import run_script
from tts.features.extract import write_cmvn


def main() -> None:
    parser = Parser(description=__doc__)
    add_flags(parser, RecipeOptions)
    arguments = parser.parse_args()
    recipe = Recipe.open(RecipeOptions(**flags_given(arguments, RecipeOptions)))
    recipe.stage(
        "cmvn",
        lambda: write_cmvn(recipe),
        inputs=[recipe.fbank("cuts_train.jsonl.gz"), recipe.fbank("sums.jsonl.gz")],
        outputs=[recipe.data / "fbank" / "cmvn.json"],
    )


if __name__ == "__main__":
    run_script(main)

"""Divide the cuts into training, validation and test set by position (stage 6)."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tts.config import Parser, add_flags, flags_given, to_dict
from tts.data.corpus import Recipe, RecipeOptions
from tts.data.split import write_split
from tts.errors import run_script


def main() -> None:
    parser = Parser(description=__doc__)
    add_flags(parser, RecipeOptions)
    arguments = parser.parse_args()
    recipe = Recipe.open(RecipeOptions(**flags_given(arguments, RecipeOptions)))
    recipe.stage(
        "split",
        lambda: write_split(recipe),
        inputs=[recipe.fbank("cuts.jsonl.gz"), recipe.manifest("ids.txt")],
        options={"split": to_dict(recipe.config.split) if recipe.config.split else None},
        outputs=[recipe.fbank(f"cuts_{name}.jsonl.gz") for name in ("train", "valid", "test")],
    )


if __name__ == "__main__":
    run_script(main)

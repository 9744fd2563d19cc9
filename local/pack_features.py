"""Pack the mels that training reads into one file for each split (stage 10)."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tts.config import Parser, add_flags, flags_given
from tts.data.corpus import Recipe, RecipeOptions
from tts.errors import run_script


def main() -> None:
    parser = Parser(description=__doc__)
    add_flags(parser, RecipeOptions)
    arguments = parser.parse_args()
    recipe = Recipe.open(RecipeOptions(**flags_given(arguments, RecipeOptions)))
    splits = [recipe.fbank(f"cuts_{split}.jsonl.gz") for split in ("train", "valid")]

    def work() -> None:
        from tts.data.packed import pack_split

        for cuts in splits:
            pack_split(cuts, recipe.work)

    recipe.stage(
        "pack",
        work,
        inputs=[*splits, recipe.fbank("sums.jsonl.gz"), recipe.data / "mel.toml"],
        outputs=[recipe.fbank(f"feats_{split}.bin") for split in ("train", "valid")],
    )


if __name__ == "__main__":
    run_script(main)

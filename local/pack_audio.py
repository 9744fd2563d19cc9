"""Pack the recordings that vocoder training reads into one file for each split (stage 16)."""

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

    from tts.features.packed_audio import audio_path, pack_audio

    splits = ("train", "valid")

    def work() -> None:
        for split in splits:
            packed = pack_audio(recipe, split)
            size = packed.path.stat().st_size / 1e6
            print(f"{len(packed)} recordings, {size:,.1f} MB: {packed.path}")

    recipe.stage(
        "pack-audio",
        work,
        inputs=[
            *(recipe.fbank(f"cuts_{split}.jsonl.gz") for split in splits),
            recipe.data / "mel.toml",
        ],
        outputs=[audio_path(recipe.data, recipe.config.name, split) for split in splits],
    )


if __name__ == "__main__":
    run_script(main)

"""Compute pitch and energy of every frame in data/pitch, and stats.json (stage 9)."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tts.config import Parser, add_flags, flags_given, from_dict, to_dict
from tts.data.corpus import Recipe, RecipeOptions, sources
from tts.data.parallel import usable_processors
from tts.data.validation import RejectPolicy
from tts.errors import run_script
from tts.features.contours import DEFINITION, SPLITS, read_mel_config, write_contours
from tts.features.pitch import PitchConfig


def main() -> None:
    parser = Parser(description=__doc__)
    add_flags(parser, RecipeOptions)
    parser.add_argument(
        "--num-jobs", type=int, default=usable_processors(), help="processes (%(default)s)"
    )
    add_flags(parser, PitchConfig)
    add_flags(parser, RejectPolicy)
    arguments = parser.parse_args()
    recipe = Recipe.open(RecipeOptions(**flags_given(arguments, RecipeOptions)))
    pitch = from_dict(PitchConfig, flags_given(arguments, PitchConfig), "pitch")
    policy = from_dict(RejectPolicy, flags_given(arguments, RejectPolicy), "rejection policy")
    cuts = ["cuts.jsonl.gz", *(f"cuts_{split}.jsonl.gz" for split in SPLITS)]
    folder = recipe.data / "pitch"
    recipe.stage(
        "pitch",
        lambda: write_contours(recipe, read_mel_config(recipe), pitch, policy, arguments.num_jobs),
        inputs=[recipe.corpus_dir, recipe.data / "mel.toml"]
        + [recipe.fbank(kind) for kind in cuts]
        + sources(*DEFINITION),
        options={**to_dict(pitch), **to_dict(policy)},
        outputs=[folder / f"{recipe.config.name}_pitch_{split}.bin" for split in SPLITS]
        + [folder / "stats.json", folder / "rejected.tsv"],
    )


if __name__ == "__main__":
    run_script(main)

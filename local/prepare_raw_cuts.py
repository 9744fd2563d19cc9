"""Join recordings and labels into <name>_cuts_raw.jsonl.gz at the mel's sample rate (stage 3)."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tts.config import Parser, add_flags, flags_given
from tts.data.corpus import Recipe, RecipeOptions, add_mel_flag
from tts.data.manifests import write_raw_cuts
from tts.errors import run_script


def main() -> None:
    parser = Parser(description=__doc__)
    add_flags(parser, RecipeOptions)
    add_mel_flag(parser)
    arguments = parser.parse_args()
    recipe = Recipe.open(RecipeOptions(**flags_given(arguments, RecipeOptions)))
    mel = recipe.mel(arguments.set)
    recipe.stage(
        "raw-cuts",
        lambda: write_raw_cuts(recipe, mel.sample_rate),
        inputs=[recipe.manifest(f"{kind}.jsonl.gz") for kind in ("recordings", "supervisions")],
        options={"sample_rate": mel.sample_rate},
        outputs=[recipe.manifest("cuts_raw.jsonl.gz")],
    )


if __name__ == "__main__":
    run_script(main)

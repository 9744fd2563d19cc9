"""Stage 3: recordings and labels joined into cuts at the features' sample rate."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tts.config import Parser, add_flags, flags_given, from_dict
from tts.data.corpus import Recipe, RecipeOptions
from tts.data.manifests import write_raw_cuts
from tts.errors import run_script
from tts.mel import MelConfig


def main() -> None:
    parser = Parser(description=__doc__)
    add_flags(parser, RecipeOptions)
    arguments = parser.parse_args()
    recipe = Recipe.open(RecipeOptions(**flags_given(arguments, RecipeOptions)))
    mel = from_dict(MelConfig, recipe.config.mel, "corpus.toml: mel")
    recipe.stage(
        "raw-cuts",
        lambda: write_raw_cuts(recipe, mel.sample_rate),
        inputs=[recipe.manifest(f"{kind}.jsonl.gz") for kind in ("recordings", "supervisions")],
        options={"sample_rate": mel.sample_rate},
        outputs=[recipe.manifest("cuts_raw.jsonl.gz")],
    )


if __name__ == "__main__":
    run_script(main)

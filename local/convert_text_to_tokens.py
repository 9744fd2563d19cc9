"""Convert every text to tokens of the voice's front end, in <name>_cuts.jsonl.gz (stage 4)."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tts.config import Parser, add_flags, flags_given
from tts.data.corpus import Recipe, RecipeOptions, sources
from tts.data.parallel import usable_processors
from tts.data.text_tokens import write_token_cuts
from tts.errors import run_script


def main() -> None:
    parser = Parser(description=__doc__)
    add_flags(parser, RecipeOptions)
    parser.add_argument(
        "--num-jobs", type=int, default=usable_processors(), help="processes (%(default)s)"
    )
    arguments = parser.parse_args()
    recipe = Recipe.open(RecipeOptions(**flags_given(arguments, RecipeOptions)))
    kinds = ("cuts.jsonl.gz", "token_faults.jsonl", "text_problems.jsonl")
    recipe.stage(
        "text",
        lambda: write_token_cuts(recipe, arguments.num_jobs),
        inputs=[
            *sources("text/**/*.py", "text/**/*.txt", "text/**/*.xz"),
            recipe.manifest("cuts_raw.jsonl.gz"),
            recipe.data / "frontend.toml",
            recipe.data / "tokens.txt",
        ],
        outputs=[recipe.manifest(kind) for kind in kinds],
    )


if __name__ == "__main__":
    run_script(main)

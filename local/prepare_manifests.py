"""Stage 1: the corpus's recordings and labels as lhotse manifests."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tts.config import Parser, add_flags, flags_given
from tts.data.corpus import Recipe, RecipeOptions
from tts.data.manifests import write_manifests
from tts.errors import run_script


def main() -> None:
    parser = Parser(description=__doc__)
    add_flags(parser, RecipeOptions)
    arguments = parser.parse_args()
    recipe = Recipe.open(RecipeOptions(**flags_given(arguments, RecipeOptions)))
    kinds = ("recordings.jsonl.gz", "supervisions.jsonl.gz", "faults.jsonl", "ids.txt")
    recipe.stage(
        "manifests",
        lambda: write_manifests(recipe),
        inputs=[recipe.corpus_dir, recipe.reader_path, recipe.folder / "corpus.toml"],
        outputs=[recipe.manifest(kind) for kind in kinds],
    )


if __name__ == "__main__":
    run_script(main)

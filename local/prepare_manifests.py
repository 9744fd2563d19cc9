"""Write the corpus's recordings and labels as lhotse manifests in data/manifests (stage 1)."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tts.config import Parser, add_flags, flags_given
from tts.data.corpus import Recipe, RecipeOptions, add_mel_flag
from tts.data.manifests import write_manifests
from tts.data.parallel import usable_processors
from tts.errors import run_script


def main() -> None:
    parser = Parser(description=__doc__)
    add_flags(parser, RecipeOptions)
    add_mel_flag(parser)
    parser.add_argument(
        "--num-jobs", type=int, default=usable_processors(), help="processes (%(default)s)"
    )
    arguments = parser.parse_args()
    recipe = Recipe.open(RecipeOptions(**flags_given(arguments, RecipeOptions)))
    kinds = ("recordings.jsonl.gz", "supervisions.jsonl.gz", "faults.jsonl", "ids.txt")
    mel_rate = recipe.mel(arguments.set).sample_rate
    outputs = [recipe.manifest(kind) for kind in kinds]
    if recipe.config.audio.changes:
        outputs.append(recipe.data / "audio")
    recipe.stage(
        "manifests",
        lambda: write_manifests(recipe, mel_rate, arguments.num_jobs),
        inputs=[recipe.corpus_dir, *filter(Path.exists, recipe.labels)],
        options={"mel_rate": mel_rate},
        outputs=outputs,
    )


if __name__ == "__main__":
    run_script(main)

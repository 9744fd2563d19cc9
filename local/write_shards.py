"""Write the prepared training and validation set as lhotse Shar, for train.py --shar."""

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
    parser.add_argument("--shar", required=True, metavar="DIR", help="gets train/ and valid/")
    parser.add_argument(
        "--shard-size", type=int, default=1000, help="utterances in a shard (%(default)s)"
    )
    arguments = parser.parse_args()
    recipe = Recipe.open(RecipeOptions(**flags_given(arguments, RecipeOptions)))

    from tts.data.shards import write_shards

    for split in ("train", "valid"):
        cuts, folder = recipe.fbank(f"cuts_{split}.jsonl.gz"), Path(arguments.shar, split)
        count = write_shards(cuts, recipe.work, folder, arguments.shard_size)
        print(f"{count} shards in {folder}")


if __name__ == "__main__":
    run_script(main)

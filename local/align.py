"""Stage 8: how many frames each token lasts, from an aligner's files or a trained voice."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tts.config import Parser, add_flags, flags_given, from_dict, to_dict
from tts.data.corpus import Recipe, RecipeOptions, sources
from tts.data.parallel import usable_processors
from tts.data.validation import RejectPolicy
from tts.errors import run_script


def main() -> None:
    parser = Parser(description=__doc__)
    add_flags(parser, RecipeOptions)
    parser.add_argument("--aligner", default="", help="textgrid, interval, frames, mas or k2")
    parser.add_argument("--alignments", default="", help="folder or table of the aligner's times")
    parser.add_argument(
        "--num-jobs", type=int, default=usable_processors(), help="processes (%(default)s)"
    )
    add_flags(parser, RejectPolicy)
    arguments = parser.parse_args()
    recipe = Recipe.open(RecipeOptions(**flags_given(arguments, RecipeOptions)))
    policy = from_dict(RejectPolicy, flags_given(arguments, RejectPolicy), "rejection policy")

    from tts.align.corpus import align_corpus, choose_aligner

    choice = choose_aligner(recipe, arguments.aligner, arguments.alignments)
    splits = ("train", "valid", "test")
    files = [recipe.fbank(f"cuts_{split}.jsonl.gz") for split in splits]
    files += [recipe.data / name for name in ("tokens.txt", "frontend.toml", "mel.toml")]
    files += sources("align/*.py", "text/arpabet.py", "text/pinyin.py")
    recipe.stage(
        "align",
        lambda: align_corpus(recipe, choice, policy, arguments.num_jobs),
        inputs=[*files, *([choice.place] if choice.place else [])],
        options={"aligner": choice.aligner, **to_dict(policy)},
        outputs=[
            *(
                recipe.data / "align" / f"durations_{s}.jsonl.gz"
                for s in ("train", "valid", "test")
            ),
            recipe.data / "align" / "rejected.tsv",
        ],
    )


if __name__ == "__main__":
    run_script(main)

"""Write how many frames each token lasts, from an aligner's files or a voice (stage 8)."""

from __future__ import annotations

import argparse
import functools
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tts.config import Parser, add_flags, flags_given, from_dict, to_dict
from tts.data.corpus import Recipe, RecipeOptions, sources
from tts.data.parallel import usable_processors
from tts.data.validation import RejectPolicy
from tts.errors import run_script

SPLITS = ("train", "valid", "test")


def get_parser() -> argparse.ArgumentParser:
    parser = Parser(description=__doc__)
    add_flags(parser, RecipeOptions)
    parser.add_argument(
        "--aligner", default="", help="textgrid, interval, frames, mas, k2, attention"
    )
    parser.add_argument("--alignments", default="", help="folder or table of the aligner's times")
    parser.add_argument("--textgrids", type=Path, help="write the durations as TextGrids, too")
    parser.add_argument(
        "--exp-dir", help="folder or checkpoint of the voice that aligns (default: the recipe's)"
    )
    parser.add_argument("--epoch", type=int, help="of the voice: use epoch-N.pt")
    parser.add_argument("--checkpoint", default="ema", help="of the voice: ema, raw or a file")
    parser.add_argument("--device", default="cpu", help="of the voice: cpu (default) or cuda")
    parser.add_argument("--max-frames", type=int, default=8000, help="of the voice: frames a batch")
    parser.add_argument(
        "--num-jobs", type=int, default=usable_processors(), help="processes (%(default)s)"
    )
    add_flags(parser, RejectPolicy)
    return parser


def main() -> None:
    arguments = get_parser().parse_args()
    recipe = Recipe.open(RecipeOptions(**flags_given(arguments, RecipeOptions)))
    policy = from_dict(RejectPolicy, flags_given(arguments, RejectPolicy), "rejection policy")

    from tts.align.corpus import align_corpus, choose_aligner, write_textgrids

    choice = choose_aligner(recipe, arguments.aligner, arguments.alignments)
    align: Callable[[], Any] = functools.partial(
        align_corpus, recipe, choice, policy, arguments.num_jobs
    )
    place = choice.place
    if place is None:
        place, align = with_a_voice(arguments, recipe, choice.aligner, policy)

    def work() -> None:
        align()
        if arguments.textgrids:
            write_textgrids(recipe, arguments.textgrids)

    tiers = {key: getattr(recipe.config.align, key) for key in ("phone_tier", "word_tier")}
    files = [recipe.fbank(f"cuts_{split}.jsonl.gz") for split in SPLITS]
    files += [recipe.data / name for name in ("tokens.txt", "frontend.toml", "mel.toml")]
    files += sources("align/*.py", "infer/alignment.py", "text/**/*.py")
    written = [recipe.data / "align" / f"durations_{split}.jsonl.gz" for split in SPLITS]
    written += [arguments.textgrids] if arguments.textgrids else []
    recipe.stage(
        "align",
        work,
        inputs=[*files, place],
        options={
            "aligner": choice.aligner,
            "which": arguments.checkpoint,
            **tiers,
            **to_dict(policy),
        },
        outputs=[*written, recipe.data / "align" / "rejected.tsv"],
    )


def with_a_voice(
    arguments: argparse.Namespace, recipe: Recipe, search: str, policy: RejectPolicy
) -> tuple[Path, Callable[[], None]]:
    """Return the checkpoint, and the function that aligns with it."""
    from tts.align.corpus import usual_voice
    from tts.voice import find_checkpoint, find_source

    exp_dir = Path(arguments.exp_dir or usual_voice(recipe, search))
    source, which = find_source(exp_dir, arguments.epoch, arguments.checkpoint)
    path = source if source.is_file() else find_checkpoint(source, arguments.epoch)

    def align() -> None:
        from tts.align.corpus import read_mel_config, recordings, timing_of, write_aligned
        from tts.infer.alignment import align_recordings, check_fits
        from tts.text.tokens import TokenTable
        from tts.voice import load_voice

        voice = load_voice(path, which=which)
        table = TokenTable.read(recipe.data / "tokens.txt")
        check_fits(voice, table, timing_of(recipe).frontend.framing, read_mel_config(recipe))
        print(f"aligning with {voice.source}")
        found = align_recordings(
            voice, recordings(recipe), arguments.device, search, arguments.max_frames
        )
        write_aligned(recipe, search, found, policy)

    return path, align


if __name__ == "__main__":
    run_script(main)

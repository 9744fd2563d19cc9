"""Compute the log mel of every utterance in data/fbank, and data/rejected.tsv (stage 5)."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tts.config import Parser, add_flags, flags_given, from_dict, to_dict
from tts.data.cluster import LOCAL
from tts.data.corpus import Recipe, RecipeOptions, add_mel_flag, sources
from tts.data.parallel import usable_processors
from tts.data.validation import RejectPolicy
from tts.errors import run_script
from tts.features.extract import DEFINITION, write_features


def main() -> None:
    parser = Parser(description=__doc__)
    add_flags(parser, RecipeOptions)
    add_mel_flag(parser)
    parser.add_argument(
        "--num-jobs", type=int, default=usable_processors(), help="processes (%(default)s)"
    )
    parser.add_argument(
        "--executor",
        default=LOCAL,
        help="local; dask: a Dask cluster on this machine; dask://host:port: a Dask scheduler",
    )
    add_flags(parser, RejectPolicy)
    arguments = parser.parse_args()
    recipe = Recipe.open(RecipeOptions(**flags_given(arguments, RecipeOptions)))
    mel = recipe.mel(arguments.set)
    policy = from_dict(RejectPolicy, flags_given(arguments, RejectPolicy), "rejection policy")
    manifests = ("cuts.jsonl.gz", "faults.jsonl", "token_faults.jsonl", "ids.txt")
    recipe.stage(
        "fbank",
        lambda: write_features(recipe, mel, policy, arguments.num_jobs, arguments.executor),
        inputs=[recipe.corpus_dir, recipe.data / "tokens.txt", recipe.data / "frontend.toml"]
        + [recipe.manifest(kind) for kind in manifests]
        + sources(*DEFINITION),
        options={**to_dict(mel), **to_dict(policy), "limits": to_dict(recipe.config.audio)},
        outputs=[recipe.fbank("cuts.jsonl.gz"), recipe.fbank("sums.jsonl.gz")]
        + [recipe.data / name for name in ("fbank/feats", "mel.toml", "rejected.tsv")],
    )


if __name__ == "__main__":
    run_script(main)

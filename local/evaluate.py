"""Compare a trained voice with recordings: sounds, pictures and a table of distances."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tts.config import Parser, add_flags, flags_given
from tts.data.corpus import Recipe, RecipeOptions
from tts.errors import InputError, run_script


def get_parser() -> argparse.ArgumentParser:
    parser = Parser(description=__doc__)
    add_flags(parser, RecipeOptions)
    parser.add_argument("--model", default="matcha", help="acoustic model (default: matcha)")
    parser.add_argument("--exp-dir", type=Path, help="experiment folder (default: the recipe's)")
    parser.add_argument("--epoch", type=int, help="use epoch-N.pt (default: best-valid-loss.pt)")
    parser.add_argument(
        "--checkpoint", default="ema", help="ema (default), raw, or the name of a checkpoint file"
    )
    parser.add_argument(
        "--split", choices=("train", "valid", "test"), default="valid", help="default: valid"
    )
    parser.add_argument(
        "--num-utterances", type=int, default=5, help="the split's first N, 0: all (default: 5)"
    )
    parser.add_argument("--vocoder", type=Path, help="HiFi-GAN weights (default: Griffin-Lim)")
    parser.add_argument("--steps", type=int, default=3, help="flow steps (default: 3)")
    parser.add_argument("--temperature", type=float, default=0.667, help="default: 0.667")
    parser.add_argument("--seed", type=int, default=42)
    parser.add_argument("--device", default="cpu", help="cpu (default) or cuda")
    parser.add_argument("--output-dir", type=Path, help="default: evaluation/ in --exp-dir")
    return parser


def main() -> None:
    arguments = get_parser().parse_args()
    if arguments.num_utterances < 0:
        raise InputError(f"--num-utterances {arguments.num_utterances}: must be 0 (all) or more")
    recipe = Recipe.open(RecipeOptions(**flags_given(arguments, RecipeOptions)))

    from tts.evaluate.report import evaluate, write_report
    from tts.evaluate.samples import read_samples
    from tts.infer.speak import Manner
    from tts.infer.voice import find_source, load_voice
    from tts.vocoders import load_vocoder

    exp_dir = arguments.exp_dir or recipe.exp_dir(arguments.model)
    folder = arguments.output_dir or exp_dir / "evaluation"
    source, which = find_source(exp_dir, arguments.epoch, arguments.checkpoint)
    voice = load_voice(source, arguments.epoch, which)
    vocoder = load_vocoder(arguments.vocoder, voice.mel)
    cuts = recipe.cuts(arguments.split)
    samples = read_samples(cuts, recipe.work, voice, arguments.num_utterances)
    manner = Manner(arguments.steps, arguments.temperature, seed=arguments.seed)
    facts = {
        "voice": voice.source,
        "corpus": recipe.facts()["dataset"],
        "split": f"{arguments.split}, {len(samples)} utterances",
        "vocoder": str(arguments.vocoder or "Griffin-Lim"),
        "manner": f"{manner.num_steps} steps, temperature {manner.noise_scale}, seed {manner.seed}",
    }
    print(f"evaluating {voice.source} on {facts['split']}", flush=True)
    rows = []
    for row in evaluate(voice, samples, vocoder, manner, folder, arguments.device):
        print(f"{folder / row.id}.wav: {row.seconds:.2f} s of speech", flush=True)
        rows.append(row)
    print(write_report(folder, facts, rows))
    print(f"table in {folder / 'results.md'}, numbers in {folder / 'results.json'}")


if __name__ == "__main__":
    run_script(main)

#!/usr/bin/env python3
"""Pitch and energy as a FastSpeech 2 voice predicts them, against the recordings'.

  tools/plot_contours.py --corpus ljspeech --split valid --picture pitch.png \\
      --voices cwt=egs/ljspeech/TTS/fastspeech2/exp-1 frame=egs/ljspeech/TTS/fastspeech2/exp-2

The voice gets the durations of stage 8, so that frames belong together. Printed are the mean
distances over voiced frames and the correlation of the contours.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from tts.config import Parser, add_flags, flags_given
from tts.data.corpus import Recipe, RecipeOptions
from tts.errors import InputError, run_script


def get_parser() -> argparse.ArgumentParser:
    parser = Parser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_flags(parser, RecipeOptions)
    parser.add_argument("--voices", nargs="+", required=True, metavar="NAME=PATH",
                        help="experiment folders or checkpoints")  # fmt: skip
    parser.add_argument("--split", default="valid", choices=("train", "valid", "test"))
    parser.add_argument("--num-utterances", type=int, default=3, help="the first N (default: 3)")
    parser.add_argument("--picture", type=Path, default=Path("contours.png"), help="PNG to write")
    return parser


def main() -> None:
    arguments = get_parser().parse_args()
    recipe = Recipe.open(RecipeOptions(**flags_given(arguments, RecipeOptions)))
    recorded: dict[str, np.ndarray] = {}
    voices: dict[str, dict[str, np.ndarray]] = {}
    for item in arguments.voices:
        name, equals, path = item.partition("=")
        if not equals:
            raise InputError(f"--voices {item}: expected NAME=PATH")
        voices[name] = predicted(recipe, path, arguments, recorded)
    print("| voice | F0 error, Hz | correlation of log F0 | energy error |\n|---|--:|--:|--:|")
    for name, contours in voices.items():
        print(f"| {name} | {' | '.join(distances(contours, recorded))} |")
    draw(arguments.picture, recorded, voices)
    print(arguments.picture)


def predicted(
    recipe: Recipe, path: str, arguments: argparse.Namespace, recorded: dict[str, np.ndarray]
) -> dict[str, np.ndarray]:
    """Log F0 and energy (T, 2) by utterance; fills `recorded` with log F0, voicing, energy."""
    import torch

    from tts.data.loader import Examples, read_examples
    from tts.train.stored_targets import join_targets
    from tts.voice import load_voice

    voice = load_voice(path)
    if not hasattr(voice.model, "contours"):
        raise InputError(f"{path} is {voice.model_name}, which predicts neither pitch nor energy")
    prefix = recipe.config.name
    cuts = recipe.data / "fbank" / f"{prefix}_cuts_{arguments.split}.jsonl.gz"
    listed = read_examples(cuts, recipe.work, voice.table, voice.frontend_config.framing)
    joined = join_targets(listed, voice.model.inputs, recipe.data, prefix, arguments.split)
    examples = Examples(joined.examples, voice.table.pad_id, None, joined.per_frame)
    found = {}
    for place in range(min(arguments.num_utterances, len(examples))):
        batch = examples[[place]]
        found[batch.ids[0]] = torch.stack(voice.model.contours(batch), 2)[0].numpy()
        of = (batch.log_f0_BT, batch.voiced_BT, batch.energy_BT)
        recorded[batch.ids[0]] = torch.stack(of, 2)[0].numpy()
    return found


def distances(contours: dict[str, np.ndarray], recorded: dict[str, np.ndarray]) -> list[str]:
    """The columns of a voice, over the frames of all its utterances."""
    found = np.concatenate(list(contours.values()))
    truth = np.concatenate([recorded[name] for name in contours])
    voiced = truth[:, 1] > 0
    hertz = np.abs(np.exp(found[voiced, 0]) - np.exp(truth[voiced, 0])).mean()
    alike = np.corrcoef(found[voiced, 0], truth[voiced, 0])[0, 1]
    return [f"{hertz:.1f}", f"{alike:.2f}", f"{np.abs(found[:, 1] - truth[:, 2]).mean():.1f}"]


def draw(
    path: Path, recorded: dict[str, np.ndarray], voices: dict[str, dict[str, np.ndarray]]
) -> None:
    """F0 of each utterance, recorded where it is voiced, and of each voice."""
    import matplotlib

    matplotlib.use("agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(
        len(recorded), 1, figsize=(9, 2.2 * len(recorded)), squeeze=False, layout="constrained"
    )
    for axis, (name, truth) in zip(axes[:, 0], recorded.items(), strict=True):
        f0 = np.where(truth[:, 1] > 0, np.exp(truth[:, 0]), np.nan)
        axis.plot(f0, color="0.3", linewidth=2, label="recorded")
        for voice, contours in voices.items():
            axis.plot(np.exp(contours[name][:, 0]), linewidth=1, label=voice)
        axis.set_ylabel("F0 in Hz")
        axis.set_title(name, fontsize=9, loc="left")
    axes[-1, 0].set_xlabel("frames")
    axes[0, 0].legend(fontsize=8, ncols=1 + len(voices))
    figure.savefig(path, dpi=100)


if __name__ == "__main__":
    run_script(main)

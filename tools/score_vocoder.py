#!/usr/bin/env python3
"""Compare vocoders on the recordings of a split, from the recordings' own mels or predicted ones.

  tools/score_vocoder.py --corpus ljspeech --vocoder ours=egs/ljspeech/TTS/vocos/exp \
    v2=generator_v2 griffin-lim= --dnsmos sig_bak_ovr.onnx --distillmos 1

A table with the mean over the clips: log-mel L1 (nats, all bins of all frames), STFT distance, F0
error (cents, where both are voiced), voicing error, DNSMOS, DistillMOS.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from tts.config import Parser, add_flags, flags_given, parse_bool
from tts.data.corpus import Recipe, RecipeOptions
from tts.errors import run_script

Score = Callable[[np.ndarray], float]


def main() -> None:
    parser = Parser(description=__doc__.split("\n")[0])
    parser.add_argument("--vocoder", nargs="+", default=["griffin-lim="], metavar="NAME=PATH",
                        help="a run, weights or an .onnx file; no path: Griffin-Lim")  # fmt: skip
    parser.add_argument("--split", default="valid", help="train or valid, packed by stage 16")
    parser.add_argument(
        "--predicted", type=parse_bool, default=False, metavar="BOOL",
        help="1: from the mels of stage predicted-mels (17)",
    )  # fmt: skip
    parser.add_argument("--dnsmos", default="", help="sig_bak_ovr.onnx of DNSMOS P.835")
    parser.add_argument(
        "--distillmos", type=parse_bool, default=False, metavar="BOOL",
        help="1: also DistillMOS (tools/setup.sh --judge)",
    )  # fmt: skip
    parser.add_argument("--picture", default="", help="also draw the first clip's spectra: .png")
    parser.add_argument("--wavs", default="", help="also write the samples into this folder")
    add_flags(parser, RecipeOptions)
    arguments = parser.parse_args()
    recipe = Recipe.open(RecipeOptions(**flags_given(arguments, RecipeOptions)))

    from tts.evaluate.distillmos import DistillMos
    from tts.evaluate.dnsmos import Judge
    from tts.vocoders import load_vocoder

    mel = recipe.prepared_mel()
    named = [given.partition("=")[::2] for given in arguments.vocoder]
    vocoders = {name: load_vocoder(path or None, mel) for name, path in named}
    opinions: dict[str, Score] = {}
    if arguments.dnsmos:
        judge = Judge(arguments.dnsmos)
        opinions["DNSMOS"] = lambda samples: judge(samples, mel.sample_rate)["ovr"]
    if arguments.distillmos:
        distill = DistillMos()
        opinions["DistillMOS"] = lambda samples: distill(samples, mel.sample_rate)
    clips = list(read_clips(recipe, arguments.split, arguments.predicted))
    print(f"{len(clips)} clips, {sum(len(clip[1]) for clip in clips) / mel.sample_rate:.0f} s")
    titles = ["log-mel L1", "STFT", "F0, cents", "voicing, %", *opinions]
    print(f"| vocoder | {' | '.join(titles)} |\n|{'---|' * (len(titles) + 1)}")
    drawn = {}
    for name, vocoder in [("recording", None), *vocoders.items()]:
        rows = []
        for number, (ident, samples, mel_TF) in enumerate(clips):
            made = samples if vocoder is None else speak(vocoder, mel_TF)
            if not number:
                drawn[name] = made
            rows.append([*distances(made, samples, mel), *(of(made) for of in opinions.values())])
            if arguments.wavs:
                write(Path(arguments.wavs) / name / f"{ident}.wav", made, mel.sample_rate)
        means = np.nanmean(np.array(rows), axis=0)
        print(f"| {name} | {' | '.join(f'{value:.3f}' for value in means)} |", flush=True)
    if arguments.picture:
        draw(Path(arguments.picture), drawn, mel.sample_rate)


def read_clips(
    recipe: Recipe, split: str, predicted: bool
) -> Iterator[tuple[str, np.ndarray, Any]]:
    """Yield id, recorded samples (T * hop_length,) and mel (T, F) of each clip."""
    import torch

    from tts.data.packed_file import Packed
    from tts.data.segments import samples_of
    from tts.features.packed_audio import audio_path, predicted_path
    from tts.vocoders.spectra import LogMel, margins

    mel, name = recipe.prepared_mel(), recipe.config.name
    audio = Packed(audio_path(recipe.data, name, split))
    made = Packed(predicted_path(recipe.data, name, split)) if predicted else None
    log_mel, (left, right) = LogMel(mel), margins(mel)
    for number, ident in enumerate(audio.ids):
        padded = np.array(samples_of(audio[number][:, 0]))
        mel_TF = log_mel.of_context(torch.from_numpy(padded)[None])[0]
        if made is not None:
            if ident not in made.ids:
                continue
            mel_TF = torch.from_numpy(np.array(made[made.ids.index(ident)], np.float32))
            mel_TF = mel_TF[: (len(padded) - left - right) // mel.hop_length]
        yield ident, padded[left : len(padded) - right], mel_TF


def speak(vocoder: Any, mel_TF: Any) -> np.ndarray:
    from tts.vocoders import vocode

    return vocode(vocoder, mel_TF)


def distances(made: np.ndarray, recorded: np.ndarray, mel: Any) -> list[float]:
    """Log-mel L1, STFT distance, mean F0 difference in cents, voicing error in percent."""
    import torch

    from tts.features.mel import log_mel
    from tts.features.pitch import PitchConfig, find_f0
    from tts.vocoders.losses import SpectralDistance

    length = min(len(made), len(recorded))
    made, recorded = made[:length], recorded[:length]
    l1 = float(np.abs(log_mel(made, mel) - log_mel(recorded, mel)).mean())
    stft = SpectralDistance()(*(torch.from_numpy(x.copy())[None] for x in (made, recorded)))
    found, wanted = (
        find_f0(x, mel.sample_rate, mel.hop_length, PitchConfig()) for x in (made, recorded)
    )
    both = (found > 0) & (wanted > 0)
    cents = 1200 * np.abs(np.log2(found[both] / wanted[both])).mean() if both.any() else math.nan
    return [l1, float(stft), float(cents), 100 * float(((found > 0) != (wanted > 0)).mean())]


def write(path: Path, samples: np.ndarray, rate: int) -> None:
    import soundfile

    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, np.clip(samples, -1, 1), rate, subtype="PCM_16")


def draw(path: Path, sounds: dict[str, np.ndarray], rate: int) -> None:
    """Draw the spectrograms of one clip, one above the other."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(len(sounds), 1, figsize=(9, 2.1 * len(sounds)), sharex=True)
    for axis, (name, samples) in zip(np.atleast_1d(axes), sounds.items(), strict=True):
        axis.specgram(
            samples[: 2 * rate] + 1e-9, NFFT=1024, Fs=rate, noverlap=768, vmin=-140, vmax=-40
        )
        axis.set(ylabel="Hz", ylim=(0, 6000))
        axis.set_title(name, fontsize=9, loc="left")
    figure.tight_layout()
    figure.savefig(path, dpi=80)


if __name__ == "__main__":
    run_script(main)

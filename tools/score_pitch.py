"""F0 of a toy corpus against its exact truth: errors of voiced frames, voicing, speed.

  tools/score_pitch.py egs/ljspeech/TTS/toy/download/LJSpeech-1.1

An error counts where truth and estimate are voiced; the last column also counts frames that the
estimate has for unvoiced, by their interpolated value. Speed is seconds of speech for a second of
one processor, reading and energy included.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from tts.config import Parser, add_flags, flags_given, from_dict
from tts.errors import InputError, run_script
from tts.features.contours import contours_of
from tts.features.pitch import PitchConfig
from tts.features.resample import resample
from tts.mel import MelConfig


def main() -> None:
    parser = Parser(description=__doc__.split("\n")[0])
    parser.add_argument("folders", nargs="+", type=Path, help="toy corpora: with truth/ in them")
    parser.add_argument("--limit", type=int, default=0, help="so many clips of each; 0: all")
    add_flags(parser, PitchConfig)
    arguments = parser.parse_args()
    pitch = from_dict(PitchConfig, flags_given(arguments, PitchConfig), "pitch")
    contours_of(np.zeros(9999, dtype=np.float32), MelConfig(), pitch)  # imports are not timed
    print(
        f"{'corpus':<14} {'frames':>7} {'voiced':>7} {'median':>7} {'< 1 %':>7} {'> 5 %':>7} "
        f"{'V/UV':>7} {'missed':>7} {'false':>7} {'speed':>6} {'< 1 %, all voiced':>18}"
    )
    for folder in arguments.folders:
        print(score(folder, arguments.limit, pitch))


def score(folder: Path, limit: int, pitch: PitchConfig) -> str:
    """One line of the table."""
    import soundfile

    names = sorted(path for path in folder.glob("truth/*.json") if path.stem != "corpus")
    if not names:
        raise InputError(f"{folder} has no truth/*.json: make one with tools/make_toy_corpus.py")
    mel, f0, found, interpolated, audio, seconds = MelConfig(), [], [], [], 0.0, 0.0
    for path in names[: limit or None]:
        truth = json.loads(path.read_text(encoding="utf-8"))
        (clip,) = folder.glob(f"*/{path.stem}.wav")
        start = time.process_time()
        samples, rate = soundfile.read(clip, dtype="float32")
        contours = contours_of(resample(samples, rate, mel.sample_rate), mel, pitch)
        seconds += time.process_time() - start
        audio += len(samples) / rate
        f0.append(np.array(truth["f0"]))
        interpolated.append(np.exp(contours[:, 0]))
        found.append(interpolated[-1] * contours[:, 1])
    f0, found = np.concatenate(f0), np.concatenate(found)
    voiced, said = f0 > 0, found > 0
    error = np.abs(found[voiced & said] / f0[voiced & said] - 1)
    every = np.abs(np.concatenate(interpolated)[voiced] / f0[voiced] - 1)
    shares = [(error < 0.01).mean(), (error > 0.05).mean(), (voiced == said).mean()]
    shares += [(voiced & ~said).sum() / voiced.sum(), (said & ~voiced).sum() / (~voiced).sum()]
    columns = " ".join(f"{100 * share:6.2f}%" for share in shares)
    first = f"{folder.name:<14} {len(f0):>7} {100 * voiced.mean():6.1f}%"
    last = f"{audio / seconds:>5.0f}x {100 * (every < 0.01).mean():>17.2f}%"
    return f"{first} {100 * np.median(error):6.3f}% {columns} {last}"


if __name__ == "__main__":
    run_script(main)

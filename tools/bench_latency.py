#!/usr/bin/env python3
"""Latency of a voice: from the text to its first and its last sample, as percentiles.

  tools/bench_latency.py --package egs/ljspeech/TTS/matcha/exp/sherpa-onnx \
    --backends onnx sherpa=.runtimes/2.0.1 sherpa=.runtimes/1.13.4 --threads 1 2

The layout is that of NVIDIA's tables: a text of one sentence of about 128 characters (in Mandarin
the longest of local/texts/), and one of four. A sentence leaves when all of it is computed, so that
the first sample of one sentence is its last. Each back end runs in a process of its own; `torch`
wants --exp-dir, whose mel passes through --vocoder. Times include the front end; a first round that
warms up does not count.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tts.config import Parser
from tts.errors import InputError, run_script

TEXTS = Path(__file__).resolve().parents[1] / "local" / "texts"
LENGTH = 128  # characters of a sentence, as near as the sentences of local/texts/ come
PERCENTILES = (50, 90, 95, 99)


def main() -> None:
    parser = Parser(description=__doc__.split("\n")[0])
    parser.add_argument("--package", help="folder of export_onnx.py")
    parser.add_argument("--exp-dir", help="experiment folder or checkpoint, for the back end torch")
    parser.add_argument("--vocoder", help="for torch: weights or a run (default: Griffin-Lim)")
    parser.add_argument("--backends", nargs="+", default=["onnx"],
                        help="torch, onnx, sherpa or sherpa=FOLDER of a runtime")  # fmt: skip
    parser.add_argument("--threads", type=int, nargs="+", default=[1])
    parser.add_argument("--steps", type=int, default=3, help="flow steps (default: 3)")
    parser.add_argument("--runs", type=int, default=50, help="of each text (default: 50)")
    parser.add_argument("--texts", help="sentences (default: local/texts/ in the voice's language)")
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.worker is not None:
        print(json.dumps(measure(arguments, arguments.worker, arguments.threads[0])))
        return
    if min(arguments.runs, *arguments.threads) < 1:
        raise InputError("--runs and --threads: must be 1 or more")
    for backend in arguments.backends:
        if backend not in ("torch", "onnx", "sherpa") and not backend.startswith("sherpa="):
            raise InputError(f"--backends {backend}: torch, onnx, sherpa or sherpa=FOLDER")
        needed = "exp_dir" if backend == "torch" else "package"
        if not getattr(arguments, needed):
            raise InputError(f"--backends {backend} needs --{needed.replace('_', '-')}")
    print_head()
    for backend in arguments.backends:
        for threads in arguments.threads:
            for line in in_process(backend, threads):
                print_line(backend, threads, line)


def in_process(backend: str, threads: int) -> list[dict[str, Any]]:
    """Measure in a process of its own, where one runtime is imported."""
    name, _, folder = backend.partition("=")
    path = os.pathsep.join(filter(None, (folder, os.environ.get("PYTHONPATH"))))
    waiting = {"OMP_NUM_THREADS": str(threads), "OMP_WAIT_POLICY": "passive"}
    done = subprocess.run(
        [sys.executable, __file__, *sys.argv[1:], "--worker", name, "--threads", str(threads)],
        env={**os.environ, **waiting, "PYTHONPATH": path}, stdout=subprocess.PIPE, text=True,
        check=False,
    )  # fmt: skip
    if done.returncode:
        raise InputError(f"{backend} with {threads} threads ended with status {done.returncode}")
    return json.loads(done.stdout.splitlines()[-1])


def measure(arguments: argparse.Namespace, backend: str, threads: int) -> list[dict[str, Any]]:
    """Return for a text of one sentence and one of four the seconds of each run."""
    from tts.voice import SpeakingOptions

    speaker, options = open_backend(arguments, backend, threads, SpeakingOptions(arguments.steps))
    sentences = choose(arguments.texts, speaker.frontend.config.language)
    found = []
    for count in (1, 4):
        firsts, lasts, seconds = [], [], 0.0
        for run in range(arguments.runs + 1):
            start = time.perf_counter()
            first, seconds = None, 0.0
            for sentence in sentences[:count]:
                speech = speaker.say(speaker.frontend(sentence), options, {})
                first = first or time.perf_counter() - start
                seconds += speech.seconds
            if run:
                firsts.append(first)
                lasts.append(time.perf_counter() - start)
        length = sum(map(len, sentences[:count]))
        sizes = {"sentences": count, "characters": length, "rate": speech.sample_rate}
        found.append({**sizes, "first": firsts, "last": lasts, "seconds": seconds})
    return found


def open_backend(
    arguments: argparse.Namespace, backend: str, threads: int, options: Any
) -> tuple[Any, Any]:
    """Return what says sentences, and the options that it takes."""
    from tts.evaluate.systems import open_system
    from tts.mel import MelConfig
    from tts.vocoders import load_vocoder
    from tts.voice import load_voice

    if backend == "torch":
        import torch

        from tts.infer.pytorch import TorchVoice

        torch.set_num_threads(threads)
        voice = load_voice(Path(arguments.exp_dir))
        return TorchVoice(voice, load_vocoder(arguments.vocoder or None, voice.mel)), options
    path = Path(arguments.package)
    runtime = {"runtime": backend, "num_threads": threads}
    system = open_system("voice", path, MelConfig(), None, options, **runtime)
    return system.backend, system.options


def choose(path: str | None, language: str) -> list[str]:
    """Return the four sentences of a file whose lengths come nearest to LENGTH."""
    from tts.infer.speak import read_texts
    from tts.text.languages import language_of

    tag = language_of(language).tag.partition("-")[0]
    file = Path(path) if path else TEXTS / f"unseen_{tag}.txt"
    if not file.is_file():
        raise InputError(f"{file} does not exist: give --texts FILE with sentences")
    texts = [request.text for request in read_texts(file, "--texts")]
    nearest = sorted(texts, key=lambda text: abs(len(text) - LENGTH))[:4]
    return nearest * (1 + 3 // len(nearest))


def print_head() -> None:
    shown = " | ".join(f"{part} p{p}, ms" for part in ("first", "last") for p in PERCENTILES)
    heads = ["back end", "threads", "sentences", "characters", "speech, s", shown, "samples/s"]
    print(f"| {' | '.join(heads)} | RTF |\n|{'---|' * (7 + 2 * len(PERCENTILES))}")


def print_line(backend: str, threads: int, line: dict[str, Any]) -> None:
    import numpy as np

    parts = [np.percentile(line[part], PERCENTILES) * 1000 for part in ("first", "last")]
    shown = " | ".join(f"{value:.0f}" for values in parts for value in values)
    median = float(np.median(line["last"]))
    speed = line["seconds"] * line["rate"] / median
    print(
        f"| {backend} | {threads} | {line['sentences']} | {line['characters']} | "
        f"{line['seconds']:.2f} | {shown} | {speed:.0f} | {median / line['seconds']:.4f} |",
        flush=True,
    )


if __name__ == "__main__":
    run_script(main)

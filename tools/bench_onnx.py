"""Real-time factor of exported ONNX files, by ODE steps and threads (medians).

Weights by rule, since speed does not depend on them; 601 ids become about 707 frames.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from tts.errors import run_script
from tts.export.graph import open_session, run_graph
from tts.features.mel import MelConfig
from tts.files import read_json
from tts.models import build_model, model_class

NUM_IDS, NUM_FRAMES, NUM_TOKENS = 601, 707, 178


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, nargs="+", default=[2, 3, 6])
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--vocoder", help="HiFi-GAN checkpoint, to measure with it")
    parser.add_argument("--profile", action="store_true", help="time by operator, first file")
    arguments = parser.parse_args()
    mel = MelConfig()

    import torch

    from tts.export.onnx import export_acoustic

    torch.manual_seed(0)
    model = build_model("matcha", model_class("matcha").Config(), NUM_TOKENS, mel.n_mels, -5.5, 2)
    with tempfile.TemporaryDirectory() as folder:
        files = {}
        for steps in arguments.steps:
            path = Path(folder) / f"model-steps-{steps}.onnx"
            export_acoustic(
                model, path, num_tokens=NUM_TOKENS, num_steps=steps, metadata={"bench": "1"}
            )
            files[f"acoustic, {steps} steps"] = path, acoustic_inputs(path)
        if arguments.vocoder:
            from tts.export.vocoder import export_hifigan
            from tts.vocoders.hifigan import load_hifigan

            path = Path(folder) / "vocoder.onnx"
            export_hifigan(load_hifigan(arguments.vocoder), path)
            noise = np.random.RandomState(0).standard_normal((1, mel.n_mels, NUM_FRAMES))
            files["HiFi-GAN"] = path, [(noise * 2 - 5.5).astype(np.float32)]
        print("| graph | threads | RTF, median | RTF, best |\n|---|---|---|---|")
        seconds = NUM_FRAMES * mel.hop_length / mel.sample_rate
        for name, (path, inputs) in files.items():
            for threads in arguments.threads:
                times = measure(path, inputs, threads, arguments.repeats)
                median, best = statistics.median(times) / seconds, min(times) / seconds
                print(f"| {name} | {threads} | {median:.4f} | {best:.4f} |")
        if arguments.profile:
            print_profile(*next(iter(files.values())), folder)


def acoustic_inputs(path: Path) -> list[np.ndarray]:
    """Ids and the length scale that makes NUM_FRAMES of them."""
    ids = np.random.RandomState(0).randint(0, NUM_TOKENS, (1, NUM_IDS)).astype(np.int64)
    inputs = [ids, np.array([NUM_IDS]), np.array([0.667], np.float32), np.array([1.0], np.float32)]
    frames = run_graph(open_session(path), *inputs).shape[2]
    inputs[3] = np.array([(NUM_FRAMES + 0.5) / frames], np.float32)
    return inputs


def measure(path: Path, inputs: list[np.ndarray], threads: int, repeats: int) -> list[float]:
    """Seconds of each of `repeats` runs after one that warms up."""
    session = open_session(path, threads)
    run_graph(session, *inputs)
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        run_graph(session, *inputs)
        times.append(time.perf_counter() - start)
    return times


def print_profile(path: Path, inputs: list[np.ndarray], folder: str) -> None:
    """Share of the time by operator, one thread."""
    session = open_session(path, 1, str(Path(folder) / "profile"))
    for _ in range(3):
        run_graph(session, *inputs)
    shares: Counter[str] = Counter()
    for event in read_json(session.end_profiling()):
        if event.get("cat") == "Node" and "op_name" in event["args"]:
            shares[event["args"]["op_name"]] += event["dur"]
    for operator, duration in shares.most_common(12):
        print(f"{operator:20} {duration / sum(shares.values()):6.1%}")


if __name__ == "__main__":
    run_script(main)

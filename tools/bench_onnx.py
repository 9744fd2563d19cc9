"""Real-time factor of exported ONNX files, by ODE steps and threads (medians).

Random weights, since speed does not depend on them; 601 ids, every other one a blank, become
about 707 frames. Tacotron 2 has no durations: half as many ids, its gate closed, the frames that
come. The files are run in turn, and the last line compares the models.
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
from tts.files import read_json
from tts.mel import MelConfig
from tts.models import build_model, model_class
from tts.models.facts import Facts

NUM_IDS, NUM_FRAMES, NUM_TOKENS = 601, 707, 178


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", nargs="+", default=["matcha", "fastspeech2"])
    parser.add_argument("--steps", type=int, nargs="+", default=[2, 3, 6])
    parser.add_argument("--int8", action="store_true", help="the files in 8 bit as well")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--vocoder", help="HiFi-GAN checkpoint, to measure with it")
    parser.add_argument("--profile", action="store_true", help="time by operator, first file")
    arguments = parser.parse_args()
    mel = MelConfig()

    with tempfile.TemporaryDirectory() as folder:
        files = {}
        for name in arguments.model:
            files |= export_files(name, arguments, Path(folder), mel)
        if arguments.vocoder:
            from tts.export.vocoder import export_hifigan
            from tts.vocoders.hifigan import load_hifigan

            path = Path(folder) / "vocoder.onnx"
            export_hifigan(load_hifigan(arguments.vocoder), path)
            noise = np.random.RandomState(0).standard_normal((1, mel.n_mels, NUM_FRAMES))
            files["HiFi-GAN"] = path, [(noise * 2 - 5.5).astype(np.float32)]
        print("| graph | threads | RTF, median | RTF, best |\n|---|---|---|---|")
        seconds = {
            name: frames_of(path, inputs) * mel.hop_length / mel.sample_rate
            for name, (path, inputs) in files.items()
        }
        medians: dict[tuple[str, int], float] = {}
        for threads in arguments.threads:
            for name, times in measure(files, threads, arguments.repeats).items():
                median, best = (f(times) / seconds[name] for f in (statistics.median, min))
                medians[name, threads] = median
                print(f"| {name} | {threads} | {median:.4f} | {best:.4f} |")
        vocoder = "HiFi-GAN"  # it compares with no model
        print_ratios({key: value for key, value in medians.items() if key[0] != vocoder})
        if arguments.profile:
            print_profile(*next(iter(files.values())), folder)


def export_files(
    name: str, arguments: argparse.Namespace, folder: Path, mel: MelConfig
) -> dict[str, tuple[Path, list[np.ndarray]]]:
    """Export a model; return its files with their inputs, by what the table calls them."""
    import torch

    from tts.export.onnx import export_graph

    torch.manual_seed(0)
    model = build_model(
        name, model_class(name).Config(), Facts(NUM_TOKENS, mel.n_mels, -5.5, 2)
    ).eval()
    if name == "tacotron2":
        torch.nn.init.constant_(model.decoder.gate_layer.bias, -1e4)
    graphs = [(graph, "") for graph in model.export_graphs(arguments.steps) if graph.packaged]
    if arguments.int8:
        graphs += [(graph, ", 8 bit") for graph in model.export_graphs(arguments.steps, True)]
    files = {}
    for graph, kind in graphs:
        path = folder / f"{name}{kind}-{graph.file}"
        export_graph(graph, path, {"bench": "1"})
        count = graph.facts.get("num_ode_steps")
        title = f"{name}, {count} steps{kind}" if count else f"{name}{kind}"
        files[title] = path, acoustic_inputs(path, timed=name != "tacotron2")
        print(f"{title}: {path.stat().st_size / 1e6:.1f} MB")
    return files


def acoustic_inputs(path: Path, timed: bool) -> list[np.ndarray]:
    """Ids; of a model with durations also the length scale that makes NUM_FRAMES of them."""
    count = NUM_IDS if timed else NUM_IDS // 2 + 1
    ids = np.random.RandomState(0).randint(1, NUM_TOKENS, (1, count)).astype(np.int64)
    ids[:, ::2] = 0
    inputs = [ids, np.array([count]), np.array([0.667], np.float32), np.array([1.0], np.float32)]
    if timed:
        inputs[3] = np.array([(NUM_FRAMES + 0.5) / frames_of(path, inputs)], np.float32)
    return inputs


def frames_of(path: Path, inputs: list[np.ndarray]) -> int:
    """Frames of the mel that a file makes, or takes."""
    if len(inputs) == 1:
        return inputs[0].shape[2]
    return run_graph(open_session(path), *inputs).shape[2]


def measure(
    files: dict[str, tuple[Path, list[np.ndarray]]], threads: int, repeats: int
) -> dict[str, list[float]]:
    """Seconds of each of `repeats` runs of each file, in turn, after one that warms up."""
    sessions = {name: open_session(path, threads) for name, (path, _) in files.items()}
    times: dict[str, list[float]] = {name: [] for name in files}
    for _ in range(repeats + 1):
        for name, (_, inputs) in files.items():
            start = time.perf_counter()
            run_graph(sessions[name], *inputs)
            times[name].append(time.perf_counter() - start)
    return {name: seconds[1:] for name, seconds in times.items()}


def print_ratios(medians: dict[tuple[str, int], float]) -> None:
    """How long a model without steps takes against every file of those with steps."""
    for (name, threads), median in medians.items():
        for (other, other_threads), with_steps in medians.items():
            if "steps" not in name and "steps" in other and threads == other_threads:
                ratio = median / with_steps
                print(f"{name} / {other}, {threads} threads: {ratio:.2f}")


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

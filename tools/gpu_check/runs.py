"""Run the scripts of this checkout on the toy corpus, the bench and the tests of GPUs."""

from __future__ import annotations

import argparse
import csv
import json
import math
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from tts.errors import InputError

ROOT = Path(__file__).resolve().parents[2]
CORPUS = "ljspeech"
SENTENCE = "The training of a voice begins with one command."


def run(*words: object, must: bool = True) -> str:
    """Run a command of this checkout and return its output. Raises: InputError where it fails."""
    paths = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    process = subprocess.Popen(
        [str(word) for word in words],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": paths},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    lines = []
    for line in process.stdout:  # as they come: the log of a step that is stopped shows them
        print(line, end="", flush=True)
        lines.append(line)
    if process.wait() and must:
        raise InputError(f"{Path(str(words[1])).name}: exit status {process.returncode}")
    return "".join(lines)


def script(path: str, arguments: argparse.Namespace, *words: object) -> str:
    """Run a script of local/ on the toy corpus in the work folder."""
    recipe = ("--corpus", CORPUS, "--toy", "1", "--work", arguments.work.resolve())
    return run(sys.executable, ROOT / "local" / path, *recipe, *words)


def data(arguments: argparse.Namespace) -> dict[str, Any]:
    """Make the toy corpus and prepare it for both models."""
    words = ("--toy", "--corpus", CORPUS, "--work", arguments.work.resolve())
    run("bash", ROOT / "prepare.sh", *words, "--model", "fastspeech2", "--python", sys.executable)
    splits = sorted((arguments.work / "toy" / "data" / "fbank").glob("*_cuts_*.jsonl.gz"))
    return {"splits": [path.name for path in splits]}


def exp_of(arguments: argparse.Namespace, name: str = "") -> Path:
    """Return the experiment folder of a step, in the work folder."""
    name = name or f"{arguments.model}-{arguments.precision}"
    return arguments.work.resolve() / f"exp-{name}"


def train(arguments: argparse.Namespace) -> dict[str, Any]:
    """Train one epoch of the toy voice, with pictures and samples of each validation."""
    options = ["--precision", arguments.precision, "--num-epochs", 1, "--tensorboard", 1]
    return training(arguments, exp_of(arguments), *options)


def training(arguments: argparse.Namespace, exp: Path, *words: object) -> dict[str, Any]:
    """Run train.py; the figures of its losses and log."""
    options = ["--model", arguments.model, "--device", arguments.device, "--exp-dir", exp]
    # Few steps on a CPU, where they only show that everything fits together.
    options += ["--max-duration", 6 if arguments.device != "cpu" else 60]
    output = script("train.py", arguments, *options, *words)
    with open(exp / "losses.csv", newline="", encoding="ascii") as file:
        losses = [float(row["tot_loss"]) for row in csv.DictReader(file)]
    speeds = re.findall(r"([\d.]+) frames/s", output)
    valid = re.findall(r"validation: loss\[.*?tot_loss=([\d.einf+-]+)", output)
    part = max(1, len(losses) // 4)
    start, end = sum(losses[:part]) / part, sum(losses[-part:]) / part
    return {
        "steps": len(losses),
        "first_quarter": round(start, 4),
        "last_quarter": round(end, 4),
        "validation": float(valid[-1]) if valid else None,
        "frames_per_second": float(speeds[-1]) if speeds else None,
        "ok": all(map(math.isfinite, losses)) and end < start,
    }


def resume(arguments: argparse.Namespace) -> dict[str, Any]:
    """Train two epochs at once, and one and one more: are all losses and weights the same?"""
    import torch

    from tts.checkpoint import load_checkpoint

    options = ("--deterministic", 1, "--save-every-n", 1, "--tensorboard", 1)
    options = (*options, "--start-epoch", "auto", "--set", "train.lr_schedule=constant")
    if arguments.device == "cpu":
        sizes = {"encoder.channels": 32, "encoder.num_layers": 1, "decoder.channels": "[32]"}
        options = (*options, *(f"model.{name}={size}" for name, size in sizes.items()))
    straight, resumed = exp_of(arguments, "straight"), exp_of(arguments, "resumed")
    for exp, epochs in ((straight, 2), (resumed, 1), (resumed, 2)):
        training(arguments, exp, *options, "--num-epochs", epochs)
    texts = [(exp / "losses.csv").read_text() for exp in (straight, resumed)]
    states = [load_checkpoint(exp / "epoch-2.pt")["model"] for exp in (straight, resumed)]
    same = all(torch.equal(value, states[1][name]) for name, value in states[0].items())
    found = {"steps": len(texts[0].splitlines()) - 1, "losses_equal": texts[0] == texts[1]}
    return {**found, "weights_equal": same, "ok": same and texts[0] == texts[1]}


def loop(arguments: argparse.Namespace) -> dict[str, Any]:
    """Measure the real loop on LJSpeech's lengths: frames a second, shares, memory."""
    output = arguments.work.resolve() / "loop.json"
    arguments.work.mkdir(parents=True, exist_ok=True)
    cuda = arguments.device != "cpu"
    size = ("--size", 2000, "--steps", 12) if cuda else ("--size", 24, "--steps", 1)
    words = (*size, "--max-duration", 200 if cuda else 4)
    kinds = ("fp32", "bf16") if cuda else ("fp32",)
    bench = (ROOT / "tools" / "bench_train.py", "--mode", "corpus", "--device", arguments.device)
    run(sys.executable, *bench, *words, "--precision", *kinds, "--output", output)
    names = ("frames_per_second", "step_seconds", "padding", "peak_memory_bytes", "share")
    return {
        result["precision"]: {name: result[name] for name in (*names, "overhead_of_the_loop")}
        | {"share_of_peak": result.get("share_of_peak")}
        for result in json.loads(output.read_text())
    }


def export(arguments: argparse.Namespace) -> dict[str, Any]:
    """Export the voice that `train` left, and speak with the package."""
    package, exp = arguments.work.resolve() / "package", exp_of(arguments)
    options = ("--exp-dir", exp, "--steps", 3, "--package", package)
    script("export_onnx.py", arguments, *options)
    wav = arguments.work.resolve() / "speech.wav"
    spoken = ("--package", package, "--input-text", SENTENCE, "--output-wav", wav)
    script("speak_onnx.py", arguments, *spoken)
    sizes = {path.name: path.stat().st_size for path in sorted(package.glob("*.onnx"))}
    return {"bytes": sizes, "speech_bytes": wav.stat().st_size, "ok": wav.stat().st_size > 10**4}


def tests(arguments: argparse.Namespace) -> dict[str, Any]:
    """Run the tests marked gpu, but for the long ones."""
    words = ("-m", "pytest", "-m", "gpu and not slow", "-q", "-p", "no:cacheprovider")
    folders = ("test/align", "test/models", "test/train", "test/data")
    output = run(sys.executable, *words, *folders, must=False)
    counts = {
        word: int(count)
        for count, word in re.findall(r"(\d+) (passed|failed|skipped|error)", output)
    }
    bad = counts.get("failed", 0) + counts.get("error", 0)
    return {**counts, "ok": counts.get("passed", 0) > 0 and not bad}

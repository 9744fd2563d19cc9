"""Run one step of tools/check_gpu.sh; its last line is what was measured, as JSON."""

from __future__ import annotations

import argparse
import csv
import importlib.metadata
import json
import math
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tts.errors import InputError, run_script

ROOT = Path(__file__).resolve().parents[1]
CORPUS = "ljspeech"
SENTENCE = "The training of a voice begins with one command."
# What the steps import beside torch and numpy.
PACKAGES = (
    "monotonic-alignment-search", "tensorboard", "matplotlib", "tqdm", "tomli-w", "soundfile",
    "scipy", "pyworld-prebuilt", "pocketsphinx", "onnx", "onnxruntime", "pytest",
)  # fmt: skip


def get_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("step", choices=[*STEPS, "line"])
    parser.add_argument("--device", default="cuda", help="cuda (default), cuda:N or cpu")
    parser.add_argument("--work", type=Path, default=Path("."), help="toy corpus and its runs")
    parser.add_argument("--model", default="matcha")
    parser.add_argument("--precision", default="fp32")
    line = parser.add_argument_group("line: the line of JSON of a step that has ended")
    line.add_argument("--name")
    line.add_argument("--status", type=int, help="exit status; 124: the limit was reached")
    line.add_argument("--limit", type=int)
    line.add_argument("--seconds", type=int)
    line.add_argument("--log", type=Path)
    return parser


def main() -> int:
    arguments = get_parser().parse_args()
    if arguments.step == "line":
        print(json.dumps(line_of(arguments)))
        return 0
    found = STEPS[arguments.step](arguments)
    print(json.dumps(found))
    return 0 if found.pop("ok", True) else 1


def line_of(arguments: argparse.Namespace) -> dict[str, Any]:
    """Return name, ok, seconds and figures of a step; of a failed one also why."""
    text = arguments.log.read_text(errors="replace") if arguments.log.is_file() else ""
    lines = [line for line in text.splitlines() if line.strip()]
    figures = {}
    if lines and lines[-1].startswith("{"):
        figures = json.loads(lines.pop())
    ok = figures.pop("ok", True) and arguments.status == 0
    line = {"name": arguments.name, "ok": ok, "seconds": arguments.seconds, "figures": figures}
    if not ok:
        late = arguments.status in (124, 137)
        why = f"longer than {arguments.limit} s" if late else f"exit status {arguments.status}"
        if late and arguments.limit <= 0:
            why = "no time was left"
        line |= {"why": why, "last_lines": [text[:300] for text in lines[-4:]]}
    return line


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


def environment(arguments: argparse.Namespace) -> dict[str, Any]:
    """Return versions, the device and what is missing; not ok where a package or the device is."""
    versions, missing = {}, []
    for name in ("torch", "numpy", "triton", *PACKAGES):
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            missing += [name] if name != "triton" else []
    found: dict[str, Any] = {"python": sys.version.split()[0], "versions": versions}
    found["compiler"] = os.environ.get("CC") or shutil.which("clang") or shutil.which("gcc")
    if "torch" in versions:
        import torch

        found["cuda"], found["gpus"] = torch.version.cuda, torch.cuda.device_count()
        if arguments.device != "cpu":
            facts = torch.cuda.get_device_properties(torch.device(arguments.device))
            found["device"] = f"{facts.name}, {facts.total_memory / 2**30:.0f} GiB"
            found["capability"] = f"{facts.major}.{facts.minor}"
    return {**found, "missing": missing, "ok": not missing}


def alignment(arguments: argparse.Namespace) -> dict[str, Any]:
    """Compare the searches with the CPU's durations; milliseconds of a batch of 32 x (180, 560)."""
    import torch

    from tts.align.mas import durations_on_cpu, maximum_path, triton_works
    from tts.align.mas_torch import durations_by_torch

    torch.manual_seed(0)
    device = torch.device(arguments.device)
    cuda = device.type == "cuda"
    token_lens, frame_lens = torch.randint(90, 181, (32,)), torch.randint(400, 561, (32,))
    token_lens[0], frame_lens[0] = 180, 560
    scores = torch.randn(32, 180, 560) * 9
    scores[1::2] = scores[1::2].sign()  # many equal sums
    wanted = durations_on_cpu(scores, token_lens, frame_lens)
    values = [value.to(device) for value in (scores, token_lens, frame_lens)]
    searches = {"cpu": durations_on_cpu, "torch": durations_by_torch}
    triton = cuda and triton_works(values[0].device)
    if triton:
        searches["triton"] = maximum_path
    found: dict[str, Any] = {"triton": triton}
    for name, search in searches.items():
        given = (scores, token_lens, frame_lens) if name == "cpu" else values
        durations = search(*given).cpu()
        times = []
        for _ in range(5):
            started = time.perf_counter()
            search(*given)
            if cuda:
                torch.cuda.synchronize(device)
            times.append(time.perf_counter() - started)
        found |= {f"{name}_ms": round(1000 * min(times), 3)}
        found |= {f"{name}_equal": torch.equal(durations, wanted)}
    equal = all(value for name, value in found.items() if name.endswith("_equal"))
    return {**found, "ok": equal and (triton or not cuda)}


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
        options = (*options, "model.decoder.channels=[32]", "model.decoder.time_channels=32")
    straight, resumed = exp_of(arguments, "straight"), exp_of(arguments, "resumed")
    for exp, epochs in ((straight, 2), (resumed, 1), (resumed, 2)):
        training(arguments, exp, *options, "--num-epochs", epochs)
    texts = [(exp / "losses.csv").read_text() for exp in (straight, resumed)]
    states = [load_checkpoint(exp / "epoch-2.pt")["model"] for exp in (straight, resumed)]
    same = all(torch.equal(value, states[1][name]) for name, value in states[0].items())
    found = {"steps": len(texts[0].splitlines()) - 1, "losses_equal": texts[0] == texts[1]}
    return {**found, "weights_equal": same, "ok": same and texts[0] == texts[1]}


def nccl(arguments: argparse.Namespace) -> dict[str, Any]:
    """Sum over one process with NCCL, and compare the gradients of DDP with plain ones."""
    import torch
    import torch.distributed as dist

    device = torch.device(arguments.device)
    torch.cuda.set_device(device)
    os.environ.setdefault("GLOO_SOCKET_IFNAME", "lo")  # a host's own name may not resolve
    store = dist.HashStore()
    dist.init_process_group("cpu:gloo,cuda:nccl", store=store, rank=0, world_size=1)
    values = torch.arange(1000.0, device=device)
    total = values.clone()
    dist.all_reduce(total)
    torch.manual_seed(0)
    plain = torch.nn.Sequential(torch.nn.Linear(8, 8), torch.nn.Linear(8, 1)).to(device)
    x, gradients = torch.randn(5, 8, device=device), []
    for module in (plain, torch.nn.parallel.DistributedDataParallel(plain)):
        plain.zero_grad(set_to_none=True)
        module(x).square().mean().backward()
        gradients.append([p.grad.clone() for p in plain.parameters()])
    close = all(torch.allclose(a, b) for a, b in zip(*gradients, strict=True))
    dist.destroy_process_group()
    version = ".".join(map(str, torch.cuda.nccl.version()))
    return {"nccl": version, "ok": torch.equal(total, values) and close}


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


STEPS = {
    step.__name__: step
    for step in (environment, alignment, data, train, resume, nccl, loop, export, tests)
}


if __name__ == "__main__":
    run_script(main)

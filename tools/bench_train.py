"""Time training: one step of one shape, or with --mode corpus the real loop on synthetic data
of LJSpeech's lengths (13,100 utterances, 24 hours). Several models are timed step by step in
turn, and compared with the first.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from training_speed import clock
from training_speed.corpus import WHOLE, write_corpus

from tts.errors import run_script
from tts.mel import MelConfig


def get_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", nargs="+", default=["matcha"],
                        help="default: matcha; mode corpus takes the first")  # fmt: skip
    parser.add_argument("--utterances", type=int, default=16, help="in a batch (default: 16)")
    parser.add_argument("--tokens", type=int, default=180,
                        help="ids of the longest, blanks included (default: 180)")  # fmt: skip
    parser.add_argument("--frames", type=int, default=560, help="of the longest (default: 560)")
    parser.add_argument("--steps", type=int, default=7, help="timed steps (default: 7)")
    parser.add_argument("--precision", choices=("fp32", "bf16", "fp16"), nargs="+",
                        default=["fp32"], help="one or more (mode step: the first)")  # fmt: skip
    parser.add_argument("--device", default="cpu", help="cpu (default) or cuda")
    parser.add_argument("--threads", type=int, default=0, help="0: as torch chooses")
    parser.add_argument("--mode", choices=("step", "corpus"), default="step")
    corpus = parser.add_argument_group("mode corpus")
    corpus.add_argument("--compile", type=int, choices=(0, 1), nargs="+", default=[0])
    corpus.add_argument("--size", type=int, default=WHOLE, help="utterances written (13,100)")
    corpus.add_argument("--max-duration", type=float, default=200.0, help="seconds in a batch")
    corpus.add_argument("--work", type=Path, help="folder of the data, kept (default: temporary)")
    corpus.add_argument("--set", nargs="+", default=[], metavar="NAME=VALUE",
                        help="more options of train.py, such as num_workers=4")  # fmt: skip
    corpus.add_argument("--output", type=Path, help="JSON to write")
    corpus.add_argument(
        "--profile", type=Path, help="write a trace of the steps (chrome://tracing)"
    )
    return parser


def main() -> None:
    arguments = get_parser().parse_args()
    if arguments.threads:
        import torch

        torch.set_num_threads(arguments.threads)
    if arguments.mode == "corpus":
        with tempfile.TemporaryDirectory() as folder:
            on_corpus(arguments, arguments.work or Path(folder), Path(folder))
        return
    arguments.precision = arguments.precision[0]
    one_shape(arguments)


def on_corpus(arguments: argparse.Namespace, work: Path, scratch: Path) -> None:
    """Every precision, compiled or not: a run for the rate, one for the parts."""
    from tts.config import parse_overrides

    manifests = write_corpus(work, arguments.size)
    name = arguments.model[0]
    work_of_frame = clock.work_per_frame(name)
    more = parse_overrides([f"train.{text}" for text in arguments.set]).get("train", {})
    results = []
    for number, (precision, compiled) in enumerate(
        itertools.product(arguments.precision, arguments.compile)
    ):
        train = {
            "precision": precision,
            "device": arguments.device,
            "max_duration": arguments.max_duration,
            **({"compile": True} if compiled else {}),
            **more,
        }
        found = {}
        for exact in (False, True):
            options = clock.options_for(manifests, scratch / f"exp-{number}-{exact}", **train)
            watch = clock.Clock(arguments.steps, 2, exact)
            profile = arguments.profile if exact else None
            with profiling(profile, number):
                found[exact] = clock.timed_run(name, options, watch)
        result = {**found[False], "share": found[True]["share"], "options": train}
        loop = result["share"]["data"] + result["share"]["rest"]
        result["overhead_of_the_loop"] = loop / (1 - loop)
        result["hours_of_speech"] = 24
        peak = clock.peak_of(result["device"], precision)
        if peak:
            padded = result["frames_per_second"] / (1 - result["padding"])
            result["share_of_peak"] = padded * work_of_frame / peak
        print(clock.report(result), flush=True)
        results.append(result)
    if arguments.output:
        arguments.output.write_text(json.dumps(results, indent=1) + "\n")


@contextlib.contextmanager
def profiling(path: Path | None, number: int):
    """torch's profiler around the block; its trace becomes `path`, later ones with a number."""
    if path is None:
        yield
        return
    from torch.profiler import profile

    with profile() as profiler:
        yield
    target = path if not number else path.with_stem(f"{path.stem}-{number}")
    profiler.export_chrome_trace(str(target))
    print(profiler.key_averages().table(sort_by="self_cpu_time_total", row_limit=25))


def one_shape(arguments: argparse.Namespace) -> None:
    """The parts of a step on one batch, of each model."""
    import torch

    from tts.train.device import keep_freed_memory

    if arguments.device == "cpu":
        keep_freed_memory()
    mel = MelConfig()
    benches = [Bench(name, arguments, mel) for name in arguments.model]
    for _ in range(arguments.steps + 2):
        for bench in benches:
            bench.step()
    seconds = benches[0].batch.num_frames * mel.hop_length / mel.sample_rate
    print(
        f"{arguments.utterances} x ({arguments.tokens} tokens, {arguments.frames} frames), "
        f"{seconds:.0f} s of speech; {arguments.device}, {arguments.precision}, "
        f"{torch.get_num_threads()} threads, torch {torch.__version__}"
    )
    for bench in benches:
        bench.print_parts(seconds)
    first = statistics.median(benches[0].times("step"))
    for bench in benches[1:]:
        ratio = statistics.median(bench.times("step")) / first
        print(f"{bench.name} takes {ratio:.2f} times as long as {benches[0].name}")


class Bench:
    """A model, its optimiser and its batch, and the parts of every step so far."""

    def __init__(self, name: str, arguments: argparse.Namespace, mel: MelConfig):
        import torch

        from tts.models import build_model, model_class
        from tts.models.facts import Facts
        from tts.train.memory import with_inputs

        torch.manual_seed(0)
        self.name, self.arguments = name, arguments
        facts = Facts(160, mel.n_mels, -5.5, 2.0)
        model = build_model(name, model_class(name).Config(), facts)
        self.model = model.to(arguments.device).train()
        batch = with_inputs(make_batch(arguments, mel.n_mels), model.inputs)
        self.batch = batch.to(arguments.device)
        self.optimizer = torch.optim.Adam(model.parameters(), lr=1e-4)
        self.parts: list[dict[str, float]] = []

    def step(self) -> None:
        self.parts.append(step(self.model, self.batch, self.optimizer, self.arguments))

    def times(self, part: str) -> list[float]:
        """Seconds of a part of each step but the first two."""
        return [parts[part] for parts in self.parts[2:]]

    def print_parts(self, seconds: float) -> None:
        """A table; `seconds` of speech in the batch."""
        print(f"{self.name}, {sum(p.numel() for p in self.model.parameters()):,} parameters")
        print(
            f"{'part':12} {'median s':>9} {'least s':>9}   (of {len(self.parts) - 2} steps after 2)"
        )
        for name in self.parts[0]:
            times = self.times(name)
            print(f"{name:12} {statistics.median(times):9.3f} {min(times):9.3f}")
        median = statistics.median(self.times("step"))
        frames = self.batch.num_frames / median
        print(f"{seconds / median:.1f} s of speech, {frames:.0f} frames a second")


def make_batch(arguments: argparse.Namespace, n_mels: int):
    """Random utterances between 90 % of the longest and the longest, every other id a blank."""
    import torch

    from tts.batch import Batch

    generator = torch.Generator().manual_seed(0)
    share = 0.9 + 0.1 * torch.rand(arguments.utterances, generator=generator)
    share[0] = 1.0
    size = (arguments.utterances, arguments.frames, n_mels)
    tokens = torch.randint(1, 150, (arguments.utterances, arguments.tokens), generator=generator)
    tokens[:, ::2] = 0
    return Batch(
        ids=[f"utterance-{row}" for row in range(arguments.utterances)],
        tokens_BL=tokens,
        tokens_lens=(share * arguments.tokens).long(),
        mel_BTF=torch.randn(size, generator=generator) * 2 - 5.5,
        mel_lens=(share * arguments.frames).long(),
    )


def step(model, batch, optimizer, arguments: argparse.Namespace) -> dict[str, float]:
    """One training step; seconds of each part."""
    import torch

    device = torch.device(arguments.device)

    def now() -> float:
        if device.type == "cuda":
            torch.cuda.synchronize()
        return time.perf_counter()

    search = {"seconds": 0.0}
    find = getattr(type(model), "_find_durations", None)

    def timed(*args):
        before = now()
        durations = find(model, *args)
        search["seconds"] = now() - before
        return durations

    if find is not None:
        model._find_durations = timed
    start = now()
    optimizer.zero_grad(set_to_none=True)
    with torch.autocast(device.type, torch.bfloat16, enabled=arguments.precision == "bf16"):
        total = sum(model(batch).values())
    forward = now()
    total.backward()
    backward = now()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 5.0)
    optimizer.step()
    end = now()
    return {
        "forward": forward - start - search["seconds"],
        "alignment": search["seconds"],
        "backward": backward - forward,
        "optimiser": end - backward,
        "step": end - start,
    }


if __name__ == "__main__":
    run_script(main)

"""The real training run with a clock around its parts."""

from __future__ import annotations

import contextlib
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

# Products a second that a chip promises, in 10^12, without sparsity, by the type of the numbers.
# fp32: of the plain units; NVIDIA's convolutions may use TF32 and then pass it.
PEAKS = {
    "H200": {"bf16": 989, "fp16": 989, "fp32": 67},
    "H100": {"bf16": 989, "fp16": 989, "fp32": 67},
    "A100": {"bf16": 312, "fp16": 312, "fp32": 19.5},
    "L4": {"bf16": 121, "fp16": 121, "fp32": 30},
    "4090": {"bf16": 165, "fp16": 165, "fp32": 82.6},
    "3090": {"bf16": 71, "fp16": 71, "fp32": 35.6},
    "V100": {"fp16": 125, "fp32": 15.7},
    "T4": {"fp16": 65, "fp32": 8.1},
}
PARTS = ("data", "forward", "alignment", "backward", "optimiser", "rest")


class Enough(BaseException):
    """Ends the run after the steps that were asked for; no error handler takes it."""


class Clock:
    """Seconds by part; `exact` waits for the GPU at each end of a part."""

    def __init__(self, steps: int, warm_up: int, exact: bool):
        self.last, self.warm_up, self.exact = steps + warm_up, warm_up, exact
        self.seconds = dict.fromkeys(PARTS, 0.0)
        self.rows: list[dict[str, float]] = []
        self.began = 0.0

    def now(self) -> float:
        import torch

        if self.exact and torch.cuda.is_available():
            torch.cuda.synchronize()
        return time.perf_counter()

    @contextlib.contextmanager
    def part(self, name: str, inside: str = "") -> Iterator[None]:
        """Add what happens here to `name`, and take it off `inside`."""
        before = self.now()
        try:
            yield
        finally:
            spent = self.now() - before
            self.seconds[name] += spent
            if inside:
                self.seconds[inside] -= spent

    def around(self, function: Any, name: str, inside: str = "") -> Any:
        """`function`, timed."""

        def timed(*args: Any, **kwargs: Any) -> Any:
            with self.part(name, inside):
                return function(*args, **kwargs)

        return timed

    def batches(self, loader: Any) -> Iterator[Any]:
        """The loader's batches; each closes the row of the step before it."""
        import torch

        iterator, started, batch = iter(loader), self.now(), None
        while True:
            before = self.now()
            if batch is not None:
                self._close_row(started, before, batch)
                started = before
            if len(self.rows) == self.last:
                raise Enough
            if len(self.rows) == self.warm_up and torch.cuda.is_available():
                torch.cuda.reset_peak_memory_stats()
            with self.part("data"):
                batch = next(iterator, None)
            if batch is None:
                return
            yield batch

    def _close_row(self, started: float, ended: float, batch: Any) -> None:
        rows, length = batch.mel_BTF.shape[:2]
        row = {**self.seconds, "step": ended - started}
        row["rest"] = row["step"] - sum(self.seconds.values())
        row |= {"frames": batch.num_frames, "padded": rows * length}
        self.rows.append(row)
        self.seconds = dict.fromkeys(PARTS, 0.0)


class Timed:
    """A loader whose batches pass a clock."""

    def __init__(self, loader: Any, clock: Clock):
        self._loader, self._clock = loader, clock

    def __iter__(self) -> Iterator[Any]:
        return self._clock.batches(self._loader)

    def __len__(self) -> int:
        return len(self._loader)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)


def timed_run(model: str, options: dict[str, Any], clock: Clock) -> dict[str, Any]:
    """Train as train.py does until the clock has its steps; returns what was measured."""
    import torch

    from tts.train import acoustic

    seen: dict[str, Any] = {}

    class Watched(acoustic.AcousticTask):
        def open_data(self) -> None:
            super().open_data()
            self.loaders["train"] = Timed(self.loaders["train"], clock)
            seen["task"] = self
            if clock.exact:
                network, optimizer = self.model, self.updater.optimizer
                network.forward = clock.around(network.forward, "forward")
                if hasattr(network, "_find_durations"):
                    find = network._find_durations
                    network._find_durations = clock.around(find, "alignment", "forward")
                optimizer.step = clock.around(optimizer.step, "optimiser")

    patches = [mock.patch.object(acoustic, "AcousticTask", Watched)]
    if clock.exact:
        backward = torch.Tensor.backward

        def timed_backward(self: Any, *args: Any, **kwargs: Any) -> None:
            with clock.part("backward"):
                backward(self, *args, **kwargs)

        clip = clock.around(torch.nn.utils.clip_grad_norm_, "optimiser")
        patches.append(mock.patch.object(torch.Tensor, "backward", timed_backward))
        patches.append(mock.patch.object(torch.nn.utils, "clip_grad_norm_", clip))
    with contextlib.ExitStack() as stack:
        for patch in patches:
            stack.enter_context(patch)
        with contextlib.suppress(Enough):
            acoustic.train(model, options, {"name": "bench"}, "bench")
    return summary(clock.rows[clock.warm_up :], seen["task"])


def summary(rows: list[dict[str, float]], task: Any) -> dict[str, Any]:
    """Rates, shares and memory of the measured steps."""
    import resource

    import torch

    total = sum(row["step"] for row in rows)
    frames = sum(row["frames"] for row in rows)
    cuda = task.device.type == "cuda"
    peak = (
        torch.cuda.max_memory_allocated(task.device)
        if cuda
        else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    )
    return {
        "device": torch.cuda.get_device_name(task.device) if cuda else "cpu",
        "precision": task.config.resolved_precision,
        "compile": task.config.compile,
        "steps": len(rows),
        "step_seconds": statistics.median(row["step"] for row in rows),
        "frames_per_second": frames / total,
        "padding": 1 - frames / sum(row["padded"] for row in rows),
        "peak_memory_bytes": peak,
        "share": {part: sum(row[part] for row in rows) / total for part in PARTS},
    }


def work_per_frame(model: str) -> float:
    """Floating point operations of forward and backward for one frame, padding included,
    counted on shapes alone at LJSpeech's mean lengths.
    """
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    from tts.batch import Batch
    from tts.mel import MelConfig
    from tts.models import build_model, model_class
    from tts.models.facts import Facts

    tokens, frames, mel = 170, 564, MelConfig()
    network = build_model(model, model_class(model).Config(), Facts(160, mel.n_mels))
    batch = Batch(
        ids=["a"] * 4,
        tokens_BL=torch.ones(4, tokens, dtype=torch.int64),
        tokens_lens=torch.full((4,), tokens),
        mel_BTF=torch.zeros(4, frames, mel.n_mels),
        mel_lens=torch.full((4,), frames),
    ).to("meta")
    with FlopCounterMode(display=False) as counter:
        sum(network.to("meta").train()(batch).values()).backward()
    return counter.get_total_flops() / (4 * frames)


def peak_of(device: str, precision: str) -> float | None:
    """Operations a second that the chip can do: from PEAKS, on the CPU measured."""
    if device != "cpu":
        return next((peaks.get(precision, 0) * 1e12 or None for name, peaks in PEAKS.items()
                     if name in device), None)  # fmt: skip
    import torch

    square = torch.randn(2048, 2048, dtype=torch.bfloat16 if precision == "bf16" else None)
    times = []
    for _ in range(5):
        before = time.perf_counter()
        square @ square
        times.append(time.perf_counter() - before)
    return 2 * 2048**3 / min(times)


def report(result: dict[str, Any]) -> str:
    """One run as lines for people."""
    share = ", ".join(f"{part} {100 * value:.1f} %" for part, value in result["share"].items())
    peak = result.get("share_of_peak")
    of_peak = f", {100 * peak:.0f} % of the chip's peak" if peak is not None else ""
    return (
        f"{result['device']}, {result['precision']}, compile {int(result['compile'])}: "
        f"{result['frames_per_second']:.0f} frames a second, step {result['step_seconds']:.3f} s, "
        f"padding {100 * result['padding']:.1f} %, "
        f"memory {result['peak_memory_bytes'] / 2**30:.2f} GiB{of_peak}\n  {share}"
    )


def options_for(manifests: Path, exp_dir: Path, **train: Any) -> dict[str, Any]:
    """Options of a run that saves and logs nothing in between."""
    quiet = {"tensorboard": False, "save_every_n": 10**6, "log_interval": 50, "num_epochs": 10**6}
    folders = {"exp_dir": str(exp_dir), "manifest_dir": str(manifests)}
    return {"train": {**folders, **quiet, **train}, "model": {}}

"""Show a run: console, log file, progress bar, TensorBoard."""

from __future__ import annotations

import contextlib
import logging
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np


class Monitor:
    """Write log lines, a progress bar on a terminal, and TensorBoard files."""

    def __init__(self, exp_dir: Path, tensorboard: bool, done_steps: int = 0, main: bool = True):
        """Args: done_steps, those of the checkpoint that the run continues from: TensorBoard
        drops what an earlier run wrote of later ones; main, False for a process that is silent.
        """
        self.writer, self.main = None, main
        self.log = logging.getLogger("tts.train")
        self.log.setLevel(logging.INFO)
        self.log.propagate = False
        for handler in list(self.log.handlers):
            self.log.removeHandler(handler)
            handler.close()
        if not main:
            self.log.addHandler(logging.NullHandler())
            return
        (exp_dir / "log").mkdir(parents=True, exist_ok=True)
        stamp = time.strftime("%Y-%m-%d-%H-%M-%S")
        form = logging.Formatter("%(asctime)s %(levelname)s %(message)s")
        for handler in (
            logging.FileHandler(exp_dir / "log" / f"log-train-{stamp}", encoding="utf-8"),
            logging.StreamHandler(sys.stdout),
        ):
            handler.setFormatter(form)
            self.log.addHandler(handler)
        if tensorboard:
            from torch.utils.tensorboard import SummaryWriter

            first = done_steps + 1 if done_steps else 0
            self.writer = SummaryWriter(str(exp_dir / "tensorboard"), purge_step=first)

    def bar(self, total: int, done: int, epoch: int) -> contextlib.AbstractContextManager[Any]:
        """Return a progress bar with `update(batches)`; it shows on a terminal alone."""
        if not self.main or not sys.stderr.isatty():
            return contextlib.nullcontext(_NoBar())
        from tqdm import tqdm

        return tqdm(desc=f"epoch {epoch}", total=total, initial=done, leave=False, unit="b")

    def scalars(self, prefix: str, values: dict[str, float], step: int) -> None:
        """Write each value as TensorBoard scalar `prefix + name`."""
        if self.writer is not None:
            for name, value in values.items():
                self.writer.add_scalar(prefix + name, value, step)

    def picture(self, name: str, figure: Any, step: int) -> None:
        """Write a matplotlib figure to TensorBoard and close it."""
        if self.writer is not None:
            self.writer.add_figure(name, figure, step)

    def audio(self, name: str, samples: np.ndarray, sample_rate: int, step: int) -> None:
        """Write samples in [-1, 1] to TensorBoard."""
        if self.writer is not None:
            self.writer.add_audio(name, samples[None], step, sample_rate=sample_rate)

    def close(self) -> None:
        """Flush everything to disk."""
        if self.writer is not None:
            self.writer.close()
        for handler in self.log.handlers:
            handler.flush()


class _NoBar:
    def update(self, _batches: int) -> None:
        """Show nothing."""

"""Write losses.csv, the exact losses of every step; keep their means over an epoch."""

from __future__ import annotations

import contextlib
import math
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from torch import Tensor

from tts.errors import InputError
from tts.files import atomic_path

LOSSES = "losses.csv"


class Totals:
    """Average named losses over items (utterances, segments)."""

    def __init__(self, sums: dict[str, float] | None = None, count: int = 0):
        self.sums = dict(sums or {})
        self.count = count

    def add(self, losses: dict[str, float], count: int) -> None:
        """Add the mean losses of `count` items."""
        for name, value in losses.items():
            self.sums[name] = self.sums.get(name, 0.0) + value * count
        self.count += count

    def means(self) -> dict[str, float]:
        """Return the mean of each loss."""
        return {name: value / max(1, self.count) for name, value in self.sums.items()}

    def __str__(self) -> str:
        losses = ", ".join(f"{name}={value:.4g}" for name, value in self.means().items())
        return f"{losses}, over {self.count:.2f} samples."


@dataclass(frozen=True)
class Step:
    """Hold the numbers of a step, which may still be on the device.

    Attributes: step, from 1; epoch, from 1; batch, batches done of the epoch after it; group,
    positions of its items; rate, the learning rate; values, float64 (K + 2,): K sums of
    losses over the items, the gradient's norm, 1 where the step was made and 0 where not.
    """

    step: int
    epoch: int
    batch: int
    group: Sequence[int]
    rate: float
    values: Tensor


class LossCsv:
    """Write exp-dir/losses.csv: one line a step, numbers as Python writes them, that is exact.

    `done_steps` are those of the checkpoint that the run continues from: later lines, of a run
    that went on without saving, are dropped. The columns are those of the first step: a loss that
    an option ended is nan, one that an option began has no column.
    """

    def __init__(self, exp_dir: Path | str, done_steps: int = 0):
        self.path = Path(exp_dir) / LOSSES
        _cut(self.path, done_steps)
        self._file = open(self.path, "a", encoding="ascii")  # noqa: SIM115
        self._names: list[str] = []
        if self.path.stat().st_size:  # of a device it is 0
            with open(self.path, encoding="ascii") as file:
                self._names = file.readline().strip().split(",")[3:-2]

    def add(self, step: Step, losses: dict[str, float], norm: float) -> None:
        """Write one step. Raises: InputError when that cannot be done."""
        with self._writing():
            if not self._names:
                self._names = list(losses)
                names = ",".join(losses)
                self._file.write(f"step,epoch,batch,{names},grad_norm,learning_rate\n")
            values = [losses.get(name, math.nan) for name in self._names]
            numbers = ",".join(map(repr, (*values, norm, step.rate)))
            self._file.write(f"{step.step},{step.epoch},{step.batch},{numbers}\n")

    def flush(self) -> None:
        """Write all lines to the disk: a checkpoint that follows never knows more steps."""
        with self._writing():
            self._file.flush()
            os.fsync(self._file.fileno())

    def close(self) -> None:
        """Flush and close the file."""
        with self._writing(), contextlib.closing(self._file):
            self._file.flush()

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise InputError(
                f"could not write {self.path}: {error.strerror}. Make room and resume with "
                "--start-epoch auto"
            ) from error


def _cut(path: Path, done_steps: int) -> None:
    """Keep the header and the lines up to step `done_steps`, all or nothing."""
    if not path.is_file():
        return
    if not done_steps:
        path.unlink()
        return
    with open(path, "rb") as file:
        header = file.readline()
        end = len(header) if header.endswith(b"\n") else 0
        for line in file:
            number = line.partition(b",")[0]
            if not line.endswith(b"\n") or not number.isdigit() or int(number) > done_steps:
                break
            end += len(line)
    if end == path.stat().st_size:
        return
    with atomic_path(path) as temporary, open(path, "rb") as old, open(temporary, "wb") as new:
        while end > 0:
            block = old.read(min(end, 1 << 20))
            new.write(block)
            end -= len(block)


def copy_losses(exp_dir: Path | str, folder: Path) -> None:
    """Copy losses.csv beside checkpoints that were set aside."""
    path = Path(exp_dir) / LOSSES
    if path.is_file():
        shutil.copyfile(path, folder / LOSSES)

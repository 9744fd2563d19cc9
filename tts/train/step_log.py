"""Write the losses of the steps to losses.csv and TensorBoard; count skipped steps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from tts.errors import InputError
from tts.train.config import RunConfig
from tts.train.loss_csv import LossCsv, Step, Totals
from tts.train.monitor import Monitor
from tts.train.timing import Timer

# Steps whose numbers may wait on the device.
MOST_WAITING = 200


class StepLog:
    """Record the losses of the steps, which wait on the device until they are settled.

    Attributes: totals, mean losses of the epoch so far; skipped, the steps not made for losses
    or gradients that were not finite, and in_a_row, the last ones of these; csv, losses.csv, on
    the main process alone; timer, whose time `report` shows.
    """

    def __init__(self, config: RunConfig, monitor: Monitor, timer: Timer, names: Sequence[Any]):
        """Args: names, ids of the items of training data by position."""
        self.config, self.monitor, self.timer, self.names = config, monitor, timer, names
        self.totals, self.skipped, self.in_a_row = Totals(), 0, 0
        self.csv: LossCsv | None = None
        self._waiting: list[Step] = []
        self._frames = 0

    def add(self, step: Step, num_frames: int) -> None:
        """Add a step that was done on `num_frames` frames."""
        self._waiting.append(step)
        self._frames += num_frames

    @property
    def full(self) -> bool:
        """Return whether enough steps wait to be settled."""
        return len(self._waiting) >= MOST_WAITING

    def settle(self, losses: Sequence[str]) -> tuple[Step, dict[str, float], float] | None:
        """Fetch the losses that wait on the device, write them to losses.csv, count skipped steps.

        Args: losses, the names of the sums in `Step.values`.
        Returns: the last step, its mean losses and gradient norm; None when it was not made.
        Raises: InputError when too many in a row were not made.
        """
        if not self._waiting:
            return None
        rows = torch.stack([step.values for step in self._waiting]).tolist()
        steps, self._waiting = self._waiting, []
        self.timer.count()
        latest = None
        for step, row in zip(steps, rows, strict=True):
            *sums, norm, made = row
            count = len(step.group)
            means = {name: value / count for name, value in zip(losses, sums, strict=True)}
            if self.csv is not None:
                self.csv.add(step, means, norm)
            latest = (step, means, norm) if made else None
            if made:
                self.totals.add(means, count)
                self.in_a_row = 0
            else:
                self._skip(step, means, norm)
        return latest

    def _skip(self, step: Step, losses: dict[str, float], norm: float) -> None:
        self.skipped += 1
        self.in_a_row += 1
        ids = ", ".join(str(self.names[i]) for i in step.group)
        text = (
            f"step {step.step}: losses {losses}, gradient norm {norm}: step skipped "
            f"({self.skipped} so far); utterances: {ids}"
        )
        self.monitor.log.warning(text)
        if self.in_a_row >= self.config.max_skipped:
            raise InputError(
                f"{text}. {self.in_a_row} steps in a row had non-finite losses or gradients "
                f"(--max-skipped {self.config.max_skipped}): look at these utterances, lower "
                "--lr, or use --precision fp32"
            )

    def report(self, step: Step, losses: dict[str, float], norm: float, speed: float) -> None:
        """Write one log line and the scalars of a step; `speed` in frames a second."""
        current = Totals()
        current.add(losses, len(step.group))
        self.monitor.log.info(
            f"Epoch {step.epoch}, batch {step.batch - 1}, global_batch_idx: {step.step}, "
            f"batch size: {len(step.group)}, loss[{current}], tot_loss[{self.totals}], "
            f"cur lr: {step.rate:.2e}, grad norm: {norm:.3g}, {speed:.0f} frames/s"
        )
        self.monitor.scalars("train/current_", losses, step.step)
        self.monitor.scalars("train/tot_", self.totals.means(), step.step)
        extra = {"learning_rate": step.rate, "grad_norm": norm, "frames_per_second": speed}
        self.monitor.scalars("train/", extra, step.step)
        self._report_throughput(step.step)

    def _report_throughput(self, step: int) -> None:
        """Write frames a second since the last line, and the share of time of each part."""
        seconds, frames = self.timer.take(), self._frames
        self._frames = 0
        if (total := sum(seconds.values())) > 0:
            shares = {f"share_{part}": value / total for part, value in seconds.items()}
            values = {"frames_per_second": frames / total, **shares}
            self.monitor.scalars("throughput/", values, step)

    def state(self) -> dict[str, Any]:
        """Return what a resumed run needs; all steps must be settled."""
        assert not self._waiting
        return {
            "skipped": self.skipped,
            "in_a_row": self.in_a_row,
            "totals": {"sums": self.totals.sums, "count": self.totals.count},
        }

    def restore(self, content: dict[str, Any]) -> None:
        """Continue from what `state` gave."""
        self.skipped, self.in_a_row = content["skipped"], content.get("in_a_row", 0)
        self.totals = Totals(**content["totals"])

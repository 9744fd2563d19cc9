"""Define what one kind of training gives to the shared loop: networks, data, step, validation.

Acoustic models are one task (tts.train.acoustic); an adversarial vocoder or a distillation is
another. A task never writes checkpoints, counts steps or catches signals: the loop does.
"""

from __future__ import annotations

import abc
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Protocol

import torch
from torch import Tensor

from tts.config import to_dict
from tts.train.config import RunConfig
from tts.train.monitor import Monitor
from tts.train.resume import check_resumable
from tts.train.timing import Timer
from tts.train.world import World


@dataclass(frozen=True)
class Place:
    """Hold what is decided before a task is built.

    Attributes: config, with its precision resolved; device and world, of this process; resumed,
    the checkpoint that the run continues from and its path, None for a new run; timer, which a
    task's step marks.
    """

    config: Any
    device: torch.device
    world: World
    timer: Timer
    resumed: tuple[Path, dict[str, Any]] | None = None

    @property
    def done_steps(self) -> int:
        """Return the steps of the checkpoint that the run continues from."""
        return self.resumed[1].get("step", 0) if self.resumed is not None else 0

    @property
    def train_before(self) -> dict[str, Any] | None:
        """Return the [train] table of that checkpoint, None for a new run."""
        if self.resumed is None:
            return None
        return self.resumed[1].get("config", {}).get("train")


class Plan(Protocol):
    """Say which items of the data form the batches of an epoch, the same in every process.

    The loop sets `epoch` and `start`, batches to skip, before it asks the task for batches.
    """

    epoch: int
    start: int

    def batches(self, epoch: int) -> list[list[int]]:
        """Return the epoch's batches for all processes, as positions of items."""
        ...


class Task(abc.ABC):
    """Do what differs between kinds of training. The seeds decide everything that is drawn.

    Attributes:
      name: of the model, for messages.
      config: the options, all resolved.
      facts: the tables of config.toml besides [train], as plain values; 'machine' and 'data' are
        compared when resuming.
      plan: the order of the training data, after `open_data`. items: their ids by position.
      losses: names of the losses, known after the first step; 'tot_loss' is among them, last.
      lagged: whether the values of a step should wait on the device (see Updater).
      phase: another number where losses cannot be compared with those before: the best begin anew.
      FIXED: tables of `facts` that a resumed run may not change, with the keys that it may.
    """

    name: str
    config: RunConfig
    facts: dict[str, Any]
    plan: Plan
    items: Sequence[str]
    losses: Sequence[str] = ()
    lagged = False
    phase = 0
    FIXED: ClassVar[dict[str, Sequence[str]]] = {"model": ()}

    @property
    def run_config(self) -> dict[str, Any]:
        """Return the whole resolved configuration, as config.toml and checkpoints hold it."""
        return {**self.facts, "train": to_dict(self.config)}

    @abc.abstractmethod
    def open_data(self) -> None:
        """Open the training and validation data; the main process comes first, others wait."""

    @abc.abstractmethod
    def batches(self) -> Iterator[Any]:
        """Yield this process's batches of `plan.epoch` after `plan.start`, networks in training
        mode. The loop closes the iterator.
        """

    @abc.abstractmethod
    def step(self, batches: Iterator[Any], seeds: Sequence[int], count: int, rate: float) -> Tensor:
        """Make one step on the mean gradient of `count` batches of all processes.

        Args: batches, this process's; seeds, of what is drawn for those of this step, one each,
        none for a process that has no batch left; rate, the learning rate.
        Returns: float64 (K + 2,), see tts.train.loss_csv.Step.values, equal in all processes.
        """

    @abc.abstractmethod
    def validate(self, monitor: Monitor, epoch: int, step: int) -> float:
        """Return the loss by which checkpoints are judged; log it. The main process alone.

        Afterwards networks and generators are as before.
        """

    @abc.abstractmethod
    def num_bytes(self) -> tuple[int, int]:
        """Return the bytes of a complete checkpoint and of one with weights alone."""

    @abc.abstractmethod
    def weights(self) -> dict[str, Any]:
        """Return what a checkpoint needs to be used; 'model' and 'ema' are read by others."""

    @abc.abstractmethod
    def state(self) -> dict[str, Any]:
        """Return what continuing needs beside `weights`: optimisers, scalers."""

    @abc.abstractmethod
    def restore(self, content: dict[str, Any]) -> None:
        """Continue from what `weights` and `state` gave."""

    def frames(self, group: Sequence[int]) -> int:
        """Return the frames of these items, for the throughput."""
        return len(group)

    def check_resumed(self, path: Path, content: dict[str, Any]) -> list[str]:
        """Return what keeps a resumed run from being exact, as sentences.

        Raises: InputError when the checkpoint belongs to another model.
        """
        return check_resumable(path, content, self.run_config, type(self.config), self.FIXED)

    def describe(self, log: logging.Logger) -> None:
        """Log what is trained on what."""
        log.info(f"{len(self.items)} items in {len(self.plan.batches(1))} batches an epoch")

    def preview(self) -> str:
        """Return what a run would do, for --dry-run."""
        return f"{len(self.plan.batches(1))} batches an epoch\nnothing was trained (--dry-run 1)"

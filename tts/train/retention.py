"""Keep the last and the best checkpoints of a run on disk, remove the others."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tts.checkpoint import copy_checkpoint, epoch_path, list_epochs, save_checkpoint
from tts.train.config import RunConfig


class Retention:
    """Write best-*-loss.pt and remove old epoch-N.pt; on the main process alone.

    Attributes: best, the least training and validation losses ('train', 'valid') and each
    complete epoch's validation loss ('epochs') since the present phase of the training began
    ('phase'); part of every checkpoint.
    """

    def __init__(self, config: RunConfig, weights: Callable[[], dict[str, Any]]):
        """Args: weights, which gives the run's state without what only resuming needs."""
        self.exp_dir, self.config, self.weights = Path(config.exp_dir), config, weights
        self.best: dict[str, Any] = {"train": math.inf, "valid": math.inf, "epochs": {}}
        self.best["phase"] = 0
        self._saved = (-1, "")

    def forget_missing(self) -> None:
        """Forget a best loss whose checkpoint is gone."""
        for kind in ("train", "valid"):
            if not self._path(kind).is_file():
                self.best[kind] = math.inf

    def enter(self, phase: int) -> None:
        """Begin anew where losses cannot be compared with those before: see `Task.phase`."""
        if phase != self.best.get("phase", 0):
            self.best.update(train=math.inf, valid=math.inf, epochs={}, phase=phase)

    def judge(self, kind: str, loss: float) -> bool:
        """Return whether `loss` is the least of its kind so far, and note it."""
        if not loss < self.best[kind]:
            return False
        self.best[kind] = loss
        return True

    def save_best(self, kind: str, step: int) -> None:
        """Write best-<kind>-loss.pt (weights, no optimiser), or link it to its twin."""
        if kind == "train" and self._saved == (step, "valid"):
            copy_checkpoint(self._path("valid"), self._path(kind))
        else:
            save_checkpoint(self._path(kind), self.weights())
        self._saved = (step, kind)

    def prune(self) -> None:
        """Remove epoch-N.pt beyond the last and the best ones."""
        if not self.config.keep_last:
            return
        epochs = list_epochs(self.exp_dir)
        losses = {e: self.best["epochs"].get(e, math.nan) for e in epochs}
        ranked = sorted((e for e in epochs if math.isfinite(losses[e])), key=losses.get)
        kept = set(epochs[-self.config.keep_last :]) | set(ranked[: self.config.keep_best])
        for epoch in set(epochs) - kept:
            epoch_path(self.exp_dir, epoch).unlink()

    def _path(self, kind: str) -> Path:
        return self.exp_dir / f"best-{kind}-loss.pt"

"""Compute an acoustic model's losses under the run's precision and weights."""

from __future__ import annotations

import math

from torch import Tensor, nn

from tts.batch import Batch
from tts.errors import InputError
from tts.train.config import TrainConfig
from tts.train.precision import autocast


class NamedLosses(nn.Module):
    """Compute a model's losses under the run's precision and weights; what DDP wraps.

    Attributes: done_steps, by which losses that end are weighed.
    """

    def __init__(self, model: nn.Module, config: TrainConfig):
        super().__init__()
        self.model, self.weights, self.until = model, config.loss_weights, config.loss_until
        self.precision = config.resolved_precision
        self.done_steps = 0

    @property
    def num_ended(self) -> int:
        """Return how many losses count no more."""
        return sum(self.done_steps >= last for last in self.until.values())

    def forward(self, batch: Batch | None) -> dict[str, Tensor]:
        """Return the model's named losses and their weighted sum tot_loss.

        Without a batch, for a process that has none left, tot_loss is 0 with gradient 0, so
        that this process still takes part in summing the gradients.
        """
        if batch is None:
            return {"tot_loss": sum((p * 0).sum() for p in self.model.parameters())}
        with autocast(batch.mel_BTF.device, self.precision):
            losses = self.model(batch)
        for option, named in (("loss_weights", self.weights), ("loss_until", self.until)):
            if unknown := named.keys() - losses.keys():
                raise InputError(
                    f"{option} names {', '.join(sorted(unknown))}; the model's losses are "
                    f"{', '.join(losses)}"
                )
        total = sum(self._weight(name) * value for name, value in losses.items())
        return {**losses, "tot_loss": total}

    def selection_loss(self, means: dict[str, float]) -> float:
        """Return tot_loss without what the model predicts beside the mel, such as durations.

        It selects the best checkpoint: on an hour of English those losses rose in the last third
        of a training, while the voice still got better (docs/decisions.md).
        """
        beside = [name for name in self.model.predicted if name in means]
        return means["tot_loss"] - sum(self._weight(name) * means[name] for name in beside)

    def _weight(self, name: str) -> float:
        ended = self.done_steps >= self.until.get(name, math.inf)
        return 0.0 if ended else self.weights.get(name, 1.0)

"""Compute an acoustic model's losses under the run's precision and weights."""

from __future__ import annotations

from torch import Tensor, nn

from tts.batch import Batch
from tts.errors import InputError
from tts.train.config import TrainConfig
from tts.train.precision import autocast


class NamedLosses(nn.Module):
    """Compute a model's losses under the run's precision and weights; what DDP wraps."""

    def __init__(self, model: nn.Module, config: TrainConfig):
        super().__init__()
        self.model, self.weights = model, config.loss_weights
        self.precision = config.resolved_precision

    def forward(self, batch: Batch | None) -> dict[str, Tensor]:
        """Return the model's named losses and their weighted sum tot_loss.

        Without a batch, for a process that has none left, tot_loss is 0 with gradient 0, so
        that this process still takes part in summing the gradients.
        """
        if batch is None:
            return {"tot_loss": sum((p * 0).sum() for p in self.model.parameters())}
        with autocast(batch.mel_BTF.device, self.precision):
            losses = self.model(batch)
        unknown = self.weights.keys() - losses.keys()
        if unknown:
            raise InputError(
                f"loss_weights names {', '.join(sorted(unknown))}; the model's losses are "
                f"{', '.join(losses)}"
            )
        total = sum(self.weights.get(name, 1.0) * value for name, value in losses.items())
        return {**losses, "tot_loss": total}

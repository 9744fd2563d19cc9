"""Average the weights of a network over its steps (EMA)."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import torch
from torch import Tensor, nn


class WeightAverage:
    """Keep the exponential moving average of a model's weights (Polyak & Juditsky 1992).

    The decay grows with the number of updates, min(decay, (1 + n) / (10 + n)), so that short
    runs do not average in their random start.
    """

    def __init__(self, model: nn.Module, decay: float):
        self.decay = decay
        self.num_updates: int | Tensor = 0
        self.weights = {k: v.detach().clone() for k, v in model.state_dict().items()}

    @torch.no_grad()
    def update(self, model: nn.Module, made: Tensor | None = None) -> None:
        """Move the average towards the model's weights.

        With `made`, a boolean on the device, only where it is true; the host does not wait, and
        `num_updates` is a tensor there.
        """
        current = model.state_dict()
        floating = [name for name, value in self.weights.items() if value.is_floating_point()]
        averages = [self.weights[name] for name in floating]
        weights = [current[name].detach() for name in floating]
        if made is None:
            self.num_updates += 1
            decay = min(self.decay, (1 + self.num_updates) / (10 + self.num_updates))
            torch._foreach_lerp_(averages, weights, 1 - decay)
        else:
            self.num_updates = self.num_updates + made.double()
            decay = ((1 + self.num_updates) / (10 + self.num_updates)).clamp(max=self.decay)
            steps = torch._foreach_sub(weights, averages)
            torch._foreach_mul_(steps, ((1 - decay) * made).float())
            torch._foreach_add_(averages, steps)
        for name in self.weights.keys() - set(floating):
            self.weights[name].copy_(current[name])

    @contextlib.contextmanager
    def in_place_of(self, model: nn.Module) -> Iterator[None]:
        """Give `model` the averaged weights inside the block."""
        own = {name: value.clone() for name, value in model.state_dict().items()}
        model.load_state_dict(self.weights)
        try:
            yield
        finally:
            model.load_state_dict(own)

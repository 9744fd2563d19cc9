"""Learning rate as a function of the step, and the moving average of weights."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from tts.train.config import TrainConfig


def learning_rate(config: TrainConfig, step: int, run_steps: int) -> float:
    """The rate of step `step` (from 0) in a run of `run_steps` steps.

    Linear warm-up, then constant, or cosine or exponential decay to `lr_final` times `lr`; or
    that of Vaswani et al. 2017, equation 3, times `lr`. A function of the step alone, so that
    resuming needs no state.
    """
    if config.lr_schedule == "noam":
        number, channels, warmup = step + 1, config.noam_channels, config.warmup_steps
        return config.lr * channels**-0.5 * min(number**-0.5, number * warmup**-1.5)
    if step < config.warmup_steps:
        return config.lr * (step + 1) / config.warmup_steps
    if config.lr_schedule == "constant":
        return config.lr
    decay_steps = (config.lr_decay_steps or run_steps) - config.warmup_steps
    progress = min(1.0, (step - config.warmup_steps) / max(1, decay_steps))
    if config.lr_schedule == "exponential":
        return config.lr * config.lr_final**progress
    cosine = 0.5 * (1 + math.cos(math.pi * progress))
    return config.lr * (config.lr_final + (1 - config.lr_final) * cosine)


class WeightAverage:
    """Exponential moving average of a model's weights (Polyak & Juditsky 1992).

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

"""Compute the learning rate as a function of the step."""

from __future__ import annotations

import math

from tts.train.config import RunConfig


def learning_rate(config: RunConfig, step: int, run_steps: int) -> float:
    """Return the rate of step `step` (from 0) in a run of `run_steps` steps.

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

"""Losses on the validation set, with the same noise every time."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

import torch

from tts.train.monitor import draw_utterance
from tts.train.record import Totals
from tts.train.step import memory_of

if TYPE_CHECKING:
    from tts.train.loop import Trainer


@torch.no_grad()
def validate(trainer: Trainer) -> float:
    """Mean total loss on the validation set; logged, with pictures on TensorBoard.

    The weights judged are the averaged ones where they are kept, being what voices are made
    of; the raw ones are logged too. The main process alone does this, so that the numbers are
    the same however many train.
    """
    monitor, average = trainer.monitor, trainer.stepper.average
    raw = _losses(trainer)
    monitor.log.info(f"Epoch {trainer.epoch + (trainer.batch > 0)}, validation: loss[{raw}]")
    monitor.scalars("train/valid_", raw.means(), trainer.step)
    judged = raw
    with contextlib.ExitStack() as stack:
        if average is not None:
            stack.enter_context(_instead(trainer.model, average.weights))
            judged = _losses(trainer)
            monitor.log.info(f"averaged weights, validation: loss[{judged}]")
            monitor.scalars("train/valid_average_", judged.means(), trainer.step)
        if monitor.writer is not None:
            with _own_noise(trainer):
                _draw(trainer)
    return judged.means()["tot_loss"]


def _losses(trainer: Trainer) -> Totals:
    totals = Totals()
    trainer.model.eval()
    with _own_noise(trainer):
        for batch in trainer.loaders["valid"]:
            with memory_of(batch, trainer.device, trainer.config):
                losses = trainer.stepper.losses(batch.to(trainer.device))
            values = {name: float(value) for name, value in losses.items()}
            if not math.isfinite(values["tot_loss"]):
                trainer.monitor.log.warning(
                    f"validation: losses {values}; utterances: {', '.join(batch.ids)}"
                )
            totals.add(values, len(batch.ids))
    return totals


def _draw(trainer: Trainer) -> None:
    batch = next(iter(trainer.loaders["valid"]))
    rate = trainer.run_config["mel"]["sample_rate"]
    one = batch.first().to(trainer.device)
    draw_utterance(trainer.monitor, trainer.model, one, trainer.vocode, rate, trainer.step)


@contextlib.contextmanager
def _own_noise(trainer: Trainer) -> Iterator[None]:
    """Draws that depend on the seed alone and leave no trace."""
    devices = [trainer.device] if trainer.device.type == "cuda" else []
    with torch.random.fork_rng(devices):
        torch.manual_seed(trainer.config.seed)
        yield


@contextlib.contextmanager
def _instead(model: torch.nn.Module, weights: dict[str, torch.Tensor]) -> Iterator[None]:
    """The model with other weights for a while."""
    own = {name: value.clone() for name, value in model.state_dict().items()}
    model.load_state_dict(weights)
    try:
        yield
    finally:
        model.load_state_dict(own)

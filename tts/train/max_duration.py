"""Find the seconds of speech in a batch that fit into memory, for --max-duration auto."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

import torch

from tts.data.loader import BatchPlan, Example
from tts.mel import MelConfig
from tts.train.config import AUTO, TrainConfig
from tts.train.device import is_out_of_memory
from tts.train.memory import BACKWARD, fixed_bytes, free_memory, made_up, measure
from tts.train.named_losses import NamedLosses
from tts.train.task import Place

# What is taken of what fits: other epochs have other batches, and memory breaks into pieces.
SAFETY = 0.9
# The finder stops when it knows the answer this well.
CLOSENESS = 0.05
# Share of the free memory that a run on the CPU may take.
_SHARE_OF_FREE = 0.5
_EPOCHS_LOOKED_AT = 3


def resolve_max_duration(
    config: TrainConfig,
    place: Place,
    model: torch.nn.Module,
    examples: Sequence[Example],
    mel: MelConfig,
) -> tuple[TrainConfig, str]:
    """Put a number in the place of --max-duration auto; return the options and a line for the log.

    A run that is continued keeps its number.
    """
    if config.max_duration != AUTO:
        return config, ""
    before = place.train_before
    if before and isinstance(before.get("max_duration"), (int, float)):
        value, how = float(before["max_duration"]), "as in the run that is continued"
    else:
        rate = mel.sample_rate / mel.hop_length
        trial = _Trial(model, config, examples, mel.n_mels, rate, place.device)
        value, how = find_max_duration(trial)
        value = float(place.world.smallest(int(value)))
    found = dataclasses.replace(config, max_duration=value)
    return found, f"--max-duration auto: {value:g} ({how})"


def find_max_duration(trial: _Trial) -> tuple[float, str]:
    """Find the seconds that `--max-duration auto` stands for; return them and how.

    On a GPU by trying: forward and backward pass of the largest batch, memory of the optimiser
    held meanwhile. On a CPU larger batches are no faster, so it is the default, less where free
    memory does not hold it.
    """
    rate = trial.rate
    seconds = [example.num_frames / rate for example in trial.examples]
    default = TrainConfig().max_duration
    if trial.device.type == "cpu":
        memory = measure(trial.model, trial.config, trial.examples, trial.n_mels, trial.device)
        room = (_SHARE_OF_FREE * free_memory() - memory.fixed) / (BACKWARD * memory.frame)
        value = max(max(seconds), min(default, room / rate))
        return float(int(value) or 1), "free memory; trying larger ones is for GPUs"
    value = largest(trial.fits, max(seconds) + 1, sum(seconds))
    found = max(max(seconds) + 1, SAFETY * value)
    return float(int(found)), f"{trial.count} trials, {value:.0f} s did fit"


def padded_frames(plan: BatchPlan, batch: Sequence[int]) -> int:
    """Return the frames of a batch, padding included."""
    return len(batch) * max(plan.num_frames[i] for i in batch)


def largest_batch(plan: BatchPlan) -> list[int]:
    """Return the batch of the first epochs with the most padded frames."""
    batches = [b for epoch in range(1, _EPOCHS_LOOKED_AT + 1) for b in plan.batches(epoch)]
    return max(batches, key=lambda batch: padded_frames(plan, batch))


def largest(fits: Callable[[float], bool], start: float, most: float) -> float:
    """Find the largest x of `start` <= x <= `most` that `fits`, to CLOSENESS; 0 when none does.

    Doubles until one does not fit, then halves the interval.
    """
    good, bad = 0.0, 0.0
    x = min(start, most)
    while fits(x):
        if x >= most:
            return most
        good, x = x, min(2 * x, most)
    bad = x
    if not good:
        return 0.0
    while bad - good > CLOSENESS * good:
        x = (good + bad) / 2
        if fits(x):
            good = x
        else:
            bad = x
    return good


class _Trial:
    """Try batches on the device and leave no trace. `rate` is frames a second."""

    def __init__(
        self,
        model: torch.nn.Module,
        config: TrainConfig,
        examples: Sequence[Example],
        n_mels: int,
        rate: float,
        device: torch.device,
    ):
        self.model, self.config, self.examples = model, config, examples
        self.n_mels, self.rate, self.device = n_mels, rate, device
        self.losses = NamedLosses(model, config)
        self.count = 0

    def fits(self, seconds: float) -> bool:
        """Return whether a step with `--max-duration seconds` has room."""
        self.count += 1
        frames = [example.num_frames for example in self.examples]
        plan = BatchPlan(frames, self.rate, seconds, self.config.num_buckets)
        longest = sorted(range(len(frames)), key=lambda i: -frames[i])
        several = longest[: max(1, int(seconds * self.rate / frames[longest[0]]))]
        devices = [self.device] if self.device.type == "cuda" else []
        with torch.random.fork_rng(devices):
            return all(self._holds(batch) for batch in (several, largest_batch(plan)))

    def _holds(self, positions: Sequence[int]) -> bool:
        try:
            later = 4 * sum(p.numel() for p in self.model.parameters())
            ballast = torch.empty(
                fixed_bytes(self.model, self.config) - 2 * later,
                dtype=torch.uint8,
                device=self.device,
            )
            chosen, inputs = [self.examples[i] for i in positions], self.model.inputs
            batch = made_up(chosen, self.n_mels, self.device, inputs)
            self.losses(batch)["tot_loss"].backward()
            del ballast
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
            return False
        finally:
            self.model.zero_grad(set_to_none=True)
            if self.device.type == "cuda":
                torch.cuda.empty_cache()
        return True

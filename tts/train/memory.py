"""Memory of a training step, and the largest --max-duration that fits."""

from __future__ import annotations

import contextlib
import dataclasses
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch

from tts.batch import Batch
from tts.data.loader import BatchPlan, Example
from tts.errors import InputError
from tts.mel import MelConfig
from tts.train.config import AUTO, TrainConfig
from tts.train.device import is_out_of_memory
from tts.train.named_losses import NamedLosses
from tts.train.task import Place

# What is taken of what fits: other epochs have other batches, and memory breaks into pieces.
SAFETY = 0.9
# The finder stops when it knows the answer this well.
CLOSENESS = 0.05
# Bytes a parameter: weight, gradient, two moments of Adam; one more copy for the average.
_BYTES_OF_PARAMETER = 16
# What the backward pass needs beyond what the forward pass kept for it.
_BACKWARD = 1.25
# Share of the free memory that a run on the CPU may take.
_SHARE_OF_FREE = 0.5
_EPOCHS_LOOKED_AT = 3


@dataclass(frozen=True)
class Memory:
    """Hold bytes: `fixed`, of weights, gradients, optimiser and averages; `frame`, of a padded
    frame of a batch, measured on the longest utterance, so that it is rather too much.
    """

    fixed: int
    frame: float

    def of(self, padded_frames: int) -> int:
        """Estimate the bytes of a step with batches of this many padded frames."""
        return int(self.fixed + _BACKWARD * self.frame * padded_frames)


def fixed_bytes(model: torch.nn.Module, config: TrainConfig) -> int:
    """Return the bytes that do not depend on the batch."""
    count = sum(p.numel() for p in model.parameters())
    return count * (_BYTES_OF_PARAMETER + (4 if config.ema_decay else 0))


def measure(
    model: torch.nn.Module,
    config: TrainConfig,
    examples: Sequence[Example],
    n_mels: int,
    device: torch.device,
) -> Memory:
    """Measure a forward pass of the longest utterance: the bytes kept for the backward pass."""
    longest = max(examples, key=lambda example: example.num_frames)
    batch = made_up([longest], n_mels, device, model.inputs)
    losses = NamedLosses(model, config)
    kept: dict[int, int] = {}

    def count(tensor: torch.Tensor) -> torch.Tensor:
        storage = tensor.untyped_storage()
        kept[storage.data_ptr()] = storage.nbytes()
        return tensor

    own = {p.untyped_storage().data_ptr() for p in model.parameters()}
    devices = [device] if device.type == "cuda" else []
    hooks = torch.autograd.graph.saved_tensors_hooks(count, lambda tensor: tensor)
    with torch.random.fork_rng(devices), hooks:
        result = losses(batch)  # held: what it keeps must not be freed and counted twice
    total = sum(size for pointer, size in kept.items() if pointer not in own)
    del result
    return Memory(fixed_bytes(model, config), total / longest.num_frames)


def made_up(
    examples: Sequence[Example], n_mels: int, device: torch.device, inputs: Sequence[str] = ()
) -> Batch:
    """Make a batch of these utterances' tokens and lengths, with noise for a mel.

    inputs: those that the model declares, which are made up as well.
    """
    token_lens = torch.tensor([len(example.token_ids) for example in examples])
    mel_lens = torch.tensor([example.num_frames for example in examples])
    tokens = torch.zeros(len(examples), int(token_lens.max()), dtype=torch.int64)
    for row, example in enumerate(examples):
        tokens[row, : token_lens[row]] = torch.from_numpy(example.token_ids).long()
    generator = torch.Generator().manual_seed(0)
    mel = torch.randn(len(examples), int(mel_lens.max()), n_mels, generator=generator)
    batch = Batch([example.id for example in examples], tokens, token_lens, mel, mel_lens)
    return with_inputs(batch, inputs).to(device, non_blocking=False)


def with_inputs(batch: Batch, inputs: Sequence[str], seed: int = 0) -> Batch:
    """Return `batch` with made-up values of a model's inputs: frames shared out evenly among
    tokens, noise for log F0 and energy.
    """
    found: dict[str, torch.Tensor] = {}
    if "durations" in inputs:
        position_L = torch.arange(batch.tokens_BL.shape[1])
        lens, frames = batch.tokens_lens[:, None], batch.mel_lens[:, None]
        each_BL = frames // lens + (position_L < frames % lens)
        found["durations_BL"] = torch.where(position_L < lens, each_BL, 0)
    if "pitch" in inputs:
        generator = torch.Generator().manual_seed(seed)
        mask_BT = torch.arange(batch.mel_BTF.shape[1]) < batch.mel_lens[:, None]
        for name, mean in (("log_f0_BT", 5.0), ("energy_BT", 3.0)):
            found[name] = (torch.randn(mask_BT.shape, generator=generator) * 0.3 + mean) * mask_BT
        found["voiced_BT"] = mask_BT.float()
    return dataclasses.replace(batch, **found)


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


@contextlib.contextmanager
def naming_batch(batch: Batch | None, device: torch.device, config: TrainConfig) -> Iterator[None]:
    """Turn running out of memory into an error that names the batch and the option."""
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
        what = "a step"
        if batch is not None:
            what = (
                f"a batch of {len(batch.ids)} utterances, {batch.num_frames} frames, the longest "
                f"{int(batch.mel_lens.max())} "
                f"({', '.join(batch.ids[:8])}{' ...' if len(batch.ids) > 8 else ''})"
            )
        reason = "" if "memory" in str(error) else f" ({str(error).partition(chr(10))[0][:120]})"
        raise InputError(
            f"out of memory on {device} with {what}{reason}: lower --max-duration (now "
            f"{config.max_duration:g}) and raise --accumulate, or use --precision bf16"
        ) from error


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
        value, how = find_max_duration(model, config, examples, mel.n_mels, rate, place.device)
        value = float(place.world.smallest(int(value)))
    found = dataclasses.replace(config, max_duration=value)
    return found, f"--max-duration auto: {value:g} ({how})"


def find_max_duration(
    model: torch.nn.Module,
    config: TrainConfig,
    examples: Sequence[Example],
    n_mels: int,
    rate: float,
    device: torch.device,
) -> tuple[float, str]:
    """Find the seconds that `--max-duration auto` stands for; return them and how.

    On a GPU by trying: forward and backward pass of the largest batch, memory of the optimiser
    held meanwhile. On a CPU larger batches are no faster, so it is the default, less where free
    memory does not hold it. `rate` is frames a second.
    """
    seconds = [example.num_frames / rate for example in examples]
    default = TrainConfig().max_duration
    if device.type == "cpu":
        memory = measure(model, config, examples, n_mels, device)
        room = (_SHARE_OF_FREE * free_memory() - memory.fixed) / (_BACKWARD * memory.frame)
        value = max(max(seconds), min(default, room / rate))
        return float(int(value) or 1), "free memory; trying larger ones is for GPUs"
    trial = _Trial(model, config, examples, n_mels, rate, device)
    value = largest(trial.fits, max(seconds) + 1, sum(seconds))
    found = max(max(seconds) + 1, SAFETY * value)
    return float(int(found)), f"{trial.count} trials, {value:.0f} s did fit"


class _Trial:
    """Try batches on the device and leave no trace."""

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
        """Whether a step with `--max-duration seconds` has room."""
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


def free_memory() -> int:
    """Return the bytes of memory on this machine that are free."""
    try:
        with open("/proc/meminfo", encoding="ascii") as file:
            facts = dict(line.split(":", 1) for line in file)
        return int(facts["MemAvailable"].split()[0]) * 1024
    except (OSError, KeyError, ValueError):  # not Linux
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2

"""Memory that a training step takes: estimated, measured on the longest utterance, run out of."""

from __future__ import annotations

import contextlib
import dataclasses
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch

from tts.batch import Batch
from tts.data.loader import Example
from tts.errors import InputError
from tts.train.config import TrainConfig
from tts.train.device import is_out_of_memory
from tts.train.named_losses import NamedLosses

# Bytes a parameter: weight, gradient, two moments of Adam; one more copy for the average.
_BYTES_OF_PARAMETER = 16
# What the backward pass needs beyond what the forward pass kept for it.
BACKWARD = 1.25


@dataclass(frozen=True)
class Memory:
    """Hold bytes: `fixed`, of weights, gradients, optimiser and averages; `frame`, of a padded
    frame of a batch, measured on the longest utterance, so that it is rather too much.
    """

    fixed: int
    frame: float

    def of(self, padded_frames: int) -> int:
        """Estimate the bytes of a step with batches of this many padded frames."""
        return int(self.fixed + BACKWARD * self.frame * padded_frames)


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
    if pairs := [name for name in inputs if name.startswith("pairs-")]:
        found["path_BTC"] = batch.mel_BTF.repeat(1, 1, int(pairs[0][-1]) + 1)
    return dataclasses.replace(batch, **found)


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


def free_memory() -> int:
    """Return the bytes of memory on this machine that are free."""
    try:
        with open("/proc/meminfo", encoding="ascii") as file:
            facts = dict(line.split(":", 1) for line in file)
        return int(facts["MemAvailable"].split()[0]) * 1024
    except (OSError, KeyError, ValueError):  # not Linux
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2

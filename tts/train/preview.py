"""Describe a run for --dry-run 1: its options, batches and memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import tomli_w
import torch

from tts.data.loader import BatchPlan, Example
from tts.train.config import TrainConfig
from tts.train.max_duration import largest_batch, padded_frames
from tts.train.memory import Memory, free_memory


def preview(
    run: dict[str, Any],
    config: TrainConfig,
    plan: BatchPlan,
    examples: Sequence[Example],
    memory: Memory,
    device: torch.device,
) -> str:
    """Return the resolved configuration, the batches of an epoch and an estimate of memory.

    `run` is the whole resolved configuration; `plan` of a single process.
    """
    batches = plan.batches(1)
    frames = [sum(plan.num_frames[i] for i in batch) for batch in batches]
    padded = [padded_frames(plan, batch) for batch in batches]
    sizes = [len(batch) for batch in batches]
    rate = run["mel"]["sample_rate"] / run["mel"]["hop_length"]
    a_step = config.accumulate * config.world_size
    steps = -(-len(batches) // a_step)
    worst = largest_batch(plan)
    lines = [
        tomli_w.dumps(run),
        f"speech: {len(examples)} utterances, {sum(frames) / rate / 3600:.2f} h, "
        f"the longest {max(plan.num_frames) / rate:.1f} s",
        f"batches: {len(batches)} an epoch, {steps} steps of {a_step} "
        f"({config.accumulate} x {config.world_size} processes), "
        f"{steps * config.num_epochs} steps in {config.num_epochs} epochs",
        f"utterances in a batch: {_spread(sizes)}",
        f"frames in a batch: {_spread(frames)}",
        f"padding: {100 * (1 - sum(frames) / sum(padded)):.1f} % of all frames",
        f"memory, estimated: {memory.of(padded_frames(plan, worst)) / 1e9:.2f} GB a process, of "
        f"which {memory.fixed / 1e9:.2f} GB weights, gradients, optimiser and averages; the "
        f"largest batch has {len(worst)} utterances and {padded_frames(plan, worst)} frames with "
        f"padding; {_room(device)}",
        "nothing was trained or written (--dry-run 1)",
    ]
    return "\n".join(lines)


def _spread(values: Sequence[int]) -> str:
    mean = sum(values) / len(values)
    return f"{min(values)} to {max(values)}, {mean:.1f} on average"


def _room(device: torch.device) -> str:
    if device.type == "cuda":
        free, total = torch.cuda.mem_get_info(device)
        return f"{free / 1e9:.1f} of {total / 1e9:.1f} GB are free on {device}"
    return f"{free_memory() / 1e9:.1f} GB are free"

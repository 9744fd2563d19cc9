"""From prepared data to the loaders of a run."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import torch

from tts.batch import Batch
from tts.data.loader import BatchPlan, Example, make_loader, read_examples
from tts.features.mel import MelConfig
from tts.text.tokens import TokenTable
from tts.train.config import TrainConfig


def read_splits(
    config: TrainConfig, base: Path, prefix: str, table: TokenTable, framing: str
) -> dict[str, list[Example]]:
    """The examples of 'train' and 'valid'; `base` is what paths in manifests are relative to."""
    folder = Path(config.manifest_dir)
    return {
        split: read_examples(folder / f"{prefix}_cuts_{split}.jsonl.gz", base, table, framing)
        for split in ("train", "valid")
    }


def make_loaders(
    config: TrainConfig,
    examples: dict[str, list[Example]],
    table: TokenTable,
    mel: MelConfig,
    device: torch.device,
    rank: int = 0,
    world_size: int = 1,
) -> tuple[BatchPlan, dict[str, Iterable[Batch]]]:
    """The training plan and the loaders of both splits, for one of `world_size` processes.

    Every process validates on all of the validation set.
    """
    rate = mel.sample_rate / mel.hop_length
    plans: dict[str, BatchPlan] = {}
    loaders: dict[str, Any] = {}
    for split in examples:
        training = split == "train"
        plans[split] = BatchPlan(
            [example.num_frames for example in examples[split]],
            rate,
            config.max_duration,
            config.num_buckets if config.bucketing_sampler else 1,
            config.shuffle and training,
            config.seed,
            rank if training else 0,
            world_size if training else 1,
        )
        loaders[split] = make_loader(
            examples[split],
            plans[split],
            table.pad_id,
            config.num_workers if training else 0,
            device.type == "cuda",
        )
    return plans["train"], loaders

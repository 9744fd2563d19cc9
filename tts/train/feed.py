"""From prepared data to the loaders of a run."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import torch

from tts.batch import Batch
from tts.data.loader import BatchPlan, Example, make_loader, read_examples
from tts.features.mel import MelConfig
from tts.text.tokens import TokenTable
from tts.train.config import TrainConfig


@dataclass(frozen=True)
class Split:
    """A split's manifest and what it lists."""

    cuts: Path
    examples: list[Example]


def read_splits(
    config: TrainConfig, base: Path, prefix: str, table: TokenTable, framing: str
) -> dict[str, Split]:
    """'train' and 'valid'; `base` is what paths in manifests are relative to."""
    splits = {}
    for name in ("train", "valid"):
        cuts = Path(config.manifest_dir) / f"{prefix}_cuts_{name}.jsonl.gz"
        splits[name] = Split(cuts, read_examples(cuts, base, table, framing))
    return splits


def make_loaders(
    config: TrainConfig,
    splits: dict[str, Split],
    table: TokenTable,
    mel: MelConfig,
    device: torch.device,
    rank: int = 0,
    world_size: int = 1,
) -> tuple[BatchPlan, dict[str, Iterable[Batch]]]:
    """The training plan and the loaders of both splits, for one of `world_size` processes.

    Every process validates on all of the validation set.
    """
    plans, loaders = {}, {}
    for name, split in splits.items():
        training = name == "train"
        share = (rank, world_size) if training else (0, 1)
        plans[name] = make_plan(config, split, mel, training, *share)
        workers = config.num_workers if training else 0
        cuda = device.type == "cuda"
        loaders[name] = make_loader(split.examples, plans[name], table.pad_id, workers, cuda)
    return plans["train"], loaders


def make_plan(
    config: TrainConfig,
    split: Split,
    mel: MelConfig,
    training: bool = True,
    rank: int = 0,
    world_size: int = 1,
) -> BatchPlan:
    """The batches of a split as the options say."""
    return BatchPlan(
        [example.num_frames for example in split.examples],
        mel.sample_rate / mel.hop_length,
        config.max_duration,
        config.num_buckets if config.bucketing_sampler else 1,
        config.shuffle and training,
        config.seed,
        rank,
        world_size,
    )

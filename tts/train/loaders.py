"""Make the loaders of an acoustic run from prepared data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from tts.batch import Batch
from tts.data.loader import Chosen, Example, Examples, FeatureFiles, make_loader, read_examples
from tts.data.packed import open_packed
from tts.data.plan import BatchPlan, ShardPlan
from tts.data.prefetch import Prefetch
from tts.data.resident import ResidentLoader, fits, size_of
from tts.data.shards import Shards
from tts.errors import InputError
from tts.mel import MelConfig
from tts.text.tokens import TokenTable
from tts.train.config import TrainConfig
from tts.train.stored_targets import Joined, join_targets


@dataclass(frozen=True)
class Split:
    """Hold a split's manifest, what it lists, and its shards where features come from such.

    `joined` holds the utterances that are used, which lack nothing that the model takes.
    """

    cuts: Path
    listed: list[Example]
    joined: Joined
    shards: Shards | None = None

    @property
    def examples(self) -> list[Example]:
        return self.joined.examples

    def shard_ranges(self) -> list[range]:
        """Return the positions in `examples` that lie in each shard, where any do."""
        assert self.shards is not None
        counts = np.bincount(self.shards.shard_of[self.joined.positions])
        ends = counts.cumsum().tolist()
        ranges = [range(start, end) for start, end in zip([0, *ends], ends, strict=False)]
        return [positions for positions in ranges if positions]


def read_splits(
    config: TrainConfig,
    base: Path,
    prefix: str,
    table: TokenTable,
    framing: str,
    inputs: Sequence[str] = (),
) -> dict[str, Split]:
    """Read the splits 'train' and 'valid'.

    Args: base, the folder that paths in manifests are relative to; inputs, what the model takes
    besides tokens and mel, see `tts.train.stored_targets`.
    """
    splits = {}
    data = Path(config.manifest_dir).absolute().parent
    for name in ("train", "valid"):
        cuts, shards = Path(config.manifest_dir) / f"{prefix}_cuts_{name}.jsonl.gz", None
        if config.shar:
            cuts = Path(config.shar, name)
            shards = Shards(cuts, table, framing)
        listed = shards.examples if shards else read_examples(cuts, base, table, framing)
        splits[name] = Split(cuts, listed, join_targets(listed, inputs, data, prefix, name), shards)
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
    """Make the training plan and the loaders of both splits, for one of `world_size` processes.

    Every process validates on all of the validation set. Which loader it is changes no batch.
    Raises: InputError for features that cannot be read, packed or held where options say so.
    """
    plans, loaders = {}, {}
    for name, split in splits.items():
        training = name == "train"
        share = (rank, world_size) if training else (0, 1)
        plans[name] = make_plan(config, split, mel, training, *share)
        loaders[name] = _loader(config, split, plans[name], table.pad_id, device, training)
    return plans["train"], loaders


def utterance_batches(
    cuts: Path, base: Path, table: TokenTable, framing: str, inputs: Sequence[str]
) -> Iterator[Batch]:
    """Yield the utterances of a manifest one by one, with all that a model takes as `inputs`.

    Args: cuts, <prefix>_cuts_<split>.jsonl.gz; base, what its paths are relative to; the rest as
    read_splits.
    """
    prefix, _, split = cuts.name.removesuffix(".jsonl.gz").partition("_cuts_")
    listed = read_examples(cuts, base, table, framing)
    joined = join_targets(listed, inputs, cuts.parent.parent, prefix, split)
    if joined.note:
        print(joined.note)
    examples = Examples(joined.examples, table.pad_id, None, joined.per_frame)
    for place in range(len(examples)):
        yield examples[[place]]


def make_plan(
    config: TrainConfig,
    split: Split,
    mel: MelConfig,
    training: bool = True,
    rank: int = 0,
    world_size: int = 1,
) -> BatchPlan:
    """Make the plan of a split's batches as the options say."""
    options: dict[str, Any] = {
        "num_frames": [example.num_frames for example in split.examples],
        "frames_per_second": mel.sample_rate / mel.hop_length,
        "max_seconds": config.max_duration,
        "num_buckets": config.num_buckets if config.bucketing_sampler else 1,
        "shuffle": config.shuffle and training,
        "seed": config.seed,
        "rank": rank,
        "world_size": world_size,
    }
    if split.shards is None:
        return BatchPlan(**options)
    return ShardPlan(split.shard_ranges(), split.shards.window, **options)


def _loader(
    config: TrainConfig,
    split: Split,
    plan: BatchPlan,
    pad_id: int,
    device: torch.device,
    training: bool,
) -> Iterable[Batch]:
    """Read from device memory where the set is to lie there, else from files; on CUDA ahead."""
    mels: Sequence = FeatureFiles(split.listed)
    if split.shards is not None:
        mels = split.shards
    elif (packed := open_packed(split.cuts, split.listed, config.packed)) is not None:
        mels = packed
    mels, per_frame = Chosen(mels, split.joined.positions), split.joined.per_frame
    size = size_of(split.examples, mels, per_frame)
    if training and fits(config.data_on_device, size, device):
        return ResidentLoader(split.examples, plan, pad_id, mels, device, per_frame)
    cuda = device.type == "cuda"
    workers = config.num_workers if training else 0
    if split.shards is not None:
        workers = min(workers, 1)  # each would read all shards
    loader = make_loader(
        split.examples, plan, pad_id, workers, cuda, mels, per_frame, clean_readers=cuda
    )
    return Prefetch(loader, device) if cuda and training else loader


def read_batches(loader: Iterable[Batch]) -> Iterator[Batch]:
    """Yield the loader's batches. Raises: InputError for bad data or a reader that died."""
    try:
        yield from loader
    except InputError as error:
        # From another process it comes with that process's traceback before it.
        raise InputError(str(error).rpartition("InputError: ")[2].strip()) from None
    except RuntimeError as error:
        if "DataLoader worker" not in str(error):
            raise
        raise InputError(
            f"a process that reads features died: {str(error).splitlines()[0]} Where memory "
            "is short, lower --num-workers (0 reads in this process); continue with "
            "--start-epoch auto"
        ) from error

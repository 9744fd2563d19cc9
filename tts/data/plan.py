"""Plan the batches of an epoch, as a function of the seed and the epoch."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from typing import Any


class BatchPlan:
    """Plan the batches of each epoch, as a function of the seed and the epoch alone.

    Utterances are sorted into buckets of like length, shuffled inside each bucket, and cut
    into batches of at most `max_seconds` of speech and nearly equal size, so that none has
    to be dropped; then the batches are shuffled. `start` skips batches when resuming.

    With several processes this one takes every `world_size`-th batch of that order, the first
    of them `rank` places after `start`; what is left over at the end goes to the first ranks.
    `start` counts batches of the whole order, whatever the number of processes.
    """

    def __init__(
        self,
        num_frames: Sequence[int],
        frames_per_second: float,
        max_seconds: float,
        num_buckets: int = 30,
        shuffle: bool = True,
        seed: int = 42,
        rank: int = 0,
        world_size: int = 1,
    ):
        assert 0 <= rank < world_size, (rank, world_size)
        self.rank, self.world_size = rank, world_size
        self.num_frames = list(num_frames)
        self.max_frames = max_seconds * frames_per_second
        self.num_buckets = max(1, num_buckets)
        self.shuffle = shuffle
        self.seed = seed
        self.epoch = 1
        self.start = 0

    def batches(self, epoch: int) -> list[list[int]]:
        """Return the batches of `epoch` for all processes, as lists of positions."""
        chance = random.Random(f"{self.seed}-{epoch}")
        return self._batches_of(range(len(self.num_frames)), chance)

    def padding_share(self, epoch: int) -> float:
        """Return how much of all frames in the epoch's batches is padding."""
        batches = self.batches(epoch)
        padded = sum(max(self.num_frames[i] for i in batch) * len(batch) for batch in batches)
        return 1 - sum(self.num_frames) / padded

    def _batches_of(self, indexes: Sequence[int], chance: random.Random) -> list[list[int]]:
        order = sorted(indexes, key=lambda i: (self.num_frames[i], i))
        if self.shuffle:
            order = self._shuffled_in_buckets(order, chance)
        batches = self._cut(order)
        if self.shuffle:
            chance.shuffle(batches)
        return batches

    def _shuffled_in_buckets(self, order: list[int], chance: random.Random) -> list[int]:
        size = -(-len(order) // self.num_buckets)
        buckets = [order[i : i + size] for i in range(0, len(order), size)]
        for bucket in buckets:
            chance.shuffle(bucket)
        return [index for bucket in buckets for index in bucket]

    def _cut(self, order: list[int]) -> list[list[int]]:
        """Cut into equal shares; a batch that would pass the limit is cut earlier."""
        lengths = [self.num_frames[index] for index in order]
        total, longest = sum(lengths), max(lengths)
        if total <= self.max_frames:
            return [order]
        # A share ends with the utterance that passes it, hence the room for a longest one.
        room = max(self.max_frames - longest, self.max_frames / 2)
        share = total / math.ceil(total / room)
        batches: list[list[int]] = []
        inside, before = 0, 0
        for index in order:
            frames = self.num_frames[index]
            full = inside + frames > self.max_frames
            if not batches or full or before >= share * len(batches):
                batches.append([])
                inside = 0
            batches[-1].append(index)
            inside += frames
            before += frames
        return batches

    def __iter__(self) -> Iterator[list[int]]:
        return iter(self.batches(self.epoch)[self.start + self.rank :: self.world_size])

    def __len__(self) -> int:
        left = len(self.batches(self.epoch)) - self.start - self.rank
        return max(0, -(-left // self.world_size))


class ShardPlan(BatchPlan):
    """Plan the batches of utterances that lie in shards, each shard read once an epoch.

    The shards stand in an order of the epoch's own; batches are made inside `window` shards at a
    time, as BatchPlan makes them. With no more shards than that the batches are BatchPlan's.
    """

    def __init__(self, shards: Sequence[range], window: int, *args: Any, **options: Any):
        """Take shards, the positions in each shard; the rest as for BatchPlan."""
        super().__init__(*args, **options)
        self.shards, self.window = list(shards), window

    def batches(self, epoch: int) -> list[list[int]]:
        order = list(self.shards)
        if self.shuffle:
            random.Random(f"{self.seed}-{epoch}-shards").shuffle(order)
        chance = random.Random(f"{self.seed}-{epoch}")
        batches = []
        for start in range(0, len(order), self.window):
            inside = [index for shard in order[start : start + self.window] for index in shard]
            batches += self._batches_of(inside, chance)
        return batches

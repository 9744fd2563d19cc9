"""Batches for training: which utterances go together, read once an epoch, in a known order."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset

from tts.batch import Batch
from tts.errors import InputError
from tts.files import read_jsonl
from tts.text.tokens import TokenTable


@dataclass(frozen=True)
class Example:
    """One utterance as training needs it.

    Attributes: id; token_ids, with blanks and framing; features, the .npy file of its mel;
    num_frames, mel frames.
    """

    id: str
    token_ids: np.ndarray
    features: Path
    num_frames: int


def read_examples(
    cuts: Path | str, base: Path | str, table: TokenTable, framing: str
) -> list[Example]:
    """Read a split's cuts (lhotse JSON lines) into examples.

    Args:
      cuts: <name>_cuts_<split>.jsonl.gz.
      base: the folder that the feature paths in the manifest are relative to.
      table, framing: how tokens become ids.

    Raises: InputError for a missing or damaged file, an empty split, tokens that are not in
    the table, or utterances with fewer frames than ids (all of them, in one message).
    """
    examples, unknown = [], set()
    for number, cut in enumerate(read_jsonl(cuts), 1):
        try:
            tokens, features = cut["custom"]["tokens"], cut["features"]
            path = Path(base, features["storage_path"], features["storage_key"])
            name, num_frames = cut["id"], features["num_frames"]
        except (KeyError, TypeError) as error:
            raise InputError(
                f"{cuts}, line {number}: no cut of this project's ({error} is not there); make "
                "the manifests with prepare.sh"
            ) from None
        missing = table.unknown(tokens)
        if missing:
            unknown.update(missing)
            continue
        token_ids = np.asarray(table.encode(tokens, framing), dtype=np.int32)
        examples.append(Example(name, token_ids, path, num_frames))
    if unknown:
        raise InputError(
            f"{cuts}: tokens that the token table lacks: {' '.join(sorted(unknown))}. "
            "Were the tokens made with another table? Run prepare.sh from stage 2 again"
        )
    short = [example.id for example in examples if example.num_frames < len(example.token_ids)]
    if short:
        raise InputError(
            f"{cuts}: {len(short)} utterances have fewer mel frames than token ids, so that no "
            f"alignment exists: {', '.join(short[:10])}. Leave them out, or prepare again"
        )
    if not examples:
        raise InputError(f"{cuts} is empty: no utterance to train or validate on")
    return examples


class BatchPlan:
    """The batches of each epoch: a function of the seed and the epoch alone.

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
        """The batches of `epoch` for all processes, as lists of positions."""
        order = sorted(range(len(self.num_frames)), key=lambda i: (self.num_frames[i], i))
        chance = random.Random(f"{self.seed}-{epoch}")
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
        total, longest = sum(self.num_frames), max(self.num_frames)
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


class Examples(Dataset):
    """Reads the mel of whole batches: an index is a list of positions."""

    def __init__(self, examples: Sequence[Example], pad_id: int):
        self.examples = examples
        self.pad_id = pad_id

    def __len__(self) -> int:
        return len(self.examples)

    def __getitem__(self, indexes: list[int]) -> Batch:
        chosen = [self.examples[i] for i in indexes]
        mels = [read_mel(example) for example in chosen]
        token_lens = [len(example.token_ids) for example in chosen]
        mel_lens = [len(mel) for mel in mels]
        tokens = np.full((len(chosen), max(token_lens)), self.pad_id, dtype=np.int64)
        mel = np.zeros((len(chosen), max(mel_lens), mels[0].shape[1]), dtype=np.float32)
        for row, example in enumerate(chosen):
            tokens[row, : token_lens[row]] = example.token_ids
            mel[row, : mel_lens[row]] = mels[row]
        return Batch(
            ids=[example.id for example in chosen],
            tokens_BL=torch.from_numpy(tokens),
            tokens_lens=torch.tensor(token_lens),
            mel_BTF=torch.from_numpy(mel),
            mel_lens=torch.tensor(mel_lens),
        )


def read_mel(example: Example) -> np.ndarray:
    """The stored mel (T, F); InputError naming a missing, damaged or mismatched file."""
    try:
        mel = np.load(example.features)
    except (OSError, ValueError, EOFError) as error:
        raise InputError(
            f"features of {example.id}: {example.features} cannot be read ({error}). "
            "Run prepare.sh --stage fbank again"
        ) from None
    if mel.ndim != 2 or len(mel) != example.num_frames:
        raise InputError(
            f"features of {example.id}: {example.features} has shape {mel.shape}, the manifest "
            f"says {example.num_frames} frames. Run prepare.sh --stage fbank again"
        )
    return mel


def make_loader(
    examples: Sequence[Example], plan: BatchPlan, pad_id: int, num_workers: int, pin: bool
) -> DataLoader:
    """A loader that yields `plan`'s batches and draws nothing from torch's random state."""
    return DataLoader(
        Examples(examples, pad_id),
        sampler=plan,
        batch_size=None,
        num_workers=num_workers,
        pin_memory=pin,
        worker_init_fn=_leave_signals_to_the_parent if num_workers else None,
        prefetch_factor=4 if num_workers else None,
        generator=torch.Generator(),
    )


# Seconds that a reader goes on after SIGTERM, while the loop ends its step and saves.
GRACE = 300


def _leave_signals_to_the_parent(_worker: int) -> None:
    """Ctrl-C and a job's end reach all its processes; the training loop decides when to stop."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGUSR1, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: signal.alarm(GRACE))
    torch.set_num_threads(1)

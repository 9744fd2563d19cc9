"""Load batches for training: read once an epoch, in the order of a plan."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset

from tts.batch import Batch
from tts.data.plan import BatchPlan
from tts.errors import InputError
from tts.files import read_jsonl
from tts.text.tokens import TokenTable


@dataclass(frozen=True)
class Example:
    """Hold one utterance as training needs it.

    Attributes: id; token_ids, with blanks and framing; features, the .npy file of its mel;
    num_frames, mel frames; durations, frames of each of token_ids, where a model takes them.
    """

    id: str
    token_ids: np.ndarray
    features: Path
    num_frames: int
    durations: np.ndarray | None = None


@dataclass(frozen=True)
class Stored:
    """Say where an utterance's mel lies: as in Example, before its tokens are known."""

    id: str
    features: Path
    num_frames: int


def read_stored(cuts: Path | str, base: Path | str) -> Iterator[tuple[Stored, list[str]]]:
    """Yield each cut's stored features and its tokens; see `read_examples`."""
    for number, cut in enumerate(read_jsonl(cuts), 1):
        try:
            tokens, features = cut["custom"]["tokens"], cut["features"]
            path = Path(base, features["storage_path"], features["storage_key"])
            stored = Stored(cut["id"], path, features["num_frames"])
        except (KeyError, TypeError) as error:
            raise InputError(
                f"{cuts}, line {number}: no cut of this project's ({error} is not there); make "
                "the manifests with prepare.sh"
            ) from None
        yield stored, tokens


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
    for stored, tokens in read_stored(cuts, base):
        missing = table.unknown(tokens)
        if missing:
            unknown.update(missing)
            continue
        token_ids = np.asarray(table.encode(tokens, framing), dtype=np.int32)
        examples.append(Example(stored.id, token_ids, stored.features, stored.num_frames))
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


class Examples(Dataset):
    """Read the mel of whole batches, and rows per frame: an index is a list of positions."""

    def __init__(
        self,
        examples: Sequence[Example],
        pad_id: int,
        mels: Sequence[np.ndarray] | None = None,
        per_frame: Sequence[np.ndarray] | None = None,
    ):
        self.examples = examples
        self.pad_id = pad_id
        self.mels = FeatureFiles(examples) if mels is None else mels
        self.per_frame = per_frame

    def __len__(self) -> int:
        return len(self.examples)

    def __getitem__(self, indexes: list[int]) -> Batch:
        chosen = [self.examples[i] for i in indexes]
        mels = [self.mels[i] for i in indexes]
        token_lens = [len(example.token_ids) for example in chosen]
        mel_lens = [len(mel) for mel in mels]
        extra: dict[str, torch.Tensor] = {}
        if chosen[0].durations is not None:
            extra["durations_BL"] = _padded([example.durations for example in chosen], np.int64, 0)
        if self.per_frame is not None:
            rows_BTC = _padded([self.per_frame[i] for i in indexes], np.float32, 0)
            extra |= frame_fields(rows_BTC)
        return Batch(
            ids=[example.id for example in chosen],
            tokens_BL=_padded([example.token_ids for example in chosen], np.int64, self.pad_id),
            tokens_lens=torch.tensor(token_lens),
            mel_BTF=_padded(mels, np.float32, 0),
            mel_lens=torch.tensor(mel_lens),
            **extra,
            known_frames=sum(mel_lens),
        )


def _padded(rows: Sequence[np.ndarray], kind: type, filling: int) -> torch.Tensor:
    """Pad rows (n, ...) of unequal length to one tensor (B, longest n, ...)."""
    shape = len(rows), max(map(len, rows)), *rows[0].shape[1:]
    result = np.full(shape, filling, dtype=kind) if filling else np.zeros(shape, dtype=kind)
    for place, row in zip(result, rows, strict=True):
        place[: len(row)] = row
    return torch.from_numpy(result)


CONTOURS = ("log_f0_BT", "voiced_BT", "energy_BT")  # the columns that stage 9 writes


def frame_fields(rows_BTC: torch.Tensor) -> dict[str, torch.Tensor]:
    """Return a batch's fields from what is stored for each frame: contours, or a flow's states."""
    if rows_BTC.shape[2] != len(CONTOURS):
        return {"path_BTC": rows_BTC.float()}
    columns = (column.contiguous() for column in rows_BTC.unbind(2))
    return dict(zip(CONTOURS, columns, strict=True))


class Chosen(Sequence):
    """Select items of another sequence, by their positions in it."""

    def __init__(self, items: Sequence, positions: Sequence[int]):
        self.items, self.positions = items, positions

    def __len__(self) -> int:
        return len(self.positions)

    def __getitem__(self, index: int) -> Any:
        return self.items[self.positions[index]]


class FeatureFiles(Sequence):
    """Give the mel (T, F) of each example, read from its own file."""

    def __init__(self, examples: Sequence[Example | Stored]):
        self.examples = examples

    def __len__(self) -> int:
        return len(self.examples)

    def __getitem__(self, index: int) -> np.ndarray:
        return read_mel(self.examples[index])


def read_mel(example: Example | Stored) -> np.ndarray:
    """Read the stored mel (T, F); InputError naming a missing, damaged or mismatched file."""
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
    examples: Sequence[Example],
    plan: BatchPlan,
    pad_id: int,
    num_workers: int,
    pin: bool,
    mels: Sequence[np.ndarray] | None = None,
    per_frame: Sequence[np.ndarray] | None = None,
    clean_readers: bool = False,
) -> DataLoader:
    """Make a loader that yields `plan`'s batches and draws nothing from torch's random state.

    `mels` holds the mel of each example; without it they are read from their .npy files.
    `per_frame` holds what else is stored for each frame (T, C), where a model takes it: contours,
    or the states of a teacher's flow.
    `clean_readers`: start readers as new processes, once, instead of forking them every epoch: a
    fork of a process that uses CUDA inherits its locks and its threads' half-done work.
    """
    clean = clean_readers and num_workers > 0
    return DataLoader(
        Examples(examples, pad_id, mels, per_frame),
        sampler=plan,
        batch_size=None,
        num_workers=num_workers,
        pin_memory=pin,
        worker_init_fn=_begin_reader if num_workers else None,
        prefetch_factor=4 if num_workers else None,
        generator=torch.Generator(),
        multiprocessing_context="spawn" if clean else None,
        persistent_workers=clean,
    )


# Seconds that a reader goes on after SIGTERM, while the loop ends its step and saves.
GRACE = 300


def _begin_reader(_worker: int) -> None:
    """End a reader with its parent, and leave signals to it: the loop decides when to stop.

    torch's own watch misses a parent that is killed while the reader starts.
    """
    import signal

    from tts.data.parallel import follow_parent

    follow_parent()

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGUSR1, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: signal.alarm(GRACE))
    torch.set_num_threads(1)

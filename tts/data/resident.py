"""Keep a training set in a device's memory: batches are gathered there, nothing is copied."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from torch import Tensor

from tts.batch import Batch
from tts.data.loader import BatchPlan, Example, frame_fields
from tts.errors import InputError

# With 'auto' the set may take this share of the free memory: the rest is for training.
SHARE = 0.25
# Bytes that go to the device at once.
_PIECE = 1 << 26


class ResidentLoader:
    """Yield `plan`'s batches, equal to those of `make_loader` bit for bit, on `device`.

    Features stay as they are stored (16 bit) and become float32 in the batch; durations and rows
    per frame (T, C) lie there too, where a model takes them. Raises: InputError when they do not
    fit.
    """

    def __init__(
        self,
        examples: Sequence[Example],
        plan: BatchPlan,
        pad_id: int,
        mels: Sequence[np.ndarray],
        device: torch.device,
        per_frame: Sequence[np.ndarray] | None = None,
    ):
        self.examples, self.plan, self.device = examples, plan, device
        self.durations = self.per_frame = None
        self.num_frames = [example.num_frames for example in examples]
        self.num_tokens = [len(example.token_ids) for example in examples]
        try:
            self.mel = _Rows(_upload(mels, self.num_frames, device), self.num_frames)
            tokens = np.concatenate([*(example.token_ids for example in examples), [pad_id]])
            self.tokens = _Rows(
                torch.from_numpy(tokens.astype(np.int64)).to(device), self.num_tokens
            )
            if examples[0].durations is not None:
                flat = np.concatenate([*(example.durations for example in examples), [0]])
                durations = torch.from_numpy(flat.astype(np.int64)).to(device)
                self.durations = _Rows(durations, self.num_tokens)
            if per_frame is not None:
                self.per_frame = _Rows(_upload(per_frame, self.num_frames, device), self.num_frames)
        except (torch.OutOfMemoryError, MemoryError, RuntimeError) as error:
            if isinstance(error, RuntimeError) and "memory" not in str(error):
                raise
            raise InputError(_too_large(size_of(examples, mels, per_frame), device)) from None

    def __len__(self) -> int:
        return len(self.plan)

    def __iter__(self) -> Iterator[Batch]:
        batches = list(self.plan)
        order = torch.tensor([index for batch in batches for index in batch], dtype=torch.int64)
        order = order.to(self.device)
        start = 0
        for batch in batches:
            yield self.gather(batch, order[start : start + len(batch)])
            start += len(batch)

    def gather(self, batch: Sequence[int], index_B: Tensor) -> Batch:
        """Gather the batch of these positions, given on the host and on the device."""
        most_tokens = max(self.num_tokens[i] for i in batch)
        most_frames = max(self.num_frames[i] for i in batch)
        tokens_BL, tokens_lens = self.tokens.padded(index_B, most_tokens)
        mel_BTF, mel_lens = self.mel.padded(index_B, most_frames)
        extra: dict[str, Tensor] = {}
        if self.durations is not None:
            extra["durations_BL"] = self.durations.padded(index_B, most_tokens)[0]
        if self.per_frame is not None:
            extra |= frame_fields(self.per_frame.padded(index_B, most_frames)[0])
        return Batch(
            ids=[self.examples[i].id for i in batch],
            tokens_BL=tokens_BL,
            tokens_lens=tokens_lens,
            mel_BTF=mel_BTF.float(),
            mel_lens=mel_lens,
            **extra,
            known_frames=sum(self.num_frames[i] for i in batch),
        )


class _Rows:
    """Hold sequences of unequal length, one after the other, and last the row that pads them."""

    def __init__(self, flat: Tensor, lengths: Sequence[int]):
        self.flat = flat
        self.lengths = torch.tensor(lengths, dtype=torch.int64).to(flat.device)
        self.starts = self.lengths.cumsum(0) - self.lengths

    def padded(self, index_B: Tensor, longest: int) -> tuple[Tensor, Tensor]:
        """Return the chosen sequences, padded (B, longest, ...), and their lengths (B,)."""
        lengths = self.lengths[index_B]
        place = torch.arange(longest, device=self.flat.device)
        rows = self.starts[index_B, None] + place
        rows = rows.masked_fill(place >= lengths[:, None], len(self.flat) - 1)
        return self.flat[rows], lengths


def _upload(mels: Sequence[np.ndarray], lengths: Sequence[int], device: torch.device) -> Tensor:
    """Copy all frames (N + 1, F) to the device as stored, the last one zero."""
    first = mels[0]
    kind = torch.from_numpy(np.empty(0, first.dtype)).dtype
    flat = torch.empty(sum(lengths) + 1, first.shape[1], dtype=kind, device=device)
    flat[-1] = 0
    per_piece = max(1, _PIECE // (first.itemsize * first.shape[1]))
    done, waiting, held = 0, [], 0
    for index, frames in enumerate(lengths):
        waiting.append(mels[index])
        held += frames
        if held >= per_piece or index + 1 == len(lengths):
            flat[done : done + held] = torch.from_numpy(np.concatenate(waiting)).to(device)
            done, waiting, held = done + held, [], 0
    return flat


def size_of(
    examples: Sequence[Example],
    mels: Sequence[np.ndarray],
    per_frame: Sequence[np.ndarray] | None = None,
) -> int:
    """Count the bytes that the set takes on a device."""
    row = mels[0][:1].nbytes + (0 if per_frame is None else per_frame[0][:1].nbytes)
    token = 8 if examples[0].durations is None else 16
    tokens = token * sum(len(example.token_ids) for example in examples)
    return row * sum(example.num_frames for example in examples) + tokens


def _too_large(size: int, device: torch.device, free: int | None = None) -> str:
    left = "" if free is None else f", {free / 1e9:.2f} GB are free"
    return (
        f"--data-on-device 1: the training set takes {size / 1e9:.2f} GB on {device}{left}: "
        "use --data-on-device 0 (or auto, which looks first)"
    )


def fits(mode: str, size: int, device: torch.device) -> bool:
    """Say whether the set goes to the device: mode '0' never; 'auto' on CUDA, in a share of what is
    free; '1' always, with an InputError where it cannot.
    """
    if mode == "0" or (mode == "auto" and device.type != "cuda"):
        return False
    if device.type != "cuda":
        return True
    free, _ = torch.cuda.mem_get_info(device)
    if mode == "1" and size > free:
        raise InputError(_too_large(size, device, free))
    return mode == "1" or size <= SHARE * free

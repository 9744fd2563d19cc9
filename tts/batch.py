"""Hold what data, models and the training loop exchange: one batch of utterances."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Batch:
    """Hold utterances padded to common lengths (B utterances, L tokens, T frames, F mel bins).

    Attributes:
      ids: B utterance ids, in the order of the rows.
      tokens_BL: int64 token ids with blanks and framing; padded with the blank's id.
      tokens_lens: int64 (B,), tokens before padding.
      mel_BTF: float32 natural-log mel as stored (not normalised); padding is 0.
      mel_lens: int64 (B,), frames before padding.
      durations_BL: int64 frames of each id, blanks and framing included; a row sums to its
        mel_lens, padding is 0. None unless the model's `inputs` name "durations".
      log_f0_BT: float32 natural log of F0 in Hz, interpolated where unvoiced; padding is 0.
      voiced_BT: float32, 1 where voiced, else 0.
      energy_BT: float32 L2 norm of the magnitude spectrum of each frame; padding is 0. These
        three are raw, and None unless the model's `inputs` name "pitch".
      path_BTC: float32 normalised states of a teacher's flow, noise first, F columns each; padding
        is 0. None unless the model's `inputs` name "pairs-N".
      known_frames: the sum of mel_lens where the loader knows it on the host, so that nobody has
        to wait for a device to tell it.
    """

    ids: list[str]
    tokens_BL: Tensor
    tokens_lens: Tensor
    mel_BTF: Tensor
    mel_lens: Tensor
    durations_BL: Tensor | None = None
    log_f0_BT: Tensor | None = None
    voiced_BT: Tensor | None = None
    energy_BT: Tensor | None = None
    path_BTC: Tensor | None = None
    known_frames: int | None = None

    def to(self, device: torch.device | str, non_blocking: bool = True) -> Batch:
        """Return the same batch with its tensors on `device`."""
        return self._map(lambda tensor: tensor.to(device, non_blocking=non_blocking))

    def pin_memory(self) -> Batch:
        """Return the same batch in page-locked memory (called by torch's DataLoader)."""
        return self._map(lambda tensor: tensor.pin_memory())

    def first(self) -> Batch:
        """Return the first utterance alone, without padding."""
        tokens, frames = int(self.tokens_lens[0]), int(self.mel_lens[0])
        ends = {"tokens_BL": tokens, "durations_BL": tokens}
        ends |= dict.fromkeys(
            ("mel_BTF", "log_f0_BT", "voiced_BT", "energy_BT", "path_BTC"), frames
        )
        values = {
            name: value[:1] if name not in ends else value[:1, : ends[name]]
            for name, value in vars(self).items()
            if value is not None and name != "known_frames"
        }
        return Batch(**values)

    @property
    def num_frames(self) -> int:
        """Real mel frames in the batch."""
        return int(self.mel_lens.sum()) if self.known_frames is None else self.known_frames

    def _map(self, function: Callable[[Tensor], Tensor]) -> Batch:
        values = {}
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            values[field.name] = function(value) if isinstance(value, Tensor) else value
        return Batch(**values)


@dataclass(frozen=True)
class SegmentBatch:
    """Hold segments of recordings of one length (B segments, S samples, T frames, F mel bins).

    Attributes:
      ids: ids of the recordings, in the order of the rows.
      samples_BS: float32 in [-1, 1]; the margins of the first and the last frame are included,
        so that S = (T - 1) * hop_length + n_fft.
      predicted_B: bool, whose mel is the acoustic model's and not the recording's own.
      mel_BTF: float32 log mel of those rows, 0 elsewhere; None where there is none.
    """

    ids: list[str]
    samples_BS: Tensor
    predicted_B: Tensor
    mel_BTF: Tensor | None = None

    def to(self, device: torch.device | str, non_blocking: bool = True) -> SegmentBatch:
        """Return the same batch with its tensors on `device`."""
        values = (
            value.to(device, non_blocking=non_blocking) if isinstance(value, Tensor) else value
            for value in vars(self).values()
        )
        return SegmentBatch(*values)

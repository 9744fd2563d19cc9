"""Cut segments of recordings: stretches of samples with the context that their mel needs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import torch

from tts.batch import SegmentBatch
from tts.errors import InputError
from tts.mel import MelConfig


class SegmentPlan:
    """Draw the segments of every batch: a function of seed, epoch and the batch's number alone.

    A segment begins at any frame of any recording with equal probability. An epoch has as many
    batches as the recordings fill. Process `rank` of `world_size` takes every `world_size`-th
    batch; `start` counts batches of the whole order.
    """

    def __init__(
        self,
        num_frames: Sequence[int],
        segment_frames: int,
        batch_size: int,
        seed: int = 42,
        rank: int = 0,
        world_size: int = 1,
    ):
        """Args: num_frames, of each recording; shorter ones than a segment are never drawn.

        Raises: InputError when all are shorter.
        """
        places = np.maximum(np.asarray(num_frames, dtype=np.int64) - segment_frames + 1, 0)
        if not places.sum():
            raise InputError(
                f"no recording has {segment_frames} frames, the longest {max(num_frames)}: lower "
                "--segment-frames"
            )
        self.segment_frames, self.batch_size, self.seed = segment_frames, batch_size, seed
        self.rank, self.world_size = rank, world_size
        self._ends = np.cumsum(places)
        self.num_batches = max(1, int(sum(num_frames)) // (segment_frames * batch_size))
        self.epoch, self.start = 1, 0

    def batch(self, epoch: int, number: int) -> list[tuple[int, int]]:
        """Recording and first frame of each segment of batch `number` (from 0) of an epoch."""
        random = np.random.Generator(np.random.Philox(key=[self.seed, (epoch << 32) + number]))
        drawn = random.integers(0, self._ends[-1], self.batch_size)
        recordings = np.searchsorted(self._ends, drawn, side="right")
        before = np.concatenate([[0], self._ends])[recordings]
        return list(zip(recordings.tolist(), (drawn - before).tolist(), strict=True))

    def batches(self, epoch: int) -> list[list[int]]:
        """Return the recordings of every batch of an epoch, for all processes."""
        numbers = range(self.num_batches)
        return [[recording for recording, _ in self.batch(epoch, n)] for n in numbers]

    def __iter__(self) -> Iterator[list[tuple[int, int]]]:
        for number in range(self.start + self.rank, self.num_batches, self.world_size):
            yield self.batch(self.epoch, number)

    def __len__(self) -> int:
        return len(range(self.start + self.rank, self.num_batches, self.world_size))


class SegmentLoader:
    """Cut the segments of a plan out of packed recordings; nothing is drawn from torch's state.

    Recordings are packed with the margins of their first and last frames (see
    tts.features.packed_audio), so that frame t begins at sample t * hop_length of the array.
    """

    def __init__(
        self,
        audio: Sequence[np.ndarray],
        ids: Sequence[str],
        plan: SegmentPlan,
        mel: MelConfig,
        gain_db: float = 0.0,
        predicted: Sequence[np.ndarray | None] | None = None,
        predicted_share: float = 0.0,
    ):
        """Args: audio, packed samples (S, 1), int16 or float32; gain_db, by how much a segment's
        level is lowered at most, drawn evenly; predicted, mels (T, F) that an acoustic model made
        of the same recordings, None where it made none; predicted_share, how many segments take
        theirs.
        """
        self.audio, self.ids, self.plan, self.mel = audio, ids, plan, mel
        self.gain_db, self.predicted, self.predicted_share = gain_db, predicted, predicted_share

    def __len__(self) -> int:
        return len(self.plan)

    def __iter__(self) -> Iterator[SegmentBatch]:
        plan = self.plan
        numbers = range(plan.start + plan.rank, plan.num_batches, plan.world_size)
        for number, places in zip(numbers, plan, strict=True):
            key = [plan.seed + 1, (plan.epoch << 32) + number]
            yield self.cut(places, np.random.Generator(np.random.Philox(key=key)))

    def cut(
        self, places: Sequence[tuple[int, int]], random: np.random.Generator | None = None
    ) -> SegmentBatch:
        """Cut the segments at `places` (recording, first frame); without `random` unchanged."""
        hop, frames = self.mel.hop_length, self.plan.segment_frames
        length = (frames - 1) * hop + self.mel.n_fft
        samples_BS = np.empty((len(places), length), dtype=np.float32)
        for row, (recording, first) in zip(samples_BS, places, strict=True):
            row[:] = samples_of(self.audio[recording][first * hop : first * hop + length, 0])
        chosen_B = np.zeros(len(places), dtype=bool)
        if random is not None:
            gains_B1 = 10 ** (-random.random((len(places), 1)) * self.gain_db / 20)
            chosen_B = random.random(len(places)) < self.predicted_share
            for index in np.flatnonzero(chosen_B):
                mels = self.predicted
                chosen_B[index] = mels is not None and mels[places[index][0]] is not None
            gains_B1[chosen_B] = 1.0  # a predicted mel is of the recording as it is
            samples_BS *= gains_B1.astype(np.float32)
        mel_BTF = None
        if self.predicted is not None and chosen_B.any():
            mel_BTF = np.zeros((len(places), frames, self.mel.n_mels), dtype=np.float32)
            for index in np.flatnonzero(chosen_B):
                recording, first = places[index]
                mel_BTF[index] = self.predicted[recording][first : first + frames]
        return SegmentBatch(
            ids=[self.ids[recording] for recording, _ in places],
            samples_BS=torch.from_numpy(samples_BS),
            predicted_B=torch.from_numpy(chosen_B),
            mel_BTF=None if mel_BTF is None else torch.from_numpy(mel_BTF),
        )


def samples_of(stored_S: np.ndarray) -> np.ndarray:
    """Convert stored samples, int16 or float32, to float32 in [-1, 1]."""
    if stored_S.dtype == np.int16:
        return stored_S.astype(np.float32) / 32768
    return stored_S

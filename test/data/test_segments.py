"""Segments of recordings: what is drawn, and that their mel is the recording's."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tts.data.segments import SegmentLoader, SegmentPlan
from tts.errors import InputError
from tts.features.mel import log_mel
from tts.features.packed_audio import with_margins
from tts.mel import MelConfig
from tts.vocoders.spectra import LogMel

MEL = MelConfig()


def test_every_place_is_drawn_and_short_recordings_never():
    plan = SegmentPlan([5, 2, 8], segment_frames=4, batch_size=16, seed=1)
    drawn = {place for epoch in range(1, 40) for n in range(3) for place in plan.batch(epoch, n)}
    assert drawn == {(0, first) for first in range(2)} | {(2, first) for first in range(5)}


def test_the_draw_depends_on_seed_epoch_and_number_alone():
    plan = SegmentPlan([50, 60], 8, 4, seed=3)
    other = SegmentPlan([50, 60], 8, 4, seed=3)
    other.batch(2, 1)
    assert plan.batch(5, 2) == other.batch(5, 2)
    batches = [plan.batch(1, 0), plan.batch(1, 1), plan.batch(2, 0)]
    batches.append(SegmentPlan([50, 60], 8, 4, seed=4).batch(1, 0))
    assert len({str(batch) for batch in batches}) == 4


def test_processes_share_the_batches_of_one():
    """What two processes take together is what one takes, in order; `start` skips the same."""
    whole = SegmentPlan([400], 8, 4)
    parts = [SegmentPlan([400], 8, 4, rank=rank, world_size=2) for rank in range(2)]
    for plan in (whole, *parts):
        plan.epoch, plan.start = 2, 3
    taken = list(whole)
    assert len(taken) == len(whole) == whole.num_batches - 3
    assert [list(plan) for plan in parts] == [taken[0::2], taken[1::2]]
    assert [[r for r, _ in batch] for batch in taken] == whole.batches(2)[3:]


def test_recordings_all_too_short_are_refused():
    with pytest.raises(InputError, match="no recording has 32 frames, the longest 7"):
        SegmentPlan([3, 7], 32, 4)


def recordings(kind: type) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Samples, and as they are packed: of lengths that are no whole frames."""
    random = np.random.RandomState(0)
    plain = [0.1 * random.standard_normal(n).astype(np.float32) for n in (8000, 12345)]
    if kind is np.int16:
        plain = [np.round(x * 32768).astype(np.int16).astype(np.float32) / 32768 for x in plain]
    packed = [with_margins(x, MEL) for x in plain]
    if kind is np.int16:
        packed = [np.round(x * 32768).astype(np.int16) for x in packed]
    return plain, [x[:, None] for x in packed]


@pytest.mark.parametrize("kind", [np.float32, np.int16])
def test_the_mel_of_a_segment_is_the_stored_one(kind):
    plain, packed = recordings(kind)
    plan = SegmentPlan([len(x) // MEL.hop_length for x in plain], 10, 6)
    loader = SegmentLoader(packed, ["a", "b"], plan, MEL)
    places = plan.batch(1, 0)
    batch = loader.cut(places)
    mel_BTF = LogMel(MEL).of_context(batch.samples_BS)
    for (recording, first), mel_TF, name in zip(places, mel_BTF, batch.ids, strict=True):
        wanted = log_mel(plain[recording], MEL)[first : first + 10]
        np.testing.assert_allclose(mel_TF.numpy(), wanted, atol=6e-4)
        assert name == "ab"[recording]


def test_segments_are_the_recordings_samples():
    plain, packed = recordings(np.float32)
    plan = SegmentPlan([len(x) // MEL.hop_length for x in plain], 10, 1)
    batch = SegmentLoader(packed, ["a", "b"], plan, MEL).cut([(1, 12)])
    margin = (MEL.n_fft - MEL.hop_length) // 2
    start = 12 * MEL.hop_length
    wanted = plain[1][start - margin : start + 10 * MEL.hop_length + margin]
    assert np.array_equal(batch.samples_BS[0].numpy(), wanted)


def test_gain_lowers_the_level_and_is_repeatable():
    plain, packed = recordings(np.float32)
    plan = SegmentPlan([len(x) // MEL.hop_length for x in plain], 10, 8)
    quiet = SegmentLoader(packed, ["a", "b"], plan, MEL, gain_db=6.0)
    loud = SegmentLoader(packed, ["a", "b"], plan, MEL)
    for a, b, c in zip(quiet, quiet, loud, strict=True):
        assert torch.equal(a.samples_BS, b.samples_BS)
        ratio = a.samples_BS.abs().amax(1) / c.samples_BS.abs().amax(1)
        assert ((ratio <= 1) & (ratio >= 10 ** (-6 / 20))).all()
        assert ratio.std() > 0.01

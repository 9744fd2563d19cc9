"""Times as frames: sums, rounding, files; errors of boundaries."""

from __future__ import annotations

import numpy as np
import pytest

from tts.align.boundaries import boundary_errors, equal_shares, score_boundaries
from tts.align.durations import save_textgrid, tiers_of, to_frames, wrong_durations
from tts.align.intervals import load_textgrid


def test_rounding_keeps_every_boundary_within_half_a_frame_and_the_sum_exact():
    random = np.random.default_rng(0)
    for _ in range(50):
        ends = np.cumsum(random.exponential(0.02, size=400) * random.integers(0, 2, size=400))
        times = np.stack([np.concatenate([[0], ends[:-1]]), ends], axis=1)
        num_frames = int(ends[-1] * 86.1 + 0.5)
        durations = to_frames(times, num_frames, 86.1)
        assert sum(durations) == num_frames and min(durations) >= 0
        assert np.abs(np.cumsum(durations) - ends * 86.1).max() <= 0.5 + 1e-6


def test_times_past_the_last_frame_are_cut():
    times = np.array([[0.0, 0.1], [0.1, 0.5], [0.5, 0.9]])
    assert to_frames(times, 40, 100.0) == [10, 30, 0]
    assert to_frames(times, 100, 100.0) == [10, 40, 50]


def test_durations_that_cannot_be():
    assert wrong_durations([1, 2, 0], 3, 3) == ""
    assert "2 durations for 3" in wrong_durations([1, 2], 3, 3)
    assert "negative" in wrong_durations([4, -1, 0], 3, 3)
    assert "sum to 4" in wrong_durations([1, 2, 1], 3, 3)


def test_durations_as_a_textgrid(tmp_path):
    tokens, durations = ["_", "h", "_", "ˈ", "_", "i", "_", ",", "_"], [2, 3, 0, 0, 0, 5, 1, 4, 2]
    (tier,) = tiers_of(tokens, durations, 0.01, 0.168).values()
    assert [(item.label, round(item.end, 9)) for item in tier] == [
        *(("", 0.02), ("h", 0.05), ("i", 0.1), ("", 0.168)),
    ]
    save_textgrid(tmp_path / "a.TextGrid", tokens, durations, 0.01, 0.168)
    assert load_textgrid(tmp_path / "a.TextGrid").tiers["phones"] == tier


def test_boundary_errors_by_hand():
    """Blanks between phones are halved; beside a pause they belong to it."""
    durations = [10, 5, 2, 8, 4, 6, 1]  # _ a _ b _ c _
    edges = [(0.10, -1, 1), (0.15, 1, 3), (0.25, 3, -1), (0.30, -1, 5), (0.32, 5, -1)]
    errors = boundary_errors(edges, durations, 100.0)
    assert errors.tolist() == pytest.approx([0.0, 0.01, 0.0, -0.01, 0.03])
    score = score_boundaries(errors)
    assert (score.count, score.mean, score.median) == pytest.approx((5, 0.01, 0.01))
    assert score.bias == pytest.approx(0.006)
    assert score.within[1:] == pytest.approx((0.8, 1.0))
    with pytest.raises(ValueError, match="no boundary"):
        score_boundaries(np.array([]))


def test_equal_shares_leave_blanks_out():
    durations = equal_shares(9, 42)
    assert sum(durations) == 42 and durations[::2] == [0] * 5
    assert {10, 11} == set(durations[1::2])

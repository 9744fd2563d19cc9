"""Metrics against identities and exhaustive search."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tts.errors import InputError
from tts.evaluate.metrics import (
    DECIBELS,
    Comparison,
    cepstral_distance,
    dtw,
    length_error_ms,
    length_error_percent,
    mel_cepstral_distortion,
    mel_cepstrum,
    mel_l1,
    token_duration_error,
)

BINS = 40


def random_mel(frames: int, seed: int = 0, bins: int = BINS) -> np.ndarray:
    return np.random.RandomState(seed).standard_normal((frames, bins)).astype(np.float32) - 5


def compared(mel: np.ndarray, recorded: np.ndarray, **durations) -> Comparison:
    return Comparison(mel, recorded, frame_seconds=0.01, **durations)


def mcd(mel: np.ndarray, recorded: np.ndarray) -> float:
    return mel_cepstral_distortion(compared(mel, recorded))


def all_paths(rows: int, columns: int) -> list[list[tuple[int, int]]]:
    """Every monotonic path from corner to corner."""
    if (rows, columns) == (1, 1):
        return [[(0, 0)]]
    before = [
        (rows - down, columns - right)
        for down, right in ((1, 1), (1, 0), (0, 1))
        if rows > down and columns > right
    ]
    return [[*path, (rows - 1, columns - 1)] for smaller in before for path in all_paths(*smaller)]


@given(
    st.integers(1, 5).flatmap(
        lambda columns: st.lists(
            st.lists(st.integers(0, 3), min_size=columns, max_size=columns), min_size=1, max_size=5
        )
    )
)
@settings(deadline=None, max_examples=60)
def test_dtw_finds_the_cheapest_and_then_the_shortest_of_all_paths(rows):
    cost = np.array(rows, dtype=float)
    path = [tuple(step) for step in dtw(cost)]
    paths = all_paths(*cost.shape)
    assert path in paths
    best = min((sum(cost[step] for step in other), len(other)) for other in paths)
    assert (sum(cost[step] for step in path), len(path)) == best


def test_dtw_of_many_frames_is_monotonic_from_corner_to_corner():
    path = dtw(np.random.RandomState(0).rand(300, 217))
    assert path[0].tolist() == [0, 0] and path[-1].tolist() == [299, 216]
    steps = np.diff(path, axis=0)
    assert steps.min() == 0 and steps.max() == 1 and steps.sum(1).min() == 1


def test_a_thing_is_at_distance_zero_from_itself():
    mel = random_mel(50)
    comparison = compared(mel, mel, durations_L=np.arange(9), recorded_durations_L=np.arange(9))
    for metric in (
        mel_cepstral_distortion,
        mel_l1,
        length_error_ms,
        length_error_percent,
        token_duration_error,
    ):
        assert metric(comparison) == 0.0


def test_distortion_is_symmetric_and_positive():
    a, b = random_mel(60, 1), random_mel(83, 2)
    a[10:30], b[5:50] = -11.5, -11.5  # silence: many paths of equal cost
    assert mcd(a, b) == pytest.approx(mcd(b, a), rel=1e-12)
    assert mcd(a, b) > 1
    assert mel_l1(compared(a, b)) == pytest.approx(mel_l1(compared(b, a)), rel=1e-12)


def test_a_slower_copy_is_only_longer():
    mel = random_mel(40)
    slow = np.repeat(mel, [3 if frame % 4 == 0 else 1 for frame in range(40)], axis=0)
    comparison = compared(slow, mel)
    assert mel_cepstral_distortion(comparison) == 0.0
    assert mel_l1(comparison) == 0.0
    assert length_error_ms(comparison) == pytest.approx(200)
    assert length_error_percent(comparison) == pytest.approx(50)
    assert length_error_percent(compared(mel, slow)) == pytest.approx(100 / 3)


def test_loudness_is_left_out_of_the_distortion_but_not_of_the_mel():
    mel = random_mel(30)
    louder = mel + math.log(2)
    assert mcd(louder, mel) == pytest.approx(0, abs=1e-5)
    assert mel_l1(compared(louder, mel)) == pytest.approx(math.log(2), abs=1e-5)


@pytest.mark.parametrize("order", [1, 7, 13])
def test_one_cosine_across_the_bins_changes_one_coefficient(order):
    cosine = np.cos(np.pi * order * (np.arange(BINS) + 0.5) / BINS)
    mel = random_mel(20).astype(np.float64)
    difference = mel_cepstrum(mel + 0.3 * cosine) - mel_cepstrum(mel)
    expected = np.zeros(13)
    expected[order - 1] = 0.3
    np.testing.assert_allclose(difference, np.tile(expected, (20, 1)), atol=1e-12)
    shifted = cepstral_distance(mel_cepstrum(mel + 0.3 * cosine), mel_cepstrum(mel))
    np.testing.assert_allclose(np.diag(shifted), 0.3 * 10 * math.sqrt(2) / math.log(10))


def test_cosines_beyond_the_thirteenth_do_not_count():
    cosine = np.cos(np.pi * 14 * (np.arange(BINS) + 0.5) / BINS)
    mel = random_mel(20).astype(np.float64)
    assert mcd(mel + cosine, mel) == pytest.approx(0, abs=1e-9)


def test_with_every_coefficient_the_distance_is_a_spread_in_decibels():
    """The scale of the cepstrum and the constant belong together."""
    a, b = random_mel(6, 1).astype(np.float64), random_mel(6, 2).astype(np.float64)
    distance = cepstral_distance(mel_cepstrum(a, BINS - 1), mel_cepstrum(b, BINS - 1))
    decibels = 20 / math.log(10) * (a - b)
    np.testing.assert_allclose(np.diag(distance), decibels.std(axis=1))


def test_constant_is_the_published_one():
    assert pytest.approx(6.141851463713754) == DECIBELS


def test_token_durations():
    mel = random_mel(8)
    spoken, recorded = np.array([1.0, 2.5, 4.5]), np.array([2, 2, 4])
    both = compared(mel, mel, durations_L=spoken, recorded_durations_L=recorded)
    assert token_duration_error(both) == pytest.approx((1 + 0.5 + 0.5) / 3)
    assert token_duration_error(compared(mel, mel, durations_L=spoken)) is None


@pytest.mark.parametrize(
    "mel, recorded, durations",
    [
        (random_mel(5), random_mel(5, bins=BINS + 1), {}),
        (random_mel(0), random_mel(5), {}),
        (
            random_mel(5),
            random_mel(5),
            {"durations_L": np.ones(3), "recorded_durations_L": np.ones(4)},
        ),
    ],
)
def test_what_cannot_be_compared(mel, recorded, durations):
    with pytest.raises(InputError, match="cannot be compared"):
        compared(mel, recorded, **durations)

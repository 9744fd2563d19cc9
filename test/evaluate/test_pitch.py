"""Metrics of F0 against scipy, exhaustive search and known changes of known sounds."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.stats
from test_warping import all_paths
from utterances import MEL, known, tone

from tts.evaluate.metrics import voiced_f0
from tts.evaluate.pitch import (
    contour_distance,
    f0_dtw,
    f0_kurtosis,
    f0_sigma,
    f0_skewness,
    log_f0_rmse,
    voicing_error,
)
from tts.evaluate.utterance import Comparison, SystemUtterance


def contours(spoken, recorded) -> Comparison:
    """Takes with these F0 in Hz, their frames one to one."""
    mel_TF = np.random.RandomState(0).standard_normal((len(spoken), 20))
    pair = (known(mel_TF=mel_TF, f0_T=np.array(f0, dtype=float)) for f0 in (spoken, recorded))
    return Comparison(*pair)


@pytest.mark.parametrize("seed", range(3))
def test_moments_are_those_of_scipy(seed):
    f0_V = 200 + 50 * np.random.RandomState(seed).gamma(2, size=400)
    assert f0_sigma(f0_V) == pytest.approx(np.std(f0_V))
    assert f0_skewness(f0_V) == pytest.approx(scipy.stats.skew(f0_V))
    assert f0_kurtosis(f0_V) == pytest.approx(scipy.stats.kurtosis(f0_V))


def test_moments_of_known_distributions():
    two = np.array([100.0, 300.0] * 50)
    assert (f0_sigma(two), f0_skewness(two), f0_kurtosis(two)) == (100.0, 0.0, -2.0)
    scaled = 1.5 * two
    assert f0_sigma(scaled) == 150.0 and f0_kurtosis(scaled) == -2.0
    level = np.full(7, 210.0)
    assert (f0_sigma(level), f0_skewness(level), f0_kurtosis(level)) == (0.0, None, None)
    nothing = np.zeros(0)
    assert f0_sigma(nothing) is None and f0_skewness(nothing) is None


@pytest.mark.parametrize("seed", range(5))
def test_contour_distance_is_that_of_the_cheapest_path(seed):
    random = np.random.RandomState(seed)
    a, b = random.randint(100, 110, 5).astype(float), random.randint(100, 110, 4).astype(float)
    costs = [[abs(a[i] - b[j]) for i, j in path] for path in all_paths(5, 4)]
    total, length = min((sum(cost), len(cost)) for cost in costs)
    assert contour_distance(a, b) == pytest.approx(total / length)
    assert contour_distance(b, a) == pytest.approx(total / length)


def test_contours_of_other_lengths():
    rising = np.linspace(100, 300, 40)
    assert contour_distance(np.repeat(rising, 3), rising) == 0.0
    level = np.full(30, 200.0)
    assert contour_distance(level, level[:12] + 25) == 25.0
    assert contour_distance(level, np.zeros(0)) is None


def test_itself_is_at_distance_zero():
    f0 = [0, 0, 120, 130, 0, 140]
    comparison = contours(f0, f0)
    assert f0_dtw(comparison) == log_f0_rmse(comparison) == voicing_error(comparison) == 0.0


def test_a_known_factor_is_the_known_error():
    f0 = np.array([0, 100, 120, 140, 0, 200.0])
    semitone = contours(f0 * 2 ** (1 / 12), f0)
    assert log_f0_rmse(semitone) == pytest.approx(math.log(2) / 12)
    assert round(log_f0_rmse(semitone), 3) == 0.058  # as its definition says
    assert voicing_error(semitone) == 0.0


def test_voicing_counts_both_kinds_of_error_and_f0_neither():
    comparison = contours([0, 100, 0, 100, 0], [0, 100, 90, 0, 0])
    assert voicing_error(comparison) == 40.0
    assert log_f0_rmse(comparison) == 0.0
    silent = contours([0, 0, 0], [0, 120, 0])
    assert log_f0_rmse(silent) is None and f0_dtw(silent) is None


def test_sounds_of_a_known_pitch():
    """The extractor and the metrics together: 120 to 156 Hz against a fifth higher."""
    low, high = (SystemUtterance(tone(1.0, hertz), MEL) for hertz in (120, 180))
    assert f0_sigma(voiced_f0(low)) == pytest.approx(36 / math.sqrt(12), rel=0.06)
    comparison = Comparison(high, low, pairing="frames")
    assert log_f0_rmse(comparison) == pytest.approx(math.log(1.5), abs=0.005)
    assert voicing_error(comparison) < 4
    level = [SystemUtterance(tone(1.0, hertz, glide=0), MEL) for hertz in (120, 180)]
    assert f0_dtw(Comparison(*level)) == pytest.approx(60, abs=0.5)

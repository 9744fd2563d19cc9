"""Mel-cepstral distortion and the mel's distance: identities and known differences."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.fft
from utterances import known

from tts.errors import InputError
from tts.evaluate.cepstrum import DECIBELS, cepstral_distance, mel_cepstrum
from tts.evaluate.distortion import mel_cepstral_distortion, model_distortion, model_mel_l1
from tts.evaluate.utterance import Comparison, pair_frames

BINS = 40


def random_mel(frames: int, seed: int = 0, bins: int = BINS) -> np.ndarray:
    return np.random.RandomState(seed).standard_normal((frames, bins)).astype(np.float32) - 5


def compared(mel: np.ndarray, recorded: np.ndarray, pairing: str = "dtw") -> Comparison:
    """Takes whose waveforms and models have the same mel."""
    spoken = known(mel_TF=mel, model_mel_TF=mel)
    return Comparison(spoken, known(mel_TF=recorded), pairing=pairing)


def mcd(mel: np.ndarray, recorded: np.ndarray, pairing: str = "dtw") -> float:
    comparison = compared(mel, recorded, pairing)
    result = mel_cepstral_distortion(comparison)
    assert model_distortion(comparison) == result
    return result


def test_a_thing_is_at_distance_zero_from_itself():
    mel = random_mel(50)
    for pairing in ("dtw", "frames"):
        assert mcd(mel, mel, pairing) == 0.0
        assert model_mel_l1(compared(mel, mel, pairing)) == 0.0


def test_before_the_vocoder_is_unknown_without_a_model():
    comparison = Comparison(known(mel_TF=random_mel(5)), known(mel_TF=random_mel(5)))
    assert model_distortion(comparison) is None and model_mel_l1(comparison) is None


def test_distortion_is_symmetric_and_positive():
    a, b = random_mel(60, 1), random_mel(83, 2)
    a[10:30], b[5:50] = -11.5, -11.5  # silence: many paths of equal cost
    assert mcd(a, b) == pytest.approx(mcd(b, a), rel=1e-12)
    assert mcd(a, b) > 1
    assert model_mel_l1(compared(a, b)) == pytest.approx(model_mel_l1(compared(b, a)), rel=1e-12)


def test_a_slower_copy_is_at_distance_zero():
    mel = random_mel(40)
    slow = np.repeat(mel, [3 if frame % 4 == 0 else 1 for frame in range(40)], axis=0)
    assert mcd(slow, mel) == 0.0
    assert model_mel_l1(compared(slow, mel)) == 0.0


def test_pairing_by_frames_does_not_warp():
    mel = random_mel(40)
    moved = np.roll(mel, 1, axis=0)
    expected = np.diag(cepstral_distance(mel_cepstrum(moved), mel_cepstrum(mel))).mean()
    assert mcd(moved, mel, "frames") == pytest.approx(expected)
    assert mcd(moved, mel) < expected
    assert mcd(moved[:-2], mel, "frames") > 0
    with pytest.raises(InputError, match="37 and 40 frames"):
        mcd(moved[:-3], mel, "frames")


def test_loudness_is_left_out_of_the_distortion_but_not_of_the_mel():
    mel = random_mel(30)
    louder = mel + math.log(2)
    assert mcd(louder, mel) == pytest.approx(0, abs=1e-5)
    assert model_mel_l1(compared(louder, mel)) == pytest.approx(math.log(2), abs=1e-5)


def test_cepstrum_is_the_cosine_transform_that_scipy_has():
    mel = random_mel(20).astype(np.float64)
    transform = scipy.fft.dct(mel, type=2, axis=1)[:, 1:14] / BINS
    np.testing.assert_allclose(mel_cepstrum(mel), transform, atol=1e-12)


@pytest.mark.parametrize("order", [1, 7, 13])
def test_one_cosine_across_the_bins_changes_one_coefficient(order):
    cosine = np.cos(np.pi * order * (np.arange(BINS) + 0.5) / BINS)
    mel = random_mel(20).astype(np.float64)
    difference = mel_cepstrum(mel + 0.3 * cosine) - mel_cepstrum(mel)
    expected = np.zeros(13)
    expected[order - 1] = 0.3
    np.testing.assert_allclose(difference, np.tile(expected, (20, 1)), atol=1e-12)
    known_error = 0.3 * 10 * math.sqrt(2) / math.log(10)
    assert mcd(mel + 0.3 * cosine, mel, "frames") == pytest.approx(known_error)


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


@pytest.mark.parametrize(
    "mel, recorded",
    [(random_mel(5), random_mel(5, bins=BINS + 1)), (random_mel(0), random_mel(5))],
)
def test_what_cannot_be_compared(mel, recorded):
    with pytest.raises(InputError, match="cannot be compared"):
        pair_frames(mel, recorded)

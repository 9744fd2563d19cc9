"""F0 of signals whose F0 is known, and of toy speech; contours, ranges and faults (`pitch.py`)."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from tts.errors import InputError
from tts.features.harmonics import refine, weighted_median
from tts.features.mel import log_mel
from tts.features.pitch import (
    PitchConfig,
    check_f0,
    find_f0,
    log_contour,
    without_short_stretches,
)
from tts.mel import MelConfig

RATE, HOP = 22050, 256


def harmonics(f0_S: np.ndarray, count: int = 12) -> np.ndarray:
    """A sum of harmonics that follow F0 exactly."""
    phase = 2 * np.pi * np.cumsum(f0_S) / RATE
    wave = sum(np.cos(k * phase + k * k) / k for k in range(1, count + 1))
    return (0.2 * wave).astype(np.float32)


def centres(samples: np.ndarray) -> np.ndarray:
    return ((np.arange(len(log_mel(samples, MelConfig()))) + 0.5) * HOP).astype(int)


@pytest.mark.parametrize("method", ["dio", "harvest"])
@pytest.mark.parametrize("refinement", ["harmonics", "stonemask", "none"])
def test_a_glide_is_followed_without_delay(method, refinement):
    f0 = np.geomspace(110, 330, int(0.6 * RATE))
    samples = harmonics(f0)
    config = PitchConfig(f0_method=method, f0_refinement=refinement)
    found, at = find_f0(samples, RATE, HOP, config), centres(samples)
    assert len(found) == len(at)
    inner = slice(4, -4)
    # A frame is 2 % of the glide: a delay of half a frame would be 1 %.
    assert (found[inner] > 0).all()
    assert np.median(np.abs(found[inner] / f0[at[inner]] - 1)) < 0.004
    assert abs(np.median(found[inner] / f0[at[inner]] - 1)) < 0.003


@pytest.mark.parametrize("hz", [75.0, 130.0, 251.3, 480.0])
def test_steady_voices_between_silences(hz):
    random = np.random.RandomState(0)
    silence = 1e-4 * random.standard_normal(RATE // 4)
    voice = harmonics(np.full(RATE // 2, hz))
    samples = np.concatenate([silence, voice, silence]).astype(np.float32)
    found = find_f0(samples, RATE, HOP, PitchConfig())
    at = centres(samples)
    inside = (at > RATE // 4 + 600) & (at < 3 * RATE // 4 - 600)
    outside = (at < RATE // 4 - 1200) | (at > 3 * RATE // 4 + 1200)
    assert np.abs(found[inside] / hz - 1).max() < 0.003
    assert (found[outside] == 0).mean() > 0.95


def test_refinement_mends_an_estimate_that_is_off():
    f0 = 180 + 40 * np.sin(np.arange(RATE) / RATE * 2 * np.pi * 3)
    samples, at = harmonics(f0), np.arange(RATE // HOP) * HOP + HOP // 2
    off = f0[at] * (1 + 0.03 * np.cos(np.arange(len(at))))
    off[10:20] = 0
    found = refine(samples, off, RATE, HOP)
    assert (found[10:20] == 0).all()
    voiced = np.r_[3:10, 20 : len(at) - 3]
    assert np.abs(found[voiced] / f0[at][voiced] - 1).max() < 0.005


def test_noise_and_silence_have_no_voice():
    noise = 0.1 * np.random.RandomState(0).standard_normal(RATE)
    assert (find_f0(noise, RATE, HOP, PitchConfig()) > 0).mean() < 0.1
    assert not find_f0(np.zeros(RATE), RATE, HOP, PitchConfig()).any()


@pytest.mark.parametrize("samples", [0, 1, 127, 128, 129, 300, 384, 700, 1000])
@pytest.mark.parametrize("method", ["dio", "harvest"])
def test_clips_as_short_as_may_be(samples, method):
    ticks = (np.random.RandomState(0).rand(samples) < 0.05).astype(np.float32)
    for wave in (harmonics(np.full(max(samples, 1), 200.0))[:samples], ticks, 0 * ticks):
        found = find_f0(wave, RATE, HOP, PitchConfig(f0_method=method))
        assert len(found) == len(log_mel(wave, MelConfig())) and np.isfinite(found).all()
        assert ((found == 0) | ((found >= 60) & (found <= 600))).all()


def test_what_lies_outside_the_range_is_said():
    low, ordinary = harmonics(np.full(RATE, 80.0)), harmonics(np.full(RATE, 200.0))
    config = PitchConfig(f0_min=100.0, f0_max=203.0)
    for samples in (low, ordinary):
        found = find_f0(samples, RATE, HOP, config)
        assert not ((found > 0) & ((found < 100) | (found > 203))).any()
    ((kind, detail),) = check_f0(find_f0(ordinary, RATE, HOP, config), config)
    assert kind == "f0-range" and "--f0-max 203" in detail
    ((kind, detail),) = check_f0(np.zeros(7), config)
    assert kind == "unvoiced" and "between 100 and 203 Hz in any of 7 frames" in detail
    assert check_f0(find_f0(ordinary, RATE, HOP, PitchConfig()), PitchConfig()) == []
    for wrong in ({"f0_min": 0.0}, {"f0_min": 300.0, "f0_max": 200.0}, {"f0_max": 9000.0}):
        with pytest.raises(InputError, match="f0-min"):
            PitchConfig(**wrong)


def test_contour_across_unvoiced_parts():
    f0 = np.array([0, 0, 100, 0, 0, 400, 200, 0])
    wanted = [100, 100, 100, 100 * 4 ** (1 / 3), 100 * 4 ** (2 / 3), 400, 200, 200]
    np.testing.assert_allclose(np.exp(log_contour(f0)), wanted)
    assert not log_contour(np.zeros(5)).any()
    f0 = np.array([1, 1, 0, 1, 1, 1, 0, 0, 1, 0, 1, 1], dtype=float)
    assert without_short_stretches(f0).tolist() == [0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0]


def test_weighted_median_is_numpys_for_whole_weights():
    random = np.random.RandomState(1)
    values, weights = random.standard_normal((40, 7)), random.randint(1, 5, (40, 7))
    wanted = [
        np.quantile(np.repeat(v, w), 0.5, method="inverted_cdf")
        for v, w in zip(values, weights, strict=True)
    ]
    np.testing.assert_array_equal(weighted_median(values, weights.astype(float)), wanted)


@pytest.mark.parametrize("layout", ["ljspeech", "baker"])
def test_toy_speech_within_one_percent(root, tmp_path, layout):
    """Of the voiced frames 95 % are within 1 % of the exact F0, voicing is right in 95 %."""
    make = [sys.executable, root / "tools/make_toy_corpus.py", "--corpus-layout", layout]
    make += ["--output", tmp_path, "--num-utterances", "6", "--seed", "7", "--num-jobs", "1"]
    subprocess.run(make, check=True, stdout=subprocess.DEVNULL)
    (folder,) = tmp_path.iterdir()
    score = [sys.executable, root / "tools/score_pitch.py", folder]
    printed = subprocess.run(score, check=True, capture_output=True, text=True).stdout
    columns = [float(word.strip("%x")) for word in printed.splitlines()[1].split()[1:]]
    frames, _, median, close, far, agreement = columns[:6]
    assert frames > 800 and median < 0.2
    assert close > 95 and far < 2 and agreement > 95

"""The mel against its reference vectors and against what mathematics says it must be."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from tts.errors import InputError
from tts.features.mel import log_mel, mel_filterbank
from tts.mel import MelConfig, num_frames

CONFIG = MelConfig()


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("LJ001-0002", "LJSpeech-1.1/wavs/LJ001-0002.wav"),
        ("LJ001-0012", "LJSpeech-1.1/wavs/LJ001-0012.wav"),
        ("BZNSYP-000001", "BZNSYP/Wave/000001.wav"),
    ],
)
def test_equals_the_reference(shared_data, name, path):
    soundfile = pytest.importorskip("soundfile")
    samples, rate = soundfile.read(shared_data / path, dtype="float32")
    assert rate == CONFIG.sample_rate
    with np.load(shared_data / "reference/mel_reference.npz") as vectors:
        reference = vectors[name]
    mel = log_mel(samples, CONFIG)
    assert mel.shape == reference.shape and mel.dtype == np.float32
    difference = np.abs(mel - reference)
    # Everything audible agrees to 1e-4. Bins at the floor hold the float32 rounding of the FFT
    # itself (the reference is up to 6e-4 from the exact value there), so they get a wider band.
    assert difference[reference > -8].max() < 1e-4
    assert difference.max() < 1e-3
    assert np.mean(difference > 1e-4) < 0.002
    assert np.abs(np.exp(mel) - np.exp(reference)).max() < 2e-6


def exact_log_mel(samples: np.ndarray, config: MelConfig) -> np.ndarray:
    """The definition read aloud, frame by frame in float64, slowly."""
    margin = config.n_fft - config.hop_length
    sides = margin // 2, margin - margin // 2
    padded = np.pad(samples.astype(np.float64), sides, mode="reflect")
    n = np.arange(config.n_fft)
    window = np.sin(np.pi * n / config.n_fft) ** 2
    kernel = np.exp(-2j * np.pi * np.outer(np.arange(config.n_fft // 2 + 1), n) / config.n_fft)
    rows = []
    for start in range(0, len(padded) - config.n_fft + 1, config.hop_length):
        spectrum = kernel @ (padded[start : start + config.n_fft] * window)
        magnitude = np.sqrt(np.abs(spectrum) ** 2 + 1e-9)
        rows.append(np.log(np.maximum(mel_filterbank(config) @ magnitude, config.floor)))
    return np.array(rows)


@pytest.mark.parametrize(("n_fft", "hop"), [(1024, 256), (512, 128), (1024, 255), (1023, 256)])
def test_equals_the_definition(n_fft, hop):
    """Where n_fft - hop is odd as well: no frame is missing, none is repeated."""
    config = MelConfig(n_fft=n_fft, win_length=n_fft, hop_length=hop)
    samples = np.random.default_rng(0).normal(0, 0.1, 9 * config.hop_length).astype(np.float32)
    mel = log_mel(samples, config)
    assert len(mel) == 9
    np.testing.assert_allclose(mel, exact_log_mel(samples, config), rtol=0, atol=1e-5)


@pytest.mark.parametrize("samples", [1, 127, 128, 254, 255, 256, 382, 383, 510, 5100])
def test_number_of_frames_with_an_odd_hop(samples):
    config = MelConfig(hop_length=255)
    noise = np.random.default_rng(3).normal(0, 0.1, samples).astype(np.float32)
    mel, repeated = log_mel(noise, config), samples % 255 >= 128
    assert len(mel) == num_frames(samples, config) == int(samples / 255 + 0.5)
    if len(mel) > 1:
        assert (mel[-1] == mel[-2]).all() == repeated


def test_a_batch_boundary_changes_nothing():
    samples = np.random.default_rng(1).normal(0, 0.1, 300 * 256).astype(np.float32)
    whole = log_mel(samples, CONFIG)
    # Frames 140..160 depend on these samples only, and lie in another batch of frames.
    part = log_mel(samples[130 * 256 : 170 * 256], CONFIG)
    np.testing.assert_allclose(part[10:30], whole[140:160], rtol=0, atol=1e-4)


@pytest.mark.parametrize("samples", [0, 1, 100, 127, 128, 255, 256, 383, 384, 385, 640, 5000])
def test_number_of_frames(samples):
    mel = log_mel(np.full(samples, 0.25, dtype=np.float32), CONFIG)
    assert len(mel) == num_frames(samples, CONFIG) == int(samples / 256 + 0.5)
    assert np.isfinite(mel).all()


def test_the_missing_frame_repeats_the_last():
    samples = np.random.default_rng(2).normal(0, 0.1, 10 * 256 + 157).astype(np.float32)
    mel = log_mel(samples, CONFIG)
    assert len(mel) == 11
    np.testing.assert_array_equal(mel[10], mel[9])


def test_silence_is_at_the_floor_of_the_offset():
    mel = log_mel(np.zeros(4096, dtype=np.float32), CONFIG)
    expected = np.log(np.maximum(mel_filterbank(CONFIG).sum(1) * np.sqrt(1e-9), CONFIG.floor))
    np.testing.assert_allclose(mel, np.tile(expected, (16, 1)), rtol=0, atol=1e-5)


def test_filters_have_equal_area_and_the_right_centres():
    filters = mel_filterbank(CONFIG)
    assert filters.shape == (80, 513)
    width = CONFIG.sample_rate / CONFIG.n_fft
    wide = filters[40:].sum(1) * width  # narrow ones are sampled too coarsely to say
    np.testing.assert_allclose(wide, 1, atol=0.02)
    assert (np.diff(filters.argmax(1)) >= 0).all()
    assert filters[:, np.arange(513) * width > CONFIG.f_max].max() == 0


def test_two_channels_are_refused():
    with pytest.raises(InputError, match="one channel"):
        log_mel(np.zeros((100, 2), dtype=np.float32), CONFIG)


@pytest.mark.parametrize(
    "change", [{"hop_length": 2048}, {"f_max": 12000.0}, {"win_length": 4096}, {"f_min": 9000.0}]
)
def test_impossible_configurations_are_refused(change):
    with pytest.raises(InputError, match="must hold"):
        dataclasses.replace(CONFIG, **change)

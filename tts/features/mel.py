"""Compute the log mel of samples in numpy: filterbank, magnitudes, log mel."""

from __future__ import annotations

import functools
from collections.abc import Iterator

import numpy as np

from tts.errors import InputError
from tts.mel import MelConfig, num_frames

# Added to the squared magnitude before the root, as the published vocoders were trained.
POWER_OFFSET = 1e-9
# Frames transformed at once: enough to hide Python's overhead, small enough for the cache.
FRAMES_PER_BATCH = 128


def hz_to_mel(hz: np.ndarray | float) -> np.ndarray:
    """Convert Hz to Slaney's mels: linear below 1 kHz, logarithmic above (Auditory Toolbox)."""
    hz = np.asarray(hz, dtype=np.float64)
    linear = hz * 3 / 200
    return np.where(hz < 1000, linear, 15 + 27 * np.log(np.maximum(hz, 1000) / 1000) / np.log(6.4))


def mel_to_hz(mel: np.ndarray | float) -> np.ndarray:
    """Invert `hz_to_mel`."""
    mel = np.asarray(mel, dtype=np.float64)
    return np.where(
        mel < 15, mel * 200 / 3, 1000 * np.exp((np.maximum(mel, 15) - 15) / 27 * np.log(6.4))
    )


@functools.lru_cache(maxsize=8)
def mel_filterbank(config: MelConfig) -> np.ndarray:
    """Compute triangular filters of equal area, float32 (n_mels, n_fft // 2 + 1), read-only."""
    half = config.n_fft // 2  # the last bin lies below half the rate where n_fft is odd
    bins = np.linspace(0, config.sample_rate * half / config.n_fft, half + 1)
    edges = mel_to_hz(
        np.linspace(hz_to_mel(config.f_min), hz_to_mel(config.f_max), config.n_mels + 2)
    )
    left, centre, right = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    rising = (bins - left) / (centre - left)
    falling = (right - bins) / (right - centre)
    filters = np.maximum(0, np.minimum(rising, falling)) * 2 / (right - left)
    result = filters.astype(np.float32)
    result.setflags(write=False)
    return result


@functools.lru_cache(maxsize=8)
def _window(config: MelConfig) -> np.ndarray:
    """Compute the periodic Hann window, centred in n_fft, float32 (n_fft,).

    Computed in float32 throughout, as the reference's was: in bins near the floor the rounding
    of the window is as large as what is measured there.
    """
    ramp = np.arange(config.win_length, dtype=np.float32)
    half = np.float32(0.5)
    window = half - half * np.cos(ramp * np.float32(2 * np.pi / config.win_length))
    left = (config.n_fft - config.win_length) // 2
    return np.pad(window, (left, config.n_fft - config.win_length - left))


def magnitudes(samples_S: np.ndarray, config: MelConfig) -> Iterator[np.ndarray]:
    """Compute the magnitude spectra of a waveform's frames, in order, some frames at a time.

    Args:
      samples_S: float samples at config.sample_rate.

    Yields: float32 (some T, n_fft // 2 + 1). The reference's framing, reflection of
    (n_fft - hop) / 2 samples at both ends, gives S // hop frames in all, which can be one less
    than num_frames(S). Where n_fft - hop is odd, the end gets the sample more.
    """
    import scipy.fft

    samples = np.ascontiguousarray(samples_S, dtype=np.float32)
    margin = config.n_fft - config.hop_length
    before, after = margin // 2, margin - margin // 2
    # A clip shorter than one hop gets its only frame by reflecting further to the right.
    short = max(0, config.hop_length - len(samples))
    padded = np.pad(samples, (before, after + short), mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(padded, config.n_fft)[:: config.hop_length]
    window = _window(config)
    count = min(num_frames(len(samples), config), len(frames))
    for start in range(0, count, FRAMES_PER_BATCH):
        stop = min(count, start + FRAMES_PER_BATCH)
        spectrum = scipy.fft.rfft(frames[start:stop] * window, axis=1)
        power = spectrum.real**2 + spectrum.imag**2
        yield np.sqrt(power + np.float32(POWER_OFFSET))


def log_mel(samples_S: np.ndarray, config: MelConfig) -> np.ndarray:
    """Compute natural-log mel magnitudes of a waveform in [-1, 1].

    Args:
      samples_S: float samples at config.sample_rate.

    Returns: float32 (T, n_mels), T == num_frames(S); where the framing gives one frame less, the
    last one is repeated.
    Raises: InputError when samples_S is not one-dimensional.
    """
    if samples_S.ndim != 1:
        raise InputError(f"log_mel: one channel is expected, got shape {samples_S.shape}")
    wanted = num_frames(len(samples_S), config)
    result = np.empty((wanted, config.n_mels), dtype=np.float32)
    if wanted == 0:
        return result
    filters_t, count = mel_filterbank(config).T, 0
    for part in magnitudes(samples_S, config):
        np.dot(part, filters_t, out=result[count : count + len(part)])
        count += len(part)
    result[count:] = result[count - 1]
    np.maximum(result, np.float32(config.floor), out=result)
    return np.log(result, out=result)

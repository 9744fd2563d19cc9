"""A source-filter formant synthesiser: pulses of exact F0 and noise through moving resonators.

The layout of source, cascade and nasal pole-zero pair follows D. Klatt, "Software for a
cascade/parallel formant synthesizer", JASA 67 (1980). The filters move frame by frame: each
windowed frame of the source is multiplied by its vocal tract's response and added up.
"""

from __future__ import annotations

import functools

import numpy as np
from scipy.ndimage import convolve1d
from scipy.signal import lfilter

from toy_corpus.phones import NOISE_BANDS
from toy_corpus.prosody import CONTOUR_STEP, Plan

_HOP = 128  # samples between two frames of the vocal tract
_FFT = 8 * _HOP  # a windowed frame of 2 hops and 6 hops for the resonators to ring
_BANDWIDTHS = (75.0, 95.0, 130.0, 220.0)  # of F1-F4, Hz
_NASAL_POLE, _NASAL_BANDWIDTH = 280.0, 90.0
_SMOOTH_TRACT, _SMOOTH_LEVEL = 0.050, 0.010  # seconds
_LEVEL_STEP = 16  # samples between two values of an amplitude
_SINC = 12  # half length of a pulse's interpolation, samples
_PEAK, _FLOOR = 0.6, 2e-4
_NEUTRAL_TRACT = (500.0, 1500.0, 2600.0, 3700.0)


def synthesise(plan: Plan, random: np.random.Generator) -> np.ndarray:
    """The utterance as float64 samples at plan.rate; peak 0.6, pauses near silence.

    The number of samples is plan.num_samples, and the pulses follow plan.contour exactly.
    """
    num_frames = plan.num_samples // _HOP + 2
    formants, zeros, bands = _tract_tracks(plan, num_frames)
    voice, breath, noise = _levels(plan)
    pulses, phase = _pulses(plan)
    white = random.standard_normal((2, plan.num_samples))
    # Turbulence breathes with the glottis where there is voice.
    flutter = 1 - 0.5 * np.minimum(voice, 1.0) * np.cos(2 * np.pi * phase)
    source = _glottis(pulses * voice, plan.rate)
    source += 0.05 * (breath + 0.02 * voice) * flutter * white[0]
    spectra = np.fft.rfft(_frames(source, num_frames), _FFT)
    spectra *= _tract_response(formants, zeros, plan.rate)
    friction = np.fft.rfft(_frames(0.3 * noise * flutter * white[1], num_frames), _FFT)
    spectra += friction * np.einsum("tk,kf->tf", bands, _band_shapes(plan.rate))
    samples = _overlap_add(np.fft.irfft(spectra, _FFT))[: plan.num_samples]
    return samples * (_PEAK / np.abs(samples).max())


def add_floor(samples: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """The noise of a quiet room, so that no clip holds digital silence."""
    return samples + _FLOOR * random.standard_normal(len(samples))


def contour_at(plan: Plan, seconds: np.ndarray) -> np.ndarray:
    """F0 in Hz at the given times."""
    return np.interp(seconds, np.arange(len(plan.contour)) * CONTOUR_STEP, plan.contour)


def voicing_at(plan: Plan, seconds: np.ndarray) -> np.ndarray:
    """Whether the voice sounds at the given times (over a twentieth of a stressed vowel)."""
    voice, _, _ = _levels(plan)
    samples = np.minimum((seconds * plan.rate).astype(int), plan.num_samples - 1)
    return voice[samples] > 0.05


def _segments(plan: Plan) -> list[tuple[int, float, object]]:
    """(last sample, level, segment) of every segment in order."""
    result = []
    for interval, phone, level in zip(plan.phones, plan.targets, plan.levels, strict=True):
        share = 0.0
        for segment in phone.segments:
            share += segment.share
            end = interval.start + round(share * (interval.end - interval.start))
            result.append((end, level, segment))
    return result


def _hold(values: np.ndarray, ends: list[int], positions: np.ndarray) -> np.ndarray:
    """The value of the segment in which each position (samples) lies."""
    index = np.searchsorted(ends, positions, side="right")
    return values[np.minimum(index, len(values) - 1)]


def _smooth(track: np.ndarray, seconds: float, step: int, rate: int) -> np.ndarray:
    """A symmetric moving average over time (axis 0)."""
    kernel = np.hanning(2 * round(seconds * rate / step / 2) + 3)
    return convolve1d(track, kernel / kernel.sum(), axis=0, mode="nearest")


def _tract_tracks(plan: Plan, num_frames: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Formants (frames, 4) in Hz, nasal zeros (frames) in Hz, noise bands (frames, bands)."""
    segments = _segments(plan)
    names = list(NOISE_BANDS)
    targets = [segment.formants for _, _, segment in segments]
    bands = [segment.band or None for _, _, segment in segments]
    formants = np.array(_fill(targets, _NEUTRAL_TRACT))
    zeros = np.array([segment.nasal or _NASAL_POLE for _, _, segment in segments])
    chosen = np.array([names.index(band) for band in _fill(bands, names[0])])
    ends, centres = [end for end, _, _ in segments], np.arange(num_frames) * _HOP
    formants = _smooth(_hold(formants, ends, centres), _SMOOTH_TRACT, _HOP, plan.rate)
    zeros = _smooth(_hold(zeros, ends, centres), _SMOOTH_TRACT / 2, _HOP, plan.rate)
    one_hot = np.eye(len(names))[_hold(chosen, ends, centres)]
    return formants, zeros, _smooth(one_hot, _SMOOTH_TRACT / 4, _HOP, plan.rate)


def _fill(values: list, default) -> list:
    """Every None replaced by the next value, at the end by the last one, else by `default`."""
    result, following = [], next((v for v in reversed(values) if v is not None), default)
    for value in reversed(values):
        following = following if value is None else value
        result.append(following)
    return result[::-1]


def _levels(plan: Plan) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Amplitudes of voice, breath and constriction noise at every sample."""
    segments = _segments(plan)
    values = np.array(
        [[s.voice * level, s.breath * level, s.noise * level] for _, level, s in segments]
    )
    positions = np.arange(plan.num_samples // _LEVEL_STEP + 2) * _LEVEL_STEP
    track = _hold(values, [end for end, _, _ in segments], positions)
    track = _smooth(track, _SMOOTH_LEVEL, _LEVEL_STEP, plan.rate)
    samples = np.arange(plan.num_samples)
    return tuple(np.interp(samples, positions, track[:, i]) for i in range(3))


def _pulses(plan: Plan) -> tuple[np.ndarray, np.ndarray]:
    """A band-limited pulse for every period, and the phase in periods at every sample."""
    seconds = np.arange(plan.num_samples) / plan.rate
    phase = np.cumsum(contour_at(plan, seconds)) / plan.rate
    after = np.flatnonzero(np.diff(np.floor(phase))) + 1
    late = (phase[after] % 1) / (phase[after] - phase[after - 1])  # samples since the instant
    offsets = np.arange(-_SINC, _SINC)
    distance = offsets + late[:, None]
    shape = np.sinc(distance) * np.cos(np.pi * distance / (2 * _SINC + 2)) ** 2
    positions = (after[:, None] + offsets).clip(0, plan.num_samples - 1)
    pulses = np.bincount(positions.ravel(), shape.ravel(), minlength=plan.num_samples)
    return pulses, phase


def _glottis(pulses: np.ndarray, rate: int) -> np.ndarray:
    """Pulses with the tilt of a clear voice at the lips, without offset.

    The spectrum falls from 250 to 600 Hz and again above 2 kHz.
    """

    def real(cutoff: float) -> float:
        return np.exp(-2 * np.pi * cutoff / rate)

    samples = lfilter([1, -1], [1, -real(40.0)], pulses)
    samples = lfilter([1, -real(600.0)], [1, -real(250.0)], samples)
    return lfilter([0.42], [1, -real(2000.0)], samples)


def _frames(samples: np.ndarray, num_frames: int) -> np.ndarray:
    """Hann-windowed frames of two hops around every centre; they add up to the samples."""
    padded = np.zeros((num_frames + 1) * _HOP)
    padded[_HOP : _HOP + len(samples)] = samples
    window = 0.5 - 0.5 * np.cos(np.pi * (np.arange(2 * _HOP) + 0.5) / _HOP)
    return np.lib.stride_tricks.sliding_window_view(padded, 2 * _HOP)[::_HOP] * window


def _overlap_add(frames: np.ndarray) -> np.ndarray:
    """The sum of all frames, each starting one hop after the other; time 0 is a frame's centre."""
    blocks = _FFT // _HOP
    result = np.zeros((len(frames) + blocks, _HOP))
    for block in range(blocks):
        result[block : block + len(frames)] += frames[:, block * _HOP : (block + 1) * _HOP]
    return result.ravel()[_HOP:]


def _resonator(frequency: np.ndarray, bandwidth: float, rate: int) -> tuple:
    """Coefficients of 1 + b z^-1 + c z^-2, whose inverse resonates at `frequency`."""
    radius = np.exp(-np.pi * bandwidth / rate)
    return -2 * radius * np.cos(2 * np.pi * frequency / rate), np.full_like(frequency, radius**2)


def _tract_response(formants: np.ndarray, zeros: np.ndarray, rate: int) -> np.ndarray:
    """Response (frames, bins) of the cascade, 1 at 0 Hz: formants, nasal pole and zero."""
    pole = np.full(len(zeros), _NASAL_POLE)
    sections = [(formants[:, i], width) for i, width in enumerate(_BANDWIDTHS)]
    denominator = _cascade([*sections, (pole, _NASAL_BANDWIDTH)], rate)
    # The zero's bandwidth equals the pole's, so that they cancel while the nose is closed.
    numerator = _cascade([(zeros, _NASAL_BANDWIDTH)], rate)
    gain = denominator.sum(1, keepdims=True) / numerator.sum(1, keepdims=True)
    response = np.fft.rfft(gain * numerator, _FFT) / np.fft.rfft(denominator, _FFT)
    return response * _upper_formants(rate)


def _cascade(sections: list[tuple[np.ndarray, float]], rate: int) -> np.ndarray:
    """The product of second-order sections as polynomials (frames, coefficients) in z^-1."""
    product = np.ones((len(sections[0][0]), 1))
    for frequency, bandwidth in sections:
        b, c = _resonator(frequency, bandwidth, rate)
        product = np.pad(product, ((0, 0), (0, 2)))
        delayed = np.pad(product, ((0, 0), (2, 0)))
        product = product + b[:, None] * delayed[:, 1:-1] + c[:, None] * delayed[:, :-2]
    return product


@functools.lru_cache(maxsize=4)
def _upper_formants(rate: int) -> np.ndarray:
    """The fixed formants above F4, one every 1.1 kHz, as a response over the bins."""
    frequencies = np.arange(4800.0, rate / 2 - 300, 1100.0)
    denominator = _cascade([(np.array([f]), 0.07 * f) for f in frequencies], rate)
    return (denominator.sum() / np.fft.rfft(denominator, _FFT))[0]


@functools.lru_cache(maxsize=4)
def _band_shapes(rate: int) -> np.ndarray:
    """Magnitude (bands, bins) of every noise band; all have the same power."""
    bins = np.fft.rfftfreq(_FFT, 1 / rate)
    shapes = np.array(
        [
            sum(g * np.exp(-0.5 * ((bins - f) / width) ** 2) for f, width, g in parts)
            for parts in NOISE_BANDS.values()
        ]
    )
    return shapes / np.sqrt((shapes**2).mean(1, keepdims=True))

"""Refine F0 by the frequencies of its harmonics.

Around each frame the harmonics' instantaneous frequencies are measured with two windows, one the
other's derivative (Flanagan and Golden 1966; Kawahara et al. 1999). Each harmonic's frequency over
its number is an estimate of F0. A formant that moves bends those near it and leaves the others, so
their weighted median is taken: weights grow with the number, since an error is divided by it, and
fall with the noise found half way between harmonics. Neighbouring frames take part as well, moved
along the contour's slope. Frames in which hardly any harmonic stands out are taken for unvoiced.
"""

from __future__ import annotations

import functools
import math

import numpy as np

HARMONICS = 14
PERIODS = 4.0  # of F0 in a window
HIGHEST = 5000.0  # Hz: there is too much noise above it
ROUNDS = 2
# Estimates farther than this share from where they started are no refinement.
FARTHEST = 0.1
# Weight of a harmonic of number k: k^0.7 / (noise / level + 0.2), both as powers.
_POWER, _LEAST = 0.7, 0.2
_NEIGHBOUR = 0.3  # weight of the frames before and after
# Mean weight, numbers aside, of a voiced frame: noise alone gives 0.8, two clear harmonics 1.3.
_CLEAR = 1.1
_STEP = math.log(1.01)  # of the F0 that windows are made for
_TINY = 1e-12


def refine(samples_S: np.ndarray, f0_T: np.ndarray, rate: int, hop: int) -> np.ndarray:
    """Refine F0 in Hz, float64 (T,), of frames centred at (t + 1/2) hop samples; 0 where unvoiced.

    Args: samples_S at `rate`; f0_T, a first estimate, right within a tenth, 0 where unvoiced.
    """
    frames = np.flatnonzero(f0_T)
    if not len(frames):
        return f0_T
    first = f0 = f0_T[frames]
    for _ in range(ROUNDS):
        estimates, weights = _estimates(samples_S, frames * hop + hop // 2, f0, rate)
        slope = _slope(weighted_median(estimates, weights), frames)
        found = weighted_median(*_with_neighbours(estimates, weights, slope, frames))
        f0 = np.where(np.abs(found / first - 1) < FARTHEST, found, first)
    clarity = (weights / np.arange(1, HARMONICS + 1) ** _POWER).mean(1)
    result = np.zeros(len(f0_T))
    result[frames] = np.where(clarity > _CLEAR, f0, 0.0)
    return result


def weighted_median(values_NK: np.ndarray, weights_NK: np.ndarray) -> np.ndarray:
    """Find each row's least value that at least half of the weight does not exceed, (N,)."""
    order = np.argsort(values_NK, axis=1, kind="stable")
    below = np.take_along_axis(weights_NK, order, 1).cumsum(1)
    place = (below >= below[:, -1:] / 2).argmax(1)
    rows = np.arange(len(values_NK))
    return values_NK[rows, order[rows, place]]


def _estimates(
    samples_S: np.ndarray, centres_N: np.ndarray, f0_N: np.ndarray, rate: int
) -> tuple[np.ndarray, np.ndarray]:
    """Estimate F0 by each harmonic, and that estimate's weight, both (N, HARMONICS)."""
    grid = np.round(np.log(f0_N) / _STEP).astype(int)
    reach = _reach(int(grid.min()), rate)
    # The middle of the last frame may lie behind the last sample.
    after = reach + max(0, int(centres_N.max()) + 1 - len(samples_S))
    padded = np.pad(samples_S.astype(np.float32), (reach, after))
    level, moved, noise = (np.empty((len(f0_N), HARMONICS), complex) for _ in range(3))
    for step in np.unique(grid):
        chosen = np.flatnonzero(grid == step)
        reach_here = _reach(int(step), rate)
        offsets = np.arange(-reach_here, reach_here + 1) + reach
        found = padded[centres_N[chosen, None] + offsets] @ _basis(int(step), rate)
        real, imaginary = found[:, : found.shape[1] // 2], found[:, found.shape[1] // 2 :]
        values = real + 1j * imaginary
        level[chosen] = values[:, :HARMONICS]
        moved[chosen] = values[:, HARMONICS : 2 * HARMONICS]
        power = np.square(np.abs(values[:, 2 * HARMONICS :]))
        noise[chosen] = (power[:, :-1] + power[:, 1:]) / 2
    number = np.arange(1, HARMONICS + 1)
    centre = np.exp(grid * _STEP)[:, None]
    shift = np.imag(moved / (level + _TINY)) * (rate / (2 * math.pi))
    estimates = centre - shift / number
    share = noise.real / (np.square(np.abs(level)) + _TINY)
    weights = number**_POWER / (share + _LEAST)
    near = np.abs(estimates / f0_N[:, None] - 1) < FARTHEST
    return estimates, np.where(near & (number * f0_N[:, None] < HIGHEST), weights, _TINY)


def _reach(step: int, rate: int) -> int:
    """Return the samples from a window's middle to its end."""
    return math.ceil(PERIODS / 2 / math.exp(step * _STEP) * rate)


@functools.lru_cache(maxsize=512)
def _basis(step: int, rate: int) -> np.ndarray:
    """Compute windowed waves to multiply a frame with, float32 (samples, 2 columns of each).

    Columns, real parts and then imaginary parts: each harmonic under a Hann window, the same
    under its derivative, and the places half way between harmonics.
    """
    f0, reach = math.exp(step * _STEP), _reach(step, rate)
    n = np.arange(-reach, reach + 1)[:, None]
    half = PERIODS / 2 / f0 * rate
    u = n / half
    inside = np.abs(u) < 1
    window = np.where(inside, 0.5 + 0.5 * np.cos(math.pi * u), 0)
    derivative = np.where(inside, -0.5 * math.pi * np.sin(math.pi * u), 0) / half
    number = np.arange(1, HARMONICS + 1)
    waves = np.exp(-2j * math.pi * f0 / rate * n * number)
    between = np.exp(-2j * math.pi * f0 / rate * n * (np.arange(HARMONICS + 1) + 0.5))
    columns = np.concatenate([waves * window, waves * derivative, between * window], axis=1)
    return np.concatenate([columns.real, columns.imag], axis=1).astype(np.float32)


def _slope(f0_N: np.ndarray, frames_N: np.ndarray) -> np.ndarray:
    """Compute the change of F0 a frame, smoothed over five, inside each voiced stretch."""
    slope = np.zeros(len(f0_N))
    for part in np.split(np.arange(len(f0_N)), np.flatnonzero(np.diff(frames_N) > 1) + 1):
        if len(part) > 2:
            change = np.gradient(f0_N[part])
            if len(part) > 5:
                change = np.convolve(np.pad(change, 2, mode="edge"), np.full(5, 0.2), "valid")
            slope[part] = change
    return np.clip(slope, -FARTHEST * f0_N, FARTHEST * f0_N)


def _with_neighbours(
    estimates: np.ndarray, weights: np.ndarray, slope: np.ndarray, frames: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Add the estimates of the frames before and after, brought to the same time."""
    all_estimates, all_weights = [estimates], [weights]
    for distance in (-1, 1):
        place = np.clip(np.arange(len(frames)) + distance, 0, len(frames) - 1)
        adjacent = frames[place] == frames + distance
        all_estimates.append(estimates[place] - distance * slope[:, None])
        all_weights.append(np.where(adjacent[:, None], _NEIGHBOUR * weights[place], _TINY))
    return np.concatenate(all_estimates, axis=1), np.concatenate(all_weights, axis=1)

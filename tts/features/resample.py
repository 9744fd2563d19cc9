"""Resample by a windowed-sinc filter, as one small matrix product a block of samples."""

from __future__ import annotations

import functools
import math

import numpy as np

# Zero crossings of the sinc on each side, and the stop band's attenuation in dB.
ZERO_CROSSINGS = 64
ATTENUATION = 96.0
# Output samples made by one row of the product at least, and rows multiplied at once.
BLOCK = 64
ROWS = 4 * BLOCK


@functools.lru_cache(maxsize=4)
def _phases(up: int, down: int) -> tuple[np.ndarray, int, int, int]:
    """Compute the filter of every output sample of a block over the block's input samples.

    Returns: weights float32 (inputs seen, outputs), outputs and inputs a block advances by, and
    input samples seen before the block's first one.
    Kaiser's design (1974); the transition ends at the lower Nyquist frequency, so that nothing
    folds back.
    """
    widest = max(up, down)
    half = ZERO_CROSSINGS * widest
    transition = (ATTENUATION - 7.95) / (2.285 * 2 * half * math.pi)
    cutoff = 1 / widest - transition / 2  # in units of the Nyquist frequency, at rate * up
    n = np.arange(-half, half + 1)
    taps = np.sinc(cutoff * n) * np.kaiser(2 * half + 1, 0.1102 * (ATTENUATION - 8.7))
    taps *= up / taps.sum()
    repeat = -(-BLOCK // up)
    outputs, inputs = up * repeat, down * repeat
    before = half // up + 1
    seen = np.arange(-before, inputs + before + 1)
    # Output r stands at r * down on the fine grid, input j at j * up.
    index = np.arange(outputs) * down - seen[:, None] * up + half
    inside = (index >= 0) & (index <= 2 * half)
    weights = np.where(inside, taps[np.clip(index, 0, 2 * half)], 0)
    return weights.astype(np.float32), outputs, inputs, before


def resample(samples_S: np.ndarray, from_rate: int, to_rate: int) -> np.ndarray:
    """Convert samples to another rate, float32, no delay; S * to_rate / from_rate of them, rounded.

    Beyond its ends the signal counts as silent.
    """
    samples = np.ascontiguousarray(samples_S, dtype=np.float32)
    if from_rate == to_rate or len(samples) == 0:
        return samples
    divisor = math.gcd(from_rate, to_rate)
    up, down = to_rate // divisor, from_rate // divisor
    wanted = (2 * len(samples) * up + down) // (2 * down)
    if wanted == 0:
        return samples[:0]
    weights, outputs, inputs, before = _phases(up, down)
    blocks = -(-wanted // outputs)
    after = max(0, (blocks - 1) * inputs + len(weights) - before - len(samples))
    padded = np.pad(samples, (before, after))
    rows = np.lib.stride_tricks.sliding_window_view(padded, len(weights))[::inputs]
    result = np.empty((blocks, outputs), dtype=np.float32)
    for start in range(0, blocks, ROWS):
        stop = min(blocks, start + ROWS)
        np.dot(rows[start:stop], weights, out=result[start:stop])
    return result.ravel()[:wanted]

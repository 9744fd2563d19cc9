"""Transform pitch contours into wavelet coefficients on ten scales, and back.

FastSpeech 2 (Ren et al. 2021), appendix D, after Suni et al., "Wavelets for intonation modeling in
HMM speech synthesis" (2013). With the Mexican hat psi and tau_i = 2^(i + 1) tau_0, i = 1 to 10,

  W_i(t) = gain (i + 2.5)^(-5/2) tau_i^(-1/2) integral of f(x) psi((x - t) / tau_i) dx

and f(t) is about the sum of all W_i(t). The factor (i + 2.5)^(-5/2) makes up for the growth of
tau_i^(1/2): with it all scales count about equally in the sum. FastSpeech 2 prints it in the
transform and in the inverse; applied twice it leaves the coarse scales a 25th of the fine ones and
the sum is no inverse any more, so it stands here once. `gain`, which the paper leaves open, is
such that the sum returns contours at their own height.
"""

from __future__ import annotations

import functools
import math

import numpy as np
import torch
from torch import Tensor

NUM_SCALES = 10
TAU_0 = 0.005  # seconds
FRAME_SECONDS = 0.01161  # of the default mel
# Kernels are made for so many frames or powers of two beyond; shorter ones are their middle.
_LEAST_LENGTH = 1024
# The wavelet is nothing beyond so many tau.
_REACH = 6.0
# psi(u) = _NORM (1 - u^2) exp(-u^2 / 2); its Fourier transform is _PEAK w^2 exp(-w^2 / 2).
_NORM = 2 / (math.sqrt(3) * math.pi**0.25)
_PEAK = _NORM * math.sqrt(2 * math.pi)


def cwt(signal_BT: Tensor, mask_BT: Tensor, frame_seconds: float = FRAME_SECONDS) -> Tensor:
    """Compute the coefficients of contours on ten scales, finest first, float32 (B, T, 10).

    Args:
      signal_BT: contours of mean 0; they count as 0 outside their frames, so that padding
        changes nothing.
      mask_BT: 1 or true on real frames.
      frame_seconds: time between frames.
    """
    length = signal_BT.shape[1]
    # Transforms stay in full precision under autocast.
    signal_BT = signal_BT.float() * mask_BT
    longest = max(_LEAST_LENGTH, 1 << (length - 1).bit_length())
    kernels_KN = _kernels(longest, frame_seconds, signal_BT.device)
    kernels_KN = kernels_KN[:, longest - length : longest + length - 1]
    size = 1 << (3 * length - 2).bit_length()
    product = torch.fft.rfft(signal_BT, size)[:, None] * torch.fft.rfft(kernels_KN, size)
    scales_BKT = torch.fft.irfft(product, size)[:, :, length - 1 : 2 * length - 1]
    return (scales_BKT * mask_BT[:, None]).transpose(1, 2)


def inverse(scales_BTK: Tensor) -> Tensor:
    """Add coefficients (B, T, 10) up to contours (B, T), without their mean."""
    return scales_BTK.sum(2)


@functools.lru_cache(maxsize=16)
def _kernels(length: int, frame_seconds: float, device: torch.device) -> Tensor:
    """Compute each scale's wavelet at distances of -(length - 1) to length - 1 frames.

    Returns: float32 (10, N) on `device`, kept there: few lengths are asked for, see `cwt`.
    """
    tau_K1 = TAU_0 * 2.0 ** np.arange(2, NUM_SCALES + 2)[:, None]
    x = np.arange(1 - length, length) * frame_seconds / tau_K1
    psi = np.where(np.abs(x) < _REACH, _NORM * (1 - x**2) * np.exp(-(x**2) / 2), 0.0)
    weight_K1 = gains()[:, None] * frame_seconds / tau_K1
    return torch.from_numpy((psi * weight_K1).astype(np.float32)).to(device)


def gains() -> np.ndarray:
    """Compute what tau_i^-1 integral of f psi is multiplied by: gain (i + 2.5)^(-5/2) tau_i^(1/2).

    The gain makes the sum's frequency response 1 on average, over the logarithm of frequency,
    between the finest and the coarsest scale's peaks (at angular frequency sqrt(2) / tau_i).
    """
    i = np.arange(1, NUM_SCALES + 1)
    tau = TAU_0 * 2.0 ** (i + 1)
    weights = (i + 2.5) ** -2.5 * np.sqrt(tau)
    omega = math.sqrt(2) / np.geomspace(tau[0], tau[-1], 1000)[:, None]
    response = (weights * _PEAK * (omega * tau) ** 2 * np.exp(-((omega * tau) ** 2) / 2)).sum(1)
    return weights / response.mean()

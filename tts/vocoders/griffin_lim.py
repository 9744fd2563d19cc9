"""Build the waveform from the mel without any weights, by Griffin-Lim."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tts.features.mel import mel_filterbank
from tts.mel import MelConfig

TINY = 1e-8


class GriffinLim(nn.Module):
    """Run fast Griffin-Lim with momentum on a non-negative estimate of the spectrum.

    Frames lie as tts.features.mel computes them, so T frames give T * hop_length samples.
    Everything is deterministic: the first phases follow from bin and frame number.
    Source: Perraudin, Balazs and Soendergaard 2013, algorithm 2.
    """

    def __init__(
        self, mel: MelConfig, num_iterations: int = 32, momentum: float = 0.99, num_updates: int = 8
    ):
        super().__init__()
        self.mel = mel
        self.num_iterations = num_iterations
        self.momentum = momentum
        self.num_updates = num_updates
        filters = torch.tensor(mel_filterbank(mel), dtype=torch.float64)
        inverse = torch.linalg.pinv(filters)
        window = torch.hann_window(mel.win_length, periodic=True, dtype=torch.float64)
        left = (mel.n_fft - mel.win_length) // 2
        window = F.pad(window, (left, mel.n_fft - mel.win_length - left))
        bins = torch.arange(filters.shape[1])
        # The golden ratio scatters the bins' first phases as random ones would.
        offsets = 2 * math.pi * torch.frac(bins.double() ** 2 * ((math.sqrt(5) - 1) / 2))
        constants = {"filters": filters, "inverse": inverse, "window": window, "offsets": offsets}
        for name, value in constants.items():
            self.register_buffer(name, value.float(), persistent=False)
        self.register_buffer("bins", bins, persistent=False)

    def forward(self, mel_BTF: Tensor) -> Tensor:
        """Turn natural-log mel (B, T, n_mels) into samples (B, T * hop_length)."""
        magnitude_BTK = self.magnitude(mel_BTF)
        samples_BS = self.reconstruct(magnitude_BTK)
        margin = (self.mel.n_fft - self.mel.hop_length) // 2
        return samples_BS[:, margin : margin + mel_BTF.shape[1] * self.mel.hop_length]

    def magnitude(self, mel_BTF: Tensor) -> Tensor:
        """Estimate a non-negative spectrum (B, T, n_fft // 2 + 1) whose mel is close to the given
        one.

        The clamped pseudo-inverse, improved by multiplicative updates, which keep it
        non-negative (Lee and Seung 2001).
        """
        target_BTF = mel_BTF.exp()
        estimate_BTK = (target_BTF @ self.inverse.T).clamp(min=TINY)
        wanted_BTK = target_BTF @ self.filters
        for _ in range(self.num_updates):
            reached_BTK = (estimate_BTK @ self.filters.T) @ self.filters
            estimate_BTK = estimate_BTK * wanted_BTK / (reached_BTK + TINY)
        return estimate_BTK

    def reconstruct(self, magnitude_BTK: Tensor) -> Tensor:
        """Build a signal (B, (T - 1) * hop_length + n_fft) with a spectrum close to the given."""
        real_BTK, imag_BTK = self.first_phase(magnitude_BTK)
        last = None
        for _ in range(self.num_iterations):
            signal_BS = self.synthesis(magnitude_BTK * real_BTK, magnitude_BTK * imag_BTK)
            built = self.analysis(signal_BS)
            # t_n + momentum * (t_n - t_{n-1}); the first step has no predecessor.
            ahead = built if last is None else _extrapolate(built, last, self.momentum)
            last = built
            norm_BTK = (ahead[0] ** 2 + ahead[1] ** 2 + TINY**2).sqrt()
            real_BTK, imag_BTK = ahead[0] / norm_BTK, ahead[1] / norm_BTK
        return self.synthesis(magnitude_BTK * real_BTK, magnitude_BTK * imag_BTK)

    def first_phase(self, magnitude_BTK: Tensor) -> tuple[Tensor, Tensor]:
        """Compute cosine and sine (T, n_fft // 2 + 1) of fixed, irregular phases."""
        frames = torch.arange(magnitude_BTK.shape[1], device=magnitude_BTK.device)
        # A bin's own frequency advances by hop/n_fft turns a frame. In integers, since float32
        # would lose the fraction of a turn.
        steps_TK = (frames[:, None] * self.bins * self.mel.hop_length) % self.mel.n_fft
        angle_TK = steps_TK * (2 * math.pi / self.mel.n_fft) + self.offsets
        return angle_TK.cos(), angle_TK.sin()

    def analysis(self, signal_BS: Tensor) -> tuple[Tensor, Tensor]:
        """Compute the real and imaginary spectrum (B, T, n_fft // 2 + 1) of the windowed frames."""
        frames_BTN = signal_BS.unfold(1, self.mel.n_fft, self.mel.hop_length) * self.window
        spectrum = torch.fft.rfft(frames_BTN)
        return spectrum.real, spectrum.imag

    def synthesis(self, real_BTK: Tensor, imag_BTK: Tensor) -> Tensor:
        """Overlap and add a spectrum's frames by least squares (Griffin and Lim 1984, eq. 6)."""
        frames_BTN = torch.fft.irfft(torch.complex(real_BTK, imag_BTK), n=self.mel.n_fft)
        return self.overlap_add(frames_BTN * self.window)

    def overlap_add(self, frames_BTN: Tensor) -> Tensor:
        """Divide the sum of the shifted frames by the sum of the shifted squared windows."""
        length = (frames_BTN.shape[1] - 1) * self.mel.hop_length + self.mel.n_fft
        fold = {"kernel_size": (1, self.mel.n_fft), "stride": (1, self.mel.hop_length)}
        total = F.fold(frames_BTN.transpose(1, 2), (1, length), **fold)
        squares_1TN = (self.window**2).expand(1, frames_BTN.shape[1], -1)
        weight = F.fold(squares_1TN.transpose(1, 2), (1, length), **fold)
        return (total / weight.clamp(min=TINY)).flatten(1)


def _extrapolate(now: tuple, before: tuple, momentum: float) -> tuple[Tensor, Tensor]:
    return tuple(n + momentum * (n - b) for n, b in zip(now, before, strict=True))

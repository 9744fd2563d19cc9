"""Compute spectra in torch: log mel, STFT magnitudes, the inverse STFT of frames."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tts.autocast import no_autocast
from tts.features.mel import POWER_OFFSET, mel_filterbank
from tts.mel import MelConfig


def margins(mel: MelConfig) -> tuple[int, int]:
    """Return how many samples a recording's frames reach beyond it on the left and the right.

    T frames with these margins span T * hop_length + n_fft - hop_length samples.
    """
    both = mel.n_fft - mel.hop_length
    return both // 2, both - both // 2


def centred_window(mel: MelConfig) -> Tensor:
    """Return the periodic Hann window, padded to n_fft samples on both sides: (n_fft,)."""
    window = torch.hann_window(mel.win_length, periodic=True)
    left = (mel.n_fft - mel.win_length) // 2
    return F.pad(window, (left, mel.n_fft - mel.win_length - left))


class LogMel(nn.Module):
    """Compute the natural-log mel of samples, as tts.features.mel does, with gradients.

    Frames start every hop_length samples; no state is stored in checkpoints.
    """

    def __init__(self, mel: MelConfig):
        super().__init__()
        self.mel = mel
        filters = torch.tensor(mel_filterbank(mel), dtype=torch.float32)
        self.register_buffer("filters", filters, persistent=False)
        self.register_buffer("window", centred_window(mel), persistent=False)

    def forward(self, samples_BS: Tensor) -> Tensor:
        """Compute the log mel (B, S // hop_length, F) of samples (B, S).

        Both ends are reflected, as at the ends of a recording.
        """
        padded = F.pad(samples_BS[:, None], margins(self.mel), mode="reflect")[:, 0]
        return self.of_context(padded)

    def of_context(self, samples_BS: Tensor) -> Tensor:
        """Compute the log mel (B, T, F) of samples that hold the margins of their T frames."""
        spectrum_BKT = torch.stft(
            samples_BS,
            self.mel.n_fft,
            self.mel.hop_length,
            window=self.window,
            center=False,
            return_complex=True,
        )
        power_BKT = spectrum_BKT.real.square() + spectrum_BKT.imag.square()
        mel_BFT = self.filters @ (power_BKT + POWER_OFFSET).sqrt()
        return mel_BFT.clamp(min=self.mel.floor).log().transpose(1, 2)


def magnitudes(samples_BS: Tensor, n_fft: int, hop_length: int, window: Tensor) -> Tensor:
    """Compute STFT magnitudes (B, n_fft // 2 + 1, T) of samples (B, S), centred, above 0."""
    spectrum = torch.stft(
        samples_BS, n_fft, hop_length, len(window), window, center=True, return_complex=True
    )
    return (spectrum.real.square() + spectrum.imag.square()).clamp(min=1e-7).sqrt()


class ConvolutionSTFT(nn.Module):
    """Compute the STFT and its inverse as convolutions, which every ONNX runtime has.

    A spectrum (B, 2 K, T) has its real above its imaginary parts, K = n_fft // 2 + 1. Samples hold
    the margins of the frames. In 16 bits, loud bins would leave noise in quiet ones: autocast is
    switched off. No state is stored in checkpoints.
    """

    def __init__(self, mel: MelConfig):
        super().__init__()
        self.hop_length = mel.hop_length
        window = centred_window(mel)
        basis, scale = _fourier_basis(window)
        self.register_buffer("basis", basis, persistent=False)
        self.register_buffer("scale", scale, persistent=False)
        self.register_buffer("square", window.square()[None, None], persistent=False)

    def forward(self, samples_BS: Tensor) -> Tensor:
        """Compute the spectrum (B, 2 K, T) of samples (B, S)."""
        with no_autocast(samples_BS.device.type):
            return F.conv1d(samples_BS[:, None].float(), self.basis, stride=self.hop_length)

    def inverse(self, spectrum_B2KT: Tensor) -> Tensor:
        """Overlap and add the frames of a spectrum by least squares (Griffin and Lim 1984, eq. 6):
        samples (B, (T - 1) * hop_length + n_fft).
        """
        frames_B2KT = spectrum_B2KT.float() * self.scale
        ones_11T = torch.ones_like(frames_B2KT[:1, :1])
        with no_autocast(frames_B2KT.device.type):
            total_B1S = F.conv_transpose1d(frames_B2KT, self.basis, stride=self.hop_length)
            weight_11S = F.conv_transpose1d(ones_11T, self.square, stride=self.hop_length)
        return (total_B1S / weight_11S.clamp(min=1e-8)).flatten(1)


def _fourier_basis(window: Tensor) -> tuple[Tensor, Tensor]:
    """Return the windowed Fourier basis (2 K, 1, n_fft), cosines then negated sines, and the
    factors (2 K, 1) with which its transpose is the inverse transform.
    """
    size = len(window)
    bins = torch.arange(size // 2 + 1)
    angle_KN = torch.outer(bins, torch.arange(size)) % size * (2 * math.pi / size)
    angle_KN = angle_KN.double()
    basis = torch.cat([angle_KN.cos(), -angle_KN.sin()]) * window.double()
    # Of a real signal's spectrum half is stored: all but its two real bins count twice.
    scale = torch.full((len(bins),), 2.0 / size)
    scale[0] = scale[-1] = 1.0 / size
    return basis[:, None].float(), scale.repeat(2)[:, None]


class InverseSTFT(nn.Module):
    """Turn spectra of T frames into T * hop_length samples that lie as the mel's frames do.

    Windowed frames are overlapped and added, divided by the sum of squared windows, and cut by
    the mel's margins ("same" framing). The window is a persistent buffer, as published
    vocoders have it.
    """

    def __init__(self, mel: MelConfig):
        super().__init__()
        self.mel = mel
        self.register_buffer("window", centred_window(mel))

    def forward(self, spectrum_BKT: Tensor) -> Tensor:
        """Turn a complex spectrum (B, n_fft // 2 + 1, T) into samples (B, T * hop_length)."""
        frames_BNT = torch.fft.irfft(spectrum_BKT, n=self.mel.n_fft, dim=1)
        frames_BNT = frames_BNT * self.window[:, None]
        return overlap_add(frames_BNT, self.mel) / self.envelope(frames_BNT.shape[2])

    def envelope(self, num_frames: int) -> Tensor:
        """Sum the squared windows at each sample of `num_frames` frames: (1, S)."""
        squares_1NT = self.window.square()[None, :, None].expand(1, -1, num_frames)
        return overlap_add(squares_1NT, self.mel)


def overlap_add(frames_BNT: Tensor, mel: MelConfig) -> Tensor:
    """Add shifted frames (B, n_fft, T) up and cut the mel's margins: (B, T * hop_length)."""
    num_frames = frames_BNT.shape[2]
    length = (num_frames - 1) * mel.hop_length + mel.n_fft
    total = F.fold(
        frames_BNT, (1, length), kernel_size=(1, mel.n_fft), stride=(1, mel.hop_length)
    ).flatten(1)
    left, _ = margins(mel)
    return total[:, left : left + num_frames * mel.hop_length]

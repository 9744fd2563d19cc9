"""Compute losses of vocoders: adversarial, feature matching, mel and STFT distances.

Sources: Mao et al. 2017 (least squares), Lim and Ye 2017 (hinge), Kong et al. 2020 (feature
matching, mel), Yamamoto et al. 2020, arXiv 1910.11480 (multi-resolution STFT).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tts.mel import MelConfig
from tts.vocoders.discriminators import Judged
from tts.vocoders.spectra import LogMel, magnitudes

Kind = Literal["least_squares", "hinge"]


def discriminator_loss(real: Judged, made: Judged, kind: Kind, mean: bool = False) -> Tensor:
    """Return the loss that makes recordings score 1 and generated samples 0 (hinge: -1).

    mean: average over the sub-discriminators, as Vocos does, instead of their sum.
    """
    losses = []
    for (of_real, _), (of_made, _) in zip(real, made, strict=True):
        if kind == "hinge":
            losses.append(F.relu(1 - of_real).mean() + F.relu(1 + of_made).mean())
        else:
            losses.append((1 - of_real).square().mean() + of_made.square().mean())
    return torch.stack(losses).mean() if mean else torch.stack(losses).sum()


def generator_loss(made: Judged, kind: Kind, mean: bool = False) -> Tensor:
    """Return the loss that makes generated samples score as recordings do."""
    losses = []
    for score, _ in made:
        losses.append(F.relu(1 - score).mean() if kind == "hinge" else (1 - score).square().mean())
    return torch.stack(losses).mean() if mean else torch.stack(losses).sum()


def feature_loss(real: Judged, made: Judged, mean: bool = False) -> Tensor:
    """Return the mean absolute difference of each layer's features.

    Summed over layers and sub-discriminators (HiFi-GAN); with `mean` averaged over layers,
    then over sub-discriminators (Vocos). Recordings' features carry no gradient.
    """
    losses = []
    for (_, of_real), (_, of_made) in zip(real, made, strict=True):
        layers = [(r.detach() - m).abs().mean() for r, m in zip(of_real, of_made, strict=True)]
        losses.append(torch.stack(layers).mean() if mean else torch.stack(layers).sum())
    return torch.stack(losses).mean() if mean else torch.stack(losses).sum()


class MelDistance(nn.Module):
    """Measure the mean absolute difference of two log mels up to the Nyquist frequency.

    Frames, bins and floor are the recipe's.
    """

    def __init__(self, mel: MelConfig):
        super().__init__()
        self.log_mel = LogMel(dataclasses.replace(mel, f_max=mel.sample_rate / 2))

    def forward(self, made_BS: Tensor, real_BS: Tensor) -> Tensor:
        """Compare samples (B, S) of both: a scalar in nats."""
        return (self.log_mel(made_BS) - self.log_mel(real_BS)).abs().mean()


SIZES = (512, 1024, 2048)  # FFT sizes of the distances of phases and spectra


class PhaseDistance(nn.Module):
    """Measure how differently phases advance from frame to frame and from bin to bin.

    Magnitudes do not see phases, and a wrong course of phases is heard as buzz. The phase itself
    cannot be told from a mel; how it advances can, nearly. 0: as recorded; 1: at random. Bins count
    by the square root of the recording's magnitudes. Idea: Ai and Ling 2023, arXiv 2305.07952.
    """

    def __init__(self, sizes: Sequence[int] = SIZES):
        super().__init__()
        self.sizes = tuple(sizes)
        for size in self.sizes:
            self.register_buffer(f"window_{size}", torch.hann_window(size), persistent=False)

    def forward(self, made_BS: Tensor, real_BS: Tensor) -> Tensor:
        """Compare samples (B, S) of both: a scalar, the mean over sizes and directions."""
        total = made_BS.new_zeros(())
        for size in self.sizes:
            window = getattr(self, f"window_{size}")
            made, real = (
                torch.stft(x, size, size // 8, window=window, return_complex=True)
                for x in (made_BS, real_BS)
            )
            weight = _length(real).sqrt()
            made, real = made / _length(made), real / _length(real)
            for dim in (1, 2):
                turned = _advance(made, dim) * _advance(real, dim).conj()
                both = weight.narrow(dim, 1, weight.shape[dim] - 1)
                both = both * weight.narrow(dim, 0, weight.shape[dim] - 1)
                total = total + ((1 - turned.real) * both).sum() / both.sum()
        return total / (2 * len(self.sizes))


def _length(spectrum: Tensor) -> Tensor:
    """Return magnitudes, above 0 so that their root has a gradient."""
    return (spectrum.real.square() + spectrum.imag.square() + 1e-9).sqrt()


def _advance(phases: Tensor, dim: int) -> Tensor:
    """Return the phase from each unit number to the next along `dim`, as unit numbers."""
    length = phases.shape[dim] - 1
    return phases.narrow(dim, 1, length) * phases.narrow(dim, 0, length).conj()


class SpectralDistance(nn.Module):
    """Measure spectral convergence plus the log-magnitude difference at several FFT sizes."""

    def __init__(self, sizes: Sequence[int] = SIZES):
        super().__init__()
        self.sizes = tuple(sizes)
        for size in self.sizes:
            self.register_buffer(f"window_{size}", torch.hann_window(size), persistent=False)

    def forward(self, made_BS: Tensor, real_BS: Tensor) -> Tensor:
        """Compare samples (B, S) of both: a scalar, the mean over the sizes."""
        total = made_BS.new_zeros(())
        for size in self.sizes:
            window = getattr(self, f"window_{size}")
            made, real = (magnitudes(x, size, size // 4, window) for x in (made_BS, real_BS))
            total = total + torch.linalg.vector_norm(real - made) / torch.linalg.vector_norm(real)
            total = total + (real.log() - made.log()).abs().mean()
        return total / len(self.sizes)

"""Find the pitch of recordings by autocorrelation; predict it from a mel."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tts.errors import InputError
from tts.mel import MelConfig

# Normalised autocorrelation from which a frame counts as voiced.
VOICED = 0.6
# The first peak of the autocorrelation that reaches this share of the highest is the period.
FIRST_PEAK = 0.9
STEPS = 16  # of a predicted F0 in each Hz
# Root mean square below which nothing is voiced.
SILENCE = 1e-3


@dataclass(frozen=True)
class PitchConfig:
    """Hold the range of F0 in Hz, how finely it is told apart, and the sizes of the predictor."""

    f0_min: float = 60.0
    f0_max: float = 600.0
    bins: int = 128
    channels: int = 192
    kernel_size: int = 5
    num_layers: int = 3

    def __post_init__(self) -> None:
        if not 0 < self.f0_min < self.f0_max:
            raise InputError(f"pitch: f0_min {self.f0_min} must be below f0_max {self.f0_max}")
        if min(self.bins, self.channels, self.num_layers) < 1 or self.kernel_size % 2 == 0:
            raise InputError(f"pitch: every size of {self} must be 1 or more, kernel_size odd")


def track_pitch(samples_BS: Tensor, mel: MelConfig, config: PitchConfig) -> tuple[Tensor, Tensor]:
    """Find F0 in Hz and whether frames are voiced, (B, T) each, of samples with their margins.

    The normalised autocorrelation of each frame's n_fft samples; the median of five frames removes
    leaps. F0 of unvoiced frames is a guess. tts.features.pitch is exacter and takes a recording
    at a time; this one takes the segments of a step where they lie. Source: Rabiner 1977.
    """
    frames_BTN = samples_BS.unfold(1, mel.n_fft, mel.hop_length)
    longest = min(math.ceil(mel.sample_rate / config.f0_min), mel.n_fft // 2)
    shortest = math.floor(mel.sample_rate / config.f0_max)
    frames_BTN = frames_BTN - frames_BTN.mean(2, keepdim=True)
    size = mel.n_fft - longest
    first = torch.fft.rfft(frames_BTN[..., :size], 2 * mel.n_fft)
    whole = torch.fft.rfft(frames_BTN, 2 * mel.n_fft)
    products_BTL = torch.fft.irfft(first.conj() * whole)[..., : longest + 1]
    sums = F.pad(frames_BTN.square().cumsum(2), (1, 0))
    energy_BTL = sums[..., size : size + longest + 1] - sums[..., : longest + 1]
    scale = (energy_BTL[..., :1] * energy_BTL).clamp(min=1e-12).sqrt()
    likeness_BTL = products_BTL / scale
    inner = likeness_BTL[..., shortest:-1]
    peak = (inner >= likeness_BTL[..., shortest - 1 : -2]) & (
        inner >= likeness_BTL[..., shortest + 1 :]
    )
    heights = torch.where(peak, inner, inner.new_full((), -1.0))
    highest_BT1 = heights.amax(2, keepdim=True)
    lag_BT1 = (heights >= FIRST_PEAK * highest_BT1).int().argmax(2, keepdim=True) + shortest
    before, here, after = (likeness_BTL.gather(2, lag_BT1 + step) for step in (-1, 0, 1))
    bend = (before - 2 * here + after).clamp(max=-1e-6)
    period_BT = (lag_BT1 + (0.5 * (before - after) / bend).clamp(-1, 1))[..., 0]
    wider_B1T = F.pad(period_BT[:, None], (2, 2), mode="replicate")
    period_BT = wider_B1T[:, 0].unfold(1, 5, 1).median(2)[0]
    loud_BT = energy_BTL[..., 0] > size * SILENCE**2
    voiced_BT = (highest_BT1[..., 0] > VOICED) & loud_BT
    f0_BT = (mel.sample_rate / period_BT).clamp(config.f0_min, config.f0_max)
    return f0_BT, voiced_BT


class PitchPredictor(nn.Module):
    """Predict F0 of each frame from the mel, by convolutions."""

    def __init__(self, n_mels: int, config: PitchConfig):
        super().__init__()
        self.config = config
        sizes = [n_mels, *[config.channels] * config.num_layers]
        layers: list[nn.Module] = []
        for before, after in itertools.pairwise(sizes):
            padding = config.kernel_size // 2
            layers += [nn.Conv1d(before, after, config.kernel_size, padding=padding), nn.GELU()]
        self.layers = nn.Sequential(*layers, nn.Conv1d(sizes[-1], config.bins, 1))
        low, high = math.log(config.f0_min), math.log(config.f0_max)
        centres = torch.linspace(low, high, config.bins)
        self.register_buffer("centres", centres, persistent=False)

    @property
    def context(self) -> int:
        """Count the frames a side that a prediction sees."""
        return self.config.num_layers * (self.config.kernel_size // 2)

    def scores(self, mel_BTF: Tensor) -> Tensor:
        """Return scores of each bin (B, T, bins)."""
        return self.layers(mel_BTF.transpose(1, 2)).transpose(1, 2).float()

    def forward(self, mel_BTF: Tensor) -> Tensor:
        """Return F0 in Hz (B, T): the mean of the bins around the best; a guess where unvoiced.

        F0 is rounded to 1 / STEPS Hz: its sum is a phase, in which the last bits of different
        runtimes would add up.
        """
        scores = self.scores(mel_BTF)
        place = torch.arange(self.config.bins, device=scores.device)
        near = (place - scores.argmax(2, keepdim=True)).abs() <= 2
        weights = torch.where(near, scores, scores.new_full((), -1e9)).softmax(2)
        return ((weights * self.centres).sum(2).exp() * STEPS).round() / STEPS

    def loss(self, mel_BTF: Tensor, f0_BT: Tensor, voiced_BT: Tensor) -> Tensor:
        """Compute the cross-entropy of voiced frames' bins."""
        scores = self.scores(mel_BTF)
        width = self.centres[1] - self.centres[0]
        away = (f0_BT.log()[..., None] - self.centres) / width
        target = (-0.5 * away.square()).softmax(2)
        costs_BT = -(target * scores.log_softmax(2)).sum(2)
        return (costs_BT * voiced_BT).sum() / voiced_BT.sum().clamp(min=1)

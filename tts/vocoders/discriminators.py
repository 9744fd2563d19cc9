"""Judge waveforms: multi-period, multi-scale (HiFi-GAN) and multi-resolution (Vocos) networks.

Sources: Kong et al. 2020, arXiv 2010.05646, section 2.3 and appendix; Siuzdak 2023,
arXiv 2306.00814, section 3.3. Names and order of parameters are those of jik876/hifi-gan, so that
its do_* files can be read, optimiser included.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm, weight_norm

from tts.config import option
from tts.errors import InputError

SLOPE = 0.1
# Score (B, N) of each sub-discriminator, and the features of its layers.
Judged = list[tuple[Tensor, list[Tensor]]]
_WIDTH = 128  # channels of the first layer of a multi-scale discriminator
_MULTI_SCALE = (  # times _WIDTH, kernel, stride, groups
    (1, 15, 1, 1),
    (1, 41, 2, 4),
    (2, 41, 2, 16),
    (4, 41, 4, 16),
    (8, 41, 4, 16),
    (8, 41, 1, 16),
    (8, 5, 1, 1),
)
_MULTI_PERIOD = ((32, 3), (128, 3), (512, 3), (1024, 3), (1024, 1))  # channels, stride
_BANDS = (0.0, 0.1, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True)
class DiscriminatorConfig:
    """Choose the discriminators of adversarial training and their size."""

    periods: tuple[int, ...] = (2, 3, 5, 7, 11)
    num_scales: int = option(0, "multi-scale discriminators; HiFi-GAN has 3")
    resolutions: tuple[int, ...] = (2048, 1024, 512)
    resolution_channels: int = option(32, "channels of the multi-resolution discriminators")
    divisor: int = option(1, "divides the published channels of the others: 4 is a quarter")

    def __post_init__(self) -> None:
        if not (self.periods or self.num_scales or self.resolutions):
            raise InputError("discriminators: none is chosen; give periods, scales or resolutions")
        if self.divisor not in (1, 2, 4, 8):
            raise InputError(f"discriminators: divisor {self.divisor} must be 1, 2, 4 or 8")


class PeriodDiscriminator(nn.Module):
    """Judge samples laid out in rows of one period, so that a column holds every p-th sample."""

    def __init__(self, period: int, divisor: int):
        super().__init__()
        self.period = period
        self.convs = nn.ModuleList()
        channels = 1
        for wide, stride in _MULTI_PERIOD:
            conv = nn.Conv2d(channels, wide // divisor, (5, 1), (stride, 1), padding=(2, 0))
            self.convs.append(weight_norm(conv))
            channels = wide // divisor
        self.conv_post = weight_norm(nn.Conv2d(channels, 1, (3, 1), padding=(1, 0)))

    def forward(self, samples_BS: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Judge samples (B, S): scores (B, N), features of each layer."""
        missing = -samples_BS.shape[1] % self.period
        samples_B1S = F.pad(samples_BS[:, None], (0, missing), mode="reflect")
        return _judge(self, samples_B1S.unflatten(2, (-1, self.period)))


class ScaleDiscriminator(nn.Module):
    """Judge samples by strided grouped convolutions; spectral norm is for the raw scale."""

    def __init__(self, divisor: int, use_spectral_norm: bool):
        super().__init__()
        norm = spectral_norm if use_spectral_norm else weight_norm
        self.convs = nn.ModuleList()
        channels = 1
        for times, kernel, stride, groups in _MULTI_SCALE:
            wide = times * _WIDTH // divisor
            conv = nn.Conv1d(channels, wide, kernel, stride, kernel // 2, groups=groups)
            self.convs.append(norm(conv))
            channels = wide
        self.conv_post = norm(nn.Conv1d(channels, 1, 3, padding=1))

    def forward(self, samples_BS: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Judge samples (B, S): scores (B, N), features of each layer."""
        return _judge(self, samples_BS[:, None])


def _judge(discriminator: nn.Module, x: Tensor) -> tuple[Tensor, list[Tensor]]:
    features = []
    for conv in discriminator.convs:
        x = F.leaky_relu(conv(x), SLOPE)
        features.append(x)
    x = discriminator.conv_post(x)
    features.append(x)
    return x.flatten(1), features


class ResolutionDiscriminator(nn.Module):
    """Judge the complex spectrum of one FFT size, each of five bands by convolutions of its own."""

    def __init__(self, n_fft: int, channels: int):
        super().__init__()
        self.n_fft = n_fft
        self.register_buffer("window", torch.hann_window(n_fft), persistent=False)
        bins = n_fft // 2 + 1
        edges = [int(share * bins) for share in _BANDS]
        self.bands = list(itertools.pairwise(edges))
        self.band_convs = nn.ModuleList(_band(channels) for _ in self.bands)
        self.conv_post = weight_norm(nn.Conv2d(channels, 1, (3, 3), padding=1))

    def forward(self, samples_BS: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Judge samples (B, S): scores (B, N), features of each layer."""
        samples_BS = samples_BS - samples_BS.mean(dim=1, keepdim=True)
        peak_B1 = samples_BS.abs().amax(dim=1, keepdim=True)
        samples_BS = 0.8 * samples_BS / (peak_B1 + 1e-9)
        spectrum = torch.stft(
            samples_BS, self.n_fft, self.n_fft // 4, window=self.window, return_complex=True
        )
        spectrum_B2TK = torch.view_as_real(spectrum).permute(0, 3, 2, 1)
        features, judged = [], []
        for (low, high), convs in zip(self.bands, self.band_convs, strict=True):
            x = spectrum_B2TK[..., low:high]
            for index, conv in enumerate(convs):
                x = F.leaky_relu(conv(x), SLOPE)
                if index:
                    features.append(x)
            judged.append(x)
        x = self.conv_post(torch.cat(judged, dim=-1))
        return x.flatten(1), [*features, x]


def _band(channels: int) -> nn.ModuleList:
    shapes = [(2, (3, 9), 1)] + [(channels, (3, 9), 2)] * 3 + [(channels, (3, 3), 1)]
    return nn.ModuleList(
        weight_norm(
            nn.Conv2d(inputs, channels, kernel, (1, stride), (kernel[0] // 2, kernel[1] // 2))
        )
        for inputs, kernel, stride in shapes
    )


class MultiPeriod(nn.Module):
    """Judge samples by one discriminator for each period."""

    def __init__(self, periods: Sequence[int], divisor: int = 1):
        super().__init__()
        self.discriminators = nn.ModuleList(PeriodDiscriminator(p, divisor) for p in periods)

    def forward(self, samples_BS: Tensor) -> Judged:
        return [judge(samples_BS) for judge in self.discriminators]


class MultiScale(nn.Module):
    """Judge samples as they are, then averaged over pairs again and again."""

    def __init__(self, num_scales: int, divisor: int = 1):
        super().__init__()
        self.discriminators = nn.ModuleList(
            ScaleDiscriminator(divisor, use_spectral_norm=index == 0) for index in range(num_scales)
        )

    def forward(self, samples_BS: Tensor) -> Judged:
        judged = []
        for index, judge in enumerate(self.discriminators):
            if index:
                samples_BS = F.avg_pool1d(samples_BS[:, None], 4, 2, padding=2)[:, 0]
            judged.append(judge(samples_BS))
        return judged


class MultiResolution(nn.Module):
    """Judge the spectra of samples at several FFT sizes."""

    def __init__(self, resolutions: Sequence[int], channels: int):
        super().__init__()
        self.discriminators = nn.ModuleList(
            ResolutionDiscriminator(n_fft, channels) for n_fft in resolutions
        )

    def forward(self, samples_BS: Tensor) -> Judged:
        return [judge(samples_BS) for judge in self.discriminators]


class Discriminators(nn.ModuleDict):
    """Judge samples by all chosen kinds; msd comes first, as optim_d of published files lists it.

    Keys: msd, mpd, mrd, each only where the configuration has some.
    """

    def __init__(self, config: DiscriminatorConfig):
        super().__init__()
        if config.num_scales:
            self["msd"] = MultiScale(config.num_scales, config.divisor)
        if config.periods:
            self["mpd"] = MultiPeriod(config.periods, config.divisor)
        if config.resolutions:
            self["mrd"] = MultiResolution(config.resolutions, config.resolution_channels)

    def forward(self, samples_BS: Tensor) -> dict[str, Judged]:
        """Judge samples (B, S): scores and features of each kind."""
        return {name: judge(samples_BS) for name, judge in self.items()}

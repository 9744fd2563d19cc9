"""Turn noise into samples by invertible steps that see the mel: WaveGlow (Prenger et al. 2018).

Source: arXiv 1811.00002, section 2. Names and order of the parameters are those of the weights that
NVIDIA publishes. Training maximises the likelihood of the recordings; nothing judges what is made.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn.utils.parametrizations import weight_norm

from tts.errors import InputError
from tts.mel import MelConfig
from tts.vocoders.denoiser import Denoiser
from tts.vocoders.waveglow_layers import Coupling, Mixing, WaveglowConfig

_ZERO_FRAMES = 88  # of the zero mel whose sound is the denoiser's bias


class Waveglow(nn.Module):
    """Map samples to noise and back, given the mel.

    87.88 million parameters by default, 268.29 with 512 channels, 17.60 with 64 (80 mel bins, hop
    256) with weight norm. N channels of a group, G groups, C mel channels of a group.

    Attributes: mel, the features it takes; context, the frames on each side of a frame on which
    its samples depend; draws_noise, since speaking takes noise.
    """

    Config = WaveglowConfig
    draws_noise = True

    def __init__(self, config: WaveglowConfig, mel: MelConfig):
        """Build a network. Raises: InputError where a hop is no whole number of groups."""
        super().__init__()
        if mel.hop_length % config.group_size:
            raise InputError(
                f"waveglow: hop_length {mel.hop_length} is no multiple of group_size "
                f"{config.group_size}: choose another group_size, even"
            )
        self.config, self.mel = config, mel
        kernel = config.upsample_frames * mel.hop_length
        self.upsample = nn.ConvTranspose1d(mel.n_mels, mel.n_mels, kernel, mel.hop_length)
        sizes = [config.channels_of(flow) for flow in range(config.num_flows)]
        mel_channels = mel.n_mels * config.group_size
        self.WN = nn.ModuleList(Coupling(size // 2, mel_channels, config) for size in sizes)
        self.convinv = nn.ModuleList(Mixing(size) for size in sizes)
        self.denoiser = Denoiser(mel, config.denoiser) if config.denoiser else None
        self.register_buffer("bias_1K1", None, persistent=False)

    @property
    def context(self) -> int:
        """Count the frames a side: through all convolutions, the upsampling, the denoiser."""
        config = self.config
        groups = config.num_flows * (2**config.num_layers - 1) * (config.kernel_size // 2)
        seen = math.ceil(groups * config.group_size / self.mel.hop_length)
        denoiser = 0 if self.denoiser is None else self.denoiser.context
        return seen + config.upsample_frames - 1 + denoiser

    def trainable(self) -> Waveglow:
        """Initialise weights as published: normalised, and every coupling changes nothing."""
        for coupling in self.WN:
            nn.init.zeros_(coupling.end.weight)
            nn.init.zeros_(coupling.end.bias)
            for module in (coupling.start, coupling.cond_layer):
                weight_norm(module)
            for module in (*coupling.in_layers, *coupling.res_skip_layers):
                weight_norm(module)
        return self

    @torch.no_grad()
    def fold(self) -> Waveglow:
        """Compute once what speaking needs of weights that do not change any more."""
        for mixing in self.convinv:
            mixing.inverse_matrix = mixing.inverted()
        if self.denoiser is not None:
            self.bias_1K1 = self._bias()
        return self

    def forward(
        self,
        mel_BTF: Tensor,
        generator: torch.Generator | None = None,
        noise_BTS: Tensor | None = None,
    ) -> Tensor:
        """Turn natural-log mel (B, T, n_mels) into samples (B, T * hop_length), not clipped.

        Args: generator, of the noise, None: torch's own; noise_BTS, normal noise (B, T,
        hop_length) in its place: speech in chunks has that of its frames.
        """
        if noise_BTS is None:
            shape = (*mel_BTF.shape[:2], self.mel.hop_length)
            noise_BTS = mel_BTF.new_empty(shape).normal_(generator=generator)
        noise_BNG = self.grouped(noise_BTS.flatten(1)) * self.config.sigma
        return self.speak(noise_BNG, self.upsampled(mel_BTF))

    def speak(self, noise_BNG: Tensor, mel_BCG: Tensor) -> Tensor:
        """Turn noise into samples (B, S), what a zero mel sounds like taken away."""
        samples_BS = self.inverse(noise_BNG, mel_BCG)
        if self.denoiser is None:
            return samples_BS
        bias_1K1 = self._bias() if self.bias_1K1 is None else self.bias_1K1
        return self.denoiser(samples_BS, bias_1K1)

    def _bias(self) -> Tensor:
        """Return the mean spectrum of what a zero mel sounds like without noise, (1, K, 1)."""
        assert self.denoiser is not None
        zeros = self.upsample.weight.new_zeros(1, _ZERO_FRAMES, self.mel.n_mels)
        mel_BCG = self.upsampled(zeros)
        silence = self.inverse(torch.zeros_like(mel_BCG[:, : self.config.group_size]), mel_BCG)
        return self.denoiser.magnitudes(silence).mean(dim=2, keepdim=True)

    def losses(self, mel_BTF: Tensor, samples_BS: Tensor) -> dict[str, Tensor]:
        """Return the negative log-likelihood of recordings as `tot_loss`, and its three parts.

        Per sample, without the constant log(2 pi) / 2, noise of a standard deviation of 1.
        """
        noise_BNG, log_scale_B, log_det = self.analyse(mel_BTF, samples_BS)
        parts = {
            "noise_loss": noise_BNG.square().sum() / (2 * noise_BNG.numel()),
            "scale_loss": -log_scale_B.sum() / noise_BNG.numel(),
            "mixing_loss": -log_det / noise_BNG[0].numel(),
        }
        return {**parts, "tot_loss": sum(parts.values())}

    def analyse(self, mel_BTF: Tensor, samples_BS: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Turn samples (B, T * hop_length) into noise (B, N, G).

        Returns: noise; the sum of all log scales of each row, (B,); the sum of the logarithms of
        all matrices' determinants over a row's groups.
        """
        mel_BCG, x_BNG = self.upsampled(mel_BTF), self.grouped(samples_BS)
        log_scale_B, log_det, early = 0.0, 0.0, []
        for flow, (mix, couple) in enumerate(zip(self.convinv, self.WN, strict=True)):
            if out := self._put_out(flow):
                early.append(x_BNG[:, :out])
                x_BNG = x_BNG[:, out:]
            with torch.autocast(x_BNG.device.type, enabled=False):
                x_BNG, of_group = mix(x_BNG)
            kept, changed = x_BNG.split(self.config.channels_of(flow) // 2, dim=1)
            shift, log_scale = couple(kept, mel_BCG)
            x_BNG = torch.cat([kept, changed * log_scale.exp() + shift], dim=1)
            log_scale_B = log_scale_B + log_scale.sum(dim=(1, 2))
            log_det = log_det + of_group * x_BNG.shape[2]
        return torch.cat([*early, x_BNG], dim=1), log_scale_B, log_det

    def inverse(self, noise_BNG: Tensor, mel_BCG: Tensor) -> Tensor:
        """Turn noise into samples (B, S): `analyse` backwards."""
        at = self.config.group_size - self.config.channels_of(-1)
        x_BNG = noise_BNG[:, at:]
        for flow in reversed(range(self.config.num_flows)):
            kept, changed = x_BNG.split(self.config.channels_of(flow) // 2, dim=1)
            shift, log_scale = self.WN[flow](kept, mel_BCG)
            x_BNG = torch.cat([kept, (changed - shift) * (-log_scale).exp()], dim=1)
            x_BNG = self.convinv[flow].inverse(x_BNG)
            if out := self._put_out(flow):
                x_BNG = torch.cat([noise_BNG[:, at - out : at], x_BNG], dim=1)
                at -= out
        return x_BNG.transpose(1, 2).flatten(1)

    def _put_out(self, flow: int) -> int:
        """Count the channels that are put out before step `flow`."""
        config = self.config
        return config.early_size if flow and flow % config.early_every == 0 else 0

    def grouped(self, samples_BS: Tensor) -> Tensor:
        """Put the samples of each group side by side: (B, N, G)."""
        return samples_BS.unflatten(1, (-1, self.config.group_size)).transpose(1, 2)

    def upsampled(self, mel_BTF: Tensor) -> Tensor:
        """Upsample a mel to samples and group them: (B, n_mels * N, G)."""
        mel_BFS = self.upsample(mel_BTF.transpose(1, 2))
        mel_BFS = mel_BFS[
            ..., : mel_BFS.shape[2] - self.upsample.kernel_size[0] + self.mel.hop_length
        ]
        mel_BFGN = mel_BFS.unflatten(2, (-1, self.config.group_size))
        return mel_BFGN.transpose(2, 3).flatten(1, 2)

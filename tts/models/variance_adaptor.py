"""Predict durations, pitch and energy and put them in: FastSpeech 2's variance adaptor."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

import torch
from torch import Tensor, nn

from tts.models.lengths import expand, length_mask, token_means, whole_frames
from tts.models.predictor import Predictor
from tts.models.quantity import Quantity, masked_square


@dataclass(frozen=True)
class VarianceConfig:
    """Hold the predictors' options and how values are put in (Ren et al. 2021, sections 2.3 and A).

    pitch: "cwt", the spectrogram of each utterance's contour under a continuous wavelet
    transform, with its mean and deviation; "frame", the contour itself; "phone", its mean over
    each token. energy: "frame" or "phone". Embedding: "bins", one vector for each of `num_bins`
    equal parts of the range of log F0 or of energy; "continuous", a linear layer.
    """

    channels: int = 256
    kernel_size: int = 3
    dropout: float = 0.5
    pitch: Literal["cwt", "frame", "phone"] = "cwt"
    energy: Literal["frame", "phone"] = "frame"
    pitch_embedding: Literal["bins", "continuous"] = "bins"
    energy_embedding: Literal["bins", "continuous"] = "bins"
    num_bins: int = 256


class Truth(NamedTuple):
    """Hold what a recording gives: frames per token (B, P), log F0 and energy per frame (B, T),
    raw.
    """

    durations_BP: Tensor
    log_f0_BT: Tensor
    energy_BT: Tensor


class Scales(NamedTuple):
    """Hold factors of duration, F0 and energy for each token, (B, P)."""

    length: Tensor
    pitch: Tensor
    energy: Tensor


class Adapted(NamedTuple):
    """Hold hidden frames (B, D, T), how many (B,), and those of each token (B, P)."""

    hidden_BDT: Tensor
    mel_lens: Tensor
    durations_BP: Tensor


# What untrained durations are, in frames: a start near speech.
INITIAL_FRAMES = 5.0


class VarianceAdaptor(nn.Module):
    """Predict durations, repeat tokens for their frames, add pitch and energy.

    Quantities of each token are put in before the length regulator, those of each frame after
    it, pitch first.
    """

    def __init__(self, inputs: int, config: VarianceConfig):
        super().__init__()
        sizes = inputs, config.channels, config.kernel_size, config.dropout
        self.duration_predictor = Predictor(*sizes)
        nn.init.constant_(self.duration_predictor.proj.bias, math.log1p(INITIAL_FRAMES))
        bins = config.num_bins if config.pitch_embedding == "bins" else 0
        self.pitch = Quantity("pitch", config.pitch, sizes, bins, is_log=True)
        bins = config.num_bins if config.energy_embedding == "bins" else 0
        self.energy = Quantity("energy", config.energy, sizes, bins, is_log=False)

    def losses(
        self, x_BDP: Tensor, mask_B1P: Tensor, mask_B1T: Tensor, truth: Truth
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """Return hidden frames (B, D, T) with the true values, and the predictors' losses."""
        durations_BP = truth.durations_BP
        predicted_B1P = self.duration_predictor(x_BDP, mask_B1P).float()
        target_B1P = torch.log1p(durations_BP.float())[:, None]
        losses = {"dur_loss": masked_square(predicted_B1P - target_B1P, mask_B1P)}
        spoken_B1P = mask_B1P * (durations_BP > 0)[:, None]  # others have no pitch to learn
        for quantity, values_BT in self._at("phone", truth):
            values_BP = token_means(values_BT, durations_BP)
            losses |= quantity.losses(x_BDP, mask_B1P, values_BP, spoken_B1P)
            x_BDP = x_BDP + quantity.embed(values_BP) * mask_B1P
        x_BDT = expand(x_BDP, durations_BP, mask_B1T.shape[2]) * mask_B1T
        for quantity, values_BT in self._at("frame", truth):
            losses |= quantity.losses(x_BDT, mask_B1T, values_BT, mask_B1T)
            x_BDT = x_BDT + quantity.embed(values_BT) * mask_B1T
        return x_BDT, losses

    def predict(
        self, x_BDP: Tensor, mask_B1P: Tensor, scales: Scales, max_frames: int | None
    ) -> Adapted:
        """Predict every value, as a voice does, times its scale."""
        log_frames_BP = self.duration_predictor(x_BDP, mask_B1P)[:, 0]
        frames_BP = (torch.exp(log_frames_BP) - 1).clamp(min=0.0).round() * mask_B1P[:, 0]
        frames_BP = frames_BP * scales.length
        mel_lens = frames_BP.sum(1).floor().to(torch.int64).clamp(min=1)
        if max_frames is not None:
            mel_lens = mel_lens.clamp(max=max_frames)
        lens = mask_B1P[:, 0].sum(1).to(torch.int64)
        durations_BP = whole_frames(frames_BP, lens, mel_lens)
        mask_B1T = length_mask(mel_lens, mel_lens.max())
        x_BDT, _ = self.put_in(x_BDP, mask_B1P, mask_B1T, durations_BP, scales)
        return Adapted(x_BDT, mel_lens, durations_BP)

    def put_in(
        self,
        x_BDP: Tensor,
        mask_B1P: Tensor,
        mask_B1T: Tensor,
        durations_BP: Tensor,
        scales: Scales,
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """Return hidden frames (B, D, T) with predicted pitch and energy, and both, raw, (B, T)."""
        num_frames, found = mask_B1T.shape[2], {}
        for quantity, scale_BP in self._at("phone", scales):
            values_BP = quantity.predict(x_BDP, mask_B1P, scale_BP)
            x_BDP = x_BDP + quantity.embed(values_BP) * mask_B1P
            found[quantity.name] = expand(values_BP[:, None], durations_BP, num_frames)[:, 0]
        x_BDT = expand(x_BDP, durations_BP, num_frames) * mask_B1T
        for quantity, scale_BP in self._at("frame", scales):
            scale_BT = expand(scale_BP[:, None], durations_BP, num_frames)[:, 0]
            found[quantity.name] = quantity.predict(x_BDT, mask_B1T, scale_BT)
            x_BDT = x_BDT + quantity.embed(found[quantity.name]) * mask_B1T
        return x_BDT, found

    def _at(self, level: str, each: Truth | Scales) -> Iterator[tuple[Quantity, Tensor]]:
        """Yield the quantities of a level in their order, with what `each` holds of them."""
        for quantity, tensor in zip((self.pitch, self.energy), each[1:], strict=True):
            if quantity.level == level:
                yield quantity, tensor

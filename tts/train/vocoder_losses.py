"""Compute the losses of one batch of vocoder training, weighted as the options say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from torch import Tensor, nn

from tts.mel import MelConfig
from tts.train.vocoder_config import VocoderTrainConfig
from tts.vocoders.discriminators import Judged
from tts.vocoders.losses import (
    MelDistance,
    PhaseDistance,
    SpectralDistance,
    discriminator_loss,
    feature_loss,
    generator_loss,
)


class Heard(NamedTuple):
    """Hold what discriminators said of recordings (no gradients), and their loss of the batch."""

    real: dict[str, Judged]
    loss: Tensor


class VocoderLosses(nn.Module):
    """Compute the losses of vocoder and discriminators.

    With least squares the sub-discriminators' terms are summed (HiFi-GAN), with hinge averaged
    (Vocos). Features of recordings are those that the discriminators' own step saw.
    """

    def __init__(self, config: VocoderTrainConfig, mel: MelConfig):
        super().__init__()
        self.config, self.kind = config, config.adversarial
        self.mean = config.adversarial == "hinge"
        self.mel, self.stft, self.phase = MelDistance(mel), SpectralDistance(), PhaseDistance()

    def _weight(self, kind: str) -> float:
        return self.config.resolution_weight if kind == "mrd" else 1.0

    def of_discriminators(self, real: dict[str, Judged], made: dict[str, Judged]) -> Heard:
        """Return the discriminators' loss, and what they said of the recordings."""
        terms = [
            self._weight(kind)
            * discriminator_loss(_float(real[kind]), _float(made[kind]), self.kind, self.mean)
            for kind in real
        ]
        return Heard({kind: _detached(judged) for kind, judged in real.items()}, sum(terms))

    def forward(
        self,
        made: Sequence[Tensor],
        real_BS: Tensor,
        judged: dict[str, Judged] | None = None,
        heard: Heard | None = None,
        strength: float = 1.0,
    ) -> dict[str, Tensor]:
        """Return the vocoder's named losses, unweighted, and their weighted sum tot_loss.

        Args: made, samples (B, S), one or several forms of which the mean distance counts;
        real_BS, the recordings; judged, what the discriminators say of what was made, None before
        they begin; heard, what they said of the recordings; strength, 0 to 1, of their part while
        they warm up.
        """

        def distance(measure: nn.Module, weight: float) -> Tensor:
            return sum(measure(form, real_BS) for form in made) / len(made) if weight else zero

        config, zero = self.config, real_BS.new_zeros(())
        stft_weight = config.reconstruction_stft_weight if judged is None else config.stft_weight
        mel = distance(self.mel, 1)
        stft = distance(self.stft, stft_weight)
        phase = distance(self.phase, config.phase_weight)
        adversarial = features = zero
        if judged is not None and heard is not None:
            for kind, said in judged.items():
                said, weight = _float(said), self._weight(kind)
                adversarial = adversarial + weight * generator_loss(said, self.kind, self.mean)
                features = features + weight * feature_loss(heard.real[kind], said, self.mean)
        against = adversarial + config.feature_weight * features
        total = config.mel_weight * mel + stft_weight * stft + config.phase_weight * phase
        total = total + strength * against
        return {
            "mel_loss": mel,
            "stft_loss": stft,
            "phase_loss": phase,
            "adversarial_loss": adversarial,
            "feature_loss": features,
            "discriminator_loss": heard.loss.detach() if heard is not None else zero,
            "tot_loss": total,
        }


def _float(judged: Judged) -> Judged:
    """Turn scores and features into float32: sums of half precision lose too much."""
    return [(score.float(), [layer.float() for layer in layers]) for score, layers in judged]


def _detached(judged: Judged) -> Judged:
    return [(s.detach().float(), [layer.detach().float() for layer in f]) for s, f in judged]

"""Predict a quantity that varies along an utterance, pitch or energy, and turn it into vectors."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from tts.features.cwt import FRAME_SECONDS, NUM_SCALES, cwt, inverse
from tts.models.predictor import Predictor

# Root mean square of the coefficients of speech whose contour has the deviation 1 (0.166 in 20
# English clips). Coefficients are predicted in this unit, so that they weigh as much as the rest.
COEFFICIENT = 1 / 6


class Quantity(nn.Module):
    """Predict a quantity of each token or frame, and turn its values into vectors.

    Attributes:
      mean, std, low, high: scalar buffers, the training set's; low and high bound the bins.
      level: "phone" or "frame", of which there is one value each.
      is_log: whether values are logarithms, which a scale is added to.
    """

    def __init__(
        self, name: str, kind: str, sizes: tuple[int, int, int, float], num_bins: int, is_log: bool
    ):
        """Build it. Args: kind, "phone", "frame" or "cwt"; sizes, see Predictor; num_bins, 0:
        continuous.
        """
        super().__init__()
        for buffer, value in (("mean", 0.0), ("std", 1.0), ("low", -3.0), ("high", 3.0)):
            self.register_buffer(buffer, torch.tensor(value))
        self.name, self.is_log, self.num_bins = name, is_log, num_bins
        self.level = "phone" if kind == "phone" else "frame"
        self.predictor = Spectrogram(*sizes) if kind == "cwt" else Plain(*sizes)
        if num_bins:
            self.embedding = nn.Embedding(num_bins, sizes[0])
            nn.init.normal_(self.embedding.weight, 0.0, sizes[0] ** -0.5)
        else:
            self.embedding = nn.Linear(1, sizes[0])

    def set_statistics(self, mean: float, std: float, low: float, high: float) -> None:
        """Take what the training set says; a range or deviation of nothing becomes 1."""
        for name, value in (("mean", mean), ("std", std or 1.0), ("low", low)):
            getattr(self, name).fill_(value)
        self.high.fill_(high if high > low else low + 1.0)

    def losses(
        self, x_BDN: Tensor, mask_B1N: Tensor, values_BN: Tensor, weight_B1N: Tensor
    ) -> dict[str, Tensor]:
        """Compute mean squared errors in units of the deviation, where `weight_B1N` is 1.

        Those of wavelet coefficients are in units of COEFFICIENT.
        """
        target_BN = (values_BN - self.mean) / self.std
        return {
            f"{self.name}_{part}": loss
            for part, loss in self.predictor.losses(x_BDN, mask_B1N, target_BN, weight_B1N).items()
        }

    def predict(self, x_BDN: Tensor, mask_B1N: Tensor, scale_BN: Tensor) -> Tensor:
        """Predict raw values (B, N), those of `scale_BN` 1 as predicted."""
        values_BN = self.predictor(x_BDN, mask_B1N) * self.std + self.mean
        return values_BN + scale_BN.log() if self.is_log else values_BN * scale_BN

    def embed(self, values_BN: Tensor) -> Tensor:
        """Turn raw values into vectors (B, D, N)."""
        if not self.num_bins:
            normal_BN = (values_BN - self.mean) / self.std
            return self.embedding(normal_BN[..., None]).transpose(1, 2)
        share_BN = (values_BN - self.low) / (self.high - self.low)
        bin_BN = (share_BN * self.num_bins).clamp(0, self.num_bins - 1).to(torch.int64)
        return self.embedding(bin_BN).transpose(1, 2)


class Plain(Predictor):
    """Predict the values themselves."""

    def losses(self, x_BDN, mask_B1N, target_BN, weight_B1N) -> dict[str, Tensor]:
        found_BN = self(x_BDN, mask_B1N).float()
        return {"loss": masked_square((found_BN - target_BN)[:, None], weight_B1N)}

    def forward(self, x_BDN: Tensor, mask_B1N: Tensor) -> Tensor:
        """Predict values (B, N)."""
        return super().forward(x_BDN, mask_B1N)[:, 0]


class Spectrogram(Predictor):
    """Predict the contour as wavelet coefficients and its mean and deviation (appendix D).

    Attributes: frame_seconds, time between frames, which the losses alone depend on.
    """

    frame_seconds = FRAME_SECONDS

    def __init__(self, inputs: int, channels: int, kernel_size: int, probability: float):
        super().__init__(inputs, channels, kernel_size, probability, NUM_SCALES)
        self.moments = nn.Linear(channels, 2)

    def losses(self, x_BDT, mask_B1T, target_BT, weight_B1T) -> dict[str, Tensor]:
        mask_BT = mask_B1T[:, 0]
        contour_BT, wanted_B2 = standardise(target_BT, mask_BT)
        wanted_BTK = cwt(contour_BT, mask_BT, self.frame_seconds)
        found_BTK, found_B2 = self._spectrogram(x_BDT, mask_B1T)
        error_BKT = (found_BTK.float() - wanted_BTK).transpose(1, 2) / COEFFICIENT
        return {
            "loss": masked_square(error_BKT, weight_B1T),
            "moments_loss": (found_B2.float() - wanted_B2).square().mean(),
        }

    def forward(self, x_BDT: Tensor, mask_B1T: Tensor) -> Tensor:
        """Predict values (B, T)."""
        found_BTK, found_B2 = self._spectrogram(x_BDT, mask_B1T)
        contour_BT, _ = standardise(inverse(found_BTK), mask_B1T[:, 0])
        return contour_BT * found_B2[:, 1:].clamp(min=0.0) + found_B2[:, :1]

    def _spectrogram(self, x_BDT: Tensor, mask_B1T: Tensor) -> tuple[Tensor, Tensor]:
        """Predict coefficients (B, T, scales), mean and deviation (B, 2)."""
        hidden_BDT = self.hidden(x_BDT, mask_B1T)
        mean_BD = hidden_BDT.sum(2) / mask_B1T.sum(2)
        scales_BKT = COEFFICIENT * self.proj(hidden_BDT) * mask_B1T
        return scales_BKT.transpose(1, 2), self.moments(mean_BD)


def masked_square(error_BDN: Tensor, weight_B1N: Tensor) -> Tensor:
    """Average the squares where `weight_B1N` is 1."""
    total = (error_BDN.square() * weight_B1N).sum()
    return total / (weight_B1N.sum().clamp(min=1.0) * error_BDN.shape[1])


def standardise(values_BT: Tensor, mask_BT: Tensor) -> tuple[Tensor, Tensor]:
    """Scale values to mean 0 and deviation 1 over each row's real frames; return both as (B, 2)."""
    count_B1 = mask_BT.sum(1, keepdim=True)
    mean_B1 = (values_BT * mask_BT).sum(1, keepdim=True) / count_B1
    centred_BT = (values_BT - mean_B1) * mask_BT
    std_B1 = (centred_BT.square().sum(1, keepdim=True) / count_B1).sqrt()
    return centred_BT / std_B1.clamp(min=1e-4), torch.cat([mean_B1, std_B1], dim=1)

"""Define Tacotron 2's layers around its decoder: the encoder of tokens, the post-net of mels."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tts.errors import InputError
from tts.models.batch_norm import BatchNorm
from tts.models.fused import dropout
from tts.models.lengths import length_mask


@dataclass(frozen=True)
class Tacotron2EncoderConfig:
    """Hold the published sizes: three convolutions, half of the channels a direction behind."""

    channels: int = 512
    num_layers: int = 3
    kernel_size: int = 5
    dropout: float = 0.5

    def __post_init__(self) -> None:
        if self.kernel_size % 2 == 0 or self.channels % 2:
            raise InputError(f"{self}: channels must be even, kernel_size odd")


@dataclass(frozen=True)
class Tacotron2PostNetConfig(Tacotron2EncoderConfig):
    """Hold the published sizes of the convolutions that correct the mel."""

    num_layers: int = 5


class Convolutions(nn.Module):
    """Apply convolutions, each normalised over the batch, activated and with dropout."""

    def __init__(
        self,
        sizes: Sequence[int],
        config: Tacotron2EncoderConfig,
        activations: Sequence[Callable[[Tensor], Tensor]],
    ):
        super().__init__()
        size = config.kernel_size
        self.convs = nn.ModuleList(
            nn.Conv1d(before, after, size, padding=size // 2)
            for before, after in itertools.pairwise(sizes)
        )
        self.norms = nn.ModuleList(map(BatchNorm, sizes[1:]))
        self.activations, self.dropout = tuple(activations), config.dropout

    def forward(self, x_BDT: Tensor, mask_B1T: Tensor) -> Tensor:
        for conv, norm, activate in zip(self.convs, self.norms, self.activations, strict=True):
            x_BDT = activate(norm(conv(x_BDT * mask_B1T), mask_B1T))
            x_BDT = dropout(x_BDT, self.dropout, self.training)
        return x_BDT * mask_B1T

    def folded(self) -> list[nn.Conv1d]:
        """Return the convolutions with the normalisation in their weights."""
        return [norm.folded(conv) for conv, norm in zip(self.convs, self.norms, strict=True)]


class Encoder(nn.Module):
    """Read embedded tokens by convolutions and a recurrent layer in both directions."""

    def __init__(self, config: Tacotron2EncoderConfig):
        super().__init__()
        channels, layers = config.channels, config.num_layers
        self.convolutions = Convolutions([channels] * (layers + 1), config, [F.relu] * layers)
        self.forwards = nn.LSTM(channels, channels // 2, batch_first=True)
        self.backwards = nn.LSTM(channels, channels // 2, batch_first=True)

    def forward(self, x_BDP: Tensor, lens: Tensor) -> Tensor:
        """Return (B, P, D), zero on padding."""
        mask_B1P = length_mask(lens, x_BDP.shape[2])
        x_BPD = self.convolutions(x_BDP, mask_B1P).transpose(1, 2)
        turned_BPD, _ = self.backwards(reversed_rows(x_BPD, lens))
        both_BPD = torch.cat([self.forwards(x_BPD)[0], reversed_rows(turned_BPD, lens)], 2)
        return both_BPD * mask_B1P.transpose(1, 2)


class PostNet(nn.Module):
    """Correct a mel by convolutions, tanh between them."""

    def __init__(self, n_mels: int, config: Tacotron2PostNetConfig):
        super().__init__()
        inner = config.num_layers - 1
        sizes = [n_mels, *[config.channels] * inner, n_mels]
        activations = [*[torch.tanh] * inner, nn.Identity()]
        self.convolutions = Convolutions(sizes, config, activations)

    def forward(self, mel_BTF: Tensor, mask_B1T: Tensor) -> Tensor:
        return mel_BTF + self.convolutions(mel_BTF.transpose(1, 2), mask_B1T).transpose(1, 2)


def reversed_rows(x_BPD: Tensor, lens: Tensor) -> Tensor:
    """Turn the real positions of each row round; padding stays where it is."""
    place_P = torch.arange(x_BPD.shape[1], device=x_BPD.device)
    last_B1 = lens[:, None] - 1
    index_BP = torch.where(place_P <= last_B1, last_B1 - place_P, place_P)
    return torch.gather(x_BPD, 1, index_BP[:, :, None].expand(-1, -1, x_BPD.shape[2]))

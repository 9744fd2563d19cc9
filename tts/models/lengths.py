"""Lengths and durations: masks, and from tokens to frames and back."""

from __future__ import annotations

import torch
from torch import Tensor

from tts.align.mas import expand_index


def length_mask(lens: Tensor, size: int | Tensor) -> Tensor:
    """Float mask (B, 1, size): 1 below each length."""
    return (torch.arange(size, device=lens.device) < lens[:, None])[:, None].float()


def expand(x_BDL: Tensor, durations_BL: Tensor, num_frames: int | Tensor) -> Tensor:
    """Repeat each token's column for its frames: (B, D, T)."""
    index_BT = expand_index(durations_BL, num_frames)
    return torch.gather(x_BDL, 2, index_BT[:, None].expand(-1, x_BDL.shape[1], -1))


def whole_frames(durations_BL: Tensor, tokens_lens: Tensor, mel_lens: Tensor) -> Tensor:
    """Fractional durations as the frames that `expand` gives each token.

    Returns: int64 (B, L); rows sum to `mel_lens`.
    """
    ends_BL = torch.cumsum(durations_BL.float(), dim=1).ceil().to(torch.int64)
    ends_BL = torch.minimum(ends_BL, mel_lens[:, None])
    position_L = torch.arange(durations_BL.shape[1], device=durations_BL.device)
    ends_BL = torch.where(position_L < tokens_lens[:, None] - 1, ends_BL, mel_lens[:, None])
    return torch.cat([ends_BL[:, :1], ends_BL[:, 1:] - ends_BL[:, :-1]], dim=1)


def token_means(values_BT: Tensor, durations_BL: Tensor) -> Tensor:
    """Mean over each token's frames, 0 for a token without frames: (B, L).

    Rows of int64 durations sum to no more than T.
    """
    zero_B1 = torch.zeros_like(values_BT[:, :1])
    sums_BT = torch.cat([zero_B1, torch.cumsum(values_BT.double(), dim=1)], dim=1)
    ends_BL = torch.cumsum(durations_BL, dim=1)
    total_BL = torch.gather(sums_BT, 1, ends_BL) - torch.gather(sums_BT, 1, ends_BL - durations_BL)
    return (total_BL / durations_BL.clamp(min=1)).to(values_BT.dtype)


class Kept:
    """Which positions of a batch of ids a model reads: all, or those that are no blanks.

    The first and the last position of a row always stay, so that silence at both ends has a
    place; a blank left out gives its frames to the position kept before it. P counts kept
    positions.
    """

    def __init__(self, tokens_BL: Tensor, tokens_lens: Tensor, blank: Tensor, exact: bool):
        """Args: blank, the id to leave out; exact: P is the greatest number kept, which makes the
        host wait for the device; otherwise it is what framing with blanks cannot exceed.

        Raises: ValueError on the CPU where more is kept than that.
        """
        position_L = torch.arange(tokens_BL.shape[1], device=tokens_BL.device)
        last_B1 = tokens_lens[:, None] - 1
        inner_BL = (tokens_BL != blank) & (position_L < last_B1)
        self.keep_BL = inner_BL | (position_L == 0) | (position_L == last_B1)
        self.lens = self.keep_BL.sum(1)
        self.size = self.lens.max() if exact else tokens_BL.shape[1] // 2 + 2
        if not exact and tokens_BL.device.type == "cpu" and bool((self.lens > self.size).any()):
            raise ValueError("ids without blanks between them: frame them, or set blanks = 'keep'")
        self.index_BP = expand_index(self.keep_BL.to(torch.int64), self.size)

    def take(self, values_BL: Tensor) -> Tensor:
        """The values at the kept positions: (B, P); beyond a row's end anything."""
        return torch.gather(values_BL, 1, self.index_BP)

    def gathered(self, durations_BL: Tensor) -> Tensor:
        """Durations (B, P) of the kept positions, those of blanks included."""
        starts_BL = torch.cumsum(durations_BL, dim=1) - durations_BL
        total_B1 = durations_BL.sum(1, keepdim=True)
        rank_P = torch.arange(self.size, device=durations_BL.device)
        starts_BP = torch.where(rank_P < self.lens[:, None], self.take(starts_BL), total_B1)
        ends_BP = torch.cat([starts_BP[:, 1:], total_B1], dim=1)
        return ends_BP - starts_BP

    def spread(self, values_BP: Tensor) -> Tensor:
        """Values of kept positions at their places among all: (B, L), 0 elsewhere."""
        rank_BL = torch.cumsum(self.keep_BL.to(torch.int64), dim=1) - 1
        values_BL = torch.gather(values_BP, 1, rank_BL)
        return torch.where(self.keep_BL, values_BL, torch.zeros_like(values_BL))

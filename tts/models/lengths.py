"""Turn lengths and durations into masks, tokens into frames and frames into tokens."""

from __future__ import annotations

import collections

import torch
from torch import Tensor

from tts.align.mas import cumulative_sum, expand_index


def length_mask(lens: Tensor, size: int | Tensor) -> Tensor:
    """Return the float mask (B, 1, size): 1 below each length."""
    return (torch.arange(size, device=lens.device) < lens[:, None])[:, None].float()


def expand(x_BDL: Tensor, durations_BL: Tensor, num_frames: int | Tensor) -> Tensor:
    """Repeat each token's column for its frames: (B, D, T)."""
    index_BT = expand_index(durations_BL, num_frames)
    return torch.gather(x_BDL, 2, index_BT[:, None].expand(-1, x_BDL.shape[1], -1))


def whole_frames(durations_BL: Tensor, tokens_lens: Tensor, mel_lens: Tensor) -> Tensor:
    """Round fractional durations to the frames that `expand` gives each token.

    Returns: int64 (B, L); rows sum to `mel_lens`.
    """
    ends_BL = cumulative_sum(durations_BL.float()).ceil().to(torch.int64)
    ends_BL = torch.minimum(ends_BL, mel_lens[:, None])
    position_L = torch.arange(durations_BL.shape[1], device=durations_BL.device)
    ends_BL = torch.where(position_L < tokens_lens[:, None] - 1, ends_BL, mel_lens[:, None])
    return torch.cat([ends_BL[:, :1], ends_BL[:, 1:] - ends_BL[:, :-1]], dim=1)


def token_means(values_BT: Tensor, durations_BL: Tensor) -> Tensor:
    """Average over each token's frames, 0 for a token without frames: (B, L).

    Rows of int64 durations sum to no more than T.
    """
    zero_B1 = torch.zeros_like(values_BT[:, :1])
    sums_BT = torch.cat([zero_B1, cumulative_sum(values_BT.double())], dim=1)
    ends_BL = torch.cumsum(durations_BL, dim=1)
    total_BL = torch.gather(sums_BT, 1, ends_BL) - torch.gather(sums_BT, 1, ends_BL - durations_BL)
    return (total_BL / durations_BL.clamp(min=1)).to(values_BT.dtype)


class LateCheck:
    """Raise on the host what was found wrong on a device, without waiting for the device.

    On the CPU the error comes at once; on CUDA it comes with a later check, as soon as the
    device has got there: a few steps of training late.
    """

    def __init__(self, message: str):
        self.message = message
        self._waiting: collections.deque = collections.deque()

    def __call__(self, wrong: Tensor) -> None:
        """Take note of a bool scalar. Raises: ValueError where it, or an earlier one, is true."""
        if wrong.device.type == "cuda":
            flag = torch.empty((), dtype=torch.bool, pin_memory=True)
            flag.copy_(wrong, non_blocking=True)
            copied = torch.cuda.Event()
            copied.record(torch.cuda.current_stream(wrong.device))
            self._waiting.append((copied, flag))
        elif wrong.device.type == "cpu" and bool(wrong):
            raise ValueError(self.message)
        while self._waiting and self._waiting[0][0].query():
            if bool(self._waiting.popleft()[1]):
                self._waiting.clear()
                raise ValueError(self.message)


check_blanks = LateCheck("ids without blanks between them: frame them, or set blanks = 'keep'")


class TokenSelection:
    """Select the positions of a batch of ids that a model reads: those that are no blanks.

    The first and the last position of a row stay with `ends`, so that silence at both ends has a
    place; a blank left out gives its frames to the position selected before it, else behind it. P
    counts selected positions.
    """

    def __init__(
        self,
        tokens_BL: Tensor,
        tokens_lens: Tensor,
        blank: Tensor,
        exact: bool,
        ends: bool = True,
    ):
        """Args: blank, the id to leave out; exact: P is the greatest number selected, which makes
        the host wait for the device; otherwise it is what framing with blanks cannot exceed.

        Raises: ValueError where more is selected than that; see LateCheck for when.
        """
        position_L = torch.arange(tokens_BL.shape[1], device=tokens_BL.device)
        last_B1 = tokens_lens[:, None] - 1
        selected_BL = (tokens_BL != blank) & (position_L <= last_B1)
        if ends:
            selected_BL = selected_BL | (position_L == 0) | (position_L == last_B1)
        self.selected_BL = selected_BL
        self.lens = self.selected_BL.sum(1)
        self.size = self.lens.max() if exact else tokens_BL.shape[1] // 2 + 2
        if not exact:
            check_blanks((self.lens > self.size).any())
        self.index_BP = expand_index(self.selected_BL.to(torch.int64), self.size)

    def take(self, values_BL: Tensor) -> Tensor:
        """Return the values at the selected positions: (B, P); beyond a row's end anything."""
        return torch.gather(values_BL, 1, self.index_BP)

    def take_durations(self, durations_BL: Tensor) -> Tensor:
        """Return the durations (B, P) of the selected positions, with those of blanks added."""
        starts_BL = torch.cumsum(durations_BL, dim=1) - durations_BL
        total_B1 = durations_BL.sum(1, keepdim=True)
        rank_P = torch.arange(self.size, device=durations_BL.device)
        starts_BP = torch.where(rank_P < self.lens[:, None], self.take(starts_BL), total_B1)
        starts_BP = starts_BP * (rank_P > 0)
        ends_BP = torch.cat([starts_BP[:, 1:], total_B1], dim=1)
        return ends_BP - starts_BP

    def put_back(self, values_BP: Tensor) -> Tensor:
        """Put values of selected positions at their places among all: (B, L), 0 elsewhere."""
        rank_BL = (torch.cumsum(self.selected_BL.to(torch.int64), dim=1) - 1).clamp(min=0)
        values_BL = torch.gather(values_BP, 1, rank_BL)
        return torch.where(self.selected_BL, values_BL, torch.zeros_like(values_BL))


def select_tokens(
    tokens_BL: Tensor, tokens_lens: Tensor, blank: Tensor, blanks: str, exact: bool
) -> tuple[Tensor, Tensor, TokenSelection | None]:
    """Return the ids that a model reads, (B, P), and how many; None where that is all of them.

    blanks: "keep", "strip" or, without those at both ends, "drop"; the rest as TokenSelection.
    """
    if blanks == "keep":
        return tokens_BL, tokens_lens, None
    selection = TokenSelection(tokens_BL, tokens_lens, blank, exact, ends=blanks == "strip")
    return selection.take(tokens_BL), selection.lens, selection

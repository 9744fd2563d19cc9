"""Decode a mel frame by frame, attending to the tokens (Shen et al. 2018; Chorowski et al. 2015).

Letters of shapes besides the usual: P tokens read, A attention channels, H hidden channels, G four
times as many.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tts.errors import InputError
from tts.models.fused import dropout
from tts.models.recurrent import SharedLinear

FRAMES_A_TOKEN = 12  # speech never lasts longer on average, however the gate behaves
OUTSIDE = -1e9  # score of a token that may not be attended to


@dataclass(frozen=True)
class AttentionDecoderConfig:
    """Hold the published sizes (NVIDIA's Tacotron 2): 1024 channels a recurrent layer.

    rnn_dropout: of what both recurrent layers keep, in the place of the paper's zoneout.
    """

    prenet_channels: int = 256
    prenet_dropout: float = 0.5
    rnn_channels: int = 1024
    rnn_dropout: float = 0.1
    attention_channels: int = 128
    location_filters: int = 32
    location_kernel_size: int = 31

    def __post_init__(self) -> None:
        if self.location_kernel_size % 2 == 0:
            raise InputError(f"location_kernel_size = {self.location_kernel_size}: must be odd")


class Prenet(nn.Module):
    """Squeeze a frame through two layers that lose half of their values at random.

    Without the loss, the next frame is so easily told from the last one that attention never forms.
    """

    def __init__(self, inputs: int, channels: int):
        super().__init__()
        self.layers = nn.ModuleList(
            nn.Linear(size, channels, bias=False) for size in (inputs, channels)
        )

    def forward(self, x: Tensor, probability: float) -> Tensor:
        for layer in self.layers:
            x = F.relu(layer(x))
            x = dropout(x, probability, probability > 0)
        return x

    def sampled(self, x_BF: Tensor, keep_2BH: Tensor) -> Tensor:
        """Compute the same with factors given in the place of random ones: (2, B, H)."""
        for layer, keep_BH in zip(self.layers, keep_2BH, strict=True):
            x_BF = F.relu(layer(x_BF)) * keep_BH
        return x_BF


class LocationAttention(nn.Module):
    """Weigh tokens by a query, by what they are, and by where attention was before."""

    def __init__(self, queries: int, memory: int, config: AttentionDecoderConfig):
        super().__init__()
        size, channels = config.location_kernel_size, config.attention_channels
        self.query_layer = nn.Linear(queries, channels, bias=False)
        self.memory_layer = nn.Linear(memory, channels, bias=False)
        self.v = nn.Linear(channels, 1, bias=False)
        self.location_conv = nn.Conv1d(
            2, config.location_filters, size, padding=size // 2, bias=False
        )
        self.location_dense = nn.Linear(config.location_filters, channels, bias=False)

    def location_matrix(self) -> Tensor:
        """Return convolution and linear layer of the location as one matrix: (A, 2 K)."""
        return self.location_dense.weight @ self.location_conv.weight.flatten(1)

    def forward(
        self,
        query_BA: Tensor,
        keys_BPA: Tensor,
        before_B2P: Tensor,
        outside_BP: Tensor,
        locate: Callable[[Tensor], Tensor],
    ) -> Tensor:
        """Return the weights (B, P), which sum to 1.

        Args: query_BA, keys_BPA, `query_layer` and `memory_layer` of what asks and of the memory;
        before_B2P, the last weights and the sum of all before; outside_BP, True where no attention
        may go; locate, multiplies rows by `location_matrix`.
        """
        (size,) = self.location_conv.kernel_size
        near_B2PK = F.pad(before_B2P, (size // 2, size // 2)).unfold(2, size, 1)
        location_NA = locate(near_B2PK.transpose(1, 2).reshape(-1, 2 * size))
        location_BPA = location_NA.unflatten(0, outside_BP.shape)
        hidden_BPA = torch.tanh(query_BA[:, None] + location_BPA + keys_BPA)
        scores_BP = self.v(hidden_BPA)[:, :, 0].float()
        return scores_BP.masked_fill(outside_BP, OUTSIDE).softmax(1)


@dataclass(frozen=True)
class State:
    """Hold what a step leaves to the next: hidden values and cells of both recurrent layers, the
    context read, and (B, 2, P), the weights and their sum.
    """

    hidden_1: Tensor
    cell_1: Tensor
    hidden_2: Tensor
    cell_2: Tensor
    context: Tensor
    weights_B2P: Tensor

    def kept(self, going_B: Tensor, before: State) -> State:
        """Return this state for rows that go on, that of `before` for the others."""
        pairs = zip(vars(self).values(), vars(before).values(), strict=True)
        chosen = []
        for now, then in pairs:
            going = going_B.reshape(-1, *[1] * (now.dim() - 1))
            chosen.append(torch.where(going, now, then))
        return State(*chosen)


class AttentionDecoder(nn.Module):
    """Make frames from a memory of tokens, one a step."""

    def __init__(self, memory: int, n_mels: int, config: AttentionDecoderConfig):
        super().__init__()
        self.config, self.n_mels = config, n_mels
        hidden, prenet = config.rnn_channels, config.prenet_channels
        self.prenet = Prenet(n_mels, prenet)
        self.attention_rnn = nn.LSTMCell(prenet + memory, hidden)
        self.attention_layer = LocationAttention(hidden, memory, config)
        self.decoder_rnn = nn.LSTMCell(hidden + memory, hidden)
        self.linear_projection = nn.Linear(hidden + memory, n_mels)
        self.gate_layer = nn.Linear(hidden + memory, 1)

    def teach(
        self, memory_BPD: Tensor, mask_B1P: Tensor, mel_BTF: Tensor, told: bool = False
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Decode with the recording's own last frame before each step.

        What does not depend on the step before is computed for all frames at once. The prenet loses
        values in training alone.

        told: whether a loss says of each frame where to attend. Then no gradient leads through
        where attention was before: summed over hundreds of steps it drowns all others.

        Returns: mel (B, T, F), stop logits (B, T), attention (B, T, P).
        """
        before_BTF = F.pad(mel_BTF, (0, 0, 1, -1))
        prenet_BTH = self.prenet(before_BTF, self.config.prenet_dropout * self.training)
        hidden_BTH, context_BTD, weights_BTP = self._attend(memory_BPD, mask_B1P, prenet_BTH, told)
        both_BTX = torch.cat([hidden_BTH, context_BTD], 2)
        hidden_BTH = self._recur(F.linear(both_BTX, self.decoder_rnn.weight_ih))
        read_BTX = torch.cat([hidden_BTH, context_BTD], 2)
        return self.linear_projection(read_BTX), self.gate_layer(read_BTX)[:, :, 0], weights_BTP

    def _attend(
        self, memory_BPD: Tensor, mask_B1P: Tensor, prenet_BTH: Tensor, told: bool
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Return of each step the hidden values of the first layer, the context, the weights."""
        cell, attention, size = self.attention_rnn, self.attention_layer, prenet_BTH.shape[2]
        keys_BPA = attention.memory_layer(memory_BPD)
        outside_BP = mask_B1P[:, 0] == 0
        given_BTG = F.linear(prenet_BTH, cell.weight_ih[:, :size], cell.bias_ih + cell.bias_hh)
        recur = SharedLinear(torch.cat([cell.weight_ih[:, size:], cell.weight_hh], 1))
        ask, locate = map(SharedLinear, (attention.query_layer.weight, attention.location_matrix()))
        state = self.begin(memory_BPD)
        hidden_BH, cell_BH = state.hidden_1, state.cell_1
        context_BD, before_B2P = state.context, state.weights_B2P
        kept = []
        for given_BG in given_BTG.unbind(1):
            both_BX = torch.cat([context_BD, hidden_BH], 1)
            hidden_BH, cell_BH = gated(given_BG + recur(both_BX), cell_BH)
            hidden_BH = dropout(hidden_BH, self.config.rnn_dropout, self.training)
            query_BA = ask(hidden_BH)
            weights_BP = attention(query_BA, keys_BPA, before_B2P, outside_BP, locate)
            last_BP = weights_BP.detach() if told else weights_BP
            before_B2P = torch.stack([last_BP, before_B2P[:, 1] + last_BP], 1)
            context_BD = torch.bmm(weights_BP[:, None].to(memory_BPD.dtype), memory_BPD)[:, 0]
            kept.append((hidden_BH, context_BD, weights_BP))
        hidden, context, weights = (torch.stack(part, 1) for part in zip(*kept, strict=True))
        return hidden, context, weights

    def _recur(self, given_BTG: Tensor) -> Tensor:
        """Run the second layer over all steps, its inputs already multiplied: (B, T, H)."""
        cell = self.decoder_rnn
        given_BTG = given_BTG + (cell.bias_ih + cell.bias_hh)
        hidden_BH = cell_BH = given_BTG.new_zeros(len(given_BTG), self.config.rnn_channels)
        recur, kept = SharedLinear(cell.weight_hh), []
        for given_BG in given_BTG.unbind(1):
            hidden_BH, cell_BH = gated(given_BG + recur(hidden_BH), cell_BH)
            hidden_BH = dropout(hidden_BH, self.config.rnn_dropout, self.training)
            kept.append(hidden_BH)
        return torch.stack(kept, 1)

    def begin(self, memory_BPD: Tensor) -> State:
        """Return the state before the first frame: all zero."""
        zero_BH = memory_BPD.new_zeros(len(memory_BPD), self.config.rnn_channels)
        weights_B2P = memory_BPD.new_zeros(len(memory_BPD), 2, memory_BPD.shape[1])
        return State(zero_BH, zero_BH, zero_BH, zero_BH, memory_BPD[:, 0] * 0, weights_B2P)

    def step(
        self,
        frame_BF: Tensor,
        keep_2BH: Tensor,
        state: State,
        memory_BPD: Tensor,
        keys_BPA: Tensor,
        outside_BP: Tensor,
        locate: Callable[[Tensor], Tensor],
    ) -> tuple[Tensor, Tensor, State]:
        """Make the frame after `frame_BF`, outside training.

        keep_2BH: factors of the prenet's values; keys_BPA, outside_BP, locate: as the attention
        layer takes them, the same in all steps. Returns: the frame (B, F), the stop logit (B,),
        the next state.
        """
        prenet_BH = self.prenet.sampled(frame_BF, keep_2BH)
        first = self.attention_rnn(
            torch.cat([prenet_BH, state.context], 1), (state.hidden_1, state.cell_1)
        )
        attention = self.attention_layer
        query_BA, before_B2P = attention.query_layer(first[0]), state.weights_B2P
        weights_BP = attention(query_BA, keys_BPA, before_B2P, outside_BP, locate)
        weights_B2P = torch.stack([weights_BP, before_B2P[:, 1] + weights_BP], 1)
        context_BD = torch.bmm(weights_BP[:, None], memory_BPD)[:, 0]
        second = self.decoder_rnn(
            torch.cat([first[0], context_BD], 1), (state.hidden_2, state.cell_2)
        )
        read_BX = torch.cat([second[0], context_BD], 1)
        state = State(*first, *second, context_BD, weights_B2P)
        return self.linear_projection(read_BX), self.gate_layer(read_BX)[:, 0], state


def gated(gates_BG: Tensor, cell_BH: Tensor) -> tuple[Tensor, Tensor]:
    """Apply the gates of a long short-term memory: the hidden values and the cell of a step."""
    enter, forget, new, leave = gates_BG.float().chunk(4, 1)
    cell_BH = torch.sigmoid(forget) * cell_BH + torch.sigmoid(enter) * torch.tanh(new)
    return torch.sigmoid(leave) * torch.tanh(cell_BH), cell_BH


def window(weights_BP: Tensor, place_B: Tensor, size: int) -> tuple[Tensor, Tensor]:
    """Hold attention monotonic: say where the next step may not attend to.

    Args: weights_BP, of the last step; place_B, the token read furthest; size, tokens ahead of it
    that may be read, besides the one before it.
    Returns: True outside (B, P), and the token read furthest now.
    """
    place_B = torch.maximum(place_B, weights_BP.argmax(1))
    ahead_BP = torch.arange(weights_BP.shape[1], device=place_B.device) - place_B[:, None]
    return (ahead_BP < -1) | (ahead_BP > size), place_B

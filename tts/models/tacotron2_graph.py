"""Run Tacotron 2 on one utterance as rows: what its exported graph computes.

The step is traced and the loop around it scripted, so that the graph stores the step once. P counts
the tokens read.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tts.models.attention_decoder import FRAMES_A_TOKEN, OUTSIDE, AttentionDecoder, gated
from tts.models.rows import Dense, convolution
from tts.models.tacotron2_layers import Encoder, PostNet

TRACED_ROWS = 8


class MemoryRows(nn.Module):
    """Read ids (P,) as memory (P, D) and as keys of the attention (P, A)."""

    def __init__(self, model: nn.Module, int8: bool):
        super().__init__()
        encoder: Encoder = model.encoder
        self.register_buffer("embedding", model.embedding.weight.detach())
        convs = encoder.convolutions.folded()
        self.convs = nn.ModuleList(convolution(conv, int8) for conv in convs)
        self.lstm = both_directions(encoder.forwards, encoder.backwards)
        self.keys = Dense.of(model.decoder.attention_layer.memory_layer)

    def forward(self, ids_P: Tensor) -> tuple[Tensor, Tensor]:
        x_PD = F.embedding(ids_P, self.embedding)
        for conv in self.convs:
            x_PD = F.relu(conv(x_PD))
        memory_PD = self.lstm(x_PD[:, None])[0][:, 0]
        return memory_PD, self.keys(memory_PD)


def both_directions(forwards: nn.LSTM, backwards: nn.LSTM) -> nn.LSTM:
    """Join two recurrent layers to one that reads in both directions."""
    joined = nn.LSTM(forwards.input_size, forwards.hidden_size, bidirectional=True)
    weights = dict(forwards.state_dict())
    weights |= {f"{name}_reverse": value for name, value in backwards.state_dict().items()}
    joined.load_state_dict(weights)
    return joined


class StepRows(nn.Module):
    """Make one frame: AttentionDecoder.step for one utterance, products joined.

    hidden (4, H) holds hidden values and cell of the first layer, then those of the second.
    """

    def __init__(self, decoder: AttentionDecoder):
        super().__init__()
        attention = decoder.attention_layer
        self.prenet_0, self.prenet_1 = map(Dense.of, decoder.prenet.layers)
        self.first, self.second = map(recurrent, (decoder.attention_rnn, decoder.decoder_rnn))
        self.query, self.location = Dense.of(attention.query_layer), attention.location_conv
        self.dense, self.v = Dense.of(attention.location_dense), Dense.of(attention.v)
        self.read = Dense.of(decoder.linear_projection, decoder.gate_layer)

    def forward(
        self,
        frame_1F: Tensor,
        keep_2H: Tensor,
        hidden_4H: Tensor,
        context_1D: Tensor,
        before_2P: Tensor,
        memory_PD: Tensor,
        keys_PA: Tensor,
        outside_P: Tensor,
    ) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        """Return the frame (1, F), the stop logit, and hidden, context and weights for the next."""
        x_1H = F.relu(self.prenet_0(frame_1F)) * keep_2H[:1]
        x_1H = F.relu(self.prenet_1(x_1H)) * keep_2H[1:]
        gates_1G = self.first(torch.cat([x_1H, context_1D, hidden_4H[:1]], 1))
        hidden_1H, cell_1H = gated(gates_1G, hidden_4H[1:2])
        location_PA = self.dense(self.location(before_2P[None])[0].t())
        scores_P = self.v(torch.tanh(self.query(hidden_1H) + location_PA + keys_PA))[:, 0]
        weights_1P = torch.where(outside_P, OUTSIDE, scores_P).softmax(0)[None]
        context_1D = weights_1P @ memory_PD
        gates_1G = self.second(torch.cat([hidden_1H, context_1D, hidden_4H[2:3]], 1))
        second_1H, second_cell_1H = gated(gates_1G, hidden_4H[3:])
        read_1X = self.read(torch.cat([second_1H, context_1D], 1))
        hidden_4H = torch.cat([hidden_1H, cell_1H, second_1H, second_cell_1H])
        before_2P = torch.cat([weights_1P, before_2P[1:] + weights_1P])
        return read_1X[:, :-1], read_1X[0, -1], hidden_4H, context_1D, before_2P


def recurrent(cell: nn.LSTMCell) -> Dense:
    """Join both products of a recurrent layer: inputs and hidden values side by side."""
    weight_GX = torch.cat([cell.weight_ih, cell.weight_hh], 1)
    return Dense(weight_GX.t(), cell.bias_ih + cell.bias_hh)


class CorrectionRows(nn.Module):
    """Correct the mel (T, F) as the post-net does."""

    def __init__(self, postnet: PostNet, int8: bool):
        super().__init__()
        convs = postnet.convolutions.folded()
        self.convs = nn.ModuleList(convolution(conv, int8) for conv in convs)

    def forward(self, mel_TF: Tensor) -> Tensor:
        x_TD = mel_TF
        for number, conv in enumerate(self.convs, 1):
            x_TD = conv(x_TD)
            x_TD = torch.tanh(x_TD) if number < len(self.convs) else x_TD
        return mel_TF + x_TD


class Tacotron2Graph(nn.Module):
    """Speak one utterance, with the runtime's inputs and outputs.

    KEEP: the matrices that make frames and where attention goes, which stay float32 in 8 bit.
    """

    KEEP = ("step.read", "step.query", "step.dense", "memory.keys")

    def __init__(self, model: nn.Module, int8: bool):
        super().__init__()
        config = model.config
        self.probability: float = config.decoder.prenet_dropout
        self.prenet_channels: int = config.decoder.prenet_channels
        self.frames_a_token: int = FRAMES_A_TOKEN
        self.keep: bool = config.blanks == "keep"
        self.ends: bool = config.blanks == "strip"
        self.blank: int = int(model.blank)
        self.window: int = config.attention_window
        self.n_mels: int = model.decoder.n_mels
        self.hidden: int = config.decoder.rnn_channels
        self.threshold: float = float(torch.logit(torch.tensor(config.gate_threshold)))
        self.register_buffer("mel_mean", model.mel_mean)
        self.register_buffer("mel_std", model.mel_std)
        memory, step = MemoryRows(model, int8).eval(), StepRows(model.decoder).eval()
        correction = CorrectionRows(model.postnet, int8).eval()
        ids_P = torch.zeros(TRACED_ROWS, dtype=torch.int64)
        memory_PD, keys_PA = memory(ids_P)
        self.memory = torch.jit.trace(memory, ids_P, check_trace=False)
        example = (
            torch.zeros(1, self.n_mels),
            torch.ones(2, self.prenet_channels),
            torch.zeros(4, self.hidden),
            memory_PD[:1],
            torch.zeros(2, TRACED_ROWS),
            memory_PD,
            keys_PA,
            torch.zeros(TRACED_ROWS, dtype=torch.bool),
        )
        self.step = torch.jit.trace(step, example, check_trace=False)
        mel_TF = torch.zeros(TRACED_ROWS, self.n_mels)
        self.correction = torch.jit.trace(correction, mel_TF, check_trace=False)

    def forward(
        self, x: Tensor, x_length: Tensor, noise_scale: Tensor, length_scale: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Turn ids (1, L), their count and two scales into log mel (1, F, T) and frames (1, L)."""
        ids_L = x[0, : x_length[0]]
        position_L = torch.ones_like(ids_L).cumsum(0) - 1
        index_P = position_L
        if not self.keep:
            read_L = ids_L != self.blank
            if self.ends:
                read_L = read_L | (position_L == 0) | (position_L == x_length[0] - 1)
            index_P = torch.nonzero(read_L)[:, 0]
        memory_PD, keys_PA = self.memory(ids_L[index_P])
        place_P = torch.ones_like(index_P).cumsum(0) - 1
        padding_P = place_P < 0
        outside_P = padding_P
        limit = place_P[-1] * self.frames_a_token + self.frames_a_token
        frame_1F = torch.zeros([1, self.n_mels])
        hidden_4H = torch.zeros([4, self.hidden])
        context_1D = memory_PD[:1] * 0
        before_2P = torch.stack([keys_PA[:, 0], keys_PA[:, 0]]) * 0
        # 1 / (1 - p) for what is kept; with noise_scale 0 all is kept, as it is.
        random = (noise_scale > 0).to(torch.float32)
        furthest = torch.zeros([1], dtype=torch.int64)
        frames: list[Tensor] = []
        reads: list[Tensor] = []
        count = torch.tensor(0)
        going = True
        while going:
            drawn_2H = torch.rand([2, self.prenet_channels])
            kept_2H = (drawn_2H >= self.probability).to(torch.float32) / (1 - self.probability)
            keep_2H = 1 + random * (kept_2H - 1)
            frame_1F, gate, hidden_4H, context_1D, before_2P = self.step(
                frame_1F, keep_2H, hidden_4H, context_1D, before_2P, memory_PD, keys_PA, outside_P
            )
            read = before_2P[:1].argmax(1)
            if self.window > 0:
                furthest = torch.maximum(furthest, read)
                ahead_P = place_P - furthest
                outside_P = (ahead_P < -1) | (ahead_P > self.window)
            frames.append(frame_1F[0])
            reads.append(read[0])
            count = count + 1
            going = bool((gate <= self.threshold) & (count < limit))
        mel_TF, read_T = self.correction(torch.stack(frames)), torch.stack(reads)
        # Stretch each frame by the scale: see tts.models.tacotron2.stretched.
        num_frames = (count * length_scale[0]).floor().to(torch.int64).clamp(min=1)
        centre_S = torch.ones(num_frames, dtype=torch.float32).cumsum(0) - 0.5
        source_S = centre_S / length_scale[0] - 0.5
        nearest_S = (source_S + 0.5).floor().to(torch.int64).clamp(min=0).minimum(count - 1)
        off_S = source_S - nearest_S
        other_S = (nearest_S + off_S.sign().to(torch.int64)).clamp(min=0).minimum(count - 1)
        share_S1 = off_S.abs().clamp(max=0.5)[:, None]
        mel_SF = mel_TF[nearest_S] * (1 - share_S1) + mel_TF[other_S] * share_S1
        mel_SF = mel_SF * self.mel_std + self.mel_mean
        durations_L = torch.zeros_like(x[0]).scatter_add(
            0, index_P[read_T[nearest_S]], torch.ones_like(nearest_S)
        )
        return mel_SF.t()[None], durations_L[None]

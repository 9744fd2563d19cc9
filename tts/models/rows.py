"""Run the layers of exported graphs on one utterance as rows (T, D), without masks or batch.

A graph speaks one utterance, of which every token and frame is real. Each layer takes its weights
from a trained layer and gives the numbers that the trained layer gives for real positions.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tts.models.predictor import ChannelNorm, Predictor
from tts.models.text_encoder import turn


class Dense(nn.Module):
    """Multiply rows by a matrix and add a bias."""

    def __init__(self, weight_IO: Tensor, bias_O: Tensor | None = None):
        super().__init__()
        self.register_buffer(
            "weight", weight_IO.detach().clone(memory_format=torch.contiguous_format)
        )
        self.register_buffer("bias", None if bias_O is None else bias_O.detach().clone())

    @staticmethod
    def of(*layers: nn.Linear | nn.Conv1d) -> Dense:
        """Join linear layers or 1x1 convolutions of one input, outputs side by side."""
        weight_OI = torch.cat([layer.weight.flatten(1) for layer in layers])
        biases = [layer.bias for layer in layers if layer.bias is not None]
        return Dense(weight_OI.t(), torch.cat(biases) if biases else None)

    def forward(self, x_TI: Tensor) -> Tensor:
        y_TO = x_TI @ self.weight
        return y_TO if self.bias is None else y_TO + self.bias


class Convolution(nn.Module):
    """Convolve rows as one product: the rows that the kernel sees, side by side, with the kernel.

    The size is odd, the padding half of it. In 8 bit the product costs little, and rows are copied
    as bytes.
    """

    def __init__(self, conv: nn.Conv1d):
        super().__init__()
        self.size, self.stride = conv.kernel_size[0], conv.stride[0]
        self.product = Dense(conv.weight.permute(2, 1, 0).flatten(0, 1), conv.bias)

    def forward(self, x_TI: Tensor) -> Tensor:
        half = self.size // 2
        padded_TI = F.pad(x_TI, (0, 0, half, half))
        seen = [padded_TI[at : at + 1 - self.size or None : self.stride] for at in range(self.size)]
        return self.product(torch.cat(seen, dim=1))


class FastConvolution(nn.Module):
    """Convolve rows with a kernel of three: four products for two rows in the place of six.

    F(2, 3) of Winograd 1980 (Lavin and Gray 2016, section 4.1). In float32 the sums around the
    products take less time than the products saved.
    """

    def __init__(self, conv: nn.Conv1d):
        super().__init__()
        first, middle, last = conv.weight.detach().double().permute(2, 1, 0)
        self.product_0 = Dense(first.float())
        self.product_1 = Dense(((first + middle + last) / 2).float(), conv.bias)
        self.product_3 = Dense(last.float())

    def forward(self, x_TI: Tensor) -> Tensor:
        padded_TI = F.pad(x_TI, (0, 0, 1, 2))
        before, even, odd, after = (padded_TI[at : at - 3 or None : 2] for at in range(4))
        # (first - middle + last) / 2: not stored, ONNX Runtime computes it as it loads the file.
        weight_IO = self.product_0.weight + self.product_3.weight - self.product_1.weight
        sum_0, sum_1 = self.product_0(before - odd), self.product_1(even + odd)
        sum_2, sum_3 = (odd - even) @ weight_IO, self.product_3(even - after)
        pairs_HO = torch.cat([sum_0 + sum_1 + sum_2, sum_1 - sum_2 - sum_3], dim=1)
        return pairs_HO.reshape(-1, pairs_HO.shape[1] // 2)[: x_TI.shape[0]]


def convolution(conv: nn.Conv1d, int8: bool) -> nn.Module:
    """Return the form of a convolution of rows that is fastest in 8 bit or in float32."""
    if conv.kernel_size[0] == 1:
        return Dense.of(conv)
    fast = not int8 and conv.kernel_size[0] == 3 and conv.stride[0] == 1
    return FastConvolution(conv) if fast else Convolution(conv)


class ColumnConvolution(nn.Module):
    """Convolve (1, D, T) as a nn.Conv1d does, by rows."""

    def __init__(self, conv: nn.Conv1d):
        super().__init__()
        self.kernel_size = conv.kernel_size
        self.rows = Convolution(conv)

    def forward(self, x_1DT: Tensor) -> Tensor:
        x_TD = x_1DT.transpose(1, 2).reshape(-1, x_1DT.shape[1])
        return self.rows(x_TD).t()[None]


def convolving_rows(model: nn.Module) -> nn.Module:
    """Copy a model for one utterance, with its convolutions as products of rows."""
    model = copy.deepcopy(model)
    for module in list(model.modules()):
        for name, child in module.named_children():
            if isinstance(child, nn.Conv1d):
                setattr(module, name, ColumnConvolution(child))
    return model


class Doubling(nn.Module):
    """Convolve transposed with size 4, stride 2, padding 1: rows (T, D) to (2 T, D)."""

    def __init__(self, conv: nn.ConvTranspose1d):
        super().__init__()
        kernel = conv.weight.permute(2, 0, 1)
        self.even = Dense(torch.cat([kernel[3], kernel[1]]), conv.bias)
        self.odd = Dense(torch.cat([kernel[2], kernel[0]]), conv.bias)

    def forward(self, x_TI: Tensor) -> Tensor:
        padded_TI = F.pad(x_TI, (0, 0, 1, 1))
        even_TO = self.even(torch.cat([padded_TI[:-2], x_TI], dim=1))
        odd_TO = self.odd(torch.cat([x_TI, padded_TI[2:]], dim=1))
        return torch.cat([even_TO, odd_TO], dim=1).reshape(-1, even_TO.shape[1])


class Norm(nn.Module):
    """Normalise each row, as a LayerNorm or ChannelNorm does."""

    def __init__(self, norm: nn.LayerNorm | ChannelNorm):
        super().__init__()
        channels = isinstance(norm, ChannelNorm)
        weight, bias = (norm.gamma, norm.beta) if channels else (norm.weight, norm.bias)
        self.register_buffer("weight", weight.detach().clone())
        self.register_buffer("bias", bias.detach().clone())
        self.eps = 1e-4 if channels else norm.eps  # ChannelNorm's

    def forward(self, x_TD: Tensor) -> Tensor:
        return F.layer_norm(x_TD, self.weight.shape, self.weight, self.bias, self.eps)


class Attention(nn.Module):
    """Attend with each head to all rows, between two projections."""

    def __init__(self, qkv: Sequence[nn.Module], out: nn.Module, num_heads: int):
        super().__init__()
        self.project_qkv, self.project_out = Dense.of(*qkv), Dense.of(out)
        self.num_heads, self.width = num_heads, self.project_out.weight.shape[0]
        scale = (self.width // num_heads) ** -0.5  # of the scores
        self.project_qkv.weight[:, : self.width] *= scale
        if self.project_qkv.bias is not None:
            self.project_qkv.bias[: self.width] *= scale

    def forward(self, x_TD: Tensor, angle_TD: tuple[Tensor, Tensor] | None = None) -> Tensor:
        """Attend within one utterance, (T, D) -> (T, D).

        angle_TD: cosines and sines by which queries and keys are turned.
        """
        qkv = self.project_qkv(x_TD)
        if angle_TD is not None:
            cos, sin = (part[:, None] for part in angle_TD)
            of_heads = qkv.reshape(x_TD.shape[0], 3 * self.num_heads, -1)
            qk, v = of_heads[:, : 2 * self.num_heads], of_heads[:, 2 * self.num_heads :]
            qkv = torch.cat([turn(qk, cos, sin), v], dim=1).flatten(1)
        heads = qkv.split(self.width // self.num_heads, dim=1)
        q, k, v = (heads[at : at + self.num_heads] for at in range(0, len(heads), self.num_heads))
        mixed = [
            (query @ key.t()).softmax(-1) @ value for query, key, value in zip(q, k, v, strict=True)
        ]
        return self.project_out(torch.cat(mixed, dim=1))


def predictor(layers: Predictor, int8: bool) -> nn.Sequential:
    """Return a Predictor for rows: (L, D) to (L, outputs)."""
    return nn.Sequential(
        convolution(layers.conv_1, int8),
        nn.ReLU(),
        Norm(layers.norm_1),
        convolution(layers.conv_2, int8),
        nn.ReLU(),
        Norm(layers.norm_2),
        Dense.of(layers.proj),
    )

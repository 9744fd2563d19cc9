"""One utterance as rows (T, D) without masks or batch: the layers of exported graphs.

A graph speaks one utterance, of which every token and frame is real. Each layer here takes its
weights from a trained layer and gives the same numbers as that layer does for real positions.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class Dense(nn.Module):
    """Multiply rows by a matrix and add a bias."""

    def __init__(self, weight_IO: Tensor, bias_O: Tensor | None = None):
        super().__init__()
        self.register_buffer("weight", weight_IO.detach().float().contiguous())
        self.register_buffer("bias", None if bias_O is None else bias_O.detach().float().clone())

    @staticmethod
    def of(*layers: nn.Linear | nn.Conv1d) -> Dense:
        """The layers, linear or 1x1 convolutions of one input, as one, outputs side by side."""
        weight_OI = torch.cat([layer.weight.flatten(1) for layer in layers])
        biases = [layer.bias for layer in layers if layer.bias is not None]
        return Dense(weight_OI.t(), torch.cat(biases) if biases else None)

    def forward(self, x_TI: Tensor) -> Tensor:
        y_TO = x_TI @ self.weight
        return y_TO if self.bias is None else y_TO + self.bias


def windows(x_TD: Tensor, size: int, stride: int = 1) -> Tensor:
    """The rows that a convolution of odd `size` sees at each place: (T / stride, size * D)."""
    padded_TD = F.pad(x_TD, (0, 0, size // 2, size // 2))
    parts = [padded_TD[at : at + 1 - size or None : stride] for at in range(size)]
    return torch.cat(parts, dim=1)


class Convolution(nn.Module):
    """Convolve rows as one product of their windows with the kernel.

    Form for 8-bit products, which are cheap beside what surrounds them, and for any size.
    """

    def __init__(self, conv: nn.Conv1d):
        super().__init__()
        self.size, self.stride = conv.kernel_size[0], conv.stride[0]
        self.product = Dense(conv.weight.permute(2, 1, 0).flatten(0, 1), conv.bias)

    def forward(self, x_TI: Tensor) -> Tensor:
        return self.product(windows(x_TI, self.size, self.stride))


class FastConvolution(nn.Module):
    """Convolve rows with a kernel of three: four products for two outputs in the place of six.

    F(2, 3) of Winograd 1980 (Lavin & Gray 2016, section 3); the sums before and after the
    products take less time than the products saved.
    """

    def __init__(self, conv: nn.Conv1d):
        super().__init__()
        first, middle, last = conv.weight.detach().double().permute(2, 1, 0)
        self.product_0 = Dense(first)
        self.product_1 = Dense((first + middle + last) / 2, conv.bias)
        self.product_2 = Dense((first - middle + last) / 2)
        self.product_3 = Dense(last)

    def forward(self, x_TI: Tensor) -> Tensor:
        padded_TI = F.pad(x_TI, (0, 0, 1, 2))
        before, even, odd, after = (padded_TI[at : at - 3 or None : 2] for at in range(4))
        sum_0, sum_1 = self.product_0(before - odd), self.product_1(even + odd)
        sum_2, sum_3 = self.product_2(odd - even), self.product_3(even - after)
        pairs_HO = torch.cat([sum_0 + sum_1 + sum_2, sum_1 - sum_2 - sum_3], dim=1)
        return pairs_HO.reshape(-1, pairs_HO.shape[1] // 2)[: x_TI.shape[0]]


def convolution(conv: nn.Conv1d, int8: bool) -> nn.Module:
    """The form of a convolution of rows that is fastest in float32, or in 8 bit."""
    if conv.kernel_size[0] == 1:
        return Dense.of(conv)
    fast = not int8 and conv.kernel_size[0] == 3 and conv.stride[0] == 1
    return FastConvolution(conv) if fast else Convolution(conv)


class Doubling(nn.Module):
    """A transposed convolution of size 4, stride 2, padding 1: rows (T, D) to (2 T, D)."""

    def __init__(self, conv: nn.ConvTranspose1d):
        super().__init__()
        kernel = conv.weight.permute(2, 0, 1)
        self.even = Dense(torch.cat([kernel[3], kernel[1]]), conv.bias)
        self.odd = Dense(torch.cat([kernel[2], kernel[0]]), conv.bias)

    def forward(self, x_TI: Tensor) -> Tensor:
        padded_TI = F.pad(x_TI, (0, 0, 1, 1))
        before, at, after = (padded_TI[at : at - 2 or None] for at in range(3))
        even_TO = self.even(torch.cat([before, at], dim=1))
        odd_TO = self.odd(torch.cat([at, after], dim=1))
        return torch.cat([even_TO, odd_TO], dim=1).reshape(-1, even_TO.shape[1])


class Norm(nn.Module):
    """Layer normalisation of each row, by the parameters of any such layer."""

    def __init__(self, weight: Tensor, bias: Tensor, eps: float):
        super().__init__()
        self.register_buffer("weight", weight.detach().clone())
        self.register_buffer("bias", bias.detach().clone())
        self.eps = eps

    def forward(self, x_TD: Tensor) -> Tensor:
        return F.layer_norm(x_TD, self.weight.shape, self.weight, self.bias, self.eps)


class Attention(nn.Module):
    """Project rows to queries, keys and values, attend with each head, and project back."""

    def __init__(self, qkv: list[nn.Module], out: nn.Module, num_heads: int, turn=None):
        """Args: qkv and out, linear layers or 1x1 convolutions; turn, of queries and keys (T, D)."""
        super().__init__()
        self.project_qkv, self.project_out = Dense.of(*qkv), Dense.of(out)
        width = qkv[0].weight.shape[0]
        self.num_heads, self.size, self.turn = num_heads, width // num_heads, turn
        scale = self.size**-0.5
        self.project_qkv.weight[:, :width] *= scale
        if self.project_qkv.bias is not None:
            self.project_qkv.bias[:width] *= scale

    def forward(self, x_TD: Tensor) -> Tensor:
        heads = self.project_qkv(x_TD).split(self.size, dim=1)
        count, mixed = self.num_heads, []
        for q, k, v in zip(heads[:count], heads[count : 2 * count], heads[2 * count :]):
            if self.turn is not None:
                q, k = self.turn(q), self.turn(k)
            mixed.append((q @ k.t()).softmax(-1) @ v)
        return self.project_out(torch.cat(mixed, dim=1))

"""Compute operations with a hand-written backward: the same numbers, fewer passes over memory.

On a CPU a training step is bound by memory as much as by arithmetic. Each operation here has
a plain form, used for inference, export and torch.compile (which fuses by itself), and a fused
form, used while gradients are recorded; a test holds them equal.
"""

from __future__ import annotations

import functools
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tts.autocast import no_autocast

BYTE_VALUES = 2**8


def recording() -> bool:
    """Say whether gradients are being recorded (and no graph is traced for export or compiled)."""
    traced = torch.jit.is_tracing() or torch.compiler.is_compiling()
    return torch.is_grad_enabled() and not traced


def _in_full_precision(forward: Callable) -> Callable:
    """Switch autocast off inside `forward` and give it no 16-bit input."""

    @functools.wraps(forward)
    def wrapped(ctx, x, *rest):
        if x.dtype in (torch.float16, torch.bfloat16):
            x = x.float()
        with no_autocast(x.device.type):
            return forward(ctx, x, *rest)

    return wrapped


def masked_norm_mish(
    x_BDT: Tensor, mask_B1T: Tensor, weight: Tensor, bias: Tensor, groups: int, eps: float
) -> Tensor:
    """Normalise groups over real frames only, then apply Mish and the mask.

    Args:
      x_BDT: input; mask_B1T: 1 for real frames; weight, bias: (D,); groups divide D.

    Group normalisation: Wu & He 2018; Mish, x tanh(log(1 + e^x)): Misra 2019.
    """
    if recording():
        return _MaskedNormMish.apply(x_BDT, mask_B1T, weight, bias, groups, eps)
    grouped = (x_BDT * mask_B1T).unflatten(1, (groups, -1))
    count = mask_B1T.sum(2)[:, :, None, None] * grouped.shape[2]
    mean = grouped.sum((2, 3), keepdim=True) / count
    centred = (grouped - mean) * mask_B1T[:, None]
    variance = centred.square().sum((2, 3), keepdim=True) / count
    normed = (centred * torch.rsqrt(variance + eps)).flatten(1, 2)
    return mish(normed * weight[:, None] + bias[:, None]) * mask_B1T


def mish(x: Tensor) -> Tensor:
    """Compute x tanh(log(1 + e^x)); traced for export in the form with the fewest costly
    operations.

    With n = e^x (e^x + 2) that is x n / (n + 2): one exponential instead of exponential,
    logarithm and tanh, which is a tenth of the ONNX graph's time. From 20 on it is x.
    """
    if not torch.jit.is_tracing():
        return F.mish(x)
    power = x.clamp(max=20.0).exp()
    n = power * (power + 2)
    return x * n / (n + 2)


class _MaskedNormMish(torch.autograd.Function):
    """Normalise by one multiply-add per element; sums over frames as matrix products."""

    @staticmethod
    @_in_full_precision
    def forward(ctx, x, mask, weight, bias, groups, eps):
        frames_BT1 = mask.transpose(1, 2).to(x.dtype)
        count_BG = frames_BT1.sum((1, 2))[:, None] * (x.shape[1] // groups)
        sums = _by_group(torch.bmm(x, frames_BT1)[..., 0], groups)
        squares = _by_group(torch.bmm(x * x, frames_BT1)[..., 0], groups)
        mean_BG = sums / count_BG
        variance_BG = (squares / count_BG - mean_BG.square()).clamp_(min=0.0)
        rstd_BG = torch.rsqrt(variance_BG + eps)
        mean_BD, rstd_BD = _by_channel(mean_BG, x), _by_channel(rstd_BG, x)
        scale_BD = rstd_BD * weight
        z = torch.addcmul((bias - mean_BD * scale_BD)[..., None], x, scale_BD[..., None])
        ctx.save_for_backward(x, mask, z, weight, mean_BD, rstd_BD, count_BG)
        ctx.groups = groups
        return F.mish(z).mul_(mask)

    @staticmethod
    def backward(ctx, gradient):
        x, mask, z, weight, mean_BD, rstd_BD, count_BG = ctx.saved_tensors
        gz = torch.ops.aten.mish_backward(gradient.to(z.dtype) * mask, z)
        bias_BD = gz.sum(2)
        # The sum over frames of gz times the normalised x.
        weight_BD = ((gz * x).sum(2) - mean_BD * bias_BD) * rstd_BD
        mean_gz = _by_channel(_by_group(weight * bias_BD, ctx.groups) / count_BG, x)
        mean_gzx = _by_channel(_by_group(weight * weight_BD, ctx.groups) / count_BG, x)
        slope_BD = -mean_gzx * rstd_BD.square()
        offset_BD = -rstd_BD * mean_gz - slope_BD * mean_BD
        gx = torch.addcmul(offset_BD[..., None], x, slope_BD[..., None])
        gx = gx.addcmul_(gz, (rstd_BD * weight)[..., None]).mul_(mask)
        return gx, None, weight_BD.sum(0), bias_BD.sum(0), None, None


def _by_group(x_BD: Tensor, groups: int) -> Tensor:
    return x_BD.unflatten(1, (groups, -1)).sum(2)


def _by_channel(x_BG: Tensor, like_BDT: Tensor) -> Tensor:
    return x_BG.repeat_interleave(like_BDT.shape[1] // x_BG.shape[1], dim=1)


def snake_beta(a: Tensor, alpha: Tensor, beta: Tensor) -> Tensor:
    """Compute a + sin(a e^alpha)^2 / (e^beta + 1e-9), per channel of the last axis.

    Snake: Ziyin et al. 2020; with separate beta: Lee et al. 2023 (BigVGAN).
    """
    if recording():
        return _SnakeBeta.apply(a, alpha, beta)
    return a + torch.sin(a * alpha.exp()).square() / (beta.exp() + 1e-9)


class _SnakeBeta(torch.autograd.Function):
    """Use 2 sin^2 = 1 - cos(2 x): a sine and a cosine of the doubled angle are enough."""

    @staticmethod
    @_in_full_precision
    def forward(ctx, a, alpha, beta):
        frequency = 2 * alpha.exp()
        height = 0.5 / (beta.exp() + 1e-9)
        ctx.save_for_backward(a, frequency, height, beta)
        bend = (a * frequency).cos_().neg_().add_(1.0)
        return torch.addcmul(a, bend, height)

    @staticmethod
    def backward(ctx, gradient):
        a, frequency, height, beta = ctx.saved_tensors
        gradient = gradient.to(a.dtype)
        angle = a * frequency
        # d/da = 1 + sin(angle) height frequency; d/dalpha = a sin(angle) height frequency.
        wave = torch.sin(angle).mul_(gradient)
        axes = tuple(range(a.dim() - 1))
        slope = height * frequency
        ga = torch.addcmul(gradient, wave, slope)
        galpha = (wave.mul_(a)).sum(axes) * slope
        bend = angle.cos_().mul_(gradient)
        gheight = gradient.sum(axes) - bend.sum(axes)
        gbeta = gheight * -height * beta.exp() / (beta.exp() + 1e-9)
        return ga, galpha, gbeta


class Linear(nn.Linear):
    """Multiply as torch's Linear; on a CPU its float32 products go through oneDNN while training.

    torch multiplies float32 matrices with MKL, convolutions with oneDNN. On AMD's processors
    oneDNN takes 20 to 30 % less time for x W^T and its input's gradient, and as much as MKL for
    the weight's gradient.
    """

    def forward(self, x: Tensor) -> Tensor:
        plain = x.device.type != "cpu" or torch.is_autocast_enabled("cpu")
        if plain or not _HAS_ONEDNN or not recording() or x.dtype != torch.float32:
            return super().forward(x)
        return _OneDnnLinear.apply(x, self.weight, self.bias)


_HAS_ONEDNN = torch.backends.mkldnn.is_available() and hasattr(
    torch.ops.mkldnn, "_linear_pointwise"
)


class _OneDnnLinear(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, weight, bias):
        ctx.save_for_backward(x, weight)
        ctx.has_bias = bias is not None
        return _product(x, weight, bias)

    @staticmethod
    def backward(ctx, gradient):
        x, weight = ctx.saved_tensors
        rows = gradient.flatten(0, -2)
        gx = _product(gradient, weight.t().contiguous(), None) if ctx.needs_input_grad[0] else None
        return gx, rows.t() @ x.flatten(0, -2), rows.sum(0) if ctx.has_bias else None


def _product(x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    return torch.ops.mkldnn._linear_pointwise(x.contiguous(), weight, bias, "none", [], "")


def dropout(x: Tensor, probability: float, training: bool) -> Tensor:
    """Drop elements; on a CPU with one random byte per element instead of one random double.

    The probability is rounded to 1/256 there (0.05 becomes 13/256) and the kept elements are
    scaled by what was really kept, so the expectation is exact.
    """
    if not training or probability == 0.0:
        return x
    if x.device.type != "cpu" or torch.compiler.is_compiling():
        return F.dropout(x, probability, True)
    threshold = min(BYTE_VALUES - 1, max(1, round(probability * BYTE_VALUES)))
    words = torch.empty((x.numel() + 7) // 8, dtype=torch.int64)
    words.random_(torch.iinfo(torch.int64).min, None)
    kept = words.view(torch.uint8)[: x.numel()].view(x.shape) >= threshold
    return x * kept.to(x.dtype).mul_(BYTE_VALUES / (BYTE_VALUES - threshold))


def attend(
    q_BHLD: Tensor, k_BHLD: Tensor, v_BHLD: Tensor, keys_B11L: Tensor, probability: float
) -> Tensor:
    """Compute softmax(q k^T / sqrt(D)) v with dropout of the weights (Vaswani et al. 2017, equation
    1).

    Args:
      keys_B11L: true for keys that may be attended to, at least one of each row.
      probability: of dropping a weight; 0 outside training.

    torch's kernel, but for dropout on a CPU, where it holds the weights in memory anyway and
    draws one random double for each.
    """
    if probability == 0.0 or q_BHLD.device.type != "cpu" or torch.compiler.is_compiling():
        return F.scaled_dot_product_attention(
            q_BHLD, k_BHLD, v_BHLD, attn_mask=keys_B11L, dropout_p=probability
        )
    scale = q_BHLD.shape[-1] ** -0.5
    scores = ((q_BHLD * scale) @ k_BHLD.transpose(-1, -2)).masked_fill(~keys_B11L, -torch.inf)
    return dropout(scores.softmax(-1), probability, True) @ v_BHLD

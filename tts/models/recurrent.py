"""Multiply by one matrix in every step of a recurrence, its gradient computed once for all steps.

Autograd would make a product of the matrix's size in each step and add it up: with a few rows a
step, half of the time of training. Here the steps' rows are kept and multiplied at the end.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from tts.models.fused import recording

Rows = list[tuple[Tensor, Tensor]]


class SharedLinear:
    """Multiply rows by one matrix (O, I), step after step, within one forward pass."""

    def __init__(self, weight_OI: Tensor):
        kind = weight_OI.device.type
        known = torch.amp.is_autocast_available(kind) and torch.is_autocast_enabled(kind)
        cast_OI = weight_OI.to(torch.get_autocast_dtype(kind)) if known else weight_OI
        self._taught = recording() and weight_OI.requires_grad
        self._weight = cast_OI.detach() if self._taught else cast_OI
        # For a few rows a product by rows of the matrix is twice as fast as one by its columns.
        self._turned = self._weight.t().contiguous()
        self._rows: Rows = []
        # All steps depend on it, so that its gradient is asked for after theirs.
        self._start = _Collect.apply(cast_OI, self._rows) if self._taught else None

    def __call__(self, x_BI: Tensor) -> Tensor:
        x_BI = x_BI.to(self._weight.dtype)
        if not self._taught:
            return x_BI @ self._turned
        return _Multiply.apply(x_BI, self._weight, self._turned, self._start, self._rows)


class _Multiply(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, x_BI: Tensor, weight_OI: Tensor, turned_IO: Tensor, start: Tensor, rows: Rows
    ) -> Tensor:
        ctx.save_for_backward(x_BI, weight_OI, start)
        ctx.rows = rows
        return x_BI @ turned_IO

    @staticmethod
    def backward(ctx: Any, grad_BO: Tensor) -> tuple[Tensor | None, ...]:  # type: ignore[override]
        x_BI, weight_OI, start = ctx.saved_tensors
        ctx.rows.append((x_BI, grad_BO))
        return grad_BO @ weight_OI, None, None, torch.zeros_like(start), None


class _Collect(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, weight_OI: Tensor, rows: Rows) -> Tensor:
        ctx.rows = rows
        return weight_OI.new_zeros(())

    @staticmethod
    def backward(ctx: Any, _: Tensor) -> tuple[Tensor, None]:  # type: ignore[override]
        x_NI, grad_NO = (torch.cat(parts) for parts in zip(*ctx.rows, strict=True))
        ctx.rows.clear()
        return grad_NO.t() @ x_NI, None

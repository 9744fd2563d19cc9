"""Fused operations against their plain forms and numerical derivatives."""

from __future__ import annotations

import pytest
import torch

from tts.models.fused import Linear, attend, dropout, masked_norm_mish, mish, snake_beta


def test_mish_as_exported():
    x = torch.cat([torch.linspace(-30, 30, 301), torch.tensor([-1e4, -88.0, 19.9, 88.0, 1e4])])
    traced = torch.jit.trace(mish, (x[:5],))
    assert "aten::exp" in str(traced.graph) and "aten::mish" not in str(traced.graph)
    torch.testing.assert_close(traced(x), torch.nn.functional.mish(x), atol=1e-6, rtol=1e-5)


def test_masked_norm_mish():
    torch.manual_seed(0)
    x = torch.randn(3, 8, 11, dtype=torch.float64) * 2 + 1
    weight, bias = torch.randn(8, dtype=torch.float64), torch.randn(8, dtype=torch.float64)
    mask = (torch.arange(11) < torch.tensor([11, 7, 4])[:, None])[:, None].double()
    inputs = [x.requires_grad_(), weight.requires_grad_(), bias.requires_grad_()]

    def fused(x, weight, bias):
        return masked_norm_mish(x, mask, weight, bias, 2, 1e-5)

    with torch.no_grad():
        plain = fused(*inputs)
    torch.testing.assert_close(fused(*inputs), plain, atol=1e-10, rtol=1e-10)
    assert torch.autograd.gradcheck(fused, inputs)
    for row, length in enumerate((11, 7, 4)):
        alone = torch.nn.functional.mish(
            torch.nn.functional.group_norm(x[row : row + 1, :, :length], 2, weight, bias)
        )
        torch.testing.assert_close(plain[row : row + 1, :, :length], alone)
        assert (plain[row, :, length:] == 0).all()


def test_snake_beta():
    torch.manual_seed(0)
    a = torch.randn(2, 5, 4, dtype=torch.float64, requires_grad=True)
    alpha = torch.randn(4, dtype=torch.float64, requires_grad=True)
    beta = torch.randn(4, dtype=torch.float64, requires_grad=True)
    with torch.no_grad():
        plain = snake_beta(a, alpha, beta)
    torch.testing.assert_close(snake_beta(a, alpha, beta), plain)
    assert torch.autograd.gradcheck(snake_beta, [a, alpha, beta])


@pytest.mark.parametrize("probability", [0.05, 0.1, 0.5])
def test_dropout(probability):
    torch.manual_seed(0)
    x = torch.ones(1000, 333)
    dropped = dropout(x, probability, True)
    assert abs((dropped == 0).double().mean() - probability) < 0.003
    assert abs(dropped.mean() - 1) < 0.005
    assert len(dropped.unique()) == 2
    assert dropout(x, probability, False) is x
    torch.manual_seed(0)
    assert torch.equal(dropout(x, probability, True), dropped)
    assert not torch.equal(dropout(x, probability, True), dropped)
    # No column or row is favoured by the packing of random bytes.
    assert ((dropped == 0).double().mean(0) - probability).abs().max() < 0.08


@pytest.mark.parametrize("bias", [True, False])
def test_linear(bias):
    torch.manual_seed(0)
    fused = Linear(12, 20, bias=bias)
    plain = torch.nn.Linear(12, 20, bias=bias)
    plain.load_state_dict(fused.state_dict())
    x = torch.randn(3, 5, 12)
    with torch.no_grad():
        torch.testing.assert_close(fused(x), plain(x))
    gradients = []
    for layer in (fused, plain):
        inputs = x.clone().requires_grad_()
        layer(inputs.transpose(0, 1)).square().sum().backward()
        gradients.append([inputs.grad, *(p.grad for p in layer.parameters())])
    torch.testing.assert_close(*gradients)
    with torch.autocast("cpu", torch.bfloat16):
        assert fused(x).dtype == torch.bfloat16


def test_attend():
    torch.manual_seed(0)
    q, k, v = torch.randn(3, 2, 2, 7, 4, dtype=torch.float64).unbind()
    keys = (torch.arange(7) < torch.tensor([7, 4])[:, None])[:, None, None]
    plain = attend(q, k, v, keys, 0.0)
    dropped = torch.stack([attend(q, k, v, keys, 0.1) for _ in range(4000)])
    assert (dropped != plain).any()
    torch.testing.assert_close(dropped.mean(0), plain, atol=0.05, rtol=0)
    changed = v.clone()
    changed[1, :, 4:] = 1e9
    torch.manual_seed(1)
    before = attend(q, k, v, keys, 0.1)
    torch.manual_seed(1)
    torch.testing.assert_close(attend(q, k, changed, keys, 0.1), before)

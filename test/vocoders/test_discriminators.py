"""Discriminators: published sizes and names, what they look at."""

from __future__ import annotations

import pytest
import torch

from tts.errors import InputError
from tts.vocoders.discriminators import (
    DiscriminatorConfig,
    Discriminators,
    MultiPeriod,
    MultiResolution,
    MultiScale,
)
from tts.vocoders.weight_names import from_published, to_published

PERIODS, RESOLUTIONS = (2, 3, 5, 7, 11), (2048, 1024, 512)


def count(module: torch.nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


def test_sizes_are_the_published_ones():
    assert count(MultiPeriod(PERIODS)) == 41_105_770
    assert count(MultiScale(3)) == 29_618_821
    assert count(MultiPeriod(PERIODS, divisor=4)) < 41_105_770 / 12


@pytest.mark.parametrize(
    "judge, kinds, layers",
    [
        (MultiPeriod(PERIODS, 8), 5, 6),
        (MultiScale(3, 8), 3, 8),
        (MultiResolution(RESOLUTIONS, 4), 3, 21),
    ],
)
def test_scores_and_features_of_every_layer(judge, kinds, layers):
    judged = judge(torch.randn(2, 8192))
    assert len(judged) == kinds
    for score, features in judged:
        assert score.shape[0] == 2 and score.dim() == 2
        assert len(features) == layers
        assert torch.equal(features[-1].flatten(1), score)


def test_any_number_of_samples_is_judged():
    judge = Discriminators(DiscriminatorConfig(num_scales=3, divisor=8, resolution_channels=4))
    for length in (2048, 4095, 8191):
        for judged in judge(torch.randn(1, length)).values():
            assert all(torch.isfinite(score).all() for score, _ in judged)


def test_multi_resolution_hears_neither_offset_nor_loudness():
    judge = MultiResolution(RESOLUTIONS, 4)
    samples = torch.randn(1, 4096)
    for (a, _), (b, _) in zip(judge(samples), judge(3 * samples + 0.5), strict=True):
        torch.testing.assert_close(a, b, atol=1e-4, rtol=1e-3)


def test_a_period_sees_the_samples_of_its_column_alone():
    """With period p the first layer mixes no samples of different remainder modulo p."""
    (judge,) = MultiPeriod((3,), 8).discriminators
    samples = torch.randn(1, 300)
    changed = samples.clone()
    changed[0, 1::3] += 1
    (a, b) = (judge(x)[1][0] for x in (samples, changed))
    assert torch.equal(a[..., 0], b[..., 0]) and torch.equal(a[..., 2], b[..., 2])
    assert not torch.equal(a[..., 1], b[..., 1])


def old_style(divisor: int) -> tuple[torch.nn.Module, torch.nn.Module]:
    """The two published discriminators as old torch normalised them, by torch's own functions."""
    from torch.nn.utils import remove_weight_norm, spectral_norm, weight_norm  # noqa: F401

    class Scale(torch.nn.Module):
        def __init__(self, norm):
            super().__init__()
            self.convs = torch.nn.ModuleList()
            channels = 1
            sizes = (128, 15, 1, 1), (128, 41, 2, 4), (256, 41, 2, 16), (512, 41, 4, 16)
            sizes += (1024, 41, 4, 16), (1024, 41, 1, 16), (1024, 5, 1, 1)
            for wide, kernel, stride, groups in sizes:
                wide //= divisor
                conv = torch.nn.Conv1d(channels, wide, kernel, stride, kernel // 2, groups=groups)
                self.convs.append(norm(conv))
                channels = wide
            self.conv_post = norm(torch.nn.Conv1d(channels, 1, 3, padding=1))

    msd = torch.nn.Module()
    msd.discriminators = torch.nn.ModuleList([Scale(spectral_norm), Scale(weight_norm)])
    return msd


@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_published_weights_and_the_order_of_their_optimiser():
    """Names of old weight and spectral norm are read, and parameters come in the same order."""
    torch.manual_seed(0)
    theirs = old_style(divisor=8)
    ours = MultiScale(2, divisor=8)
    ours.load_state_dict(from_published(theirs.state_dict()))
    shapes = [tuple(p.shape) for p in theirs.parameters()]
    assert shapes == [tuple(p.shape) for p in ours.parameters()]
    for a, b in zip(theirs.parameters(), ours.parameters(), strict=True):
        assert torch.equal(a, b)
    back = to_published(ours.state_dict())
    assert back.keys() == theirs.state_dict().keys()
    for name, value in theirs.state_dict().items():
        assert torch.equal(back[name], value), name


def test_multi_scale_comes_before_multi_period():
    """optim_d of published files lists the parameters in this order."""
    judge = Discriminators(DiscriminatorConfig(num_scales=2, resolutions=(), divisor=8))
    assert list(judge) == ["msd", "mpd"]


def test_no_discriminator_at_all_is_refused():
    with pytest.raises(InputError, match="none is chosen"):
        DiscriminatorConfig(periods=(), resolutions=())
    with pytest.raises(InputError, match="divisor 3"):
        DiscriminatorConfig(divisor=3)

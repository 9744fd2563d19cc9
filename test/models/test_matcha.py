"""Matcha-TTS with durations given, and found."""

from __future__ import annotations

import dataclasses

import pytest
import torch

from tts.batch import Batch
from tts.models import build_model, model_class
from tts.models.facts import Facts
from tts.models.matcha import MatchaConfig


def make_batch() -> Batch:
    torch.manual_seed(0)
    return Batch(
        ids=["a", "b"],
        tokens_BL=torch.randint(1, 9, (2, 6)),
        tokens_lens=torch.tensor([6, 4]),
        mel_BTF=torch.randn(2, 20, 80) - 5,
        mel_lens=torch.tensor([20, 16]),
    )


def build(durations: str):
    torch.manual_seed(3)
    config = dataclasses.replace(model_class("matcha").Config(), durations=durations)
    return build_model("matcha", config, Facts(9, mel_mean=-5.0, mel_std=2.0)).eval()


def losses_of(model, batch: Batch) -> dict[str, torch.Tensor]:
    torch.manual_seed(5)
    with torch.no_grad():
        return model(batch)


def test_found_durations_stored_are_the_same():
    searching, stored = build("search"), build("stored")
    assert (searching.inputs, stored.inputs) == ((), ("durations",))
    batch = make_batch()
    given = dataclasses.replace(batch, durations_BL=searching.align(batch))
    torch.testing.assert_close(losses_of(stored, given), losses_of(searching, batch))


def test_other_durations_and_tokens_without_frames():
    stored, batch = build("stored"), make_batch()
    uneven = torch.tensor([[0, 20, 0, 0, 0, 0], [16, 0, 0, 0, 0, 0]])
    found = losses_of(stored, dataclasses.replace(batch, durations_BL=uneven))
    assert all(torch.isfinite(loss) for loss in found.values())
    assert found["dur_loss"] < 30
    without = losses_of(build("search"), batch)
    assert found["prior_loss"] != pytest.approx(float(without["prior_loss"]))


def test_stored_durations_are_not_looked_for():
    with pytest.raises(ValueError, match="durations"):
        build("stored")(make_batch())


def test_default_is_search():
    assert MatchaConfig().durations == "search"

"""A vocoder trained by its likelihood in the loop of the others: what it learns and records."""

from __future__ import annotations

import csv

import numpy as np
import pytest
import torch
from vocoder_runs import MEL, run

from tts.errors import InputError
from tts.train.vocoder_validation import HeldOut
from tts.vocoders import load_vocoder


def column(folder, name: str) -> list[float]:
    with open(folder / "losses.csv", encoding="utf-8") as file:
        return [float(row[name]) for row in csv.DictReader(file)]


def test_training_learns_the_likelihood(tmp_path, capsys):
    """Samples of a deviation of 0.15 become noise of 1: two nats a sample are there to win."""
    trainer = run(tmp_path, "exp", "waveglow", num_epochs=4, lr=1e-2)
    losses = column(tmp_path / "exp", "tot_loss")
    assert np.mean(losses[-5:]) < np.mean(losses[:3]) - 1
    assert losses[0] == pytest.approx(
        sum(column(tmp_path / "exp", name)[0] for name in ("noise_loss", "scale_loss"))
        + column(tmp_path / "exp", "mixing_loss")[0],
        abs=1e-5,
    )
    assert trainer.task.discriminators is None
    printed = capsys.readouterr().out
    assert "held out: log-mel L1" in printed and "negative log-likelihood" in printed


def test_validation_has_its_own_noise(tmp_path):
    """The same weights give the same distances, and the training's random numbers stay."""
    run(tmp_path, "exp", "waveglow", num_epochs=1)
    trainer = run(tmp_path, "exp", "waveglow", num_epochs=1, start_epoch="2")
    task = trainer.task
    held_out = HeldOut(task.data, 0, torch.device("cpu"))
    vocoder = load_vocoder(tmp_path / "exp", MEL)
    state = torch.random.get_rng_state()
    with torch.no_grad():
        first, second = held_out.distances(vocoder), held_out.distances(vocoder)
    assert first == second and first.keys() == {"mel_l1", "stft", "nll"}
    assert torch.equal(torch.random.get_rng_state(), state)


def test_discriminators_are_refused(tmp_path):
    with pytest.raises(InputError, match="waveglow is trained by its likelihood"):
        run(tmp_path, "exp", "waveglow", discriminators="light")


def test_a_run_starts_from_another_ones_weights(tmp_path):
    run(tmp_path, "first", "waveglow", num_epochs=1)
    first = load_vocoder(tmp_path / "first", MEL)
    options = {"init_from": str(tmp_path / "first"), "max_steps": 1, "lr": 1e-9}
    run(tmp_path, "second", "waveglow", **options)
    second = load_vocoder(tmp_path / "second", MEL)
    for name, value in first.state_dict().items():
        torch.testing.assert_close(second.state_dict()[name], value, atol=1e-6, rtol=0)

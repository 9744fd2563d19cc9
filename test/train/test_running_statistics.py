"""What training moves besides weights, and losses that end: Tacotron 2 in the shared step."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import torch
from conftest import TINY_TACOTRON2
from runs import assert_equal_states, run
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from test_parallel import as_torchrun

from tts.checkpoint import load_checkpoint
from tts.errors import InputError
from tts.models.batch_norm import BatchNorm
from tts.train.config import TrainConfig
from tts.train.updater import Updater, average_statistics

TACOTRON2 = {"name": "tacotron2", "model": TINY_TACOTRON2}


def test_resumed_to_the_bit(tiny_work):
    """The loss that ends after five steps ends there when the run was stopped before or after."""
    options = {**TACOTRON2, "loss_until": {"attention_loss": 5}}
    run(tiny_work, "straight", **options, num_epochs=4)
    for epochs in (1, 3, 4):
        run(tiny_work, "resumed", **options, num_epochs=epochs, start_epoch="auto")
    straight, resumed = (
        load_checkpoint(tiny_work / exp / "epoch-4.pt") for exp in ("straight", "resumed")
    )
    assert straight["step"] > 10
    assert_equal_states(straight, resumed)
    moved = straight["model"]["postnet.convolutions.norms.0.running_mean"]
    assert moved.abs().sum() > 0


def test_attention_is_drawn(tiny_work):
    """To TensorBoard, with the mean of its largest weights."""
    run(tiny_work, "exp", **TACOTRON2, num_epochs=2, tensorboard=True)
    folder = next((tiny_work / "exp" / "tensorboard").glob("**/events*")).parent
    events = EventAccumulator(str(folder)).Reload()
    focus = [event.value for event in events.Scalars("valid/attention_focus")]
    assert len(focus) == 2 and all(0 < value < 1 for value in focus)
    assert len(events.Images("valid/attention")) == 2


def test_a_loss_counts_until_its_step(tiny_work):
    """The log has the named loss in every step, the total only in the first three."""
    run(tiny_work, "exp", **TACOTRON2, num_epochs=1, loss_until={"attention_loss": 3})
    lines = (tiny_work / "exp" / "losses.csv").read_text().splitlines()
    names = lines[0].split(",")
    rows = [dict(zip(names, map(float, line.split(",")), strict=True)) for line in lines[1:]]
    assert len(rows) > 3
    parts = ("mel_loss", "postnet_loss", "gate_loss")
    for number, row in enumerate(rows, 1):
        counted = row["attention_loss"] * (number <= 3)
        assert row["tot_loss"] == pytest.approx(sum(row[p] for p in parts) + counted, rel=1e-5)
        assert row["attention_loss"] > 0


def test_a_loss_that_an_option_ended_leaves_its_column_empty(tiny_work):
    """Its values are nan from there on, those of the others stand under their names."""
    run(tiny_work, "exp", **TACOTRON2, num_epochs=1)
    without = {**TACOTRON2, "model": {**TINY_TACOTRON2, "alignment": "none"}}
    run(tiny_work, "exp", **without, num_epochs=2, start_epoch="auto")
    header, *lines = (tiny_work / "exp" / "losses.csv").read_text().splitlines()
    rows = [dict(zip(header.split(","), line.split(","), strict=True)) for line in lines]
    first, last = rows[0], rows[-1]
    assert first["attention_loss"] != "nan" and last["attention_loss"] == "nan"
    parts = ("mel_loss", "postnet_loss", "gate_loss")
    total = sum(float(last[name]) for name in parts)
    assert float(last["tot_loss"]) == pytest.approx(total, rel=1e-5)


def test_an_unknown_loss_that_should_end(tiny_work):
    with pytest.raises(InputError, match="loss_until names attention; the model's losses are mel"):
        run(tiny_work, "exp", **TACOTRON2, num_epochs=1, loss_until={"attention": 3})


def test_a_skipped_step_moves_no_statistics():
    network = BatchNorm(3)
    updater = Updater(network, TrainConfig(ema_decay=0), torch.device("cpu"))
    before = network.running_mean.clone()
    for factor, moves in ((float("nan"), False), (1.0, True)):
        updater.begin(1e-3)
        loss = (network(torch.randn(2, 3, 5) + 2, torch.ones(2, 1, 5)) * factor).sum()
        loss.backward()
        updater.update(loss.detach())
        assert torch.equal(network.running_mean, before) != moves
        assert torch.isfinite(network.running_var).all()


def test_statistics_are_averaged_over_those_that_had_a_batch():
    """Of three processes the last has none; two layers of different width."""
    networks = [torch.nn.Sequential(BatchNorm(2), BatchNorm(3)) for _ in range(3)]
    for number, network in enumerate(networks):
        for layer in network:
            layer.running_mean.fill_(number)
            layer.running_var.fill_(10 * number)
    flats: list[torch.Tensor] = []
    for keep in (True, False):  # first what each sends, then with the sum
        for number, network in enumerate(networks):
            if keep:
                world = SimpleNamespace(size=3, sum_=lambda flat: flats.append(flat) or flat + 1)
                copy = torch.nn.Sequential(BatchNorm(2), BatchNorm(3))
                copy.load_state_dict(network.state_dict())
                average_statistics(copy, world, had_batch=number < 2)
            else:
                world = SimpleNamespace(size=3, sum_=lambda _: sum(flats))
                average_statistics(network, world, had_batch=number < 2)
    for network in networks:
        for layer in network:
            assert (layer.running_mean == 0.5).all() and (layer.running_var == 5).all()


def test_two_processes_have_the_same_statistics(tiny_work):
    processes = as_torchrun(tiny_work, 2, **TACOTRON2, num_epochs=2, max_duration=1.75)
    for process in processes:
        output = process.communicate(timeout=300)[0]
        assert process.returncode == 0, output
    ranks = [torch.load(tiny_work / f"rank-{rank}.pt") for rank in range(2)]
    for name, value in ranks[0].items():
        assert torch.equal(value, ranks[1][name]), name
    assert ranks[0]["encoder.convolutions.norms.0.running_mean"].abs().sum() > 0

"""What people see of a run, and that looking changes nothing."""

from __future__ import annotations

import pytest
import torch
from runs import run

from tts.checkpoint import load_checkpoint
from tts.mel import MelConfig
from tts.models.matcha import Matcha
from tts.train.preflight import check_vocoder


def test_validation_and_pictures_change_nothing(tiny_work):
    """Validating oftener, drawing and logging leave the weights as they are."""
    run(tiny_work, "plain", num_epochs=2)
    run(tiny_work, "watched", num_epochs=2, valid_every=1, tensorboard=True, log_interval=1)
    plain = load_checkpoint(tiny_work / "plain" / "epoch-2.pt")
    watched = load_checkpoint(tiny_work / "watched" / "epoch-2.pt")
    for name, value in plain["model"].items():
        assert torch.equal(value, watched["model"][name])
    assert torch.equal(plain["random"]["ranks"][0]["cpu"], watched["random"]["ranks"][0]["cpu"])


def test_tensorboard_names(tiny_work):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    run(tiny_work, "exp", num_epochs=1, tensorboard=True, log_interval=1)
    events = EventAccumulator(str(tiny_work / "exp" / "tensorboard"))
    events.Reload()
    names = set(events.Tags()["scalars"])
    losses = ("dur_loss", "prior_loss", "diff_loss", "tot_loss")
    expected = {f"train/{kind}_{loss}" for kind in ("current", "tot", "valid") for loss in losses}
    extra = {"train/epoch", "train/learning_rate", "train/grad_norm", "train/frames_per_second"}
    parts = ("data", "forward", "backward", "optimiser", "validation", "saving", "rest")
    extra |= {"throughput/frames_per_second", *(f"throughput/share_{part}" for part in parts)}
    assert expected | extra <= names
    shares = [events.Scalars(f"throughput/share_{part}")[-1].value for part in parts]
    assert sum(shares) == pytest.approx(1, abs=1e-3) and shares[2] > shares[0] > 0
    assert {"valid/mel", "valid/alignment"} <= set(events.Tags()["images"])


def test_tensorboard_shows_each_step_once_after_going_back(tiny_work):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    options = {"num_epochs": 2, "tensorboard": True, "log_interval": 1}
    steps = run(tiny_work, "exp", **options).step
    run(tiny_work, "exp", start_epoch="2", **options)
    events = EventAccumulator(str(tiny_work / "exp" / "tensorboard"))
    events.Reload()
    shown = [event.step for event in events.Scalars("train/current_tot_loss")]
    assert shown == list(range(1, steps + 1))
    assert len(events.Scalars("train/valid_tot_loss")) == 2


def make_vocoder(path):
    """A generator of random weights in the published form."""
    from tts.vocoders.hifigan import V2, Hifigan

    torch.manual_seed(0)
    torch.save({"generator": Hifigan(V2, MelConfig()).state_dict()}, path)
    return str(path)


def test_validation_speaks_with_a_vocoder(tiny_work):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    vocoder = make_vocoder(tiny_work / "generator_v2")
    run(tiny_work, "silent", num_epochs=1)
    run(tiny_work, "exp", num_epochs=1, tensorboard=True, vocoder=vocoder)
    events = EventAccumulator(str(tiny_work / "exp" / "tensorboard"))
    events.Reload()
    assert events.Tags()["audio"] == ["valid/speech"]
    records = [(tiny_work / exp / "losses.csv").read_text() for exp in ("silent", "exp")]
    assert records[0] == records[1]


def test_the_vocoder_goes_to_the_device(tmp_path):
    vocoder = check_vocoder(make_vocoder(tmp_path / "g"), MelConfig(), torch.device("meta"))
    assert {parameter.device.type for parameter in vocoder.parameters()} == {"meta"}


def test_pictures_need_no_deterministic_kernels(tiny_work, monkeypatch):
    """As on CUDA, where a cumulative sum has none: losses stay strict, pictures do not stop."""
    ordinary, drawn, strict = Matcha.synthesise, [], []

    def refuse(self, *arguments, **named):
        warn_only = torch.is_deterministic_algorithms_warn_only_enabled()
        if torch.are_deterministic_algorithms_enabled() and not warn_only:
            raise RuntimeError("cumsum_cuda_kernel does not have a deterministic implementation")
        drawn.append(1)
        return ordinary(self, *arguments, **named)

    def losses(self, batch, compute=Matcha.losses):
        strict.append(not torch.is_deterministic_algorithms_warn_only_enabled())
        return compute(self, batch)

    monkeypatch.setattr(Matcha, "synthesise", refuse)
    monkeypatch.setattr(Matcha, "losses", losses)
    try:
        run(tiny_work, "exp", num_epochs=1, tensorboard=True, deterministic=True)
        assert torch.are_deterministic_algorithms_enabled() and drawn == [1] and all(strict)
    finally:
        torch.use_deterministic_algorithms(False)

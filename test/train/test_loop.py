"""What a step does: skipping, clipping, averaging, accumulation, precision."""

from __future__ import annotations

import functools
from pathlib import Path

import numpy as np
import pytest
import torch
from runs import run

from tts.checkpoint import list_epochs, load_checkpoint
from tts.errors import InputError
from tts.train.config import TrainConfig
from tts.train.named_losses import NamedLosses


def test_weights_of_best_and_pruning(tiny_work):
    run(tiny_work, "exp", num_epochs=6, keep_last=2, keep_best=1)
    exp = tiny_work / "exp"
    history = load_checkpoint(exp / "epoch-6.pt")["best"]["epochs"]
    best = min(history, key=history.get)
    assert set(list_epochs(exp)) == {5, 6, best}
    kept = load_checkpoint(exp / "best-valid-loss.pt")
    assert kept["epoch"] == best and "optimizer" not in kept
    assert torch.equal(
        kept["model"]["encoder.emb.weight"],
        load_checkpoint(exp / f"epoch-{best}.pt")["model"]["encoder.emb.weight"],
    )
    assert (exp / "best-train-loss.pt").is_file()


def test_what_is_predicted_beside_the_mel_does_not_judge():
    """Durations that get worse do not keep better mels from being the best."""
    model = torch.nn.Linear(1, 1)
    model.predicted = ("dur_loss",)
    losses = NamedLosses(model, TrainConfig(loss_weights={"dur_loss": 0.5}))
    early = {"dur_loss": 0.2, "diff_loss": 0.6, "tot_loss": 0.7}
    late = {"dur_loss": 0.6, "diff_loss": 0.5, "tot_loss": 0.8}
    assert losses.selection_loss(early) == pytest.approx(0.6)
    assert losses.selection_loss(late) < losses.selection_loss(early) < late["tot_loss"]


def spoil(work: Path, *utterances: str) -> None:
    """Put a NaN into the features of these."""
    for name in utterances:
        path = work / "data" / "fbank" / "feats" / f"{name}.npy"
        mel = np.load(path)
        mel[2, 5] = np.nan
        np.save(path, mel)


def test_non_finite_losses_are_skipped_and_counted(tiny_work):
    spoil(tiny_work, "train3")
    trainer = run(tiny_work, "exp", num_epochs=4, max_skipped=2, packed="0")
    assert trainer.step_log.skipped == 4 and trainer.step_log.in_a_row <= 1 and trainer.epoch == 4
    assert all(torch.isfinite(p).all() for p in trainer.task.model.parameters())


def test_many_non_finite_losses_in_a_row_end_the_run(tiny_work):
    spoil(tiny_work, *(f"train{index}" for index in range(12)))
    with pytest.raises(InputError, match=r"step 3.* 3 steps in a row.*--max-skipped 3"):
        run(tiny_work, "exp", num_epochs=9, max_skipped=3, packed="0")


def test_steps_skipped_on_the_device_are_those_skipped_here(tiny_work, monkeypatch):
    """As on a GPU: the fused optimiser and the averages are told by a flag, nobody waits."""
    from tts.train.updater import Updater

    spoil(tiny_work, "train3")
    ordinary = Updater.__init__
    states = {}
    for lagged in (False, True):

        def fused(self, network, config, device, lagged=lagged):
            ordinary(self, network, config, device)
            self.lagged = lagged
            self.optimizer = torch.optim.Adam(network.parameters(), lr=config.lr, fused=True)

        with monkeypatch.context() as patch:
            patch.setattr(Updater, "__init__", fused)
            states[lagged] = run(tiny_work, f"lagged-{lagged}", num_epochs=3, packed="0").state()
    expected, found = states[False], states[True]
    assert found["skipped"] == expected["skipped"] == 3
    assert found["ema_updates"] == expected["ema_updates"] == expected["step"] - 3
    for part in ("model", "ema"):
        for name, value in expected[part].items():
            torch.testing.assert_close(found[part][name], value, atol=1e-6, rtol=1e-5)
    records = [tiny_work / f"lagged-{lagged}" / "losses.csv" for lagged in states]
    assert len(records[0].read_text().splitlines()) == 1 + expected["step"]
    assert records[0].read_text() == records[1].read_text()


def test_fp16_goes_on_after_a_skipped_step(tiny_work, monkeypatch):
    """The scaler takes one unscaling between two updates; on the CPU for want of a GPU."""
    monkeypatch.setattr("tts.train.run.choose_device", lambda *_: torch.device("cpu"))
    spoil(tiny_work, "train3")
    run(tiny_work, "exp", num_epochs=1, packed="0")
    more = {"precision": "fp16", "start_epoch": "2", "packed": "0"}
    trainer = run(tiny_work, "exp", num_epochs=2, **more)
    # One more than the spoilt ones: the first loss scale is too large for these gradients.
    assert trainer.step_log.skipped == 3 and trainer.epoch == 2
    assert all(torch.isfinite(p).all() for p in trainer.task.model.parameters())


class Overflow(torch.autograd.Function):
    """A finite loss whose gradient is infinite, as that of fp16 beyond its range."""

    @staticmethod
    def forward(ctx, value):
        return value.clone()

    @staticmethod
    def backward(ctx, gradient):
        return gradient * float("inf")


def overflowing(monkeypatch, when) -> None:
    """Train in fp16 on the CPU; the steps that `when` says overflow in the backward pass."""
    from tts.models.matcha import Matcha

    monkeypatch.setattr("tts.train.run.choose_device", lambda *_: torch.device("cpu"))
    # The usual first scale is too large for these gradients by itself.
    scaler = functools.partial(torch.amp.GradScaler, init_scale=64.0)
    monkeypatch.setattr("torch.amp.GradScaler", scaler)
    ordinary, calls = Matcha.forward, []

    def forward(self, batch):
        calls.append(1) if self.training else None
        losses = ordinary(self, batch)
        spoilt = self.training and when(len(calls))
        return {k: Overflow.apply(v) if spoilt else v for k, v in losses.items()}

    monkeypatch.setattr(Matcha, "forward", forward)


def test_fp16_overflow_that_lasts_ends_the_run(tiny_work, monkeypatch):
    overflowing(monkeypatch, lambda call: call > 2)
    with pytest.raises(InputError, match=r"step 7.* 5 steps in a row had non-finite losses or gra"):
        run(tiny_work, "exp", num_epochs=9, max_skipped=5, precision="fp16")


def test_fp16_averages_stand_still_where_the_scaler_skips(tiny_work, monkeypatch):
    """Neither weights nor averages move in an overflowing step, and the loss scale is halved."""
    overflowing(monkeypatch, lambda call: call % 2 == 0)
    trainer = run(tiny_work, "exp", num_epochs=1, precision="fp16")
    state = trainer.state()
    rows = (tiny_work / "exp" / "losses.csv").read_text().splitlines()[1:]
    skipped = [row.split(",")[-2] in ("inf", "nan") for row in rows]
    assert skipped == [False, True, False, True]
    assert trainer.step_log.skipped == state["skipped"] == state["ema_updates"] == 2
    assert state["scaler"]["scale"] == 2.0**4


def test_the_run_ends_after_max_steps_and_goes_on(tiny_work):
    """Inside an epoch and at its end; continued it is the run without a limit."""
    run(tiny_work, "plain", num_epochs=3)
    first = run(tiny_work, "exp", num_epochs=3, max_steps=6)
    assert (first.epoch, first.batch, first.step) == (1, 2, 6)
    assert load_checkpoint(tiny_work / "exp" / "last.pt")["step"] == 6
    second = run(tiny_work, "exp", num_epochs=3, max_steps=8, start_epoch="auto")
    assert (second.epoch, second.batch, second.step) == (2, 0, 8)
    assert list_epochs(tiny_work / "exp") == [1, 2]
    run(tiny_work, "exp", num_epochs=3, start_epoch="auto")
    records = [(tiny_work / exp / "losses.csv").read_text() for exp in ("plain", "exp")]
    assert records[0] == records[1]


def test_gradient_clipping_and_schedule(tiny_work):
    from tts.train.config import TrainConfig
    from tts.train.schedule import learning_rate

    config = TrainConfig(lr=1.0, warmup_steps=10, lr_schedule="cosine", lr_final=0.1)
    assert learning_rate(config, 0, 100) == pytest.approx(0.1)
    assert learning_rate(config, 9, 100) == pytest.approx(1.0)
    assert learning_rate(config, 55, 100) == pytest.approx(0.55)
    assert learning_rate(config, 500, 100) == pytest.approx(0.1)
    noam = TrainConfig(lr=2.0, warmup_steps=4000, lr_schedule="noam")
    rates = {step: learning_rate(noam, step - 1, 1) for step in (1, 2000, 4000, 16000)}
    peak = 2.0 * (256 * 4000) ** -0.5
    assert rates[4000] == pytest.approx(peak)
    assert rates[1] == pytest.approx(peak / 4000)
    assert [rates[2000], rates[16000]] == pytest.approx([peak / 2, peak / 2])
    frozen = run(tiny_work, "frozen", num_epochs=1, clip_norm=1e-12, lr=1e-4)
    free = run(tiny_work, "free", num_epochs=1)
    assert frozen.step == free.step


def test_adam_is_as_the_options_say(tiny_work):
    options = {"adam_beta_1": 0.8, "adam_beta_2": 0.98, "adam_eps": 1e-9}
    trainer = run(tiny_work, "exp", num_epochs=1, **options)
    (group,) = trainer.task.updater.optimizer.param_groups
    assert (group["betas"], group["eps"]) == ((0.8, 0.98), 1e-9)
    resumed = run(tiny_work, "exp", num_epochs=2, start_epoch="2", **{**options, "adam_eps": 1e-6})
    (group,) = resumed.task.updater.optimizer.param_groups
    assert (group["betas"], group["eps"]) == ((0.8, 0.98), 1e-6)


def test_average_lags_behind_the_weights(tiny_work):
    trainer = run(tiny_work, "exp", num_epochs=2)
    state = trainer.state()
    name = "encoder.proj_m.weight"
    assert not torch.equal(state["ema"][name], state["model"][name])
    without = run(tiny_work, "none", num_epochs=2, ema_decay=0.0)
    assert without.state()["ema"] is None
    assert torch.equal(without.state()["model"][name], state["model"][name])


def test_accumulation_of_two_batches_is_one_step_on_their_mean(tiny_work):
    trainer = run(tiny_work, "exp", num_epochs=1, accumulate=1000)
    assert trainer.step == 1


def test_bf16_is_near_fp32(tiny_work):
    means = []
    for precision in ("fp32", "bf16"):
        trainer = run(tiny_work, precision, num_epochs=1, precision=precision)
        means.append(trainer.retention.best["valid"])
    assert means[0] == pytest.approx(means[1], rel=0.02) and means[0] != means[1]

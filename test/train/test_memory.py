"""--dry-run and --max-duration auto."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from runs import run

from tts.config import read_toml
from tts.errors import InputError
from tts.mel import MelConfig
from tts.models import build_model, model_class
from tts.models.facts import Facts
from tts.text.tokens import TokenTable
from tts.train import max_duration, memory
from tts.train.config import TrainConfig
from tts.train.loaders import Split, make_plan, read_splits
from tts.train.stored_targets import join_targets


@pytest.mark.parametrize("limit", [0.5, 1.0, 7.3, 100.0, 999.0])
def test_largest_is_found_to_within_its_closeness(limit):
    tried = []

    def fits(x):
        tried.append(x)
        return x <= limit

    found = max_duration.largest(fits, 1.0, 500.0)
    if limit < 1:
        assert found == 0.0
    elif limit > 500:
        assert found == 500.0
    else:
        assert limit / (1 + max_duration.CLOSENESS) <= found <= limit
    assert len(tried) < 20


@pytest.fixture
def prepared(tiny_work):
    """Model, examples and mel of the tiny data."""
    from conftest import TINY_MODEL

    from tts.config import from_dict

    config = TrainConfig(manifest_dir=str(tiny_work / "data" / "fbank"), max_duration=2.0)
    table = TokenTable.read(tiny_work / "data" / "tokens.txt")
    splits = read_splits(config, tiny_work, "ljspeech", table, "blank")
    model_config = from_dict(model_class("matcha").Config, TINY_MODEL)
    mel = MelConfig()
    model = build_model("matcha", model_config, Facts(table.num_embeddings, mel.n_mels, -5.0, 2.0))
    return model, config, splits["train"].examples, mel


def test_trials_survive_running_out_of_memory(prepared, monkeypatch):
    """A device with room for 150 padded frames; what was tried leaves no trace."""
    model, config, examples, mel = prepared
    ordinary, seen = type(model).forward, []

    def small(self, batch):
        seen.append(batch.mel_BTF.shape[0] * batch.mel_BTF.shape[1])
        if seen[-1] > 150:
            raise torch.cuda.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB")
        return ordinary(self, batch)

    monkeypatch.setattr(type(model), "forward", small)
    state = torch.get_rng_state()
    weights = {name: value.clone() for name, value in model.state_dict().items()}
    rate = mel.sample_rate / mel.hop_length
    trial = max_duration._Trial(model, config, examples, mel.n_mels, rate, torch.device("cpu"))
    longest = max(example.num_frames for example in examples)
    found = max_duration.largest(trial.fits, longest / rate, 100.0)
    assert max(seen) > 150 and longest / rate <= found
    plan = make_plan(
        TrainConfig(max_duration=found),
        Split(Path(), examples, join_targets(examples, (), Path(), "", "train")),
        mel,
    )
    assert max_duration.padded_frames(plan, max_duration.largest_batch(plan)) <= 150
    assert torch.equal(state, torch.get_rng_state())
    assert all(torch.equal(weights[k], v) for k, v in model.state_dict().items())
    assert all(p.grad is None for p in model.parameters())


def test_an_error_of_another_kind_is_not_taken_for_memory(prepared, monkeypatch):
    model, config, examples, mel = prepared

    def fail(self, batch):
        raise RuntimeError("shapes do not fit")

    monkeypatch.setattr(type(model), "forward", fail)
    trial = max_duration._Trial(model, config, examples, mel.n_mels, 86.0, torch.device("cpu"))
    with pytest.raises(RuntimeError, match="shapes"):
        trial.fits(1.0)


def test_memory_grows_with_the_batch(prepared):
    model, config, examples, mel = prepared
    found = memory.measure(model, config, examples, mel.n_mels, torch.device("cpu"))
    assert found.fixed == 20 * sum(p.numel() for p in model.parameters())
    assert found.frame > 4 * mel.n_mels and found.of(200) > found.of(100) > found.fixed


def test_auto_on_a_cpu_is_bounded_by_memory_and_kept(tiny_work, monkeypatch):
    """The value found is written down, and a continued run keeps it."""
    auto = {"max_duration": "auto"}
    run(tiny_work, "roomy", num_epochs=1, **auto)
    assert read_toml(tiny_work / "roomy" / "config.toml")["train"]["max_duration"] == 200.0
    monkeypatch.setattr("tts.train.max_duration.free_memory", lambda: 10_000_000)
    run(tiny_work, "tight", num_epochs=1, **auto)
    found = read_toml(tiny_work / "tight" / "config.toml")["train"]["max_duration"]
    assert 1 <= found < 200
    monkeypatch.undo()
    trainer = run(tiny_work, "tight", num_epochs=2, start_epoch="auto", **auto)
    assert trainer.config.max_duration == found
    with pytest.raises(InputError, match="max_duration = 'much'"):
        run(tiny_work, "exp", max_duration="much")


def test_dry_run_tells_all_and_writes_nothing(tiny_work, capsys):
    assert run(tiny_work, "exp", num_epochs=3, accumulate=2, dry_run=True) is None
    output = capsys.readouterr().out
    assert not (tiny_work / "exp").exists()
    for words in (
        "max_duration = 2.0",
        "batches: 4 an epoch, 2 steps of 2 (2 x 1 processes), 6 steps in 3 epochs",
        "12 utterances",
        "% of all frames",
        "memory, estimated: ",
    ):
        assert words in output


def test_dry_run_of_a_run_that_stands_leaves_it_alone(tiny_work):
    run(tiny_work, "exp", num_epochs=1)
    before = {path: path.stat().st_mtime_ns for path in (tiny_work / "exp").rglob("*")}
    run(tiny_work, "exp", num_epochs=3, dry_run=True, start_epoch="auto")
    assert before == {path: path.stat().st_mtime_ns for path in (tiny_work / "exp").rglob("*")}

"""Vocoder training: phases, exact resume, what is written, bad input."""

from __future__ import annotations

import csv
from typing import Any

import numpy as np
import pytest
import torch
from vocoder_runs import JUDGED, JUDGES, MEL, MODELS, make_audio, run

from tts.checkpoint import load_checkpoint
from tts.data.packed_file import pack_arrays
from tts.errors import InputError
from tts.features.packed_audio import audio_path, frames_in, predicted_path
from tts.files import sha256_file
from tts.train.adversarial import discriminators_of
from tts.train.vocoder_config import VocoderTrainConfig
from tts.train.vocoder_losses import VocoderLosses
from tts.vocoders import load_vocoder, seeded
from tts.vocoders.checkpoints import write_hifigan
from tts.vocoders.discriminators import DiscriminatorConfig
from tts.vocoders.weight_names import to_published


def rows(folder) -> list[dict[str, float]]:
    with open(folder / "losses.csv", encoding="utf-8") as file:
        return [{k: float(v) for k, v in row.items()} for row in csv.DictReader(file)]


def assert_equal(a, b, name="") -> None:
    """Two checkpoints' content, tensors to the bit."""
    assert type(a) is type(b), name
    if isinstance(a, dict):
        assert a.keys() == b.keys(), name
        for key in a:
            assert_equal(a[key], b[key], f"{name}.{key}")
    elif isinstance(a, (list, tuple)):
        assert len(a) == len(b), name
        for index, (x, y) in enumerate(zip(a, b, strict=True)):
            assert_equal(x, y, f"{name}[{index}]")
    elif isinstance(a, torch.Tensor):
        assert torch.equal(a, b), name
    else:
        assert a == b, name


RESUMED = ("model", "ema", "optimizer", "discriminators", "discriminator_updater", "random")
RESUMED += ("epoch", "batch", "step", "best")


@pytest.mark.parametrize("model", JUDGED)
def test_reconstruction_first_then_the_discriminators(tmp_path, model):
    run(tmp_path, "exp", model)
    losses = rows(tmp_path / "exp")
    assert len(losses) == 12
    for number, row in enumerate(losses, 1):
        against = number > 3
        assert (row["adversarial_loss"] > 0) == against
        assert (row["discriminator_loss"] > 0) == against
        assert (row["feature_loss"] > 0) == against
        assert row["mel_loss"] > 0
    pitch = [row.get("pitch_loss", 0) + row.get("voicing_loss", 0) for row in losses]
    assert losses[0]["tot_loss"] == pytest.approx(
        45 * losses[0]["mel_loss"] + 5 * losses[0]["stft_loss"] + pitch[0], rel=1e-5
    )
    warming = losses[3]  # the first of two steps of warm-up counts half
    assert warming["tot_loss"] == pytest.approx(
        45 * warming["mel_loss"]
        + pitch[3]
        + 0.5 * (warming["adversarial_loss"] + 2 * warming["feature_loss"]),
        rel=1e-5,
    )


def test_training_learns_the_mel(tmp_path):
    trainer = run(tmp_path, "exp", discriminators="none", num_epochs=25)
    losses = rows(tmp_path / "exp")
    first, last = (np.mean([row["mel_loss"] for row in part]) for part in (losses[:5], losses[-5:]))
    assert last < 0.6 * first
    assert trainer.retention.best["valid"] < first


@pytest.mark.parametrize("model", MODELS)
def test_resuming_is_exact(tmp_path, model):
    """One epoch, then another, is two epochs to the bit: both optimisers, averages, draws."""
    whole = run(tmp_path, "whole", model)
    run(tmp_path, "parts", model, num_epochs=1)
    parts = run(tmp_path, "parts", model, start_epoch="2")
    assert whole.step == parts.step == 12
    a, b = (load_checkpoint(tmp_path / name / "epoch-2.pt") for name in ("whole", "parts"))
    saved = [key for key in RESUMED if key in a or model in JUDGED]
    assert_equal({key: a[key] for key in saved}, {key: b[key] for key in saved})
    a, b = ((tmp_path / name / "losses.csv").read_text() for name in ("whole", "parts"))
    assert a == b


def test_resuming_inside_an_epoch_is_exact(tmp_path):
    run(tmp_path, "whole")
    run(tmp_path, "parts", max_steps=5)
    run(tmp_path, "parts", start_epoch="auto")
    a, b = (load_checkpoint(tmp_path / name / "epoch-2.pt") for name in ("whole", "parts"))
    assert_equal({key: a[key] for key in RESUMED}, {key: b[key] for key in RESUMED})


def test_accumulated_batches_make_one_step(tmp_path):
    trainer = run(tmp_path, "exp", accumulate=2)
    assert trainer.step == 6


def test_the_best_begin_anew_once_the_discriminators_count_in_full(tmp_path):
    """They do after step 7; in so short a training the distance rises from then on."""
    options = {"valid_every": 2, "discriminator_warmup": 4, "feature_weight": 500.0}
    run(tmp_path, "exp", max_steps=6, **options)
    before = load_checkpoint(tmp_path / "exp" / "epoch-1.pt")["best"]
    assert before["phase"] == 0 and before["epochs"].keys() == {1}
    after = run(tmp_path, "exp", **options, start_epoch="auto").retention.best
    assert load_checkpoint(tmp_path / "exp" / "best-valid-loss.pt")["step"] >= 8
    assert after["phase"] == 1 and after["epochs"].keys() == {2}
    assert after["valid"] > before["valid"]


@pytest.mark.parametrize("model", MODELS)
def test_the_checkpoint_is_a_vocoder(tmp_path, model):
    trainer = run(tmp_path, "exp", model)
    vocoder = load_vocoder(tmp_path / "exp", MEL)  # the folder of the run
    mel_BTF = torch.randn(1, 9, MEL.n_mels)
    with torch.inference_mode():
        samples_BS = seeded(vocoder, mel_BTF, 3)
        average = trainer.task.updater.average
        with average.in_place_of(trainer.task.model):
            wanted_BS = seeded(trainer.task.model, mel_BTF, 3)
    assert samples_BS.shape == (1, 9 * MEL.hop_length)
    best = load_checkpoint(tmp_path / "exp" / "best-valid-loss.pt")
    torch.testing.assert_close(samples_BS, wanted_BS, atol=1e-5, rtol=1e-4)
    assert "discriminators" not in best and "optimizer" not in best
    assert vocoder.mel == MEL


def test_a_hifigan_is_written_in_the_published_format(tmp_path):
    """g_* and its json give the same samples through the reader of published files."""
    run(tmp_path, "exp", "hifigan", num_epochs=1)
    write_hifigan(tmp_path / "g_00000006", tmp_path / "exp")
    mel_BTF = torch.randn(1, 9, MEL.n_mels)
    with torch.inference_mode():
        samples = [load_vocoder(tmp_path / name, MEL)(mel_BTF) for name in ("exp", "g_00000006")]
    torch.testing.assert_close(samples[0], samples[1], atol=1e-6, rtol=0)
    run(tmp_path, "vocos", num_epochs=1)
    with pytest.raises(InputError, match="is no run of hifigan"):
        write_hifigan(tmp_path / "g_1", tmp_path / "vocos")
    assert not (tmp_path / "g_1").exists()


def test_a_run_starts_from_another_ones_weights_and_discriminators(tmp_path):
    run(tmp_path, "first")
    first = load_checkpoint(tmp_path / "first" / "epoch-2.pt")
    trainer = run(
        tmp_path,
        "second",
        init_from=str(tmp_path / "first" / "epoch-2.pt"),
        max_steps=1,
        lr=1e-9,
        reconstruction_steps=0,
    )
    for name, value in trainer.task.model.state_dict().items():
        torch.testing.assert_close(value, first["ema"][name], atol=1e-6, rtol=0)
    for name, value in trainer.task.discriminators.state_dict().items():
        torch.testing.assert_close(value, first["discriminators"][name], atol=1e-6, rtol=0)


def test_published_files_bring_discriminators_and_both_optimisers(tmp_path):
    """A run in the files of jik876: g_*, and do_* with two optimisers, goes on from all of it."""
    judges = {"periods": [2], "num_scales": 1, "resolutions": [], "divisor": 8}
    options = {"model": "hifigan", "judges": judges, "reconstruction_steps": 0}
    options |= {"weight_decay": 0.01, "ema_decay": 0.0}
    run(tmp_path, "first", **options, num_epochs=1)
    first = load_checkpoint(tmp_path / "first" / "epoch-1.pt")
    write_hifigan(tmp_path / "g_00000006", tmp_path / "first" / "epoch-1.pt")
    found, moments = to_published(first["discriminators"]), first["discriminator_updater"]
    published = {
        kind: {k.removeprefix(f"{kind}."): v for k, v in found.items() if k.startswith(kind)}
        for kind in ("msd", "mpd")
    }
    optimizers = {"optim_g": first["optimizer"], "optim_d": moments["optimizer"]}
    torch.save({**published, **optimizers, "steps": 6, "epoch": 1}, tmp_path / "do_00000006")
    second = run(tmp_path, "second", **options, init_from=str(tmp_path / "g_00000006"), max_steps=1)
    done = first["step"]
    for updater in (second.task.updater, second.task.judge_updater):
        assert {int(state["step"]) for state in updater.optimizer.state.values()} == {done + 1}
    log = "".join(path.read_text() for path in (tmp_path / "second" / "log").iterdir())
    assert "discriminators and both optimisers from" in log
    (tmp_path / "do_00000006").unlink()
    third = run(tmp_path, "third", **options, init_from=str(tmp_path / "g_00000006"), max_steps=1)
    assert {int(s["step"]) for s in third.task.updater.optimizer.state.values()} == {1}


def test_segments_of_predicted_mels(tmp_path):
    """With a share of 1 every mel is the predicted one; a changed voice is refused."""
    data = make_audio(tmp_path)
    voice = tmp_path / "voice.pt"
    voice.write_bytes(b"a voice")
    from tts.data.packed_file import Packed

    audio = Packed(audio_path(data, "toy", "train"))
    counts = [frames_in(length, MEL) for length in audio.lengths.tolist()]
    mels = [np.full((count, MEL.n_mels), index, np.float16) for index, count in enumerate(counts)]
    facts = {
        "recordings": "r",
        "voice": str(voice),
        "voice_sha256": sha256_file(voice),
    }
    pack_arrays(predicted_path(data, "toy", "train"), audio.ids, counts, mels, facts)
    trainer = run(tmp_path, "exp", predicted_share=1.0, num_epochs=1)
    batch = next(iter(trainer.task.data.loader))
    assert batch.predicted_B.all()
    wanted = torch.tensor([float(audio.ids.index(name)) for name in batch.ids])
    assert torch.equal(batch.mel_BTF, wanted[:, None, None].expand_as(batch.mel_BTF))
    voice.write_bytes(b"another voice")
    with pytest.raises(InputError, match=r"voice\.pt, which has changed.*predicted-mels"):
        run(tmp_path, "exp2", predicted_share=0.5)


def test_short_recordings_are_named_and_left_out(tmp_path, capsys):
    trainer = run(tmp_path, "exp", num_epochs=1)
    assert "1 recordings are shorter than --segment-frames 24" in capsys.readouterr().out
    drawn = {index for batch in trainer.task.plan.batches(1) for index in batch}
    assert 3 not in drawn and drawn <= {0, 1, 2}


def test_sizes_of_discriminators_and_what_a_table_changes():
    def asked(size: str, **table: Any) -> DiscriminatorConfig | None:
        return discriminators_of(VocoderTrainConfig(discriminators=size), table)

    assert asked("none") is None
    assert asked("full") == DiscriminatorConfig()
    light, small = asked("light"), asked("small")
    assert (light.divisor, light.resolutions) == (4, (2048, 1024, 512))
    assert (small.divisor, small.resolutions, small.resolution_channels) == (8, (1024,), 8)
    assert asked("small", divisor=2, resolutions=[]).resolutions == ()


def test_distances_are_the_mean_over_the_forms_of_a_batch():
    losses = VocoderLosses(VocoderTrainConfig(reconstruction_stft_weight=1, phase_weight=1), MEL)
    torch.manual_seed(0)
    real, one, other = 0.1 * torch.randn(3, 2, 8192)
    both, first, second = (losses(made, real) for made in ([one, other], [one], [other]))
    for name in ("mel_loss", "stft_loss", "phase_loss", "tot_loss"):
        torch.testing.assert_close(both[name], (first[name] + second[name]) / 2)


def test_bad_input(tmp_path):
    with pytest.raises(InputError, match="at least 17 frames"):
        run(tmp_path, "exp", segment_frames=16)
    with pytest.raises(InputError, match="lower --segment-frames"):
        run(tmp_path, "exp", segment_frames=500)
    with pytest.raises(InputError, match="predicted-mels"):
        run(tmp_path, "exp", predicted_share=0.5)
    run(tmp_path, "exp", num_epochs=1)
    with pytest.raises(InputError, match=r"another discriminator \(divisor"):
        run(tmp_path, "exp", judges={**JUDGES, "divisor": 4}, start_epoch="2")
    with pytest.raises(InputError, match="is a checkpoint of the model vocos, not of hifigan"):
        run(tmp_path, "exp", "hifigan", start_epoch="2")
    with pytest.raises(InputError, match="another architecture or size"):
        run(tmp_path, "exp2", "hifigan", init_from=str(tmp_path / "exp" / "epoch-1.pt"))
    audio_path(tmp_path / "data", "toy", "valid").unlink()
    with pytest.raises(InputError, match=r"pack-audio \(16\)"):
        run(tmp_path, "exp3")

"""FastSpeech 2: parameter count, parts with known answers, options, controls."""

from __future__ import annotations

import dataclasses

import pytest
import torch
from conftest import add_tiny_inputs

from tts.batch import Batch
from tts.config import to_dict, write_toml
from tts.mel import MelConfig
from tts.models.facts import Facts
from tts.models.fastspeech2 import FastSpeech2, FastSpeech2Config, PostNetConfig
from tts.models.feed_forward_transformer import FeedForwardConfig, sinusoids
from tts.models.lengths import LateCheck, TokenSelection, expand, token_means, whole_frames
from tts.models.quantity import Quantity, standardise
from tts.models.variance_adaptor import VarianceConfig
from tts.train.acoustic import train
from tts.train.memory import with_inputs

MELS = 80
SMALL = FeedForwardConfig(
    channels=16, num_layers=1, filter_channels=16, kernel_size_1=3, dropout=0.0
)
STATISTICS = {"log_f0_mean": 5.0, "log_f0_std": 0.2, "f0_min": 60.0, "f0_max": 400.0}
STATISTICS |= {"energy_mean": 20.0, "energy_std": 9.0, "energy_min": 0.0, "energy_max": 80.0}


def small_model(**options) -> FastSpeech2:
    torch.manual_seed(2)
    variance = options.pop("variance", VarianceConfig(channels=8, dropout=0.0))
    mel = options.pop("mel", MelConfig())
    facts = Facts(
        20, mel.n_mels, -5.0, 2.0, contour_statistics=STATISTICS, frame_seconds=mel.frame_seconds
    )
    model = FastSpeech2(FastSpeech2Config(SMALL, variance, SMALL, **options), facts)
    return model.eval()


def framed_batch(blank: int = 0) -> Batch:
    """Two utterances, blanks between tokens."""
    tokens_BL = torch.tensor([[9, 4, 9, 5, 9, 6, 9], [9, 7, 9, 8, 9, 9, 9]])
    tokens_BL[tokens_BL == 9] = blank
    lens = torch.tensor([7, 5])
    torch.manual_seed(1)
    frames = torch.tensor([30, 17])
    mel_BTF = torch.randn(2, 30, MELS) * (torch.arange(30) < frames[:, None])[..., None]
    batch = Batch(["a", "b"], tokens_BL, lens, mel_BTF, frames)
    return with_inputs(batch, FastSpeech2.inputs)


@pytest.mark.parametrize(("vocab_size", "count"), [(157, 24_474_974), (2069, 24_964_446)])
def test_parameter_count(vocab_size, count):
    with torch.device("meta"):
        model = FastSpeech2(FastSpeech2Config(), Facts(vocab_size))
    assert sum(parameter.numel() for parameter in model.parameters()) == count
    block = sum(parameter.numel() for parameter in model.decoder.blocks[0].parameters())
    # Attention, the convolutions of 9 and 1, two normalisations.
    assert block == 4 * (256 * 256 + 256) + 256 * 1024 * 9 + 1024 + 1024 * 256 + 256 + 4 * 256


def test_blanks_are_left_out_and_their_frames_kept():
    tokens_BL = torch.tensor([[0, 4, 0, 5, 0, 0, 6, 0], [3, 0, 7, 0, 0, 0, 0, 0]])
    lens = torch.tensor([8, 3])
    durations_BL = torch.tensor([[1, 2, 3, 4, 5, 6, 7, 8], [1, 2, 3, 0, 0, 0, 0, 0]])
    for exact in (True, False):
        selection = TokenSelection(tokens_BL, lens, torch.tensor(0), exact)
        assert selection.lens.tolist() == [5, 2]
        assert selection.take(tokens_BL)[0, :5].tolist() == [0, 4, 5, 6, 0]
        assert selection.take(tokens_BL)[1, :2].tolist() == [3, 7]
        found_BP = selection.take_durations(durations_BL)
        assert found_BP[0].tolist() == [1, 5, 15, 7, 8] + [0] * (found_BP.shape[1] - 5)
        assert found_BP[1].tolist() == [3, 3] + [0] * (found_BP.shape[1] - 2)
        back_BL = selection.put_back(found_BP)
        assert back_BL.tolist() == [[1, 5, 0, 15, 0, 0, 7, 8], [3, 0, 3, 0, 0, 0, 0, 0]]


def test_ids_without_blanks_are_an_error():
    ids, blank = torch.ones(1, 9, dtype=torch.int64), torch.tensor(0)
    with pytest.raises(ValueError, match="frame them"):
        TokenSelection(ids, torch.tensor([9]), blank, exact=False)
    assert TokenSelection(ids, torch.tensor([9]), blank, exact=True).size == 9


def test_the_error_of_a_device_comes_when_the_device_has_got_there(monkeypatch):
    """Nobody waits: pinned memory and an event, here made of nothing."""

    class Wrong:
        device = torch.device("cuda", 1)

        def __init__(self, value):
            self.value = value

    class Flag:
        def copy_(self, wrong, non_blocking):
            assert non_blocking
            self.value = wrong.value

        def __bool__(self):
            return self.value

    class Event:
        done = False

        def record(self, stream):
            assert stream == Wrong.device

        def query(self):
            return Event.done

    monkeypatch.setattr(torch, "empty", lambda *_, dtype, pin_memory: Flag())
    monkeypatch.setattr(torch.cuda, "Event", Event)
    monkeypatch.setattr(torch.cuda, "current_stream", lambda device: device)
    check = LateCheck("ids are wrong")
    check(Wrong(False))
    check(Wrong(True))
    Event.done = True
    with pytest.raises(ValueError, match="ids are wrong"):
        check(Wrong(False))
    check(Wrong(False))


@pytest.mark.gpu
def test_ids_without_blanks_are_an_error_on_a_gpu_soon():
    ids, lens = torch.ones(1, 9, dtype=torch.int64).cuda(), torch.tensor([9]).cuda()
    blank = torch.tensor(0).cuda()
    with pytest.raises(ValueError, match="frame them"):
        for _ in range(3):
            TokenSelection(ids, lens, blank, exact=False)
            torch.cuda.synchronize()


def test_stripped_blanks_make_no_difference_to_losses():
    """With the blanks' frames moved to the tokens before them, blanks or none are the same."""
    model, batch = small_model(), framed_batch()
    selection = TokenSelection(batch.tokens_BL, batch.tokens_lens, torch.tensor(0), exact=True)
    bare = dataclasses.replace(
        batch,
        tokens_BL=selection.take(batch.tokens_BL),
        tokens_lens=selection.lens,
        durations_BL=selection.take_durations(batch.durations_BL),
    )
    keep = small_model(blanks="keep")
    with torch.no_grad():
        torch.testing.assert_close(model.losses(batch), keep.losses(bare), atol=1e-6, rtol=1e-5)
        assert keep.losses(batch)["mel_loss"] != model.losses(batch)["mel_loss"]


def test_fractions_of_frames_are_those_that_expand_gives():
    durations_BL = torch.tensor([[1.3, 0.0, 2.6, 0.4, 1.9], [0.7, 0.7, 0.7, 0.0, 0.0]])
    mel_lens = durations_BL.sum(1).floor().long()
    whole_BL = whole_frames(durations_BL, torch.tensor([5, 3]), mel_lens)
    for row, frames in enumerate(mel_lens):
        place_BDL = torch.arange(5.0).expand(1, 1, 5)
        index_T = expand(place_BDL, durations_BL[row : row + 1], frames)[0, 0].long()
        assert torch.bincount(index_T, minlength=5).tolist() == whole_BL[row].tolist()
    nothing = whole_frames(torch.zeros(1, 3), torch.tensor([3]), torch.tensor([1]))
    assert nothing.tolist() == [[0, 0, 1]]


def test_token_means():
    values_BT = torch.tensor([[1.0, 3.0, 5.0, 7.0, 100.0]])
    durations_BL = torch.tensor([[2, 0, 1, 1, 0]])
    assert token_means(values_BT, durations_BL).tolist() == [[2.0, 0.0, 5.0, 7.0, 0.0]]


def test_positions():
    found_TD = sinusoids(3, 4, torch.device("cpu"))
    angle = torch.tensor([[0.0, 0.0], [1.0, 1e-4], [2.0, 2e-4]])
    torch.testing.assert_close(found_TD, torch.cat([angle.sin(), angle.cos()], dim=1))


def test_bins_of_pitch_are_equal_steps_of_its_logarithm():
    quantity = Quantity("pitch", "frame", (4, 8, 3, 0.0), 256, is_log=True)
    quantity.set_statistics(5.0, 0.2, torch.log(torch.tensor(50.0)), torch.log(torch.tensor(800.0)))
    steps = torch.arange(256) + 0.5
    f0 = 50.0 * 16.0 ** (steps / 256)
    vectors = quantity.embed(f0.log()[None])[0].T
    torch.testing.assert_close(vectors, quantity.embedding.weight)
    outside = quantity.embed(torch.tensor([[1.0, 9.0]]))[0].T
    torch.testing.assert_close(outside, quantity.embedding.weight[[0, -1]])


def test_standardise_counts_real_frames_only():
    values_BT = torch.tensor([[1.0, 3.0, 99.0], [2.0, 4.0, 6.0]])
    mask_BT = torch.tensor([[1.0, 1.0, 0.0], [1.0, 1.0, 1.0]])
    standard_BT, moments_B2 = standardise(values_BT, mask_BT)
    torch.testing.assert_close(standard_BT[0], torch.tensor([-1.0, 1.0, 0.0]))
    torch.testing.assert_close(moments_B2[:, 0], torch.tensor([2.0, 4.0]))
    torch.testing.assert_close(moments_B2[1, 1], torch.tensor(8 / 3).sqrt())
    flat_BT, _ = standardise(torch.full((1, 3), 5.0), torch.ones(1, 3))
    assert flat_BT.abs().max() == 0


@pytest.mark.parametrize("pitch", ["cwt", "frame", "phone"])
@pytest.mark.parametrize("energy", ["frame", "phone"])
def test_every_option_reaches_every_parameter(pitch, energy):
    continuous = {"pitch_embedding": "continuous", "energy_embedding": "continuous"}
    more = continuous if energy == "phone" else {}
    variance = VarianceConfig(channels=8, pitch=pitch, energy=energy, **more)
    model = small_model(variance=variance, postnet=PostNetConfig(num_layers=2, channels=8)).train()
    losses = model(framed_batch())
    names = {"mel_loss", "dur_loss", "pitch_loss", "energy_loss", "postnet_loss"}
    assert losses.keys() == names | ({"pitch_moments_loss"} if pitch == "cwt" else set())
    sum(losses.values()).backward()
    assert not [name for name, p in model.named_parameters() if p.grad is None]


def test_wavelets_have_the_length_of_the_mels_frames():
    losses = {}
    for hop in (256, 441):
        model = small_model(mel=MelConfig(hop_length=hop))
        assert model.adaptor.pitch.predictor.frame_seconds == round(hop / 22050, 5)
        with torch.no_grad():
            losses[hop] = model.losses(framed_batch())["pitch_loss"]
    assert losses[256] != losses[441]


def test_a_batch_without_its_inputs_says_so():
    batch = dataclasses.replace(framed_batch(), energy_BT=None)
    with pytest.raises(ValueError, match="inputs"):
        small_model().losses(batch)


@pytest.mark.parametrize("pitch", ["cwt", "phone"])
def test_controls_of_the_utterance_and_of_tokens(pitch):
    variance = VarianceConfig(channels=8, pitch=pitch, energy_embedding="continuous")
    model, batch = small_model(variance=variance), framed_batch()
    values = {}
    for name in ("pitch", "energy"):
        quantity = getattr(model.adaptor, name)
        embed = quantity.embed
        quantity.embed = lambda x, n=name, e=embed: values.update({n: x}) or e(x)

    def say(**scales):
        with torch.no_grad():
            spoken = model.synthesise(batch.tokens_BL, batch.tokens_lens, **scales)
        return spoken, dict(values)

    plain, before = say()
    assert plain["durations_BL"].sum(1).tolist() == plain["mel_lens"].tolist()
    _, after = say(pitch_scale=2.0, energy_scale=torch.tensor([0.5]))
    torch.testing.assert_close(after["pitch"].exp(), 2 * before["pitch"].exp())
    each = torch.ones_like(batch.tokens_BL, dtype=torch.float32)
    each[0, 3] = 2.0
    slow, _ = say(length_scale=each)
    ratio = slow["durations_BL"] / plain["durations_BL"].clamp(min=1)
    assert ratio[0, 3] == 2 and (slow["durations_BL"] != plain["durations_BL"]).sum() == 1
    same, _ = say(length_scale=1.0, noise_scale=3.0, num_steps=9)
    assert torch.equal(same["mel_BTF"], plain["mel_BTF"])
    twice, found = say(energy_scale=each)
    place = int(plain["durations_BL"][0, :3].sum())
    assert not torch.equal(twice["mel_BTF"], plain["mel_BTF"])
    changed = (found["energy"] != before["energy"])[0].nonzero()[:, 0]
    assert changed.tolist() == list(range(place, place + int(plain["durations_BL"][0, 3])))


def test_cut_at_the_most_frames():
    model, batch = small_model(), framed_batch()
    with torch.no_grad():
        spoken = model.synthesise(batch.tokens_BL, batch.tokens_lens, max_frames=7)
    assert spoken["mel_BTF"].shape[1] == 7 and spoken["durations_BL"].sum(1).tolist() == [7, 7]


@pytest.mark.parametrize("pitch", ["cwt", "frame", "phone"])
def test_contours_are_those_that_are_spoken(pitch):
    model = small_model(variance=VarianceConfig(channels=8, dropout=0.0, pitch=pitch))
    batch = framed_batch()
    taken = []
    for quantity in (model.adaptor.pitch, model.adaptor.energy):
        embed = quantity.embed
        quantity.embed = lambda values, embed=embed: (taken.append(values), embed(values))[1]
    spoken = model.synthesise(batch.tokens_BL, batch.tokens_lens)
    heard = dict(zip(("pitch", "energy"), taken, strict=True))
    lens, durations_BL = spoken["mel_lens"], spoken["durations_BL"]
    mel_BTF = torch.zeros(2, int(lens.max()), MELS)
    again = dataclasses.replace(batch, durations_BL=durations_BL, mel_BTF=mel_BTF, mel_lens=lens)
    log_f0_BT, energy_BT = model.contours(again)
    assert log_f0_BT.shape == energy_BT.shape == (2, int(lens.max()))
    if pitch != "phone":
        torch.testing.assert_close(log_f0_BT, heard["pitch"])
    torch.testing.assert_close(energy_BT, heard["energy"])
    with pytest.raises(ValueError, match="durations"):
        model.contours(dataclasses.replace(batch, durations_BL=None))


def test_training_takes_the_frame_length_of_the_prepared_mel(tiny_work):
    add_tiny_inputs(tiny_work)
    mel = MelConfig(sample_rate=24000, hop_length=300)
    write_toml(tiny_work / "data" / "mel.toml", to_dict(mel))
    block = {"channels": 16, "filter_channels": 16, "num_layers": 1}
    model = {"encoder": block, "decoder": block, "variance": {"channels": 16}}
    folders = {
        "exp_dir": str(tiny_work / "exp"),
        "manifest_dir": str(tiny_work / "data" / "fbank"),
    }
    options = {"max_duration": 2.0, "num_workers": 0, "tensorboard": False, "num_epochs": 1}
    trained = train(
        "fastspeech2",
        {"model": model, "train": {**folders, **options}},
        {"name": "ljspeech"},
        "ljspeech",
    )
    assert trained.task.model.adaptor.pitch.predictor.frame_seconds == 0.0125

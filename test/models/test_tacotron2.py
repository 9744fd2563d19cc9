"""Tacotron 2: sizes, equations with known answers, stopping, stretching."""

from __future__ import annotations

import copy
import dataclasses
import math

import pytest
import torch
from test_contract import FACTS, SMALL_WITHOUT_DROPOUT, make_batch

from tts.config import from_dict
from tts.errors import InputError
from tts.models import build_model
from tts.models.attention_decoder import FRAMES_A_TOKEN, AttentionDecoderConfig, window
from tts.models.batch_norm import BatchNorm, running_statistics
from tts.models.facts import Facts
from tts.models.lengths import length_mask
from tts.models.recurrent import SharedLinear
from tts.models.tacotron2 import END_WEIGHT, Tacotron2, Tacotron2Config, stretched
from tts.models.tacotron2_layers import Encoder, Tacotron2EncoderConfig


def small(**options) -> Tacotron2:
    torch.manual_seed(4)
    config = from_dict(Tacotron2Config, {**SMALL_WITHOUT_DROPOUT["tacotron2"], **options}, "model")
    return build_model("tacotron2", config, FACTS).eval()


def talking(**options) -> Tacotron2:
    """A voice whose gate never opens."""
    model = small(**options)
    torch.nn.init.constant_(model.decoder.gate_layer.bias, -50.0)
    return model


def test_published_size():
    model = Tacotron2(Tacotron2Config(), Facts(157))
    assert sum(p.numel() for p in model.parameters()) == 28_197_761


def test_batch_norm_is_that_of_torch_without_padding():
    torch.manual_seed(0)
    ours, theirs = BatchNorm(6), torch.nn.BatchNorm1d(6)
    for layer in (ours, theirs):
        torch.nn.init.uniform_(layer.weight, generator=torch.Generator().manual_seed(1))
        torch.nn.init.uniform_(layer.bias, generator=torch.Generator().manual_seed(2))
    x_BDT, mask_B1T = torch.randn(3, 6, 11), torch.ones(3, 1, 11)
    torch.testing.assert_close(ours(x_BDT, mask_B1T), theirs(x_BDT))
    torch.testing.assert_close(ours.running_var, theirs.running_var)
    torch.testing.assert_close(ours.running_mean, theirs.running_mean)
    torch.testing.assert_close(ours.eval()(x_BDT, mask_B1T), theirs.eval()(x_BDT))


def test_batch_norm_does_not_see_padding():
    torch.manual_seed(0)
    narrow, x_BDT = BatchNorm(6), torch.randn(2, 6, 5)
    wide = copy.deepcopy(narrow)
    padded_BDT = torch.cat([x_BDT, torch.full((2, 6, 4), 9.0)], 2)
    mask_B1T = length_mask(torch.tensor([5, 5]), 9)
    found = wide(padded_BDT, mask_B1T)[:, :, :5]
    torch.testing.assert_close(found, narrow(x_BDT, torch.ones(2, 1, 5)))
    for one, other in zip(running_statistics(wide), running_statistics(narrow), strict=True):
        torch.testing.assert_close(one, other)


def test_normalisation_folds_into_the_convolution():
    torch.manual_seed(0)
    norm, conv = BatchNorm(6), torch.nn.Conv1d(4, 6, 5, padding=2)
    norm(torch.randn(2, 6, 30) * 3 + 1, torch.ones(2, 1, 30))
    norm.eval()
    x_BDT = torch.randn(1, 4, 9)
    expected = norm(conv(x_BDT), torch.ones(1, 1, 9))
    torch.testing.assert_close(norm.folded(conv)(x_BDT), expected)


def test_encoder_reads_backwards_as_a_packed_lstm_does():
    torch.manual_seed(0)
    encoder = Encoder(Tacotron2EncoderConfig(channels=8, num_layers=0))
    both = torch.nn.LSTM(8, 4, batch_first=True, bidirectional=True)
    weights = dict(encoder.forwards.state_dict())
    weights |= {f"{name}_reverse": w for name, w in encoder.backwards.state_dict().items()}
    both.load_state_dict(weights)
    lens, x_BDP = torch.tensor([7, 3]), torch.randn(2, 8, 7)
    x_BDP = x_BDP * length_mask(lens, 7)
    pack = torch.nn.utils.rnn.pack_padded_sequence
    packed, _ = both(pack(x_BDP.transpose(1, 2), lens, batch_first=True))
    expected, _ = torch.nn.utils.rnn.pad_packed_sequence(packed, batch_first=True)
    torch.testing.assert_close(encoder(x_BDP, lens), expected)


def test_shared_products_have_the_gradients_of_single_ones():
    torch.manual_seed(0)
    weight, first = torch.randn(3, 3, requires_grad=True), torch.randn(2, 3, requires_grad=True)

    def gradients(multiply) -> tuple[torch.Tensor, ...]:
        x = first
        for _ in range(4):
            x = torch.tanh(multiply(x))
        return torch.autograd.grad(x.square().sum(), [weight, first])

    shared, single = gradients(SharedLinear(weight)), gradients(lambda x: x @ weight.t())
    torch.testing.assert_close(shared, single)


def test_teaching_is_the_steps_one_after_the_other():
    """With the recording's frames in the place of its own, a step gives what teaching gives."""
    model, batch = small(), make_batch([(9, 21)], ("durations",))
    tokens, lens, _ = model._select(batch.tokens_BL, batch.tokens_lens, exact=True)
    memory, mask = model._encode(tokens, lens)
    mel_BTF = (batch.mel_BTF - model.mel_mean) / model.mel_std
    taught, gates, weights = model.decoder.teach(memory, mask, mel_BTF)
    decoder, state = model.decoder, model.decoder.begin(memory)
    keys = decoder.attention_layer.memory_layer(memory)
    locate = SharedLinear(decoder.attention_layer.location_matrix())
    frame = torch.zeros(1, 80)
    for t in range(21):
        made, gate, state = decoder.step(
            frame, torch.ones(2, 1, 8), state, memory, keys, mask[:, 0] == 0, locate
        )
        torch.testing.assert_close(made, taught[:, t])
        torch.testing.assert_close(gate, gates[:, t])
        torch.testing.assert_close(state.weights_B2P[:, 0], weights[:, t])
        frame = mel_BTF[:, t]


def test_attention_that_is_told_is_the_same_without_the_gradient_of_where_it_was():
    """The last frame's weights: told, keys count as they are read, not by earlier attention."""
    model, batch = small(), make_batch([(9, 21)], ("durations",))
    tokens, lens, _ = model._select(batch.tokens_BL, batch.tokens_lens, exact=True)
    memory, mask = (part.detach() for part in model._encode(tokens, lens))
    layer, found = model.decoder.attention_layer, []
    for told in (False, True):
        weights = model.decoder.teach(memory, mask, batch.mel_BTF, told)[2]
        slopes = torch.autograd.grad(weights[:, -1].max(), layer.memory_layer.weight)[0]
        found.append((weights, slopes))
    torch.testing.assert_close(found[0][0], found[1][0])
    assert not torch.allclose(found[0][1], found[1][1])


def test_a_missed_end_costs_twenty_frames():
    """Gates that are all undecided: every frame costs log 2, the last one END_WEIGHT times that."""
    model, batch = small(), make_batch([(9, 21)], ("durations",))
    for parameter in model.decoder.gate_layer.parameters():
        torch.nn.init.zeros_(parameter)
    cost = float(model.losses(batch)["gate_loss"])
    assert cost == pytest.approx(math.log(2) * (20 + END_WEIGHT) / 21)


def test_attention_costs_nothing_on_the_token_spoken_and_beside_it():
    """Weights on the token, on both neighbours, two away, and half of them there."""
    model = small(blanks="keep")
    batch = dataclasses.replace(
        make_batch([(6, 5)]), durations_BL=torch.tensor([[0, 0, 5, 0, 0, 0]])
    )
    weights = torch.zeros(1, 5, 6)
    for frame, places in enumerate([{2: 1}, {1: 1}, {3: 1}, {4: 1}, {2: 0.5, 5: 0.5}]):
        for place, weight in places.items():
            weights[0, frame, place] = weight
    costs = model._attention_costs(batch, weights, batch.tokens_lens, None)
    expected = torch.tensor([[0.0, 0.0, 0.0, -math.log(1e-6), math.log(2)]])
    torch.testing.assert_close(costs, expected, atol=1e-5, rtol=1e-5)


def test_guided_attention_is_the_papers():
    """1 - exp(-(n/N - t/T)^2 / 2 g^2), Tachibana et al. 2018."""
    model = small(alignment="guided", guided_width=0.2, blanks="keep")
    assert model.inputs == ()
    batch = make_batch([(4, 8)])
    weights = torch.zeros(1, 8, 4)
    weights[0, :, 1] = 1
    costs = model._attention_costs(batch, weights, batch.tokens_lens, None)
    expected = [1 - math.exp(-((1 / 4 - t / 8) ** 2) / (2 * 0.2**2)) for t in range(8)]
    torch.testing.assert_close(costs[0], torch.tensor(expected))


def test_the_alignment_loss_teaches_attention():
    """In sixty steps most of the weight lies where the durations say; without it, nowhere."""
    mass = {}
    for alignment in ("stored", "none"):
        model = small(alignment=alignment, blanks="keep").train()
        batch = make_batch([(8, 40), (8, 40)], ("durations",))
        batch = dataclasses.replace(batch, durations_BL=torch.full((2, 8), 5))
        adam = torch.optim.Adam(model.parameters(), lr=1e-2)
        for _ in range(60):
            adam.zero_grad()
            sum(model(batch).values()).backward()
            adam.step()
        weights, _ = model.eval().attention(batch)
        spoken = torch.arange(40) // 5
        near = (torch.arange(8) - spoken[:, None]).abs() <= 1
        mass[alignment] = float((weights * near).sum(2).mean())
    assert mass["stored"] > 0.9 > 0.6 > mass["none"]


def test_speech_ends_where_the_gate_opens_or_at_the_limit():
    model, batch = talking(), make_batch([(13, 30), (9, 30)])
    spoken = model.synthesise(batch.tokens_BL, batch.tokens_lens, 0.0)
    read = torch.tensor([8, 6])  # the ends and the tokens between blanks
    assert spoken["mel_lens"].tolist() == (FRAMES_A_TOKEN * read).tolist()
    assert not spoken["stopped_B"].any()
    assert (spoken["durations_BL"].sum(1) == spoken["mel_lens"]).all()
    cut = model.synthesise(batch.tokens_BL, batch.tokens_lens, 0.0, max_frames=7)
    assert cut["mel_lens"].tolist() == [7, 7]
    torch.nn.init.constant_(model.decoder.gate_layer.bias, 50.0)
    spoken = model.synthesise(batch.tokens_BL, batch.tokens_lens, 0.0)
    assert spoken["mel_lens"].tolist() == [1, 1] and spoken["stopped_B"].all()


def test_random_values_are_lost_by_seed_and_not_at_all_without_noise():
    model = talking(
        decoder={**SMALL_WITHOUT_DROPOUT["tacotron2"]["decoder"], "prenet_dropout": 0.5}
    )
    batch = make_batch([(9, 30)])

    def spoken(noise: float, seed: int) -> torch.Tensor:
        generator = torch.Generator().manual_seed(seed)
        arguments = batch.tokens_BL, batch.tokens_lens, noise
        return model.synthesise(*arguments, generator=generator)["mel_BTF"]

    assert torch.equal(spoken(0.0, 1), spoken(0.0, 2))
    assert torch.equal(spoken(0.667, 1), spoken(0.667, 1))
    assert not torch.equal(spoken(0.667, 1), spoken(0.667, 2))


def test_a_window_holds_attention_monotonic():
    weights = torch.tensor([[0.1, 0.2, 0.7, 0.0, 0.0, 0.0]])
    outside, place = window(weights, torch.tensor([1]), 2)
    assert place.item() == 2 and outside.tolist() == [[True, False, False, False, False, True]]
    outside, place = window(weights, torch.tensor([4]), 2)
    assert place.item() == 4 and outside.tolist() == [[True, True, True, False, False, False]]
    batch = make_batch([(41, 90)])
    for size in (0, 2):
        model = talking(attention_window=size)
        torch.nn.init.normal_(model.decoder.attention_layer.v.weight, std=40.0)
        found = model.synthesise(batch.tokens_BL, batch.tokens_lens, 0.0)["attention_BTP"]
        steps = found[0].argmax(1).diff()
        assert (steps.min() >= -3 and steps.max() <= 3) == bool(size)


def test_stretching():
    mel_BTF = torch.tensor([[0.0, 1.0, 2.0, 3.0]])[:, :, None]
    lens = torch.tensor([4])

    def of(*scales: float) -> list[float]:
        mel, index, frames = stretched(mel_BTF, torch.tensor([scales]), lens)
        assert index.shape[1] == int(frames)
        return mel[0, :, 0].tolist()

    assert of(1, 1, 1, 1) == [0, 1, 2, 3]
    assert of(2, 2, 2, 2) == [0, 0.25, 0.75, 1.25, 1.75, 2.25, 2.75, 3]
    assert of(0.5, 0.5, 0.5, 0.5) == [0.5, 2.5]
    assert of(1, 3, 1, 1)[:1] + of(1, 3, 1, 1)[-2:] == [0, 2, 3] and len(of(1, 3, 1, 1)) == 6
    assert of(0.1, 0.1, 0.1, 0.1) == [3]


def test_durations_of_the_attention_are_whole_and_complete():
    model, batch = small(), make_batch([(13, 30), (9, 21)], ("durations",))
    durations = model.align(batch)
    assert durations.sum(1).tolist() == [30, 21] and (durations >= 0).all()
    assert durations[:, 2:8:2].sum() == 0  # of the blanks inside


@pytest.mark.parametrize(
    "wrong", [{"gate_threshold": 1.0}, {"attention_window": -1}, {"guided_width": 0.0}]
)
def test_impossible_options(wrong):
    with pytest.raises(InputError, match=next(iter(wrong))):
        Tacotron2Config(**wrong)


def test_impossible_sizes():
    with pytest.raises(InputError, match="location_kernel_size = 30: must be odd"):
        AttentionDecoderConfig(location_kernel_size=30)
    for wrong in ({"kernel_size": 4}, {"channels": 5}):
        with pytest.raises(InputError, match="channels must be even, kernel_size odd"):
            Tacotron2EncoderConfig(**wrong)


def test_durations_that_are_missing_are_named():
    with pytest.raises(ValueError, match="durations"):
        small().losses(make_batch([(9, 21)]))

"""What every registered acoustic model promises."""

from __future__ import annotations

import copy
import dataclasses

import pytest
import torch

from tts.batch import Batch
from tts.config import from_dict, to_dict
from tts.errors import InputError
from tts.models import MODELS, build_model, compile_model, model_class
from tts.models.facts import Facts
from tts.train.memory import with_inputs

VOCAB, MELS = 30, 80
FACTS = Facts(VOCAB, 80, -5.0, 2.0)
_BLOCKS = {"channels": 16, "num_layers": 1, "filter_channels": 16, "dropout": 0.0}
SMALL_WITHOUT_DROPOUT = {
    "fastspeech2": {
        "encoder": _BLOCKS,
        "variance": {"channels": 8, "dropout": 0.0},
        "decoder": _BLOCKS,
    },
    "matcha": {
        "encoder": {
            "channels": 32,
            "filter_channels": 32,
            "num_layers": 1,
            "dropout": 0.0,
            "prenet_dropout": 0.0,
            "duration_channels": 16,
            "duration_dropout": 0.0,
        },
        "decoder": {"channels": [32, 32], "head_channels": 16, "dropout": 0.0, "time_channels": 32},
    },
}
SMALL_WITHOUT_DROPOUT["tacotron2"] = {
    "encoder": {"channels": 16, "num_layers": 1, "dropout": 0.0},
    "decoder": {
        "prenet_channels": 8,
        "prenet_dropout": 0.0,
        "rnn_channels": 16,
        "rnn_dropout": 0.0,
        "attention_channels": 8,
        "location_filters": 4,
    },
    "postnet": {"channels": 8, "num_layers": 2, "dropout": 0.0},
}
SMALL_WITHOUT_DROPOUT["matcha_student"] = SMALL_WITHOUT_DROPOUT["matcha"]


def make_batch(lengths: list[tuple[int, int]], inputs: tuple[str, ...] = ()) -> Batch:
    """Random utterances of (tokens, frames), framed with blanks and padded together, with the
    `inputs` that a model declares.
    """
    generator = torch.Generator().manual_seed(0)
    max_tokens = max(tokens for tokens, _ in lengths)
    max_frames = max(frames for _, frames in lengths)
    tokens_BL = torch.zeros(len(lengths), max_tokens, dtype=torch.int64)
    mel_BTF = torch.zeros(len(lengths), max_frames, MELS)
    for row, (tokens, frames) in enumerate(lengths):
        tokens_BL[row, 1:tokens:2] = torch.randint(1, VOCAB, (tokens // 2,), generator=generator)
        mel_BTF[row, :frames] = torch.randn(frames, MELS, generator=generator) - 5
    batch = Batch(
        ids=[f"utt{row}" for row in range(len(lengths))],
        tokens_BL=tokens_BL,
        tokens_lens=torch.tensor([tokens for tokens, _ in lengths]),
        mel_BTF=mel_BTF,
        mel_lens=torch.tensor([frames for _, frames in lengths]),
    )
    return with_inputs(batch, inputs)


def widened(batch: Batch, tokens: int, frames: int) -> Batch:
    """`batch` with so many more positions of padding."""
    wider = {}
    for field in dataclasses.fields(batch):
        value = getattr(batch, field.name)
        if isinstance(value, torch.Tensor) and value.dim() > 1:
            more = tokens if field.name.endswith("BL") else frames
            ends = (0, 0, 0, more) if value.dim() == 3 else (0, more)
            wider[field.name] = torch.nn.functional.pad(value, ends)
    return dataclasses.replace(batch, **wider)


def row_of(batch: Batch, row: int) -> Batch:
    """One utterance of a batch, without padding."""
    rows = {
        name: value[row:]
        for name, value in vars(batch).items()
        if isinstance(value, (list, torch.Tensor))
    }
    return dataclasses.replace(batch, **rows).first()


@pytest.fixture(params=sorted(MODELS))
def model(request):
    torch.manual_seed(3)
    # The student has the network of the voice that teaches it, which is here in full.
    sizes = SMALL_WITHOUT_DROPOUT[request.param] if request.param == "matcha_student" else {}
    config = from_dict(model_class(request.param).Config, sizes, "model")
    return build_model(request.param, config, FACTS).eval()


def test_config_round_trip(model):
    config = type(model).Config()
    assert from_dict(type(config), to_dict(config)) == config


def test_unknown_model():
    with pytest.raises(InputError, match="matcha"):
        model_class("match")


def test_losses_are_finite_named_scalars_and_reach_every_parameter(model):
    model.train()
    losses = model(make_batch([(9, 40), (5, 31)], model.inputs))
    assert losses
    for name, value in losses.items():
        assert value.dim() == 0 and torch.isfinite(value), name
    sum(losses.values()).backward()
    without = [n for n, p in model.named_parameters() if p.grad is None]
    assert not without


def test_the_host_waits_for_no_value(model):
    """On the meta device tensors have shapes and no values: whoever asks for one fails."""
    model.to("meta").train()
    batch = make_batch([(9, 40), (5, 31)], model.inputs).to("meta")
    sum(model(batch).values()).backward()
    assert all(parameter.grad is not None for parameter in model.parameters())


@pytest.mark.gpu
@pytest.mark.parametrize("precision", [None, torch.bfloat16])
def test_a_gpu_is_never_waited_for(model, precision):
    model.to("cuda").train()
    batch = make_batch([(9, 40), (5, 31)], model.inputs).to("cuda")

    def step():
        with torch.autocast("cuda", precision, enabled=precision is not None):
            total = sum(model(batch).values())
        total.backward()

    step()  # compiles kernels, chooses algorithms
    torch.cuda.synchronize()
    torch.cuda.set_sync_debug_mode("error")
    try:
        step()
    finally:
        torch.cuda.set_sync_debug_mode("default")


@pytest.mark.gpu
def test_a_gpu_gives_the_losses_of_the_cpu(model, monkeypatch):
    batch = make_batch([(12, 64), (7, 37), (4, 22)], model.inputs)
    noise, times = torch.randn(3, MELS, 64), torch.rand(3, 1, 1)
    monkeypatch.setattr(torch, "randn_like", lambda x: noise.to(x.device))
    monkeypatch.setattr(torch, "rand", lambda *_, device, **__: times.to(device))
    with torch.no_grad():
        here = model.losses(batch)
        there = model.to("cuda").losses(batch.to("cuda"))
    for name in here:
        torch.testing.assert_close(there[name].cpu(), here[name], atol=3e-3, rtol=3e-3)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("device", "backend"),
    [("cpu", "aot_eager"), pytest.param("cuda", "inductor", marks=pytest.mark.gpu)],
)
@pytest.mark.parametrize("name", sorted(SMALL_WITHOUT_DROPOUT))
def test_compiled_losses_and_gradients_are_the_same(device, backend, name):
    """A few graphs for all lengths: the third batch compiles nothing more.

    On the CPU without the last step, C++ code, whose compilation takes many minutes.
    """
    import torch._dynamo
    import torch._dynamo.utils as dynamo

    config = from_dict(model_class(name).Config, SMALL_WITHOUT_DROPOUT[name], "model")
    torch._dynamo.reset()  # graphs of a model of the same classes would be used again
    dynamo.counters.clear()
    torch.manual_seed(3)
    plain = build_model(name, config, FACTS).to(device).train()
    compiled = copy.deepcopy(plain)
    compile_model(compiled, backend)
    graphs = []
    for lengths in ([(12, 64), (7, 37)], [(15, 83), (9, 40)], [(6, 30), (5, 28), (4, 25)]):
        batch = make_batch(lengths, plain.inputs).to(device)
        found = []
        for model in (plain, compiled):
            model.zero_grad(set_to_none=True)
            torch.manual_seed(5)
            losses = model(batch)
            sum(losses.values()).backward()
            found.append((losses, {n: p.grad for n, p in model.named_parameters()}))
        torch.testing.assert_close(found[0], found[1], atol=1e-4, rtol=1e-3)
        graphs.append(dynamo.counters["stats"]["unique_graphs"])
    assert 2 <= graphs[0] <= graphs[1] <= 4 and graphs[2] == graphs[1]
    assert compiled.state_dict().keys() == plain.state_dict().keys()


def test_a_model_that_names_no_parts_is_compiled_whole():
    """`compile_parts` is optional; weights keep their names."""
    import torch._dynamo

    seen = []

    def backend(graph, inputs):
        seen.append(graph)
        return graph.forward

    class Plain(torch.nn.Linear):
        def forward(self, x):
            return super().forward(x).square().mean()

    torch._dynamo.reset()
    plain, x = Plain(3, 2), torch.randn(4, 3)
    before = plain(x)
    compile_model(plain, backend)
    assert not seen and torch.equal(plain(x), before) and len(seen) == 1
    assert plain.state_dict().keys() == {"weight", "bias"}


def test_padding_changes_nothing(model, monkeypatch):
    """The losses of a batch are the same whatever it is padded to."""
    batch = make_batch([(12, 64), (7, 37), (4, 22)], model.inputs)
    noise = torch.randn(3, MELS, 128)
    times = torch.rand(3, 1, 1)
    # The same draws for the same rows, whatever the shape asked for.
    monkeypatch.setattr(torch, "randn_like", lambda x: noise[: x.shape[0], :, : x.shape[2]])
    monkeypatch.setattr(torch, "rand", lambda *shape, **_: times[: shape[0]])
    with torch.no_grad():
        narrow_losses, wide_losses = model.losses(batch), model.losses(widened(batch, 5, 23))
    for name in narrow_losses:
        torch.testing.assert_close(narrow_losses[name], wide_losses[name], atol=1e-5, rtol=1e-5)


def test_batch_of_one_equals_its_row(model):
    batch = make_batch([(12, 64), (7, 37), (5, 23)], model.inputs)
    with torch.no_grad():
        together = model.synthesise(batch.tokens_BL, batch.tokens_lens, 0.0, 1.3, 2)
        for row in range(3):
            one = row_of(batch, row)
            alone = model.synthesise(one.tokens_BL, one.tokens_lens, 0.0, 1.3, 2)
            frames = int(alone["mel_lens"][0])
            assert int(together["mel_lens"][row]) == frames
            torch.testing.assert_close(
                together["mel_BTF"][row, :frames], alone["mel_BTF"][0], atol=1e-4, rtol=1e-4
            )
            assert together["mel_BTF"][row, frames:].abs().sum() == 0


def test_loss_of_a_batch_is_the_weighted_loss_of_its_rows(model, monkeypatch):
    batch = make_batch([(12, 64), (7, 37)], model.inputs)
    noise = {64: torch.randn(1, MELS, 64), 37: torch.randn(1, MELS, 64)}
    both = torch.cat([noise[64], noise[37]])

    def noise_for(x):
        if x.shape[0] == 2:
            return both
        return noise[current][:, :, : x.shape[2]]

    times = torch.tensor([0.3, 0.8])[:, None, None]
    monkeypatch.setattr(torch, "randn_like", noise_for)
    monkeypatch.setattr(torch, "rand", lambda n, *_, **__: times if n == 2 else times[index, None])
    frames = batch.mel_lens.float()
    with torch.no_grad():
        together = model.losses(batch)
        rows = []
        for index, current in enumerate([64, 37]):
            rows.append(model.losses(row_of(batch, index)))
    for name in ("prior_loss", "diff_loss", "mel_loss", "pitch_loss", "energy_loss"):
        if name not in together:
            continue
        mixed = sum(r[name] * n for r, n in zip(rows, frames, strict=True)) / frames.sum()
        torch.testing.assert_close(together[name], mixed, atol=1e-5, rtol=1e-5)

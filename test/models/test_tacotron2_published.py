"""Weights under NVIDIA's names: a file made here, spoken by a plain writing-down of the model."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F

from tts.checkpoint import save_checkpoint
from tts.errors import InputError
from tts.models.facts import Facts
from tts.models.tacotron2 import Tacotron2, Tacotron2Config
from tts.train.acoustic_checkpoint import load_initial
from tts.voice import load_voice

# Channels: embedding, prenet, recurrent layers, attention, filters, post-net.
E, N, H, A, C, P = 16, 8, 12, 6, 4, 10


def published(symbols: int = 148) -> dict[str, torch.Tensor]:
    """A state dictionary with the published names and shapes, of small sizes."""
    random = torch.Generator().manual_seed(1)

    def rand(*shape: int) -> torch.Tensor:
        return torch.randn(shape, generator=random) * 0.4

    state = {"embedding.weight": rand(symbols, E)}
    convolutions = [(f"encoder.convolutions.{i}", E, E) for i in range(3)]
    sizes = [80, P, P, P, P, 80]
    convolutions += [(f"postnet.convolutions.{i}", sizes[i], sizes[i + 1]) for i in range(5)]
    for name, inputs, outputs in convolutions:
        state[f"{name}.0.conv.weight"] = rand(outputs, inputs, 5)
        state[f"{name}.0.conv.bias"] = rand(outputs)
        state |= {f"{name}.1.weight": rand(outputs), f"{name}.1.bias": rand(outputs)}
        state[f"{name}.1.running_mean"] = rand(outputs)
        state[f"{name}.1.running_var"] = rand(outputs).abs() + 0.5
        state[f"{name}.1.num_batches_tracked"] = torch.tensor(7)
    for end in ("", "_reverse"):
        shapes = {"weight_ih": (2 * E, E), "weight_hh": (2 * E, E // 2)}
        shapes |= {"bias_ih": (2 * E,), "bias_hh": (2 * E,)}
        state |= {f"encoder.lstm.{name}_l0{end}": rand(*size) for name, size in shapes.items()}
    linear = {"prenet.layers.0": (N, 80), "prenet.layers.1": (N, N)}
    linear |= {"attention_layer.query_layer": (A, H), "attention_layer.memory_layer": (A, E)}
    linear |= {"attention_layer.v": (1, A), "attention_layer.location_layer.location_dense": (A, C)}
    linear |= {"linear_projection": (80, H + E), "gate_layer": (1, H + E)}
    for name, size in linear.items():
        state[f"decoder.{name}.linear_layer.weight"] = rand(*size)
    state["decoder.linear_projection.linear_layer.bias"] = rand(80)
    state["decoder.gate_layer.linear_layer.bias"] = rand(1) - 1
    state["decoder.attention_layer.location_layer.location_conv.conv.weight"] = rand(C, 2, 31)
    for name, inputs in (("attention_rnn", N + E), ("decoder_rnn", H + E)):
        state[f"decoder.{name}.weight_ih"] = rand(4 * H, inputs)
        state[f"decoder.{name}.weight_hh"] = rand(4 * H, H)
        state |= {f"decoder.{name}.bias_ih": rand(4 * H), f"decoder.{name}.bias_hh": rand(4 * H)}
    return state


def convolved(x: torch.Tensor, state: dict, name: str) -> torch.Tensor:
    x = F.conv1d(x, state[f"{name}.0.conv.weight"], state[f"{name}.0.conv.bias"], padding=2)
    of = [state[f"{name}.1.{part}"] for part in ("running_mean", "running_var", "weight", "bias")]
    return F.batch_norm(x, *of)


def as_published(state: dict, ids: list[int]) -> torch.Tensor:
    """Speak one utterance without the prenet's dropout: the mel (T, 80)."""
    x = state["embedding.weight"][ids].t()[None]
    for i in range(3):
        x = F.relu(convolved(x, state, f"encoder.convolutions.{i}"))
    lstm = torch.nn.LSTM(E, E // 2, bidirectional=True)
    of = "encoder.lstm."
    lstm.load_state_dict({k[len(of) :]: v for k, v in state.items() if k.startswith(of)})
    memory = lstm(x[0].t()[:, None])[0][:, 0]
    d = {k.removeprefix("decoder."): v for k, v in state.items() if k.startswith("decoder.")}

    def linear(x: torch.Tensor, name: str) -> torch.Tensor:
        bias = d.get(f"{name}.linear_layer.bias")
        return F.linear(x, d[f"{name}.linear_layer.weight"], bias)

    def cell(name: str, x: torch.Tensor, state: tuple) -> tuple:
        weights = [d[f"{name}.{part}"] for part in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]
        return torch.lstm_cell(x[None], state, *weights)

    keys = linear(memory, "attention_layer.memory_layer")
    first = second = (torch.zeros(1, H), torch.zeros(1, H))
    context, frame = torch.zeros(E), torch.zeros(80)
    last = total = torch.zeros(len(ids))
    frames = []
    while True:
        x = frame
        for layer in range(2):
            x = F.relu(linear(x, f"prenet.layers.{layer}"))
        first = cell("attention_rnn", torch.cat([x, context]), first)
        layer = "attention_layer.location_layer"
        conv = d[f"{layer}.location_conv.conv.weight"]
        where = F.conv1d(torch.stack([last, total])[None], conv, padding=15)[0].t()
        where = linear(where, f"{layer}.location_dense")
        query = linear(first[0][0], "attention_layer.query_layer")
        last = linear(torch.tanh(query + where + keys), "attention_layer.v")[:, 0].softmax(0)
        total, context = total + last, last @ memory
        second = cell("decoder_rnn", torch.cat([first[0][0], context]), second)
        read = torch.cat([second[0][0], context])
        frame = linear(read, "linear_projection")
        frames.append(frame)
        if linear(read, "gate_layer").sigmoid() > 0.5 or len(frames) == 12 * len(ids):
            break
    mel = torch.stack(frames).t()[None]
    x = mel
    for i in range(5):
        x = convolved(x, state, f"postnet.convolutions.{i}")
        x = torch.tanh(x) if i < 4 else x
    return (mel + x)[0].t()


@pytest.fixture(scope="module", params=["", "module."])
def file(request, tmp_path_factory):
    path = tmp_path_factory.mktemp("published") / "tacotron2.pt"
    state = {request.param + name: value for name, value in published().items()}
    save_checkpoint(path, {"state_dict": state, "iteration": 7, "learning_rate": 1e-3})
    return path


def test_a_published_file_speaks_as_published(file):
    voice = load_voice(file)
    assert voice.model_name == "tacotron2" and voice.frontend_config.unit == "characters"
    for text in ("The quiet garden.", "Go!"):
        ids = voice.table.encode(voice.frontend(text).tokens, "blank")
        spoken = voice.model.synthesise(torch.tensor([ids]), torch.tensor([len(ids)]), 0.0)
        expected = as_published(published(), [i for i in ids if i])
        assert len(expected) > 3
        torch.testing.assert_close(spoken["mel_BTF"][0], expected, atol=1e-4, rtol=1e-4)
        assert spoken["durations_BL"].sum() == len(expected)


def test_another_number_of_symbols_asks_for_their_table(tmp_path):
    path = tmp_path / "tacotron2.pt"
    save_checkpoint(path, {"state_dict": published(157)})
    with pytest.raises(InputError, match=r"157 symbols.*148.*--tokens"):
        load_voice(path)


def test_a_damaged_file_is_one_error(tmp_path):
    path, state = tmp_path / "tacotron2.pt", published()
    del state["decoder.prenet.layers.0.linear_layer.weight"]
    save_checkpoint(path, {"state_dict": state})
    with pytest.raises(InputError, match=r"no weight 'decoder\.prenet\.layers\.0\.weight'"):
        load_voice(path)


def test_its_weights_are_trained_further(file):
    """--init-from takes the file into a model of its sizes, and no other."""
    torch.manual_seed(0)
    config = load_voice(file).model.config
    model = Tacotron2(config, Facts(148, mel_mean=-5.0, mel_std=2.0))
    load_initial(model, file, "any table of this size")
    assert torch.equal(model.embedding.weight, published()["embedding.weight"])
    assert (model.mel_mean.item(), model.mel_std.item()) == (0, 1)
    with pytest.raises(InputError, match=r"trained with 148 tokens, this data's"):
        load_initial(Tacotron2(config, Facts(30)), file, "")
    with pytest.raises(InputError, match="another architecture"):
        load_initial(Tacotron2(Tacotron2Config(), Facts(148)), file, "")

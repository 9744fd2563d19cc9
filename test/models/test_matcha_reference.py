"""The published architecture: names, shapes, counts and numbers of the reference vectors."""

from __future__ import annotations

import dataclasses
import json
import zlib

import numpy as np
import pytest
import torch

from tts.batch import Batch
from tts.models.facts import Facts
from tts.models.matcha import Matcha, MatchaConfig

MEL_MEAN, MEL_STD = -5.517, 2.064


def ruled_weights(model: torch.nn.Module) -> dict[str, torch.Tensor]:
    """Weights drawn by the rule of the reference vectors: a function of name and shape."""
    weights = {}
    for name, value in model.state_dict().items():
        if value.dim() == 0:
            continue
        draw = np.random.RandomState(zlib.crc32(name.encode())).standard_normal(value.numel())
        if value.dim() >= 2:
            draw = draw / np.sqrt(np.prod(value.shape[1:]))
        elif name.endswith(("weight", "gamma")):
            draw = 1 + 0.1 * draw
        else:
            draw = 0.1 * draw
        if name == "encoder.proj_w.proj.bias":
            draw = draw + 1.0
        weights[name] = torch.tensor(draw, dtype=torch.float32).reshape(value.shape)
    return weights


@pytest.fixture(scope="module")
def reference(shared_data):
    return dict(np.load(shared_data / "reference" / "matcha_reference.npz"))


@pytest.fixture(scope="module")
def model():
    matcha = Matcha(MatchaConfig(), Facts(157, mel_mean=MEL_MEAN, mel_std=MEL_STD))
    matcha.load_state_dict(ruled_weights(matcha), strict=False)
    return matcha.eval()


@pytest.mark.parametrize(
    ("vocab_size", "count"), [(157, 18_200_161), (178, 18_204_193), (2069, 18_567_265)]
)
def test_parameter_count(vocab_size, count):
    with torch.device("meta"):
        matcha = Matcha(MatchaConfig(), Facts(vocab_size))
    assert sum(parameter.numel() for parameter in matcha.parameters()) == count


def test_names_and_shapes(model, shared_data):
    expected = json.loads((shared_data / "reference" / "matcha_state_dict.json").read_text())
    assert {k: list(v.shape) for k, v in model.state_dict().items()} == expected


def test_encoder(model, reference):
    tokens = torch.from_numpy(reference["x"])
    with torch.no_grad():
        mu_x, logw = model.encoder(tokens, torch.ones(1, 1, tokens.shape[1]))
    np.testing.assert_allclose(mu_x, reference["mu_x"], atol=1e-4, rtol=0)
    np.testing.assert_allclose(logw, reference["logw"], atol=1e-4, rtol=0)


def test_velocity(model, reference):
    arguments = [torch.from_numpy(reference[f"est_{k}"]) for k in ("x", "mu", "mask", "t")]
    with torch.no_grad():
        velocity = model.decoder.estimator(*arguments)
        unmasked = model.decoder.estimator(arguments[0], arguments[1], None, arguments[3])
    np.testing.assert_allclose(velocity, reference["est_velocity"], atol=1e-4, rtol=0)
    np.testing.assert_allclose(unmasked, reference["est_velocity"], atol=1e-4, rtol=0)


@pytest.mark.parametrize(
    ("key", "num_steps", "length_scale"),
    [(f"mel_steps{n}", n, 1.0) for n in (2, 3, 6, 10)] + [("mel_steps3_length1.25", 3, 1.25)],
)
def test_synthesis(model, reference, key, num_steps, length_scale):
    tokens = torch.from_numpy(reference["x"])
    with torch.no_grad():
        out = model.synthesise(
            tokens, torch.tensor([tokens.shape[1]]), 0.0, length_scale, num_steps
        )
    mel_BFT = out["mel_BTF"].transpose(1, 2)
    assert mel_BFT.shape == reference[key].shape
    np.testing.assert_allclose(mel_BFT, reference[key], atol=1e-4, rtol=0)


def test_losses_and_alignment(model, reference):
    y = torch.from_numpy(reference["y"]) * MEL_STD + MEL_MEAN
    tokens = torch.from_numpy(reference["x"])
    batch = Batch(
        ids=["reference"],
        tokens_BL=tokens,
        tokens_lens=torch.tensor([tokens.shape[1]]),
        mel_BTF=y.transpose(1, 2),
        mel_lens=torch.tensor([y.shape[2]]),
    )
    assert model.align(batch)[0].tolist() == reference["mas_durations"].tolist()
    with torch.no_grad():
        losses = model.losses(batch)
    assert losses["dur_loss"].item() == pytest.approx(float(reference["dur_loss"]), abs=1e-4)
    assert losses["prior_loss"].item() == pytest.approx(float(reference["prior_loss"]), abs=1e-4)
    given = dataclasses.replace(batch, durations_BL=model.align(batch))
    torch.manual_seed(0)
    found_losses = model.losses(batch)
    torch.manual_seed(0)
    given_losses = model.losses(given)
    for name in found_losses:
        torch.testing.assert_close(found_losses[name], given_losses[name])

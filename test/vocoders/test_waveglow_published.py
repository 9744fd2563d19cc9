"""Weights under NVIDIA's names: read by name, spoken with as a plain writing-down says."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from tts.errors import InputError
from tts.mel import MelConfig
from tts.vocoders import load_vocoder
from tts.vocoders.checkpoints import load_initial, read_vocoder
from tts.vocoders.registry import build_vocoder
from tts.vocoders.waveglow import WaveglowConfig

MEL = MelConfig(sample_rate=8000, n_fft=64, win_length=64, hop_length=16, n_mels=5, f_max=4000.0)
CHANNELS, LAYERS, GROUP, FLOWS = 6, 3, 8, 4
WIDTHS = (8, 8, 6, 6)  # two channels leave before the third step
KERNEL = 4 * MEL.hop_length


def published(older: bool = False) -> dict[str, torch.Tensor]:
    """Random weights with the published names and shapes, at a small size."""
    generator = torch.Generator().manual_seed(4)
    weights = {}

    def add(name: str, *shape: int, scale: float = 0.3) -> None:
        weights[name] = scale * torch.randn(*shape, generator=generator)

    def add_normalised(name: str, rows: int, columns: int, size: int = 1) -> None:
        add(f"{name}.bias", rows)
        add(f"{name}.weight_g", rows, 1, 1)
        add(f"{name}.weight_v", rows, columns, size, scale=1.0)

    add("upsample.weight", MEL.n_mels, MEL.n_mels, KERNEL)
    add("upsample.bias", MEL.n_mels)
    for k, width in enumerate(WIDTHS):
        half, mel = width // 2, GROUP * MEL.n_mels
        add_normalised(f"WN.{k}.start", CHANNELS, half)
        for i in range(LAYERS):
            add_normalised(f"WN.{k}.in_layers.{i}", 2 * CHANNELS, CHANNELS, 3)
            rows = CHANNELS if i == LAYERS - 1 else 2 * CHANNELS
            add_normalised(f"WN.{k}.res_skip_layers.{i}", rows, CHANNELS)
            if older:
                add_normalised(f"WN.{k}.cond_layers.{i}", 2 * CHANNELS, mel)
        if not older:
            add_normalised(f"WN.{k}.cond_layer", 2 * CHANNELS * LAYERS, mel)
        add(f"WN.{k}.end.weight", width, CHANNELS, 1)
        add(f"WN.{k}.end.bias", width)
        turned = torch.linalg.qr(torch.randn(width, width, generator=generator)).Q
        weights[f"convinv.{k}.conv.weight"] = (1.1 * turned)[..., None]
    return weights


def plain_speech(weights: dict[str, torch.Tensor], mel_TF: np.ndarray, z_NG: np.ndarray):
    """Compute samples (S,) from mel (T, F) and noise (N, G) by the paper's equations, in loops."""
    w = {name: value.double().numpy() for name, value in weights.items()}

    def layer(name: str, x: np.ndarray, dilation: int = 1) -> np.ndarray:
        """Convolve (D, G) with zeros outside."""
        v, g = w[f"{name}.weight_v"], w[f"{name}.weight_g"]
        kernel = np.stack([g[o, 0, 0] * v[o] / np.sqrt((v[o] ** 2).sum()) for o in range(len(v))])
        groups, size, out = x.shape[1], kernel.shape[2], []
        for t in range(groups):
            total = w[f"{name}.bias"].copy()
            for tap in range(size):
                at = t + (tap - size // 2) * dilation
                if 0 <= at < groups:
                    total += kernel[:, :, tap] @ x[:, at]
            out.append(total)
        return np.stack(out, axis=1)

    hop, frames = MEL.hop_length, len(mel_TF)
    up = np.tile(w["upsample.bias"][:, None], (1, frames * hop))
    for t in range(frames):
        for n in range(t * hop, min(t * hop + KERNEL, frames * hop)):
            up[:, n] += mel_TF[t] @ w["upsample.weight"][:, :, n - t * hop]
    groups = frames * hop // GROUP
    # Channel f * 8 + s of a group is sample s of mel bin f.
    mel = np.array(
        [[up[c // GROUP, g * GROUP + c % GROUP] for g in range(groups)] for c in range(GROUP * 5)]
    )
    x = z_NG[2:]
    for k in (3, 2, 1, 0):
        half = WIDTHS[k] // 2
        h, out = layer(f"WN.{k}.start", x[:half]), 0
        for i in range(LAYERS):
            if f"WN.{k}.cond_layer.bias" in w:
                given = layer(f"WN.{k}.cond_layer", mel)[i * 12 : (i + 1) * 12]
            else:
                given = layer(f"WN.{k}.cond_layers.{i}", mel)
            a = layer(f"WN.{k}.in_layers.{i}", h, 2**i) + given
            gated = np.tanh(a[:CHANNELS]) / (1 + np.exp(-a[CHANNELS:]))
            both = layer(f"WN.{k}.res_skip_layers.{i}", gated)
            if i < LAYERS - 1:
                h, out = h + both[:CHANNELS], out + both[CHANNELS:]
            else:
                out = out + both
        end = w[f"WN.{k}.end.weight"][..., 0] @ out + w[f"WN.{k}.end.bias"][:, None]
        b, log_s = end[:half], end[half:]
        x = np.concatenate([x[:half], (x[half:] - b) / np.exp(log_s)])
        x = np.linalg.solve(w[f"convinv.{k}.conv.weight"][..., 0], x)
        if k == 2:
            x = np.concatenate([z_NG[:2], x])
    return x.T.reshape(-1)


@pytest.mark.parametrize("older", [False, True], ids=["cond_layer", "cond_layers"])
@pytest.mark.parametrize("kind", ["plain", "state_dict", "module"])
def test_a_published_file_speaks_as_its_equations_say(tmp_path, kind, older):
    weights = published(older)
    prefix = "module." if kind == "module" else ""
    content = {f"{prefix}{name}": value for name, value in weights.items()}
    if kind != "plain":
        content = {"state_dict": content, "config": {"n_flows": FLOWS}, "epoch": 1000}
    torch.save(content, tmp_path / "waveglow.pt")
    vocoder = load_vocoder(tmp_path / "waveglow.pt", MEL)
    assert vocoder.config == WaveglowConfig(
        channels=CHANNELS, num_layers=LAYERS, num_flows=FLOWS, early_every=2
    )
    generator = torch.Generator().manual_seed(0)
    mel_BTF = torch.randn(1, 4, MEL.n_mels, generator=generator)
    noise_BNG = torch.randn(1, GROUP, 8, generator=generator)
    wanted = plain_speech(weights, mel_BTF[0].double().numpy(), noise_BNG[0].double().numpy())
    made = vocoder.inverse(noise_BNG, vocoder.upsampled(mel_BTF))[0]
    assert np.abs(wanted).max() > 1
    np.testing.assert_allclose(made, wanted, atol=1e-4 * np.abs(wanted).max())


def test_half_precision_weights_are_read(tmp_path):
    halves = {name: value.half() for name, value in published().items()}
    torch.save({"state_dict": halves}, tmp_path / "waveglow.pt")
    vocoder = load_vocoder(tmp_path / "waveglow.pt", MEL)
    assert vocoder.upsample.weight.dtype == torch.float32
    assert torch.isfinite(vocoder(torch.randn(1, 3, 5))).all()


def test_a_training_starts_from_a_published_file(tmp_path):
    torch.save({"state_dict": published()}, tmp_path / "waveglow.pt")
    config = WaveglowConfig(CHANNELS, num_layers=LAYERS, num_flows=FLOWS, early_every=2)
    model = build_vocoder("waveglow", config, MEL)
    load_initial(model, None, tmp_path / "waveglow.pt", MEL)
    vocoder = read_vocoder(tmp_path / "waveglow.pt", MEL)
    mel_BTF, samples_BS = torch.randn(1, 3, 5), torch.randn(1, 48)
    with torch.no_grad():
        wanted, found = (m.losses(mel_BTF, samples_BS)["tot_loss"] for m in (vocoder, model))
    assert math.isfinite(float(wanted)) and float(found) == pytest.approx(float(wanted), rel=1e-5)


def test_files_that_do_not_fit_are_refused(tmp_path):
    path = tmp_path / "waveglow.pt"
    weights = published()
    torch.save(weights, path)
    with pytest.raises(InputError, match=r"takes 5 mel bins.*the voice has 80"):
        load_vocoder(path, MelConfig())
    del weights["WN.1.end.bias"]
    torch.save(weights, path)
    with pytest.raises(InputError, match=r"(?s)does not fit.*WN\.1\.end\.bias"):
        load_vocoder(path, MEL)
    without = {name: value for name, value in weights.items() if ".in_layers." not in name}
    torch.save(without, path)
    with pytest.raises(InputError, match="is no WaveGlow"):
        load_vocoder(path, MEL)
    torch.save({"state_dict": {"other.weight": torch.zeros(1)}}, path)
    with pytest.raises(InputError, match="nor Vocos's or WaveGlow's"):
        load_vocoder(path, MEL)

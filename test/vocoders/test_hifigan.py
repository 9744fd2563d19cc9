"""HiFi-GAN: reference samples, folded weights, guessed shapes, refused files."""

import json
import shutil
from random import Random

import numpy as np
import pytest
import torch

from tts.errors import InputError
from tts.mel import MelConfig
from tts.vocoders import load_vocoder
from tts.vocoders.hifigan import (
    V1,
    V2,
    V3,
    Hifigan,
    fold_weight_norm,
    guess_config,
    load_hifigan,
    read_config,
)


def published(config, seed=0):
    """A random generator's weights in the published, weight-normalised form."""
    torch.manual_seed(seed)
    model = Hifigan(config, MelConfig())
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_(std=0.02)
    state = {}
    for name, value in model.state_dict().items():
        if name.endswith("weight"):
            direction = value * torch.rand(len(value), 1, 1).add(0.5)
            state[name + "_v"] = direction
            state[name + "_g"] = value.flatten(1).norm(dim=1).view(-1, 1, 1)
        else:
            state[name] = value
    return model, state


@pytest.mark.parametrize("name", ["LJ001-0002", "BZNSYP-000001"])
def test_reference_samples(shared_data, name):
    mel = torch.from_numpy(np.load(shared_data / "reference/mel_reference.npz")[name])
    expected = np.load(shared_data / "reference/hifigan_v2_reference.npz")[name]
    vocoder = load_vocoder(shared_data / "vocoders/hifigan_generator_v2.pt", MelConfig())
    samples_BS = vocoder(mel[None])
    assert samples_BS.shape == (1, len(mel) * vocoder.mel.hop_length)
    np.testing.assert_allclose(samples_BS[0, : len(expected)], expected, atol=1e-4)


def test_published_json_and_guess_agree(shared_data, tmp_path):
    folder = shared_data / "vocoders"
    assert read_config(folder / "hifigan_config_v2.json") == (V2, MelConfig())
    alone = tmp_path / "generator_v2"  # no suffix, no json beside it
    shutil.copy(folder / "hifigan_generator_v2.pt", alone)
    assert load_hifigan(alone).config == V2


@pytest.mark.parametrize(
    ("config", "millions"), [(V1, 13.92), (V2, 0.92), (V3, 1.46)], ids=["V1", "V2", "V3"]
)
def test_three_sizes(config, millions):
    with torch.device("meta"):
        model = Hifigan(config, MelConfig())
    count = sum(p.numel() for p in model.parameters())
    assert abs(count / 1e6 - millions) < 0.02  # the paper's table 1
    assert guess_config(model.state_dict(), "x") == config
    assert np.prod(config.upsample_rates) == MelConfig().hop_length


@pytest.mark.parametrize("config", [V2, V3], ids=["V2", "V3"])
def test_folding_keeps_the_weights(config):
    model, state = published(config)
    folded = fold_weight_norm(state)
    assert folded.keys() == model.state_dict().keys()
    for name, value in model.state_dict().items():
        torch.testing.assert_close(folded[name], value)
    mel_BTF = torch.randn(2, 5, MelConfig().n_mels)
    with torch.no_grad():
        together = model(mel_BTF)
        alone = model(mel_BTF[1:])
    torch.testing.assert_close(together[1:], alone, atol=1e-5, rtol=1e-4)


def test_changed_shape_is_refused(tmp_path):
    _, state = published(V2)
    state["conv_pre.weight_v"] = state["conv_pre.weight_v"][:, :, :5]
    torch.save({"generator": state}, tmp_path / "generator_odd")
    with pytest.raises(InputError, match=r"none of HiFi-GAN V1, V2 and V3.*generator_odd\.json"):
        load_hifigan(tmp_path / "generator_odd")


def test_file_that_would_execute_is_refused(tmp_path):
    torch.save({"generator": {}, "params": Random(0)}, tmp_path / "generator_v1")
    with pytest.raises(InputError, match=r"holds random\.Random, which could run code"):
        load_hifigan(tmp_path / "generator_v1")


def test_missing_and_foreign_files(tmp_path):
    torch.save({"model": {}}, tmp_path / "epoch-1.pt")
    with pytest.raises(InputError, match=r"does not exist \(checkpoints in .*epoch-1\.pt"):
        load_hifigan(tmp_path / "generator_v1")
    with pytest.raises(InputError, match="key 'generator', found model"):
        load_hifigan(tmp_path / "epoch-1.pt")


def test_mismatch_prints_both(tmp_path):
    _, state = published(V2)
    torch.save({"generator": state}, tmp_path / "generator_v2")
    other = MelConfig(sample_rate=16000, f_max=7000.0)
    with pytest.raises(InputError) as caught:
        load_vocoder(tmp_path / "generator_v2", other)
    assert str(other) in str(caught.value)
    assert str(MelConfig()) in str(caught.value)


def write_config(path, **changes):
    """A published config_v2.json with some values changed."""
    values = {
        "resblock": "1",
        "upsample_rates": V2.upsample_rates,
        "upsample_kernel_sizes": V2.upsample_kernel_sizes,
        "upsample_initial_channel": V2.upsample_initial_channel,
        "resblock_kernel_sizes": V2.resblock_kernel_sizes,
        "resblock_dilation_sizes": V2.resblock_dilation_sizes,
        "sampling_rate": MelConfig().sample_rate,
        "n_fft": MelConfig().n_fft,
        "win_size": MelConfig().win_length,
        "hop_size": MelConfig().hop_length,
        "num_mels": MelConfig().n_mels,
        "fmin": 0,
        "fmax": MelConfig().f_max,
    }
    path.write_text(json.dumps({**values, **changes}))
    return path


def test_upsampling_that_contradicts_the_hop_is_refused(tmp_path):
    """Weights of hop 256 whose configuration says 220 would speak at the wrong speed."""
    _, state = published(V2)
    torch.save({"generator": state}, tmp_path / "generator.pt")
    config = write_config(tmp_path / "generator.json")
    assert load_hifigan(tmp_path / "generator.pt").config == V2
    write_config(config, hop_size=220)
    with pytest.raises(
        InputError, match=r"generator\.json.*8 \* 8 \* 2 \* 2 = 256.*hop_size is 220"
    ):
        load_hifigan(tmp_path / "generator.pt")
    for kernels in ([16, 16, 4], [16, 16, 4, 3], [16, 16, 4, 1]):
        write_config(config, upsample_kernel_sizes=kernels)
        with pytest.raises(InputError, match=r"generator\.json: upsample_kernel_sizes"):
            load_hifigan(tmp_path / "generator.pt")


@pytest.mark.parametrize(
    "changes", [{"upsample_rates": 8}, {"num_mels": None}, {"resblock": "one"}, {"fmin": None}]
)
def test_values_of_another_type_are_refused(tmp_path, changes):
    config = write_config(tmp_path / "config.json", **changes)
    with pytest.raises(InputError, match=r"config\.json is no HiFi-GAN configuration"):
        read_config(config)


def test_a_json_list_is_no_configuration(tmp_path):
    (tmp_path / "config.json").write_text("[1, 2]")
    with pytest.raises(InputError, match=r"config\.json is no HiFi-GAN configuration"):
        read_config(tmp_path / "config.json")

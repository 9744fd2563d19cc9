"""Both runtimes speak with a Vocos, by its spectrum and its samples, a HiFi-GAN, a WaveGlow."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch
from harness import VERSIONS, need_runtime, speak
from kinds import MEL, config_of, metadata_of, sentences, write_files

from tts.export.onnx import export_graph
from tts.export.vocoder import export_hifigan, export_vocos
from tts.export.waveglow import export_waveglow
from tts.models.facts import Facts
from tts.models.flow_decoder import FlowDecoderConfig
from tts.models.matcha import Matcha, MatchaConfig
from tts.models.text_encoder import TextEncoderConfig
from tts.text.frontend import build_frontend
from tts.vocoders.harmonic import Harmonic, HarmonicConfig
from tts.vocoders.hifigan import Hifigan, HifiganConfig
from tts.vocoders.vocos import Vocos, VocosConfig
from tts.vocoders.waveglow import Waveglow, WaveglowConfig

pytestmark = pytest.mark.runtime

TINY = MatchaConfig(
    encoder=TextEncoderConfig(channels=16, filter_channels=16, num_layers=1, duration_channels=16),
    decoder=FlowDecoderConfig(
        channels=(16,), num_mid_blocks=0, head_channels=8, norm_groups=4, time_channels=16
    ),
)
SMALL_HIFIGAN = HifiganConfig(
    resblock=2,
    upsample_rates=(16, 16),
    upsample_kernel_sizes=(32, 32),
    upsample_initial_channel=8,
    resblock_kernel_sizes=(3,),
    resblock_dilation_sizes=((1, 3),),
)
SMALL_WAVEGLOW = WaveglowConfig(channels=8, num_layers=2, num_flows=2, early_every=1)


@pytest.fixture(scope="module")
def job(tmp_path_factory):
    """A Mandarin voice of random weights, without noise, and five vocoders."""
    folder = tmp_path_factory.mktemp("vocoders")
    torch.manual_seed(5)
    torch.set_num_threads(1)
    config = config_of("zh")
    size = build_frontend(config).token_table().num_embeddings
    model = Matcha(TINY, Facts(size, MEL.n_mels, -4.0, 1.0)).eval()
    with torch.no_grad():
        model.encoder.proj_w.proj.bias += 1.0
    (graph,) = model.export_graphs([1])
    export_graph(graph, folder / "model.onnx", metadata_of(config))
    sizes = {"channels": 32, "num_layers": 2}
    vocos, harmonic = Vocos(VocosConfig(**sizes), MEL), Harmonic(HarmonicConfig(**sizes), MEL)
    for name, network in (("vocos", vocos), ("harmonic", harmonic)):
        export_vocos(network.eval(), folder / f"{name}-spectrum.onnx")
        export_vocos(network, folder / f"{name}-samples.onnx", samples=True)
    export_hifigan(Hifigan(SMALL_HIFIGAN, MEL).eval(), folder / "hifigan.onnx")
    waveglow = Waveglow(SMALL_WAVEGLOW, MEL).eval()
    for name, sigma in (("waveglow", 0.6), ("silent", 0.0)):
        waveglow.config = dataclasses.replace(SMALL_WAVEGLOW, sigma=sigma)
        export_waveglow(waveglow, folder / f"{name}.onnx")
    files = write_files("zh", folder)
    texts = [sentences("zh")[0]]
    made = {**files, "acoustic_model": folder / "model.onnx", "texts": texts, "noise_scale": 0.0}
    return made, folder


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(("name", "hop"), [("vocos", 256), ("harmonic", 128)])
def test_spectrum_and_samples_are_the_same_speech(version, name, hop, job, tmp_path):
    """The runtime cuts half a window of the spectrum at each end, half a hop more than we do."""
    need_runtime(version)
    files, folder = job
    said = {}
    for kind in ("spectrum", "samples"):
        (spoken,) = speak(version, tmp_path, {**files, "vocoder": folder / f"{name}-{kind}.onnx"})
        said[kind] = np.array(spoken["samples"])
        assert spoken["sample_rate"] == MEL.sample_rate
    more = hop // 2
    assert len(said["samples"]) == len(said["spectrum"]) + 2 * more > 5000
    inside = said["samples"][more:-more]
    scale = np.abs(inside).max()
    np.testing.assert_allclose(said["spectrum"] / scale, inside / scale, atol=1e-3)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_hifigan_of_ours_speaks(version, job, tmp_path):
    need_runtime(version)
    files, folder = job
    (spoken,) = speak(version, tmp_path, {**files, "vocoder": folder / "hifigan.onnx"})
    samples = np.array(spoken["samples"])
    assert len(samples) > 5000 and len(samples) % MEL.hop_length == 0
    assert np.isfinite(samples).all()


@pytest.mark.parametrize("version", VERSIONS)
def test_a_waveglow_speaks_with_noise_of_its_own(version, job, tmp_path):
    """Two runs differ by their noise; without it they are the same."""
    need_runtime(version)
    files, folder = job
    said = {}
    for name in ("waveglow", "silent"):
        vocoder = folder / f"{name}.onnx"
        job_twice = {**files, "vocoder": vocoder, "texts": files["texts"] * 2}
        said[name] = [np.array(spoken["samples"]) for spoken in speak(version, tmp_path, job_twice)]
    for first, second in said.values():
        assert len(first) == len(second) > 5000 and len(first) % MEL.hop_length == 0
        assert np.isfinite(first).all()
    noise = [first - second for first, second in said.values()]
    assert noise[0].std() > 0.1 and noise[1].std() < 1e-5

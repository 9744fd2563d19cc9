"""Models without noise in the real runtimes, where equal samples mean equal ids: FastSpeech 2, and
Tacotron 2 whose prenet loses nothing.
"""

import re

import numpy as np
import pytest
import torch
from harness import need_runtime, speak
from kinds import MEL, UNCUT, config_of, metadata_of, sentences, write_files

from tts.export.onnx import export_graph
from tts.export.vocoder import export_griffin_lim
from tts.infer.onnx import OnnxVoice
from tts.infer.speak import speak_text
from tts.models.attention_decoder import AttentionDecoderConfig
from tts.models.facts import Facts
from tts.models.fastspeech2 import FastSpeech2, FastSpeech2Config
from tts.models.feed_forward_transformer import FeedForwardConfig
from tts.models.tacotron2 import Tacotron2, Tacotron2Config
from tts.models.tacotron2_layers import Tacotron2EncoderConfig
from tts.models.variance_adaptor import VarianceConfig
from tts.text.frontend import build_frontend

pytestmark = pytest.mark.runtime

PAIRS = [
    ("fastspeech2", "zh", "1.13.4"),
    ("fastspeech2", "zh", "2.0.1"),
    ("fastspeech2", "en-lexicon", "2.0.1"),
    ("fastspeech2", "en-espeak", "1.13.4"),
    ("tacotron2", "zh", "1.13.4"),
    ("tacotron2", "en-lexicon", "2.0.1"),
]
SMALL = FeedForwardConfig(channels=16, num_layers=1, filter_channels=16, kernel_size_1=3)


DECODER = AttentionDecoderConfig(
    prenet_channels=16, prenet_dropout=0.0, rnn_channels=32, attention_channels=16
)
MODELS = {
    "fastspeech2": (FastSpeech2, FastSpeech2Config(SMALL, VarianceConfig(channels=8), SMALL)),
    "tacotron2": (Tacotron2, Tacotron2Config(Tacotron2EncoderConfig(16, 1), DECODER)),
}


@pytest.fixture(scope="module")
def job_of(tmp_path_factory):
    """What a small voice of random weights is spoken with, made once for a kind."""
    made = {}

    def make(model_name, name):
        if (model_name, name) not in made:
            folder = tmp_path_factory.mktemp(f"{model_name}-{name}")
            job = write_files(name, folder)
            table = build_frontend(config_of(name)).token_table()
            torch.manual_seed(5)
            torch.set_num_threads(1)
            kind, config = MODELS[model_name]
            model = kind(config, Facts(table.num_embeddings, MEL.n_mels, -4.0, 1.0)).eval()
            model.blank.fill_(table.pad_id)
            job |= {"acoustic_model": folder / "model.onnx", "vocoder": folder / "vocoder.onnx"}
            facts = {**metadata_of(config_of(name)), "model_type": f"{model_name}-tts"}
            del facts["num_ode_steps"]
            export_graph(model.export_graphs([])[0], job["acoustic_model"], facts)
            export_griffin_lim(MEL, job["vocoder"], 2)
            made[model_name, name] = job
        return made[model_name, name]

    return make


@pytest.mark.parametrize(("model_name", "name", "version"), PAIRS)
def test_the_runtime_says_what_we_say(model_name, name, version, job_of, tmp_path):
    need_runtime(version)
    job = job_of(model_name, name)
    frontend = build_frontend(config_of(name))
    # Of one run: the runtimes say Mandarin in pieces, from one punctuation mark to the next.
    whole = [text for text in sentences(name) if not re.search("[，、；：,;]", text[:-1])]
    text = next(text for text in whole if len(frontend(text).tokens) > 9)
    extra = {"extra": UNCUT} if version.startswith("2") else {}
    job = {**job, "texts": [frontend.normalize(text)], **extra}
    (quiet,) = speak(version, tmp_path, {**job, "noise_scale": 0.0})
    (usual,) = speak(version, tmp_path, job)
    (slow,) = speak(version, tmp_path, {**job, "length_scale": 2.0})
    assert usual["sample_rate"] == MEL.sample_rate
    assert usual["samples"] == quiet["samples"]
    assert len(slow["samples"]) == 2 * len(usual["samples"])
    voice = OnnxVoice(job["acoustic_model"], job["vocoder"], job["tokens"])
    voice.frontend = frontend
    ours = speak_text(voice, text)
    assert np.isfinite(ours.samples).all() and np.abs(ours.samples).max() > 0.01
    np.testing.assert_allclose(usual["samples"], ours.samples, atol=1e-3)

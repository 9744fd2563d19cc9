"""Mels of recordings under their own durations."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from conftest import TINY_MODEL, TINY_TABLE, add_tiny_inputs, make_tiny_work

from tts.config import from_dict
from tts.infer.resynthesis import resynthesise
from tts.mel import MelConfig
from tts.models import build_model, model_class
from tts.models.facts import Facts
from tts.text.spoken import FrontEndConfig
from tts.text.tokens import TokenTable
from tts.train.loaders import utterance_batches
from tts.voice import SpeakingOptions, Voice

BLOCK = {"channels": 16, "num_layers": 1, "filter_channels": 16}
SIZES = {
    "matcha": TINY_MODEL,
    "fastspeech2": {"encoder": BLOCK, "decoder": BLOCK, "variance": {"channels": 16}},
}
STATISTICS = {"log_f0_mean": 5.0, "log_f0_std": 0.2, "f0_min": 60.0, "f0_max": 400.0}
STATISTICS |= {"energy_mean": 3.0, "energy_std": 1.0, "energy_min": 0.0, "energy_max": 8.0}


def voice_of(name: str) -> Voice:
    torch.manual_seed(0)
    table = TokenTable.parse(TINY_TABLE)
    config = from_dict(model_class(name).Config, SIZES[name], "model")
    facts = Facts(table.num_embeddings, 80, -5.0, 2.0, contour_statistics=STATISTICS)
    model = build_model(name, config, facts).eval()
    return Voice(model, name, MelConfig(), FrontEndConfig(), table, {}, "a tiny voice")


@pytest.mark.parametrize("name", SIZES)
def test_every_mel_has_the_frames_of_its_recording(name, tmp_path):
    work = make_tiny_work(tmp_path / "work")
    add_tiny_inputs(work)
    voice = voice_of(name)
    cuts = work / "data" / "fbank" / "ljspeech_cuts_train.jsonl.gz"

    def mels(seed: int) -> dict[str, np.ndarray]:
        batches = utterance_batches(cuts, work, voice.table, "blank", voice.model.inputs)
        return dict(resynthesise(voice, batches, SpeakingOptions(num_steps=2, seed=seed)))

    found = mels(1)
    batches = list(utterance_batches(cuts, work, voice.table, "blank", voice.model.inputs))
    assert len(found) == len(batches) == 12
    for batch in batches:
        mel_TF = found[batch.ids[0]]
        assert mel_TF.shape == tuple(batch.mel_BTF.shape[1:]) and np.isfinite(mel_TF).all()
    again, other = mels(1), mels(2)
    assert all(np.array_equal(found[key], again[key]) for key in found)
    if name == "matcha":  # the other has no noise
        assert not np.array_equal(found["train0"], other["train0"])


def test_a_model_that_hits_its_target_gives_back_the_recording(tmp_path):
    """With a velocity that leads straight to the recording's mel, the mel comes back."""
    work = make_tiny_work(tmp_path / "work")
    voice = voice_of("matcha")
    cuts = work / "data" / "fbank" / "ljspeech_cuts_train.jsonl.gz"
    batch = next(iter(utterance_batches(cuts, work, voice.table, "blank", ())))
    target, _ = voice.model._normalised(batch.mel_BTF, batch.mel_lens)

    def velocity(x_t, mu, mask, t):
        return (target - x_t) / (1 - t[:, None, None])

    voice.model.decoder.estimator.forward = velocity
    ((_, mel_TF),) = resynthesise(voice, [batch], SpeakingOptions(num_steps=4))
    np.testing.assert_allclose(mel_TF, batch.mel_BTF[0].numpy(), atol=1e-4)

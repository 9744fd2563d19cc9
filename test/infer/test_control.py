"""Factors of single tokens, and when tokens are heard."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tts.errors import InputError
from tts.infer.control import factors, joined_times, spread_scales, token_times, write_times
from tts.infer.pytorch import TorchVoice
from tts.infer.speak import Request, speak
from tts.mel import MelConfig
from tts.models.facts import Facts
from tts.models.fastspeech2 import FastSpeech2, FastSpeech2Config
from tts.models.feed_forward_transformer import FeedForwardConfig
from tts.models.variance_adaptor import VarianceConfig
from tts.text.spoken import FrontEndConfig
from tts.text.tokens import TokenTable
from tts.voice import SpeakingOptions, Voice

SMALL = FeedForwardConfig(channels=16, num_layers=1, filter_channels=16, kernel_size_1=3)
TOKENS = ["a", "b", "c"]


@pytest.fixture(scope="module")
def voice():
    table = TokenTable.of(["_", *TOKENS])
    torch.manual_seed(2)
    config = FastSpeech2Config(SMALL, VarianceConfig(channels=8), SMALL)
    model = FastSpeech2(config, Facts(table.num_embeddings, mel_mean=-5.0, mel_std=2.0)).eval()
    return Voice(model, "fastspeech2", MelConfig(), FrontEndConfig(), table, {}, "test")


def say(voice, *requests, **options):
    def silence(mel_BTF):
        return torch.zeros(1, mel_BTF.shape[1] * voice.mel.hop_length)

    return list(speak(TorchVoice(voice, silence), requests, SpeakingOptions(**options)))


def test_factors_are_spread_over_framing():
    assert spread_scales([2.0, 3.0], "blank") == [1.0, 2.0, 2.0, 3.0, 1.0]
    # _ ^ _ a _ b _ $ _ and the same without its ends.
    assert spread_scales([2.0, 3.0], "runtime") == [1, 1, 1, 2, 2, 3, 3, 1, 1]
    assert spread_scales([2.0, 3.0], "reference") == [1, 1, 2, 2, 3, 3, 1]
    table = TokenTable.of(["_", "^", "$", "a", "b"])
    for framing in ("blank", "runtime", "reference"):
        assert len(spread_scales([1, 1], framing)) == len(table.encode(["a", "b"], framing))


def test_factors_that_a_model_does_not_take():
    known = ("length_scale", "pitch_scale")
    whole = {"length_scale": 1.5, "pitch_scale": 1.0, "energy_scale": 1.0}
    told = factors(whole, {"pitch_scale": [2.0]}, 1, "blank", known)
    assert told == {"length_scale": 1.5, "pitch_scale": [1.0, 2.0, 1.0]}
    with pytest.raises(InputError, match=r"energy scale 2: .*no such control"):
        factors({"energy_scale": 2.0}, {}, 1, "blank", known)
    with pytest.raises(InputError, match="no such control"):
        factors(whole, {"tempo": [1.0]}, 1, "blank", known)
    for wrong in ([1.0], [1.0, 0.0], [1.0, -1.0], [1.0, float("nan")]):
        with pytest.raises(InputError, match="for 2 tokens"):
            factors(whole, {"pitch_scale": wrong}, 2, "blank", known)


@pytest.mark.parametrize(
    ("framing", "tokens", "durations", "expected"),
    [
        ("blank", ["a", "b"], [1, 2, 3, 4, 5], [("_", 0, 1), ("a", 1, 6), ("b", 6, 15)]),
        ("blank", ["a"], [0, 2, 0], [("a", 0, 2)]),
        ("runtime", ["a"], [1] * 7, [("_", 0, 1), ("^", 1, 3), ("a", 3, 5), ("$", 5, 7)]),
        ("reference", ["a"], [1, 2, 3, 4, 5], [("^", 0, 3), ("a", 3, 10), ("$", 10, 15)]),
    ],
)
def test_times_cover_the_utterance(framing, tokens, durations, expected):
    times = token_times(tokens, np.array(durations), framing, 0.5)
    assert [(t.token, 2 * t.start, 2 * t.end) for t in times] == expected


def test_times_of_sentences_follow_each_other(tmp_path):
    times = token_times(["a"], np.array([0, 2, 0]), "blank", 0.5)
    (first, second) = joined_times([(times, 1.0), (times, 1.0)], 0.25)
    assert (first.start, first.end, second.start, second.end) == (0.0, 1.0, 1.25, 2.25)
    write_times(tmp_path / "times.tsv", [first, second])
    lines = (tmp_path / "times.tsv").read_text().splitlines()
    assert lines == ["0.0000\t1.0000\ta", "1.2500\t2.2500\ta"]


def test_speaking_with_factors_of_tokens(voice):
    plain, slow, high = say(
        voice,
        Request("a", tokens=TOKENS),
        Request("b", tokens=TOKENS, scales={"length_scale": [1.0, 3.0, 1.0]}),
        Request("c", tokens=TOKENS, scales={"pitch_scale": [1.0, 2.0, 1.0]}),
    )
    changed = np.flatnonzero(slow.durations != plain.durations)
    assert changed.tolist() == [3] and slow.durations[3] == 3 * plain.durations[3]
    assert plain.times[-1].end == pytest.approx(plain.seconds)
    assert np.array_equal(high.durations, plain.durations)
    assert not np.array_equal(high.mel_TF, plain.mel_TF)
    (slower,) = say(voice, Request("a", tokens=TOKENS), length_scale=2.0)
    assert len(slower.mel_TF) == 2 * len(plain.mel_TF)
    (higher,) = say(voice, Request("a", tokens=TOKENS), pitch_scale=1.5)
    (louder,) = say(voice, Request("a", tokens=TOKENS), energy_scale=1.5)
    for other in (higher, louder):
        assert not np.array_equal(other.mel_TF, plain.mel_TF)
    with pytest.raises(InputError, match="pitch scale 0"):
        SpeakingOptions(pitch_scale=0.0)
    with pytest.raises(InputError, match="3 tokens"):
        say(voice, Request("a", tokens=TOKENS, scales={"energy_scale": [1.0]}))

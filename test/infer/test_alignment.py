"""A voice as aligner: as the model's own search, in batches of any size."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch
from conftest import TINY_MODEL, TINY_TABLE, TINY_TACOTRON2

from tts.align.durations import Recording
from tts.align.mas_torch import durations_by_torch
from tts.config import from_dict
from tts.errors import InputError
from tts.infer.alignment import align_recordings, check_fits
from tts.mel import MelConfig
from tts.models import build_model, model_class
from tts.models.facts import Facts
from tts.text.spoken import FrontEndConfig
from tts.text.tokens import TokenTable
from tts.voice import Voice


@pytest.fixture(scope="module")
def voice() -> Voice:
    torch.manual_seed(0)
    config = from_dict(model_class("matcha").Config, TINY_MODEL, "model")
    table = TokenTable.parse(TINY_TABLE)
    model = build_model(
        "matcha", config, Facts(table.num_embeddings, mel_mean=-5.0, mel_std=2.0)
    ).eval()
    return Voice(model, "matcha", MelConfig(), FrontEndConfig(), table, {}, "a tiny voice")


def recordings(count: int = 7) -> list[Recording]:
    random = np.random.default_rng(0)
    made = []
    for index in range(count):
        tokens = tuple(random.choice(list("abcdefgh"), random.integers(2, 9)))
        mel = (random.standard_normal((random.integers(25, 90), 80)) * 2 - 5).astype(np.float16)
        made.append(Recording(f"u{index}", tokens, len(mel), lambda mel=mel: mel))
    return made


def test_durations_cover_every_frame_in_batches_of_any_size(voice):
    items = recordings()
    alone = list(align_recordings(voice, items, max_frames=1))
    together = list(align_recordings(voice, items, max_frames=10**6))
    some = list(align_recordings(voice, items, max_frames=200))
    assert alone == together == some and [found.id for found in alone] == [i.id for i in items]
    for found, item in zip(alone, items, strict=True):
        assert sum(found.durations) == item.num_frames and min(found.durations) >= 1
        assert len(found.durations) == 2 * len(item.tokens) + 1 and not found.faults


def test_the_path_is_the_best_one(voice):
    """Of the scores that the model's own prior gives, one path is cheaper than any shift of it."""
    (item, *_) = recordings(1)
    seen = {}

    def search(log_p_BLT, token_lens, frame_lens):
        seen["scores"] = log_p_BLT
        return durations_by_torch(log_p_BLT, token_lens, frame_lens)

    batch = None

    class Spy:
        def align(self, given, _search):
            nonlocal batch
            batch = given
            return voice.model.align(given, search)

        def to(self, _device):
            return self

    (found,) = align_recordings(dataclasses.replace(voice, model=Spy()), [item])
    (expected,) = align_recordings(voice, [item])
    assert found == expected and batch.mel_lens.tolist() == [item.num_frames]
    scores = seen["scores"][0].double()

    def total(durations):
        index = torch.repeat_interleave(torch.arange(len(durations)), torch.tensor(durations))
        return float(scores[index, torch.arange(len(index))].sum())

    best = list(found.durations)
    for place in range(len(best) - 1):
        for step in (-1, 1):
            other = list(best)
            other[place] += step
            other[place + 1] -= step
            if min(other) >= 1:
                assert total(other) <= total(best) + 1e-3


def test_what_cannot_be_aligned_is_said_and_the_rest_is_done(voice):
    first, second, third = recordings(3)
    short = dataclasses.replace(second, num_frames=3)
    strange = dataclasses.replace(third, tokens=("a", "§"))
    found = list(align_recordings(voice, [strange, first, short]))
    assert [item.id for item in found] == [third.id, first.id, second.id]
    assert found[0].faults[0][0] == "unknown-phone" and found[2].faults[0][0] == "too-short"
    assert found[1].durations and not found[1].faults


def test_other_models_tokens_mels_and_searches_are_refused(voice):
    with pytest.raises(InputError, match="cannot align"):
        list(align_recordings(dataclasses.replace(voice, model=object()), recordings(1)))
    with pytest.raises(InputError, match="no search"):
        list(align_recordings(voice, recordings(1), search="viterbi"))
    (item,) = recordings(1)
    narrow = dataclasses.replace(item, mel=lambda: np.zeros((item.num_frames, 40), np.float32))
    with pytest.raises(InputError, match="80 bins"):
        list(align_recordings(voice, [narrow]))
    check_fits(voice, TokenTable.parse(TINY_TABLE), "blank", MelConfig())
    with pytest.raises(InputError, match="other tokens"):
        check_fits(voice, TokenTable({"_": 0}), "blank", MelConfig())
    with pytest.raises(InputError, match="knows the mel"):
        check_fits(voice, voice.table, "blank", dataclasses.replace(MelConfig(), n_mels=40))


def test_k2_is_named_where_it_is_missing(voice):
    try:
        import k2  # noqa: F401
    except ImportError:
        with pytest.raises(InputError, match="--aligner mas"):
            list(align_recordings(voice, recordings(1), search="k2"))
    else:
        items = recordings(3)
        assert list(align_recordings(voice, items, search="k2")) == list(
            align_recordings(voice, items)
        )


def test_attention_aligns_as_well(voice):
    """Tacotron 2 by its attention alone, Matcha-TTS by its likelihoods alone."""
    torch.manual_seed(0)
    config = from_dict(model_class("tacotron2").Config, TINY_TACOTRON2, "model")
    facts = Facts(voice.table.num_embeddings, mel_mean=-5.0, mel_std=2.0)
    model = build_model("tacotron2", config, facts).eval()
    other = dataclasses.replace(voice, model=model, model_name="tacotron2")
    for found, item in zip(
        align_recordings(other, recordings(), search="attention"), recordings(), strict=True
    ):
        assert sum(found.durations) == item.num_frames and min(found.durations[1:-1:2]) >= 1
    with pytest.raises(InputError, match="--aligner mas takes a voice of matcha"):
        list(align_recordings(other, recordings(1)))
    with pytest.raises(InputError, match="--aligner attention takes a voice of tacotron2"):
        list(align_recordings(voice, recordings(1), search="attention"))

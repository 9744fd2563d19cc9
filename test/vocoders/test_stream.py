"""Speech in chunks equals speech at once."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
import torch

from tts.mel import MelConfig
from tts.vocoders.hifigan import V2, V3, Hifigan, HifiganConfig
from tts.vocoders.stream import stream
from tts.vocoders.vocos import Vocos, VocosConfig

MEL = MelConfig()
SMALL_HIFIGAN = HifiganConfig(
    upsample_rates=(8, 8, 4),
    upsample_kernel_sizes=(16, 16, 8),
    upsample_initial_channel=16,
    resblock_kernel_sizes=(3, 5),
    resblock_dilation_sizes=((1, 3), (1, 2)),
)


def cut(length: int, random: Random) -> list[slice]:
    """Cut `length` frames at random places; some chunks are empty or a single frame."""
    ends = sorted(random.choices(range(length + 1), k=random.randint(0, 9)))
    return [slice(a, b) for a, b in zip([0, *ends], [*ends, length], strict=True)]


def join(parts: list[torch.Tensor], axis: int) -> torch.Tensor:
    return torch.cat(parts, axis)


@pytest.mark.parametrize("seed", range(12))
def test_vocos_in_chunks_is_vocos_at_once_to_the_bit(seed):
    torch.manual_seed(seed)
    random = Random(seed)
    vocoder = Vocos(VocosConfig(channels=64, num_layers=3), MEL).eval()
    frames = random.randint(1, 200)
    mel_BTF = torch.randn(1, frames, MEL.n_mels)
    with torch.inference_mode():
        whole = vocoder(mel_BTF)
        chunks = (mel_BTF[:, part] for part in cut(frames, random))
        parts = list(stream(vocoder, chunks, vocoder.context, MEL.hop_length, join))
    assert torch.equal(torch.cat(parts, 1), whole)


@pytest.mark.parametrize("seed", range(6))
def test_hifigan_in_chunks(seed):
    torch.manual_seed(seed)
    random = Random(seed)
    vocoder = Hifigan(SMALL_HIFIGAN, MEL).eval()
    frames = random.randint(1, 90)
    mel_BTF = torch.randn(1, frames, MEL.n_mels)
    with torch.inference_mode():
        whole = vocoder(mel_BTF)
        chunks = (mel_BTF[:, part] for part in cut(frames, random))
        parts = list(stream(vocoder, chunks, vocoder.context, MEL.hop_length, join))
    torch.testing.assert_close(torch.cat(parts, 1), whole, atol=1e-6, rtol=0)


def test_samples_leave_as_soon_as_their_context_is_known():
    """Of chunks of 10 frames with 4 frames of context the first gives 6, each further one 10."""

    def vocoder(mel_BTF: np.ndarray) -> np.ndarray:
        return np.repeat(mel_BTF[:, :, 0], 3, axis=1)

    mel = np.arange(35, dtype=np.float32).reshape(1, 35, 1)
    chunks = (mel[:, start : start + 10] for start in range(0, 35, 10))
    parts = list(stream(vocoder, chunks, context=4, hop_length=3))
    assert [part.shape[1] for part in parts] == [18, 30, 30, 15, 12]
    assert np.array_equal(np.concatenate(parts, 1), vocoder(mel))


def test_an_empty_mel_gives_nothing():
    assert list(stream(lambda mel: mel, [], 3, 256)) == []


@pytest.mark.parametrize("config", [SMALL_HIFIGAN, V3], ids=["small", "V3"])
def test_context_of_hifigan_holds_all_that_a_frame_sees(config):
    torch.manual_seed(0)
    vocoder = Hifigan(config, MEL).eval()
    context, hop = vocoder.context, MEL.hop_length
    frame = context + 2
    mel_BTF = torch.randn(1, 2 * frame + 1, MEL.n_mels, requires_grad=True)
    vocoder(mel_BTF)[0, frame * hop : (frame + 1) * hop].sum().backward()
    (seen,) = torch.nonzero(mel_BTF.grad[0].abs().sum(1), as_tuple=True)
    assert frame - context <= int(seen[0]) and int(seen[-1]) <= frame + context
    # Not much more than is seen: samples held back are latency.
    assert context - max(frame - int(seen[0]), int(seen[-1]) - frame) <= 1


def test_context_of_the_published_sizes():
    assert Hifigan(V2, MEL).context < 20

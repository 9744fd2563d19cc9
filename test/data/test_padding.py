"""How much of an epoch is padding, on the lengths of the real corpora."""

from __future__ import annotations

import re
import tarfile

import pytest

from tts.data.plan import BatchPlan
from tts.mel import MelConfig, num_frames
from tts.train.config import TrainConfig

MEL = MelConfig()


def english(shared_data) -> list[int]:
    """Frames of the 12,500 clips of the training set, from the times of their alignments."""
    lengths = {}
    archive = shared_data / "alignments" / "ljspeech-mfa-textgrid.tar.xz"
    with tarfile.open(archive, "r|xz") as tar:
        for entry in tar:
            if entry.name.endswith(".TextGrid"):
                head = tar.extractfile(entry).read(300).decode()
                seconds = float(re.search(r"xmax = ([\d.]+)", head).group(1))
                lengths[entry.name] = num_frames(round(seconds * MEL.sample_rate), MEL)
    return [lengths[name] for name in sorted(lengths)][:12500]


def mandarin(shared_data) -> list[int]:
    """Frames of the 9,400 clips of the training set (one is missing), from their syllables."""
    path = shared_data / "alignments" / "bznsyp-syllable-frames.txt"
    rows = path.read_text(encoding="utf-8").splitlines()
    return [sum(map(int, row.split("|")[3].split())) for row in rows][:9399]


@pytest.mark.parametrize("corpus", [english, mandarin])
def test_padding_is_little_with_the_defaults(shared_data, corpus):
    lengths, options = corpus(shared_data), TrainConfig()
    hours = sum(lengths) * MEL.hop_length / MEL.sample_rate / 3600
    assert (corpus is english and 22 < hours < 24) or (corpus is mandarin and 10 < hours < 12)
    for seconds in (options.max_duration, 360):
        plan = BatchPlan(lengths, MEL.sample_rate / MEL.hop_length, seconds, options.num_buckets)
        shares = [plan.padding_share(epoch) for epoch in (1, 2, 3)]
        assert max(shares) < 0.04, shares
        batches = plan.batches(1)
        frames = sum(max(lengths[i] for i in batch) * len(batch) for batch in batches)
        assert shares[0] == pytest.approx(1 - sum(lengths) / frames)

"""k2's path is that of our own search, where k2 is installed."""

from __future__ import annotations

import pytest
import torch

from tts.align.k2_search import durations_by_k2


def test_the_same_path_on_the_same_scores():
    pytest.importorskip("k2", reason="k2 is optional and has no package for this Python and torch")
    from tts.align.mas_torch import durations_by_torch

    generator = torch.Generator().manual_seed(0)
    for rows, num_tokens, num_frames in ((1, 1, 1), (1, 5, 5), (4, 7, 23), (3, 61, 300)):
        scores = torch.randn((rows, num_tokens, num_frames), generator=generator) * 5 - 100
        token_lens = torch.randint(1, num_tokens + 1, (rows,), generator=generator)
        frame_lens = torch.randint(num_tokens, num_frames + 1, (rows,), generator=generator)
        frame_lens[-1], token_lens[0] = num_frames, num_tokens
        found = durations_by_k2(scores, token_lens, frame_lens)
        assert torch.equal(found, durations_by_torch(scores, token_lens, frame_lens))
        assert torch.equal(found.sum(1), frame_lens)

"""Alignment search against every possible path."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch

from tts.align.mas import expand_index, maximum_path


def best_by_enumeration(scores_LT: np.ndarray) -> float:
    """The greatest sum over all monotonic paths, by trying each."""
    num_tokens, num_frames = scores_LT.shape
    best = -np.inf
    for cuts in itertools.combinations(range(1, num_frames), num_tokens - 1):
        bounds = [0, *cuts, num_frames]
        total = sum(scores_LT[i, bounds[i] : bounds[i + 1]].sum() for i in range(num_tokens))
        best = max(best, total)
    return best


def path_score(scores_LT: np.ndarray, durations: list[int]) -> float:
    token_of_frame = np.repeat(np.arange(len(durations)), durations)
    return scores_LT[token_of_frame, np.arange(scores_LT.shape[1])].sum()


@pytest.mark.parametrize("seed", range(20))
def test_brute_force(seed):
    random = np.random.RandomState(seed)
    num_tokens = random.randint(1, 6)
    num_frames = random.randint(num_tokens, 12)
    scores = random.standard_normal((num_tokens, num_frames)).astype(np.float32) * 10
    durations = maximum_path(
        torch.from_numpy(scores)[None], torch.tensor([num_tokens]), torch.tensor([num_frames])
    )[0].tolist()
    assert min(durations) >= 1 and sum(durations) == num_frames
    assert path_score(scores, durations) == pytest.approx(best_by_enumeration(scores), rel=1e-5)


def test_rows_do_not_touch_each_other_and_input_is_kept():
    torch.manual_seed(1)
    scores = torch.randn(3, 9, 30)
    before = scores.clone()
    token_lens, frame_lens = torch.tensor([9, 4, 6]), torch.tensor([30, 17, 6])
    together = maximum_path(scores, token_lens, frame_lens)
    assert torch.equal(scores, before)
    for row in range(3):
        length, frames = int(token_lens[row]), int(frame_lens[row])
        alone = maximum_path(
            scores[row : row + 1, :length, :frames], token_lens[row, None], frame_lens[row, None]
        )
        assert together[row, :length].tolist() == alone[0].tolist()
        assert together[row].sum() == frames


def test_too_few_frames_is_an_error():
    with pytest.raises(ValueError, match="row 1 has 3 frames for 4 tokens"):
        maximum_path(torch.zeros(2, 4, 9), torch.tensor([4, 4]), torch.tensor([9, 3]))


def test_expand_index():
    durations = torch.tensor([[2, 0, 3], [1, 1, 0]])
    assert expand_index(durations, 6).tolist() == [[0, 0, 2, 2, 2, 2], [0, 1, 2, 2, 2, 2]]
    fractional = torch.tensor([[1.5, 1.5]])
    assert expand_index(fractional, 3).tolist() == [[0, 0, 1]]

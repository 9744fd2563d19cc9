"""Dynamic time warping against exhaustive search."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tts.evaluate.warping import dtw


def all_paths(rows: int, columns: int) -> list[list[tuple[int, int]]]:
    """Every monotonic path from corner to corner."""
    if (rows, columns) == (1, 1):
        return [[(0, 0)]]
    before = [
        (rows - down, columns - right)
        for down, right in ((1, 1), (1, 0), (0, 1))
        if rows > down and columns > right
    ]
    return [[*path, (rows - 1, columns - 1)] for smaller in before for path in all_paths(*smaller)]


@given(
    st.integers(1, 5).flatmap(
        lambda columns: st.lists(
            st.lists(st.integers(0, 3), min_size=columns, max_size=columns), min_size=1, max_size=5
        )
    )
)
@settings(deadline=None, max_examples=60)
def test_dtw_finds_the_cheapest_and_then_the_shortest_of_all_paths(rows):
    cost = np.array(rows, dtype=float)
    path = [tuple(step) for step in dtw(cost)]
    paths = all_paths(*cost.shape)
    assert path in paths
    best = min((sum(cost[step] for step in other), len(other)) for other in paths)
    assert (sum(cost[step] for step in path), len(path)) == best


def test_dtw_of_many_frames_is_monotonic_from_corner_to_corner():
    path = dtw(np.random.RandomState(0).rand(300, 217))
    assert path[0].tolist() == [0, 0] and path[-1].tolist() == [299, 216]
    steps = np.diff(path, axis=0)
    assert steps.min() == 0 and steps.max() == 1 and steps.sum(1).min() == 1

"""Sizes and positions of the sets, for the real corpora and for small ones."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tts.data.corpus import Split
from tts.data.split import split_ranges
from tts.errors import InputError


@pytest.mark.parametrize(
    ("listed", "sizes"),
    [
        (13100, (12500, 100, 500)),
        (10000, (9400, 100, 500)),
        (6000, (5400, 100, 500)),
        (5999, (5999 - 119 - 299, 119, 299)),
        (100, (93, 2, 5)),
        (42, (39, 1, 2)),
        (3, (1, 1, 1)),
    ],
)
def test_sizes(listed, sizes):
    assert tuple(map(len, split_ranges(listed, Split()).values())) == sizes


@given(st.integers(3, 20000))
def test_sets_follow_each_other_and_cover_everything(listed):
    ranges = split_ranges(listed, Split())
    assert [position for positions in ranges.values() for position in positions] == [*range(listed)]
    assert all(len(positions) > 0 for positions in ranges.values())


@pytest.mark.parametrize("listed", [0, 1, 2])
def test_too_few(listed):
    with pytest.raises(InputError, match="too few"):
        split_ranges(listed, Split())

"""Sizes and positions of the sets, for the real corpora and for small ones."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tts.data.corpus import Recipe
from tts.data.corpus_config import CorpusConfig, Split
from tts.data.split import split_ranges, write_split
from tts.errors import InputError
from tts.files import write_jsonl, write_text


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
    assert tuple(map(len, split_ranges(listed, None).values())) == sizes


@given(st.integers(3, 20000))
def test_sets_follow_each_other_and_cover_everything(listed):
    ranges = split_ranges(listed, None)
    assert [position for positions in ranges.values() for position in positions] == [*range(listed)]
    assert all(len(positions) > 0 for positions in ranges.values())


def test_stated_sizes_count_whatever_the_size_of_the_corpus():
    assert tuple(map(len, split_ranges(12, Split(2, 3)).values())) == (7, 2, 3)
    assert tuple(map(len, split_ranges(9000, Split(10, 20)).values())) == (8970, 10, 20)
    with pytest.raises(InputError, match=r"12 .*100 valid, 500 test that \[split\]"):
        split_ranges(12, Split())
    with pytest.raises(InputError, match="at least one"):
        split_ranges(12, Split(0, 1))


def recipe_of(work: Path, split: Split | None, kept: list[int], listed: int = 12) -> Recipe:
    """A recipe whose features are ready, of `listed` utterances those at `kept`."""
    recipe = Recipe(CorpusConfig("c", "C", "en-us", split=split), work, work, work)
    write_text(recipe.manifest("ids.txt"), "".join(f"u{i}\n" for i in range(listed)))
    cuts = [{"id": f"u{i}", "supervisions": [{"custom": {"position": i}}]} for i in kept]
    write_jsonl(recipe.fbank("cuts.jsonl.gz"), cuts)
    return recipe


@pytest.mark.parametrize(
    ("kept", "sets"),
    [
        (range(12), {"train": 10, "valid": ["u10"], "test": ["u11"]}),
        ([*range(10), 11], {"train": 9, "valid": ["u9"], "test": ["u11"]}),
        (range(11), {"train": 9, "valid": ["u10"], "test": ["u9"]}),
        (range(10), {"train": 8, "valid": ["u8"], "test": ["u9"]}),
    ],
)
def test_rejection_empties_no_set(tmp_path, kept, sets, capsys):
    """The training set stands in; nothing else moves."""
    recipe = recipe_of(tmp_path, None, list(kept))
    assert write_split(recipe)["train"] == sets["train"]
    for name in ("valid", "test"):
        assert [cut["id"] for cut in recipe.cuts(name)] == sets[name]
    printed = capsys.readouterr().out
    assert ("stands in" in printed) == (len(kept) < 12)
    assert printed.count("1 moved from train") == printed.count("1 moved to ") == 12 - len(kept)


def test_with_nothing_left_the_set_is_named(tmp_path):
    with pytest.raises(InputError, match="of the valid set are rejected"):
        write_split(recipe_of(tmp_path, None, [0, 11]))


@pytest.mark.parametrize("listed", [0, 1, 2])
def test_too_few(listed):
    with pytest.raises(InputError, match="too few"):
        split_ranges(listed, None)

"""Lhotse Shar: the same batches, shards read once, readable by lhotse, damage named."""

from __future__ import annotations

import numpy as np
import pytest
from test_loader import lengths
from test_packed import assert_same_batches

from tts.data.loader import make_loader, read_examples
from tts.data.plan import BatchPlan, ShardPlan
from tts.data.shards import Shards, write_shards
from tts.errors import InputError
from tts.files import read_jsonl, write_jsonl
from tts.text.tokens import TokenTable

SPLIT = "data/fbank/ljspeech_cuts_train.jsonl.gz"


@pytest.fixture
def table(tiny_work):
    return TokenTable.read(tiny_work / "data" / "tokens.txt")


def sharded(work, table, shard_size: int, window: int) -> Shards:
    folder = work / "shar" / "train"
    count = write_shards(work / SPLIT, work, folder, shard_size)
    shards = Shards(folder, table, "blank", window)
    assert count == len(shards.ranges) == -(-12 // shard_size)
    return shards


def plan_of(shards: Shards, **options) -> ShardPlan:
    num_frames = [example.num_frames for example in shards.examples]
    return ShardPlan(shards.ranges, shards.window, num_frames, 86.13, 2, 3, **options)


@pytest.mark.parametrize("num_workers", [0, 1])
def test_batches_equal_those_of_the_files(tiny_work, table, num_workers):
    """With all shards in the window the very same batches; resumed inside an epoch as well."""
    examples = read_examples(tiny_work / SPLIT, tiny_work, table, "blank")
    shards = sharded(tiny_work, table, shard_size=5, window=3)
    ours = plan_of(shards)
    theirs = BatchPlan(ours.num_frames, 86.13, 2, 3)
    for epoch, start in ((1, 0), (2, 0), (2, 1)):
        ours.epoch = theirs.epoch = epoch
        ours.start = theirs.start = start
        assert_same_batches(
            make_loader(shards.examples, ours, 0, num_workers, False, shards),
            make_loader(examples, theirs, 0, 0, False),
        )


def test_each_shard_is_read_once_an_epoch(tiny_work, table, monkeypatch):
    shards = sharded(tiny_work, table, shard_size=2, window=2)
    plan, read = plan_of(shards), []
    monkeypatch.setattr(
        Shards, "_read", lambda self, n, f=Shards._read: read.append(n) or f(self, n)
    )
    for epoch in (1, 2):
        plan.epoch = epoch
        shards.held.clear()
        read.clear()
        ids = [name for batch in make_loader(shards.examples, plan, 0, 0, False, shards)
               for name in batch.ids]  # fmt: skip
        assert sorted(ids) == sorted(example.id for example in shards.examples)
        assert sorted(read) == list(range(6)) and len(shards.held) == 2


def test_the_order_is_a_function_of_seed_and_epoch():
    num_frames = lengths(900)
    ranges = [range(start, start + 100) for start in range(0, 900, 100)]

    def plan(**options):
        return ShardPlan(ranges, 2, num_frames, 86.13, 60, **options)

    batches = plan().batches(3)
    assert batches == plan().batches(3) != plan().batches(4)
    assert batches != plan(seed=1).batches(3)
    assert sorted(i for batch in batches for i in batch) == list(range(900))
    assert all(sum(num_frames[i] for i in batch) <= 60 * 86.13 for batch in batches)
    shares = [list(plan(rank=rank, world_size=2)) for rank in range(2)]
    assert [shares[i % 2][i // 2] for i in range(sum(map(len, shares)))] == plan().batches(1)
    still = plan(shuffle=False)
    assert still.batches(1) == still.batches(2)


def test_what_is_damaged_or_missing_is_named(tiny_work, table):
    shards = sharded(tiny_work, table, shard_size=5, window=3)
    folder = shards.tars[0].parent
    with pytest.raises(InputError, match="exists already"):
        write_shards(tiny_work / SPLIT, tiny_work, folder, 5)
    whole = shards.tars[1].read_bytes()
    shards.tars[1].write_bytes(whole[:3000])
    with pytest.raises(InputError, match=r"features.000001.tar cannot be read .*again"):
        shards[6]
    shards.tars[1].write_bytes(shards.tars[0].read_bytes())
    with pytest.raises(InputError, match=r"000001.tar does not hold the features .*in their order"):
        shards[6]
    shards.tars[2].unlink()
    with pytest.raises(InputError, match=r"features.000002.tar does not exist"):
        Shards(folder, table, "blank")
    with pytest.raises(InputError, match=r"holds no cuts.*write_shards.py"):
        Shards(tiny_work, table, "blank")
    with pytest.raises(InputError, match="--shard-size 0"):
        write_shards(tiny_work / SPLIT, tiny_work, tiny_work / "new", 0)
    (tiny_work / "data/fbank/feats/train7.npy").unlink()
    with pytest.raises(InputError, match="features of train7"):
        write_shards(tiny_work / SPLIT, tiny_work, tiny_work / "new", 5)
    assert not list(tiny_work.glob("*new*")) and not list(tiny_work.glob(".*new*"))


def test_lhotse_reads_them(tiny_work):
    from lhotse import CutSet

    cuts = list(read_jsonl(tiny_work / SPLIT))
    for cut in cuts:
        cut["features"] |= {
            "type": "log-mel", "num_features": 80, "frame_shift": 256 / 22050, "start": 0.0,
            "sampling_rate": 22050, "duration": cut["features"]["num_frames"] * 256 / 22050,
            "storage_type": "numpy_files", "recording_id": cut["id"], "channels": 0,
        }  # fmt: skip
        cut |= {"type": "MonoCut", "start": 0.0, "channel": 0, "supervisions": []}
        cut["duration"] = cut["features"]["duration"]
    write_jsonl(tiny_work / SPLIT, cuts)
    write_shards(tiny_work / SPLIT, tiny_work, tiny_work / "shar", 5)
    loaded = list(CutSet.from_shar(in_dir=tiny_work / "shar"))
    assert [cut.id for cut in loaded] == [cut["id"] for cut in cuts]
    for cut in loaded:
        stored = np.load(tiny_work / "data/fbank/feats" / f"{cut.id}.npy")
        mel = cut.load_features()
        assert mel.dtype == np.float16 and np.array_equal(mel, stored)
        assert cut.custom["tokens"]

"""Batch plans and the loader."""

from __future__ import annotations

import random
import signal
import subprocess
import sys

import numpy as np
import pytest
import torch

from tts.data.loader import BatchPlan, Example, make_loader, read_mel
from tts.errors import InputError


def lengths(count: int, seed: int = 0) -> list[int]:
    chance = random.Random(seed)
    return [chance.randint(90, 870) for _ in range(count)]


@pytest.mark.parametrize("count", [1, 7, 500])
def test_every_utterance_once_within_the_limit(count):
    num_frames = lengths(count)
    plan = BatchPlan(num_frames, 86.13, 60)
    for epoch in (1, 2):
        batches = plan.batches(epoch)
        assert sorted(i for batch in batches for i in batch) == list(range(count))
        assert all(sum(num_frames[i] for i in batch) <= 60 * 86.13 for batch in batches)


def test_an_utterance_longer_than_the_limit_stands_alone():
    batches = BatchPlan([100, 9000, 100], 86.13, 60).batches(1)
    assert [1] in batches and sum(map(len, batches)) == 3


def test_new_order_every_epoch_and_the_same_when_repeated():
    plan = BatchPlan(lengths(300), 86.13, 60)
    assert plan.batches(1) != plan.batches(2)
    assert plan.batches(2) == BatchPlan(lengths(300), 86.13, 60).batches(2)
    still = BatchPlan(lengths(300), 86.13, 60, shuffle=False)
    assert still.batches(1) == still.batches(2)


def test_batches_are_of_like_size_and_length():
    num_frames = lengths(3000)
    batches = BatchPlan(num_frames, 86.13, 200).batches(1)
    sums = [sum(num_frames[i] for i in batch) for batch in batches]
    assert min(sums) > 0.8 * max(sums)
    padded = sum(max(num_frames[i] for i in batch) * len(batch) for batch in batches)
    assert 1 - sum(sums) / padded < 0.05


@pytest.mark.parametrize("world_size", [1, 2, 3, 7])
@pytest.mark.parametrize("start", [0, 4])
def test_ranks_share_the_one_order(world_size, start):
    """Batch k of rank r is batch start + k * world_size + r of the order that one process has."""
    whole = BatchPlan(lengths(300), 86.13, 200).batches(3)
    plans = [
        BatchPlan(lengths(300), 86.13, 200, rank=rank, world_size=world_size)
        for rank in range(world_size)
    ]
    for plan in plans:
        plan.epoch, plan.start = 3, start
        assert plan.batches(3) == whole
    shares = [list(plan) for plan in plans]
    assert [len(plan) for plan in plans] == [len(share) for share in shares]
    assert max(map(len, shares)) - min(map(len, shares)) <= 1
    joined = [shares[i % world_size][i // world_size] for i in range(len(whole) - start)]
    assert joined == whole[start:]


def test_a_rank_may_run_dry():
    plan = BatchPlan([5, 5], 1, 100, rank=2, world_size=3)
    assert len(plan) == 0 and list(plan) == []


def make_examples(folder, num_frames):
    examples = []
    for index, frames in enumerate(num_frames):
        path = folder / f"{index}.npy"
        np.save(path, np.full((frames, 4), index, dtype=np.float16))
        tokens = np.arange(index + 1, dtype=np.int32)
        examples.append(Example(f"utt{index}", tokens, path, frames))
    return examples


@pytest.mark.parametrize("num_workers", [0, 2])
def test_loader_pads_resumes_and_leaves_random_state_alone(tmp_path, num_workers):
    num_frames = [9, 5, 7, 12]
    examples = make_examples(tmp_path, num_frames)
    plan = BatchPlan(num_frames, 1, 21)
    torch.manual_seed(5)
    before = torch.get_rng_state()
    batches = list(make_loader(examples, plan, 3, num_workers, False))
    assert torch.equal(before, torch.get_rng_state())
    assert [batch.ids for batch in batches] == [[f"utt{i}" for i in b] for b in plan.batches(1)]
    for batch in batches:
        for row, name in enumerate(batch.ids):
            index = int(name[3:])
            tokens, frames = batch.tokens_lens[row], batch.mel_lens[row]
            assert tokens == index + 1 and frames == num_frames[index]
            assert (batch.mel_BTF[row, :frames] == index).all()
            assert (batch.mel_BTF[row, frames:] == 0).all()
            assert (batch.tokens_BL[row, tokens:] == 3).all()
    plan.start = 1
    resumed = list(make_loader(examples, plan, 3, num_workers, False))
    assert [batch.ids for batch in resumed] == [batch.ids for batch in batches[1:]]


def test_damaged_features_are_named(tmp_path):
    (example,) = make_examples(tmp_path, [9])
    np.save(example.features, np.zeros((4, 4), dtype=np.float16))
    with pytest.raises(InputError, match=r"utt0.*9 frames"):
        read_mel(example)
    example.features.write_bytes(b"\x93NUMPY broken")
    with pytest.raises(InputError, match=r"utt0.*cannot be read"):
        read_mel(example)
    example.features.unlink()
    with pytest.raises(InputError, match="cannot be read"):
        read_mel(example)


def test_a_reader_ends_though_its_parent_was_killed_while_it_started(root):
    """The output ends when the last process that holds it has ended."""
    code = """
import multiprocessing, os, signal, time
from tts.data.loader import _begin_reader

def reader():
    while os.getppid() == parent:
        time.sleep(0.01)
    _begin_reader(0)
    time.sleep(600)

parent = os.getpid()
multiprocessing.get_context("fork").Process(target=reader).start()
os.kill(parent, signal.SIGKILL)
"""
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=root, stdout=subprocess.PIPE, timeout=120, check=False)
    assert done.returncode == -signal.SIGKILL

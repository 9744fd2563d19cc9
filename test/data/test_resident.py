"""The training set in device memory, and batches copied ahead: nothing in a batch changes."""

from __future__ import annotations

import threading

import pytest
import torch
from test_packed import assert_same_batches, plan_of

from tts.data.loader import FeatureFiles, make_loader, read_examples
from tts.data.packed import open_packed
from tts.data.prefetch import _END, Prefetch
from tts.data.resident import ResidentLoader, fits, size_of
from tts.errors import InputError
from tts.text.tokens import TokenTable

CPU = torch.device("cpu")


@pytest.fixture
def examples(tiny_work):
    table = TokenTable.read(tiny_work / "data" / "tokens.txt")
    cuts = tiny_work / "data/fbank/ljspeech_cuts_train.jsonl.gz"
    return read_examples(cuts, tiny_work, table, "blank")


@pytest.mark.parametrize("source", ["files", "packed"])
@pytest.mark.parametrize("device", ["cpu", pytest.param("cuda", marks=pytest.mark.gpu)])
def test_batches_from_device_memory_are_the_same_bit_for_bit(tiny_work, examples, source, device):
    mels = FeatureFiles(examples)
    if source == "packed":
        cuts = tiny_work / "data/fbank/ljspeech_cuts_train.jsonl.gz"
        mels = open_packed(cuts, examples, "1", lambda line: None)
    plan = plan_of(examples)
    resident = ResidentLoader(examples, plan, 3, mels, torch.device(device))
    for epoch, start in ((1, 0), (2, 0), (2, 1)):
        plan.epoch, plan.start = epoch, start
        assert len(resident) == len(plan)
        batches = [batch.to("cpu") for batch in resident]
        assert_same_batches(batches, make_loader(examples, plan, 3, 0, False))
    plan.start = 0
    batches = list(resident)
    assert all(batch.mel_BTF.device.type == device for batch in batches)
    assert sum(batch.known_frames for batch in batches) == sum(plan.num_frames)
    assert all(batch.known_frames == int(batch.mel_lens.sum()) for batch in batches)


def test_large_sets_are_uploaded_in_pieces(examples, monkeypatch):
    monkeypatch.setattr("tts.data.resident._PIECE", 5000)
    plan = plan_of(examples, shuffle=False)
    resident = ResidentLoader(examples, plan, 0, FeatureFiles(examples), CPU)
    assert_same_batches(resident, make_loader(examples, plan, 0, 0, False))


def test_where_the_set_goes_to_the_device(examples, monkeypatch):
    size = size_of(examples, FeatureFiles(examples))
    frames = sum(example.num_frames for example in examples)
    tokens = sum(len(example.token_ids) for example in examples)
    assert size == frames * 160 + tokens * 8
    assert not fits("auto", size, CPU) and not fits("0", size, CPU) and fits("1", size, CPU)
    cuda = torch.device("cuda")
    free = {"bytes": 0}
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda device: (free["bytes"], 10**12))
    free["bytes"] = 5 * size
    assert fits("auto", size, cuda) and fits("1", size, cuda) and not fits("0", size, cuda)
    free["bytes"] = 2 * size
    assert not fits("auto", size, cuda) and fits("1", size, cuda)
    free["bytes"] = size - 1
    assert not fits("auto", size, cuda)
    with pytest.raises(InputError, match=r"--data-on-device 1: .* GB on cuda, .* GB are free"):
        fits("1", size, cuda)


def test_memory_that_runs_out_on_the_way_is_a_clear_error(examples, monkeypatch):
    def full(*_args, **_options):
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr("tts.data.resident._upload", full)
    with pytest.raises(InputError, match=r"--data-on-device 1: .*use --data-on-device 0"):
        ResidentLoader(examples, plan_of(examples), 0, FeatureFiles(examples), CPU)


@pytest.mark.parametrize("num_workers", [0, 1])
@pytest.mark.parametrize("device", ["cpu", pytest.param("cuda", marks=pytest.mark.gpu)])
def test_prefetch_keeps_order_and_content(examples, num_workers, device):
    plan = plan_of(examples)
    pin = device == "cuda"
    ahead = Prefetch(make_loader(examples, plan, 0, num_workers, pin), torch.device(device))
    for epoch, start in ((1, 0), (2, 1)):
        plan.epoch, plan.start = epoch, start
        assert len(ahead) == len(plan)
        batches = [batch.to("cpu") for batch in ahead]
        assert_same_batches(batches, make_loader(examples, plan, 0, 0, False))


def test_prefetch_passes_errors_on_and_ends_with_its_reader(examples):
    examples[4].features.unlink()
    ahead = Prefetch(make_loader(examples, plan_of(examples), 0, 0, False), CPU)
    before = threading.active_count()
    with pytest.raises(InputError, match="features of train4"):
        list(ahead)
    reading = iter(Prefetch(range_of_batches(examples), CPU, depth=1))
    next(reading)
    reading.close()  # while the thread waits to hand over its next batch
    assert threading.active_count() == before


def range_of_batches(examples):
    plan = plan_of(examples, shuffle=False)
    good = [example for example in examples if example.features.exists()]
    return list(make_loader(good, plan_of(good), 0, 0, False)) * len(plan)


def test_reading_ahead_goes_to_the_gpu_of_the_main_thread(monkeypatch):
    """Another thread's own current device is the first one."""
    seen = []
    monkeypatch.setattr(torch.cuda, "current_device", lambda: 1)
    monkeypatch.setattr(Prefetch, "_copy", lambda self, _, ready, __: seen.append(self.device))
    ahead = Prefetch([], torch.device("cuda"))
    thread = iter(ahead)
    monkeypatch.setattr("queue.Queue.get", lambda self: _END)
    assert list(thread) == [] and seen == [torch.device("cuda", 1)]

"""The searches for other devices give the CPU's durations, ties and padding included."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import types

import pytest
import torch

from tts.align import mas
from tts.align.mas import durations_on_cpu, maximum_path
from tts.align.mas_torch import durations_by_torch

SEARCHES = {"cpu": durations_on_cpu, "torch": durations_by_torch}


def grid(seed: int, most_tokens: int = 24, most_more: int = 40):
    """Random scores and lengths; every second seed has whole numbers, so many equal sums.

    Padding holds what would win if it were looked at.
    """
    draw = torch.Generator().manual_seed(seed)

    def between(low, high, size=(1,)):
        return torch.randint(low, high + 1, size, generator=draw)

    rows = int(between(1, 4))
    token_lens = between(1, most_tokens, (rows,))
    frame_lens = token_lens + between(0, most_more, (rows,))
    shape = (rows, int(token_lens.max() + between(0, 3)), int(frame_lens.max() + between(0, 3)))
    if seed % 2:
        scores = between(-1, 1, shape).float()
    else:
        scores = torch.randn(shape, generator=draw) * 9
    for row in range(rows):
        scores[row, token_lens[row] :] = 1e6
        scores[row, :, frame_lens[row] :] = 1e6
    return scores, token_lens, frame_lens


def compare_on(device: str, count: int, **sizes) -> None:
    """`maximum_path`'s choice for `device` against the CPU's durations."""
    for seed in range(count):
        scores, token_lens, frame_lens = grid(seed, **sizes)
        expected = durations_on_cpu(scores, token_lens, frame_lens)
        found = maximum_path(*(value.to(device) for value in (scores, token_lens, frame_lens)))
        assert torch.equal(found.cpu(), expected), seed


@pytest.mark.parametrize("search", SEARCHES)
@pytest.mark.parametrize(
    ("scores", "durations"),
    [
        # All paths are equal: from the end, stay as long as a path still exists.
        ([[0, 0, 0, 0, 0], [0, 0, 0, 0, 0], [0, 0, 0, 0, 0]], [1, 1, 3]),
        # Frame 1 may belong to either token.
        ([[0, 1, 0, 0], [0, 1, 1, 1]], [1, 3]),
        # No tie: a better sum wins over staying.
        ([[0, 2, 0, 0], [0, 1, 1, 1]], [2, 2]),
        ([[5]], [1]),
        ([[1, 2, 3]], [3]),
        ([[0, 9], [9, 0]], [1, 1]),
    ],
)
def test_the_rule_for_equal_sums(search, scores, durations):
    scores = torch.tensor([scores], dtype=torch.float32)
    lens = torch.tensor([scores.shape[1]]), torch.tensor([scores.shape[2]])
    assert SEARCHES[search](scores, *lens).tolist() == [durations]


@pytest.mark.parametrize("seed", range(60))
def test_torch_equals_the_cpu(seed):
    scores, token_lens, frame_lens = grid(seed)
    before = scores.clone()
    durations = durations_by_torch(scores, token_lens, frame_lens)
    assert torch.equal(durations, durations_on_cpu(scores, token_lens, frame_lens))
    assert torch.equal(scores, before)


@pytest.mark.parametrize("search", SEARCHES)
def test_numbers_that_are_none_still_give_a_path(search):
    """A diverged model must not end the run here: its step is skipped later."""
    scores = torch.full((2, 3, 7), torch.nan)
    scores[1] = -torch.inf
    durations = SEARCHES[search](scores, torch.tensor([3, 2]), torch.tensor([7, 6]))
    assert durations.sum(1).tolist() == [7, 6]
    assert (durations[0] >= 1).all() and durations[1, 2] == 0


def test_nothing_is_read_back():
    """On the meta device there are no values to read: a host that waits for one fails."""
    scores, token_lens, frame_lens = (value.to("meta") for value in grid(0))
    durations = maximum_path(scores, token_lens, frame_lens)
    assert durations.device.type == "meta" and durations.shape == scores.shape[:2]


@pytest.mark.skipif(importlib.util.find_spec("triton") is None, reason="triton is not installed")
def test_triton_kernel_in_its_interpreter():
    """The kernel's text, run by numpy; triton decides when imported, hence a process apart."""
    code = (
        "from test_mas_devices import grid\n"
        "import torch\n"
        "from tts.align.mas import durations_on_cpu, triton_works\n"
        "from tts.align.mas_triton import durations_by_triton\n"
        "for seed in range(30):\n"
        "    scores, tokens, frames = grid(seed)\n"
        "    layout = scores.transpose(1, 2).contiguous().transpose(1, 2)\n"
        "    expected = durations_on_cpu(scores, tokens, frames)\n"
        "    assert (durations_by_triton(scores, tokens, frames) == expected).all(), seed\n"
        "    assert (durations_by_triton(layout, tokens, frames) == expected).all(), seed\n"
        "assert triton_works(torch.device('cpu'))\n"
        "print('equal')\n"
    )
    folder = os.path.dirname(__file__)
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "TRITON_INTERPRET": "1", "PYTHONPATH": os.pathsep.join(
            [folder, os.path.dirname(os.path.dirname(folder)), *sys.path]
        )},
        capture_output=True,
        text=True,
    )  # fmt: skip
    assert done.stdout.strip().endswith("equal"), done.stderr


def test_triton_launches_on_the_device_of_the_tensors(monkeypatch):
    """Of the kernel's launch alone: Triton itself takes the current device."""
    entered, launched = [], []

    class DeviceOf:
        def __init__(self, tensor):
            self.tensor = tensor

        def __enter__(self):
            entered.append(self.tensor)

        def __exit__(self, *_error):
            entered.pop()

    class Kernel:
        def __getitem__(self, grid):
            return lambda scores, *_, **__: launched.append((scores, *entered))

    triton = types.ModuleType("triton")
    triton.jit = lambda **_: lambda function: Kernel()
    triton.next_power_of_2 = lambda n: 1 << (n - 1).bit_length()
    triton.language = types.ModuleType("triton.language")
    triton.language.constexpr = int
    for name, module in (("triton", triton), ("triton.language", triton.language)):
        monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.delitem(sys.modules, "tts.align.mas_triton", raising=False)
    mas_triton = importlib.import_module("tts.align.mas_triton")
    monkeypatch.delitem(sys.modules, "tts.align.mas_triton")
    monkeypatch.setattr(torch.cuda, "device_of", DeviceOf)
    scores, token_lens, frame_lens = grid(0)
    mas_triton.durations_by_triton(scores, token_lens, frame_lens)
    ((passed, current),) = launched
    assert passed is current and passed.data_ptr() == scores.data_ptr() and not entered


def test_without_a_compiler_torch_searches_and_it_is_said_once(monkeypatch, caplog):
    def fail(*_):
        raise RuntimeError("first line\nFailed to find C compiler")

    broken = types.ModuleType("tts.align.mas_triton")
    broken.durations_by_triton, broken.MOST_TOKENS = fail, 4096
    monkeypatch.setitem(sys.modules, "tts.align.mas_triton", broken)
    cpu, works = torch.device("cpu"), mas.triton_works
    works.cache_clear()
    try:
        assert not works(cpu) and not works(cpu)
        assert caplog.text.count("Failed to find C compiler") == 1
        monkeypatch.setattr(mas, "triton_works", lambda device: works(cpu))
        assert mas._search_for(torch.device("cuda", 1), 5) is durations_by_torch
        monkeypatch.setattr(mas, "triton_works", lambda device: True)
        assert mas._search_for(torch.device("cuda", 1), 5) is fail
        assert mas._search_for(torch.device("cuda", 1), 4097) is durations_by_torch
    finally:
        works.cache_clear()


@pytest.mark.gpu
def test_triton_on_a_gpu_without_a_compiler(tmp_path):
    """In a process of its own, with an empty cache: what is compiled once is kept on the disk."""
    code = (
        "import torch\n"
        "from test_mas_devices import compare_on\n"
        "from tts.align.mas import triton_works\n"
        "compare_on('cuda', 4)\n"
        "print(triton_works(torch.device('cuda', 0)))\n"
    )
    root, folder = os.path.dirname(os.path.dirname(os.path.dirname(__file__))), tmp_path / "cache"
    paths = os.pathsep.join([os.path.dirname(__file__), root, *sys.path])
    environment = {**os.environ, "CC": "/nowhere/cc", "TRITON_CACHE_DIR": str(folder)}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**environment, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["False"] and done.stderr.count("without Triton") == 1


@pytest.mark.gpu
def test_another_gpu_than_the_first():
    if torch.cuda.device_count() < 2:
        pytest.skip("this machine has one GPU")
    compare_on("cuda:1", 10)


@pytest.mark.gpu
@pytest.mark.parametrize("most_tokens", [24, 60, 300, 1500])
def test_gpu_equals_the_cpu(most_tokens):
    compare_on("cuda", 40 if most_tokens < 100 else 10, most_tokens=most_tokens, most_more=500)


@pytest.mark.gpu
def test_torch_on_a_gpu_equals_the_cpu():
    for seed in range(20):
        values = grid(seed)
        on_gpu = durations_by_torch(*(value.cuda() for value in values))
        assert torch.equal(on_gpu.cpu(), durations_on_cpu(*values))


@pytest.mark.gpu
def test_the_host_does_not_wait_for_a_gpu():
    values = [value.cuda() for value in grid(0)]
    maximum_path(*values)  # compiles
    torch.cuda.synchronize()
    torch.cuda.set_sync_debug_mode("error")
    try:
        maximum_path(*values)
        durations_by_torch(*values)
    finally:
        torch.cuda.set_sync_debug_mode("default")

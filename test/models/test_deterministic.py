"""Models with deterministic algorithms: nothing that CUDA has none for, and the same numbers."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from test_contract import make_batch
from test_fastspeech2 import STATISTICS

from tts.align.mas import cumulative_sum
from tts.config import from_dict
from tts.models import build_model, model_class
from tts.models.facts import Facts

KINDS = {
    "matcha": ("matcha", {}),
    "fastspeech2": ("fastspeech2", {}),
    "fastspeech2-phone": ("fastspeech2", {"variance": {"pitch": "phone", "energy": "phone"}}),
}


@pytest.fixture
def as_on_cuda(monkeypatch):
    """Deterministic algorithms, and a cumsum that refuses floats, as torch's does on CUDA then."""
    ordinary = torch.cumsum

    def cumsum(values, *args, **options):
        if values.is_floating_point():
            raise RuntimeError("cumsum_cuda_kernel does not have a deterministic implementation")
        return ordinary(values, *args, **options)

    def switch_on():
        torch.use_deterministic_algorithms(True)
        monkeypatch.setattr(torch, "cumsum", cumsum)
        monkeypatch.setattr(torch.Tensor, "cumsum", cumsum)

    yield switch_on
    torch.use_deterministic_algorithms(False)


def numbers(kind: str, device: str = "cpu") -> dict[str, torch.Tensor]:
    """Losses and speech of a model with fixed weights and noise."""
    name, options = KINDS[kind]
    torch.manual_seed(0)
    config = from_dict(model_class(name).Config, options, "model")
    facts = Facts(30, 80, -5.0, 2.0, contour_statistics=STATISTICS)
    model = build_model(name, config, facts).eval().to(device)
    batch = make_batch([(12, 64), (7, 37)], model.inputs).to(device)
    torch.manual_seed(1)
    with torch.no_grad():
        losses = model.losses(batch)
        spoken = model.synthesise(batch.tokens_BL, batch.tokens_lens, 0.0, 1.3)
    return {**losses, **spoken}


@pytest.mark.parametrize("kind", KINDS)
def test_floats_are_added_up_without_cumsum_to_the_same_numbers(kind, as_on_cuda):
    before = numbers(kind)
    as_on_cuda()
    after = numbers(kind)
    for name, value in before.items():
        assert torch.equal(value, after[name]), name


def test_a_sum_along_rows_is_the_cpus():
    torch.manual_seed(0)
    whole, parts = torch.randint(0, 9, (3, 500)), torch.rand(3, 500) * 20
    sums = [cumulative_sum(values) for values in (whole, parts)]
    torch.use_deterministic_algorithms(True)
    try:
        again = [cumulative_sum(values) for values in (whole, parts)]
    finally:
        torch.use_deterministic_algorithms(False)
    for one, other, values in zip(sums, again, (whole, parts), strict=True):
        assert torch.equal(one, other) and torch.equal(one, values.cumsum(1))


@pytest.mark.gpu
def test_on_a_gpu():
    """In a process of its own: cuBLAS must be told before it is first used."""
    code = (
        "import torch\n"
        "from test_deterministic import KINDS, numbers\n"
        "torch.use_deterministic_algorithms(True)\n"
        "for kind in KINDS:\n"
        "    first, again = numbers(kind, 'cuda'), numbers(kind, 'cuda')\n"
        "    assert all(torch.equal(first[name], again[name]) for name in first), kind\n"
        "print('equal')\n"
    )
    here = Path(__file__).parent
    paths = os.pathsep.join([str(here), str(here.parent), str(here.parents[1]), *sys.path])
    environment = {**os.environ, "CUBLAS_WORKSPACE_CONFIG": ":4096:8", "PYTHONPATH": paths}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True
    )
    assert done.stdout.strip() == "equal", done.stderr

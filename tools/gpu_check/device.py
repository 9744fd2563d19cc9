"""Ask a device what it is, and whether alignment search and NCCL work on it."""

from __future__ import annotations

import argparse
import importlib.metadata
import os
import shutil
import sys
import time
from typing import Any

# What the steps import beside torch and numpy.
PACKAGES = (
    "monotonic-alignment-search", "tensorboard", "matplotlib", "tqdm", "tomli-w", "soundfile",
    "scipy", "pyworld-prebuilt", "pocketsphinx", "onnx", "onnxruntime", "pytest",
)  # fmt: skip


def environment(arguments: argparse.Namespace) -> dict[str, Any]:
    """Return versions, the device and what is missing; not ok where a package or the device is."""
    versions, missing = {}, []
    for name in ("torch", "numpy", "triton", *PACKAGES):
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            missing += [name] if name != "triton" else []
    found: dict[str, Any] = {"python": sys.version.split()[0], "versions": versions}
    found["compiler"] = os.environ.get("CC") or shutil.which("clang") or shutil.which("gcc")
    if "torch" in versions:
        import torch

        found["cuda"], found["gpus"] = torch.version.cuda, torch.cuda.device_count()
        if arguments.device != "cpu":
            facts = torch.cuda.get_device_properties(torch.device(arguments.device))
            found["device"] = f"{facts.name}, {facts.total_memory / 2**30:.0f} GiB"
            found["capability"] = f"{facts.major}.{facts.minor}"
    return {**found, "missing": missing, "ok": not missing}


def alignment(arguments: argparse.Namespace) -> dict[str, Any]:
    """Compare the searches with the CPU's durations; milliseconds of a batch of 32 x (180, 560)."""
    import torch

    from tts.align.mas import durations_on_cpu, maximum_path, triton_works
    from tts.align.mas_torch import durations_by_torch

    torch.manual_seed(0)
    device = torch.device(arguments.device)
    cuda = device.type == "cuda"
    token_lens, frame_lens = torch.randint(90, 181, (32,)), torch.randint(400, 561, (32,))
    token_lens[0], frame_lens[0] = 180, 560
    scores = torch.randn(32, 180, 560) * 9
    scores[1::2] = scores[1::2].sign()  # many equal sums
    wanted = durations_on_cpu(scores, token_lens, frame_lens)
    values = [value.to(device) for value in (scores, token_lens, frame_lens)]
    searches = {"cpu": durations_on_cpu, "torch": durations_by_torch}
    triton = cuda and triton_works(values[0].device)
    if triton:
        searches["triton"] = maximum_path
    found: dict[str, Any] = {"triton": triton}
    for name, search in searches.items():
        given = (scores, token_lens, frame_lens) if name == "cpu" else values
        durations = search(*given).cpu()
        times = []
        for _ in range(5):
            started = time.perf_counter()
            search(*given)
            if cuda:
                torch.cuda.synchronize(device)
            times.append(time.perf_counter() - started)
        found |= {f"{name}_ms": round(1000 * min(times), 3)}
        found |= {f"{name}_equal": torch.equal(durations, wanted)}
    equal = all(value for name, value in found.items() if name.endswith("_equal"))
    return {**found, "ok": equal and (triton or not cuda)}


def nccl(arguments: argparse.Namespace) -> dict[str, Any]:
    """Sum over one process with NCCL, and compare the gradients of DDP with plain ones."""
    import torch
    import torch.distributed as dist

    device = torch.device(arguments.device)
    torch.cuda.set_device(device)
    os.environ.setdefault("GLOO_SOCKET_IFNAME", "lo")  # a host's own name may not resolve
    store = dist.HashStore()
    dist.init_process_group("cpu:gloo,cuda:nccl", store=store, rank=0, world_size=1)
    values = torch.arange(1000.0, device=device)
    total = values.clone()
    dist.all_reduce(total)
    torch.manual_seed(0)
    plain = torch.nn.Sequential(torch.nn.Linear(8, 8), torch.nn.Linear(8, 1)).to(device)
    x, gradients = torch.randn(5, 8, device=device), []
    for module in (plain, torch.nn.parallel.DistributedDataParallel(plain)):
        plain.zero_grad(set_to_none=True)
        module(x).square().mean().backward()
        gradients.append([p.grad.clone() for p in plain.parameters()])
    close = all(torch.allclose(a, b) for a, b in zip(*gradients, strict=True))
    dist.destroy_process_group()
    version = ".".join(map(str, torch.cuda.nccl.version()))
    return {"nccl": version, "ok": torch.equal(total, values) and close}

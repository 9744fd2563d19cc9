"""Time a training step by part, on synthetic batches of one shape; prints medians."""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tts.errors import run_script


def get_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="matcha", help="acoustic model (default: matcha)")
    parser.add_argument("--utterances", type=int, default=16, help="in a batch (default: 16)")
    parser.add_argument("--tokens", type=int, default=180, help="of the longest (default: 180)")
    parser.add_argument("--frames", type=int, default=560, help="of the longest (default: 560)")
    parser.add_argument("--steps", type=int, default=7, help="timed steps (default: 7)")
    parser.add_argument("--precision", choices=("fp32", "bf16"), default="fp32")
    parser.add_argument("--device", default="cpu", help="cpu (default) or cuda")
    parser.add_argument("--threads", type=int, default=0, help="0: as torch chooses")
    return parser


def main() -> None:
    arguments = get_parser().parse_args()
    import torch

    from tts.features.mel import MelConfig
    from tts.models import build_model, model_class

    if arguments.threads:
        torch.set_num_threads(arguments.threads)
    torch.manual_seed(0)
    mel = MelConfig()
    config = model_class(arguments.model).Config()
    model = build_model(arguments.model, config, 160, mel.n_mels, -5.5, 2.0)
    model = model.to(arguments.device).train()
    batch = make_batch(arguments, mel.n_mels).to(arguments.device)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-4)
    parts = [step(model, batch, optimizer, arguments) for _ in range(arguments.steps + 2)][2:]
    seconds = batch.num_frames * mel.hop_length / mel.sample_rate
    print(
        f"{arguments.model}, {sum(p.numel() for p in model.parameters()):,} parameters; "
        f"{arguments.utterances} x ({arguments.tokens} tokens, {arguments.frames} frames), "
        f"{seconds:.0f} s of speech; {arguments.device}, {arguments.precision}, "
        f"{torch.get_num_threads()} threads, torch {torch.__version__}"
    )
    print(f"{'part':12} {'median s':>9} {'least s':>9}   (of {len(parts)} steps after 2)")
    for name in parts[0]:
        times = [part[name] for part in parts]
        print(f"{name:12} {statistics.median(times):9.3f} {min(times):9.3f}")
    median = statistics.median(part["step"] for part in parts)
    print(f"{seconds / median:.1f} s of speech, {batch.num_frames / median:.0f} frames a second")


def make_batch(arguments: argparse.Namespace, n_mels: int):
    """Random utterances between 90 % of the longest and the longest."""
    import torch

    from tts.batch import Batch

    generator = torch.Generator().manual_seed(0)
    share = 0.9 + 0.1 * torch.rand(arguments.utterances, generator=generator)
    share[0] = 1.0
    size = (arguments.utterances, arguments.frames, n_mels)
    return Batch(
        ids=[f"utterance-{row}" for row in range(arguments.utterances)],
        tokens_BL=torch.randint(
            1, 150, (arguments.utterances, arguments.tokens), generator=generator
        ),
        tokens_lens=(share * arguments.tokens).long(),
        mel_BTF=torch.randn(size, generator=generator) * 2 - 5.5,
        mel_lens=(share * arguments.frames).long(),
    )


def step(model, batch, optimizer, arguments: argparse.Namespace) -> dict[str, float]:
    """One training step; seconds of each part."""
    import torch

    device = torch.device(arguments.device)

    def now() -> float:
        if device.type == "cuda":
            torch.cuda.synchronize()
        return time.perf_counter()

    search = {"seconds": 0.0}
    find = type(model)._find_durations

    def timed(*args):
        before = now()
        durations = find(model, *args)
        search["seconds"] = now() - before
        return durations

    model._find_durations = timed
    start = now()
    optimizer.zero_grad(set_to_none=True)
    with torch.autocast(device.type, torch.bfloat16, enabled=arguments.precision == "bf16"):
        total = sum(model(batch).values())
    forward = now()
    total.backward()
    backward = now()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 5.0)
    optimizer.step()
    end = now()
    return {
        "forward": forward - start - search["seconds"],
        "alignment": search["seconds"],
        "backward": backward - forward,
        "optimiser": end - backward,
        "step": end - start,
    }


if __name__ == "__main__":
    run_script(main)

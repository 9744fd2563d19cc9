"""Speed of the data side: features, front ends, loader; medians over several runs.

Synthetic speech-like noise of LJSpeech's average length stands for the corpora, so that the
numbers can be had on any machine. Times include starting the worker processes.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tts.data.parallel import parallel_map, usable_processors
from tts.data.validation import AudioLimits
from tts.errors import InputError, run_script
from tts.features.extract import Chunk, extract_chunk
from tts.mel import MelConfig
from tts.text.frontend import build_frontend
from tts.text.spoken import FrontEndConfig

SECONDS = 6.6
PER_CHUNK = 25
ENGLISH = "Printing, in the only sense with which we are at present concerned, is an old craft."
MANDARIN = "当夜幕降临，星光点点，伴随着微风拂面，我在静谧中感受着时光的流转。"


def median_seconds(run: Callable[[], object], repeats: int) -> float:
    """The median time of `run`."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def bench_features(rate: int, clips: int, num_jobs: int, repeats: int) -> float:
    """Features from audio of `rate` on disk to files: times real time."""
    import numpy as np
    import soundfile

    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        samples = int(SECONDS * rate)
        envelope = 0.2 * np.abs(np.sin(np.arange(samples) * (6 / rate)))
        noise = np.random.default_rng(0).standard_normal(samples) * envelope
        cuts = []
        for index in range(clips):
            path = work / f"{index:05d}.wav"
            soundfile.write(path, np.roll(noise, index * 100).clip(-1, 1), rate, "PCM_16")
            source = {"type": "file", "channels": [0], "source": str(path)}
            length = round(samples * MelConfig().sample_rate / rate)
            recording = {"id": path.stem, "sources": [source], "num_samples": length}
            cuts.append({"id": path.stem, "recording": recording})

        def run() -> None:
            chunks = [
                Chunk(
                    tuple(cuts[start : start + PER_CHUNK]),
                    work,
                    work / "notes" / f"{time.monotonic_ns()}.json",
                    MelConfig(),
                    AudioLimits(),
                )
                for start in range(0, clips, PER_CHUNK)
            ]
            list(parallel_map(extract_chunk, chunks, num_jobs, "features"))

        return clips * SECONDS / median_seconds(run, repeats)


def bench_loaders(clips: int, repeats: int, device: str) -> Iterator[tuple[str, float]]:
    """Mel frames per second of the training loader alone, in batches of 200 s, by its source."""
    import numpy as np
    import torch

    from tts.data.loader import Example, FeatureFiles, make_loader
    from tts.data.packed import Packed, pack
    from tts.data.plan import BatchPlan
    from tts.data.prefetch import Prefetch
    from tts.data.resident import ResidentLoader

    mel, rng, target = MelConfig(), np.random.default_rng(0), torch.device(device)
    frames_per_second = mel.sample_rate / mel.hop_length
    with tempfile.TemporaryDirectory() as name:
        examples = []
        for index in range(clips):
            path = Path(name) / f"{index:05d}.npy"
            frames = int(rng.uniform(2, 10) * frames_per_second)
            np.save(path, rng.normal(-5, 2, (frames, mel.n_mels)).astype(np.float16))
            token_ids = np.arange(frames // 3, dtype=np.int32)
            examples.append(Example(path.stem, token_ids, path, frames))
        plan = BatchPlan([one.num_frames for one in examples], frames_per_second, 200)
        yield "share of padding", plan.padding_share(1)
        started = time.perf_counter()
        pack(Path(name) / "packed.bin", examples, {})
        yield "packing", sum(plan.num_frames) / (time.perf_counter() - started)
        packed, cuda = Packed(Path(name) / "packed.bin"), target.type == "cuda"
        loaders: dict[str, Iterable] = {}
        for kind, mels in ((".npy files", FeatureFiles(examples)), ("packed file", packed)):
            for workers in (0, 2):
                loader = make_loader(examples, plan, 0, workers, cuda, mels)
                loaders[f"{kind}, {workers} workers"] = Prefetch(loader, target) if cuda else loader
        loaders[f"memory of {device}"] = ResidentLoader(examples, plan, 0, packed, target)

        def read(loader: Iterable) -> None:
            for _ in loader:
                pass
            if cuda:
                torch.cuda.synchronize()

        for kind, loader in loaders.items():
            seconds = median_seconds(lambda loader=loader: read(loader), repeats)
            yield kind, sum(plan.num_frames) / seconds


def bench_frontend(config: FrontEndConfig, text: str, repeats: int) -> float:
    """Sentences per second of one process, once the front end is loaded."""
    frontend = build_frontend(config)
    frontend(text)
    sentences = [f"{text} {index % 7}" for index in range(50)]
    seconds = median_seconds(lambda: [frontend(sentence) for sentence in sentences], repeats)
    return len(sentences) / seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--num-jobs", type=int, default=usable_processors())
    parser.add_argument("--clips", type=int, default=200, help="clips of 6.6 s (%(default)s)")
    parser.add_argument("--repeats", type=int, default=5, help="runs per figure (%(default)s)")
    parser.add_argument("--device", default="cpu", help="of the batches: cpu (default) or cuda")
    arguments = parser.parse_args()
    jobs = arguments.num_jobs
    print(f"medians of {arguments.repeats} runs, {jobs} processes")
    for rate in (22050, 48000):
        speed = bench_features(rate, arguments.clips, jobs, arguments.repeats)
        print(f"features from {rate} Hz: {speed:.0f} times real time")
    for language, frontend, unit, framing, text in (
        ("en-us", "lexicon", "phone", "blank", ENGLISH),
        ("en-us", "espeak", "phone", "runtime", ENGLISH),
        ("zh", "pinyin", "syllable", "blank", MANDARIN),
    ):
        config = FrontEndConfig(language, frontend, unit, framing)
        try:
            speed = bench_frontend(config, text, arguments.repeats)
        except (ImportError, InputError) as error:
            print(f"front end {frontend}: not here ({str(error).splitlines()[0]})")
        else:
            print(f"front end {frontend}: {speed:.0f} sentences per second, 1 process")
    for what, value in bench_loaders(4 * arguments.clips, arguments.repeats, arguments.device):
        print(
            f"loader, {what}: {value:.3f}"
            if value < 1
            else f"loader, {what}: {value:,.0f} frames/s"
        )


if __name__ == "__main__":
    run_script(main)

#!/usr/bin/env python3
"""Speed of vocoders: ONNX Runtime, sherpa-onnx where it can be imported, and training (medians).

Random weights, since speed does not depend on them. The files are run in turn, and each is
compared with HiFi-GAN V2 of the same run. For sherpa-onnx an acoustic model of next to no size
speaks before them: PYTHONPATH=.runtimes/2.0.1 python3 tools/bench_vocoder.py
"""

from __future__ import annotations

import argparse
import importlib.util
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from tts.errors import run_script
from tts.export.graph import open_session, outputs_of
from tts.mel import MelConfig

FIRST = "HiFi-GAN V2"
MEL = MelConfig()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=400)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--repeats", type=int, default=21)
    parser.add_argument(
        "--waveglow", type=int, default=0, help="also WaveGlow with so many channels: minutes"
    )
    parser.add_argument("--train-steps", type=int, default=0, help="also train so many steps")
    arguments = parser.parse_args()

    import torch

    torch.set_num_threads(arguments.threads)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = export_files(folder, arguments.waveglow)
        noise = np.random.RandomState(0).standard_normal((1, MEL.n_mels, arguments.frames))
        mel_NFT = (noise * 2 - 5.5).astype(np.float32)
        runs: dict[str, Callable[[], float]] = {}
        for title, path in files.items():
            session = open_session(path, arguments.threads)
            runs[title] = lambda session=session: len(outputs_of(session, mel_NFT))
        seconds = arguments.frames * MEL.hop_length / MEL.sample_rate
        print(f"ONNX Runtime, {arguments.threads} threads, {arguments.frames} frames")
        print_table(measure(runs, arguments.repeats), dict.fromkeys(runs, seconds), files)
        if importlib.util.find_spec("sherpa_onnx") is not None:
            in_runtime(files, folder, arguments)
        if arguments.train_steps:
            train(arguments.train_steps, folder)


def export_files(folder: Path, waveglow: int) -> dict[str, Path]:
    """Export the vocoders that are compared; the first is what the others are compared with.

    waveglow: channels of a WaveGlow; 0: none.
    """
    import torch

    from tts.export.vocoder import export_hifigan, export_vocos
    from tts.export.waveglow import export_waveglow
    from tts.vocoders.harmonic import Harmonic, HarmonicConfig
    from tts.vocoders.hifigan import V2, V3, Hifigan
    from tts.vocoders.pitch import PitchConfig
    from tts.vocoders.vocos import Vocos, VocosConfig
    from tts.vocoders.waveglow import Waveglow, WaveglowConfig

    torch.manual_seed(0)
    small, base = (Vocos(VocosConfig(channels=size), MEL) for size in (256, 512))
    made = {FIRST: folder / "v2.onnx", "HiFi-GAN V3": folder / "v3.onnx"}
    for path, config in zip(made.values(), (V2, V3), strict=True):
        export_hifigan(Hifigan(config, MEL), path)
    tiny = HarmonicConfig(channels=192, pitch=PitchConfig(channels=96))  # harmonic-small.toml
    networks = {
        "Vocos small": small,
        "Vocos base": base,
        "harmonic": Harmonic(HarmonicConfig(), MEL),
        "harmonic small": Harmonic(tiny, MEL),
    }
    for title, model in networks.items():
        for int8 in (False, True):
            for samples in (False, True):
                name = title + ", 8 bit" * int8 + ", with inverse STFT" * samples
                made[name] = folder / f"{len(made)}.onnx"
                export_vocos(model, made[name], samples=samples, int8=int8)
    if waveglow:
        made[f"WaveGlow {waveglow}"] = folder / "waveglow.onnx"
        export_waveglow(Waveglow(WaveglowConfig(channels=waveglow), MEL), folder / "waveglow.onnx")
    return made


def measure(runs: Mapping[str, Callable[[], float]], repeats: int) -> dict[str, float]:
    """Median seconds of each, run in turn, after a round that warms up."""
    times: dict[str, list[float]] = {title: [] for title in runs}
    for _ in range(repeats + 1):
        for title, run in runs.items():
            start = time.perf_counter()
            run()
            times[title].append(time.perf_counter() - start)
    return {title: statistics.median(found[1:]) for title, found in times.items()}


def print_table(
    medians: Mapping[str, float], seconds: Mapping[str, float], files: Mapping[str, Path]
) -> None:
    print("| vocoder | MB | RTF, median | of V2 |\n|---|---|---|---|")
    first = medians[FIRST] / seconds[FIRST]
    for title, median in medians.items():
        factor = median / seconds[title]
        size = files[title].stat().st_size / 1e6
        print(f"| {title} | {size:.1f} | {factor:.4f} | {factor / first:.3f} |")


def in_runtime(files: Mapping[str, Path], folder: Path, arguments: argparse.Namespace) -> None:
    """Measure the vocoders inside sherpa-onnx, after an acoustic model of next to no size."""
    import sherpa_onnx

    from tts.infer.sherpa import SherpaVoice

    package = make_package(folder / "package", files[FIRST])
    times: dict[str, list[float]] = {title: [] for title in files}
    voices, seconds = {}, {}
    for title, vocoder in files.items():
        shutil.copyfile(vocoder, package / "vocoder.onnx")
        voices[title] = SherpaVoice(package, num_threads=arguments.threads)
    text = "The young wolf watched the moon over the quiet garden."
    for _ in range(arguments.repeats + 1):
        for title, voice in voices.items():
            speech = voice.speak(text)
            times[title].append(speech.compute_seconds)
            seconds[title] = len(speech.samples) / speech.sample_rate
    medians = {title: statistics.median(found[1:]) for title, found in times.items()}
    length = f"{max(seconds.values()):.1f} s of speech"
    print(f"\nsherpa-onnx {sherpa_onnx.__version__}, {arguments.threads} threads, {length}")
    print_table(medians, seconds, files)


def make_package(folder: Path, vocoder: Path) -> Path:
    """Write a package whose acoustic model takes next to no time and speaks slowly."""
    import torch

    from tts.export.voice import ExportOptions, export_voice, package_voice
    from tts.models.facts import Facts
    from tts.models.flow_decoder import FlowDecoderConfig
    from tts.models.matcha import Matcha, MatchaConfig
    from tts.models.text_encoder import TextEncoderConfig
    from tts.text.frontend import build_frontend
    from tts.text.spoken import FrontEndConfig
    from tts.voice import Voice

    torch.manual_seed(0)
    config = FrontEndConfig()
    table = build_frontend(config).token_table()
    encoder = TextEncoderConfig(channels=16, filter_channels=16, num_layers=1, duration_channels=16)
    decoder = FlowDecoderConfig(
        channels=(16,), num_mid_blocks=0, head_channels=8, norm_groups=4, time_channels=16
    )
    model = Matcha(MatchaConfig(encoder, decoder), Facts(table.num_embeddings, MEL.n_mels, -5, 2))
    with torch.no_grad():
        model.encoder.proj_w.proj.bias += 1.0
    voice = Voice(model.eval(), "matcha", MEL, config, table, {}, "random weights")
    models = [path for path, _, _ in export_voice(voice, folder.parent, [1])]
    package_voice(voice, models, ExportOptions(package=str(folder), vocoder=str(vocoder)))
    return folder


def train(steps: int, folder: Path) -> None:
    """Train Vocos small without discriminators on noise; print steps a second, and the loader's."""
    from tts.config import from_dict, to_dict, write_toml
    from tts.data.packed_file import pack_arrays
    from tts.features.packed_audio import audio_path, with_margins
    from tts.train.adversarial import train_vocoder
    from tts.train.segments import open_segments
    from tts.train.vocoder_config import VocoderTrainConfig
    from tts.train.world import World

    write_toml(folder / "mel.toml", to_dict(MEL))
    random = np.random.RandomState(0)
    for split, count in (("train", 40), ("valid", 1)):
        noise = (random.standard_normal(4 * MEL.sample_rate) * 0.1 for _ in range(count))
        arrays = [with_margins(x.astype(np.float32), MEL)[:, None] for x in noise]
        ids, lengths = [str(n) for n in range(count)], [len(array) for array in arrays]
        facts = {"recordings": "", "mel": repr(MEL)}
        pack_arrays(audio_path(folder, "noise", split), ids, lengths, arrays, facts)
    options = {
        "data_dir": str(folder), "batch_size": 8, "segment_frames": 32, "tensorboard": False,
        "discriminators": "none", "num_workers": 0,
    }  # fmt: skip
    taken = {}
    for count in (10, 10 + steps):
        start = time.perf_counter()
        run = {**options, "exp_dir": str(folder / f"run-{count}"), "max_steps": count}
        train_vocoder("vocos", {"train": run}, {}, "noise")
        taken[count] = time.perf_counter() - start
    seconds = (taken[10 + steps] - taken[10]) / steps
    config = from_dict(VocoderTrainConfig, options, "train")
    loader = open_segments(config, "noise", World()).loader
    start = time.perf_counter()
    batches = sum(1 for _ in loader)
    loading = (time.perf_counter() - start) / batches
    print(
        f"\ntraining, 8 x 8192 samples, no adversary: {1 / seconds:.2f} steps/s; the loader gives "
        f"{1 / loading:.0f} batches/s, {seconds / loading:.0f} times as many"
    )


if __name__ == "__main__":
    run_script(main)

"""Runs of a tiny vocoder on a few seconds of noise and tones."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tts.config import to_dict, write_toml
from tts.data.packed_file import pack_arrays
from tts.features.packed_audio import audio_path, with_margins
from tts.mel import MelConfig
from tts.train.adversarial import train_vocoder

MEL = MelConfig(sample_rate=8000, n_fft=256, win_length=256, hop_length=64, n_mels=20, f_max=4000.0)
MODELS = {
    "vocos": {"channels": 16, "num_layers": 1},
    "harmonic": {
        "channels": 16,
        "num_layers": 1,
        "pitch": {"f0_min": 80.0, "bins": 16, "channels": 8, "num_layers": 1},
    },
    "hifigan": {
        "resblock": 2,
        "upsample_rates": [8, 8],
        "upsample_kernel_sizes": [16, 16],
        "upsample_initial_channel": 16,
        "resblock_kernel_sizes": [3],
        "resblock_dilation_sizes": [[1, 2]],
    },
    "waveglow": {"channels": 8, "num_layers": 2, "num_flows": 4, "early_every": 2},
}
JUDGED = (
    "vocos",
    "harmonic",
    "hifigan",
)  # trained against discriminators; the others by their likelihood
JUDGES = {"periods": [2], "resolutions": [256], "resolution_channels": 4, "divisor": 8}
SMALL = {
    "batch_size": 2,
    "segment_frames": 24,
    "num_workers": 0,
    "tensorboard": False,
    "save_every_n": 1,
    "precision": "fp32",
    "lr": 1e-3,
    "num_epochs": 2,
    "reconstruction_steps": 3,
    "discriminator_warmup": 2,
}


def samples(length: int, seed: int) -> np.ndarray:
    """A tone with noise."""
    random, time = np.random.RandomState(seed), np.arange(length) / MEL.sample_rate
    tone = 0.2 * np.sin(2 * np.pi * (150 + 40 * seed) * time)
    return (tone + 0.01 * random.standard_normal(length)).astype(np.float32)


def make_audio(work: Path, lengths: tuple[int, ...] = (6000, 4800, 8000, 900)) -> Path:
    """Prepared data with packed recordings; the last is shorter than a segment."""
    data = work / "data"
    write_toml(data / "mel.toml", to_dict(MEL))
    for split, some in (("train", lengths), ("valid", lengths[:2])):
        arrays = [with_margins(samples(n, seed), MEL)[:, None] for seed, n in enumerate(some)]
        ids = [f"{split}{index}" for index in range(len(some))]
        facts = {"recordings": "r", "mel": repr(MEL)}
        path = audio_path(data, "toy", split)
        pack_arrays(path, ids, [len(array) for array in arrays], arrays, facts)
    return data


def run(work: Path, exp: str, model: str = "vocos", judges: dict | None = None, **options):
    """Train the tiny vocoder; return the trainer."""
    data = work / "data" if (work / "data").is_dir() else make_audio(work)
    alone = {} if model in JUDGED else {"discriminators": "none"}
    train = {**SMALL, **alone, "exp_dir": str(work / exp), "data_dir": str(data), **options}
    tables = {"train": train, "model": MODELS[model], "discriminator": judges or JUDGES}
    return train_vocoder(model, tables, {"name": "toy"}, "toy")

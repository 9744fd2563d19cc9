"""Fixtures that every test may use."""

from __future__ import annotations

import atexit
import fcntl
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
# Names the folder of what is made once for all processes of a test run.
SHARED = "TENCHA_TESTS_SHARED"
# Processes take files in order: a long one at the end would let the others wait.
LONG = ["recipes", "local", "train", "export", "tools"]


def pytest_configure(config) -> None:
    if not hasattr(config, "workerinput"):  # with xdist: in the process that starts the others
        os.environ[SHARED] = tempfile.mkdtemp(prefix="tencha-tests-")


def pytest_unconfigure(config) -> None:
    if not hasattr(config, "workerinput") and (folder := os.environ.pop(SHARED, "")):
        shutil.rmtree(folder, ignore_errors=True)


def made_once(what: str, facts: object, work: Callable[[Path], object]) -> Path:
    """The folder that `work` fills for these facts, the same in all processes of a test run."""
    key = hashlib.sha256(repr(facts).encode()).hexdigest()[:16]
    if SHARED not in os.environ:  # a tool that uses what tests use
        os.environ[SHARED] = tempfile.mkdtemp(prefix="tencha-tests-")
        atexit.register(shutil.rmtree, os.environ[SHARED], ignore_errors=True)
    folder = Path(os.environ[SHARED], f"{what}-{key}")
    with open(folder.with_suffix(".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / ".done").exists():
            folder.mkdir(exist_ok=True)
            work(folder)
            (folder / ".done").touch()
    return folder


def pytest_collection_modifyitems(config, items) -> None:
    """Begin with the folders of long tests; leave those marked `gpu` out where there is none,
    whatever -m asks for.
    """
    place = {folder: number for number, folder in enumerate(LONG)}
    items.sort(key=lambda item: place.get(item.path.parent.name, len(LONG)))
    unfit = [item for item in items if item.get_closest_marker("gpu")]
    if not unfit:
        return
    import torch

    if not torch.cuda.is_available():
        config.hook.pytest_deselected(items=unfit)
        items[:] = [item for item in items if not item.get_closest_marker("gpu")]


def rule_fsts(config) -> list[Path]:
    """The rule FSTs of a front end, in the order in which a runtime applies them."""
    from tts.text.frontend import build_frontend

    def write(folder: Path) -> None:
        paths = build_frontend(config).write_rule_fsts(folder)
        (folder / "names").write_text("\n".join(path.name for path in paths))

    folder = made_once("rules", config, write)
    return [folder / name for name in (folder / "names").read_text().split()]


def lexicon_of(config) -> list[tuple[str, list[str]]]:
    """The entries of a front end's lexicon, in order."""
    from tts.text.frontend import build_frontend

    def write(folder: Path) -> None:
        entries = [(word, list(tokens)) for word, tokens in build_frontend(config).lexicon()]
        (folder / "entries").write_text(json.dumps(entries), encoding="utf-8")

    folder = made_once("entries", config, write)
    return [(word, tokens) for word, tokens in json.loads((folder / "entries").read_text())]


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository's root."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real clips, labels and reference vectors beside the checkout; skips where absent."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"{folder} is not here: real clips and reference vectors are kept apart")
    return folder


TINY_MODEL = {
    "encoder": {
        "channels": 16,
        "filter_channels": 16,
        "num_layers": 1,
        "prenet_layers": 1,
        "duration_channels": 8,
    },
    "decoder": {
        "channels": [16, 16],
        "num_mid_blocks": 1,
        "head_channels": 8,
        "feed_forward_factor": 1,
        "time_channels": 16,
    },
}
TINY_TACOTRON2 = {
    "encoder": {"channels": 16, "num_layers": 1},
    "decoder": {"prenet_channels": 8, "rnn_channels": 16, "attention_channels": 8},
    "postnet": {"channels": 8, "num_layers": 2},
    "alignment": "guided",
}
TINY_TABLE = "_ 0\n" + "".join(f"{symbol} {i}\n" for i, symbol in enumerate("abcdefgh", 1))


@pytest.fixture
def tiny_work(tmp_path) -> Path:
    """A working folder as prepare leaves it, with random features of 12 + 2 utterances."""
    return make_tiny_work(tmp_path / "work")


def make_tiny_work(work: Path) -> Path:
    """Prepared data without a corpus: what training reads, and nothing else."""
    import numpy as np

    from tts.config import to_dict, write_toml
    from tts.files import write_json, write_jsonl, write_text
    from tts.mel import MelConfig
    from tts.text.spoken import FrontEndConfig

    random = np.random.RandomState(0)
    data = work / "data"
    write_text(data / "tokens.txt", TINY_TABLE)
    write_toml(data / "mel.toml", to_dict(MelConfig()))
    write_toml(data / "frontend.toml", to_dict(FrontEndConfig()))
    write_json(data / "fbank" / "cmvn.json", {"fbank_mean": -5.0, "fbank_std": 2.0})
    (data / "fbank" / "feats").mkdir()
    for split, count in (("train", 12), ("valid", 2)):
        cuts = []
        for index in range(count):
            name = f"{split}{index}"
            num_tokens = random.randint(3, 9)
            num_frames = num_tokens * 6 + random.randint(0, 9)
            mel = random.standard_normal((num_frames, 80)).astype(np.float16) - 5
            np.save(data / "fbank" / "feats" / f"{name}.npy", mel)
            storage = {"storage_path": "data/fbank/feats", "storage_key": f"{name}.npy"}
            cuts.append(
                {
                    "id": name,
                    "features": {"num_frames": num_frames, **storage},
                    "custom": {"tokens": list(random.choice(list("abcdefgh"), num_tokens))},
                }
            )
        write_jsonl(data / "fbank" / f"ljspeech_cuts_{split}.jsonl.gz", cuts)
    return work


def add_tiny_inputs(work: Path, without: dict[str, str] | None = None) -> dict[str, tuple]:
    """Durations and contours of the tiny work's utterances, as stages 8 and 9 leave them.

    without: what an utterance (by id) lacks, "durations" or "pitch".
    Returns: durations (L,) and contours (T, 3) of each.
    """
    import numpy as np

    from tts.align.durations import durations_path, write_durations
    from tts.data.packed_file import pack_arrays
    from tts.files import read_jsonl, write_json

    random, lacks, data, made = np.random.RandomState(1), without or {}, work / "data", {}
    for split in ("train", "valid"):
        rows, contours = [], {}
        for cut in read_jsonl(data / "fbank" / f"ljspeech_cuts_{split}.jsonl.gz"):
            frames, tokens = cut["features"]["num_frames"], 2 * len(cut["custom"]["tokens"]) + 1
            durations = random.multinomial(frames, np.full(tokens, 1 / tokens))
            values = random.uniform(0.5, 6, (frames, 3)).astype(np.float32)
            values[:, 1] = values[:, 1] > 2
            made[cut["id"]] = durations, values
            if lacks.get(cut["id"]) != "durations":
                rows.append((cut["id"], durations.tolist()))
            if lacks.get(cut["id"]) != "pitch":
                contours[cut["id"]] = values
        write_durations(durations_path(data, split), rows, "textgrid")
        lengths = [len(values) for values in contours.values()]
        path = data / "pitch" / f"ljspeech_pitch_{split}.bin"
        pack_arrays(path, list(contours), lengths, contours.values(), {})
    names = ("log_f0_mean", "log_f0_std", "f0_min", "f0_max")
    names += ("energy_mean", "energy_std", "energy_min", "energy_max")
    values = (5.0, 0.5, 60.0, 400.0, 3.0, 1.0, 0.5, 6.0)
    write_json(data / "pitch" / "stats.json", dict(zip(names, values, strict=True)))
    return made

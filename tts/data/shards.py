"""Write and read Lhotse Shar: cuts and features in numbered shards, read from start to end.

For corpora that one disk does not hold: shards may be links to files on several disks. They are
written in lhotse's form without importing it; a test reads them with lhotse itself.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import tarfile
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tts.data.loader import Example, Stored, read_examples, read_mel
from tts.errors import InputError
from tts.files import read_jsonl, write_jsonl
from tts.text.tokens import TokenTable

# Shards whose utterances are mixed with each other; as many are held in memory.
WINDOW = 4


def write_shards(cuts: Path, base: Path, folder: Path, shard_size: int) -> int:
    """Write a split's cuts and features as <folder>/cuts.NNNNNN.jsonl.gz and features.NNNNNN.tar.

    The folder appears complete or not at all. Returns: the number of shards. Raises: InputError
    for features that cannot be read, or where the folder exists or cannot be written.
    """
    if folder.exists():
        raise InputError(f"{folder} exists already: remove it, or give another folder")
    if shard_size < 1:
        raise InputError(f"--shard-size {shard_size}: must be 1 or more")
    items = list(read_jsonl(cuts))
    unfinished = folder.with_name(f".{folder.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    numbers = range(-(-len(items) // shard_size))
    try:
        unfinished.mkdir(parents=True)
        for number in numbers:
            part = items[number * shard_size : (number + 1) * shard_size]
            _write_shard(part, base, unfinished, f"{number:06d}")
        os.replace(unfinished, folder)
    except OSError as error:
        raise InputError(f"{folder} cannot be written: {error}") from None
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return len(numbers)


def _write_shard(cuts: Sequence[dict[str, Any]], base: Path, folder: Path, number: str) -> None:
    placeholder = {"storage_type": "shar", "storage_path": "", "storage_key": ""}
    placed = [{**cut, "features": {**cut["features"], **placeholder}} for cut in cuts]
    with tarfile.open(folder / f"features.{number}.tar", "w") as tar:
        for cut, without in zip(cuts, placed, strict=True):
            features = cut["features"]
            path = base / features["storage_path"] / features["storage_key"]
            content = io.BytesIO()
            mel = read_mel(Stored(cut["id"], path, features["num_frames"]))
            np.save(content, mel, allow_pickle=False)
            description = json.dumps(without["features"], ensure_ascii=False) + "\n"
            for suffix, data in (("npy", content.getvalue()), ("json", description.encode())):
                entry = tarfile.TarInfo(f"{cut['id']}.{suffix}")
                entry.size = len(data)
                tar.addfile(entry, io.BytesIO(data))
    write_jsonl(folder / f"cuts.{number}.jsonl.gz", placed)


class Shards(Sequence):
    """Read features in shards: item i is the mel (T, F) of example i.

    A shard is read whole when one of its utterances is asked for; the last `window` are kept, so
    that a ShardPlan's order reads each of them once an epoch.
    """

    def __init__(self, folder: Path, table: TokenTable, framing: str, window: int = WINDOW):
        """Open a folder. Raises: InputError where it holds no shards or one lacks its twin."""
        self.examples: list[Example] = []
        self.ranges: list[range] = []
        self.window = window
        manifests = sorted(folder.glob("cuts.*.jsonl.gz"))
        if not manifests:
            raise InputError(
                f"{folder} holds no cuts.*.jsonl.gz: write shards with local/write_shards.py"
            )
        self.tars = [
            path.with_name(path.name.replace("cuts.", "features.").replace(".jsonl.gz", ".tar"))
            for path in manifests
        ]
        for manifest, tar in zip(manifests, self.tars, strict=True):
            if not tar.is_file():
                raise InputError(f"{tar} does not exist, but {manifest.name} beside it does")
            examples = read_examples(manifest, folder, table, framing)
            start = len(self.examples)
            self.ranges.append(range(start, start + len(examples)))
            self.examples += examples
        self.shard_of = np.repeat(np.arange(len(self.tars)), [len(r) for r in self.ranges])
        self.held: OrderedDict[int, list[np.ndarray]] = OrderedDict()

    def __len__(self) -> int:
        return len(self.examples)

    def __getitem__(self, index: int) -> np.ndarray:
        shard = int(self.shard_of[index])
        if shard not in self.held:
            while len(self.held) >= self.window:
                self.held.popitem(last=False)
            self.held[shard] = self._read(shard)
        self.held.move_to_end(shard)
        return self.held[shard][index - self.ranges[shard].start]

    def _read(self, shard: int) -> list[np.ndarray]:
        """Read all features of a shard, in order; InputError naming one that is damaged."""
        path, found = self.tars[shard], []
        wanted = [self.examples[index] for index in self.ranges[shard]]
        try:
            with tarfile.open(path, "r|*") as tar:
                for entry in tar:
                    if entry.name.endswith(".npy"):
                        content = tar.extractfile(entry)
                        assert content is not None
                        mel = np.load(io.BytesIO(content.read()), allow_pickle=False)
                        found.append((entry.name.removesuffix(".npy"), mel))
        except (OSError, ValueError, EOFError, tarfile.TarError) as error:
            raise InputError(f"{path} cannot be read ({error}): write the shards again") from None
        described = [(example.id, example.num_frames) for example in wanted]
        if [(name, len(mel)) for name, mel in found] != described:
            raise InputError(
                f"{path} does not hold the features (.npy) of the cuts beside it, in their order: "
                "write the shards again"
            )
        return [mel for _, mel in found]

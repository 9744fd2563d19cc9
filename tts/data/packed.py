"""All features of a split in one memory-mapped file, made once from the .npy files.

Layout: magic, size of the index and its SHA-256; the index (JSON: ids, offsets and lengths in
frames, number of bins, type, and hashes of what the file was made from); from the next multiple
of 4096 on, every frame in order. The file appears complete or not at all.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import json
import shutil
import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tts.data.loader import Example, Stored, read_mel, read_stored
from tts.errors import InputError
from tts.files import atomic_path, fingerprint

_HEADER = struct.Struct("<8sQ32s")
_MAGIC = b"tencha1\n"
_PAGE = 4096


class NoRoom(InputError):
    """The packed file cannot be written where it should stand."""


class Packed(Sequence):
    """A packed split: item i is the mel (T, F) of utterance i, a view of the mapped file.

    Pickled (for reading processes) as its path alone. Raises: InputError naming what is wrong
    with a truncated or otherwise damaged file.
    """

    def __init__(self, path: Path | str):
        self.path = Path(path)
        index, start = _read_index(self.path)
        self.ids: list[str] = index["ids"]
        self.made_from: dict[str, str] = index["made_from"]
        self.lengths = np.asarray(index["lengths"], dtype=np.int64)
        self.offsets = np.asarray(index["offsets"], dtype=np.int64)
        shape = int(self.lengths.sum()), index["num_features"]
        kind = np.dtype(index["type"])
        size, wanted = self.path.stat().st_size, start + shape[0] * shape[1] * kind.itemsize
        if size != wanted:
            raise _damaged(self.path, f"{size:,} bytes instead of {wanted:,}")
        self.frames = np.memmap(self.path, kind, "r", start, shape)

    def __len__(self) -> int:
        return len(self.ids)

    def __getitem__(self, index: int) -> np.ndarray:
        start = self.offsets[index]
        return self.frames[start : start + self.lengths[index]]

    def __reduce__(self) -> Any:
        return Packed, (self.path,)


def _damaged(path: Path, what: str) -> InputError:
    return InputError(
        f"{path} is damaged ({what}): delete it and run prepare.sh --stage pack again, or use "
        "--packed 0"
    )


def _read_index(path: Path) -> tuple[dict[str, Any], int]:
    """The index and where the frames begin."""
    if not path.is_file():
        raise InputError(f"{path} does not exist: run prepare.sh --stage pack")
    with open(path, "rb") as file:
        header = file.read(_HEADER.size)
        if len(header) < _HEADER.size:
            raise _damaged(path, f"{len(header)} bytes alone")
        magic, size, digest = _HEADER.unpack(header)
        if magic != _MAGIC:
            raise _damaged(path, f"it begins with {magic!r}")
        text = file.read(min(size, path.stat().st_size))
    if hashlib.sha256(text).digest() != digest:
        raise _damaged(path, "its index does not fit its hash")
    return json.loads(text), _first_frame(size)


def _first_frame(index_size: int) -> int:
    return -(-(_HEADER.size + index_size) // _PAGE) * _PAGE


def packed_path(cuts: Path) -> Path:
    """Where the features of <name>_cuts_<split>.jsonl.gz are packed: <name>_feats_<split>.bin."""
    name = cuts.name.removesuffix(".jsonl.gz").replace("_cuts_", "_feats_")
    return cuts.with_name(f"{name}.bin")


def made_from(cuts: Path) -> dict[str, str]:
    """Fingerprints of what packed features depend on: cuts, statistics of every mel, the mel."""
    sums = cuts.with_name(f"{cuts.name.partition('_cuts_')[0]}_sums.jsonl.gz")
    paths = {"cuts": cuts, "sums": sums, "mel": cuts.parent.parent / "mel.toml"}
    return {name: fingerprint(path) for name, path in paths.items()}


def pack(path: Path, stored: Sequence[Stored | Example], sources: dict[str, str]) -> None:
    """Write the features of `stored` to `path`, atomically.

    Raises: NoRoom where the disk is full or read-only; InputError for features that are missing,
    damaged or unlike the first ones.
    """
    ids, lengths = [item.id for item in stored], [item.num_frames for item in stored]
    pack_arrays(path, ids, lengths, map(read_mel, stored), sources)


def pack_arrays(
    path: Path,
    ids: Sequence[str],
    lengths: Sequence[int],
    arrays: Iterable[np.ndarray],
    sources: dict[str, str],
) -> None:
    """Write one array (T, F) for each id to `path`, atomically, as `Packed` reads them.

    Args: lengths, their T; sources, what they were made from, kept in the index.
    Raises: NoRoom where the disk is full or read-only; InputError for arrays unlike the first.
    """
    following = iter(arrays)
    first = next(following)
    index = {
        "ids": list(ids),
        "lengths": list(lengths),
        "offsets": np.cumsum([0, *lengths[:-1]]).tolist(),
        "num_features": first.shape[1],
        "type": first.dtype.str,
        "made_from": sources,
    }
    text = json.dumps(index, ensure_ascii=False).encode()
    start = _first_frame(len(text))
    needed = start + sum(lengths) * first.shape[1] * first.dtype.itemsize
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(path.parent).free
        if needed > free:
            raise OSError(f"{needed / 1e6:,.0f} MB are needed, {free / 1e6:,.0f} MB are free")
        with atomic_path(path) as temporary, open(temporary, "wb") as file:
            file.write(_HEADER.pack(_MAGIC, len(text), hashlib.sha256(text).digest()) + text)
            file.write(bytes(start - file.tell()))
            for name, array in zip(ids, itertools.chain([first], following), strict=True):
                if array.shape[1:] != first.shape[1:] or array.dtype != first.dtype:
                    raise InputError(
                        f"features of {name}: {array.shape[1]} bins of {array.dtype}, those of "
                        f"{ids[0]} are {first.shape[1]} of {first.dtype}. Run prepare.sh "
                        "--stage fbank again"
                    )
                file.write(np.ascontiguousarray(array).data)
    except OSError as error:
        raise NoRoom(
            f"features cannot be packed into {path}: {error}. Make room, or use --packed 0, "
            "which reads the .npy files"
        ) from None


def reason_to_pack(
    path: Path, stored: Sequence[Stored | Example], sources: dict[str, str]
) -> str | None:
    """Why `path` has to be made (again), or None when it is as it should be."""
    if not path.is_file():
        return "not there yet"
    try:
        packed = Packed(path)
    except InputError as error:
        return str(error).partition(":")[0]
    changed = sorted(name for name, value in sources.items() if packed.made_from.get(name) != value)
    if changed or packed.ids != [item.id for item in stored]:
        return f"made from other data ({', '.join(changed) or 'ids'} changed)"
    made = path.stat().st_mtime_ns
    for item in stored:
        with contextlib.suppress(OSError):  # features may be gone once they are packed
            if item.features.stat().st_mtime_ns > made:
                return f"{item.features.name} is newer"
    return None


def open_packed(
    cuts: Path, stored: Sequence[Stored | Example], mode: str, say: Callable[[str], None] = print
) -> Packed | None:
    """The packed features of a split, made first where they are absent or stale.

    Args:
      cuts: the split's manifest; the packed file stands beside it.
      stored: the manifest's utterances, in its order.
      mode: '1'; '0', which gives None; 'auto', which gives None where they cannot be written.
      say: takes the line that says so when they are made.
    Raises: NoRoom with mode '1'; InputError for features that cannot be read.
    """
    if mode == "0":
        return None
    path = packed_path(cuts)
    with _one_at_a_time(cuts):
        sources = made_from(cuts)
        reason = reason_to_pack(path, stored, sources)
        if reason is not None:
            for leftover in path.parent.glob(f".{path.name}.????????.tmp"):
                leftover.unlink(missing_ok=True)
            say(f"packing the features of {len(stored)} utterances into {path}: {reason}")
            try:
                pack(path, stored, sources)
            except NoRoom as error:
                if mode == "1":
                    raise
                say(f"warning: {error}; reading the .npy files")
                return None
        return Packed(path)


def pack_split(cuts: Path, base: Path) -> None:
    """Stage 10: the packed file of a split, left alone where it is as it should be."""
    stored = [item for item, _ in read_stored(cuts, base)]
    if not stored:
        raise InputError(f"{cuts} is empty: nothing to pack")
    packed = open_packed(cuts, stored, "1")
    assert packed is not None
    print(f"{len(packed)} utterances, {packed.path.stat().st_size / 1e6:,.1f} MB: {packed.path}")


@contextlib.contextmanager
def _one_at_a_time(cuts: Path) -> Iterator[None]:
    """Of several processes that start together one packs and the others wait for it.

    The manifest itself is locked, so that no file is left behind; a file system without locks
    is trusted, since whoever comes last replaces the file by an equal one.
    """
    import fcntl

    with open(cuts, "rb") as file:
        with contextlib.suppress(OSError):
            fcntl.flock(file, fcntl.LOCK_EX)
        yield

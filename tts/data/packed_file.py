"""Write and map arrays of many utterances in one file that is complete or not there at all.

Layout: magic, size of the index and its SHA-256; the index (JSON: ids, offsets and lengths in
frames, number of bins, type, and what the file was made from); from the next multiple of 4096 on,
every frame in order.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import shutil
import struct
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tts.errors import InputError
from tts.files import atomic_path

_HEADER = struct.Struct("<8sQ32s")
_MAGIC = b"tencha1\n"
_PAGE = 4096


class NoRoom(InputError):
    """Say that the packed file cannot be written where it should stand."""


class Packed(Sequence):
    """Map a packed split: item i is the mel (T, F) of utterance i, a view of the mapped file.

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
    """Read the index and where the frames begin."""
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
            spoilt = []
            for name, array in zip(ids, itertools.chain([first], following), strict=True):
                if array.shape[1:] != first.shape[1:] or array.dtype != first.dtype:
                    raise InputError(
                        f"features of {name}: {array.shape[1]} bins of {array.dtype}, those of "
                        f"{ids[0]} are {first.shape[1]} of {first.dtype}. Run prepare.sh "
                        "--stage fbank again"
                    )
                if not np.isfinite(array).all():
                    spoilt.append(name)
                file.write(np.ascontiguousarray(array).data)
            if spoilt:
                raise InputError(_not_finite(spoilt, path))
    except OSError as error:
        raise NoRoom(
            f"features cannot be packed into {path}: {error}. Make room, or use --packed 0, "
            "which reads the .npy files"
        ) from None


def _not_finite(ids: Sequence[str], path: Path) -> str:
    named = f"{', '.join(ids[:10])}{' ...' if len(ids) > 10 else ''}"
    return (
        f"{path}: {len(ids)} utterances have values that are not finite (NaN or infinity): "
        f"{named}. Listen to them, then run prepare.sh --stage fbank again, or leave them out"
    )

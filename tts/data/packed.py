"""Pack all features of a split into one memory-mapped file, once, from the .npy files."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from tts.data.loader import Example, Stored, read_mel, read_stored
from tts.data.packed_file import NoRoom, Packed, pack_arrays
from tts.errors import InputError
from tts.files import fingerprint


def packed_path(cuts: Path) -> Path:
    """Return <name>_feats_<split>.bin, which packs the features of <name>_cuts_<split>."""
    name = cuts.name.removesuffix(".jsonl.gz").replace("_cuts_", "_feats_")
    return cuts.with_name(f"{name}.bin")


def made_from(cuts: Path) -> dict[str, str]:
    """Fingerprint what packed features depend on: cuts, statistics of every mel, the mel."""
    sums = cuts.with_name(f"{cuts.name.partition('_cuts_')[0]}_sums.jsonl.gz")
    paths = {"cuts": cuts, "sums": sums, "mel": cuts.parent.parent / "mel.toml"}
    return {name: fingerprint(path) for name, path in paths.items()}


def pack(path: Path, stored: Sequence[Stored | Example], sources: dict[str, str]) -> None:
    """Write the features of `stored` to `path`, atomically.

    Raises: NoRoom where the disk is full or read-only; InputError for features that are missing,
    damaged, unlike the first ones, or not finite (all of these in one message).
    """
    ids, lengths = [item.id for item in stored], [item.num_frames for item in stored]
    pack_arrays(path, ids, lengths, map(read_mel, stored), sources)


def reason_to_pack(
    path: Path, stored: Sequence[Stored | Example], sources: dict[str, str]
) -> str | None:
    """Return why `path` has to be made (again), or None when it is as it should be."""
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
    """Open the packed features of a split; write them first where they are absent or stale.

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
    """Write <name>_feats_<split>.bin (stage 10), unless it holds these features already."""
    stored = [item for item, _ in read_stored(cuts, base)]
    if not stored:
        raise InputError(f"{cuts} is empty: nothing to pack")
    packed = open_packed(cuts, stored, "1")
    assert packed is not None
    print(f"{len(packed)} utterances, {packed.path.stat().st_size / 1e6:,.1f} MB: {packed.path}")


@contextlib.contextmanager
def _one_at_a_time(cuts: Path) -> Iterator[None]:
    """Let one of several processes that start together pack, while the others wait.

    The manifest itself is locked, so that no file is left behind; a file system without locks
    is trusted, since whoever comes last replaces the file by an equal one.
    """
    import fcntl

    with open(cuts, "rb") as file:
        with contextlib.suppress(OSError):
            fcntl.flock(file, fcntl.LOCK_EX)
        yield

"""Write files that are either complete or absent, and fingerprint what they hold."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import json
import os
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

from tts.errors import InputError


@contextlib.contextmanager
def atomic_path(path: Path | str) -> Iterator[Path]:
    """Yield a temporary path beside `path`; rename it to `path` once the block ends well.

    The data are flushed to disk before the rename, so that after a crash `path` holds the
    old content or the new one, never a part. The temporary file is removed on failure.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = _locked_temporary(path)
    temporary = Path(name)
    try:
        yield temporary
        with open(temporary, "rb+") as file:
            os.fsync(file.fileno())
        umask = os.umask(0)
        os.umask(umask)
        temporary.chmod(0o666 & ~umask)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
        os.close(handle)


def _locked_temporary(path: Path) -> tuple[int, str]:
    """Make a temporary file beside `path` that `remove_leftovers` leaves alone while it is open."""
    while True:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
        claim(handle)
        if os.path.exists(name):
            return handle, name
        os.close(handle)  # removed between its making and its lock


def claim(file: IO[Any] | int) -> bool:
    """Lock an open file until it is closed or the process ends; False where another has it.

    A file system without locks is trusted.
    """
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:
        pass
    return True


def remove_leftovers(folder: Path | str) -> None:
    """Remove the temporary files that a killed `atomic_path` left in `folder`.

    Those that a running process still writes are locked and stay.
    """
    for leftover in Path(folder).glob(".*.????????.tmp"):
        with contextlib.suppress(FileNotFoundError), open(leftover, "rb+") as file:
            if claim(file):
                leftover.unlink(missing_ok=True)


@contextlib.contextmanager
def sole_user(folder: Path | str) -> Iterator[None]:
    """Keep other processes from entering this block for the same folder.

    The lock ends with the process, however that ends. A file system without locks is trusted.
    Raises: InputError naming the process that is at work in the folder, or when that cannot be
    written.
    """
    import fcntl

    path = Path(folder) / ".lock"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = open(path, "a+", encoding="ascii")  # noqa: SIM115
    except OSError as error:
        raise InputError(
            f"{folder} cannot be written: {error.strerror}; choose another folder"
        ) from None
    with lock as file:
        try:
            # A record lock: unlike flock's it does not live on in processes forked from here.
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError):
            file.seek(0)
            raise InputError(
                f"{folder} is in use by process {file.read().strip() or '(unknown)'}: wait for "
                "it, stop it, or choose another folder"
            ) from None
        except OSError:
            pass
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield


def write_text(path: Path | str, text: str) -> None:
    """Write UTF-8 text atomically."""
    with atomic_path(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_json(path: Path | str, value: Any) -> None:
    """Write JSON atomically, readable by people."""
    write_text(path, json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def read_json(path: Path | str) -> Any:
    """Read JSON; a missing or damaged file is an InputError naming it."""
    path = Path(path)
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(f"{path} does not exist") from None
    except ValueError as error:
        raise InputError(f"{path} is not valid JSON: {error}") from None


@contextlib.contextmanager
def atomic_jsonl(path: Path | str) -> Iterator[IO[str]]:
    """Open a text file for JSON lines, compressed when `path` ends in .gz, atomically.

    The same lines give the same bytes (no time stamp in the gzip header), so that stages
    which depend on the file notice only real changes.
    """
    with atomic_path(path) as temporary:
        if str(path).endswith(".gz"):
            with (
                open(temporary, "wb") as raw,
                gzip.GzipFile("", "wb", 6, raw, mtime=0) as zipped,
                contextlib.closing(_TextLines(zipped)) as file,
            ):
                yield file
        else:
            with open(temporary, "w", encoding="utf-8") as file:
                yield file


class _TextLines:
    """Be the write half of a text file over a binary one."""

    def __init__(self, binary: Any):
        self.binary = binary

    def write(self, text: str) -> int:
        self.binary.write(text.encode("utf-8"))
        return len(text)

    def close(self) -> None:
        self.binary.flush()


def write_jsonl(path: Path | str, items: Iterable[Any]) -> int:
    """Write one JSON object a line (gzip by name), atomically; return how many."""
    count = 0
    with atomic_jsonl(path) as file:
        for item in items:
            file.write(json.dumps(item, ensure_ascii=False) + "\n")
            count += 1
    return count


def read_jsonl(path: Path | str) -> Iterator[Any]:
    """Read JSON lines (gzip by name); a damaged line is an InputError with its number."""
    path = Path(path)
    if not path.is_file():
        raise InputError(f"{path} does not exist")
    opener = gzip.open if path.suffix == ".gz" else open
    number = 0
    try:
        with opener(path, "rt", encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    yield json.loads(line)
    except (ValueError, EOFError, OSError, zlib.error) as error:
        raise InputError(f"{path}, after line {number}: damaged ({error})") from None


def sha256_file(path: Path | str) -> str:
    """Return the SHA-256 of a file's content, as lower-case hex."""
    with open(path, "rb") as file:
        if hasattr(hashlib, "file_digest"):
            return hashlib.file_digest(file, "sha256").hexdigest()
        digest = hashlib.sha256()  # Python 3.10
        while block := file.read(1 << 20):
            digest.update(block)
        return digest.hexdigest()


def sha256_value(value: Any) -> str:
    """Return the SHA-256 of a JSON-able value, independent of the order of keys."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def fingerprint(path: Path | str) -> str:
    """Return what changes with the content: of a file its hash, of a folder that of its listing.

    A folder (a corpus of gigabytes) is told by the names, sizes and modification times of
    the files in it; symbolic links are followed.
    """
    path = Path(path)
    if path.is_file():
        return sha256_file(path)
    if not path.is_dir():
        return "absent"
    listing = []
    for folder, subfolders, names in os.walk(path, followlinks=True):
        subfolders.sort()
        for name in sorted(names):
            stat = os.stat(os.path.join(folder, name))
            relative = os.path.relpath(os.path.join(folder, name), path)
            listing.append((relative, stat.st_size, stat.st_mtime_ns))
    return sha256_value(listing)

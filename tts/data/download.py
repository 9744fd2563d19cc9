"""Fetch a corpus: resumable, checked, unpacked in one step; or make the toy corpus instead."""

from __future__ import annotations

import hashlib
import http.client
import os
import shutil
import subprocess
import sys
import tarfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import IO

from tts.data.corpus import ROOT, Recipe
from tts.data.corpus_config import Download
from tts.errors import InputError
from tts.files import claim, write_text

TOY_MAKER = ROOT / "tools" / "make_toy_corpus.py"
BLOCK = 1 << 18
ATTEMPTS = 5


def fetch_corpus(recipe: Recipe) -> None:
    """Find the corpus's folder in dl_dir, else unpack its archive, else download that.

    Raises: InputError saying where a copy can be put by hand.
    """
    target = recipe.corpus_dir
    if target.is_dir():
        print(f"using {target}" + (f" -> {target.resolve()}" if target.is_symlink() else ""))
        return
    if target.is_symlink():
        raise InputError(f"{target} is a link to {os.readlink(target)}, which does not exist")
    for item in recipe.config.downloads:
        archive = recipe.dl_dir / item.filename
        fetch(item, archive, f"or put a copy of the unpacked corpus at {target}")
        unpack(archive, target)
    if not target.is_dir():
        folder = recipe.folder / "corpus.toml"
        raise InputError(
            f"{target} does not exist, and {folder} names no [[downloads]] to fetch it from: put "
            f"or link the corpus there, or {recipe.elsewhere}"
        )


def toy_sources() -> list[Path]:
    """List the programs on which the toy corpus depends."""
    return [TOY_MAKER, *sorted(TOY_MAKER.parent.glob("toy_corpus/*.py"))]


def make_toy(recipe: Recipe) -> None:
    """Write the toy corpus into dl_dir with its own program, in the layout of the real one."""
    layout = ("--corpus-layout", recipe.config.toy_layout)
    command = [sys.executable, str(TOY_MAKER), *layout, "--output", str(recipe.dl_dir)]
    status = subprocess.run(command, check=False).returncode
    if status:
        raise InputError(f"{' '.join(command)} failed with status {status}")


def fetch(
    item: Download, path: Path, by_hand: str, wait: Callable[[float], None] = time.sleep
) -> None:
    """Download a complete, checked file to `path`, continuing an interrupted download.

    Raises: InputError when the network fails or the file is not what the origin states; the
    part that has arrived stays for the next run.
    """
    if not path.is_file():
        part = path.with_name(path.name + ".part")
        part.parent.mkdir(parents=True, exist_ok=True)
        tried = 0
        while True:
            before = part.stat().st_size if part.exists() else 0
            try:
                _receive(item, part)
                break
            except (OSError, http.client.HTTPException) as error:
                arrived = part.stat().st_size if part.exists() else 0
                tried = 1 if arrived > before else tried + 1
                final = isinstance(error, urllib.error.HTTPError) and error.code < 500
                if tried >= ATTEMPTS or final:
                    raise InputError(
                        f"{item.url} cannot be fetched ({error}); {arrived} bytes are kept. Run "
                        f"the same command again, put the file at {path} by hand, {by_hand}"
                    ) from None
                print(f"{item.url}: {error}; trying again", file=sys.stderr)
                wait(2.0**tried)
        verify(item, part)
        _validator(part).unlink(missing_ok=True)
        os.replace(part, path)
    else:
        verify(item, path)


def verify(item: Download, path: Path) -> None:
    """Raise InputError unless `path` has the size and the sha256 that the origin states."""
    from tqdm import tqdm

    size = path.stat().st_size
    found = f"{size} bytes" if item.size and size != item.size else ""
    if item.sha256 and not found:
        digest = hashlib.sha256()
        with (
            open(path, "rb") as file,
            tqdm(total=size, unit="B", unit_scale=True, desc="checking", disable=None) as bar,
        ):
            while block := file.read(BLOCK):
                digest.update(block)
                bar.update(len(block))
        if digest.hexdigest() != item.sha256:
            found = f"sha256 {digest.hexdigest()}"
    if found:
        raise InputError(
            f"{path} has {found}; {item.url} should have {item.size or 'any number of'} bytes, "
            f"sha256 {item.sha256 or 'unknown'}. Remove {path} and run the same command again"
        )


def _validator(part: Path) -> Path:
    """Return where the server's ETag or date is kept, by which a changed file is noticed."""
    return part.with_name(part.name + ".version")


def _receive(item: Download, part: Path) -> None:
    """Append what is missing to `part`; start over when the server's file has changed."""
    from tqdm import tqdm

    have = part.stat().st_size if part.exists() else 0
    headers = {"User-Agent": "tencha"}
    note = _validator(part)
    if have:
        headers["Range"] = f"bytes={have}-"
        if note.is_file():
            headers["If-Range"] = note.read_text(encoding="utf-8")
    request = urllib.request.Request(item.url, headers=headers)
    try:
        response = urllib.request.urlopen(request, timeout=60)
    except urllib.error.HTTPError as error:
        if error.code == 416 and have:  # nothing left to send: complete, or longer than the file
            total = error.headers.get("Content-Range", "").rpartition("/")[2]
            if total == str(have):
                return
            part.unlink()
        raise
    with response:
        resumed = response.status == 206
        version = response.headers.get("ETag") or response.headers.get("Last-Modified")
        if version and not resumed:
            write_text(note, version)
        length = int(response.headers.get("Content-Length") or 0)
        start = have if resumed else 0
        with (
            open(part, "ab") as file,
            tqdm(
                total=start + length if length else None,
                initial=start,
                unit="B",
                unit_scale=True,
                desc=item.filename,
                disable=None,
            ) as bar,
        ):
            if not claim(file):
                raise InputError(f"{part} is being written by another process: wait for it")
            if not resumed:
                file.truncate(0)
            while block := response.read(BLOCK):
                file.write(block)
                bar.update(len(block))
            file.flush()
            os.fsync(file.fileno())
        if length and part.stat().st_size < start + length:
            raise ConnectionError("the connection ended early")


class _Counted:
    """Wrap a binary file so that reading it moves a progress bar."""

    def __init__(self, file: IO[bytes], bar: object):
        self.file, self.bar = file, bar

    def read(self, size: int = -1) -> bytes:
        block = self.file.read(size)
        self.bar.update(len(block))
        return block


def unpack(archive: Path, target: Path) -> None:
    """Unpack a tar archive that holds the folder `target.name`; it appears complete or not at all.

    Raises: InputError when the archive is damaged, reaches outside, or holds no such folder.
    """
    folder = target.parent / f".{target.name}.unpacking"
    with open(archive, "rb") as lock:
        if not claim(lock):
            raise InputError(f"{archive} is being unpacked by another process: wait for it")
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        _unpack(archive, target, folder)


def _unpack(archive: Path, target: Path, folder: Path) -> None:
    """Unpack into `folder`, then move the corpus's folder from there to `target`."""
    from tqdm import tqdm

    try:
        with (
            open(archive, "rb") as file,
            tqdm(
                total=archive.stat().st_size,
                unit="B",
                unit_scale=True,
                desc=f"unpacking {archive.name}",
                disable=None,
            ) as bar,
            tarfile.open(fileobj=_Counted(file, bar), mode="r|*") as tar,
        ):
            for member in tar:
                _check_member(member, archive)
                tar.extract(member, folder, set_attrs=False, **_FILTER)
        if not (folder / target.name).is_dir():
            holds = ", ".join(sorted(path.name for path in folder.iterdir())[:10])
            raise InputError(f"{archive} holds no folder {target.name} (it holds: {holds})")
        os.replace(folder / target.name, target)
    except (tarfile.TarError, EOFError, OSError) as error:
        raise InputError(
            f"{archive} cannot be unpacked ({error}); remove it and run the same command again"
        ) from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)


# The filter came with security updates; `_check_member` does not rely on it.
_FILTER = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}


def _check_member(member: tarfile.TarInfo, archive: Path) -> None:
    """Raise InputError for all but plain files and folders below the archive's own root."""
    parts = Path(member.name).parts
    if not (member.isfile() or member.isdir()) or ".." in parts or member.name.startswith("/"):
        raise InputError(
            f"{archive}: refusing {member.name!r}, which is not a plain file inside the archive"
        )

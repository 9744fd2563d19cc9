"""Read label files line by line, and match what they list with the sound files that are there."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from tts.data.utterance import Fault, Utterance
from tts.errors import InputError

# What libsndfile reads by name; a label file may name any other file that it can read.
_NAMES = "wav flac ogg oga opus mp3 aif aiff aifc au snd caf w64 rf64 sph nist"
SUFFIXES = frozenset(f".{name}" for name in _NAMES.split())


def read_lines(path: Path) -> tuple[list[str | None], list[Fault]]:
    """Read the lines of a label file, None where one is not UTF-8, with the file's own faults.

    A byte order mark and carriage returns are taken off and reported; blank lines at the end
    are dropped. Raises: InputError when the file is absent or UTF-16.
    """
    if not path.is_file():
        beside = sorted(item.name for item in path.parent.iterdir()) if path.parent.is_dir() else []
        raise InputError(
            f"{path} does not exist (there: {', '.join(beside[:10]) or 'nothing'}); is this the "
            "corpus's own layout?"
        )
    data = path.read_bytes()
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError(f"{path} is UTF-16: iconv -f UTF-16 -t UTF-8 FILE makes it UTF-8")
    faults = []
    if data.startswith(b"\xef\xbb\xbf"):
        data = data[3:]
        faults.append(Fault("-", "byte-order-mark", f"{path} starts with one; it is ignored"))
    raw = data.split(b"\n")
    if returns := sum(line.endswith(b"\r") for line in raw):
        detail = f"{path}: {returns} lines end in CR LF; the CR is ignored"
        faults.append(Fault("-", "carriage-return", detail))
    while raw and not raw[-1].strip():
        raw.pop()
    lines: list[str | None] = []
    for line in raw:
        try:
            lines.append(line.rstrip(b"\r").decode("utf-8"))
        except UnicodeDecodeError:
            lines.append(None)
    return lines, faults


def without_suffix(path: Path) -> Path:
    """Take off the suffix of a sound file, and no other."""
    return path.with_suffix("") if path.suffix.lower() in SUFFIXES else path


class AudioFolder:
    """Find sound files by what a label file calls them: with another suffix, or without one."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.paths = sorted(
            path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file()
        )
        self._below: dict[str, list[Path]] = defaultdict(list)
        self._named: dict[str, list[Path]] = defaultdict(list)
        for path in self.paths:
            self._below[path.relative_to(folder).with_suffix("").as_posix()].append(path)
            self._named[path.stem].append(path)

    def find(self, name: str | Path) -> list[Path]:
        """Return the files that `name` means: one, none, or several of the same name.

        A path is relative to the folder or absolute. What is not there as it is written is looked
        for with another suffix (.WAV, .flac), then without its folders.
        """
        path = self.folder / name
        try:
            if path.is_file():
                return [path]
        except OSError:  # longer than a file name can be: a sentence in the place of a name
            return []
        inside = path.relative_to(self.folder) if path.is_relative_to(self.folder) else path
        stem = without_suffix(inside)
        return self._below.get(stem.as_posix()) or self._named.get(stem.name) or []


def check_listing(
    utterances: Iterable[Utterance], audio_dir: Path
) -> tuple[list[Utterance], list[Fault]]:
    """Drop repeated ids and entries without audio; report these and audio that is not listed.

    The audio of an entry may have another suffix than the entry says, and lie in a folder below
    `audio_dir`; the entries returned name the file that is there.
    """
    files = AudioFolder(audio_dir)
    kept: dict[str, Utterance] = {}
    faults, listed = [], set()
    for utterance in utterances:
        found = files.find(utterance.audio)
        listed.update(found)
        if utterance.id in kept:
            first = kept[utterance.id].position + 1
            detail = f"entry {utterance.position + 1} repeats the id of entry {first}"
            faults.append(Fault(utterance.id, "duplicate-id", detail, utterance.position))
        elif not found:
            detail = f"{utterance.audio} does not exist, with no other suffix either"
            faults.append(Fault(utterance.id, "missing-audio", detail, utterance.position))
        elif len(found) > 1:
            detail = f"{utterance.audio.name} may be {', '.join(map(str, found[:3]))}: name one"
            faults.append(Fault(utterance.id, "ambiguous-audio", detail, utterance.position))
        else:
            kept[utterance.id] = dataclasses.replace(utterance, audio=found[0])
    for path in files.paths:
        if path not in listed:
            faults.append(Fault(path.stem, "extra-audio", f"{path} has no entry in the label file"))
    return list(kept.values()), faults

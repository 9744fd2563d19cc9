"""Read the files of aligners as segments of an utterance; report all that is wrong with them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path

from tts.align.intervals import Interval, TextGrid, load_textgrid
from tts.align.phone_matching import Segment
from tts.align.symbols import ANY, BREAK, UNKNOWN, is_pause
from tts.errors import InputError
from tts.text.alphabet import PhoneAlphabet

# Seconds: an overlap or a gap below it is rounding; an end may differ from the audio's by OTHER.
ROUNDING = 1e-3
OTHER_AUDIO = 0.05
Faults = list[tuple[str, str]]


def find_files(folder: Path, suffix: str) -> dict[str, Path]:
    """Find files by name without suffix, in `folder` or in folders in it.

    A file in a folder is also found as an id made of its path: with /, or with _ (tts.data.table).
    """
    found: dict[str, Path] = {}
    paths = sorted(folder.rglob(f"*{suffix}"), key=lambda path: (-len(path.parts), path))
    for path in paths:
        relative = path.relative_to(folder).as_posix().removesuffix(suffix)
        for name in (path.name.removesuffix(suffix), relative, "_".join(relative.split("/"))):
            found["_".join(name.split())] = found[name] = path
    return found


def read_phones(
    path: Path, alphabet: PhoneAlphabet, seconds: float, phone_tier: str = "", word_tier: str = ""
) -> tuple[list[Segment], Faults]:
    """Read segments of a TextGrid or .interval file for audio of `seconds`, and its faults.

    The phones stand in the tier `phones` (or `<speaker> - phones`, or the only tier), words in
    the tier `words` where there is one. A tier that is named (`phone_tier`, `word_tier`) must be
    there. No segments where a fault was found.
    """
    try:
        grid = load_textgrid(path)
    except InputError as error:
        return [], [("unreadable-times", str(error))]
    phones, words = _tier(grid, phone_tier or "phones"), _tier(grid, word_tier or "words")
    if phones is None and len(grid.tiers) == 1 and words is None and not phone_tier:
        phones = next(iter(grid.tiers.values()))
    if not phones or (word_tier and words is None):
        lacks = word_tier if phones else phone_tier or "phones"
        there = ", ".join(map(repr, grid.tiers)) or "none"
        return [], [
            (
                "missing-tier",
                f"{path} has no tier {lacks!r} (tiers: {there}); corpus.toml names them: [align] "
                "phone_tier, word_tier",
            )
        ]
    faults = check_tier(phones, "phones") + (check_tier(words, "words") if words else [])
    faults += check_end(grid.end, phones, seconds)
    if words and not faults:
        faults += _check_words(words, phones)
    segments, unknown = segments_of(phones, words or [], alphabet, seconds)
    if unknown:
        faults.append(("unknown-phone", f"{' '.join(dict.fromkeys(unknown))} in {path}"))
    return ([] if faults else segments), faults


def _tier(grid: TextGrid, name: str) -> list[Interval] | None:
    for title, tier in grid.tiers.items():
        if title == name or title.endswith(f" - {name}"):
            return tier
    return None


def check_tier(tier: Sequence[Interval], name: str) -> Faults:
    """List every interval without length, running backwards or overlapping the one before."""
    faults: Faults = []
    for item in tier:
        if item.end <= item.start or item.start < 0:
            what = "negative" if item.end < item.start or item.start < 0 else "empty"
            where = f"{item.start:g} to {item.end:g} s"
            faults.append((f"{what}-interval", f"{name}: {item.label!r} from {where}"))
    for before, after in itertools.pairwise(tier):
        if after.start < before.end - ROUNDING:
            detail = f"{name}: {after.label!r} begins at {after.start:g} s, before {before.label!r}"
            faults.append(("overlap", f"{detail} ends at {before.end:g} s"))
    return faults


def check_end(end: float, tier: Sequence[Interval], seconds: float) -> Faults:
    """Report times of other audio; a last phone may end late, it is cut."""
    if abs(end - seconds) > OTHER_AUDIO:
        return [("other-audio", f"times end at {end:.3f} s, the audio at {seconds:.3f} s")]
    if late := [item for item in tier if not is_pause(item.label) and item.start >= seconds]:
        detail = f"{late[0].label!r} begins at {late[0].start:.3f} s"
        return [("other-audio", f"{detail}, the audio ends at {seconds:.3f} s")]
    return []


def _check_words(words: Sequence[Interval], phones: Sequence[Interval]) -> Faults:
    """Report words that begin inside a phone."""
    begins = sorted(item.start for item in phones)
    faults: Faults = []
    index = 0
    for word in words:
        while index + 1 < len(begins) and begins[index + 1] <= word.start + ROUNDING:
            index += 1
        if not is_pause(word.label) and abs(begins[index] - word.start) > 10 * ROUNDING:
            detail = f"{word.label!r} begins at {word.start:g} s, inside a phone"
            faults.append(("tiers-disagree", detail))
    return faults


def segments_of(
    phones: Sequence[Interval],
    words: Sequence[Interval],
    alphabet: PhoneAlphabet,
    seconds: float,
) -> tuple[list[Segment], list[str]]:
    """Return contiguous segments from 0 to `seconds`, and the labels that are no phones.

    Breaks stand at pauses, at both ends, between words and where the alphabet closes one.
    """
    words = words if alphabet.parts_words else ()
    begins = {round(word.start, 3) for word in words if not is_pause(word.label)}
    segments: list[Segment] = []
    unknown: list[str] = []
    clock = 0.0

    def add(end: float, symbols: tuple[str, ...]) -> None:
        nonlocal clock
        end = min(max(end, clock), seconds)
        if symbols == (BREAK,) and segments and segments[-1].is_break:
            segments[-1] = Segment(segments[-1].start, end, symbols)
        else:
            segments.append(Segment(clock, end, symbols))
        clock = end

    add(0.0, (BREAK,))
    for index, phone in enumerate(phones):
        if phone.start > clock + ROUNDING:
            add(phone.start, (BREAK,))
        if is_pause(phone.label):
            add(phone.end, (BREAK,))
            continue
        symbols = (ANY,) if phone.label in UNKNOWN else alphabet.of_label(phone.label)
        if symbols is None:
            unknown.append(phone.label)
            continue
        if index and round(phone.start, 3) in begins:
            add(clock, (BREAK,))
        add(phone.end, symbols)
        if alphabet.closes(phone.label, symbols):
            add(clock, (BREAK,))
    add(seconds, (BREAK,))
    return segments, unknown


def read_frames(path: Path) -> tuple[dict[str, list[Interval]], dict[str, str]]:
    """Read the syllables of a table of frames, and what is wrong with lines of no use.

    A line is id|syllables|characters|frames|start|end, the frames being counts that share the
    time from start to end. A row `r` is the second half of the erhua before it: both counts go
    to the one syllable. Empty syllables are left out.
    Raises: InputError where there is no such file.
    """
    if not path.is_file():
        raise InputError(f"{path} does not exist: give --alignments the table of syllable frames")
    found: dict[str, list[Interval]] = {}
    faults: dict[str, str] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), 1):
        name, *fields = line.split("|")
        try:
            if name in found:
                raise ValueError(f"{name} stands twice")
            labels, _, counts, start, end = fields
            found[name] = _syllables(labels.split(), counts.split(), float(start), float(end))
        except ValueError as error:
            faults[name or f"line {number}"] = f"{path}, line {number}: {error}"
            found.pop(name, None)
    return found, faults


def _syllables(labels: list[str], counts: list[str], start: float, end: float) -> list[Interval]:
    frames = [int(count) for count in counts]
    if len(labels) != len(frames):
        raise ValueError(f"{len(labels)} syllables but {len(frames)} counts")
    if min(frames, default=-1) < 0 or not sum(frames) or end <= start:
        raise ValueError("a negative count, or no time at all")
    shift = (end - start) / sum(frames)
    tier: list[Interval] = []
    clock = 0
    for label, count in zip(labels, frames, strict=True):
        begin, clock = start + clock * shift, clock + count
        if label == "r" and tier and tier[-1].label.rstrip("12345").endswith("r"):
            before = tier.pop()
            begin, label = before.start, before.label
        tier.append(Interval(begin, start + clock * shift, label))
    return [item for item in tier if item.end > item.start]

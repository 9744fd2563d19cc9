"""Write lhotse manifests: recordings, supervisions and cuts, as JSON lines with stable bytes.

They are written in lhotse's form without importing it (it brings torch along, seconds at each
start of a stage); a test loads and validates them with lhotse itself.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tts.data.corpus import Recipe
from tts.data.parallel import parallel_map
from tts.data.recordings import Checked, Checks, check_recording, repeated_texts
from tts.data.utterance import Fault, Utterance
from tts.errors import InputError
from tts.files import read_jsonl, write_jsonl, write_text
from tts.text.languages import language_of, load
from tts.text.spoken import Marked


def write_manifests(recipe: Recipe, mel_rate: int, num_jobs: int = 1) -> None:
    """Read the corpus, look at every file's header, write recordings, supervisions and faults.

    Files: <name>_recordings.jsonl.gz, <name>_supervisions.jsonl.gz, <name>_faults.jsonl and
    <name>_ids.txt, which lists the id of every entry of the label file, usable or not;
    data/audio/ where recordings are mixed or trimmed. mel_rate: see `Checks`.
    Raises: InputError when no entry is usable.
    """
    utterances, faults = recipe.read()
    limits = recipe.config.audio
    audio = recipe.data / "audio"
    if limits.changes:
        audio.mkdir(parents=True, exist_ok=True)
    checked = parallel_map(
        functools.partial(check_recording, checks=Checks(limits, mel_rate, audio)),
        [(utterance.id, utterance.audio) for utterance in utterances],
        # With headers only starting processes takes longer.
        num_jobs if limits.changes else 1,
        "audio headers",
    )
    row = language_of(recipe.config.language)
    read_marks = load(row.marks) if row.marks else None
    recordings, supervisions = [], []
    for utterance, found in zip(utterances, checked, strict=True):
        for kind, detail in found.faults:
            faults.append(Fault(utterance.id, kind, detail, utterance.position))
        if not found.faults:
            recordings.append(_recording(recipe, utterance, found))
            marked = read_marks(utterance.prosody or "") if read_marks else Marked("", ())
            faults += [Fault(utterance.id, "odd-marks", detail) for detail in marked.faults]
            seconds = found.num_samples / found.sample_rate
            supervisions.append(_supervision(recipe, utterance, seconds, marked))
    faults += repeated_texts([(item.id, item.normalized or item.text) for item in utterances])
    listed = {
        item.position: item.id for item in [*faults, *utterances] if item.position is not None
    }
    if not recordings:
        rejecting = [fault for fault in faults if fault.position is not None]
        first = "; ".join(f"{fault.id} {fault.kind}: {fault.detail}" for fault in rejecting[:3])
        raise InputError(f"{recipe.corpus_dir}: no usable utterance ({first or 'it is empty'})")
    write_jsonl(recipe.manifest("recordings.jsonl.gz"), recordings)
    write_jsonl(recipe.manifest("supervisions.jsonl.gz"), supervisions)
    write_faults(recipe.manifest("faults.jsonl"), faults)
    ids = [listed.get(position, "?") for position in range(max(listed) + 1)]
    write_text(recipe.manifest("ids.txt"), "".join(f"{name}\n" for name in ids))
    print(f"{len(ids)} entries listed, {len(recordings)} usable, {len(faults)} faults")
    speakers = Counter(item["speaker"] for item in supervisions)
    if len(speakers) > 1:
        names = ", ".join(f"{name} {count}" for name, count in speakers.most_common(10))
        print(f"warning: {len(speakers)} speakers, a model of one refuses them: {names}")
    if faults:
        kinds = Counter(fault.kind for fault in faults)
        found = ", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items()))
        print(f"faults: {found}; list in {recipe.manifest('faults.jsonl')}")


def _recording(recipe: Recipe, utterance: Utterance, found: Checked) -> dict[str, Any]:
    """Return one recording, in lhotse's form."""
    source = {"type": "file", "channels": [0], "source": recipe.relative(found.path)}
    return {
        "id": utterance.id,
        "sources": [source],
        "sampling_rate": found.sample_rate,
        "num_samples": found.num_samples,
        "duration": found.num_samples / found.sample_rate,
        "channel_ids": [0],
    }


def _supervision(
    recipe: Recipe, utterance: Utterance, seconds: float, marked: Marked
) -> dict[str, Any]:
    """Return one supervision with everything the corpus says about the utterance.

    prosody is the text with its marks as labelled, prosody_marks the level from 0 to 4 after
    each Hanzi and Latin letter.
    """
    custom: dict[str, Any] = {"position": utterance.position}
    if utterance.normalized is not None:
        custom["normalized_text"] = utterance.normalized
    if utterance.pinyin is not None:
        custom["pinyin"] = list(utterance.pinyin)
    if utterance.prosody is not None:
        custom["prosody"] = utterance.prosody
    if marked.levels:
        custom["prosody_marks"] = list(marked.levels)
    if utterance.phones is not None:
        custom["phones"] = [list(phone) for phone in utterance.phones]
    return {
        "id": utterance.id,
        "recording_id": utterance.id,
        "start": 0.0,
        "duration": seconds,
        "channel": 0,
        "text": utterance.text,
        "language": utterance.language or recipe.config.language,
        "speaker": utterance.speaker or recipe.facts()["speaker"],
        "custom": custom,
    }


def write_raw_cuts(recipe: Recipe, sample_rate: int) -> None:
    """Join recordings and supervisions into <name>_cuts_raw.jsonl.gz, at the mel's sample rate."""

    def cuts() -> Iterator[dict[str, Any]]:
        recordings = read_jsonl(recipe.manifest("recordings.jsonl.gz"))
        supervisions = read_jsonl(recipe.manifest("supervisions.jsonl.gz"))
        for recording, supervision in zip(recordings, supervisions, strict=True):
            recording = _at_rate(recording, sample_rate)
            yield {
                "id": recording["id"],
                "start": 0.0,
                "duration": recording["duration"],
                "channel": 0,
                "supervisions": [{**supervision, "duration": recording["duration"]}],
                "recording": recording,
                "type": "MonoCut",
            }

    path = recipe.manifest("cuts_raw.jsonl.gz")
    print(f"{write_jsonl(path, cuts())} cuts in {path}")


def _at_rate(recording: dict[str, Any], rate: int) -> dict[str, Any]:
    """Return the recording as lhotse describes one that is resampled when it is loaded."""
    before = recording["sampling_rate"]
    if before == rate:
        return recording
    length = (2 * recording["num_samples"] * rate + before) // (2 * before)
    kwargs = {"source_sampling_rate": before, "target_sampling_rate": rate}
    return {
        **recording,
        "sampling_rate": rate,
        "num_samples": length,
        "duration": length / rate,
        "transforms": [{"name": "Resample", "kwargs": kwargs}],
    }


def write_faults(path: Path, faults: list[Fault]) -> None:
    """Write faults as JSON lines."""
    write_jsonl(path, (vars(fault) for fault in faults))


def read_faults(path: Path) -> list[Fault]:
    """Read faults that an earlier stage wrote."""
    return [Fault(**item) for item in read_jsonl(path)]


def count_listed(recipe: Recipe) -> int:
    """Count the entries of the full label file, rejected ones included."""
    path = recipe.manifest("ids.txt")
    if not path.is_file():
        raise InputError(f"{path} does not exist; run stage 1 (manifests)")
    return len(path.read_text(encoding="utf-8").splitlines())

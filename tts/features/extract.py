"""Compute and check log mel features of a corpus in parallel; keep them on disk."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tts.config import to_dict, write_toml
from tts.data.cluster import LOCAL
from tts.data.corpus import Recipe, sources
from tts.data.manifests import count_listed, read_faults
from tts.data.parallel import parallel_map
from tts.data.utterance import Fault
from tts.data.validation import (
    REMARKS,
    AudioLimits,
    RejectPolicy,
    apply_policy,
    check_pace,
    check_samples,
)
from tts.errors import InputError
from tts.features.mel import log_mel
from tts.features.resample import resample
from tts.features.statistics import sums_of
from tts.files import (
    atomic_path,
    read_json,
    read_jsonl,
    remove_leftovers,
    sha256_file,
    sha256_value,
    write_json,
    write_jsonl,
)
from tts.mel import MelConfig, num_frames

# Utterances whose features are finished, flushed to disk and noted together.
CHUNK = 64
# Half precision: off by at most 0.004, 0.0012 in the mean square. In units of the normalised mel
# that is a variance of 3e-7, which is what it adds to a mean squared loss of order 1.
STORED = np.float16
STORAGE = "data/fbank/feats"
# A change in these sources makes every feature be computed again.
DEFINITION = ("mel.py", "features/mel.py", "features/resample.py")


@dataclass(frozen=True)
class Chunk:
    """Hold some cuts and all that their features depend on (picklable, for worker processes)."""

    cuts: tuple[dict[str, Any], ...]
    work: Path
    note: Path
    mel: MelConfig
    limits: AudioLimits
    definition: str = ""

    @property
    def key(self) -> str:
        """Hash the recordings, the definition of the features and the checks."""
        recordings = recordings_of(self.cuts, self.work)
        definition = [self.definition, to_dict(self.mel), to_dict(self.limits), str(STORED)]
        return sha256_value([recordings, definition])


def recordings_of(cuts: Iterable[dict[str, Any]], work: Path) -> list[list[Any]]:
    """Return what is hashed of the recordings of `cuts`: id, manifest, the file's size and time."""
    found = []
    for cut in cuts:
        path = work / source_of(cut)
        stat = path.stat() if path.is_file() else None
        found.append([cut["id"], cut["recording"], stat and [stat.st_size, stat.st_mtime_ns]])
    return found


def source_of(cut: dict[str, Any]) -> str:
    """Return the audio file of a cut, as its manifest has it (relative to the working folder)."""
    return cut["recording"]["sources"][0]["source"]


def storage_key(name: str) -> str:
    """Return where lhotse's NumpyFilesWriter would put an utterance's features."""
    return f"{name[:3]}/{name}.npy"


def extract_chunk(chunk: Chunk) -> list[dict[str, Any]]:
    """Write features and checks of one chunk; what an earlier, interrupted run finished is kept.

    Returns: for every cut a dict of id, faults (kind, detail) and, if the audio could be read,
    num_frames, count, total and squares of the float32 mel, and the hash of its samples.
    """
    folder = chunk.work / STORAGE
    key = chunk.key
    if chunk.note.is_file():
        try:
            note = read_json(chunk.note)
        except InputError:
            note = {}
        if note.get("key") == key and all(
            "num_frames" not in item or (folder / storage_key(item["id"])).is_file()
            for item in note["items"]
        ):
            return note["items"]
    items = [_extract(cut, chunk) for cut in chunk.cuts]
    write_json(chunk.note, {"key": key, "items": items})
    return items


def read_samples(cut: dict[str, Any], path: Path, rate: int) -> tuple[np.ndarray, np.ndarray, int]:
    """Read a cut's samples, as recorded and at `rate` (float32 in [-1, 1]), and the recorded rate.

    Raises: InputError when the file cannot be read or has not one channel.
    """
    import soundfile

    try:
        samples, recorded_rate = soundfile.read(str(path), dtype="float32")
    except (soundfile.SoundFileError, OSError) as error:
        raise InputError(f"{path} cannot be read: {error}") from None
    if samples.ndim != 1:
        raise InputError(f"{path} has {samples.shape[1]} channels instead of 1")
    resampled = resample(samples, recorded_rate, rate)
    return samples, resampled[: cut["recording"]["num_samples"]], recorded_rate


def _extract(cut: dict[str, Any], chunk: Chunk) -> dict[str, Any]:
    """Check, transform and store one utterance; see `extract_chunk`."""
    item: dict[str, Any] = {"id": cut["id"], "faults": []}
    path = chunk.work / source_of(cut)
    try:
        samples, resampled, rate = read_samples(cut, path, chunk.mel.sample_rate)
        if len(resampled) < (wanted := cut["recording"]["num_samples"]):
            raise InputError(f"{path}: {len(resampled)} samples instead of {wanted}")
    except InputError as error:
        item["faults"].append(["unreadable-audio", str(error)])
        return item
    item["faults"] += [list(fault) for fault in check_samples(samples, rate, chunk.limits)]
    if any(kind in ("empty-audio", "not-finite") for kind, _ in item["faults"]):
        return item
    mel = log_mel(resampled, chunk.mel)
    target = chunk.work / STORAGE / storage_key(cut["id"])
    with atomic_path(target) as temporary, open(temporary, "wb") as file:
        np.save(file, mel.astype(STORED), allow_pickle=False)
    sums = sums_of(mel)
    audio = hashlib.sha256(samples.tobytes()).hexdigest()[:16]
    return {**item, "audio": audio, "num_frames": len(mel), **vars(sums)}


def write_features(
    recipe: Recipe, mel: MelConfig, policy: RejectPolicy, num_jobs: int, executor: str = LOCAL
) -> None:
    """Write the log mel of every cut (stage 5), check them, and list the cuts that are kept.

    Files: data/fbank/feats/, <name>_cuts.jsonl.gz, <name>_sums.jsonl.gz, data/mel.toml and
    data/rejected.tsv with every fault of the corpus, its texts and its audio.
    `executor` says where they are computed (see tts.data.cluster); the bytes are the same.
    Raises: InputError when more is rejected than `policy` allows; features already computed
    stay and are used by the next run.
    """
    cuts = list(read_jsonl(recipe.manifest("cuts.jsonl.gz")))
    notes = recipe.data / "fbank" / ".chunks"
    for folder in [notes, *(recipe.work / STORAGE).glob("**/")]:
        remove_leftovers(folder)
    definition = sha256_value([sha256_file(path) for path in sources(*DEFINITION)])
    chunks = [
        Chunk(
            tuple(cuts[start : start + CHUNK]),
            recipe.work,
            notes / f"{start // CHUNK:05d}.json",
            mel,
            recipe.config.audio,
            definition,
        )
        for start in range(0, len(cuts), CHUNK)
    ]
    parts = parallel_map(
        extract_chunk, chunks, num_jobs, "features", len, len(cuts), executor, recipe.work
    )
    items = [item for part in parts for item in part]
    faults = read_faults(recipe.manifest("faults.jsonl"))
    faults += read_faults(recipe.manifest("token_faults.jsonl"))
    faults += audio_faults(cuts, items, recipe)
    report = recipe.data / "rejected.tsv"
    rejected = apply_policy(faults, count_listed(recipe), policy, report)
    kept = [
        (cut, item)
        for cut, item in zip(cuts, items, strict=True)
        if cut["supervisions"][0]["custom"]["position"] not in rejected
    ]
    others = ("faults", "audio")
    sums = [{key: value for key, value in item.items() if key not in others} for _, item in kept]
    write_toml(recipe.data / "mel.toml", to_dict(mel))
    write_jsonl(recipe.fbank("sums.jsonl.gz"), sums)
    write_jsonl(recipe.fbank("cuts.jsonl.gz"), (_with_features(*pair, mel) for pair in kept))
    hours = sum(cut["duration"] for cut, _ in kept) / 3600
    print(f"{len(kept)} utterances, {hours:.2f} hours, features in {recipe.work / STORAGE}")


def audio_faults(
    cuts: Sequence[dict[str, Any]], items: Sequence[dict[str, Any]], recipe: Recipe
) -> list[Fault]:
    """Return the faults of the audio itself, and of audio that cannot belong to its text.

    Those of the kinds in REMARKS have no position: they reject nothing.
    """
    from tts.data.text_tokens import read_frontend
    from tts.text.tokens import TokenTable

    framing = read_frontend(recipe).framing
    table = TokenTable.read(recipe.data / "tokens.txt")
    limits = recipe.config.audio
    lengths = [(cut["duration"], len(cut["custom"]["tokens"])) for cut in cuts]
    faults: list[Fault] = []
    first: dict[str, str] = {}  # which clip has this audio
    for cut, item, pace in zip(cuts, items, check_pace(lengths, limits), strict=True):
        position = cut["supervisions"][0]["custom"]["position"]
        found = [tuple(fault) for fault in item["faults"]]
        if pace:
            found.append(("pace", pace))
        tokens = cut["custom"]["tokens"]
        if "num_frames" in item and not table.unknown(tokens):
            framed = len(table.encode(tokens, framing))
            if item["num_frames"] < framed:
                detail = f"{item['num_frames']} frames for {framed} tokens with blanks"
                found.append(("too-short", detail))
        same = first.setdefault(item.get("audio", cut["id"]), cut["id"])
        if same != cut["id"]:
            found.append(("same-audio", f"the samples of {same}"))
        for kind, detail in found:
            faults.append(Fault(cut["id"], kind, detail, None if kind in REMARKS else position))
    return faults


def _with_features(cut: dict[str, Any], item: dict[str, Any], mel: MelConfig) -> dict[str, Any]:
    """Return the cut with lhotse's description of its stored features."""
    expected = num_frames(cut["recording"]["num_samples"], mel)
    assert item["num_frames"] == expected, (cut["id"], item["num_frames"], expected)
    features = {
        "type": "log-mel",
        "num_frames": item["num_frames"],
        "num_features": mel.n_mels,
        "frame_shift": mel.hop_length / mel.sample_rate,
        "sampling_rate": mel.sample_rate,
        "start": 0.0,
        "duration": cut["duration"],
        "storage_type": "numpy_files",
        "storage_path": STORAGE,
        "storage_key": storage_key(cut["id"]),
        "recording_id": cut["recording"]["id"],
        "channels": 0,
    }
    return {**cut, "features": features}


def write_cmvn(recipe: Recipe) -> None:
    """Write data/fbank/cmvn.json (stage 7) from the float32 values of the training set."""
    from tts.features.statistics import Sums, mean_and_std

    train = {cut["id"] for cut in read_jsonl(recipe.fbank("cuts_train.jsonl.gz"))}
    sums = [
        Sums(item["count"], item["total"], item["squares"])
        for item in read_jsonl(recipe.fbank("sums.jsonl.gz"))
        if item["id"] in train
    ]
    mean, std = mean_and_std(sums)
    write_json(recipe.data / "fbank" / "cmvn.json", {"fbank_mean": mean, "fbank_std": std})
    print(f"mean {mean:.4f}, standard deviation {std:.4f} over {len(sums)} utterances")

"""Compute pitch and energy of a corpus in parallel; keep them on disk with their statistics."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tts.config import from_dict, read_toml, to_dict
from tts.data.corpus import Fault, Recipe, sources
from tts.data.manifests import count_listed
from tts.data.parallel import parallel_map
from tts.data.validation import RejectPolicy, apply_policy
from tts.errors import InputError
from tts.features.energy import energy
from tts.features.extract import CHUNK, read_samples, recordings_of, source_of
from tts.features.pitch import PitchConfig, check_f0, find_f0, log_contour
from tts.features.statistics import mean_and_std, sums_of
from tts.files import read_jsonl, remove_leftovers, sha256_file, sha256_value, write_json
from tts.mel import MelConfig

SPLITS = ("train", "valid", "test")
# A change in these sources makes every contour be computed again.
DEFINITION = tuple(
    f"features/{name}.py" for name in ("pitch", "harmonics", "energy", "mel", "resample")
)


@dataclass(frozen=True)
class Chunk:
    """Hold some cuts and all that their contours depend on (picklable, for worker processes)."""

    cuts: tuple[dict[str, Any], ...]
    work: Path
    path: Path
    mel: MelConfig
    pitch: PitchConfig
    definition: str = ""

    @property
    def key(self) -> str:
        """Hash the recordings and the definition of the contours."""
        recordings = recordings_of(self.cuts, self.work)
        return sha256_value([recordings, self.definition, to_dict(self.mel), to_dict(self.pitch)])


def contours_of(samples_S: np.ndarray, mel: MelConfig, pitch: PitchConfig) -> np.ndarray:
    """Compute log F0, voicing (0 or 1) and energy of each mel frame, float32 (T, 3)."""
    f0 = find_f0(samples_S, mel.sample_rate, mel.hop_length, pitch)
    columns = [log_contour(f0), f0 > 0, energy(samples_S, mel)]
    return np.stack(columns, axis=1).astype(np.float32)


def extract_chunk(chunk: Chunk) -> list[tuple[str, str]]:
    """Write the contours of one chunk; those of an earlier, interrupted run are kept.

    Returns: id and reason of each recording that cannot be read (it gets no frame).
    """
    from tts.data.packed_file import Packed, pack_arrays

    key, ids = chunk.key, [cut["id"] for cut in chunk.cuts]
    if chunk.path.is_file():
        try:
            before = Packed(chunk.path)
        except InputError:
            before = None
        if before is not None and before.ids == ids and before.made_from == {"key": key}:
            return []
    unreadable, found = [], []
    for cut in chunk.cuts:
        try:
            _, samples, _ = read_samples(cut, chunk.work / source_of(cut), chunk.mel.sample_rate)
        except InputError as error:
            unreadable.append((cut["id"], str(error)))
            samples = np.zeros(0, dtype=np.float32)
        found.append(contours_of(samples, chunk.mel, chunk.pitch))
    # What could not be read is tried again by the next run.
    made_from = {"key": "" if unreadable else key}
    pack_arrays(chunk.path, ids, [len(one) for one in found], found, made_from)
    return unreadable


def write_contours(
    recipe: Recipe, mel: MelConfig, pitch: PitchConfig, policy: RejectPolicy, num_jobs: int
) -> None:
    """Write data/pitch (stage 9): contours of every cut, faults, the policy, then the splits.

    Files: data/pitch/<name>_pitch_{train,valid,test}.bin (see tts.data.packed_file; float32 columns
    log F0, voicing, energy), data/pitch/stats.json of the training set, data/pitch/rejected.tsv.
    Raises: InputError when more is rejected than `policy` allows.
    """
    from tts.data.packed_file import Packed, pack_arrays

    cuts = list(read_jsonl(recipe.fbank("cuts.jsonl.gz")))
    folder = recipe.data / "pitch"
    remove_leftovers(folder / ".chunks")
    definition = sha256_value([sha256_file(path) for path in sources(*DEFINITION)])
    chunks = [
        Chunk(
            tuple(cuts[start : start + CHUNK]),
            recipe.work,
            folder / ".chunks" / f"{start // CHUNK:05d}.bin",
            mel,
            pitch,
            definition,
        )
        for start in range(0, len(cuts), CHUNK)
    ]
    parts = parallel_map(extract_chunk, chunks, num_jobs, "pitch", lambda part: CHUNK, len(cuts))
    unreadable = dict(fault for part in parts for fault in part)
    arrays = [array for chunk in chunks for array in Packed(chunk.path)]
    found, faults = {}, []
    for cut, array in zip(cuts, arrays, strict=True):
        found[cut["id"]] = array
        for kind, detail in faults_of(cut, array, unreadable.get(cut["id"]), pitch):
            position = cut["supervisions"][0]["custom"]["position"]
            faults.append(Fault(cut["id"], kind, detail, position))
    apply_policy(faults, count_listed(recipe), policy, folder / "rejected.tsv")
    for fault in faults:
        found.pop(fault.id, None)
    for split in SPLITS:
        kept = [cut["id"] for cut in recipe.cuts(split) if cut["id"] in found]
        if not kept:
            raise InputError(
                f"no utterance of the {split} set has a usable F0: {folder / 'rejected.tsv'} says "
                "why; see --f0-min and --f0-max"
            )
        chosen = [found[name] for name in kept]
        target = folder / f"{recipe.config.name}_pitch_{split}.bin"
        pack_arrays(target, kept, [len(one) for one in chosen], chosen, {"definition": definition})
        if split == "train":
            statistics = statistics_of(chosen)
    write_json(folder / "stats.json", statistics)
    print(
        f"{len(found)} utterances; training set: F0 {np.exp(statistics['log_f0_mean']):.0f} Hz on "
        f"average (geometric), {statistics['f0_min']:.0f} to {statistics['f0_max']:.0f} Hz, "
        f"{statistics['voiced']:.0%} of the frames voiced; {folder}"
    )


def faults_of(
    cut: dict[str, Any], contours_T3: np.ndarray, unreadable: str | None, pitch: PitchConfig
) -> list[tuple[str, str]]:
    """Say what is wrong (kind, detail) with an utterance's contours."""
    if unreadable is not None:
        return [("unreadable-audio", unreadable)]
    frames = cut["features"]["num_frames"]
    if len(contours_T3) != frames:
        return [("frames", f"{len(contours_T3)} frames, its mel has {frames}: run stage 5 again")]
    log_f0, voiced = contours_T3[:, 0].astype(np.float64), contours_T3[:, 1]
    return check_f0(np.where(voiced > 0, np.exp(log_f0), 0.0), pitch)


def statistics_of(contours: Sequence[np.ndarray]) -> dict[str, float]:
    """Compute mean, deviation and range of log F0 (voiced frames) and of energy (all frames).

    f0_min and f0_max are in Hz; voiced is the share of frames that are.
    """
    log_f0 = [array[:, 0][array[:, 1] > 0] for array in contours]
    energies = [array[:, 2] for array in contours]
    f0_mean, f0_std = mean_and_std(map(sums_of, log_f0))
    energy_mean, energy_std = mean_and_std(map(sums_of, energies))
    return {
        "log_f0_mean": f0_mean,
        "log_f0_std": f0_std,
        "f0_min": float(np.exp(_least(log_f0))),
        "f0_max": float(np.exp(-_least(-values for values in log_f0))),
        "energy_mean": energy_mean,
        "energy_std": energy_std,
        "energy_min": _least(energies),
        "energy_max": -_least(-values for values in energies),
        "voiced": sum(map(len, log_f0)) / sum(map(len, contours)),
    }


def _least(arrays: Iterable[np.ndarray]) -> float:
    return min(float(array.min()) for array in arrays)


def read_mel_config(recipe: Recipe) -> MelConfig:
    """Read the mel of the prepared features (data/mel.toml)."""
    path = recipe.data / "mel.toml"
    return from_dict(MelConfig, read_toml(path), str(path))

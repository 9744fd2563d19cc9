"""Pack the recordings of a split into one memory-mapped file, for vocoder training."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tts.data.corpus import Recipe
from tts.data.packed_file import Packed, pack_arrays
from tts.errors import InputError
from tts.features.contours import read_mel_config
from tts.features.extract import read_samples, recordings_of, source_of
from tts.files import fingerprint, sha256_value
from tts.mel import MelConfig


def audio_path(data: Path, name: str, split: str) -> Path:
    """Return where the recordings of a split are packed: data/audio/<name>_audio_<split>.bin."""
    return data / "audio" / f"{name}_audio_{split}.bin"


def predicted_path(data: Path, name: str, split: str) -> Path:
    """Return where predicted mels are packed: data/predicted/<name>_mels_<split>.bin."""
    return data / "predicted" / f"{name}_mels_{split}.bin"


def pack_audio(recipe: Recipe, split: str) -> Packed:
    """Write data/audio/<name>_audio_<split>.bin unless it is up to date; return it open.

    Each recording is held at the mel's rate with the reflected margins of its frames, cut to
    whole frames: T frames take T * hop_length + n_fft - hop_length samples. Samples are int16
    where every file is 16-bit PCM at that rate, else float32.

    Raises: InputError for recordings that cannot be read (all of them, in one message), or a
    full disk.
    """
    mel = read_mel_config(recipe)
    cuts = list(recipe.cuts(split))
    if not cuts:
        raise InputError(f"the {split} set is empty: nothing to pack")
    path = audio_path(recipe.data, recipe.config.name, split)
    facts = {"recordings": sha256_value(recordings_of(cuts, recipe.work)), "mel": repr(mel)}
    if path.is_file():
        try:
            packed = Packed(path)
            if packed.made_from == facts:
                return packed
        except InputError:
            pass  # damaged: made again
    paths = [recipe.work / source_of(cut) for cut in cuts]
    kind = np.dtype(np.int16 if _are_pcm_16(paths, mel.sample_rate) else np.float32)
    lengths = [packed_length(num_samples_of(cut), mel) for cut in cuts]
    arrays = _arrays(cuts, paths, mel, kind)
    pack_arrays(path, [cut["id"] for cut in cuts], lengths, arrays, facts)
    return Packed(path)


def pack_predicted(
    recipe: Recipe, split: str, mels: Iterable[tuple[str, np.ndarray]], voice: Path
) -> Packed:
    """Write data/predicted/<name>_mels_<split>.bin: mels (T, F) as float16; return it open.

    Args: mels, id and mel of each recording; voice, the checkpoint that made them, whose hash is
    kept with them.
    """
    ids, kept = [], []
    for name, mel_TF in mels:
        ids.append(name)
        kept.append(mel_TF.astype(np.float16))
    path = predicted_path(recipe.data, recipe.config.name, split)
    recordings = sha256_value(recordings_of(list(recipe.cuts(split)), recipe.work))
    facts = {"recordings": recordings, "voice": str(voice), "voice_sha256": fingerprint(voice)}
    pack_arrays(path, ids, [len(mel) for mel in kept], kept, facts)
    return Packed(path)


def num_samples_of(cut: dict[str, Any]) -> int:
    """Count the samples of a cut's recording at the mel's rate, as its manifest says."""
    return cut["recording"]["num_samples"]


def packed_length(num_samples: int, mel: MelConfig) -> int:
    """Count the samples that a recording takes: its whole frames and their margins."""
    return num_samples // mel.hop_length * mel.hop_length + mel.n_fft - mel.hop_length


def frames_in(length: int, mel: MelConfig) -> int:
    """Return the whole frames of a packed recording of this length: see `packed_length`."""
    return (length - (mel.n_fft - mel.hop_length)) // mel.hop_length


def with_margins(samples_S: np.ndarray, mel: MelConfig) -> np.ndarray:
    """Reflect the ends of a recording and cut it to whole frames: see `pack_audio`."""
    both = mel.n_fft - mel.hop_length
    padded = np.pad(samples_S, (both // 2, both - both // 2), mode="reflect")
    return padded[: packed_length(len(samples_S), mel)]


def _are_pcm_16(paths: Sequence[Path], rate: int) -> bool:
    import soundfile

    infos = (soundfile.info(str(path)) for path in paths)
    return all(i.subtype == "PCM_16" and i.samplerate == rate and i.channels == 1 for i in infos)


def _arrays(
    cuts: Sequence[dict[str, Any]], paths: Sequence[Path], mel: MelConfig, kind: np.dtype
) -> Iterator[np.ndarray]:
    for cut, path in zip(cuts, paths, strict=True):
        _, samples, _ = read_samples(cut, path, mel.sample_rate)
        padded = with_margins(samples, mel)
        if kind == np.int16:
            padded = np.round(padded * 32768).clip(-32768, 32767)
        yield padded.astype(kind)[:, None]

"""Open the recordings of stage pack-audio and predicted mels for vocoder training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tts.config import from_dict, read_toml
from tts.data.packed_file import Packed
from tts.data.segments import SegmentLoader, SegmentPlan
from tts.errors import InputError
from tts.features.packed_audio import audio_path, frames_in, predicted_path
from tts.files import fingerprint, sha256_value
from tts.mel import MelConfig
from tts.train.vocoder_config import VocoderTrainConfig
from tts.train.world import World


@dataclass(frozen=True)
class SegmentData:
    """Hold the data of a vocoder's training.

    Attributes: mel; ids, of the training recordings; loader, of their segments; valid, the
    validation recordings with their margins; facts, what tells these data from others; notes,
    what was left out.
    """

    mel: MelConfig
    ids: list[str]
    loader: SegmentLoader
    valid: Packed
    facts: dict[str, Any]
    notes: list[str]

    @property
    def plan(self) -> SegmentPlan:
        """Return the order of the segments."""
        return self.loader.plan


def open_segments(config: VocoderTrainConfig, prefix: str, world: World) -> SegmentData:
    """Open data/audio/<prefix>_audio_*.bin and, where they are asked for, the predicted mels.

    Raises: InputError where a file is missing or damaged, was made for another mel, or
    predicted mels do not belong to these recordings and the voice as it is now.
    """
    data = Path(config.data_dir)
    mel = from_dict(MelConfig, read_toml(data / "mel.toml"), str(data / "mel.toml"))
    train, valid = (_open(data, prefix, split, mel) for split in ("train", "valid"))
    frames = [frames_in(length, mel) for length in train.lengths.tolist()]
    plan = SegmentPlan(
        frames, config.segment_frames, config.batch_size, config.seed, world.rank, world.size
    )
    predicted, voice = None, {}
    if config.predicted_share:
        predicted, voice = _open_predicted(data, prefix, train, frames)
    loader = SegmentLoader(
        train, train.ids, plan, mel, config.gain_db, predicted, config.predicted_share
    )
    made_from = [train.ids, train.made_from, voice]
    facts = {"utterances": len(train), "sha256": sha256_value(made_from)}
    return SegmentData(mel, train.ids, loader, valid, facts, _notes(train.ids, frames, config))


def _open(data: Path, prefix: str, split: str, mel: MelConfig) -> Packed:
    path = audio_path(data, prefix, split)
    if not path.is_file():
        raise InputError(f"{path} does not exist: run the stage pack-audio (16) of run.sh first")
    packed = Packed(path)
    if packed.made_from.get("mel") != repr(mel):
        raise InputError(
            f"{path} was packed for another mel than {data / 'mel.toml'}: run the stage "
            "pack-audio (16) again"
        )
    return packed


def _open_predicted(
    data: Path, prefix: str, audio: Packed, frames: Sequence[int]
) -> tuple[list[np.ndarray | None], dict[str, str]]:
    """Open the predicted mel of each recording, where there is one, and what made them."""
    path = predicted_path(data, prefix, "train")
    again = "run the stage predicted-mels (17) of run.sh"
    if not path.is_file():
        raise InputError(f"--predicted-share: {path} does not exist: {again}")
    packed = Packed(path)
    made = packed.made_from
    if made.get("recordings") != audio.made_from["recordings"]:
        raise InputError(f"{path} was made of other recordings: {again}")
    if fingerprint(made["voice"]) != made["voice_sha256"]:
        raise InputError(
            f"{path} was made by {made['voice']}, which has changed or is gone since: {again}"
        )
    place = {name: index for index, name in enumerate(packed.ids)}
    mels = [packed[place[name]] if name in place else None for name in audio.ids]
    pairs = zip(audio.ids, mels, frames, strict=True)
    short = [name for name, mel, count in pairs if mel is not None and len(mel) < count]
    if short:
        raise InputError(f"{path}: {len(short)} mels are shorter than their recordings: {again}")
    return mels, made


def _notes(ids: Sequence[str], frames: Sequence[int], config: VocoderTrainConfig) -> list[str]:
    short = [name for name, count in zip(ids, frames, strict=True) if count < config.segment_frames]
    if not short:
        return []
    named = f"{', '.join(short[:10])}{' ...' if len(short) > 10 else ''}"
    return [
        f"{len(short)} recordings are shorter than --segment-frames {config.segment_frames} and "
        f"are not trained on: {named}"
    ]

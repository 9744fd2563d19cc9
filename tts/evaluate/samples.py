"""The recorded utterances that a voice is measured on."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tts.config import from_dict, read_toml
from tts.data.loader import Example, read_mel
from tts.errors import InputError
from tts.features.mel import MelConfig
from tts.infer.voice import Voice


@dataclass(frozen=True)
class Sample:
    """A recorded utterance: its tokens, its stored mel (T, F), and where the audio lies."""

    id: str
    tokens: list[str]
    mel_TF: np.ndarray
    recording: str = ""


def read_samples(
    cuts: Iterable[dict[str, Any]], base: Path, voice: Voice, limit: int
) -> list[Sample]:
    """The first `limit` cuts (0: all of them) as samples for `voice`.

    Args:
      cuts: cuts of a split as plain values.
      base: the working folder that holds data/; paths in the cuts are relative to it.

    Raises: InputError when a feature file cannot be used, the split is empty, or the data have
    another mel than the voice makes.
    """
    prepared = base / "data" / "mel.toml"
    mel = from_dict(MelConfig, read_toml(prepared), str(prepared))
    if mel != voice.mel:
        raise InputError(
            f"the prepared data have another mel than {voice.source} makes:\n"
            f"  data:  {mel} ({prepared})\n  voice: {voice.mel}\n"
            "give --work the folder of the data that the voice was trained on"
        )
    samples = []
    for cut in itertools.islice(cuts, limit or None):
        tokens, features = cut["custom"]["tokens"], cut["features"]
        path = base / features["storage_path"] / features["storage_key"]
        example = Example(cut["id"], np.array(voice.encode(tokens)), path, features["num_frames"])
        sources = cut.get("recording", {}).get("sources", [])
        recording = str(base / sources[0]["source"]) if sources else ""
        samples.append(Sample(cut["id"], tokens, read_mel(example), recording))
    if not samples:
        raise InputError(f"no utterance to evaluate on below {base}: the split is empty")
    return samples

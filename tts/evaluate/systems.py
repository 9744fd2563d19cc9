"""Let systems speak: recordings, folders of sounds, trained voices, vocoded recordings."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from tts.batch import Batch
from tts.errors import InputError
from tts.evaluate.samples import ENDINGS, Sample, fault_of, read_sound
from tts.evaluate.utterance import SystemUtterance
from tts.infer.speak import Item, Manner, speak
from tts.mel import MelConfig
from tts.voice import Voice, load_voice

RECORDING, VOCODED = "recording", "vocoded"
# Faults printed at most; the rest are counted.
MOST_FAULTS = 40


@dataclass(frozen=True)
class System(ABC):
    """Say utterances: `name` in tables and file names, `source` in words."""

    name: str
    source: str
    mel: MelConfig

    def faults(self, samples: Sequence[Sample]) -> list[str]:
        """Find what stands in the way of saying all of `samples`, found without saying any."""
        return []

    @abstractmethod
    def say(self, sample: Sample, recorded: SystemUtterance) -> SystemUtterance:
        """Say one utterance; `recorded` is its recording."""

    def align(self, sample: Sample, recorded: SystemUtterance) -> np.ndarray | None:
        """Count the frames of each framed token in the recording, where this system can tell."""
        return None

    def blanks(self, sample: Sample) -> np.ndarray | None:
        """Say which framed tokens are blanks, where this system has tokens."""
        return None


@dataclass(frozen=True)
class Folder(System):
    """Read sounds that someone else made: <id>.wav or <id>.flac."""

    folder: Path
    any_rate: bool = False

    def path(self, sample: Sample) -> Path:
        """Return the file of an utterance, whether it exists or not."""
        paths = [self.folder / f"{sample.id}{ending}" for ending in ENDINGS]
        return next((path for path in paths if path.is_file()), paths[0])

    def faults(self, samples: Sequence[Sample]) -> list[str]:
        found = [fault_of(self.path(sample), self.mel, self.any_rate) for sample in samples]
        return [fault for fault in found if fault]

    def say(self, sample: Sample, recorded: SystemUtterance) -> SystemUtterance:
        return SystemUtterance(read_sound(self.path(sample), self.mel), self.mel)


class Recording(System):
    """Read the recordings themselves, at whatever rate they have."""

    def faults(self, samples: Sequence[Sample]) -> list[str]:
        found = [fault_of(sample.recording, self.mel, any_rate=True) for sample in samples]
        return [fault for fault in found if fault]

    def say(self, sample: Sample, recorded: SystemUtterance | None = None) -> SystemUtterance:
        return SystemUtterance(read_sound(sample.recording, self.mel), self.mel)


@dataclass(frozen=True)
class Vocoded(System):
    """Send the recording's mel through a vocoder: the best a voice could do with it."""

    vocoder: Any

    @torch.inference_mode()
    def say(self, sample: Sample, recorded: SystemUtterance) -> SystemUtterance:
        samples = self.vocoder(torch.from_numpy(recorded.mel_TF)[None])[0].clamp(-1.0, 1.0)
        return SystemUtterance(samples.cpu().numpy(), self.mel, model_mel_TF=recorded.mel_TF)


@dataclass(frozen=True)
class Spoken(System):
    """Speak with a trained voice of this project, through a vocoder."""

    voice: Voice
    vocoder: Any
    manner: Manner
    device: str = "cpu"

    def faults(self, samples: Sequence[Sample]) -> list[str]:
        faults = []
        for sample in samples:
            if sample.tokens is None:
                return [f"{self.name}: a voice needs the tokens of a recipe's split (--corpus)"]
            unknown = self.voice.table.unknown(sample.tokens)
            if unknown:
                faults.append(f"{self.name}: {sample.id} has tokens the voice lacks: {unknown}")
        return faults

    def say(self, sample: Sample, recorded: SystemUtterance) -> SystemUtterance:
        item = Item(sample.id, tokens=sample.tokens)
        (speech,) = speak(self.voice, [item], self.vocoder, self.manner, self.device)
        return SystemUtterance(
            speech.samples,
            self.mel,
            model_mel_TF=speech.mel_TF,
            durations_L=speech.durations,
            rtf=speech.rtf,
        )

    @torch.inference_mode()
    def align(self, sample: Sample, recorded: SystemUtterance) -> np.ndarray | None:
        """Align by the model's own search; None when it has none, or fewer frames than tokens."""
        ids, mel_TF = self.voice.encode(sample.tokens or []), recorded.mel_TF
        if not hasattr(self.voice.model, "align") or len(ids) > len(mel_TF):
            return None
        batch = Batch(
            ids=[sample.id],
            tokens_BL=torch.tensor([ids]),
            tokens_lens=torch.tensor([len(ids)]),
            mel_BTF=torch.from_numpy(mel_TF)[None],
            mel_lens=torch.tensor([len(mel_TF)]),
        )
        return self.voice.model.align(batch.to(self.device))[0].cpu().numpy()

    def blanks(self, sample: Sample) -> np.ndarray:
        return np.array(self.voice.encode(sample.tokens or [])) == self.voice.table.pad_id


def parse_systems(texts: Sequence[str]) -> dict[str, Path]:
    """Read NAME=PATH items as names and paths; every fault in one InputError."""
    faults, result = [], {}
    for text in texts:
        name, equals, path = text.partition("=")
        if not equals or not path:
            faults.append(f"{text}: expected NAME=PATH, for example matcha=matcha/exp")
        elif not re.fullmatch(r"\w[\w.+-]*", name) or name in (RECORDING, VOCODED):
            faults.append(f"{text}: {name!r} cannot name a system (letters, digits, . + - _)")
        elif name in result:
            faults.append(f"{text}: the name {name} is given twice")
        elif not Path(path).exists():
            faults.append(f"{text}: {path} does not exist")
        else:
            result[name] = Path(path)
    refuse("--systems", faults)
    return result


def refuse(what: str, faults: Sequence[str]) -> None:
    """Raise an InputError that lists `faults`, if there are any."""
    if faults:
        more = [f"... and {len(faults) - MOST_FAULTS} more"] * (len(faults) > MOST_FAULTS)
        lines = "".join(f"\n  {fault}" for fault in [*faults[:MOST_FAULTS], *more])
        raise InputError(f"{what}: {len(faults)} fault{'s' * (len(faults) > 1)}{lines}")


def open_system(
    name: str,
    path: Path,
    mel: MelConfig,
    vocoder: Any,
    manner: Manner,
    *,
    epoch: int | None = None,
    which: str = "ema",
    device: str = "cpu",
    any_rate: bool = False,
) -> System:
    """Open a folder of sounds, or the voice of an experiment folder or checkpoint file.

    Raises: InputError when there is neither, or the voice makes another mel than `mel`.
    """
    sounds = path.is_dir() and any(item.suffix in ENDINGS for item in path.iterdir())
    if sounds and not any(path.glob("*.pt")):
        return Folder(name, str(path), mel, path, any_rate)
    if path.is_dir() and not any(path.glob("*.pt")):
        raise InputError(f"{name}={path}: neither sounds (.wav, .flac) nor checkpoints (.pt)")
    voice = load_voice(path, epoch, which)
    if voice.mel != mel:
        raise InputError(
            f"the prepared data have another mel than {voice.source} makes:\n"
            f"  data:  {mel}\n  voice: {voice.mel}\n"
            "give --work the folder of the data that the voice was trained on, or speak with "
            "infer.py and give the folder of its wavs"
        )
    return Spoken(name, voice.source, mel, voice, vocoder, manner, device)

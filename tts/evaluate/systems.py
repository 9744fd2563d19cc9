"""Say utterances by recordings, folders of sounds, trained voices, or mels through a vocoder."""

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
from tts.infer.pytorch import TorchVoice
from tts.infer.speak import Request, speak
from tts.mel import MelConfig
from tts.vocoders import vocode
from tts.voice import SpeakingOptions, load_voice

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
        """Return what stands in the way of saying all of `samples`, without saying any."""
        return []

    @abstractmethod
    def say(self, sample: Sample, recorded: SystemUtterance) -> SystemUtterance:
        """Say one utterance; `recorded` is its recording."""

    def align(self, sample: Sample, recorded: SystemUtterance) -> np.ndarray | None:
        """Count the frames of each framed token in the recording, where this system can."""
        return None

    def blanks(self, sample: Sample) -> np.ndarray | None:
        """Tell which framed tokens are blanks, where this system has tokens."""
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
    """Pass the recording's mel through a vocoder, the best a voice could do (copy synthesis)."""

    vocoder: Any

    def say(self, sample: Sample, recorded: SystemUtterance) -> SystemUtterance:
        samples = vocode(self.vocoder, torch.from_numpy(recorded.mel_TF))
        return SystemUtterance(samples, self.mel, model_mel_TF=recorded.mel_TF)


@dataclass(frozen=True)
class Spoken(System):
    """Speak with a trained voice of this project and a vocoder."""

    backend: TorchVoice
    options: SpeakingOptions

    def faults(self, samples: Sequence[Sample]) -> list[str]:
        faults = []
        for sample in samples:
            if sample.tokens is None:
                return [f"{self.name}: a voice needs the tokens of a recipe's split (--corpus)"]
            unknown = self.backend.voice.table.unknown(sample.tokens)
            if unknown:
                faults.append(f"{self.name}: {sample.id} has tokens the voice lacks: {unknown}")
        return faults

    def say(self, sample: Sample, recorded: SystemUtterance) -> SystemUtterance:
        request = Request(sample.id, tokens=sample.tokens)
        (speech,) = speak(self.backend, [request], self.options)
        return SystemUtterance(
            speech.samples,
            self.mel,
            model_mel_TF=speech.mel_TF,
            durations_L=speech.durations,
            rtf=speech.rtf,
        )

    @torch.inference_mode()
    def align(self, sample: Sample, recorded: SystemUtterance) -> np.ndarray | None:
        """Align with the model itself; None when it has none, or fewer frames than tokens."""
        model, mel_TF = self.backend.model, recorded.mel_TF
        ids = self.backend.voice.encode(sample.tokens or [])
        if not hasattr(model, "align") or len(ids) > len(mel_TF):
            return None
        batch = Batch(
            ids=[sample.id],
            tokens_BL=torch.tensor([ids]),
            tokens_lens=torch.tensor([len(ids)]),
            mel_BTF=torch.from_numpy(mel_TF)[None],
            mel_lens=torch.tensor([len(mel_TF)]),
        )
        return model.align(batch.to(self.backend.device))[0].cpu().numpy()

    def blanks(self, sample: Sample) -> np.ndarray:
        voice = self.backend.voice
        return np.array(voice.encode(sample.tokens or [])) == voice.table.pad_id


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
    """Raise InputError listing `faults`, if there are any."""
    if faults:
        more = [f"... and {len(faults) - MOST_FAULTS} more"] * (len(faults) > MOST_FAULTS)
        lines = "".join(f"\n  {fault}" for fault in [*faults[:MOST_FAULTS], *more])
        raise InputError(f"{what}: {len(faults)} fault{'s' * (len(faults) > 1)}{lines}")


def open_system(
    name: str,
    path: Path,
    mel: MelConfig,
    vocoder: Any,
    options: SpeakingOptions,
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
    return Spoken(name, voice.source, mel, TorchVoice(voice, vocoder, device), options)

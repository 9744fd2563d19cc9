"""Say utterances by recordings, folders of sounds, trained voices, or mels through a vocoder."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch

from tts.batch import Batch
from tts.errors import InputError
from tts.evaluate.samples import ENDINGS, Sample, fault_of, read_sound
from tts.evaluate.utterance import SystemUtterance
from tts.export.parts import default_model, vocoder_of
from tts.features.resample import resample
from tts.infer.long_text import say_sentences
from tts.infer.onnx import OnnxVoice
from tts.infer.pytorch import TorchVoice
from tts.infer.sherpa import SherpaVoice
from tts.infer.speak import Backend, Request, speak
from tts.mel import MelConfig
from tts.text.spoken import FrontEnd
from tts.text.tokens import TokenTable
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
    def say(self, sample: Sample, recorded: SystemUtterance | None) -> SystemUtterance:
        """Say one utterance; `recorded` is its recording, where there is one."""

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
        voice = self.backend.voice
        return _cannot_say(self.name, self.backend.frontend, voice.table, samples)

    def say(self, sample: Sample, recorded: SystemUtterance | None) -> SystemUtterance:
        (speech,) = speak(self.backend, [_request(sample)], self.options)
        return SystemUtterance(
            speech.samples,
            self.mel,
            model_mel_TF=speech.mel_TF,
            durations_L=speech.durations,
            word_spans=speech.word_spans,
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


@dataclass(frozen=True)
class Packaged(System):
    """Speak with a package of export_onnx.py, in ONNX Runtime or sherpa-onnx."""

    backend: Backend
    options: SpeakingOptions

    def faults(self, samples: Sequence[Sample]) -> list[str]:
        frontend = self.backend.frontend
        return _cannot_say(self.name, frontend, frontend.token_table(), samples)

    def say(self, sample: Sample, recorded: SystemUtterance | None) -> SystemUtterance:
        (speech,) = speak(self.backend, [_request(sample)], self.options)
        samples = resample(speech.samples, speech.sample_rate, self.mel.sample_rate)
        return SystemUtterance(samples, self.mel, word_spans=speech.word_spans, rtf=speech.rtf)


def _cannot_say(
    name: str, frontend: FrontEnd, table: TokenTable, samples: Sequence[Sample]
) -> list[str]:
    """Return the samples that a voice cannot say: unknown tokens, no text, nothing to say."""
    faults = []
    for sample in samples:
        if sample.tokens is not None:
            unknown = table.unknown(sample.tokens)
            if unknown:
                faults.append(f"{name}: {sample.id} has tokens the voice lacks: {unknown}")
        elif sample.recording:
            return [f"{name}: a voice needs the tokens of a recipe's split (--corpus)"]
        else:
            try:
                say_sentences(sample.text, frontend)
            except InputError as error:
                faults.append(f"{name}: {sample.id}: {error}")
    return faults


def _request(sample: Sample) -> Request:
    """Ask for the tokens of a recipe's utterance, else for the text."""
    return Request(sample.id, sample.text, sample.tokens)


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
    runtime: Literal["onnx", "sherpa"] = "onnx",
    num_threads: int = 1,
    epoch: int | None = None,
    which: str = "ema",
    device: str = "cpu",
    any_rate: bool = False,
) -> System:
    """Open a folder of sounds, a package, or the voice of an experiment folder or checkpoint file.

    runtime, num_threads: what speaks a package, with how many threads.

    Raises: InputError when there is none of them, or the voice makes another mel than `mel`.
    """
    if (path / "tokens.txt").is_file() and any(path.glob("*.onnx")):
        return _open_package(name, path, mel, options, runtime, num_threads)
    sounds = path.is_dir() and any(item.suffix in ENDINGS for item in path.iterdir())
    if sounds and not any(path.glob("*.pt")):
        return Folder(name, str(path), mel, path, any_rate)
    if path.is_dir() and not any(path.glob("*.pt")):
        raise InputError(
            f"{name}={path}: neither sounds (.wav, .flac), nor checkpoints (.pt), nor a package "
            "(tokens.txt and .onnx)"
        )
    voice = load_voice(path, epoch, which)
    if voice.mel != mel:
        raise InputError(
            f"the prepared data (without --corpus: 22.05 kHz) have another mel than "
            f"{voice.source} makes:\n  data:  {mel}\n  voice: {voice.mel}\n"
            "give --corpus and --work of the data that the voice was trained on, or speak with "
            "infer.py and give the folder of its wavs"
        )
    return Spoken(name, voice.source, mel, TorchVoice(voice, vocoder, device), options)


def _open_package(
    name: str,
    path: Path,
    mel: MelConfig,
    options: SpeakingOptions,
    runtime: str,
    num_threads: int,
) -> Packaged:
    """Open what speaks a package with its model of options.num_steps; of the usual number of steps,
    the package's own default where it has none such.
    """
    usual = options.num_steps == SpeakingOptions.num_steps
    model = path / f"model-steps-{options.num_steps}.onnx"
    if not model.is_file():
        model = default_model(path, None if usual else options.num_steps)
    if runtime == "sherpa":
        engine = SherpaVoice(path, num_threads, model.name, options.noise_scale).engine
        # Steps and temperature are the engine's own, and its noise has no seed.
        return Packaged(name, f"{model}, sherpa-onnx", mel, engine, SpeakingOptions())
    lexicon = path / "lexicon.txt"
    parts = vocoder_of(path, model), path / "tokens.txt", lexicon if lexicon.is_file() else None
    voice = OnnxVoice(model, *parts, num_threads)
    return Packaged(name, f"{model}, ONNX Runtime", mel, voice, options)

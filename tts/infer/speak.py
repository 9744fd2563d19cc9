"""Speak texts, token sequences or given mels into waveforms."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tts.errors import InputError
from tts.files import atomic_path
from tts.infer.voice import Voice


@dataclass(frozen=True)
class Manner:
    """How to speak.

    Attributes: num_steps, Euler steps of the flow; noise_scale, the temperature of its start;
    length_scale, above 1 is slower; seed, of the noise of every utterance.
    """

    num_steps: int = 3
    noise_scale: float = 0.667
    length_scale: float = 1.0
    seed: int = 42

    def __post_init__(self) -> None:
        if self.num_steps < 1:
            raise InputError(f"{self.num_steps} flow steps: at least 1 is needed")
        if not 0 <= self.noise_scale < math.inf:
            raise InputError(f"temperature {self.noise_scale}: must be 0 or more")
        if not 0 < self.length_scale < math.inf:
            raise InputError(f"length scale {self.length_scale}: must be greater than 0")
        if not 0 <= self.seed < 2**63:
            raise InputError(f"seed {self.seed}: must be 0 or more, below 2^63")


@dataclass(frozen=True)
class Item:
    """One thing to speak: `tokens` where they are known, else `text`; `mel_TF` where a given
    mel (a recording's) is to pass through the vocoder instead.
    """

    id: str
    text: str = ""
    tokens: list[str] | None = None
    mel_TF: np.ndarray | None = None


@dataclass(frozen=True)
class Speech:
    """What was said.

    Attributes:
      tokens: the tokens spoken; problems: what the front end could not say.
      mel_TF: natural-log mel; durations: frames of each framed token.
      samples: float32 in [-1, 1]; sample_rate in Hz.
      acoustic_seconds, vocoder_seconds: time spent on each.
    """

    id: str
    tokens: list[str]
    problems: list[Any]
    mel_TF: np.ndarray
    durations: np.ndarray
    samples: np.ndarray
    sample_rate: int
    acoustic_seconds: float
    vocoder_seconds: float

    @property
    def seconds(self) -> float:
        """Length of the speech in seconds."""
        return len(self.samples) / self.sample_rate

    @property
    def rtf(self) -> float:
        """Real-time factor: time spent over length of the speech."""
        return (self.acoustic_seconds + self.vocoder_seconds) / max(1e-9, self.seconds)


def speak(
    voice: Voice, items: Iterable[Item], vocoder: Any, manner: Manner, device: str = "cpu"
) -> Iterator[Speech]:
    """Speak each item; the same seed gives the same speech whatever came before.

    Raises: InputError naming the item when nothing of its text can be said.
    """
    import torch

    try:
        model = voice.model.to(device)
    except (RuntimeError, AssertionError) as error:  # as torch reports a missing device
        reason = str(error).partition("\n")[0]
        raise InputError(f"device {device}: {reason}; use cpu, cuda or cuda:N") from None
    frontend = None
    for item in items:
        tokens, problems = item.tokens, []
        if tokens is None:
            frontend = frontend or voice.speaker()
            spoken = frontend(item.text)
            tokens, problems = spoken.tokens, list(spoken.problems)
        if not any(character.isalnum() for token in tokens for character in token):
            raise InputError(
                f"{item.id}: nothing to say in {item.text[:60]!r} (after the front end: "
                f"{' '.join(tokens) or 'no tokens'})"
            )
        ids = voice.encode(tokens)
        torch.manual_seed(manner.seed)
        start = time.perf_counter()
        with torch.inference_mode():
            if item.mel_TF is None:
                out = model.synthesise(
                    torch.tensor([ids], device=device),
                    torch.tensor([len(ids)], device=device),
                    noise_scale=manner.noise_scale,
                    length_scale=manner.length_scale,
                    num_steps=manner.num_steps,
                )
                mel_BTF = out["mel_BTF"].float().cpu()
                durations = out["durations_BL"][0].cpu().numpy()
            else:
                mel_BTF = torch.from_numpy(item.mel_TF.astype(np.float32))[None]
                durations = np.zeros(0)
            middle = time.perf_counter()
            samples = vocoder(mel_BTF)[0].clamp(-1.0, 1.0).cpu().numpy()
        yield Speech(
            id=item.id,
            tokens=tokens,
            problems=problems,
            mel_TF=mel_BTF[0].numpy(),
            durations=durations,
            samples=samples,
            sample_rate=voice.mel.sample_rate,
            acoustic_seconds=middle - start,
            vocoder_seconds=time.perf_counter() - middle,
        )


def write_wav(path: Path | str, samples: np.ndarray, sample_rate: int) -> None:
    """Write 16-bit PCM, atomically."""
    import soundfile

    with atomic_path(path) as temporary:
        soundfile.write(temporary, samples, sample_rate, subtype="PCM_16", format="WAV")


def read_texts(path: Path | str) -> list[Item]:
    """Items of a text file: a line is `id|text`, or a text whose id is its line number.

    Raises: InputError for a missing file, one that is not UTF-8, or one without text.
    """
    path = Path(path)
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except FileNotFoundError:
        raise InputError(f"--input-file {path} does not exist") from None
    except UnicodeDecodeError as error:
        raise InputError(f"--input-file {path} is not UTF-8: {error}") from None
    items = []
    for number, line in enumerate(lines, 1):
        name, bar, text = line.strip().partition("|")
        if bar:
            items.append(Item(name.strip(), text.strip()))
        elif name:
            items.append(Item(f"{number:04d}", name))
    if not items:
        raise InputError(f"--input-file {path} has no text in it")
    taken = [item.id for item in items]
    twice = sorted({name for name in taken if taken.count(name) > 1})
    if twice:
        raise InputError(f"--input-file {path}: ids given twice: {', '.join(twice[:10])}")
    unsafe = [name for name in taken if "/" in name or name in ("", ".", "..")]
    if unsafe:
        raise InputError(f"--input-file {path}: ids that cannot name a file: {unsafe[:10]}")
    return items

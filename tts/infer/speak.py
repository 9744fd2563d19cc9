"""Speak texts, token sequences or given mels into waveforms."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from tts.errors import InputError
from tts.files import atomic_path
from tts.infer.control import (
    ALWAYS,
    Scales,
    Timed,
    factors,
    joined_times,
    tensors,
    token_times,
)
from tts.infer.long_text import PAUSE_SECONDS, can_be_said, say_sentences
from tts.mel import MelConfig
from tts.text.spoken import FrontEnd, Problem
from tts.voice import Voice


@dataclass(frozen=True)
class Manner:
    """How to speak.

    Attributes: num_steps, Euler steps of the flow; noise_scale, the temperature of its start;
    length_scale, above 1 is slower; seed, of the noise of every utterance; pitch_scale and
    energy_scale, factors of F0 and of energy for models that have these controls.
    """

    num_steps: int = 3
    noise_scale: float = 0.667
    length_scale: float = 1.0
    seed: int = 42
    pitch_scale: float = 1.0
    energy_scale: float = 1.0

    def __post_init__(self) -> None:
        if self.num_steps < 1:
            raise InputError(f"{self.num_steps} flow steps: at least 1 is needed")
        if not 0 <= self.noise_scale < math.inf:
            raise InputError(f"temperature {self.noise_scale}: must be 0 or more")
        for name, scale in self.scales.items():
            if not 0 < scale < math.inf:
                raise InputError(f"{name.replace('_', ' ')} {scale}: must be greater than 0")
        if not 0 <= self.seed < 2**63:
            raise InputError(f"seed {self.seed}: must be 0 or more, below 2^63")

    @property
    def scales(self) -> dict[str, float]:
        """The factors of the whole utterance, by the names that models know."""
        names = ("length_scale", "pitch_scale", "energy_scale")
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True)
class Item:
    """One thing to speak: `tokens` where they are known, else `text`; `mel_TF` where a given
    mel (a recording's) is to pass through the vocoder instead.

    scales: with tokens, lists of factors for each of them, by the names length_scale,
    pitch_scale and energy_scale; times those of the manner.
    """

    id: str
    text: str = ""
    tokens: list[str] | None = None
    mel_TF: np.ndarray | None = None
    scales: Scales = field(default_factory=dict)


@dataclass(frozen=True)
class Speech:
    """What was said.

    Attributes:
      tokens: the tokens spoken; problems: what the front end could not say.
      num_sentences: how many were spoken one by one; silence stands between them.
      mel_TF: natural-log mel; durations: frames of each framed token.
      samples: float32 in [-1, 1]; sample_rate in Hz.
      acoustic_seconds, vocoder_seconds: time spent on each.
      times: when each token is heard.
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
    num_sentences: int = 1
    times: tuple[Timed, ...] = ()

    @property
    def seconds(self) -> float:
        """Length of the speech in seconds."""
        return len(self.samples) / self.sample_rate

    @property
    def rtf(self) -> float:
        """Real-time factor: time spent over length of the speech."""
        return (self.acoustic_seconds + self.vocoder_seconds) / max(1e-9, self.seconds)


def speak(
    voice: Voice,
    items: Iterable[Item],
    vocoder: Any,
    manner: Manner,
    device: str = "cpu",
    max_chars: int | None = None,
    refused: Callable[[InputError], None] | None = None,
) -> Iterator[Speech]:
    """Speak each item; the same seed gives the same speech whatever came before.

    A text of more than `max_chars` characters (None: the language's usual maximum) is spoken
    sentence by sentence. An item of which nothing can be said goes to `refused`.

    Raises: InputError naming the item when nothing of its text can be said, without `refused`.
    """
    voice.on(device)
    frontend = None
    for item in items:
        if item.tokens is None:
            frontend = frontend or voice.speaker()
        try:
            runs, problems = _runs(item, frontend, max_chars)
        except InputError as error:
            if refused is None:
                raise
            refused(error)
            continue
        parts = [_speak(voice, item, tokens, vocoder, manner, device) for tokens in runs]
        yield _joined(parts, problems, voice.mel)


def _runs(
    item: Item, frontend: FrontEnd | None, max_chars: int | None
) -> tuple[list[list[str]], list[Problem]]:
    """The tokens of an item, sentence by sentence, and what cannot be said."""
    if item.tokens is not None or frontend is None:
        if not can_be_said(item.tokens or []):
            raise InputError(f"{item.id}: nothing to say in the tokens {item.tokens}")
        return [item.tokens or []], []
    try:
        said, problems = say_sentences(item.text, frontend, max_chars)
    except InputError as error:
        raise InputError(f"{item.id}: {error}") from None
    return [spoken.tokens for spoken in said], problems


def _speak(
    voice: Voice, item: Item, tokens: list[str], vocoder: Any, manner: Manner, device: str
) -> Speech:
    """Speak tokens in one go, or pass the item's mel through the vocoder."""
    import torch

    ids, framing = voice.encode(tokens), voice.frontend.framing
    known = (ALWAYS, *voice.model.controls)
    told = factors(manner.scales, item.scales, len(tokens), framing, known)
    times: tuple[Timed, ...] = ()
    torch.manual_seed(manner.seed)
    start = time.perf_counter()
    with torch.inference_mode():
        if item.mel_TF is None:
            out = voice.model.synthesise(
                torch.tensor([ids], device=device),
                torch.tensor([len(ids)], device=device),
                noise_scale=manner.noise_scale,
                num_steps=manner.num_steps,
                **tensors(told, device),
            )
            mel_BTF = out["mel_BTF"].float().cpu()
            durations = out["durations_BL"][0].cpu().numpy()
            frame_seconds = voice.mel.hop_length / voice.mel.sample_rate
            times = token_times(tokens, durations, framing, frame_seconds)
        else:
            mel_BTF = torch.from_numpy(item.mel_TF.astype(np.float32))[None]
            durations = np.zeros(0)
        middle = time.perf_counter()
        samples = vocoder(mel_BTF)[0].clamp(-1.0, 1.0).cpu().numpy()
    return Speech(
        id=item.id,
        tokens=tokens,
        problems=[],
        mel_TF=mel_BTF[0].numpy(),
        durations=durations,
        samples=samples,
        sample_rate=voice.mel.sample_rate,
        acoustic_seconds=middle - start,
        vocoder_seconds=time.perf_counter() - middle,
        times=times,
    )


def _joined(parts: list[Speech], problems: list[Problem], mel: MelConfig) -> Speech:
    """The speech of several sentences as one, with silence between them."""
    if len(parts) == 1:
        return replace(parts[0], problems=problems)
    frames = round(PAUSE_SECONDS * mel.sample_rate / mel.hop_length)
    quiet_TF = np.full((frames, mel.n_mels), math.log(mel.floor), dtype=np.float32)
    silence = np.zeros(frames * mel.hop_length, dtype=np.float32)
    quiet_seconds = len(silence) / mel.sample_rate
    return replace(
        parts[0],
        tokens=[token for part in parts for token in part.tokens],
        problems=problems,
        mel_TF=np.concatenate(_between([part.mel_TF for part in parts], quiet_TF)),
        durations=np.concatenate([part.durations for part in parts]),
        samples=np.concatenate(_between([part.samples for part in parts], silence)),
        acoustic_seconds=sum(part.acoustic_seconds for part in parts),
        vocoder_seconds=sum(part.vocoder_seconds for part in parts),
        num_sentences=len(parts),
        times=joined_times([(part.times, part.seconds) for part in parts], quiet_seconds),
    )


def _between(parts: list[np.ndarray], pause: np.ndarray) -> list[np.ndarray]:
    """`parts` with `pause` between two of them."""
    return [piece for part in parts for piece in (pause, part)][1:]


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

"""Speak texts, tokens or given mels, with any backend."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from tts.errors import InputError
from tts.infer.control import Scales
from tts.infer.long_text import can_be_said, joined, say_sentences
from tts.infer.speech import Speech, join
from tts.text.spoken import FrontEnd, Spoken, Word
from tts.voice import SpeakingOptions

if TYPE_CHECKING:
    import numpy as np


class Backend(Protocol):
    """Say sentences with a model and a vocoder: PyTorch, ONNX Runtime or sherpa-onnx.

    Everything is built once and used by any number of threads. `say` gives samples, and mel,
    durations and times where it has them.
    """

    @property
    def frontend(self) -> FrontEnd:
        """Return what turns text into this voice's tokens."""
        ...

    def say(self, spoken: Spoken, options: SpeakingOptions, scales: Scales) -> Speech:
        """Say one sentence. scales: factors of its single tokens by name, see Request."""
        ...

    def vocode(self, mel_TF: np.ndarray) -> Speech:
        """Turn a given natural-log mel into samples."""
        ...


@dataclass(frozen=True)
class Request:
    """Hold one thing to speak: `tokens` where they are known, else `text`.

    mel_TF: a given mel (a recording's), which passes through the vocoder instead.
    scales: with tokens, lists of factors for each of them, by the names length_scale,
    pitch_scale and energy_scale; times those of the options.
    """

    id: str
    text: str = ""
    tokens: Sequence[str] | None = None
    mel_TF: np.ndarray | None = None
    scales: Scales = field(default_factory=dict)


DEFAULTS = SpeakingOptions()


def speak(
    backend: Backend,
    requests: Iterable[Request],
    options: SpeakingOptions = DEFAULTS,
    refused: Callable[[InputError], None] | None = None,
) -> Iterator[Speech]:
    """Speak each request; the same seed gives the same speech whatever came before.

    A text longer than options.max_chars is spoken sentence by sentence. A request of which
    nothing can be said goes to `refused`.

    Raises: InputError naming the request when nothing of it can be said, without `refused`.
    """
    for request in requests:
        if request.mel_TF is not None:
            speech = backend.vocode(request.mel_TF)
            spoken = replace(speech.spoken, text=request.text)
            yield replace(speech, id=request.id, spoken=spoken)
            continue
        try:
            whole, sentences = _sentences(backend, request, options.max_chars)
        except InputError as error:
            if refused is None:
                raise InputError(f"{request.id}: {error}") from None
            refused(InputError(f"{request.id}: {error}"))
            continue
        parts = [backend.say(sentence, options, request.scales) for sentence in sentences]
        yield join(parts, whole, options.pause, request.id)


def speak_text(backend: Backend, text: str, options: SpeakingOptions = DEFAULTS) -> Speech:
    """Speak one text of any length.

    Raises: InputError when nothing of it can be said.
    """
    whole, sentences = _sentences(backend, Request("", text), options.max_chars)
    return join([backend.say(part, options, {}) for part in sentences], whole, options.pause)


def _sentences(
    backend: Backend, request: Request, max_chars: int | None
) -> tuple[Spoken, list[Spoken]]:
    """Return what a request says as a whole, and sentence by sentence."""
    if request.tokens is None:
        said, problems = say_sentences(request.text, backend.frontend, max_chars)
        return joined(request.text, said, problems), said
    if not can_be_said(request.tokens):
        raise InputError(f"nothing to say in the tokens {request.tokens}")
    given = Spoken(request.text, "", (Word("", tuple(request.tokens), "given"),))
    return given, [given]


def read_texts(path: Path | str, flag: str = "--input-file") -> list[Request]:
    """Read a text file as requests: `id|text` a line, or a text whose id is its line number.

    flag: names the file in errors.

    Raises: InputError for a missing file, one that is not UTF-8, or one without text.
    """
    path = Path(path)
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except FileNotFoundError:
        raise InputError(f"{flag} {path} does not exist") from None
    except UnicodeDecodeError as error:
        raise InputError(f"{flag} {path} is not UTF-8: {error}") from None
    requests = []
    for number, line in enumerate(lines, 1):
        name, bar, text = line.strip().partition("|")
        if bar:
            requests.append(Request(name.strip(), text.strip()))
        elif name:
            requests.append(Request(f"{number:04d}", name))
    if not requests:
        raise InputError(f"{flag} {path} has no text in it")
    taken = [request.id for request in requests]
    twice = sorted({name for name in taken if taken.count(name) > 1})
    if twice:
        raise InputError(f"{flag} {path}: ids given twice: {', '.join(twice[:10])}")
    unsafe = [name for name in taken if "/" in name or name in ("", ".", "..")]
    if unsafe:
        raise InputError(f"{flag} {path}: ids that cannot name a file: {unsafe[:10]}")
    return requests

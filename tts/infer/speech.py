"""Hold the samples that were spoken and what belongs to them; join them; write sound files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tts.errors import InputError
from tts.files import atomic_path
from tts.infer.control import Timed, joined_times
from tts.infer.reading import Reading, reading_report
from tts.text.spoken import Problem, Spoken
from tts.text.tokens import BOS, EOS, PAD

if TYPE_CHECKING:
    import numpy as np

# Sound files by suffix: format and encoding, as libsndfile calls them.
FORMATS = {
    ".wav": ("WAV", "PCM_16"),
    ".flac": ("FLAC", "PCM_16"),
    ".ogg": ("OGG", "VORBIS"),
    ".mp3": ("MP3", "MPEG_LAYER_III"),
}


@dataclass(frozen=True)
class Speech:
    """Hold what was spoken.

    Attributes:
      samples: float32 (S,); sample_rate: in Hz.
      spoken: what the front end made of the text: words, tokens, problems.
      id: of the request.
      mel_TF: natural-log mel, where the backend gives it; of several sentences one after the
        other, without the pauses.
      durations: frames of each framed token, where they are known; of several sentences as mel_TF.
      times: when each token is heard, pauses counted; empty where it is not known.
      readings: how each sentence was read, of models with attention.
      num_sentences: how many were spoken one by one, with a pause between two.
      compute_seconds: time that model and vocoder took.
    """

    samples: np.ndarray
    sample_rate: int
    spoken: Spoken
    id: str = ""
    mel_TF: np.ndarray | None = None
    durations: np.ndarray | None = None
    times: tuple[Timed, ...] = ()
    readings: tuple[Reading, ...] = ()
    num_sentences: int = 1
    compute_seconds: float = 0.0

    @property
    def tokens(self) -> list[str]:
        """Return the tokens spoken, without blanks and framing."""
        return self.spoken.tokens

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Return what of the text could not be said."""
        return self.spoken.problems

    @property
    def seconds(self) -> float:
        """Return the length of the speech in seconds."""
        return len(self.samples) / self.sample_rate

    @property
    def rtf(self) -> float:
        """Return the real-time factor: time spent over length of the speech."""
        return self.compute_seconds / max(1e-9, self.seconds)

    @property
    def word_spans(self) -> list[tuple[float, float]]:
        """Return when each word is heard, seconds from and to; empty where times are not known."""
        said = [time for time in self.times if time.token not in (PAD, BOS, EOS)]
        if [time.token for time in said] != self.tokens:
            return []
        spans, place = [], 0
        for word in self.spoken.words:
            own = said[place : place + len(word.tokens)]
            place += len(word.tokens)
            if own and any(map(str.isalnum, word.text)):
                spans.append((own[0].start, own[-1].end))
        return spans

    def report(self, path: Path | str) -> str:
        """Say for people what was written to `path`, and what of the text was not said."""
        sentences = f" in {self.num_sentences} sentences" * (self.num_sentences > 1)
        line = f"{path}: {self.seconds:.2f} s of speech{sentences}, RTF {self.rtf:.3f}"
        problems = [f"  at {p.position}: {p.text!r}: {p.reason}" for p in self.problems]
        return "\n".join([line, *reading_report(self.readings), *problems])


def join(parts: Sequence[Speech], spoken: Spoken, pause: float, id: str = "") -> Speech:
    """Join the speech of sentences to that of a text, `pause` seconds of silence between two.

    spoken: the whole text, with its problems.
    """
    import numpy as np

    rate = parts[0].sample_rate
    silence = np.zeros(round(pause * rate), dtype=np.float32)
    pieces = [piece for part in parts for piece in (silence, part.samples)][1:]
    return Speech(
        samples=np.concatenate(pieces) if len(parts) > 1 else parts[0].samples,
        sample_rate=rate,
        spoken=spoken,
        id=id,
        mel_TF=_all_of([part.mel_TF for part in parts]),
        durations=_all_of([part.durations for part in parts]),
        readings=tuple(reading for part in parts for reading in part.readings),
        times=joined_times([(part.times, part.seconds) for part in parts], len(silence) / rate),
        num_sentences=len(parts),
        compute_seconds=sum(part.compute_seconds for part in parts),
    )


def _all_of(arrays: Sequence[Any]) -> Any:
    """Return arrays one after the other; None where one of them is not known."""
    import numpy as np

    return None if any(array is None for array in arrays) else np.concatenate(arrays)


def check_audio_path(path: Path | str) -> None:
    """Raise InputError unless `write_audio` knows the suffix of `path`."""
    suffix = Path(path).suffix.lower()
    if suffix not in FORMATS:
        raise InputError(
            f"{path}: {suffix or 'no suffix'} is no sound format that can be written; give a name "
            f"that ends in {', '.join(FORMATS)}"
        )


def write_audio(path: Path | str, samples: np.ndarray, sample_rate: int) -> None:
    """Write samples to a sound file in the format that its suffix names, atomically.

    Raises: InputError for a suffix of no known format, or a rate that the format does not have.
    """
    import soundfile

    check_audio_path(path)
    kind, encoding = FORMATS[Path(path).suffix.lower()]
    with atomic_path(path) as temporary:
        try:
            soundfile.write(temporary, samples, sample_rate, subtype=encoding, format=kind)
        except soundfile.LibsndfileError as error:
            raise InputError(f"{path} cannot be written as {kind}: {error}") from None

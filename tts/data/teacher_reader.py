"""Read sentences with a neural teacher: our tokens to its symbols, those to samples."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from tts.data.corpus_config import Teacher
from tts.data.teacher_files import voice_file
from tts.errors import InputError
from tts.files import atomic_path, read_json, sha256_file, sha256_value
from tts.text.frontend import build_frontend
from tts.text.spoken import FrontEnd, FrontEndConfig, Spoken

EDGE_SECONDS = 0.1  # of silence that stays at both ends
QUIET = 10 ** (-50 / 20)  # below the peak
PEAK = 0.97
# What of [teacher] does not change how a sentence sounds.
_NOT_HEARD = ("name", "texts", "hours", "max_symbols", "packages", "files", "voices")


@dataclass(frozen=True)
class Clip:
    """Hold one sentence that was read; seconds 0 and a reason where it was left out."""

    name: str
    text: str
    normalized: str = ""
    labels: tuple[str, ...] = ()
    seconds: float = 0.0
    reason: str = ""


@dataclass(frozen=True)
class Reader:
    """Turn sentences into samples; built once a process from plain values."""

    teacher: Teacher
    own: FrontEnd  # of the recipe: normalised text and labels
    theirs: FrontEnd  # whose tokens become the teacher's symbols
    ids: dict[str, int]
    styles: np.ndarray  # (number of symbols, 1, width)
    session: object
    settings: str = ""  # hash of all that decides what a string of symbols sounds like

    @classmethod
    def open(cls, teacher: Teacher, folder: Path, frontend: FrontEndConfig) -> Reader:
        """Load the teacher's graph, symbols and voice."""
        import onnxruntime

        own = build_frontend(frontend)
        theirs = build_frontend(replace(frontend, **teacher.frontend))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        session = onnxruntime.InferenceSession(str(folder / "model.onnx"), options)
        ids = read_json(folder / "vocab.json")["vocab"]
        width = next(one for one in session.get_inputs() if "style" in one.name).shape[-1]
        voice = voice_file(folder, teacher.voice)
        styles = np.fromfile(voice, dtype="<f4")
        if not len(styles) or len(styles) % width:
            raise InputError(f"{voice} is damaged: {len(styles)} numbers, no rows of {width}")
        heard = {key: value for key, value in asdict(teacher).items() if key not in _NOT_HEARD}
        heard |= {"model": sha256_file(folder / "model.onnx"), "style": sha256_file(voice)}
        styles = styles.reshape(-1, 1, width)
        return cls(teacher, own, theirs, ids, styles, session, sha256_value(heard))

    def symbols(self, spoken: Spoken) -> str:
        """Write a spoken text in the teacher's symbols.

        Raises: InputError for a token that the teacher has no sound for.
        """
        written = []
        for word in spoken.words:
            sound = "".join(self._sounds(word.tokens))
            joined = word.source in ("space", "punctuation") or not written
            written.append(sound if joined else self.teacher.between_words + sound)
        return "".join(written).strip()

    def _sounds(self, tokens: Sequence[str]) -> Iterator[str]:
        """Yield the symbols of a word's tokens, pairs of tokens before single ones."""
        index = 0
        while index < len(tokens):
            for length in (2, 1):
                key = "".join(tokens[index : index + length])
                tone = key[-1] if key[-1] in self.teacher.tones else ""
                sound = self.teacher.phones.get(key.removesuffix(tone))
                if sound is not None or length == 1:
                    break
            sound = key if sound is None else sound
            sound = sound.replace("%", self.teacher.tones.get(tone, ""))
            if unknown := [symbol for symbol in sound if symbol not in self.ids]:
                raise InputError(f"the teacher has no symbol for {key!r} ({unknown[0]!r})")
            yield sound
            index += length

    def samples(self, symbols: str) -> np.ndarray:
        """Say a string of the teacher's symbols; float32 at the recipe's rate, silence trimmed."""
        from scipy.signal import resample_poly

        ids = [self.ids[symbol] for symbol in symbols]
        values = {
            "style": self.styles[min(len(ids), len(self.styles) - 1)],
            "speed": np.array([self.teacher.speed]),
            "": np.array([[0, *ids, 0]]),
        }
        feeds = {}
        for one in self.session.get_inputs():
            kind = np.float32 if "float" in one.type else np.int64 if "64" in one.type else np.int32
            feeds[one.name] = next(v for k, v in values.items() if k in one.name).astype(kind)
        said = self.session.run(None, feeds)[0].reshape(-1)
        loud = np.flatnonzero(np.abs(said) > np.abs(said).max() * QUIET)
        if not len(loud):
            raise InputError("the teacher says nothing")
        edge = int(EDGE_SECONDS * self.teacher.model_rate)
        said = said[max(0, loud[0] - edge) : loud[-1] + edge]
        common = math.gcd(self.teacher.sample_rate, self.teacher.model_rate)
        said = resample_poly(
            said, self.teacher.sample_rate // common, self.teacher.model_rate // common
        )
        return said * min(1.0, PEAK / np.abs(said).max())

    def _write(self, symbols: str, path: Path) -> None:
        """Write one clip unless it is there and says these symbols, as its comment tells."""
        import soundfile

        made_from = sha256_value([symbols, self.settings])
        if path.is_file():
            with soundfile.SoundFile(path) as file:
                if file.comment == made_from:
                    return
        rate = self.teacher.sample_rate
        with (
            atomic_path(path) as temporary,
            soundfile.SoundFile(temporary, "w", rate, 1, "PCM_16", format="WAV") as file,
        ):
            file.comment = made_from
            file.write(self.samples(symbols))

    def read(self, name: str, text: str, path: Path) -> Clip:
        """Write one clip, unless it is there; the clip's reason says why it was left out."""
        import soundfile

        try:
            own = self.own(text)
            if own.problems:
                problem = own.problems[0]
                raise InputError(f"{problem.text!r}: {problem.reason}")
            symbols = self.symbols(self.theirs(text))
            if not 5 <= len(symbols) <= self.teacher.max_symbols:
                raise InputError(
                    f"{len(symbols)} symbols; 5 to {self.teacher.max_symbols} are taken"
                )
            self._write(symbols, path)
        except InputError as error:
            return Clip(name, text, reason=str(error))
        labels = [
            t for w in own.words if w.source not in ("space", "punctuation") for t in w.tokens
        ]
        return Clip(name, text, own.normalized, tuple(labels), soundfile.info(str(path)).duration)

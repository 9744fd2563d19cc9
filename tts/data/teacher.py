"""Make a corpus by letting a neural teacher voice read a list of sentences."""

from __future__ import annotations

import functools
import json
import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from tts.config import from_dict, option
from tts.data.corpus import Recipe
from tts.data.corpus_config import Teacher
from tts.data.parallel import parallel_map
from tts.data.teacher_files import teacher_folder, voice_file
from tts.errors import InputError
from tts.files import atomic_path, read_json, sha256_value, sole_user, write_json, write_text
from tts.text.frontend import build_frontend
from tts.text.spoken import FrontEnd, FrontEndConfig, Spoken

EDGE_SECONDS = 0.1  # of silence that stays at both ends
QUIET = 10 ** (-50 / 20)  # below the peak
PEAK = 0.97
RARE = 5  # tokens that occur less often are listed


@dataclass(frozen=True)
class TeacherOptions:
    """Hold the flags that stand over [teacher] of corpus.toml."""

    teacher_voice: str = option("", "one of the teacher's voices; empty: as corpus.toml says")
    teacher_texts: str = option("", "file of sentences, one a line; empty: as corpus.toml says")
    teacher_speed: float = option(
        0.0, "rate of speaking, 1 is the teacher's own; 0: as corpus.toml says"
    )
    teacher_hours: float = option(0.0, "stop after so much speech; 0: as corpus.toml says")
    teacher_dir: str = option(
        "", "folder with the teacher's files; empty: fetched to ~/.cache/tencha"
    )


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
        styles = np.fromfile(voice_file(folder, teacher.voice), dtype="<f4")
        return cls(teacher, own, theirs, ids, styles.reshape(-1, 1, width), session)

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
            if not path.is_file():
                with atomic_path(path) as temporary:
                    soundfile.write(
                        temporary,
                        self.samples(symbols),
                        self.teacher.sample_rate,
                        subtype="PCM_16",
                        format="WAV",
                    )
        except InputError as error:
            return Clip(name, text, reason=str(error))
        labels = [
            t for w in own.words if w.source not in ("space", "punctuation") for t in w.tokens
        ]
        return Clip(name, text, own.normalized, tuple(labels), soundfile.info(str(path)).duration)


@functools.cache
def _reader(settings: str) -> Reader:
    """Open the teacher once a process; `settings` is JSON so that it can be a key."""
    given = json.loads(settings)
    teacher = from_dict(Teacher, given["teacher"], "[teacher]")
    frontend = from_dict(FrontEndConfig, given["frontend"], "[frontend]")
    return Reader.open(teacher, Path(given["folder"]), frontend)


def _read(settings: str, job: tuple[str, str, str]) -> Clip:
    name, text, path = job
    return _reader(settings).read(name, text, Path(path))


def teacher_of(recipe: Recipe, options: TeacherOptions) -> Teacher:
    """Return [teacher] of corpus.toml with the flags over it; texts becomes an absolute path.

    Raises: InputError where flags are given and corpus.toml has no [teacher].
    """
    given = {
        key.removeprefix("teacher_"): value
        for key, value in asdict(options).items()
        if value and key != "teacher_dir"
    }
    toml = recipe.folder / "corpus.toml"
    if recipe.config.teacher is None:
        raise InputError(f"{toml} has no [teacher], so there is none for --teacher-{min(given)}")
    texts = given.get("texts")
    given["texts"] = str(
        Path(texts).resolve() if texts else recipe.folder / recipe.config.teacher.texts
    )
    return replace(recipe.config.teacher, **given)


def read_sentences(path: Path) -> list[tuple[str, str]]:
    """Read a list of sentences, `id|text` or a text a line, as ids and texts.

    An id that is not given is "". Empty lines and lines that begin with # are no sentences.
    Raises: InputError for a file without sentences, or an id that is used twice or no file name.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except FileNotFoundError:
        raise InputError(
            f"{path} does not exist: --teacher-texts takes a sentence a line"
        ) from None
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 ({error.reason} at byte {error.start})") from None
    lines = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    if not lines:
        raise InputError(f"{path} holds no sentence")
    parts = [line.rpartition("|") for line in lines]
    sentences = [(name.strip(), text.strip()) for name, _, text in parts]
    seen = Counter(name for name, _ in sentences if name)
    wrong = [n for n, count in seen.items() if count > 1 or not re.fullmatch(r"\w[\w.-]*", n)]
    if wrong:
        raise InputError(
            f"{path}: ids that occur twice or are no file names: {', '.join(wrong[:10])}"
        )
    return sentences


def make_corpus(recipe: Recipe, options: TeacherOptions, num_jobs: int) -> None:
    """Write <corpus>/wavs and <corpus>/metadata.csv: id|text|normalized|labels.

    Finished clips are kept, so that a killed run goes on. Sentences that were left out go to
    <corpus>/left-out.tsv.
    Raises: InputError when the folder was made with another voice, speed, rate or text.
    """
    teacher = teacher_of(recipe, options)
    sentences = read_sentences(Path(teacher.texts))
    folder = teacher_folder(teacher, options.teacher_dir)
    target, wavs = recipe.corpus_dir, recipe.corpus_dir / "wavs"
    facts = {"voice": teacher.voice, "speed": teacher.speed, "sample_rate": teacher.sample_rate}
    facts["texts"] = sha256_value(sentences)
    with sole_user(target):
        _check_made(target, facts)
        frontend = {"language": recipe.config.language, **recipe.config.frontend}
        settings = json.dumps(
            {"teacher": asdict(teacher), "frontend": frontend, "folder": str(folder)}
        )
        jobs = [
            (name := given or f"{teacher.voice}-{number:05d}", text, str(wavs / f"{name}.wav"))
            for number, (given, text) in enumerate(sentences, 1)
        ]
        clips, seconds = [], 0.0
        read = functools.partial(_read, settings)
        results = parallel_map(read, jobs, num_jobs, "the teacher reads")
        for clip in results:
            clips.append(clip)
            seconds += clip.seconds
            if teacher.hours and seconds >= teacher.hours * 3600:
                break
        results.close()
        if not seconds:
            raise InputError(
                f"none of the {len(clips)} sentences can be read; the first: {clips[0].reason}"
            )
        _write(target, [clip for clip in clips if clip.seconds])
        left_out = [f"{clip.name}\t{clip.text}\t{clip.reason}\n" for clip in clips if clip.reason]
        write_text(target / "left-out.tsv", "".join(left_out))
    print(
        f"{target}: {len(clips) - len(left_out)} clips, {seconds / 3600:.2f} h, by {teacher.voice}"
    )
    if left_out:
        print(f"{len(left_out)} sentences were left out: {target / 'left-out.tsv'}")
    if teacher.hours and seconds < teacher.hours * 3600:
        print(f"the texts end before {teacher.hours:g} h: give --teacher-texts more of them")
    print(coverage(clips, build_frontend(from_dict(FrontEndConfig, frontend, "[frontend]"))))


def coverage(clips: Sequence[Clip], front_end: FrontEnd) -> str:
    """Say how many of the table's tokens the clips hold, and which of those are rare."""
    counts = Counter(label for clip in clips for label in clip.labels)
    known = front_end.token_table().symbols
    rare = sorted((count, token) for token, count in counts.items() if count < RARE)
    shown = ", ".join(f"{token} {count}" for count, token in rare[:12])
    more = f", and {len(rare) - 12} others" if len(rare) > 12 else ""
    said = f"{sum(counts.values())} tokens, {len(counts)} kinds of {len(known)} in the table"
    return f"{said}; {len(rare)} occur less than {RARE} times" + (
        f": {shown}{more}" if rare else ""
    )


def _check_made(target: Path, facts: dict) -> None:
    """Raise InputError where `target` holds another corpus; note what it will hold."""
    made = target / "teacher.json"
    if made.is_file():
        old = read_json(made)
        if changed := sorted(key for key in facts if old.get(key) != facts[key]):
            said = ", ".join(f"{key} {old.get(key)} instead of {facts[key]}" for key in changed)
            raise InputError(
                f"{target} was made with other options ({said}): give --dl-dir another folder, or "
                f"remove {target}"
            )
    elif others := sorted(path.name for path in target.iterdir() if path.name != ".lock"):
        raise InputError(
            f"{target} was not made by the teacher (it holds {', '.join(others[:5])}): give "
            "--dl-dir another folder"
        )
    write_json(made, facts)


def _write(target: Path, clips: list[Clip]) -> None:
    """Write the label file of the clips and remove recordings that it does not name."""
    lines = []
    for clip in clips:
        fields = (clip.name, clip.text, clip.normalized, " ".join(clip.labels))
        lines.append("|".join(fields) + "\n")
    write_text(target / "metadata.csv", "".join(lines))
    kept = {clip.name for clip in clips}
    for path in (target / "wavs").glob("*.wav"):
        if path.stem not in kept:
            path.unlink()

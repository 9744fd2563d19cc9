"""Make a corpus by letting a neural teacher voice read a list of sentences."""

from __future__ import annotations

import functools
import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from tts.config import from_dict, option
from tts.data.corpus import Recipe
from tts.data.corpus_config import Teacher
from tts.data.parallel import parallel_map
from tts.data.teacher_files import teacher_folder
from tts.data.teacher_reader import Clip, Reader
from tts.errors import InputError
from tts.files import (
    read_json,
    remove_leftovers,
    sha256_value,
    sole_user,
    write_json,
    write_text,
)
from tts.text.frontend import build_frontend
from tts.text.spoken import FrontEnd, FrontEndConfig

RARE = 5  # tokens that occur less often are listed


@dataclass(frozen=True)
class TeacherOptions:
    """Hold the flags that stand over [teacher] of corpus.toml."""

    teacher_voice: str = option("", "one of the teacher's voices; empty: as corpus.toml says")
    teacher_texts: str = option("", "file of sentences, one a line; empty: as corpus.toml says")
    teacher_speed: float = option(
        0.0, "rate of speaking, 1 is the teacher's own; 0: as corpus.toml says"
    )
    teacher_hours: float | None = option(None, "stop after so much speech; 0 reads all texts")
    teacher_dir: str = option(
        "", "folder with the teacher's files; empty: fetched to ~/.cache/tencha"
    )


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
        if value or (key == "teacher_hours" and value is not None)
    }
    toml = recipe.folder / "corpus.toml"
    if recipe.config.teacher is None:
        raise InputError(f"{toml} has no [teacher], so there is none for --teacher-{min(given)}")
    given.pop("dir", None)
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
    with sole_user(target):
        _check_made(target, teacher, sentences)
        remove_leftovers(wavs)
        frontend = {"language": recipe.config.language, **recipe.config.frontend}
        settings = json.dumps(
            {"teacher": asdict(teacher), "frontend": frontend, "folder": str(folder)}
        )
        jobs = [
            (name := given or f"{teacher.voice}-{number:05d}", text, str(wavs / f"{name}.wav"))
            for number, (given, text) in enumerate(sentences, 1)
        ]
        _check_names([name for name, _, _ in jobs])
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
        _write(target, [clip for clip in clips if clip.seconds], {name for name, _, _ in jobs})
        left_out = [f"{clip.name}\t{clip.text}\t{clip.reason}\n" for clip in clips if clip.reason]
        write_text(target / "left-out.tsv", "".join(left_out))
    print(
        f"{target}: {len(clips) - len(left_out)} clips, {seconds / 3600:.2f} h, by {teacher.voice}"
    )
    if left_out:
        print(f"{len(left_out)} sentences were left out: {target / 'left-out.tsv'}")
    if teacher.hours and seconds < teacher.hours * 3600:
        print(f"the texts end before {teacher.hours:g} h: add more of them to {teacher.texts}")
    elif len(clips) < len(jobs):
        print(f"stopped at {teacher.hours:g} h, {len(jobs) - len(clips)} sentences are not read")
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


def _check_names(names: Sequence[str]) -> None:
    """Raise InputError for names of clips that occur twice or are no file names."""
    counts = Counter(names)
    wrong = [n for n, count in counts.items() if count > 1 or not re.fullmatch(r"\w[\w.-]*", n)]
    if wrong:
        raise InputError(f"ids that occur twice or are no file names: {', '.join(wrong[:10])}")


def _check_made(target: Path, teacher: Teacher, sentences: Sequence[tuple[str, str]]) -> None:
    """Raise InputError where `target` holds another corpus; note what it will hold.

    A list that begins with the sentences that were read is the same corpus, which grows.
    """
    made = target / "teacher.json"
    facts = {key: getattr(teacher, key) for key in ("voice", "speed", "sample_rate")}
    if made.is_file():
        old = read_json(made)
        changed = [
            f"{key} {old.get(key)}, not {facts[key]}" for key in facts if old.get(key) != facts[key]
        ]
        if old.get("texts") != sha256_value(sentences[: old.get("num_texts", 0)]):
            changed.append(f"other texts than {teacher.texts}")
        if changed:
            raise InputError(
                f"{target} was made with {'; '.join(changed)}: give the same options again, give "
                f"--dl-dir another folder, or remove {target}"
            )
    elif others := sorted(path.name for path in target.iterdir() if path.name != ".lock"):
        raise InputError(
            f"{target} was not made by the teacher (it holds {', '.join(others[:5])}): give "
            "--dl-dir another folder"
        )
    texts = {"texts": sha256_value(sentences), "num_texts": len(sentences)}
    write_json(made, {**facts, **texts})


def _write(target: Path, clips: Sequence[Clip], known: set[str]) -> None:
    """Write the label file of the clips; remove recordings that no sentence of the list has."""
    lines = []
    for clip in clips:
        fields = (clip.name, clip.text, clip.normalized, " ".join(clip.labels))
        lines.append("|".join(fields) + "\n")
    write_text(target / "metadata.csv", "".join(lines))
    for path in (target / "wavs").glob("*.wav"):
        if path.stem not in known:
            path.unlink()

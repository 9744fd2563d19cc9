"""The official folder layouts of LJSpeech and Baker, written complete or not at all.

The finished folder holds truth/corpus.json (what it was made with) and truth/<id>.json:
  sample_rate, num_samples   of the clip
  phones, words              [start, end, label] in seconds, exact; pauses in words are ""
  contour_step, contour      F0 in Hz every `contour_step` seconds from 0, linear in between:
                             what the synthesiser's pulses follow, voiced or not
  hop_length, hop_rate, f0   F0 at the centre of frame i, (i + 0.5) * hop_length / hop_rate
                             seconds; 0 where the voice does not sound
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from random import Random

import numpy as np
import soundfile

from toy_corpus.english import ENGLISH
from toy_corpus.mandarin import MANDARIN
from toy_corpus.prosody import CONTOUR_STEP, Interval, Plan, make_plan
from toy_corpus.sentence import Language, Sentence
from toy_corpus.synth import add_floor, contour_at, synthesise, voicing_at
from tts.errors import InputError

HOP_LENGTH, HOP_RATE = 256, 22050  # of the recipes' mel frames


@dataclass(frozen=True)
class Options:
    layout: str  # ljspeech | baker
    num_utterances: int
    seed: int


@dataclass(frozen=True)
class _Clip:
    """One utterance on its way to disk; `seconds(x)` of an interval's bound is exact."""

    id: str
    sentence: Sentence
    plan: Plan

    def seconds(self, interval: Interval) -> tuple[float, float]:
        return interval.start / self.plan.rate, interval.end / self.plan.rate


def write_corpus(output: Path, options: Options, num_jobs: int) -> tuple[Path, float]:
    """Make the corpus below `output`.

    Returns: the corpus's folder, and the seconds of audio made (0: it was up to date).
    Raises: InputError where the folder exists and is not a toy corpus.
    """
    layout = LAYOUTS[options.layout]
    target = output / layout.folder
    wanted = {**asdict(options), "program": _program()}
    if target.exists() or target.is_symlink():
        if _made_with(target) == wanted:
            return target, 0.0
        if target.is_symlink() or _made_with(target) is None:
            raise InputError(
                f"{target} exists and is no toy corpus, so it will not be replaced: "
                "give another --output, or move it away"
            )
    output.mkdir(parents=True, exist_ok=True)
    _remove_remains(output, layout.folder)
    making = output / f".{layout.folder}.making-{os.getpid()}"
    try:
        layout.make_folders(making)
        seconds = _write_clips(making, options, num_jobs)
        text = json.dumps(wanted, indent=2) + "\n"
        (making / "truth" / "corpus.json").write_text(text, encoding="utf-8")
        if target.exists():
            target.rename(output / f".{layout.folder}.old-{os.getpid()}")
        making.rename(target)
    finally:
        _remove_remains(output, layout.folder, os.getpid())
    return target, seconds


def _program() -> str:
    """A hash of this package's sources: a changed synthesiser makes a new corpus."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _made_with(target: Path) -> dict | None:
    try:
        return json.loads((target / "truth" / "corpus.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _remove_remains(output: Path, folder: str, own: int | None = None) -> None:
    """Remove the temporary folders of this process and of those that no longer run."""
    for kind in ("making", "old"):
        for path in output.glob(f".{folder}.{kind}-*"):
            process = int(path.name.rpartition("-")[2])
            if process == own or not _running(process):
                shutil.rmtree(path, ignore_errors=True)


def _running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _write_clips(folder: Path, options: Options, num_jobs: int) -> float:
    """Synthesise every clip and write the files that list them all; return seconds of audio."""
    from tqdm import tqdm

    layout = LAYOUTS[options.layout]
    sentences = list(_sentences(layout.language, options))
    tasks = [(str(folder), options, index, s) for index, s in enumerate(sentences)]
    bar = {"total": len(tasks), "desc": f"toy {layout.folder}", "unit": "clip", "disable": None}
    if num_jobs <= 1:
        seconds = sum(tqdm(map(_write_clip, tasks), **bar))
    else:
        with ProcessPoolExecutor(num_jobs) as pool:
            seconds = sum(tqdm(pool.map(_write_clip, tasks, chunksize=4), **bar))
    layout.write_lists(folder, [(layout.id(i), s) for i, s in enumerate(sentences)])
    return seconds


def _sentences(language: Language, options: Options) -> Iterator[Sentence]:
    """Different sentences as long as the generator finds new ones."""
    random, seen = Random(options.seed), set()
    for _ in range(options.num_utterances):
        for _ in range(100):
            sentence = language.generate(random)
            if sentence.text not in seen:
                break
        seen.add(sentence.text)
        yield sentence


def _write_clip(task: tuple[str, Options, int, Sentence]) -> float:
    """One clip with its labels and its truth; returns its seconds.

    Its random numbers depend on the seed and its index only.
    """
    folder, options, index, sentence = Path(task[0]), *task[1:]
    layout = LAYOUTS[options.layout]
    random = np.random.default_rng([options.seed, index])
    plan = make_plan(sentence, layout.language, layout.rate // layout.factor, random)
    samples = synthesise(plan, random)
    if layout.factor > 1:
        from scipy.signal import resample_poly

        samples = resample_poly(samples, layout.factor, 1)
    samples = add_floor(samples, random)
    clip = _Clip(layout.id(index), sentence, plan)
    path = folder / layout.audio / f"{clip.id}.wav"
    soundfile.write(path, samples, layout.rate, subtype="PCM_16")
    layout.write_labels(folder, clip)
    truth = json.dumps(_truth(clip, len(samples), layout.rate), ensure_ascii=False)
    (folder / "truth" / f"{clip.id}.json").write_text(truth + "\n", encoding="utf-8")
    return len(samples) / layout.rate


def _truth(clip: _Clip, num_samples: int, rate: int) -> dict:
    plan = clip.plan
    num_frames = int(Fraction(num_samples * HOP_RATE, rate * HOP_LENGTH) + Fraction(1, 2))
    centres = (np.arange(num_frames) + 0.5) * HOP_LENGTH / HOP_RATE
    f0 = np.where(voicing_at(plan, centres), contour_at(plan, centres), 0.0)
    return {
        "id": clip.id,
        "sample_rate": rate,
        "num_samples": num_samples,
        "phones": [[*clip.seconds(i), i.label] for i in plan.phones],
        "words": [[*clip.seconds(i), i.label] for i in plan.words],
        "contour_step": CONTOUR_STEP,
        "contour": plan.contour.tolist(),
        "hop_length": HOP_LENGTH,
        "hop_rate": HOP_RATE,
        "f0": np.round(f0, 3).tolist(),
    }


class _LJSpeech:
    """LJSpeech-1.1: metadata.csv, wavs/, TextGrid/ with the tiers words and phones."""

    folder, audio, rate, factor, language = "LJSpeech-1.1", "wavs", 22050, 1, ENGLISH

    def id(self, index: int) -> str:
        return f"LJ{index // 1000 + 1:03d}-{index % 1000 + 1:04d}"

    def make_folders(self, folder: Path) -> None:
        _make(folder, "wavs", "TextGrid", "truth")

    def write_lists(self, folder: Path, sentences: Iterable[tuple[str, Sentence]]) -> None:
        lines = [f"{id}|{s.text}|{s.normalized}\n" for id, s in sentences]
        (folder / "metadata.csv").write_text("".join(lines), encoding="utf-8")
        (folder / "README").write_text(
            "Synthetic speech in the layout of the LJ Speech Dataset 1.1: not the dataset\n"
            "itself. A formant synthesiser read sentences made up for it; truth/ holds the\n"
            "exact times and F0. Use it freely.\n",
            encoding="utf-8",
        )

    def write_labels(self, folder: Path, clip: _Clip) -> None:
        end = clip.plan.num_samples / self.rate
        lines = ['File type = "ooTextFile"', 'Object class = "TextGrid"', "", "xmin = 0.0"]
        lines += [f"xmax = {end}", "tiers? <exists>", "size = 2", "item []:"]
        for number, (name, tier) in enumerate(
            (("words", clip.plan.words), ("phones", clip.plan.phones)), 1
        ):
            lines += [f"\titem [{number}]:", '\t\tclass = "IntervalTier"', f'\t\tname = "{name}"']
            lines += ["\t\txmin = 0.0", f"\t\txmax = {end}"]
            lines += [f"\t\tintervals: size = {len(tier)}"]
            for position, interval in enumerate(tier, 1):
                start, stop = clip.seconds(interval)
                lines += [f"\t\t\tintervals [{position}]:", f"\t\t\t\txmin = {start}"]
                lines += [f"\t\t\t\txmax = {stop}", f'\t\t\t\ttext = "{interval.label}"']
        path = folder / "TextGrid" / f"{clip.id}.TextGrid"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")


class _Baker:
    """BZNSYP: Wave/ at 48 kHz, ProsodyLabeling/000001-010000.txt, PhoneLabeling/*.interval."""

    # Speech ends below 12 kHz, so it is made at half the rate and brought to the full one.
    folder, audio, rate, factor, language = "BZNSYP", "Wave", 48000, 2, MANDARIN

    def id(self, index: int) -> str:
        return f"{index + 1:06d}"

    def make_folders(self, folder: Path) -> None:
        _make(folder, "Wave", "ProsodyLabeling", "PhoneLabeling", "truth")

    def write_lists(self, folder: Path, sentences: Iterable[tuple[str, Sentence]]) -> None:
        lines = [f"{id}\t{s.text}\n\t{s.normalized}\n" for id, s in sentences]
        path = folder / "ProsodyLabeling" / "000001-010000.txt"
        path.write_text("".join(lines), encoding="utf-8")

    def write_labels(self, folder: Path, clip: _Clip) -> None:
        """Praat's short text format: 12 lines of header, then start, end, label."""
        end = clip.plan.num_samples / clip.plan.rate
        lines = ['File type = "ooTextFile"', 'Object class = "TextGrid"', "", "0", end]
        lines += ["<exists>", 1, '"IntervalTier"', f'"{clip.id}"', "0", end, len(clip.plan.phones)]
        for interval in clip.plan.phones:
            lines += [*clip.seconds(interval), f'"{interval.label}"']
        path = folder / "PhoneLabeling" / f"{clip.id}.interval"
        path.write_text("\n".join(map(str, lines)) + "\n", encoding="utf-8")


def _make(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).mkdir(parents=True)


LAYOUTS = {"ljspeech": _LJSpeech(), "baker": _Baker()}

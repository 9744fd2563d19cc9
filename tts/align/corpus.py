"""Write durations of every utterance of a prepared corpus from an aligner's times (stage 8)."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tts.align.durations import (
    SPLITS,
    Aligned,
    Recording,
    durations_path,
    read_durations,
    save_textgrid,
    to_frames,
    write_durations,
    wrong_durations,
)
from tts.align.intervals import Interval
from tts.align.phone_matching import Matching, Segment, match
from tts.align.readers import (
    Faults,
    check_end,
    find_files,
    read_frames,
    read_phones,
    segments_of,
)
from tts.align.symbols import table_of
from tts.align.targets import targets_of
from tts.data.corpus import Fault, Recipe
from tts.data.parallel import parallel_map
from tts.data.text_tokens import read_frontend
from tts.data.validation import RejectPolicy, apply_policy
from tts.errors import InputError
from tts.features.contours import read_mel_config
from tts.text.alphabet import PhoneAlphabet, alphabet_of
from tts.text.spoken import FrontEndConfig
from tts.text.tokens import TokenTable

READERS = {"textgrid": ".TextGrid", "interval": ".interval", "frames": ""}
WITH_A_VOICE = ("mas", "k2", "attention")
# Mean cost per symbol above which phones are not those of the text.
MOST_COST = 0.14
UTTERANCES_PER_PART = 50


@dataclass(frozen=True)
class Choice:
    """Hold an aligner and where its times are."""

    aligner: str
    place: Path | None = None


@dataclass(frozen=True)
class Timing:
    """Hold what turns times into frames of this corpus and voice."""

    frontend: FrontEndConfig
    frames_per_second: float
    phone_tier: str = ""
    word_tier: str = ""


@dataclass(frozen=True)
class Job:
    """Hold one utterance: its tokens, its frames, its audio's seconds, and its times.

    missing: with times None, why there are none.
    """

    id: str
    tokens: tuple[str, ...]
    num_frames: int
    seconds: float
    times: Path | tuple[Interval, ...] | None
    missing: str = "the aligner has no times for it"


def choose_aligner(recipe: Recipe, aligner: str = "", place: str = "") -> Choice:
    """Return the aligner asked for, else the first of corpus.toml whose times are there.

    Raises: InputError where there are no times, or the aligner is unknown.
    """
    known = (*WITH_A_VOICE, *READERS)
    if aligner and aligner not in known:
        raise InputError(f"--aligner {aligner} is unknown (known: {', '.join(known)})")
    if aligner in WITH_A_VOICE:
        return Choice(aligner)
    looked: list[str] = []
    for name in (aligner,) if aligner else recipe.config.align.aligners:
        if name in WITH_A_VOICE:
            return Choice(name)
        usual = getattr(recipe.config.align, name)
        path = Path(place) if place else recipe.corpus_dir / usual if usual else None
        if path and path.exists() and (aligner or path.is_file() == (name == "frames")):
            return Choice(name, path)
        looked.append(f"{name}: {path or 'corpus.toml names no place, give --alignments'}")
    raise InputError(
        f"no phone times for {recipe.config.name}: looked for {'; '.join(looked)}. Put them "
        "there, say where they are with --alignments PATH, or take --aligner mas with a trained "
        "voice (docs/alignment.md)"
    )


def usual_voice(recipe: Recipe, search: str) -> Path:
    """Return the voice that aligns where the user names none: corpus.toml's, else one trained.

    Raises: InputError where corpus.toml names a file that does not exist.
    """
    if search == "attention":
        return recipe.exp_dir("tacotron2")
    given = recipe.config.align.voice
    voice = recipe.folder / given if given else recipe.exp_dir("matcha")
    if given and not voice.exists():
        raise InputError(
            f"{recipe.folder / 'corpus.toml'}: [align] voice = {given!r}: {voice} does not exist; "
            "mend the name, or give --exp-dir"
        )
    return voice


def align_job(job: Job, timing: Timing) -> Aligned:
    """Compute the durations of one utterance from its times."""
    matching, faults = match_job(job, timing)
    if matching is None:
        return Aligned(job.id, faults=tuple(faults))
    durations = to_frames(matching.times, job.num_frames, timing.frames_per_second)
    wrong = wrong_durations(durations, len(matching.times), job.num_frames)
    if wrong:
        return Aligned(job.id, faults=(("durations-sum", wrong),))
    return Aligned(job.id, tuple(durations))


def match_job(job: Job, timing: Timing) -> tuple[Matching | None, Faults]:
    """Return the matching of an utterance's times with its tokens, or why there is none."""
    config = timing.frontend
    alphabet = alphabet_of(config)
    targets = targets_of(job.tokens, config.framing, config.unit, alphabet)
    segments, faults = _segments(job, alphabet, (timing.phone_tier, timing.word_tier))
    if faults:
        return None, faults
    num_framed = max(place for target in targets for place in target.places) + 1
    matching = match(segments, targets, num_framed, table_of(alphabet))
    if matching.cost > MOST_COST:
        detail = f"phones unlike the text's: cost {matching.cost:.2f}, at most {MOST_COST} is usual"
        return None, [("other-text", detail)]
    return matching, []


def _segments(
    job: Job, alphabet: PhoneAlphabet, tiers: tuple[str, str]
) -> tuple[list[Segment], Faults]:
    if job.times is None:
        return [], [("missing-times", job.missing)]
    if isinstance(job.times, Path):
        return read_phones(job.times, alphabet, job.seconds, *tiers)
    end = job.times[-1].end if job.times else 0.0
    faults = check_end(end, job.times, job.seconds)
    if faults:
        return [], faults
    segments, unknown = segments_of(job.times, [], alphabet, job.seconds)
    return segments, [("unknown-phone", " ".join(unknown))] if unknown else []


def align_jobs(jobs: Sequence[Job], timing: Timing) -> list[Aligned]:
    """Align several utterances, for a process."""
    return [align_job(job, timing) for job in jobs]


def jobs_of(recipe: Recipe, choice: Choice) -> dict[str, list[Job]]:
    """Return the utterances of each split with their times.

    Raises: InputError where the aligner's folder holds no file of its kind.
    """
    times: dict[str, Any] = {}
    bad: dict[str, str] = {}
    if choice.aligner == "frames":
        assert choice.place is not None
        times, bad = read_frames(choice.place)
    elif choice.place is not None:
        times = find_files(choice.place, READERS[choice.aligner])
        if not times:
            raise InputError(f"{choice.place} has no file *{READERS[choice.aligner]} in it")
    jobs: dict[str, list[Job]] = {}
    for split in SPLITS:
        jobs[split] = [_job(cut, times.get(cut["id"])) for cut in recipe.cuts(split)]
        jobs[split] = [replace(j, missing=bad.get(j.id, j.missing)) for j in jobs[split]]
    return jobs


def _job(cut: dict[str, Any], times: Any) -> Job:
    seconds = cut["recording"]["num_samples"] / cut["recording"]["sampling_rate"]
    tokens = tuple(cut["custom"]["tokens"])
    times = times if times is None or isinstance(times, Path) else tuple(times)
    return Job(cut["id"], tokens, cut["features"]["num_frames"], seconds, times)


def _position(cut: dict[str, Any]) -> int:
    return cut["supervisions"][0]["custom"]["position"]


def timing_of(recipe: Recipe) -> Timing:
    """Return front end and frame rate of the prepared data."""
    mel = read_mel_config(recipe)
    align = recipe.config.align
    frames_per_second = mel.sample_rate / mel.hop_length
    return Timing(read_frontend(recipe), frames_per_second, align.phone_tier, align.word_tier)


def recordings(recipe: Recipe) -> Iterator[Recording]:
    """Yield every utterance of the prepared data with its features, for a voice to align."""
    from tts.data.loader import read_mel, read_stored  # brings torch, which readers do not need

    for split in SPLITS:
        for stored, tokens in read_stored(recipe.fbank(f"cuts_{split}.jsonl.gz"), recipe.work):
            mel = functools.partial(read_mel, stored)
            yield Recording(stored.id, tuple(tokens), stored.num_frames, mel)


def align_corpus(recipe: Recipe, choice: Choice, policy: RejectPolicy, num_jobs: int) -> None:
    """Write durations of all splits from the files of an aligner; see `write_aligned`."""
    timing = timing_of(recipe)
    jobs = jobs_of(recipe, choice)
    flat = [job for part in jobs.values() for job in part]
    parts = [flat[i : i + UTTERANCES_PER_PART] for i in range(0, len(flat), UTTERANCES_PER_PART)]
    work = functools.partial(align_jobs, timing=timing)
    done = parallel_map(work, parts, num_jobs, "alignment", len, len(flat))
    write_aligned(recipe, choice.aligner, [item for part in done for item in part], policy)


def write_aligned(
    recipe: Recipe, aligner: str, aligned: Iterable[Aligned], policy: RejectPolicy
) -> None:
    """Write data/align/durations_<split>.jsonl.gz and data/align/rejected.tsv.

    Raises: InputError when more is rejected than `policy` allows, after the list is written.
    """
    found = {item.id: item for item in aligned}
    cuts = {split: list(recipe.cuts(split)) for split in SPLITS}
    positions = {cut["id"]: _position(cut) for part in cuts.values() for cut in part}
    faults = [
        Fault(item.id, kind, detail, positions[item.id])
        for item in found.values()
        for kind, detail in item.faults
    ]
    apply_policy(faults, len(positions), policy, recipe.data / "align" / "rejected.tsv")
    for split, part in cuts.items():
        rows = [(cut["id"], found[cut["id"]].durations) for cut in part if cut["id"] in found]
        kept = [(name, durations) for name, durations in rows if durations]
        path = durations_path(recipe.data, split)
        print(f"{write_durations(path, kept, aligner)} of {len(part)} utterances in {path}")


def write_textgrids(recipe: Recipe, folder: Path) -> int:
    """Write the durations of all splits as <id>.TextGrid files in `folder`; return how many."""
    timing = timing_of(recipe)
    table = TokenTable.read(recipe.data / "tokens.txt")
    names = {number: symbol for symbol, number in table.symbols.items()}
    count = 0
    for split in SPLITS:
        cuts = {cut["id"]: cut for cut in recipe.cuts(split)}
        for item in read_durations(durations_path(recipe.data, split)):
            job = _job(cuts[item["id"]], None)
            framed = table.encode(job.tokens, timing.frontend.framing)
            symbols = [names[number] for number in framed]
            path = folder / f"{job.id}.TextGrid"
            shift = 1 / timing.frames_per_second
            save_textgrid(path, symbols, item["durations"], shift, job.seconds)
            count += 1
    print(f"{count} TextGrids in {folder}")
    return count

"""From a sentence to exact phone times and an exact F0 contour."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from toy_corpus.phones import SILENCE, Phone
from toy_corpus.sentence import Language, Sentence, Unit

CONTOUR_STEP = 0.005  # seconds between the points of an F0 contour
_PAUSES = {",": 0.16, ".": 0.20, "?": 0.20, "!": 0.20}  # seconds
# Pitch levels 1-5 (Chao) of the tones at equal steps of the final.
_TONES = {1: (5, 5, 5), 2: (2.8, 2.6, 3.6, 5), 3: (2.2, 1.2, 1, 1.4), 4: (5, 4.4, 2.6, 1)}
_THIRD_TONE_LAST = (2.2, 1.1, 1, 2.0, 3.6)
_NEUTRAL_AFTER = {0: 3, 1: 2.4, 2: 2.8, 3: 3.8, 4: 1.4, 5: 2.2}
_SEMITONES_PER_LEVEL = 2.3


@dataclass(frozen=True)
class Interval:
    start: int  # samples
    end: int
    label: str


@dataclass(frozen=True)
class Plan:
    """Everything the synthesiser needs to know about one utterance."""

    rate: int  # of the sample counts in the intervals
    words: tuple[Interval, ...]  # contiguous; pauses have an empty label
    phones: tuple[Interval, ...]  # contiguous, from 0 to the end of the clip
    targets: tuple[Phone, ...]  # one for each of `phones`
    levels: tuple[float, ...]  # loudness of each of `phones`
    contour: np.ndarray  # F0 in Hz every CONTOUR_STEP from time 0, linear in between

    @property
    def num_samples(self) -> int:
        return self.phones[-1].end


def make_plan(
    sentence: Sentence,
    language: Language,
    rate: int,
    random: np.random.Generator,
) -> Plan:
    """Place every phone of the sentence, at `rate` samples per second, and draw its F0 contour."""
    first_pause, inner_pause, last_pause = language.pauses
    words, phones, targets, levels = [], [], [], []
    clock = 0

    def add(label: str, phone: Phone, seconds: float, level: float) -> None:
        nonlocal clock
        end = clock + max(round(seconds * rate), round(0.02 * rate))
        phones.append(Interval(clock, end, label))
        targets.append(phone)
        levels.append(level)
        clock = end

    def pause(label: str, seconds: float) -> None:
        start = clock
        add(label, SILENCE, seconds * random.uniform(0.8, 1.2), 0.0)
        words.append(Interval(start, clock, ""))

    pause(first_pause, 0.15)
    spans = []  # of every unit: first and last position in `phones`
    for position, unit in enumerate(sentence.units):
        first, start = len(phones), clock
        for index, label in enumerate(unit.phones):
            phone = language.phone_of(label)
            factor = _duration_factor(unit, label, phone, index)
            seconds = phone.seconds * factor * np.exp(random.normal(0, 0.06))
            add(label, phone, seconds, _level(unit, label, phone))
        spans.append((first, len(phones) - 1))
        words.append(Interval(start, clock, unit.text))
        if unit.mark:
            last = position == len(sentence.units) - 1
            pause(last_pause if last else inner_pause, _PAUSES[unit.mark])
    knots = _mandarin_knots if sentence.units[0].tone else _english_knots
    heights = knots(sentence.units, spans, phones, rate, random)
    contour = _contour(heights, clock / rate, language.base_hz)
    return Plan(rate, tuple(words), tuple(phones), tuple(targets), tuple(levels), contour)


def _duration_factor(unit: Unit, label: str, phone: Phone, index: int) -> float:
    """Longer where stressed or before a pause, shorter where unstressed or neutral."""
    factor = 1.0
    if unit.tone:
        if phone.vowel:
            factor = {3: 1.1, 4: 0.92, 5: 0.68}.get(unit.tone, 1.0)
    elif phone.vowel:
        factor = {"0": 0.72, "1": 1.1, "2": 1.0}[label[-1]] * (1.0 if unit.accented else 0.8)
    if unit.mark and index >= len(unit.phones) - 3:
        factor *= 1.35 if phone.vowel else 1.15
    return factor


def _level(unit: Unit, label: str, phone: Phone) -> float:
    if unit.tone:
        return 0.75 if unit.tone == 5 else 1.0
    if phone.vowel:
        return {"0": 0.72, "1": 1.0, "2": 0.9}[label[-1]]
    return 1.0 if unit.accented else 0.85


Knots = list[tuple[float, float]]  # time in seconds, semitones above the voice's middle


def _english_knots(units, spans, phones, rate, random) -> Knots:
    """Declination with an accent on every stressed vowel of a content word, and a boundary tone."""
    knots, phrase_start = [(0.0, 1.5)], phones[0].end / rate
    for number, (unit, (first, last)) in enumerate(zip(units, spans, strict=True)):
        final = next(u.mark for u in units[number:] if u.mark)
        for position in range(first, last + 1):
            if not (unit.accented and phones[position].label.endswith("1")):
                continue
            start, end = phones[position].start / rate, phones[position].end / rate
            base = 1.5 - 1.6 * (start - phrase_start)
            height = random.uniform(2.6, 3.6) * (1.5 if final == "!" else 1.0)
            if final == "?" and unit.mark:
                height = -1.5  # low, then the boundary rises
            knots += [(start - 0.04, base), (start + 0.45 * (end - start), base + height)]
            knots += [(end + 0.05, base - 0.3)]
        if unit.mark:
            end = phones[last].end / rate
            boundary = {",": 1.5, ".": -5.5, "!": -5.0, "?": 6.5}[unit.mark]
            knots.append((end, boundary))
            phrase_start = phones[min(last + 1, len(phones) - 1)].end / rate
            knots.append((phrase_start, 1.2))
    return knots


def _mandarin_knots(units, spans, phones, rate, random) -> Knots:
    """The tones' contours over the finals, on a falling line; questions end higher."""
    knots, phrase_start, previous = [], phones[0].end / rate, 0
    for unit, (_, last) in zip(units, spans, strict=True):
        start, end = phones[last].start / rate, phones[last].end / rate
        if unit.tone == 5:
            level = _NEUTRAL_AFTER[previous]
            levels = (level, level - 0.4)
        elif unit.tone == 3 and unit.mark:
            levels = _THIRD_TONE_LAST
        else:
            levels = _TONES[unit.tone]
        shift = -0.9 * (start - phrase_start) + random.normal(0, 0.25)
        if unit.mark == "?":
            shift += 2.5
        # A tone is reached after the first tenth of its final, and held to the end.
        for share, level in zip(np.linspace(0.12, 1.0, len(levels)), levels, strict=True):
            height = (level - 3) * _SEMITONES_PER_LEVEL + shift
            knots.append((start + share * (end - start), height))
        previous = unit.tone
        if unit.mark:
            phrase_start = phones[last + 1].end / rate
    return knots


def _contour(knots: Knots, seconds: float, base_hz: float) -> np.ndarray:
    """F0 in Hz: straight lines between the knots, smoothed over 60 ms, rounded to 1 mHz."""
    times, heights = zip(*sorted(knots), strict=True)
    grid = np.arange(int(np.ceil(seconds / CONTOUR_STEP)) + 2) * CONTOUR_STEP
    semitones = np.interp(grid, times, heights)
    kernel = np.hanning(13)[1:-1]
    padded = np.pad(semitones, len(kernel) // 2, mode="edge")
    smooth = np.convolve(padded, kernel / kernel.sum(), mode="valid")
    return np.round(base_hz * 2 ** (np.clip(smooth, -9.0, 10.0) / 12), 3)

"""What the synthesiser must do for each phone of English (ARPAbet) and of Mandarin (pinyin).

A phone is a row of segments, each with one target of the vocal tract. The synthesiser holds
every target and smooths between them, so a diphthong is two segments and a plosive three:
closure, burst, aspiration. Frequencies are those of the toy voice in Hz.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, replace

Formants = tuple[float, float, float, float]  # F1-F4, Hz


@dataclass(frozen=True)
class Segment:
    """A stretch of a phone with one target; amplitudes are relative to a stressed vowel."""

    share: float  # part of the phone's duration
    formants: Formants | None = None  # None: those of the neighbours
    voice: float = 0.0
    breath: float = 0.0  # noise through the whole vocal tract
    noise: float = 0.0  # noise at a constriction, shaped by `band`
    band: str = ""
    nasal: float = 0.0  # frequency of the nasal zero, Hz; 0: the nose is closed


@dataclass(frozen=True)
class Phone:
    seconds: float  # before stress, lengthening and chance
    vowel: bool
    segments: tuple[Segment, ...]


# Shape of the noise at a constriction: centre (Hz), width (Hz) and level of its bands.
NOISE_BANDS = {
    "dental": ((7600.0, 1500.0, 1.0), (5200.0, 900.0, 0.25)),
    "palatal": ((4600.0, 1100.0, 1.0), (7000.0, 1400.0, 0.5)),
    "postalveolar": ((3000.0, 600.0, 1.0), (5000.0, 1300.0, 0.55)),
    "retroflex": ((2500.0, 450.0, 1.0), (4200.0, 1200.0, 0.5)),
    "labiodental": ((7500.0, 3500.0, 0.7), (1600.0, 900.0, 0.5)),
    "interdental": ((6200.0, 2500.0, 0.7), (1400.0, 600.0, 0.2)),
    "velar": ((1700.0, 450.0, 1.0), (3800.0, 900.0, 0.35)),
    "labial": ((700.0, 700.0, 1.0), (2500.0, 1500.0, 0.3)),
    "alveolar": ((4200.0, 1300.0, 1.0), (6500.0, 1500.0, 0.6)),
}


def _tract(f1: float, f2: float, f3: float, f4: float = 3700.0) -> Formants:
    return (f1, f2, f3, f4)


# Where the formants point to while the constriction is at ...
LABIAL = _tract(300, 900, 2350)
ALVEOLAR = _tract(320, 1850, 2850)
POSTALVEOLAR = _tract(310, 2000, 2700)
RETROFLEX = _tract(330, 1700, 2150)
PALATAL = _tract(290, 2350, 3050)
VELAR = _tract(320, 1750, 2250)


def _vowel(milliseconds: float, *targets: Formants, first: float = 0.5) -> Phone:
    """A vowel with one target, or with a glide from the first to the second."""
    shares = (1.0,) if len(targets) == 1 else (first, 1 - first)
    segments = [Segment(s, t, voice=1.0) for s, t in zip(shares, targets, strict=True)]
    return Phone(milliseconds / 1000, True, tuple(segments))


def _approximant(milliseconds: float, target: Formants, voice: float = 0.55) -> Phone:
    return Phone(milliseconds / 1000, False, (Segment(1.0, target, voice=voice),))


def _nasal(milliseconds: float, place: Formants, zero: float) -> Phone:
    return Phone(milliseconds / 1000, False, (Segment(1.0, place, voice=0.5, nasal=zero),))


def _fricative(
    milliseconds: float, place: Formants, band: str, noise: float, voice: float = 0.0
) -> Phone:
    segment = Segment(1.0, place, voice=voice, noise=noise, band=band)
    return Phone(milliseconds / 1000, False, (segment,))


def _plosive(
    milliseconds: float,
    place: Formants,
    band: str,
    *,
    voice: float = 0.0,
    burst: float = 0.5,
    aspiration: float = 0.0,
) -> Phone:
    """Closure (with a voice bar where voiced), burst and, where aspirated, breath."""
    closure = (200.0, *place[1:])
    end = 0.36 if aspiration else 0.08
    segments = (
        Segment(0.82 - end, closure, voice=voice),
        Segment(0.18, place, noise=0.7 * burst, band=band, voice=voice),
        Segment(end, None, breath=aspiration, noise=aspiration / 4, band=band, voice=voice),
    )
    return Phone(milliseconds / 1000, False, segments)


def _affricate(
    milliseconds: float,
    place: Formants,
    band: str,
    *,
    noise: float,
    voice: float = 0.0,
    aspiration: float = 0.0,
) -> Phone:
    """Closure, then a fricative at the same place, then breath where aspirated."""
    closure = (200.0, *place[1:])
    segments = [
        Segment(0.4, closure, voice=voice),
        Segment(0.4, place, noise=noise, band=band, voice=voice),
        Segment(0.2, None, breath=aspiration, noise=aspiration / 2, band=band, voice=voice),
    ]
    return Phone(milliseconds / 1000, False, tuple(segments))


_I, _E, _A, _U, _O = (
    _tract(290, 2450, 3150),
    _tract(480, 2150, 2800),
    _tract(850, 1350, 2600),
    _tract(340, 850, 2450),
    _tract(540, 950, 2550),
)

SILENCE = Phone(0.2, False, (Segment(1.0),))

ENGLISH = {
    "AA": _vowel(135, _tract(800, 1180, 2600)),
    "AE": _vowel(135, _tract(760, 1850, 2600)),
    "AH": _vowel(90, _tract(650, 1380, 2600)),
    "AO": _vowel(135, _tract(610, 920, 2600)),
    "AW": _vowel(160, _A, _tract(430, 950, 2450)),
    "AY": _vowel(160, _A, _tract(380, 2250, 2900)),
    "EH": _vowel(110, _tract(590, 2000, 2700)),
    "ER": _vowel(125, _tract(490, 1400, 1750)),
    "EY": _vowel(140, _E, _I),
    "IH": _vowel(85, _tract(420, 2150, 2780)),
    "IY": _vowel(115, _I),
    "OW": _vowel(145, _O, _U),
    "OY": _vowel(170, _O, _I),
    "UH": _vowel(90, _tract(460, 1120, 2450)),
    "UW": _vowel(120, _U),
    "L": _approximant(70, _tract(370, 1100, 3050)),
    "R": _approximant(70, _tract(350, 1150, 1650)),
    "W": _approximant(65, _tract(300, 680, 2350)),
    "Y": _approximant(60, _tract(270, 2500, 3250)),
    "M": _nasal(75, LABIAL, 1000.0),
    "N": _nasal(70, ALVEOLAR, 1650.0),
    "NG": _nasal(80, VELAR, 2700.0),
    "HH": Phone(0.070, False, (Segment(1.0, None, breath=0.5),)),
    "F": _fricative(95, LABIAL, "labiodental", 0.13),
    "V": _fricative(65, LABIAL, "labiodental", 0.08, voice=0.35),
    "TH": _fricative(90, ALVEOLAR, "interdental", 0.11),
    "DH": _fricative(50, ALVEOLAR, "interdental", 0.06, voice=0.4),
    "S": _fricative(105, ALVEOLAR, "dental", 0.40),
    "Z": _fricative(80, ALVEOLAR, "dental", 0.22, voice=0.3),
    "SH": _fricative(110, POSTALVEOLAR, "postalveolar", 0.42),
    "ZH": _fricative(80, POSTALVEOLAR, "postalveolar", 0.22, voice=0.3),
    "CH": _affricate(125, POSTALVEOLAR, "postalveolar", noise=0.45, aspiration=0.1),
    "JH": _affricate(100, POSTALVEOLAR, "postalveolar", noise=0.28, voice=0.18),
    "P": _plosive(95, LABIAL, "labial", burst=0.45, aspiration=0.28),
    "B": _plosive(75, LABIAL, "labial", burst=0.25, voice=0.22),
    "T": _plosive(90, ALVEOLAR, "alveolar", burst=0.55, aspiration=0.3),
    "D": _plosive(65, ALVEOLAR, "alveolar", burst=0.3, voice=0.22),
    "K": _plosive(95, VELAR, "velar", burst=0.6, aspiration=0.32),
    "G": _plosive(75, VELAR, "velar", burst=0.3, voice=0.22),
}

# The parts Mandarin finals are made of.
_PARTS = {
    "a": Segment(1.0, _tract(880, 1380, 2650), voice=1.0),
    "A": Segment(1.0, _tract(780, 1120, 2650), voice=1.0),
    "o": Segment(1.0, _tract(530, 900, 2550), voice=1.0),
    "e": Segment(1.0, _tract(500, 1200, 2650), voice=1.0),
    "@": Segment(1.0, _tract(540, 1480, 2650), voice=1.0),
    "E": Segment(1.0, _tract(560, 2050, 2750), voice=1.0),
    "i": Segment(0.75, _I, voice=0.9),
    "u": Segment(0.75, _tract(350, 720, 2500), voice=0.9),
    "U": Segment(0.9, _tract(420, 850, 2550), voice=0.95),
    "v": Segment(0.75, _tract(290, 2100, 2500), voice=0.9),
    "z": Segment(1.0, _tract(370, 1450, 2950), voice=0.75, noise=0.03, band="dental"),
    "Z": Segment(1.0, _tract(380, 1750, 2200), voice=0.75, noise=0.03, band="retroflex"),
    "r": Segment(0.9, _tract(560, 1450, 1800), voice=0.9),
    "n": Segment(0.65, ALVEOLAR, voice=0.5, nasal=1650.0),
    "N": Segment(0.75, VELAR, voice=0.5, nasal=2700.0),
}

FINALS = {
    "a": "a", "o": "U o", "e": "e", "ai": "a i", "ei": "E i", "ao": "A U", "ou": "o u",
    "an": "a n", "en": "@ n", "ang": "A N", "eng": "@ N", "ong": "U N", "er": "@ r",
    "i": "i", "ia": "i a", "ie": "i E", "iao": "i A U", "iou": "i o u", "ian": "i E n",
    "in": "i n", "iang": "i A N", "ing": "i @ N", "iong": "i U N",
    "u": "u", "ua": "u a", "uo": "u o", "uai": "u a i", "uei": "u E i", "uan": "u a n",
    "uen": "u @ n", "uang": "u A N", "ueng": "u @ N",
    "v": "v", "ve": "v E", "van": "v E n", "vn": "v n", "ii": "z", "iii": "Z",
}  # fmt: skip

INITIALS = {
    "b": _plosive(75, LABIAL, "labial", burst=0.35),
    "p": _plosive(115, LABIAL, "labial", burst=0.45, aspiration=0.4),
    "m": _nasal(75, LABIAL, 1000.0),
    "f": _fricative(100, LABIAL, "labiodental", 0.15),
    "d": _plosive(70, ALVEOLAR, "alveolar", burst=0.4),
    "t": _plosive(110, ALVEOLAR, "alveolar", burst=0.55, aspiration=0.4),
    "n": _nasal(75, ALVEOLAR, 1650.0),
    "l": _approximant(70, _tract(370, 1300, 3050)),
    "g": _plosive(75, VELAR, "velar", burst=0.4),
    "k": _plosive(115, VELAR, "velar", burst=0.6, aspiration=0.4),
    "h": Phone(0.095, False, (Segment(1.0, None, breath=0.25, noise=0.25, band="velar"),)),
    "j": _affricate(85, PALATAL, "palatal", noise=0.32),
    "q": _affricate(130, PALATAL, "palatal", noise=0.42, aspiration=0.2),
    "x": _fricative(110, PALATAL, "palatal", 0.40),
    "zh": _affricate(85, RETROFLEX, "retroflex", noise=0.36),
    "ch": _affricate(130, RETROFLEX, "retroflex", noise=0.46, aspiration=0.2),
    "sh": _fricative(115, RETROFLEX, "retroflex", 0.42),
    "r": _fricative(75, RETROFLEX, "retroflex", 0.06, voice=0.45),
    "z": _affricate(85, ALVEOLAR, "dental", noise=0.34),
    "c": _affricate(130, ALVEOLAR, "dental", noise=0.42, aspiration=0.15),
    "s": _fricative(115, ALVEOLAR, "dental", 0.42),
}

_NO_INITIAL = {
    "yi": "i", "ya": "ia", "ye": "ie", "yao": "iao", "you": "iou", "yan": "ian", "yin": "in",
    "yang": "iang", "ying": "ing", "yong": "iong", "yu": "v", "yue": "ve", "yuan": "van",
    "yun": "vn", "wu": "u", "wa": "ua", "wo": "uo", "wai": "uai", "wei": "uei", "wan": "uan",
    "wen": "uen", "wang": "uang", "weng": "ueng",
}  # fmt: skip
_WRITTEN_SHORT = {"ui": "uei", "iu": "iou", "un": "uen"}


def split_pinyin(syllable: str) -> tuple[str, ...]:
    """A labelled syllable as initial and final: hui4 -> h uei4, yuan2 -> van2, nar4 -> n ar4."""
    match = re.fullmatch(r"([a-z]+?)(r?)([1-5])", syllable)
    base, erhua, tone = match.groups()
    if base + erhua == "er":
        base, erhua = "er", ""
    if base in _NO_INITIAL:
        return (_NO_INITIAL[base] + erhua + tone,)
    initial = next((i for i in (base[:2], base[:1]) if i in INITIALS), "")
    final = base[len(initial) :]
    if initial in ("j", "q", "x") and final.startswith("u"):
        final = "v" + final[1:]
    elif final == "i" and initial in ("z", "c", "s"):
        final = "ii"
    elif final == "i" and initial in ("zh", "ch", "sh", "r"):
        final = "iii"
    final = _WRITTEN_SHORT.get(final, final) + erhua + tone
    return (initial, final) if initial else (final,)


@functools.cache
def english_phone(label: str) -> Phone:
    """The phone of an ARPAbet label with or without its stress digit."""
    return ENGLISH[label.rstrip("012")]


@functools.cache
def mandarin_phone(label: str) -> Phone:
    """The phone of an initial, or of a final with its tone; a final's r colours its end."""
    if label in INITIALS:
        return INITIALS[label]
    name = label.rstrip("12345")
    erhua = name.endswith("r") and name != "er"
    parts = FINALS[name[:-1] if erhua else name].split()
    if erhua:
        keep = parts[:-1] if len(parts) > 1 and parts[-1] in "inN" else parts
        parts = [*("@" if part in "zZ" else part for part in keep), "r"]
    segments = [_PARTS[part] for part in parts]
    total = sum(segment.share for segment in segments)
    shares = [replace(segment, share=segment.share / total) for segment in segments]
    return Phone(0.135 + 0.025 * len(parts), True, tuple(shares))

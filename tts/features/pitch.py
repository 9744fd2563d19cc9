"""Find the fundamental frequency of speech, frame by frame, with WORLD and harmonics."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from tts.config import option
from tts.errors import InputError
from tts.features.harmonics import refine


@dataclass(frozen=True)
class PitchConfig:
    """Hold how F0 is found (Morise et al., "WORLD", 2016)."""

    f0_method: Literal["dio", "harvest"] = option(
        "dio", "dio, or harvest, which misses less, takes noise for voice and is 30 times slower"
    )
    f0_refinement: Literal["harmonics", "stonemask", "none"] = option(
        "harmonics", "of the first estimate: by many harmonics, by WORLD's StoneMask, or none"
    )
    f0_min: float = option(60.0, "lowest F0 in Hz that is looked for")
    f0_max: float = option(600.0, "highest F0 in Hz that is looked for")

    def __post_init__(self) -> None:
        # WORLD reads beyond its arrays when F0 is near 0.
        if not 30 <= self.f0_min < self.f0_max <= 2000:
            raise InputError(
                f"--f0-min {self.f0_min:g} --f0-max {self.f0_max:g}: 30 <= f0-min < f0-max <= 2000 "
                "must hold"
            )


# DIO looks at every n-th sample: so many of a second are enough.
_DIO_RATE = 5000
# No voice sounds for less than so many frames; noise seems to.
SHORTEST = 3
# Voiced frames this near to the range's ends may have had to be beyond them.
_NEAR = 0.02
# More of them than this share, and the range does not fit the voice.
_MAX_NEAR = 0.1


def find_f0(samples_S: np.ndarray, rate: int, hop: int, config: PitchConfig) -> np.ndarray:
    """Find F0 in Hz, float64 (T,), of frames centred at (t + 1/2) hop samples; 0 where unvoiced.

    Args: samples_S in [-1, 1] at `rate`. T is S / hop rounded half up, as the mel's.
    """
    import pyworld

    wanted = (len(samples_S) + hop // 2) // hop
    if not wanted:
        return np.zeros(0)
    samples = samples_S.astype(np.float64)
    # WORLD's frames lie at multiples of the hop, the mel's half a hop later.
    shifted = np.pad(samples, (hop - hop // 2, 2 * hop))
    times = {"f0_floor": config.f0_min, "f0_ceil": config.f0_max, "frame_period": 1e3 * hop / rate}
    if config.f0_method == "dio":
        f0, at = pyworld.dio(shifted, rate, speed=max(1, min(12, rate // _DIO_RATE)), **times)
    else:
        f0, at = pyworld.harvest(shifted, rate, **times)
    if config.f0_refinement == "stonemask":
        f0 = pyworld.stonemask(shifted, f0, at, rate)
    f0 = f0[1 : wanted + 1]
    if config.f0_refinement == "harmonics":
        f0 = np.where(f0 > 0, np.clip(f0, config.f0_min, config.f0_max), 0.0)
        f0 = refine(samples, f0, rate, hop)
    inside = (f0 >= config.f0_min) & (f0 <= config.f0_max)
    return without_short_stretches(np.where(inside, f0, 0.0))


def without_short_stretches(f0_T: np.ndarray) -> np.ndarray:
    """Make voiced stretches of less than SHORTEST frames unvoiced."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], f0_T > 0, [0]])))
    result = f0_T.copy()
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        if end - start < SHORTEST:
            result[start:end] = 0.0
    return result


def log_contour(f0_T: np.ndarray) -> np.ndarray:
    """Return natural log F0, float64 (T,): a line across unvoiced parts, level at the ends.

    Without any voiced frame it is 0 throughout.
    """
    voiced = np.flatnonzero(f0_T)
    if not len(voiced):
        return np.zeros(len(f0_T))
    return np.interp(np.arange(len(f0_T)), voiced, np.log(f0_T[voiced]))


def check_f0(f0_T: np.ndarray, config: PitchConfig) -> list[tuple[str, str]]:
    """Find faults (kind, detail) of an utterance's F0: no voice at all, or too small a range."""
    voiced = f0_T[f0_T > 0]
    if not len(voiced):
        limits = f"{config.f0_min:g} and {config.f0_max:g} Hz"
        return [("unvoiced", f"no voice between {limits} in any of {len(f0_T)} frames")]
    faults = []
    for name, near in (
        ("f0-min", voiced < config.f0_min * (1 + _NEAR)),
        ("f0-max", voiced > config.f0_max * (1 - _NEAR)),
    ):
        if near.mean() > _MAX_NEAR:
            limit = config.f0_min if name == "f0-min" else config.f0_max
            detail = f"{near.mean():.0%} of the voiced frames lie at --{name} {limit:g} or beyond"
            faults.append(("f0-range", detail))
    return faults

"""List the metrics of the report, each a function of its own file and a line here."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from tts.evaluate.distillmos import distill_opinion
from tts.evaluate.distortion import mel_cepstral_distortion, model_distortion, model_mel_l1
from tts.evaluate.dnsmos import background_opinion, overall_opinion, speech_opinion
from tts.evaluate.energy import energy_mae, energy_mae_deviations
from tts.evaluate.intelligibility import (
    Errors,
    broken_sentences,
    character_errors,
    syllable_errors,
    tonal_errors,
    word_errors,
)
from tts.evaluate.lengths import (
    duration_error_ms,
    length_error_ms,
    length_error_percent,
    token_duration_error,
)
from tts.evaluate.pauses import pauses_in_words
from tts.evaluate.pitch import (
    f0_dtw,
    f0_kurtosis,
    f0_sigma,
    f0_skewness,
    log_f0_rmse,
    voicing_error,
)
from tts.evaluate.utterance import Comparison, SystemUtterance

# Which values are best, as the tables show it.
LOW, HIGH, NEAR = "↓", "↑", "≈"


@dataclass(frozen=True)
class Metric:
    """Define a line of the report: its title, its decimals, which values are best (LOW, HIGH or
    NEAR the recording's), and how it is computed.

    `of` says from what: a Comparison, one SystemUtterance, its errors (an Errors, in percent), or
    the voiced F0 (V,) in Hz; the last two are pooled over the utterances, the others averaged.
    None means unknown. The docstring of `compute` is what the report prints as the definition.
    """

    title: str
    decimals: int
    best: str
    compute: Callable[..., Any]
    of: Literal["comparison", "utterance", "errors", "voiced"] = "comparison"

    @property
    def definition(self) -> str:
        """Return what it is, in words."""
        return " ".join((inspect.getdoc(self.compute) or "").split())

    def value(self, comparison: Comparison) -> float | Errors | None:
        """Compute it for one utterance; what is compared with itself has no distances to report."""
        spoken = comparison.spoken
        if self.of in ("utterance", "errors"):
            return self.compute(spoken)
        if self.of == "voiced":
            return self.compute(voiced_f0(spoken))
        return None if spoken is comparison.recorded else self.compute(comparison)


# A new metric is one file and one line here.
METRICS = {
    "f0_sigma_hz": Metric("F0 σ (Hz)", 1, NEAR, f0_sigma, "voiced"),
    "f0_skewness": Metric("F0 skewness", 3, NEAR, f0_skewness, "voiced"),
    "f0_kurtosis": Metric("F0 kurtosis", 3, NEAR, f0_kurtosis, "voiced"),
    "f0_dtw_hz": Metric("F0 DTW (Hz)", 2, LOW, f0_dtw),
    "log_f0_rmse": Metric("log F0 RMSE", 3, LOW, log_f0_rmse),
    "vuv_error_percent": Metric("V/UV error (%)", 1, LOW, voicing_error),
    "energy_mae": Metric("energy MAE", 3, LOW, energy_mae),
    "energy_mae_sd": Metric("energy MAE (SD)", 3, LOW, energy_mae_deviations),
    "mcd_wave_db": Metric("MCD (dB)", 2, LOW, mel_cepstral_distortion),
    "mcd_db": Metric("MCD before vocoder (dB)", 2, LOW, model_distortion),
    "mel_l1": Metric("mel L1 before vocoder", 3, LOW, model_mel_l1),
    "duration_error_ms": Metric("duration error (ms)", 1, LOW, duration_error_ms),
    "token_duration_error": Metric("same with blanks (frames)", 2, LOW, token_duration_error),
    "length_error_ms": Metric("length error (ms)", 0, LOW, length_error_ms),
    "length_error_percent": Metric("length error (%)", 1, LOW, length_error_percent),
    "word_error_percent": Metric("WER (%)", 1, LOW, word_errors, "errors"),
    "tonal_error_percent": Metric("tonal syllable error (%)", 1, LOW, tonal_errors, "errors"),
    "syllable_error_percent": Metric("syllable error (%)", 1, LOW, syllable_errors, "errors"),
    "character_error_percent": Metric("CER (%)", 1, LOW, character_errors, "errors"),
    "broken_percent": Metric("broken sentences (%)", 1, LOW, broken_sentences, "errors"),
    "pauses_percent": Metric("words with a pause inside (%)", 1, LOW, pauses_in_words, "errors"),
    "distillmos": Metric("DistillMOS", 2, HIGH, distill_opinion, "utterance"),
    "dnsmos_ovr": Metric("DNSMOS overall", 2, HIGH, overall_opinion, "utterance"),
    "dnsmos_sig": Metric("DNSMOS speech", 2, HIGH, speech_opinion, "utterance"),
    "dnsmos_bak": Metric("DNSMOS background", 2, HIGH, background_opinion, "utterance"),
}


def voiced_f0(utterance: SystemUtterance) -> np.ndarray:
    """Return F0 in Hz of the voiced frames alone, float64 (V,)."""
    return utterance.f0_T[utterance.f0_T > 0].astype(np.float64)


@dataclass(frozen=True)
class Row:
    """Hold the numbers of one utterance of one system; lengths in seconds, `values` by the names of
    METRICS.

    rtf is known of what was spoken here; voiced_f0_V is kept for the pooled moments, `units` (by
    names of METRICS) for the pooled errors. heard is what a recogniser heard; recorded_seconds is
    None without a recording.
    """

    system: str
    id: str
    num_tokens: int
    seconds: float
    recorded_seconds: float | None
    rtf: float | None
    recording: str
    values: dict[str, float | None]
    voiced_f0_V: np.ndarray
    units: dict[str, int] = field(default_factory=dict)
    text: str = ""
    heard: str | None = None


@dataclass(frozen=True)
class Total:
    """Hold a metric over a test set of `count` utterances: `margin` is half of its 95 % interval,
    None for moments of F0, no errors at all, and single utterances.
    """

    value: float
    margin: float | None
    count: int


def totals(rows: Sequence[Row]) -> dict[str, Total | None]:
    """Compute each metric over one system's rows, None where it is known of none of them."""
    return {name: _total(name, metric, rows) for name, metric in METRICS.items()}


def _total(name: str, metric: Metric, rows: Sequence[Row]) -> Total | None:
    if metric.of == "voiced":
        pooled_V = np.concatenate([row.voiced_f0_V for row in rows])
        value = metric.compute(pooled_V)
        return None if value is None else Total(value, None, len(rows))
    said = [row for row in rows if row.values[name] is not None]
    known = np.array([row.values[name] for row in said])
    if not len(known):
        return None
    if metric.of == "errors":
        units = np.array([row.units[name] for row in said])
        return Total(float(np.average(known, weights=units)), _drawn(known, units), len(known))
    return Total(float(known.mean()), _margin(known), len(known))


def _drawn(percent_N: np.ndarray, units_N: np.ndarray) -> float | None:
    """Compute half of the 95 % interval of a pooled share by bootstrap over utterances."""
    count = len(units_N)
    if count < 2 or not percent_N.any():  # without any error the draws tell nothing
        return None
    drawn_RN = np.random.default_rng(0).integers(count, size=(2000, count))
    errors_R = (percent_N * units_N)[drawn_RN].sum(axis=1)
    low, high = np.percentile(errors_R / units_N[drawn_RN].sum(axis=1), [2.5, 97.5])
    return float(high - low) / 2


def _margin(values: np.ndarray) -> float | None:
    """Compute half of the 95 % interval of the mean by Student's distribution."""
    from scipy.special import stdtrit

    count = len(values)
    if count < 2:
        return None
    return float(stdtrit(count - 1, 0.975) * values.std(ddof=1) / np.sqrt(count))

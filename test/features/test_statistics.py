"""Sums per utterance give the mean and deviation of everything together."""

from __future__ import annotations

import random

import numpy as np
import pytest

from tts.errors import InputError
from tts.features.statistics import Sums, mean_and_std, sums_of


def test_equals_the_statistics_of_all_values_in_any_order():
    rng = np.random.default_rng(0)
    mels = [rng.normal(-5.5, 2, (n, 80)).astype(np.float32) for n in (3, 50, 200, 1)]
    everything = np.concatenate(mels).astype(np.float64)
    sums = [sums_of(mel) for mel in mels]
    mean, std = mean_and_std(sums)
    assert mean == pytest.approx(everything.mean(), abs=1e-12)
    assert std == pytest.approx(everything.std(), abs=1e-10)
    random.Random(1).shuffle(sums)
    assert mean_and_std(sums) == (mean, std)


def test_nothing_or_constant_input_is_refused():
    with pytest.raises(InputError, match="no training utterance"):
        mean_and_std([])
    with pytest.raises(InputError, match="no signal"):
        mean_and_std([Sums(10, -50.0, 250.0)])

"""Errors of timing and of energy: identities and known differences."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from utterances import HOP, MEL, RATE, known, tone

from tts.errors import InputError
from tts.evaluate.energy import energy_mae, energy_mae_deviations
from tts.evaluate.lengths import (
    duration_error_ms,
    length_error_ms,
    length_error_percent,
    token_duration_error,
    without_blanks,
)
from tts.evaluate.utterance import Comparison, SystemUtterance

FRAME_MS = 1000 * HOP / RATE


def long(frames: int) -> SystemUtterance:
    return known(mel_TF=np.zeros((frames, 10)))


def timed(spoken, recorded, blanks=None) -> Comparison:
    spoken_take = replace(long(8), durations_L=None if spoken is None else np.array(spoken))
    blanks_L = None if blanks is None else np.array(blanks, dtype=bool)
    return Comparison(spoken_take, long(8), np.array(recorded), blanks_L)


def test_lengths():
    comparison = Comparison(long(60), long(40))
    assert length_error_ms(comparison) == pytest.approx(20 * FRAME_MS)
    assert length_error_percent(comparison) == pytest.approx(50)
    assert length_error_percent(Comparison(long(40), long(60))) == pytest.approx(100 / 3)
    assert length_error_ms(Comparison(long(7), long(7))) == 0.0
    of_model = replace(long(60), model_mel_TF=np.zeros((41, 10)))
    assert length_error_ms(Comparison(of_model, long(40))) == pytest.approx(FRAME_MS)


def test_token_durations():
    blanks = [1, 0, 1, 0, 1]
    same = timed([0, 2, 1, 4, 1], [0, 2, 1, 4, 1], blanks)
    assert token_duration_error(same) == duration_error_ms(same) == 0.0
    other = timed([1.0, 2.5, 0.5, 4, 0], [0, 2, 2, 4, 0], blanks)
    assert token_duration_error(other) == pytest.approx((1 + 0.5 + 1.5) / 5)
    # The first blank alone, then token and blank: 1, 3, 4 against 0, 4, 4.
    assert duration_error_ms(other) == pytest.approx(FRAME_MS * 2 / 3)
    assert token_duration_error(timed(None, [1, 2])) is None
    assert duration_error_ms(timed([1, 2], [1, 2])) is None
    with pytest.raises(InputError, match="durations of 2 and 3 tokens cannot be compared"):
        timed([1, 2], [1, 2, 3])


def test_blanks_give_their_frames_to_the_token_before():
    durations, blanks = np.array([1, 2, 3, 4, 5]), np.array([1, 0, 1, 0, 1])
    assert without_blanks(durations, blanks).tolist() == [1, 5, 9]
    assert without_blanks(durations, np.zeros(5)).tolist() == durations.tolist()
    # A model without blanks and one that speaks them agree where tokens begin and end.
    assert without_blanks(np.array([0, 3, 0, 4, 0]), blanks).tolist() == [0, 3, 4]


def test_energy():
    samples = tone(0.5)
    take = SystemUtterance(samples, MEL)
    assert energy_mae(Comparison(take, take)) == 0.0
    louder = Comparison(SystemUtterance(3 * samples, MEL), take)
    mean, deviation = take.energy_T.mean(), take.energy_T.std()
    assert energy_mae(louder) == pytest.approx(2 * mean, rel=1e-3)
    assert energy_mae_deviations(louder) == pytest.approx(2 * mean / deviation, rel=1e-3)
    mel_TF = np.zeros((4, 10))
    level = known(mel_TF=mel_TF, energy_T=np.full(4, 2.0))
    assert energy_mae(Comparison(known(mel_TF=mel_TF, energy_T=np.full(4, 2.5)), level)) == 0.5
    assert energy_mae_deviations(Comparison(level, level)) is None


def test_a_take_needs_a_frame():
    with pytest.raises(InputError, match="100 samples are too few"):
        SystemUtterance(np.zeros(100, np.float32), MEL)

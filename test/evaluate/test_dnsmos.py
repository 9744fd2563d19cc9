"""DNSMOS: the published windows and scores."""

from __future__ import annotations

import numpy as np
import pytest
import soundfile

from tts.errors import InputError
from tts.evaluate.dnsmos import SAMPLE_RATE, WINDOW, Judge, windows


@pytest.mark.parametrize(
    "seconds, starts",
    [
        (9.01, [0]),
        (9.5, [0]),
        (10.9, [0]),
        (11.0, [0, 1]),
        (12.0, [0, 1, 2]),
        (4.0, [0, 1, 2, 3, 4, 5, 6]),
    ],
)
def test_windows_begin_every_second(seconds, starts):
    """As the published tool has them: 4 s are doubled twice to 16; of 18 s the windows from 7 s on,
    which its rounding makes a sample short, do not count.
    """
    samples = np.arange(round(seconds * SAMPLE_RATE), dtype=np.float32)
    found = windows(samples)
    assert found.shape[1] == WINDOW
    assert (found[:, 0] / SAMPLE_RATE % seconds).tolist() == [s % seconds for s in starts]


# Opinions that the package speechmos 0.0.1.1 has of LJ001-0004 at 16 kHz, resampled as here; by
# librosa's resampling they differ by 0.011 at most.
PUBLISHED = {"sig": 3.490449, "bak": 3.789088, "ovr": 3.060197}


@pytest.fixture(scope="session")
def judge(shared_data):
    return Judge(shared_data / "evaluators" / "dnsmos_sig_bak_ovr.onnx")


def test_scores_of_a_real_clip_are_the_published_tools(judge, shared_data):
    path = shared_data / "LJSpeech-1.1" / "wavs" / "LJ001-0004.wav"
    samples, rate = soundfile.read(path, dtype="float32")
    clean = judge(samples, rate)
    assert clean == pytest.approx(PUBLISHED, abs=1e-4)
    noise = 0.02 * np.random.RandomState(0).standard_normal(len(samples)).astype(np.float32)
    noisy = judge(samples + noise, rate)
    assert noisy["bak"] < clean["bak"] - 1 and noisy["ovr"] < clean["ovr"] - 0.5


def test_other_files_are_refused(tmp_path):
    with pytest.raises(InputError, match="does not exist; sig_bak_ovr"):
        Judge(tmp_path / "none.onnx")
    (tmp_path / "text.onnx").write_text("no network")
    with pytest.raises(InputError, match=r"text\.onnx"):
        Judge(tmp_path / "text.onnx")

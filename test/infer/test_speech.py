"""Speech of sentences joined in samples, and sound files that are what their name says."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
import soundfile

from tts.errors import InputError
from tts.infer.control import Timed
from tts.infer.reading import Reading
from tts.infer.speech import FORMATS, Speech, check_audio_path, join, write_audio
from tts.text.spoken import Problem, Spoken

NOTHING = Spoken("", "", ())


def test_sentences_are_joined_in_samples():
    one = Speech(np.ones(5, np.float32), 10, NOTHING, times=(Timed("a", 0.0, 0.5),))
    whole = Spoken("A text.", "a text.", (), (Problem(0, "A", "unknown"),))
    speech = join([one, one], whole, 0.25, "x")  # 2.5 samples of silence: no frame, no rounding up
    assert speech.samples.tolist() == [1] * 5 + [0] * 2 + [1] * 5
    assert [(t.start, t.end) for t in speech.times] == [(0.0, 0.5), (0.7, 1.2)]
    assert (speech.id, speech.num_sentences, speech.problems) == ("x", 2, whole.problems)
    assert speech.mel_TF is None and speech.durations is None
    assert join([one], whole, 0.25).samples is one.samples
    assert "x.wav: 1.20 s of speech in 2 sentences" in speech.report("x.wav")
    assert "at 0: 'A': unknown" in speech.report("x.wav")


def test_how_a_sentence_was_read():
    """Tokens 0, 1, 3, then back to 0; token 2 is never read; the last frame reads two."""
    attention_TP = np.eye(4)[[0, 0, 1, 3, 1]]
    attention_TP[4] = [0.5, 0.5, 0, 0]
    reading = Reading.of(attention_TP, stopped=False)
    assert reading == Reading(focus=0.9, unread=1, repeats=1, stopped=False)
    good = Reading(0.95, 0, 0, True)
    parts = [Speech(np.ones(5), 10, NOTHING, readings=(one,)) for one in (reading, good)]
    lines = join(parts, NOTHING, 0.0).report("x.wav").splitlines()
    cut, ended = "cut off at the limit of frames", "ended by itself"
    assert lines[1:] == [
        f"  sentence 1: attention 0.90, 1 tokens not read, 1 repeats, {cut}",
        f"  sentence 2: attention 0.95, 0 tokens not read, 0 repeats, {ended}",
    ]


@pytest.mark.parametrize("suffix", [*FORMATS, ".WAV"])
def test_a_sound_file_is_what_its_suffix_says(suffix, tmp_path):
    path = tmp_path / f"x{suffix}"
    samples = (0.3 * np.sin(np.arange(22050) / 20)).astype(np.float32)
    write_audio(path, samples, 22050)
    assert soundfile.info(path).format == suffix[1:].upper()
    read, rate = soundfile.read(path)
    assert rate == 22050 and abs(len(read) - len(samples)) < 3000
    assert abs(np.sqrt(np.mean(read**2)) - 0.3 / np.sqrt(2)) < 0.02


def test_other_suffixes_and_rates_are_refused(tmp_path):
    for name in ("x.opus", "x", "x.wav.txt"):
        with pytest.raises(InputError, match=r"ends in \.wav, \.flac, \.ogg, \.mp3"):
            check_audio_path(name)
        with pytest.raises(InputError, match="no sound format"):
            write_audio(tmp_path / name, np.zeros(9, np.float32), 22050)
    with pytest.raises(InputError, match="cannot be written as MP3"):
        write_audio(tmp_path / "x.mp3", np.zeros(9, np.float32), 12345)
    assert not list(tmp_path.iterdir())


def test_a_deployed_voice_needs_no_torch():
    code = "import sys, tts.infer.onnx, tts.infer.sherpa; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

"""Errors of what was heard: their counts, the packages' weights, a voice judged by texts alone."""

from __future__ import annotations

import hashlib
import sys
import types
from dataclasses import replace

import numpy as np
import pytest
from test_report import checkpoint, silent, work  # noqa: F401
from utterances import MEL, RATE, tone

from tts.errors import InputError
from tts.evaluate import packaged_weights as packages
from tts.evaluate.distillmos import DistillMos
from tts.evaluate.edits import align, is_broken, num_errors
from tts.evaluate.intelligibility import broken_sentences, character_errors, word_errors
from tts.evaluate.judges import Judges
from tts.evaluate.metrics import totals
from tts.evaluate.options import EvaluateOptions
from tts.evaluate.page import utterance as section
from tts.evaluate.pauses import pauses_in_words
from tts.evaluate.recogniser import Listener, pieces
from tts.evaluate.recognisers import open_recogniser
from tts.evaluate.report import evaluate, tsv, worst_heard
from tts.evaluate.run import prepare
from tts.evaluate.samples import Sample, samples_of_texts
from tts.evaluate.systems import Folder, Recording, open_system
from tts.evaluate.utterance import SystemUtterance
from tts.features.pitch import PitchConfig
from tts.infer.control import Timed
from tts.infer.speech import Speech
from tts.text.mandarin.scoring import units as mandarin_units
from tts.text.spoken import Spoken, Word
from tts.voice import SpeakingOptions


def plain(text):
    words = text.lower().split()
    return {"word": words, "character": list("".join(words))}


def heard(text: str, said: str) -> SystemUtterance:
    judges = Judges(recogniser=lambda samples, rate: said, units=plain)
    return SystemUtterance(tone(0.2), MEL, text=text, judges=judges)


@pytest.mark.parametrize(
    "text, said, errors",
    [
        ("a b c", "a b c", 0),
        ("a b c", "a x c", 1),
        ("a b c", "a c", 1),
        ("a b c", "", 3),
        ("a b", "x a y b z", 3),
        ("", "a b", 2),
    ],
)
def test_fewest_edits(text, said, errors):
    edits = align(text.split(), said.split())
    assert num_errors(edits) == errors
    assert [edit.said for edit in edits if edit.said] == text.split()
    assert [edit.heard for edit in edits if edit.heard] == said.split()


@pytest.mark.parametrize(
    "said, broken",
    [
        ("one two three four five six", False),
        ("one two three four", False),
        ("one two three", True),
        ("one two three one two three four five six", True),
        ("one x y two three four five six", False),
        ("four five six", False),  # the end is there
        ("one two thr", True),  # cut in mid-word: the stump is heard as some word
        ("one you", True),
    ],
)
def test_sentences_cut_off_or_repeated(said, broken):
    assert is_broken(align(["one", "two", "three", "four", "five", "six"], said.split())) is broken


def test_errors_are_shares_of_what_is_written():
    utterance = heard("The young wolf", "the jung wolf howls")
    assert word_errors(utterance) == (2, 3)
    assert character_errors(utterance) == (1 + 1 + 5, 12)
    assert broken_sentences(utterance) == (0, 1)
    assert word_errors(heard("wolf", "")) == (1, 1)  # nothing heard is all words wrong
    empty = replace(heard("", "wolf"), text=" ")
    assert word_errors(empty) is broken_sentences(empty) is None
    assert word_errors(SystemUtterance(tone(0.2), MEL, text="wolf")) is None
    assert heard("", "wolf").heard_text is None


def test_mandarin_is_counted_in_syllables():
    said, other = mandarin_units("他有3个蘋果。"), mandarin_units("她有三个苹果")
    assert said["character"] == list("他有三个苹果")
    assert num_errors(align(said["character"], other["character"])) == 1
    assert said["syllable"] == other["syllable"] == ["ta", "you", "san", "ge", "ping", "guo"]
    assert mandarin_units("买")["tonal syllable"] != mandarin_units("卖")["tonal syllable"]
    mixed = mandarin_units("我们用Python写代码！")
    assert mixed["syllable"] == ["wo", "men", "yong", "python", "xie", "dai", "ma"]
    assert len(mixed["character"]) == 7 and not any(mandarin_units("……").values())


@pytest.mark.parametrize(
    "silence, counted",
    [
        ((0.30, 0.42), 1),
        ((0.30, 0.36), 0),
        ((0.38, 0.50), 0),
        ((0.36, 0.48), 0),  # the next word begins a little before its time
        ((0.48, 0.60), 0),
        ((0.0, 0.15), 0),
    ],
)
def test_pauses_inside_of_words(silence, counted):
    """A word from 0.1 to 0.5 s: a pause counts where sound of it comes before and after."""
    samples = tone(0.8)
    start, end = (round(RATE * seconds) for seconds in silence)
    samples[start:end] *= 1e-3
    utterance = SystemUtterance(samples, MEL, word_spans=[(0.1, 0.5), (0.5, 0.8)])
    assert pauses_in_words(utterance) == (counted, 2)
    assert pauses_in_words(SystemUtterance(samples, MEL)) is None


def test_spans_of_words_are_those_of_their_tokens():
    words = (Word("two", ("t", "u"), ""), Word(" ", (), ""), Word("go", ("g",), ""))
    spoken = Spoken("two go.", "", (*words, Word(".", (".",), "punctuation")))
    tokens = [("_", 0.1), ("t", 0.2), ("u", 0.3), ("g", 0.5), (".", 0.6)]
    times, start = (), 0.0
    for token, end in tokens:
        times, start = (*times, Timed(token, start, end)), end
    speech = Speech(tone(0.7), RATE, spoken, times=times)
    assert speech.word_spans == [(0.1, 0.3), (0.3, 0.5)]
    assert replace(speech, times=times[:-1]).word_spans == []


def rows_of(tmp_path, said: dict[str, str]):
    """Rows of a folder of sounds under texts alone, and the page's sections."""
    import soundfile

    samples = [Sample(name, None, text) for name, text in said.items()]
    for number, sample in enumerate(samples):
        soundfile.write(tmp_path / f"{sample.id}.wav", tone(0.2 + 0.1 * number), RATE)
    given = iter(["the cat", "a dog ran and ran and ran"])
    judges = Judges(recogniser=lambda samples, rate: next(given), units=plain)
    sections = []
    rows = list(
        evaluate(
            samples,
            [Folder("other", "", MEL, tmp_path)],
            tmp_path / "out",
            judges=judges,
            show=lambda sample, said: sections.append(section(sample, said, "en")),
        )
    )
    return rows, sections


def test_texts_alone_are_enough(tmp_path):
    rows, sections = rows_of(tmp_path, {"a": "The cat <sat> down", "b": "a dog ran"})
    total = totals(rows)
    # 2 of 4 words missing, 4 added to 3: pooled, not the mean of two shares.
    assert total["word_error_percent"].value == pytest.approx(100 * 6 / 7)
    assert total["word_error_percent"].count == 2 and total["word_error_percent"].margin > 0
    assert total["broken_percent"].value == 50
    assert total["f0_dtw_hz"] is None and rows[0].recorded_seconds is None
    lines = tsv(rows).splitlines()
    assert lines[0].endswith("text\theard") and lines[1].endswith("The cat <sat> down\tthe cat")
    worst = worst_heard(rows)
    assert worst.index("other, b: 4 wrong") < worst.index("other, a: 2 wrong")
    assert "<del>&lt;sat&gt;</del> <del>down</del>" in sections[0]
    assert "<mark>and</mark>" in sections[1] and 'class="recorded"' not in sections[1]


def test_a_voice_speaks_a_file_of_texts(work, checkpoint, tmp_path):  # noqa: F811
    path = tmp_path / "texts.txt"
    path.write_text("x|The cat.\nA dog.\n", encoding="utf-8")
    assert [sample.id for sample in samples_of_texts(path, 0)] == ["x", "0002"]
    options = EvaluateOptions(texts=str(path), output_dir=str(tmp_path / "out"), vocoded=False)
    with pytest.raises(InputError, match="nothing to compare"):
        prepare(options, None, {}, PitchConfig())
    evaluation = prepare(options, None, {"tiny": checkpoint}, PitchConfig())
    assert [system.name for system in evaluation.systems] == ["tiny"]
    assert "corpus" in evaluation.facts and not any(
        isinstance(system, Recording) for system in evaluation.systems
    )
    with pytest.raises(InputError, match="exclude each other"):
        replace(options, recordings="wavs")


def test_all_texts_that_cannot_be_said_are_named(checkpoint, tmp_path):  # noqa: F811
    path = tmp_path / "texts.txt"
    path.write_text("a|The cat.\nb|...\nc|\n", encoding="utf-8")
    options = EvaluateOptions(texts=str(path), output_dir=str(tmp_path / "out"))
    evaluation = prepare(options, None, {"tiny": checkpoint}, PitchConfig())
    with pytest.raises(InputError, match=r"2 faults\n  tiny: b: nothing to say.*\n  tiny: c: "):
        evaluation.run(print)
    assert not (tmp_path / "out").exists()
    with pytest.raises(InputError, match=r"^--texts .*none\.txt does not exist"):
        samples_of_texts(tmp_path / "none.txt", 0)
    with pytest.raises(InputError, match=r"--language enu is no row.*nearest: en-us"):
        replace(options, language="enu")


def test_recordings_without_texts_cannot_be_compared_with_words(tmp_path):
    import soundfile

    soundfile.write(tmp_path / "a.wav", tone(0.3), RATE)
    options = EvaluateOptions(recordings=str(tmp_path), recogniser="base", language="en-us")
    with pytest.raises(InputError, match=r"none of the 1 utterances has a text: put <id>\.txt"):
        prepare(options, None, {}, PitchConfig())


def test_packages_of_any_steps_are_chosen(tmp_path):
    def chosen(names, options):
        folder = tmp_path / "-".join(names)
        folder.mkdir(exist_ok=True)
        for name in ("tokens.txt", "vocoder.onnx", *names):
            (folder / name).write_text("")
        with pytest.raises(Exception, match=r"\.onnx|steps") as error:  # an empty file is no model
            open_system("p", folder, MEL, None, options)
        return str(error.value)

    assert "/model.onnx" in chosen(["model.onnx"], SpeakingOptions())
    assert "model-steps-2.onnx" in chosen(["model-steps-2.onnx"], SpeakingOptions())
    assert "no model of 5 steps" in chosen(["model-steps-2.onnx"], SpeakingOptions(5))


def test_a_recogniser_needs_a_language(tmp_path, checkpoint):  # noqa: F811
    (tmp_path / "texts.txt").write_text("a\n")
    options = EvaluateOptions(texts=str(tmp_path / "texts.txt"), recogniser="base")
    with pytest.raises(InputError, match="which language"):
        prepare(options, None, {"tiny": checkpoint}, PitchConfig())
    with pytest.raises(InputError, match="phones has none; --language en-us"):
        prepare(replace(options, language="phones"), None, {"tiny": checkpoint}, PitchConfig())


# --- recognisers ---------------------------------------------------------------------------


def test_long_speech_is_cut_where_it_is_quiet():
    samples = np.random.RandomState(0).standard_normal(16000 * 50).astype(np.float32)
    samples[16000 * 27 : 16000 * 27 + 640] = 0
    cut = list(pieces(samples, 16000 * 30, 16000 * 5))
    assert np.array_equal(np.concatenate(cut), samples)
    assert [round(len(piece) / 16000) for piece in cut] == [27, 23]


def test_long_speech_is_heard_in_pieces_and_silence_not_at_all():
    heard = []
    listen = Listener(lambda samples: heard.append(len(samples) / 16000) or "word")
    assert listen(tone(70.0), RATE) == "word word word"
    assert sum(heard) == pytest.approx(70, abs=0.01) and max(heard) <= 30
    assert listen(np.zeros(RATE, np.float32), RATE) == "" and len(heard) == 3


def test_folders_that_hold_no_recogniser(tmp_path):
    with pytest.raises(InputError, match=r"no such folder.*base, tiny\.en"):
        open_recogniser(str(tmp_path / "none"), "en")
    (tmp_path / "notes.txt").write_text("")
    with pytest.raises(InputError, match=r"no model is there.*notes\.txt"):
        open_recogniser(str(tmp_path), "en")


def test_packaged_weights_are_joined_and_checked(tmp_path, monkeypatch):
    for name, part in (("weights_one", b"first "), ("weights_two", b"second")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("")
        (tmp_path / name / "part").write_bytes(part)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    parts = {"model.bin": (("weights_one", "part"), ("weights_two", "part"))}
    monkeypatch.setitem(packages.PACKAGED, "own", packages.Weights(parts, "0" * 64))
    with pytest.raises(InputError, match="damaged or others"):
        packages.packaged_folder("own")
    assert not list((tmp_path / "cache").rglob("model.bin"))
    monkeypatch.setitem(packages.PACKAGED, "own", packages.Weights(parts, SHA256))
    assert (packages.packaged_folder("own") / "model.bin").read_bytes() == b"first second"
    parts = {"model.bin": (("weights_three", "part"),)}
    monkeypatch.setitem(packages.PACKAGED, "other", packages.Weights(parts, SHA256))
    with pytest.raises(InputError, match=r"weights-three.*tools/setup\.sh --judge"):
        packages.packaged_folder("other")


SHA256 = hashlib.sha256(b"first second").hexdigest()


class Recorded:
    """Stand for sherpa_onnx.OfflineRecognizer: note how it was opened."""

    def __init__(self, opened):
        self.opened = opened

    def __getattr__(self, name):
        return lambda **given: self.opened.append((name, sorted(given))) or self


@pytest.mark.parametrize(
    "files, kind, opened",
    [
        (["encoder", "decoder", "joiner"], "", "from_transducer"),
        (["base-encoder", "base-decoder"], "", "from_whisper"),
        (["model"], "paraformer", "from_paraformer"),
        (["model"], "sense_voice_ctc", "from_sense_voice"),
    ],
)
def test_models_of_sherpa_onnx_are_told_by_their_files(tmp_path, monkeypatch, files, kind, opened):
    import onnx

    for name in files:
        model = onnx.ModelProto()
        model.metadata_props.add(key="model_type", value=kind)
        onnx.save(model, tmp_path / f"{name}.onnx")
    (tmp_path / "tokens.txt").write_text("")
    calls = []
    module = types.SimpleNamespace(OfflineRecognizer=Recorded(calls))
    monkeypatch.setitem(sys.modules, "sherpa_onnx", module)
    recogniser = open_recogniser(str(tmp_path), "en")
    assert calls[0][0] == opened and "tokens" in calls[0][1]
    assert recogniser.name == f"sherpa-onnx {tmp_path}"
    for path in tmp_path.glob("*.onnx"):
        path.unlink()
    (tmp_path / "model.onnx").write_bytes(b"no model")
    with pytest.raises(InputError, match=r"model\.onnx is no ONNX file"):
        open_recogniser(str(tmp_path), "en")
    onnx.save(onnx.ModelProto(), tmp_path / "model.onnx")
    with pytest.raises(InputError, match="model_type ''"):
        open_recogniser(str(tmp_path), "en")


@pytest.mark.slow
def test_whisper_hears_a_real_clip(shared_data):
    soundfile = pytest.importorskip("soundfile")
    pytest.importorskip("ctranslate2", reason="requirements-judge.txt is not installed")
    from tts.text.english.scoring import units

    path = shared_data / "LJSpeech-1.1" / "wavs" / "LJ001-0091.wav"
    samples, rate = soundfile.read(path, dtype="float32")
    text = "So far as fine printing is concerned, though paper did not get to its worst till about eighteen forty."  # noqa: E501
    for name in ("base", "tiny.en"):
        said = Listener(open_recogniser(name, "en"))(samples, rate)
        assert num_errors(align(units(text)["word"], units(said)["word"])) <= 1, said
    with pytest.raises(InputError, match="hears English alone"):
        open_recogniser("tiny.en", "zh")
    mandarin = shared_data / "BZNSYP" / "Wave" / "000002.wav"
    samples, rate = soundfile.read(mandarin, dtype="float32")
    said = Listener(open_recogniser("base", "zh", "以下是普通话的句子。"))(samples, rate)
    errors = num_errors(
        align(mandarin_units("假语村言别再拥抱我")["syllable"], mandarin_units(said)["syllable"])
    )
    assert errors <= 2, said


@pytest.mark.slow
def test_distillmos_hears_noise(shared_data):
    soundfile = pytest.importorskip("soundfile")
    pytest.importorskip("xls_r_sqa", reason="requirements-distillmos.txt is not installed")
    path = shared_data / "LJSpeech-1.1" / "wavs" / "LJ001-0004.wav"
    samples, rate = soundfile.read(path, dtype="float32")
    judge = DistillMos()
    clean = judge(samples, rate)
    noise = 0.03 * np.random.RandomState(0).standard_normal(len(samples)).astype(np.float32)
    assert 4 < clean < 5 and judge(samples + noise, rate) < clean - 1

"""The toy corpus: official layouts, exact times, exact F0, the same bytes from the same seed."""

from __future__ import annotations

import itertools
import json
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tts.files import sha256_file

SCRIPT = Path(__file__).resolve().parents[2] / "tools" / "make_toy_corpus.py"
FOLDERS = {"ljspeech": "LJSpeech-1.1", "baker": "BZNSYP"}
AUDIO = {"ljspeech": "wavs", "baker": "Wave"}
RATES = {"ljspeech": 22050, "baker": 48000}
NUM_UTTERANCES = 16


def make(layout: str, output: Path, *options: object) -> subprocess.CompletedProcess:
    command = [sys.executable, SCRIPT, "--corpus-layout", layout, "--output", output, *options]
    return subprocess.run(list(map(str, command)), capture_output=True, text=True)


@pytest.fixture(scope="module", params=["ljspeech", "baker"])
def corpus(request, tmp_path_factory) -> tuple[str, Path]:
    """The layout and the folder of a freshly made corpus."""
    output = tmp_path_factory.mktemp(request.param)
    start = time.monotonic()
    done = make(request.param, output, "--num-utterances", NUM_UTTERANCES, "--num-jobs", 1)
    seconds = time.monotonic() - start
    assert done.returncode == 0, done.stderr
    folder = output / FOLDERS[request.param]
    audio = sum(soundfile.info(p).duration for p in clips(request.param, folder))
    print(f"{request.param}: {audio / seconds:.0f} times real time, start included")
    return request.param, folder


def clips(layout: str, folder: Path) -> list[Path]:
    return sorted((folder / AUDIO[layout]).glob("*.wav"))


def truth(folder: Path, clip: Path) -> dict:
    return json.loads((folder / "truth" / f"{clip.stem}.json").read_text(encoding="utf-8"))


def content(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): sha256_file(path) for path in files}


def test_every_clip_has_audio_labels_and_truth(corpus):
    layout, folder = corpus
    ids = [path.stem for path in clips(layout, folder)]
    assert len(ids) == NUM_UTTERANCES
    labels = "TextGrid" if layout == "ljspeech" else "PhoneLabeling"
    assert sorted(path.stem for path in (folder / labels).iterdir()) == ids
    assert sorted(p.stem for p in (folder / "truth").iterdir() if p.stem != "corpus") == ids
    for path in clips(layout, folder):
        info = soundfile.info(path)
        assert (info.samplerate, info.channels, info.subtype) == (RATES[layout], 1, "PCM_16")
        assert 1.2 < info.duration < 6


@pytest.mark.parametrize("corpus", ["ljspeech"], indirect=True)
def test_ljspeech_metadata(corpus):
    layout, folder = corpus
    lines = (folder / "metadata.csv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("|") for line in lines]
    assert [row[0] for row in rows] == [path.stem for path in clips(layout, folder)]
    assert all(len(row) == 3 for row in rows)
    assert any(raw != normalized for _, raw, normalized in rows)
    for id, _, normalized in rows:
        assert not re.search(r"\d|Mr\.|Dr\.", normalized)
        spoken = [w[2] for w in truth(folder, Path(id))["words"] if w[2]]
        assert spoken == re.findall("[a-z]+", normalized.lower())


@pytest.mark.parametrize("corpus", ["baker"], indirect=True)
def test_baker_labels_align_with_the_characters(corpus):
    _, folder = corpus
    path = folder / "ProsodyLabeling" / "000001-010000.txt"
    lines = path.read_text(encoding="utf-8").split("\n")
    assert lines.pop() == "" and len(lines) == 2 * NUM_UTTERANCES
    seen_erhua = False
    for first, second in zip(lines[::2], lines[1::2], strict=True):
        id, text = first.split("\t")
        empty, pinyin = second.split("\t")
        assert empty == "" and re.search(r"#4[。？！]$", text)
        characters = re.sub("#[1-4]|[，。？！]", "", text)
        syllables = pinyin.split()
        erhua = sum(bool(re.fullmatch("(?!er)[a-z]+r[1-5]", s)) for s in syllables)
        seen_erhua = seen_erhua or erhua > 0
        assert len(characters) == len(syllables) + erhua
        assert all(re.fullmatch("[a-z]+[1-5]", syllable) for syllable in syllables)
        words = [word[2] for word in truth(folder, Path(id))["words"] if word[2]]
        assert "".join(words) == characters and len(words) == len(syllables)
    assert seen_erhua


def test_times_are_contiguous_and_end_with_the_clip(corpus):
    layout, folder = corpus
    for clip in clips(layout, folder):
        facts, info = truth(folder, clip), soundfile.info(clip)
        assert (facts["num_samples"], facts["sample_rate"]) == (info.frames, info.samplerate)
        for tier in (facts["phones"], facts["words"]):
            assert tier[0][0] == 0
            assert tier[-1][1] == info.frames / info.samplerate
            assert all(a[1] == b[0] for a, b in itertools.pairwise(tier))
            assert all(start < end for start, end, _ in tier)
        bounds = {time for start, end, _ in facts["phones"] for time in (start, end)}
        assert all(start in bounds for start, _, _ in facts["words"])
        num_frames = int(info.frames * 22050 / info.samplerate / 256 + 0.5)
        assert len(facts["f0"]) == num_frames


def test_label_files_hold_the_exact_times(corpus):
    layout, folder = corpus
    for clip in clips(layout, folder):
        phones = truth(folder, clip)["phones"]
        if layout == "ljspeech":
            text = (folder / "TextGrid" / f"{clip.stem}.TextGrid").read_text()
            words, tier = text.split('name = "phones"')
            pattern = r'xmin = (\S+)\s+xmax = (\S+)\s+text = "(.*)"'
            read = re.findall(pattern, tier)
            assert len(read) == int(re.search(r"intervals: size = (\d+)", tier)[1])
            assert len(re.findall(pattern, words)) == len(truth(folder, clip)["words"])
        else:
            lines = (folder / "PhoneLabeling" / f"{clip.stem}.interval").read_text().split("\n")
            header, rows = lines[:12], lines[12:-1]
            assert header[8] == f'"{clip.stem}"' and int(header[11]) == len(phones)
            read = list(zip(rows[::3], rows[1::3], (r.strip('"') for r in rows[2::3]), strict=True))
        assert [[float(start), float(end), label] for start, end, label in read] == phones


def test_levels(corpus):
    layout, folder = corpus
    for clip in clips(layout, folder):
        samples, rate = soundfile.read(clip)
        assert 0.5 < np.abs(samples).max() < 0.7
        assert abs(samples.mean()) < 0.002
        start, end, _ = truth(folder, clip)["phones"][-1]
        pause = samples[round((start + 0.04) * rate) : round(end * rate)]
        assert 5e-5 < pause.std() < 2e-3


def measured_f0(samples: np.ndarray, rate: int, expected: float) -> float:
    """F0 at the autocorrelation's peak within half an octave of `expected`, interpolated."""
    window = np.hanning(len(samples))
    lags = np.arange(int(rate / expected / 1.4), int(rate / expected * 1.4))
    # The window's own autocorrelation is divided out (P. Boersma, 1993).
    correlation, weight = (
        np.fft.irfft(np.abs(np.fft.rfft(x, 2 * len(samples))) ** 2)[: lags[-1] + 2]
        for x in ((samples - samples.mean()) * window, window)
    )
    normal = correlation / weight
    k = lags[np.argmax(normal[lags])]
    a, b, c = normal[k - 1 : k + 2]
    return rate / (k + 0.5 * (a - c) / (a - 2 * b + c))


def test_f0_agrees_with_the_audio(corpus):
    layout, folder = corpus
    errors = []
    for clip in clips(layout, folder):
        samples, rate = soundfile.read(clip)
        facts = truth(folder, clip)
        f0 = np.array(facts["f0"])
        change = np.abs(np.diff(f0, prepend=0, append=0))
        for start, end, label in facts["phones"]:
            if label[-1] not in "012345" or label == "sp1":
                continue
            for frame in range(len(f0)):
                centre = (frame + 0.5) * 256 / 22050
                level = max(change[frame], change[frame + 1]) < 0.01 * f0[frame]
                if level and start + 0.02 <= centre <= end - 0.02:
                    bounds = round((centre - 0.02) * rate), round((centre + 0.02) * rate)
                    measured = measured_f0(samples[slice(*bounds)], rate, f0[frame])
                    errors.append(measured / f0[frame] - 1)
    errors = np.abs(errors)
    print(f"{layout}: {len(errors)} frames, median {np.median(errors):.4f}", end=", ")
    print(f"within 1 %: {np.mean(errors < 0.01):.3f}, 2 %: {np.mean(errors < 0.02):.3f}")
    assert len(errors) > 200
    assert np.median(errors) < 0.002
    assert np.mean(errors < 0.02) > 0.95


def test_pauses_and_voiceless_phones_have_no_f0(corpus):
    layout, folder = corpus
    voiceless = {"sil", "sp", "sp1", "S", "SH", "F", "TH", "s", "x", "sh", "f"}
    for clip in clips(layout, folder):
        facts = truth(folder, clip)
        for start, end, label in facts["phones"]:
            frames = range(
                int((start + 0.02) * 22050 / 256) + 1, int((end - 0.02) * 22050 / 256) - 1
            )
            inside = [facts["f0"][i] for i in frames if i < len(facts["f0"])]
            if label in voiceless:
                assert not any(inside)
            elif re.fullmatch("[A-Z]+1|[aiueo]+[1-4]", label):
                assert all(inside)


def mean_spectra(layout: str, folder: Path) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """The average power spectrum of every phone label without its digit."""
    sums: dict[str, list] = {}
    frequencies = np.zeros(0)
    for clip in clips(layout, folder):
        samples, rate = soundfile.read(clip)
        size = 2 * round(0.0125 * rate)
        frequencies = np.fft.rfftfreq(4 * size, 1 / rate)
        for start, end, label in truth(folder, clip)["phones"]:
            middle = round((start + end) / 2 * rate)
            excerpt = samples[max(middle - size // 2, 0) :][:size]
            power = np.abs(np.fft.rfft(excerpt * np.hanning(len(excerpt)), 4 * size)) ** 2
            sums.setdefault(label.rstrip("012345"), []).append(power)
    return frequencies, {label: np.mean(powers, 0) for label, powers in sums.items()}


def centre_of(frequencies: np.ndarray, power: np.ndarray, low: float, high: float) -> float:
    band = (frequencies >= low) & (frequencies < high)
    return float((frequencies * power)[band].sum() / power[band].sum())


def test_phones_sound_different(corpus):
    layout, folder = corpus
    frequencies, spectra = mean_spectra(layout, folder)
    vowels = ("IY", "AE", "UW") if layout == "ljspeech" else ("i", "a", "u")
    front, open_, back = (spectra[vowel] for vowel in vowels)
    first = [centre_of(frequencies, power, 100, 1200) for power in (front, open_, back)]
    second = [centre_of(frequencies, power, 600, 3000) for power in (front, open_, back)]
    assert first[1] > first[0] + 200 and first[1] > first[2] + 200
    assert second[0] > second[1] + 300 > second[2] + 400
    hiss, hush = ("S", "SH") if layout == "ljspeech" else ("s", "sh")
    assert centre_of(frequencies, spectra[hiss], 0, 9000) > 5500
    if hush in spectra:
        assert centre_of(frequencies, spectra[hush], 0, 9000) < 4500


@pytest.mark.parametrize("corpus", ["baker"], indirect=True)
def test_mandarin_tones_have_their_shapes(corpus):
    layout, folder = corpus
    slopes: dict[str, list[float]] = {}
    for clip in clips(layout, folder):
        facts = truth(folder, clip)
        for start, end, label in facts["phones"]:
            if label[-1] in "1234" and label != "sp1":
                times = start + (end - start) * np.array([0.25, 0.95])
                grid = np.arange(len(facts["contour"])) * facts["contour_step"]
                first, last = np.interp(times, grid, facts["contour"])
                slopes.setdefault(label[-1], []).append(12 * np.log2(last / first))
    medians = {tone: np.median(values) for tone, values in slopes.items()}
    assert abs(medians["1"]) < 1.5
    assert medians["2"] > 2
    assert medians["3"] < 1.5
    assert medians["4"] < -4


def test_same_bytes_with_any_number_of_jobs_and_no_work_twice(corpus, tmp_path):
    layout, folder = corpus
    options = ("--num-utterances", NUM_UTTERANCES)
    assert make(layout, tmp_path, *options, "--num-jobs", 2).returncode == 0
    again = tmp_path / folder.name
    assert content(again) == content(folder)
    before = again.stat().st_mtime_ns
    done = make(layout, tmp_path, *options, "--num-jobs", 1)
    assert "up to date" in done.stdout and again.stat().st_mtime_ns == before
    assert make(layout, tmp_path, "--num-utterances", 3, "--seed", 7).returncode == 0
    assert len(clips(layout, again)) == 3
    assert [path.name for path in tmp_path.iterdir()] == [folder.name]


def test_a_folder_of_someone_else_is_never_replaced(tmp_path):
    mine = tmp_path / "LJSpeech-1.1" / "metadata.csv"
    mine.parent.mkdir()
    mine.write_text("precious")
    done = make("ljspeech", tmp_path, "--num-utterances", 2)
    assert done.returncode == 2 and "will not be replaced" in done.stderr
    assert mine.read_text() == "precious"


@pytest.mark.parametrize("layout", FOLDERS)
def test_a_killed_run_leaves_nothing_half_made(layout, tmp_path):
    command = [sys.executable, SCRIPT, "--corpus-layout", layout, "--output", tmp_path]
    command += ["--num-utterances", "2000", "--num-jobs", "1"]
    process = subprocess.Popen(list(map(str, command)), stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not any(tmp_path.glob(".*/truth/*.json")) and time.monotonic() < deadline:
        time.sleep(0.02)
    process.kill()
    process.wait()
    assert not (tmp_path / FOLDERS[layout]).exists() and any(tmp_path.iterdir())
    assert make(layout, tmp_path, "--num-utterances", 2).returncode == 0
    assert [path.name for path in tmp_path.iterdir()] == [FOLDERS[layout]]


def test_english_pronunciations_are_those_of_the_dictionary(monkeypatch):
    pocketsphinx = pytest.importorskip("pocketsphinx", reason="it carries the dictionary")
    monkeypatch.syspath_prepend(SCRIPT.parent)
    from toy_corpus.english import LEXICON

    path = Path(pocketsphinx.get_model_path()) / "en-us" / "cmudict-en-us.dict"
    known: dict[str, list[str]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        word, _, phones = line.partition(" ")
        known.setdefault(word.partition("(")[0], []).append(phones)
    for word, phones in LEXICON.items():
        assert " ".join(phone.rstrip("012") for phone in phones) in known[word], word
        assert sum(phone.endswith("1") for phone in phones) <= 1


def test_pinyin_is_split_into_initial_and_final(monkeypatch):
    monkeypatch.syspath_prepend(SCRIPT.parent)
    from toy_corpus.mandarin import third_tone_sandhi
    from toy_corpus.phones import split_pinyin

    expected = {
        "hui4": "h uei4", "huir4": "h ueir4", "yuan2": "van2", "er2": "er2", "nar4": "n ar4",
        "zhi1": "zh iii1", "zi5": "z ii5", "xue2": "x ve2", "nv3": "n v3", "wo3": "uo3",
        "you3": "iou3", "liu4": "l iou4", "ri4": "r iii4", "re4": "r e4", "yu2": "v2",
    }  # fmt: skip
    assert {key: " ".join(split_pinyin(key)) for key in expected} == expected
    spoken = third_tone_sandhi([("ni3", True), ("xiang3", False), ("mai3", True), ("shu1", False)])
    assert spoken == ["ni2", "xiang3", "mai3", "shu1"]


def test_a_wrong_option_is_said_in_words(tmp_path):
    done = make("ljspeech", tmp_path, "--num-utterances", 0)
    assert done.returncode == 2 and "--num-utterances 0" in done.stderr
    shutil.rmtree(tmp_path)

"""A voice from a folder of recordings and a text file, with two commands and no code."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

TEXTS = ["Good morning.", "The cat sat here.", "We went home.", "It was late, and dark."]
# More bytes than a file name can have, and no delimiter that another row lacks.
LONG = "a long sentence, " * 20
# As small as a model can be: what is tested is that all stages find what they need.
TINY = """
[model.encoder]
channels = 16
filter_channels = 16
num_layers = 1
prenet_layers = 1
duration_channels = 8
[model.decoder]
channels = [16]
num_mid_blocks = 0
head_channels = 8
feed_forward_factor = 1
time_channels = 16
[train]
num_workers = 0
"""


def call(*command: object, cwd: Path, status: int = 0) -> str:
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=600,
    )
    assert done.returncode == status, done.stdout
    return done.stdout


def make_clips(folder: Path, count: int = 12, rate: int = 44100, channels: int = 2) -> Path:
    """Vowels in a nested folder, and a text file with a byte order mark."""
    lines, random = [], np.random.default_rng(0)
    for index in range(count):
        length = int((1.5 + 0.1 * index) * rate)
        phase = 2 * np.pi * np.cumsum(120 + 20 * np.sin(np.arange(length) / rate * 6)) / rate
        wave = 0.05 * sum(np.cos(k * phase) / k for k in range(1, 25))
        wave += 1e-3 * random.standard_normal(length)
        path = folder / "recordings" / f"session {index % 2}" / f"take{index:02d}.flac"
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, np.stack([wave * (1 - 0.2 * c) for c in range(channels)], 1), rate)
        lines.append(f"session {index % 2}/{path.name}\t{TEXTS[index % 4]}\r\n")
    (folder / "texts.tsv").write_bytes("".join(["\ufeff", *lines]).encode())
    return folder


def new_recipe(root: Path, folder: Path, *options: str, status: int = 0) -> str:
    command = [sys.executable, root / "tools/new_recipe.py", "--audio", "recordings"]
    command += ["--text", "texts.tsv", "--name", "mine", *options]
    return call(*command, cwd=folder, status=status)


def run(root: Path, script: str, folder: Path, *options: str, status: int = 0) -> str:
    command = [root / script, "--python", sys.executable, *options]
    return call(*command, cwd=folder, status=status)


@pytest.fixture(scope="module")
def made(root, tmp_path_factory) -> tuple[Path, str]:
    """The folder with its recipe, and what was printed about it."""
    folder = make_clips(tmp_path_factory.mktemp("outside"))
    return folder, new_recipe(root, folder)


@pytest.mark.slow
def test_two_commands_make_a_package(made, root):
    """The model is tiny, by conf/."""
    folder, found = made
    (folder / "mine/conf").mkdir()
    (folder / "mine/conf/matcha.toml").write_text(TINY)
    options = ["--recipe", "mine", "--num-epochs", "1", "--steps", "1"]
    printed = run(root, "run.sh", folder, *options)
    assert "12 usable lines, columns audio text" in found and "44100 Hz (12)" in found
    assert "channels: 2 (12)" in found and "run.sh --recipe" in found
    package = folder / "mine/matcha/exp/sherpa-onnx"
    for name in ("model-steps-1.onnx", "vocoder.onnx", "tokens.txt", "lexicon.txt", "README.md"):
        assert (package / name).is_file(), name
    samples, rate = soundfile.read(folder / "mine/matcha/exp/speech.wav")
    assert rate == 22050 and len(samples) and np.isfinite(samples).all()
    assert "[11 " not in printed and "mine/matcha/exp/sherpa-onnx" in printed
    assert "same-text 8" in printed  # four texts for twelve clips: worth a line, no rejection
    with gzip.open(folder / "mine/data/fbank/mine_cuts.jsonl.gz", "rt") as file:
        cuts = [json.loads(line) for line in file]
    assert [cut["id"] for cut in cuts] == [f"session_{i % 2}_take{i:02d}" for i in range(12)]
    source = cuts[0]["recording"]["sources"][0]["source"]
    assert source == "data/audio/channels-mix-trim-0/session_0_take00.flac"


TINY_VOCODERS = {
    "vocos": "[model]\nchannels = 16\nnum_layers = 1\n",
    "hifigan": "[model]\nupsample_initial_channel = 16\n[discriminator]\nnum_scales = 1\n",
}
TINY_VOCODER_TRAINING = """divisor = 8
[train]
batch_size = 2
segment_frames = 16
reconstruction_steps = 2
num_workers = 0
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    "mel, rate, model, preset",
    [
        ("24k", 24000, "hifigan", ""),
        ("44k", 44100, "hifigan", "44k"),
        ("44k", 44100, "vocos", ""),
    ],
)
def test_a_voice_of_another_rate_with_its_own_vocoder(root, tmp_path, mel, rate, model, preset):
    folder = make_clips(tmp_path)
    new_recipe(root, folder, "--mel", mel)
    (folder / "mine/conf").mkdir()
    (folder / "mine/conf/matcha.toml").write_text(TINY)
    tables = TINY_VOCODERS[model]
    tables += "" if "[discriminator]" in tables else "[discriminator]\n"
    (folder / f"mine/conf/{model}.toml").write_text(tables + TINY_VOCODER_TRAINING)
    options = ["--recipe", "mine", "--num-epochs", "1", "--steps", "1", "--vocoder", model]
    options += ["--vocoder-steps", "5"] + (["--vocoder-preset", preset] if preset else [])
    printed = run(root, "run.sh", folder, *options)
    assert "step 5, held out" in printed and "RTF" in printed
    samples, found = soundfile.read(folder / "mine/matcha/exp/speech.wav")
    assert found == rate and len(samples) and np.isfinite(samples).all()
    mels = np.load(next((folder / "mine/data/fbank/feats").rglob("*take00.npy")))
    assert mels.shape[1] == {24000: 100, 44100: 128}[rate]


def test_identical_clips_are_reported_and_another_hop_is_tried(root, tmp_path):
    """In a second working folder of the same recipe."""
    folder = make_clips(tmp_path, 6)
    clips = sorted((folder / "recordings").rglob("*.flac"))
    clips[1].write_bytes(clips[0].read_bytes())
    new_recipe(root, folder)
    options = ["--recipe", "mine/corpus.toml", "--work", "trial", "--stop-stage", "cmvn"]
    printed = run(root, "prepare.sh", folder, *options, "--set", "mel.hop_length=200 mel.n_mels=40")
    assert "found: byte-order-mark 1, carriage-return 1, same-audio 1, same-text 2" in printed
    assert "0 of 6 rejected" in printed
    mel = (folder / "trial/data/mel.toml").read_text()
    assert "hop_length = 200" in mel and "n_mels = 40" in mel
    (features,) = (folder / "trial/data/fbank/feats").rglob("session_0_take00.npy")
    assert np.load(features).shape == (int(1.5 * 22050 / 200 + 0.5), 40)
    assert "up to date" in run(root, "prepare.sh", folder, *options, "--stage", "split")
    printed = run(root, "prepare.sh", folder, *options, "--set", "mel.hop=200", status=2)
    assert "unknown key 'hop'" in printed and "Traceback" not in printed


def test_low_rates_are_named_and_refused(root, tmp_path):
    folder = make_clips(tmp_path, 4, rate=16000, channels=1)
    assert "4 clips have a lower rate than the mel's 22050 Hz" in new_recipe(root, folder)
    options = ["--recipe", "mine", "--stop-stage", "manifests"]
    printed = run(root, "prepare.sh", folder, *options, status=2)
    assert "low-rate: 16000 Hz" in printed and "allow_low_rate" in printed
    toml = folder / "mine/corpus.toml"
    toml.write_text(toml.read_text() + "\n[audio]\nallow_low_rate = true\n")
    assert "4 usable" in run(root, "prepare.sh", folder, *options)


def test_a_vocoder_that_does_not_fit_is_told_before_anything_long(made, root, tmp_path):
    folder = made[0]
    (tmp_path / "v.pt").write_bytes(b"no checkpoint")
    options = [
        "--recipe",
        "mine",
        "--work",
        str(tmp_path / "new"),
        "--vocoder",
        str(tmp_path / "v.pt"),
    ]
    printed = run(root, "run.sh", folder, *options, status=2)
    assert "v.pt" in printed and "Traceback" not in printed
    printed = run(root, "run.sh", folder, *options, "--set", "mel.hop_length=200", status=2)
    assert "v.pt" in printed and "[0 download]" not in printed
    assert not (tmp_path / "new").exists()


def test_the_vocoder_is_looked_for_where_stage_11_puts_it(made, root, tmp_path):
    """In --dl-dir, under the name that corpus.toml gives it."""
    folder, dl_dir = made[0], tmp_path / "downloads"
    recipe = tmp_path / "recipe"
    recipe.mkdir()
    vocoder = '[vocoder]\nurl = "file:///nowhere/g"\nfilename = "other_name"\n'
    text = (folder / "mine/corpus.toml").read_text()
    (recipe / "corpus.toml").write_text(f"{text}\n{vocoder}")
    dl_dir.mkdir()
    (dl_dir / "other_name").write_bytes(b"no checkpoint")
    options = ["--recipe", str(recipe), "--dl-dir", str(dl_dir), "--stage", "11"]
    printed = run(root, "run.sh", folder, *options, status=2)
    assert "[11 vocoder]" in printed and f"{dl_dir / 'other_name'}" in printed
    assert "[11 vocoder] failed" in printed and "[12 train]" not in printed


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--text", "none.tsv"], "none.tsv does not exist"),
        (["--audio", "nowhere"], "is no folder"),
        (["--language", "klingon"], "klingon"),
        (["--output", "recordings/mine"], "outside of it"),
        (["--name", "a/b"], "letters, digits"),
        (["--columns", "audio,words"], "'words' is no column"),
    ],
)
def test_mistakes_are_one_clear_line(root, made, options, message):
    folder = made[0]
    before = sorted(folder.rglob("corpus.toml"))
    printed = new_recipe(root, folder, *(["--output", "other", *options]), status=2)
    assert message in printed and "Traceback" not in printed
    assert sorted(folder.rglob("corpus.toml")) == before


def test_a_recipe_that_is_there_is_not_overwritten(root, made):
    assert "exists: give another --output" in new_recipe(root, made[0], status=2)


def test_a_label_file_that_is_gone_is_named(root, made, tmp_path):
    folder = made[0]
    (tmp_path / "corpus.toml").write_text(
        (folder / "mine/corpus.toml").read_text().replace("texts.tsv", "gone.tsv")
    )
    options = ["--recipe", str(tmp_path), "--stop-stage", "manifests"]
    printed = run(root, "prepare.sh", folder, *options, status=2)
    assert "gone.tsv does not exist (there: " in printed and "Traceback" not in printed


@pytest.mark.parametrize(
    ("text", "options", "columns", "header"),
    [
        ("take00|Mr. A|Mister A\ntake01|No. 1|Number one\n", [], "audio text normalized", False),
        ('path,sentence,client_id\ntake00.wav,"Yes, so.",ann\n', [], "audio text speaker", True),
        ("take00 h e l o\ntake01 a b\n", ["--language", "phones"], "audio text", False),
        ("x;take00;1;A longer text\nx;take01;2;Another one\n", [], "- audio - text", False),
        (f"take00|{LONG}|{LONG}\n", [], "audio text normalized", False),
        ("take00\tA text\n", ["--columns", "id,text", "--delimiter", "tab"], "id text", False),
    ],
)  # fmt: skip
def test_columns_are_found_out(root, tmp_path, text, options, columns, header):
    folder = make_clips(tmp_path, 2, rate=22050, channels=1)
    (folder / "texts.tsv").write_text(text)
    printed = new_recipe(root, folder, *options)
    assert f"columns {columns}\n" in printed
    toml = (folder / "mine/corpus.toml").read_text()
    assert f"header = {str(header).lower()}" in toml and "channels" not in toml


def test_a_part_of_the_recordings_is_enough_where_the_delimiter_is_given(root, tmp_path):
    folder = make_clips(tmp_path, 2, rate=22050, channels=1)
    lines = [f"{'take' if n > 7 else 'gone'}{n % 8:02d}|A text\n" for n in range(10)]
    (folder / "texts.tsv").write_text("".join(lines))
    assert "on most lines" in new_recipe(root, folder, status=2)
    printed = new_recipe(root, folder, "--delimiter", "bar")
    assert "2 usable lines" in printed and "missing-audio 8" in printed
    (folder / "texts.tsv").write_text("".join(lines), encoding="utf-16")
    printed = new_recipe(root, folder, "--output", "other", status=2)
    assert "texts.tsv is UTF-16" in printed


def test_speakers_are_counted(root, tmp_path):
    folder = make_clips(tmp_path, 3, rate=22050, channels=1)
    (folder / "texts.tsv").write_text(
        "path,sentence,speaker\ntake00,One,ann\ntake01,Two,ann\ntake02,Three,bo\n"
    )
    assert "speakers: ann (2), bo (1)" in new_recipe(root, folder)
    options = ["--recipe", "mine", "--stop-stage", "manifests"]
    printed = run(root, "prepare.sh", folder, *options)
    assert "warning: 2 speakers, a model of one refuses them: ann 2, bo 1" in printed


def test_silence_damage_and_unknown_symbols_are_told(root, tmp_path):
    folder = make_clips(tmp_path, 3, rate=22050, channels=1)
    first, second, _ = sorted((folder / "recordings").rglob("*.flac"))
    samples, rate = soundfile.read(first)
    soundfile.write(first, np.concatenate([np.zeros(2 * rate), samples]), rate)
    second.write_bytes(second.read_bytes()[:3000])
    text = (folder / "texts.tsv").read_text(encoding="utf-8-sig")
    (folder / "texts.tsv").write_text(text.replace("Good morning", "Good 雨 morning"))
    printed = new_recipe(root, folder)
    assert "1 of the first 50 clips have over a second of silence" in printed
    assert f"{second} cannot be read" in printed and "'雨' (1)" in printed
    assert (folder / "mine/corpus.toml").is_file()
    (folder / "texts.tsv").write_text("")
    assert "is empty" in new_recipe(root, folder, "--output", "other", status=2)

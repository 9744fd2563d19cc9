"""SherpaVoice through the real runtimes: exactly our ids, in every version, for every sentence."""

import subprocess
import sys

import pytest
from equality import compared
from harness import VERSIONS, arrived, need_runtime, speak, write_identity
from kinds import EXACT, KINDS, MEL, config_of, espeak_data, metadata_of, sentences

from tts.config import to_dict, write_toml
from tts.export.parts import FRONTEND_FILE
from tts.text.frontend import build_frontend
from tts.text.spoken import FrontEndConfig

pytestmark = pytest.mark.runtime

LONG = {
    "zh": "春天来了，花都开了，" * 120 + "你知道吗？" + "好" * 500 + "。",
    "zh-initial-final": "“我也很想买五把好雨伞”……" * 100,
    "zh-en": "我们用Python写代码，说machine learning，" * 80,
    "en-lexicon": "The rain stopped; the sun came out, and the birds began to sing, " * 60,
}


def write_package(folder, config):
    """A package whose models send back the ids that arrive."""
    folder.mkdir()
    write_identity(folder, metadata_of(config), MEL.sample_rate)
    (folder / "identity.onnx").rename(folder / "model-steps-1.onnx")
    (folder / "identity_vocoder.onnx").rename(folder / "vocoder.onnx")
    build_frontend(config).token_table().write(folder / "tokens.txt")
    write_toml(folder / FRONTEND_FILE, to_dict(config))
    return folder


def texts_of(name):
    return [*sentences(name), *([LONG[name]] if name in LONG else [])]


@pytest.fixture(scope="module")
def spoken(tmp_path_factory):
    """What the helper makes of all kinds in a version, in one process for each."""
    cache = {}

    def ask(version):
        need_runtime(version)
        if version not in cache:
            folder = tmp_path_factory.mktemp(f"helper-{version}")
            names = [name for name, kind in KINDS.items() if version in kind.exact]
            if not has_espeak():
                names.remove("en-espeak")
            packages = [
                {"package": write_package(folder / name, config_of(name)), "texts": texts_of(name)}
                for name in names
            ]
            results = speak(version, folder, {"packages": packages}, "helper_worker.py")
            cache[version] = dict(zip(names, results, strict=True))
        return cache[version]

    return ask


def has_espeak():
    try:
        espeak_data()
    except pytest.skip.Exception:
        return False
    return True


@pytest.mark.parametrize(("name", "version"), EXACT)
def test_every_id_arrives(name, version, spoken):
    if name == "en-espeak":
        espeak_data()
    answer = spoken(version)[name]
    assert isinstance(answer, list), answer
    found = compared(name, texts_of(name), [arrived(samples) for samples in answer])
    different = [
        f"{item.text[:60]}\n  arrives:   {item.arrives[:300]}\n  predicted: {item.predicted[:300]}"
        for item in found
        if not (item.equal and item.framed)
    ]
    assert not different, "\n".join(different)


@pytest.mark.parametrize("version", VERSIONS)
def test_what_a_version_cannot_speak_is_said(version, tmp_path):
    need_runtime(version)
    english = write_package(tmp_path / "english", FrontEndConfig())
    mandarin = write_package(tmp_path / "mandarin", config_of("zh"))
    jobs = [{"package": english, "texts": ["Yes."]}, {"package": mandarin, "texts": ["😀。"]}]
    of_english, of_mandarin = speak(version, tmp_path, {"packages": jobs}, "helper_worker.py")
    assert of_mandarin.startswith("nothing to say in '😀。'")
    if version in KINDS["en-lexicon"].exact:
        assert isinstance(of_english, list)
    else:
        assert of_english.startswith(
            "a voice with front end lexicon needs sherpa-onnx 2.x, this is"
        )


def test_latency_of_a_package(tmp_path, root):
    """One table line for a text of one sentence and one of four; last never before first."""
    runtime = need_runtime("2.0.1")
    package = write_package(tmp_path / "package", config_of("en-lexicon"))
    command = [sys.executable, root / "tools" / "bench_latency.py", "--package", package]
    options = ["--backends", f"sherpa={runtime}", "--runs", "3", "--steps", "1"]
    done = subprocess.run([*command, *options], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    head, _, *lines = done.stdout.splitlines()
    assert "first p50, ms" in head and "last p99, ms" in head and len(lines) == 2
    for line, count in zip(lines, (1, 4), strict=True):
        cells = line.strip("| ").split(" | ")
        assert cells[1:3] == ["1", str(count)] and 100 * count < int(cells[3]) < 150 * count
        first, last = int(cells[5]), int(cells[9])
        assert first <= last and (count > 1 or last - first <= 1)
    wrong = [*command, "--backends", "torch"]
    wrong = subprocess.run(wrong, capture_output=True, text=True, check=False)
    assert wrong.returncode == 2 and "torch needs --exp-dir" in wrong.stderr

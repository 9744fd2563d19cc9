"""Exported models speak in the real runtimes, with the commands that our READMEs print."""

import os
import re
import subprocess
import sys
import wave

import numpy as np
import onnx
import pytest
import torch
from equality import compared
from harness import ROOT, VERSIONS, arrived, need_runtime, speak
from kinds import MEL, config_of, metadata_of, sentences, write_files, write_job

from tts.export.onnx import export_graph
from tts.export.package import assemble
from tts.export.parts import VOCODER, Parts
from tts.export.vocoder import export_griffin_lim
from tts.models.facts import Facts
from tts.models.flow_decoder import FlowDecoderConfig
from tts.models.matcha import Matcha, MatchaConfig
from tts.models.text_encoder import TextEncoderConfig
from tts.text.frontend import build_frontend

pytestmark = pytest.mark.runtime

PAIRS = [
    ("zh", "1.13.4"),
    ("zh", "2.0.1"),
    ("zh-en", "2.0.1"),
    ("en-lexicon", "2.0.1"),
    ("en-espeak", "1.13.4"),
]
TINY = MatchaConfig(
    encoder=TextEncoderConfig(channels=64, filter_channels=64, num_layers=1, duration_channels=64),
    decoder=FlowDecoderConfig(
        channels=(64, 64), num_mid_blocks=1, head_channels=32, norm_groups=4, time_channels=16
    ),
)


@pytest.fixture(scope="module")
def vocoder(tmp_path_factory):
    path = tmp_path_factory.mktemp("vocoder") / "vocoder.onnx"
    export_griffin_lim(MEL, path, 8)
    return path


@pytest.fixture(scope="module")
def voice(tmp_path_factory, vocoder):
    """Files of a small voice of random weights, made once for a kind."""
    made = {}

    def make(name):
        if name not in made:
            folder = tmp_path_factory.mktemp(name)
            job = write_files(name, folder)
            config = config_of(name)
            num_tokens = build_frontend(config).token_table().num_embeddings
            torch.manual_seed(5)
            torch.set_num_threads(1)
            model = Matcha(TINY, Facts(num_tokens, MEL.n_mels, -4.0, 1.0)).eval()
            with torch.no_grad():
                model.encoder.proj_w.proj.bias += 1.0
            paths = folder / "model-steps-1.onnx", folder / "model-steps-1.int8.onnx"
            for path, int8 in zip(paths, (False, True), strict=True):
                (graph,) = model.export_graphs([1], int8)
                export_graph(graph, path, metadata_of(config))
            files = {"acoustic_model": paths[0], "int8": paths[1], "vocoder": vocoder}
            made[name] = {**job, **files}
        return made[name]

    return make


@pytest.mark.parametrize(("name", "version"), PAIRS)
def test_exported_model_speaks(name, version, voice, tmp_path):
    need_runtime(version)
    job = {**voice(name), "texts": [sentences(name)[0]]}
    (slow,) = speak(version, tmp_path, {**job, "length_scale": 2.0})
    (fast,) = speak(version, tmp_path, job)
    assert slow["sample_rate"] == MEL.sample_rate
    samples = np.array(fast["samples"])
    assert np.isfinite(samples).all()
    assert 0.001 < np.sqrt(np.mean(samples**2)) < 1.0
    assert len(samples) % MEL.hop_length == 0
    assert 1.8 < len(slow["samples"]) / len(samples) < 2.2


@pytest.mark.parametrize(("name", "version"), [("zh", "1.13.4"), ("zh", "2.0.1")])
def test_8_bit_model_speaks(name, version, voice, tmp_path):
    """Both runtimes know the operators, and say the same for as long."""
    need_runtime(version)
    job = {**voice(name), "texts": [sentences(name)[0]], "noise_scale": 0.0}
    nodes = onnx.load(str(job["int8"])).graph.node
    assert [node for node in nodes if node.op_type == "MatMulInteger"]
    (plain,) = speak(version, tmp_path, job)
    (small,) = speak(version, tmp_path, {**job, "acoustic_model": job["int8"]})
    powers = [np.mean(np.square(said["samples"])) for said in (plain, small)]
    assert len(small["samples"]) == pytest.approx(len(plain["samples"]), rel=0.05)
    assert powers[1] == pytest.approx(powers[0], rel=0.2)


@pytest.mark.parametrize(("name", "version"), PAIRS)
def test_python_of_the_readme_runs_as_written(name, version, voice, tmp_path):
    runtime = need_runtime(version)
    job = voice(name)
    package = tmp_path / "package"
    corpus = {"dataset": "D", "dataset_license": "none"}
    models, vocoders = [job["acoustic_model"]], {VOCODER: job["vocoder"]}
    lexicon = job.get("lexicon")
    parts = Parts(models, vocoders, job["tokens"], lexicon, [], config_of(name), corpus)
    assemble(package, parts)
    if "data_dir" in job:
        (package / "espeak-ng-data").symlink_to(job["data_dir"])
    readme = (package / "README.md").read_text(encoding="utf-8")
    snippets = [code for code in re.findall(r"```\n(.*?)```", readme, re.S) if "import" in code]
    places = [str(runtime), str(ROOT), os.environ.get("PYTHONPATH", "")]
    for code, output in zip(snippets, ("out.wav", "exact.wav"), strict=True):
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=package,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, places))},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        with wave.open(str(package / output)) as file:
            assert file.getframerate() == MEL.sample_rate
            assert file.getnframes() > MEL.hop_length


def test_espeak_voice_speaks_by_code_points(tmp_path):
    """2.x has no espeak: the caller gives code points, and the runtime frames them."""
    need_runtime("2.0.1")
    job = write_job("en-espeak", tmp_path)
    frontend = build_frontend(config_of("en-espeak"))
    texts = sentences("en-espeak")[:5]
    codepoints = [[ord(token) for token in frontend(text).tokens] for text in texts]
    lexicon = tmp_path / "lexicon.txt"
    lexicon.write_text("a ɐ\n", encoding="utf-8")  # 2.x does not start without a lexicon
    del job["data_dir"]
    files = {**job, "lexicon": lexicon, "phoneme_codepoints": codepoints}
    spoken = speak("2.0.1", tmp_path, files)
    found = compared("en-espeak", texts, [arrived(item["samples"]) for item in spoken])
    assert all(item.equal for item in found)


def test_versions_are_the_ones_that_the_set_up_installs(root):
    script = (root / "tools" / "install_runtimes.sh").read_text(encoding="utf-8")
    assert f"for version in {' '.join(VERSIONS)}; do" in script

"""The real sherpa-onnx runtimes: the ids that arrive are the ids we predict, and they speak."""

import os
import re
import subprocess
import sys
import wave
from pathlib import Path

import numpy as np
import pytest
import torch
from harness import VERSIONS, arrived, need_runtime, speak, write_identity

from tts.config import read_toml
from tts.export.onnx import export_acoustic
from tts.export.package import Parts, assemble
from tts.export.vocoder import export_griffin_lim
from tts.features.mel import MelConfig
from tts.models.flow_decoder import FlowDecoderConfig
from tts.models.matcha import Matcha, MatchaConfig
from tts.models.text_encoder import TextEncoderConfig
from tts.text.frontend import FrontEndConfig, build_frontend, metadata_flags
from tts.text.lexicon import write_lexicon

pytestmark = pytest.mark.runtime

HERE = Path(__file__).parent
MEL = MelConfig()
MANDARIN = FrontEndConfig(language="zh", frontend="pinyin", unit="syllable")
FRONT_ENDS = {
    "zh": MANDARIN,
    "zh-numbers": MANDARIN,  # with rules that write numbers as words
    "en-lexicon": FrontEndConfig(),
    "en-espeak": FrontEndConfig(frontend="espeak", framing="runtime"),
}
# What decisions 1 and 3 of docs/decisions.md claim: a lexicon voice needs 2.x, espeak 1.13.x.
PAIRS = [
    ("zh", "1.13.4"),
    ("zh", "2.0.1"),
    ("en-lexicon", "2.0.1"),
    ("en-espeak", "1.13.4"),
]
EQUAL = [*PAIRS, ("zh-numbers", "1.13.4"), ("zh-numbers", "2.0.1")]
# What the README of a package gives 2.x, so that it does not cut sentences after 20 words.
UNCUT = {"max_words_in_sentence": "1000"}
TINY = MatchaConfig(
    encoder=TextEncoderConfig(channels=16, filter_channels=16, num_layers=1, duration_channels=8),
    decoder=FlowDecoderConfig(
        channels=(16, 16), num_mid_blocks=1, head_channels=8, norm_groups=4, time_channels=16
    ),
)


def expected_differences(kind, version):
    """The table's entries for a front end and a version."""
    entries = read_toml(HERE / "expected_differences.toml")["difference"]
    return [e for e in entries if e["front_end"] == kind and version in e["versions"]]


def sentences(kind):
    name = kind.replace("-", "_") if kind.startswith("zh") else "en"
    return (HERE / f"sentences_{name}.txt").read_text(encoding="utf-8").splitlines()


def fewest(kind):
    """How many sentences must be equal."""
    return 10 if kind == "zh-numbers" else 30


def espeak_data():
    """The folder espeak-ng-data that the wheel of the optional English front end carries."""
    for name in ("piper_phonemize", "tacotron_cleaner"):
        package = pytest.importorskip(name, reason="requirements-espeak.txt is not installed")
    package = pytest.importorskip("piper_phonemize")
    return Path(package.__file__).parent / "espeak-ng-data"


def metadata_of(config):
    """What an exported acoustic model says of itself."""
    facts = {"model_type": "matcha-tts", "version": "1", "n_speakers": "1", "num_ode_steps": "1"}
    return {**facts, "sample_rate": str(MEL.sample_rate), **metadata_flags(config)}


@pytest.fixture(scope="module")
def voice_files(tmp_path_factory):
    """For a front end its token table and a job with everything but models, made once."""
    made = {}

    def make(kind):
        if kind not in made:
            folder = tmp_path_factory.mktemp(kind)
            job = {"tokens": folder / "tokens.txt"}
            if kind == "en-espeak":
                job["data_dir"] = espeak_data()
            frontend = build_frontend(FRONT_ENDS[kind])
            table = frontend.token_table()
            table.write(job["tokens"])
            if kind != "en-espeak":
                job["lexicon"] = folder / "lexicon.txt"
                write_lexicon(job["lexicon"], frontend.lexicon(), table)
            made[kind] = folder, frontend, table, job
        return made[kind]

    return make


def identity_job(folder, job, frontend):
    """The job with graphs that send the ids back."""
    write_identity(folder, metadata_of(frontend.config), MEL.sample_rate)
    models = ("acoustic_model", "identity.onnx"), ("vocoder", "identity_vocoder.onnx")
    return {**job, **{name: folder / file for name, file in models}}


@pytest.fixture(scope="module")
def runs_of(voice_files, request):
    """The runs of ids that arrive in a version for every sentence, asked for once."""
    cache = {}

    def ask(kind, version):
        need_runtime(version)
        if (kind, version) not in cache:
            folder, frontend, _, job = voice_files(kind)
            texts = sentences(kind)
            if not kind.startswith("zh"):
                texts = [frontend.normalize(text) for text in texts]
            job = {**identity_job(folder, job, frontend), "texts": texts}
            if kind == "zh-numbers":
                rules = (
                    request.getfixturevalue("shared_data") / "sherpa-onnx/matcha-icefall-zh-baker"
                )
                job["rule_fsts"] = ",".join(
                    str(rules / f"{name}.fst") for name in ("phone", "date", "number")
                )
            spoken = speak(version, folder, job)
            cache[kind, version] = [arrived(item["samples"]) for item in spoken]
        return cache[kind, version]

    return ask


def tokens_of(runs, table):
    """Runs joined, blanks and the marks around each run removed, as symbols."""
    symbols = {token_id: symbol for symbol, token_id in table.symbols.items()}
    return [symbols[i] for run in runs for i in run if symbols[i] not in ("_", "^", "$")]


def predicted_tokens(frontend, table, text):
    """What training would give the model, through the same ids."""
    ids = table.encode(frontend(text).tokens, frontend.config.framing)
    return tokens_of([ids], table)


@pytest.mark.parametrize(("kind", "version"), EQUAL)
def test_ids_that_arrive_are_the_predicted_ones(kind, version, voice_files, runs_of):
    _, frontend, table, _ = voice_files(kind)
    listed = {entry["text"]: entry for entry in expected_differences(kind, version)}
    texts = sentences(kind)
    assert len(texts) >= fewest(kind)
    wrong = []
    for text, runs in zip(texts, runs_of(kind, version), strict=True):
        got = " ".join(tokens_of(runs, table))
        predicted = " ".join(predicted_tokens(frontend, table, text))
        if got == listed.get(text, {}).get("arrives", predicted):
            continue
        wrong.append(f"{text}\n  arrives:   {got}\n  predicted: {predicted}")
    assert not wrong, "not in expected_differences.toml:\n" + "\n".join(wrong)


@pytest.mark.parametrize(("kind", "version"), EQUAL)
def test_table_of_differences_is_not_stale(kind, version, voice_files, runs_of):
    """An entry whose sentence is said as predicted must leave the table."""
    _, frontend, table, _ = voice_files(kind)
    texts = sentences(kind)
    entries = expected_differences(kind, version)
    assert len(texts) - len(entries) >= fewest(kind)
    runs_of(kind, version)
    for entry in entries:
        assert entry["text"] in texts
        assert entry["reason"]
        predicted = " ".join(predicted_tokens(frontend, table, entry["text"]))
        as_predicted = entry.get("arrives", predicted) == predicted
        assert entry.get("more_blanks") or not as_predicted, f"{entry['text']}: equal by now"


@pytest.mark.parametrize(("kind", "version"), EQUAL)
def test_every_run_is_framed_as_in_training(kind, version, voice_files, runs_of):
    _, frontend, table, _ = voice_files(kind)
    entries = expected_differences(kind, version)
    odd = {entry["text"] for entry in entries if entry.get("more_blanks")}
    for text, runs in zip(sentences(kind), runs_of(kind, version), strict=True):
        framed = [table.encode(tokens_of([run], table), frontend.config.framing) for run in runs]
        assert runs
        assert (runs == framed) == (text not in odd), f"{text}: {runs}"


def test_long_sentences_stay_whole(voice_files):
    """2.x cuts at 20 words and loses the space there, unless told otherwise."""
    need_runtime("2.0.1")
    folder, frontend, table, job = voice_files("en-lexicon")
    text = " ".join(["The", *["old house by the river"] * 9, "was empty."])
    job = {**identity_job(folder, job, frontend), "texts": [text]}
    (cut,) = speak("2.0.1", folder, job)
    (whole,) = speak("2.0.1", folder, {**job, "extra": UNCUT})
    predicted = predicted_tokens(frontend, table, text)
    assert len(arrived(cut["samples"])) > 1
    assert tokens_of(arrived(cut["samples"]), table) != predicted
    assert len(arrived(whole["samples"])) == 1
    assert tokens_of(arrived(whole["samples"]), table) == predicted


@pytest.mark.parametrize(("kind", "version"), [pair for pair in PAIRS if pair[0] != "en-espeak"])
def test_lines_of_the_corpus(kind, version, voice_files, shared_data, tmp_path):
    """A package's lexicon is made with the corpus: then (nearly) every line of it is equal."""
    need_runtime(version)
    _, frontend, table, job = voice_files(kind)
    if kind == "zh":
        path = shared_data / "text/bznsyp-000001-010000.txt"
        lines = path.read_text(encoding="utf-8").splitlines()[::2]
        texts = [re.sub(r"#\d", "", line.split("\t")[1]) for line in lines[::10]]
    else:
        path = shared_data / "text/ljspeech-metadata.csv"
        texts = [line.split("|")[1] for line in path.read_text(encoding="utf-8").splitlines()[::50]]
    lexicon = tmp_path / "lexicon.txt"
    write_lexicon(lexicon, frontend.lexicon(texts), table)
    texts = texts[:: len(texts) // 60][:60]
    job = {**identity_job(tmp_path, job, frontend), "lexicon": lexicon}
    job["texts"] = [frontend.normalize(text) for text in texts]
    if version.startswith("2"):
        job["extra"] = UNCUT
    spoken = speak(version, tmp_path, job)
    equal = sum(
        tokens_of(arrived(item["samples"]), table) == predicted_tokens(frontend, table, text)
        for text, item in zip(texts, spoken, strict=True)
    )
    print(f"{kind}, {version}: {equal} of {len(texts)} lines equal")
    assert len(texts) == 60
    assert equal >= (57 if kind == "zh" else 60)


@pytest.fixture(scope="module")
def vocoder(tmp_path_factory):
    path = tmp_path_factory.mktemp("vocoder") / "vocoder.onnx"
    export_griffin_lim(MEL, path, 8)
    return path


def write_speaking_model(folder, frontend):
    """A small exported model of random weights, made once for a front end."""
    path = folder / "model-steps-1.onnx"
    if path.is_file():
        return path
    torch.manual_seed(5)
    torch.set_num_threads(1)
    num_tokens = frontend.token_table().num_embeddings
    model = Matcha(TINY, num_tokens, MEL.n_mels, -4.0, 1.0).eval()
    with torch.no_grad():
        model.encoder.proj_w.proj.bias += 1.0
    metadata = metadata_of(frontend.config)
    export_acoustic(model, path, num_tokens=num_tokens, num_steps=1, metadata=metadata)
    return path


@pytest.mark.parametrize(("kind", "version"), PAIRS)
def test_exported_model_speaks(kind, version, voice_files, vocoder):
    need_runtime(version)
    folder, frontend, _, job = voice_files(kind)
    path = write_speaking_model(folder, frontend)
    text = sentences(kind)[0]
    files = {**job, "acoustic_model": path, "vocoder": vocoder, "texts": [text]}
    (slow,) = speak(version, folder, {**files, "length_scale": 2.0})
    (fast,) = speak(version, folder, files)
    assert slow["sample_rate"] == MEL.sample_rate
    samples = np.array(fast["samples"])
    assert np.isfinite(samples).all()
    assert 0.001 < np.sqrt(np.mean(samples**2)) < 1.0
    assert len(samples) % MEL.hop_length == 0
    assert 1.8 < len(slow["samples"]) / len(samples) < 2.2


@pytest.mark.parametrize(("kind", "version"), PAIRS)
def test_python_of_the_readme_runs_as_written(kind, version, voice_files, vocoder, tmp_path):
    runtime = need_runtime(version)
    folder, frontend, _, job = voice_files(kind)
    corpus = {"dataset": "D", "dataset_license": "none"}
    model = write_speaking_model(folder, frontend)
    lexicon = job.get("lexicon")
    parts = Parts([model], vocoder, job["tokens"], lexicon, [], frontend.config, corpus)
    package = tmp_path / "package"
    assemble(package, parts)
    if "data_dir" in job:
        (package / "espeak-ng-data").symlink_to(job["data_dir"])
    readme = (package / "README.md").read_text(encoding="utf-8")
    code = re.search(r"Python:\n+```\n(.*?)```", readme, re.DOTALL)[1]
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=package,
        env={**os.environ, "PYTHONPATH": str(runtime)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    with wave.open(str(package / "out.wav")) as file:
        assert file.getframerate() == MEL.sample_rate
        assert file.getnframes() > MEL.hop_length


def test_espeak_voice_speaks_by_code_points(voice_files):
    """2.x has no espeak: the caller gives code points, and the runtime frames them."""
    need_runtime("2.0.1")
    folder, frontend, table, job = voice_files("en-espeak")
    texts = sentences("en-espeak")[:5]
    codepoints = [[ord(token) for token in frontend(text).tokens] for text in texts]
    lexicon = folder / "lexicon.txt"
    lexicon.write_text("a ɐ\n", encoding="utf-8")  # 2.x does not start without a lexicon
    job = {"tokens": job["tokens"], "lexicon": lexicon}
    files = identity_job(folder, job, frontend)
    spoken = speak("2.0.1", folder, {**files, "phoneme_codepoints": codepoints})
    for text, item in zip(texts, spoken, strict=True):
        got = tokens_of(arrived(item["samples"]), table)
        assert got == predicted_tokens(frontend, table, text)


def test_versions_are_the_ones_that_the_set_up_installs(root):
    script = (root / "tools" / "install_runtimes.sh").read_text(encoding="utf-8")
    assert f"for version in {' '.join(VERSIONS)}; do" in script

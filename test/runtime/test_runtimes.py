"""The real sherpa-onnx runtimes: the ids that arrive are the ids we predict, and they speak."""

from pathlib import Path

import numpy as np
import pytest
import torch
from harness import VERSIONS, arrived, need_runtime, speak, write_identity

from tts.config import read_toml
from tts.export.onnx import export_acoustic
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
FRONT_ENDS = {
    "zh": FrontEndConfig(language="zh", frontend="pinyin", unit="syllable"),
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
    name = "sentences_zh.txt" if kind == "zh" else "sentences_en.txt"
    return (HERE / name).read_text(encoding="utf-8").splitlines()


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


@pytest.fixture(scope="module")
def runs_of(voice_files):
    """The runs of ids that arrive in a version for every sentence, asked for once."""
    cache = {}

    def ask(kind, version):
        need_runtime(version)
        if (kind, version) not in cache:
            folder, frontend, _, job = voice_files(kind)
            write_identity(folder, metadata_of(frontend.config), MEL.sample_rate)
            texts = sentences(kind)
            if kind != "zh":
                texts = [frontend.normalize(text) for text in texts]
            models = {
                "acoustic_model": folder / "identity.onnx",
                "vocoder": folder / "identity_vocoder.onnx",
            }
            spoken = speak(version, folder, {**job, **models, "texts": texts})
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


@pytest.mark.parametrize(("kind", "version"), PAIRS)
def test_ids_that_arrive_are_the_predicted_ones(kind, version, voice_files, runs_of):
    _, frontend, table, _ = voice_files(kind)
    listed = {entry["text"]: entry for entry in expected_differences(kind, version)}
    texts = sentences(kind)
    assert len(texts) >= 30
    wrong = []
    for text, runs in zip(texts, runs_of(kind, version), strict=True):
        got = " ".join(tokens_of(runs, table))
        predicted = " ".join(predicted_tokens(frontend, table, text))
        if got == listed.get(text, {}).get("arrives", predicted):
            continue
        wrong.append(f"{text}\n  arrives:   {got}\n  predicted: {predicted}")
    assert not wrong, "not in expected_differences.toml:\n" + "\n".join(wrong)


@pytest.mark.parametrize(("kind", "version"), PAIRS)
def test_table_of_differences_is_not_stale(kind, version, voice_files, runs_of):
    """An entry whose sentence is said as predicted must leave the table."""
    _, frontend, table, _ = voice_files(kind)
    texts = sentences(kind)
    entries = expected_differences(kind, version)
    assert len(texts) - len(entries) >= 30
    runs_of(kind, version)
    for entry in entries:
        assert entry["text"] in texts
        assert entry["reason"]
        predicted = " ".join(predicted_tokens(frontend, table, entry["text"]))
        as_predicted = entry.get("arrives", predicted) == predicted
        assert entry.get("more_blanks") or not as_predicted, f"{entry['text']}: equal by now"


@pytest.mark.parametrize(("kind", "version"), PAIRS)
def test_every_run_is_framed_as_in_training(kind, version, voice_files, runs_of):
    _, frontend, table, _ = voice_files(kind)
    entries = expected_differences(kind, version)
    odd = {entry["text"] for entry in entries if entry.get("more_blanks")}
    for text, runs in zip(sentences(kind), runs_of(kind, version), strict=True):
        framed = [table.encode(tokens_of([run], table), frontend.config.framing) for run in runs]
        assert runs
        assert (runs == framed) == (text not in odd), f"{text}: {runs}"


@pytest.fixture(scope="module")
def vocoder(tmp_path_factory):
    path = tmp_path_factory.mktemp("vocoder") / "vocoder.onnx"
    export_griffin_lim(MEL, path, 8)
    return path


@pytest.mark.parametrize(("kind", "version"), PAIRS)
def test_exported_model_speaks(kind, version, voice_files, vocoder):
    need_runtime(version)
    folder, frontend, table, job = voice_files(kind)
    torch.manual_seed(5)
    torch.set_num_threads(1)
    model = Matcha(TINY, table.num_embeddings, MEL.n_mels, -4.0, 1.0).eval()
    with torch.no_grad():
        model.encoder.proj_w.proj.bias += 1.0
    path = folder / "model-steps-1.onnx"
    export_acoustic(
        model,
        path,
        num_tokens=table.num_embeddings,
        num_steps=1,
        metadata=metadata_of(frontend.config),
    )
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


def test_espeak_voice_speaks_by_code_points(voice_files):
    """2.x has no espeak: the caller gives code points, and the runtime frames them."""
    need_runtime("2.0.1")
    folder, frontend, table, job = voice_files("en-espeak")
    write_identity(folder, metadata_of(frontend.config), MEL.sample_rate)
    texts = sentences("en-espeak")[:5]
    codepoints = [[ord(token) for token in frontend(text).tokens] for text in texts]
    lexicon = folder / "lexicon.txt"
    lexicon.write_text("a ɐ\n", encoding="utf-8")  # 2.x does not start without a lexicon
    files = {
        "tokens": job["tokens"],
        "lexicon": lexicon,
        "acoustic_model": folder / "identity.onnx",
        "vocoder": folder / "identity_vocoder.onnx",
    }
    spoken = speak("2.0.1", folder, {**files, "phoneme_codepoints": codepoints})
    for text, item in zip(texts, spoken, strict=True):
        got = tokens_of(arrived(item["samples"]), table)
        assert got == predicted_tokens(frontend, table, text)


def test_versions_are_the_ones_that_the_set_up_installs(root):
    script = (root / "tools" / "install_runtimes.sh").read_text(encoding="utf-8")
    assert f"for version in {' '.join(VERSIONS)}; do" in script

"""Raw text through the real runtimes: the ids that arrive are the predicted ones, but for those
that expected_differences.toml lists.
"""

import functools
import re

import pytest
from equality import TABLE, compare, compared, expected, more_blanks, tokens_of
from harness import arrived, need_runtime, speak
from kinds import KINDS, RAW, UNCUT, config_of, sentences, write_job

from tts.config import read_toml
from tts.text.frontend import build_frontend

pytestmark = pytest.mark.runtime

SIXTY = ("zh-numbers-rule", "zh-en", "zh-en-initial-final", "zh-en-rule", "phones")
ENOUGH = dict.fromkeys(SIXTY, 60)


@pytest.fixture(scope="module")
def job_of(tmp_path_factory):
    """What a kind is spoken with, written once for all versions."""
    return functools.cache(lambda name: write_job(name, tmp_path_factory.mktemp(name)))


@pytest.fixture(scope="module")
def results(job_of, tmp_path_factory):
    """The sentences of a kind through a version, asked for once."""
    cache = {}

    def ask(name, version):
        need_runtime(version)
        if (name, version) not in cache:
            folder = tmp_path_factory.mktemp(f"{name}-{version}")
            cache[name, version] = compare(name, version, job_of(name), folder)
        return cache[name, version]

    return ask


@pytest.mark.parametrize(("name", "version"), RAW)
def test_ids_that_arrive_are_the_predicted_ones(name, version, results):
    listed = expected(name, version)
    found = results(name, version)
    assert len(found) >= ENOUGH.get(name, 200)
    wrong = [
        f"{item.text}\n  arrives:   {item.arrives}\n  predicted: {item.predicted}"
        for item in found
        if item.arrives != listed.get(item.text, (item.predicted, ""))[0]
    ]
    assert not wrong, f"not in {TABLE.name}:\n" + "\n".join(wrong)
    print(f"{name}, {version}: {sum(item.equal for item in found)} of {len(found)} equal")


@pytest.mark.parametrize(
    ("name", "version"), [(name, version) for name, version in RAW if not KINDS[name].same_as]
)
def test_table_of_differences_is_not_stale(name, version, results):
    """An entry whose sentence is said as predicted must leave the table."""
    found = {item.text: item for item in results(name, version)}
    for text, (arrives, reason) in expected(name, version).items():
        assert text in found, f"{text}: no sentence of {name}"
        assert arrives != found[text].predicted, f"{text}: equal by now"
        assert reason and "?" not in reason


@pytest.mark.parametrize(("name", "version"), RAW)
def test_every_run_is_framed_as_in_training(name, version, results):
    odd = more_blanks(name, version)
    found = results(name, version)
    assert odd <= {item.text for item in found}
    for item in found:
        assert item.framed == (item.text not in odd), item.text


def test_the_table_names_kinds_and_versions():
    content = read_toml(TABLE)
    assert set(content) == {"difference", "more_blanks"}
    for entry in content["difference"] + content["more_blanks"]:
        kind = KINDS[entry["kind"]]
        assert not kind.same_as
        assert entry["versions"] and set(entry["versions"]) <= set(kind.raw)
        assert entry["reason"]


def test_long_sentences_stay_whole(tmp_path):
    """2.x cuts at 20 words and loses the space there, unless told otherwise."""
    need_runtime("2.0.1")
    table = build_frontend(config_of("en-lexicon")).token_table()
    text = " ".join(["The", *["old house by the river"] * 9, "was empty."])
    job = {**write_job("en-lexicon", tmp_path), "texts": [text]}
    (cut,) = speak("2.0.1", tmp_path, job)
    (whole,) = speak("2.0.1", tmp_path, {**job, "extra": UNCUT})
    (item,) = compared("en-lexicon", [text], [arrived(whole["samples"])])
    assert item.equal and item.framed
    assert len(arrived(whole["samples"])) == 1
    assert len(arrived(cut["samples"])) > 1
    assert " ".join(tokens_of(arrived(cut["samples"]), table)) != item.predicted


@pytest.mark.parametrize(
    ("name", "version"), [("zh-rule", "1.13.4"), ("zh-rule", "2.0.1"), ("en-lexicon", "2.0.1")]
)
def test_lines_of_the_corpus(name, version, job_of, shared_data, tmp_path):
    """Of the corpus every line is equal; an English lexicon is made with its texts for that."""
    need_runtime(version)
    if name == "zh-rule":
        path = shared_data / "text/bznsyp-000001-010000.txt"
        lines = path.read_text(encoding="utf-8").splitlines()[::2]
        texts = [re.sub(r"#\d", "", line.split("\t")[1]) for line in lines[::10]]
    else:
        path = shared_data / "text/ljspeech-metadata.csv"
        texts = [line.split("|")[1] for line in path.read_text(encoding="utf-8").splitlines()[::50]]
    job = dict(job_of(name)) if name == "zh-rule" else write_job(name, tmp_path, tuple(texts))
    texts = texts[:: len(texts) // 60][:60]
    frontend = build_frontend(config_of(name))
    job["texts"] = [frontend.normalize(text) for text in texts]
    if version.startswith("2"):
        job["extra"] = UNCUT
    spoken = speak(version, tmp_path, job)
    found = compared(name, texts, [arrived(item["samples"]) for item in spoken])
    equal = sum(item.equal for item in found)
    print(f"{name}, {version}: {equal} of {len(texts)} lines equal")
    assert len(texts) == 60
    assert equal == 60


def test_sentences_stand_once():
    for name in KINDS:
        assert len(sentences(name)) == len(set(sentences(name)))

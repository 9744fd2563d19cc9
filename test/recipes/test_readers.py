"""Both recipes' readers: every fault in one pass, and the real label files as a whole."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tts.data.corpus import Recipe, RecipeOptions
from tts.data.split import split_ranges
from tts.errors import InputError


def recipe_on(corpus: str, dl_dir: Path) -> Recipe:
    return Recipe.open(RecipeOptions(corpus=corpus, dl_dir=str(dl_dir), work=str(dl_dir)))


def touch(folder: Path, *names: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / f"{name}.wav").touch()


def kinds(faults) -> Counter:
    return Counter((fault.id, fault.kind, fault.position) for fault in faults)


def test_ljspeech_reports_every_fault(tmp_path):
    recipe = recipe_on("ljspeech", tmp_path)
    touch(recipe.corpus_dir / "wavs", "a", "b", "d", "e", "g", "extra")
    lines = [
        "a|Mr. A|Mister A",
        "b|only two fields",
        "c|no audio|no audio",
        "a|again|again",
        "d|text|",
        "e||",
        "g|caf\u00e9|caf\u00e9",
    ]
    data = "\r\n".join(lines).encode("latin-1") + b"\r\nf|last|last\r\n\r\n"
    (recipe.corpus_dir / "metadata.csv").write_bytes(b"\xef\xbb\xbf" + data)
    utterances, faults = recipe.read()
    assert [(item.id, item.position) for item in utterances] == [("a", 0), ("d", 4)]
    assert (utterances[0].text, utterances[0].normalized) == ("Mr. A", "Mister A")
    assert utterances[1].normalized == "text"
    assert kinds(faults) == Counter(
        [
            ("-", "byte-order-mark", None),
            ("-", "carriage-return", None),
            ("b", "field-count", 1),
            ("c", "missing-audio", 2),
            ("a", "duplicate-id", 3),
            ("e", "empty-text", 5),
            ("?", "not-utf8", 6),
            ("f", "missing-audio", 7),
            ("b", "extra-audio", None),
            ("e", "extra-audio", None),
            ("g", "extra-audio", None),
            ("extra", "extra-audio", None),
        ]
    )


def test_baker_reports_every_fault(tmp_path):
    recipe = recipe_on("baker_zh", tmp_path)
    labels = recipe.corpus_dir / "ProsodyLabeling/000001-010000.txt"
    labels.parent.mkdir(parents=True)
    touch(recipe.corpus_dir / "Wave", "000001", "000002", "000003", "000006", "000009")
    rows = [
        "000001\t你好#4。",
        "\tni2 hao3",
        "000002\t没有拼音#4。",
        "000003\t再来#4。",
        "\tzai4 lai2",
        "000004\t缺#1声音#4。",
        "\tque1 sheng1 yin1",
        "no tab here",
        "\tnone",
        "000001\t你好#4。",
        "\tni2 hao3",
    ]
    labels.write_bytes(b"\xef\xbb\xbf" + "\r\n".join(rows).encode())
    intervals = recipe.corpus_dir / "PhoneLabeling"
    intervals.mkdir()
    (intervals / "000003.interval").write_text("broken")
    utterances, faults = recipe.read()
    assert [(item.id, item.position) for item in utterances] == [("000001", 0), ("000003", 2)]
    assert utterances[0].text == "你好。" and utterances[0].prosody == "你好#4。"
    assert utterances[0].pinyin == ("ni2", "hao3") and utterances[0].phones is None
    found = kinds(faults)
    assert found[("000002", "field-count", 1)] == 1
    assert found[("000004", "missing-audio", 3)] == 1
    assert found[("no tab here", "field-count", 4)] == 1
    assert found[("000001", "duplicate-id", 5)] == 1
    assert found[("000003", "bad-intervals", None)] == 1
    assert found[("000009", "extra-audio", None)] == 1


def test_audio_of_another_suffix_is_found(tmp_path):
    recipe = recipe_on("ljspeech", tmp_path / "lj")
    touch(recipe.corpus_dir / "wavs")
    for name in ("a.WAV", "b.flac"):
        (recipe.corpus_dir / "wavs" / name).touch()
    (recipe.corpus_dir / "metadata.csv").write_text("a|A|A\nb|B|B\n")
    utterances, faults = recipe.read()
    assert [item.audio.name for item in utterances] == ["a.WAV", "b.flac"] and not faults
    recipe = recipe_on("baker_zh", tmp_path / "baker")
    labels = recipe.corpus_dir / "ProsodyLabeling/000001-010000.txt"
    labels.parent.mkdir(parents=True)
    labels.write_text("000001\t你好#4。\n\tni2 hao3\n", encoding="utf-8")
    touch(recipe.corpus_dir / "Wave")
    (recipe.corpus_dir / "Wave/000001.WAV").touch()
    utterances, faults = recipe.read()
    assert [item.audio.name for item in utterances] == ["000001.WAV"] and not faults


def test_a_label_file_that_is_not_there(tmp_path):
    for corpus in ("ljspeech", "baker_zh"):
        recipe = recipe_on(corpus, tmp_path / corpus)
        with pytest.raises(InputError, match="--dl-dir"):
            recipe.read()
        recipe.corpus_dir.mkdir(parents=True)
        with pytest.raises(InputError, match="layout"):
            recipe.read()


@pytest.mark.parametrize(
    ("corpus", "labels", "place", "audio", "sizes"),
    [
        ("ljspeech", "ljspeech-metadata.csv", "metadata.csv", "wavs", (12500, 100, 500)),
        (
            "baker_zh",
            "bznsyp-000001-010000.txt",
            "ProsodyLabeling/000001-010000.txt",
            "Wave",
            (9400, 100, 500),
        ),
    ],
)
def test_the_full_label_files_give_the_known_sets(
    shared_data, tmp_path, corpus, labels, place, audio, sizes
):
    recipe = recipe_on(corpus, tmp_path)
    text = (shared_data / "text" / labels).read_text(encoding="utf-8")
    target = recipe.corpus_dir / place
    target.parent.mkdir(parents=True)
    target.write_text(text, encoding="utf-8")
    separator = "|" if corpus == "ljspeech" else "\t"
    names = [line.split(separator)[0] for line in text.splitlines() if line[0] != "\t"]
    touch(recipe.corpus_dir / audio, *names)
    utterances, faults = recipe.read()
    assert faults == [] and len(utterances) == sum(sizes)
    assert [item.position for item in utterances] == list(range(sum(sizes)))
    ranges = split_ranges(len(utterances), recipe.config.split)
    assert tuple(map(len, ranges.values())) == sizes
    last = utterances[ranges["test"][-1]]
    assert last.id == names[-1]


def test_the_real_clips_read_without_fault(shared_data):
    for corpus, count in (("ljspeech", 100), ("baker_zh", 42)):
        recipe = Recipe.open(RecipeOptions(corpus=corpus, dl_dir=str(shared_data)))
        utterances, faults = recipe.read()
        assert len(utterances) == count and faults == []

"""Files of aligners: both forms of TextGrid, tables of frames, and everything wrong with them."""

from __future__ import annotations

import itertools

import pytest

from tts.align.intervals import Interval, load_textgrid, write_textgrid
from tts.align.readers import find_files, read_frames, read_phones
from tts.align.symbols import ANY, BREAK
from tts.errors import InputError
from tts.text.alphabet import alphabet_of
from tts.text.spoken import FrontEndConfig

ENGLISH = alphabet_of(FrontEndConfig("en-us"))
MANDARIN = alphabet_of(FrontEndConfig("zh", unit="syllable"))
PHONES = [(0.0, 0.1, "sil"), (0.1, 0.2, "HH"), (0.2, 0.5, "AY1"), (0.5, 0.7, "sp")]
PHONES += [(0.7, 0.8, "M"), (0.8, 1.0, "IY0"), (1.0, 1.2, "")]
WORDS = [(0.0, 0.1, ""), (0.1, 0.5, "hi"), (0.5, 0.7, ""), (0.7, 1.0, "me"), (1.0, 1.2, "")]


def tier(rows) -> list[Interval]:
    return [Interval(*row) for row in rows]


def write(path, phones=PHONES, words=WORDS, end=1.2, names=("words", "phones")):
    write_textgrid(path, {names[0]: tier(words), names[1]: tier(phones)}, end)
    return path


def changed(rows, index, start=None, end=None, label=None):
    row = rows[index]
    new = (row[0] if start is None else start, row[1] if end is None else end, label or row[2])
    return [*rows[:index], new, *rows[index + 1 :]]


def test_what_is_written_is_read(tmp_path):
    labels = [(0.0, 1 / 3, 'say "3"'), (1 / 3, 0.7, ""), (0.7, 0.9, "ˈ")]
    write_textgrid(tmp_path / "a.TextGrid", {"phones": tier(labels)}, 0.9)
    grid = load_textgrid(tmp_path / "a.TextGrid")
    assert grid.end == 0.9 and grid.tiers == {"phones": tier(labels)}


@pytest.mark.parametrize("names", [("words", "phones"), ("LJ - words", "LJ - phones")])
def test_segments_of_a_textgrid(tmp_path, names):
    segments, faults = read_phones(write(tmp_path / "a.TextGrid", names=names), ENGLISH, 1.2)
    assert not faults
    shown = [(s.start, s.end, s.symbols if not s.is_break else "|") for s in segments]
    assert shown == [
        *((0.0, 0.1, "|"), (0.1, 0.2, ("h",)), (0.2, 0.5, ("ˈ", "a", "ɪ")), (0.5, 0.7, "|")),
        *((0.7, 0.8, ("m",)), (0.8, 1.0, ("i",)), (1.0, 1.2, "|")),
    ]


def test_words_that_touch_have_a_break_between_them(tmp_path):
    phones = [(0.0, 0.3, "AY1"), (0.3, 0.5, "M"), (0.5, 1.0, "spn")]
    words = [(0.0, 0.3, "i"), (0.3, 0.5, "m"), (0.5, 1.0, "<unk>")]
    path = write(tmp_path / "a.TextGrid", phones, words, 1.0)
    segments, _ = read_phones(path, ENGLISH, 1.0)
    symbols = ["".join(s.symbols) for s in segments]
    assert symbols == [BREAK, "ˈaɪ", BREAK, "m", BREAK, ANY, BREAK]
    assert all(a.end == b.start for a, b in itertools.pairwise(segments))


def test_a_single_tier_under_any_name_and_a_last_phone_that_ends_late(tmp_path):
    text = ['File type = "ooTextFile"', 'Object class = "TextGrid"', "", "0", "1.0", "<exists>"]
    text += ["1", '"IntervalTier"', '"000001"', "0", "1.0", "3", "0", "0.2", '"sil"']
    text += ["0.2", "0.4", '"w"', "0.4", "1.3", '"ai4"']
    path = tmp_path / "000001.interval"
    path.write_text("\n".join(text))
    segments, faults = read_phones(path, MANDARIN, 1.0)
    assert not faults and segments[-1].end == 1.0
    assert ["".join(s.symbols) for s in segments] == [BREAK, "w", "ai", BREAK]


CASES = {
    "negative": (changed(PHONES, 2, end=0.15), WORDS, 1.2, {"negative-interval"}),
    "empty": (changed(PHONES, 4, end=0.7), WORDS, 1.2, {"empty-interval"}),
    "overlap": (changed(PHONES, 1, end=0.3), WORDS, 1.2, {"overlap"}),
    "words overlap": (PHONES, changed(WORDS, 1, end=0.6), 1.2, {"overlap"}),
    "words elsewhere": (PHONES, changed(WORDS, 3, start=0.75), 1.2, {"tiers-disagree"}),
    "unknown": (changed(PHONES, 1, label="QQ"), WORDS, 1.2, {"unknown-phone"}),
    "other audio": (PHONES, WORDS, 1.5, {"other-audio"}),
    "later": ([*PHONES, (1.3, 1.4, "M")], WORDS, 1.2, {"other-audio"}),
    "several": (changed(changed(PHONES, 1, end=0.3), 4, label="X1"), WORDS, 2.0,
                {"overlap", "unknown-phone", "other-audio"}),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_faults_are_all_named_at_once(tmp_path, case):
    phones, words, end, expected = CASES[case]
    path = write(tmp_path / "a.TextGrid", phones, words, end)
    segments, faults = read_phones(path, ENGLISH, 1.2)
    assert {kind for kind, _ in faults} == expected and not segments
    assert all(detail for _, detail in faults)


def test_tiers_of_other_names(tmp_path):
    """[align] phone_tier and word_tier name them; one that is not there is a fault."""
    path = write(tmp_path / "a.TextGrid", names=("Wörter", "MAU"))
    assert read_phones(path, ENGLISH, 1.2)[1][0][0] == "missing-tier"
    usual = write(tmp_path / "b.TextGrid")
    found = read_phones(path, ENGLISH, 1.2, "MAU", "Wörter")
    assert found == read_phones(usual, ENGLISH, 1.2) and found[0]
    for tiers in (("KAN", "Wörter"), ("MAU", "ORT")):
        ((kind, detail),) = read_phones(path, ENGLISH, 1.2, *tiers)[1]
        assert kind == "missing-tier" and "'MAU'" in detail and "phone_tier" in detail


def test_missing_tiers_and_files_that_are_no_textgrids(tmp_path):
    write_textgrid(tmp_path / "a.TextGrid", {"words": tier(WORDS), "notes": tier(WORDS)}, 1.2)
    assert read_phones(tmp_path / "a.TextGrid", ENGLISH, 1.2)[1][0][0] == "missing-tier"
    write_textgrid(tmp_path / "b.TextGrid", {"phones": []}, 1.2)
    assert read_phones(tmp_path / "b.TextGrid", ENGLISH, 1.2)[1][0][0] == "missing-tier"
    (tmp_path / "c.TextGrid").write_bytes(b"\x00\xff nothing")
    assert read_phones(tmp_path / "c.TextGrid", ENGLISH, 1.2)[1][0][0] == "unreadable-times"
    assert read_phones(tmp_path / "d.TextGrid", ENGLISH, 1.2)[1][0][0] == "unreadable-times"


def test_files_lie_in_the_folder_or_in_folders_in_it(tmp_path):
    (tmp_path / "speaker").mkdir()
    for name in ("speaker/a.TextGrid", "b.TextGrid", "speaker/b.TextGrid", "c.txt"):
        (tmp_path / name).touch()
    found = find_files(tmp_path, ".TextGrid")
    assert {"a", "b"} <= found.keys() and "c" not in found
    assert found["b"] == tmp_path / "b.TextGrid"
    # Ids that are made of the path of a sound file.
    assert found["speaker/b"] == found["speaker_b"] == tmp_path / "speaker/b.TextGrid"


def test_a_table_of_frames(tmp_path):
    path = tmp_path / "frames.txt"
    rows = ["a|sil wanr2 r sp1 ma3 sil|sil 玩 儿 sp1 马 sil|10 20 5 0 30 35|0.0|1.0"]
    rows += ["b|sil ma3|sil 马|10|0|1", "c|ma3|马|-3|0|1", "d", "e|ma3|马|x|0|1"]
    rows += 2 * ["f|ma3|马|5|0|1"]
    path.write_text("\n".join(rows), encoding="utf-8")
    found, faults = read_frames(path)
    assert sorted(found) == ["a"] and sorted(faults) == ["b", "c", "d", "e", "f"]
    assert [(item.label, round(item.end - item.start, 6)) for item in found["a"]] == [
        *(("sil", 0.1), ("wanr2", 0.25), ("ma3", 0.3), ("sil", 0.35)),
    ]
    with pytest.raises(InputError, match="does not exist"):
        read_frames(tmp_path / "none.txt")

"""A corpus without code: label files of many forms, sound files of many names."""

from __future__ import annotations

from pathlib import Path

import pytest

from tts.config import from_dict
from tts.data.corpus_config import Table
from tts.data.table import read_table
from tts.errors import InputError


def touch(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def read(folder: Path, content: str | bytes, **table):
    data = content if isinstance(content, bytes) else content.encode()
    (folder / "labels").write_bytes(data)
    return read_table(from_dict(Table, {"file": "labels", **table}), folder)


def kinds(faults) -> list[tuple[str, str, int | None]]:
    return [(fault.id, fault.kind, fault.position) for fault in faults]


def test_any_suffix_in_nested_folders_and_with_a_byte_order_mark(tmp_path):
    touch(tmp_path, "wavs/one/a.WAV", "wavs/two/b.flac", "wavs/c.d.ogg", "wavs/odd.xyz")
    content = "a|Hello.\r\ntwo/b.wav|It's 5|\r\nc.d|Dots\r\nodd.xyz|Odd\r\n".replace("5|", "5")
    utterances, faults = read(tmp_path, b"\xef\xbb\xbf" + content.encode(), audio_folder="wavs")
    found = [(item.id, item.audio.name, item.text, item.position) for item in utterances]
    assert found == [
        ("a", "a.WAV", "Hello.", 0),
        ("two_b", "b.flac", "It's 5", 1),
        ("c.d", "c.d.ogg", "Dots", 2),
        ("odd.xyz", "odd.xyz", "Odd", 3),
    ]
    assert {fault.kind for fault in faults} == {"byte-order-mark", "carriage-return"}


def test_quotes_count_with_a_comma_only(tmp_path):
    touch(tmp_path, "a.wav", "b.wav", "c.wav", "d.wav")
    content = 'a,"He said ""no"", then\nleft."\nb,5" nails\nc,"never closed\nd,end\n'
    utterances, faults = read(tmp_path, content, delimiter=",")
    assert [item.text for item in utterances] == ['He said "no", then left.', '5" nails', "end"]
    assert [item.position for item in utterances] == [0, 1, 3]
    assert ('c,"never closed', "field-count", 2) in kinds(faults)
    (item, *_), _ = read(tmp_path, 'a\t"as it is"\n', delimiter="\t")
    assert item.text == '"as it is"'


def test_every_column(tmp_path):
    touch(tmp_path, "clips/x1.mp3", "clips/x2.mp3")
    rows = "file;who;key;written;said;tones;skip\nx1.mp3;ann;u-1;2 Apr;second of April;a1 b2;?\n"
    columns = ["audio", "speaker", "id", "text", "normalized", "pinyin", "-"]
    options = {"delimiter": ";", "header": True, "columns": columns, "audio_folder": "clips"}
    (item,), faults = read(tmp_path, rows, **options)
    assert (item.id, item.speaker, item.text, item.normalized, item.pinyin, item.position) == (
        *("u-1", "ann", "2 Apr", "second of April", ("a1", "b2"), 0),
    )
    assert kinds(faults) == [("x2", "extra-audio", None)]
    options = {"delimiter": " ", "columns": ["id", "phones"], "audio_folder": "clips"}
    (item, _), _ = read(tmp_path, "x1 h e l o\nx2 a b\n", **options)
    assert (item.id, item.text, item.normalized) == ("x1", "h e l o", "h e l o")


def test_every_fault_of_a_listing_is_reported(tmp_path):
    touch(tmp_path, "a.wav", "one/same.wav", "two/same.wav")
    lines = ["a|text", "b|no audio", "a|again", "c", "a|", "same|which", "d|caf\u00e9"]
    utterances, faults = read(tmp_path, "\n".join(lines).encode("latin-1"))
    assert [item.id for item in utterances] == ["a"]
    assert set(kinds(faults)) == {
        *(("b", "missing-audio", 1), ("a", "duplicate-id", 2), ("c", "field-count", 3)),
        *(("a", "empty-text", 4), ("same", "ambiguous-audio", 5), ("?", "not-utf8", 6)),
    }
    (item,), _ = read(tmp_path, "one/same|this one\n")
    assert item.audio == tmp_path / "one/same.wav" and item.id == "one_same"


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"columns": ["audio", "txt"]}, "'txt' is no column .nearest: text"),
        ({"columns": ["audio", "audio", "text"]}, "stands twice"),
        ({"columns": ["text"]}, "needed are audio or id"),
        ({"columns": ["audio", "speaker"]}, "needed are audio or id"),
        ({"columns": ["audio", "normalized", "phones"]}, "two forms"),
        ({"delimiter": ""}, "one character"),
        ({"audio_folder": "nowhere"}, "is no folder"),
        ({"file": "metadata.csv"}, "metadata.csv does not exist"),
        ({"colums": ["audio"]}, "unknown key 'colums'.*nearest: columns"),
    ],
)
def test_a_wrong_table_is_one_clear_error(tmp_path, table, message):
    with pytest.raises(InputError, match=message):
        read(tmp_path, "a|text\n", **table)

"""TextGrids in both forms, and what is said of damaged ones."""

from __future__ import annotations

import itertools
import tarfile

import pytest

from tts.align.intervals import Interval, only_tier, read_textgrid
from tts.errors import InputError

SHORT = """File type = "ooTextFile"
Object class = "TextGrid"

0
2.5
<exists>
1
"IntervalTier"
"000001"
0
2.5
3
0
0.31
"sil"
0.31
0.5
"k"
0.5
2.5
"a2"
"""
LONG = """File type = "ooTextFile"
Object class = "TextGrid"

xmin = 0
xmax = 1.5e0
tiers? <exists>
size = 2
item []:
    item [1]:
        class = "IntervalTier"
        name = "words"
        xmin = 0
        xmax = 1.5
        intervals: size = 1
        intervals [1]:
            xmin = 0
            xmax = 1.5
            text = "say ""3"" 4"
    item [2]:
        class = "TextTier"
        name = "points"
        xmin = 0
        xmax = 1.5
        points: size = 1
        points [1]:
            number = 0.7
            mark = "H*"
"""
EXPECTED = [Interval(0, 0.31, "sil"), Interval(0.31, 0.5, "k"), Interval(0.5, 2.5, "a2")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_short_form(tmp_path, encoding, newline):
    path = tmp_path / "000001.interval"
    path.write_bytes(SHORT.replace("\n", newline).encode(encoding))
    assert only_tier(path) == EXPECTED


def test_long_form_with_quotes_and_points(tmp_path):
    path = tmp_path / "a.TextGrid"
    path.write_text(LONG, encoding="utf-8")
    assert read_textgrid(path) == {"words": [Interval(0, 1.5, 'say "3" 4')]}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        SHORT[:-20],
        SHORT.replace("ooTextFile", "other"),
        SHORT.replace("<exists>", "<absent>"),
        SHORT.replace("0.5\n2.5", "0.1\n2.5"),
    ],
)
def test_damaged_files_are_named(tmp_path, text):
    path = tmp_path / "bad.interval"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"bad\.interval"):
        only_tier(path)


def test_absent_and_crowded_files(tmp_path):
    with pytest.raises(InputError, match="does not exist"):
        read_textgrid(tmp_path / "none")
    path = tmp_path / "two.TextGrid"
    path.write_text(SHORT.replace("<exists>\n1", "<exists>\n2") + SHORT[SHORT.index('"Inter') :])
    assert len(read_textgrid(path)) == 1  # both tiers share a name
    path.write_text(path.read_text()[::-1].replace('"100000"', '"rehto"', 1)[::-1])
    with pytest.raises(InputError, match="2 interval tiers"):
        only_tier(path)


def test_real_textgrids(shared_data, tmp_path):
    with tarfile.open(shared_data / "alignments/ljspeech-mfa-textgrid.tar.xz") as tar:
        member = next(item for item in tar if item.name.endswith(".TextGrid"))
        path = tmp_path / "a.TextGrid"
        path.write_bytes(tar.extractfile(member).read())
    tiers = read_textgrid(path)
    assert set(tiers) == {"words", "phones"}
    phones = tiers["phones"]
    assert len(phones) > 5 and phones[0].start == 0
    assert all(before.end == after.start for before, after in itertools.pairwise(phones))


def test_a_file_that_ends_early_says_so(tmp_path):
    path = tmp_path / "cut.TextGrid"
    path.write_text(LONG[: len(LONG) // 2], encoding="utf-8")
    with pytest.raises(InputError, match=r"cut\.TextGrid is not a complete TextGrid: it ends"):
        read_textgrid(path)

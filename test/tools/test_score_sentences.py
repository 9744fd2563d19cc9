"""The score of words and characters in sentences."""

import subprocess
import sys

import pytest

from tts.evaluate.sentences import judge_character, judge_word, skeleton
from tts.text.frontend import build_frontend
from tts.text.spoken import FrontEndConfig


def run(root, *arguments):
    command = [sys.executable, root / "tools" / "score_sentences.py", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=False)


def test_right_and_wrong_are_counted_by_kind(root, tmp_path):
    table = tmp_path / "table.tsv"
    table.write_text(
        "# two lines\n"
        "He can read it.\tread\tpresent\tR IY1 D\n"
        "Read the lead story.\tlead\tmade up\tM AE1 D\n"
    )
    done = run(root, "en", table)
    assert done.returncode == 0, done.stderr
    lines = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert lines[:3] == ["present 1 of 1", "made up 0 of 1", "all 1 of 2 = 50.0 %"]
    assert "Read the lead story. [lead]: wanted mˈæd" in done.stdout


@pytest.mark.parametrize(("text", "said"), [("a\tb\n", "1: 2 columns"), (None, "does not exist")])
def test_tables_that_cannot_be_read(root, tmp_path, text, said):
    table = tmp_path / "table.tsv"
    if text is not None:
        table.write_text(text)
    done = run(root, "zh", table)
    assert done.returncode == 2 and said in done.stderr


def test_weak_vowels_do_not_count_but_stress_does():
    assert skeleton("ɹˈɛkɚd") == skeleton("ɹˈɛkəɹd") != skeleton("ɹɪkˈɔːɹd")
    assert skeleton("ðə") != skeleton("ði") and skeleton("əbaʊt") == skeleton("ɪbaʊt")
    english = build_frontend(FrontEndConfig())
    record = judge_word(english, "The record.", "record", "noun", "R EH1 K ER0 D")
    assert record[0] == "noun" and record[3] is True
    assert judge_word(english, "No.", "record", "noun", "R EH1 K ER0 D")[2] == "(not there)"


def test_a_character_is_found_by_itself_or_its_index():
    mandarin = build_frontend(FrontEndConfig("zh", "pinyin", "syllable"))
    kind, _, found, agree = judge_character(mandarin, "银行，好吗", "行", "hang2 | xing2", "行")
    assert (kind, found, agree) == ("行", "hang2", True)
    assert judge_character(mandarin, "银行，好吗", "4", "ma5", "neutral")[2:] == ("ma5", True)
    assert judge_character(mandarin, "银行，好吗", "3", "hao4", "好")[3] is False

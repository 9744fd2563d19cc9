"""How a text is said, for people and for programs."""

import json
import os
import subprocess
import sys

import pytest

from tts.config import to_dict, write_toml
from tts.text.explain import explain, for_people
from tts.text.frontend import build_frontend
from tts.text.spoken import FrontEndConfig

MANDARIN = FrontEndConfig("zh", "pinyin", "syllable")


def run(root, *arguments, text=None, **variables):
    return subprocess.run(
        [sys.executable, root / "tools" / "explain_text.py", *map(str, arguments)],
        input=text,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, **variables},
        check=False,
    )


def test_every_step_is_there():
    frontend = build_frontend(FrontEndConfig())
    explained = explain(frontend, "Dr. Smith’s 3 blorps 今")
    spoken = frontend("Dr. Smith’s 3 blorps 今")
    table = frontend.token_table()
    assert explained["normalized"] == spoken.normalized
    assert [w["source"] for w in explained["words"]] == [w.source for w in spoken.words]
    assert explained["ids"] == table.encode(spoken.tokens)
    ids = [number for word in explained["words"] for number in word["ids"]]
    assert ids == [table.symbols[token] for token in spoken.tokens]
    assert [p["position"] for p in explained["problems"]] == [21]
    assert json.loads(json.dumps(explained)) == explained


def test_columns_are_aligned_whatever_the_width_of_characters():
    lines = for_people(explain(build_frontend(MANDARIN), "我们用A")).splitlines()
    heads = [line for line in lines if line.startswith("word")]
    column = heads[0].index("source")
    rows = [line for line in lines if "dictionary" in line or "spelled" in line]
    assert len(rows) >= 2
    for row in rows:
        before = row[: row.index("dictionary" if "dictionary" in row else "spelled")]
        assert sum(2 if "\u4e00" <= c <= "\u9fff" else 1 for c in before) == column


def test_a_terminal_gets_nothing_to_act_on():
    shown = for_people(explain(build_frontend(MANDARIN), "你\x1b[31m好\r\n\ud800"))
    assert "\x1b" not in shown and "\r" not in shown and "\ud800" not in shown
    assert "<001B>" in shown


@pytest.mark.parametrize("text", ["", "...", "\0"])
def test_nothing_to_say_is_explained_too(text):
    shown = for_people(explain(build_frontend(MANDARIN), text))
    assert shown.startswith("voice")
    assert "problems: " in shown


def test_script_for_a_language_and_lines_of_standard_input(root):
    done = run(root, "--language", "zh_en", text="用Python。\n你好\n")
    assert done.returncode == 0, done.stderr
    assert "python" in done.stdout and "dictionary" in done.stdout
    assert done.stdout.count("normalised") == 2


def test_script_takes_the_front_end_of_a_package(root, tmp_path):
    (tmp_path / "model-steps-3.onnx").touch()
    config = FrontEndConfig("zh", "pinyin", "initial_final")
    write_toml(tmp_path / "frontend.toml", to_dict(config))
    done = run(root, "--package", tmp_path, "--text", "你好", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == explain(build_frontend(config), "你好")


def test_script_refuses_what_does_not_go_together(root):
    done = run(root, "--language", "zh", "--unit", "phone", "--text", "你")
    assert (done.returncode, done.stdout) == (2, "")
    assert "knows no unit 'phone'" in done.stderr
    assert "give one of" in run(root, "--package", "a", "--exp-dir", "b").stderr


@pytest.mark.parametrize("arguments", [[], ["--json"]])
def test_script_on_a_terminal_that_knows_ascii_alone(root, arguments):
    done = run(root, "--language", "zh", *arguments, text="你☃\n", PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.isascii() and "\\u4f60" in done.stdout
    if arguments:
        assert json.loads(done.stdout)["text"] == "你☃"


def test_script_takes_a_lexicon(root, tmp_path):
    (tmp_path / "mine.txt").write_text("tencha T EH1 N CH AH0\n", encoding="utf-8")
    done = run(root, "--user-lexicon", tmp_path / "mine.txt", "--text", "Tencha", "--json")
    assert [word["source"] for word in json.loads(done.stdout)["words"]] == ["lexicon"]
    failed = run(root, "--user-lexicon", tmp_path / "none", "--text", "Tencha")
    assert failed.returncode == 2 and "does not exist" in failed.stderr

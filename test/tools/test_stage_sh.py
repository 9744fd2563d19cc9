"""The shell side of the root scripts: options, selection of stages, where a script is found."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

NAMES = ("first", "second", "third")
SCRIPT = """#!/usr/bin/env bash
set -euo pipefail
root={root}
recipe={recipe}
usage="test.sh [options]"
source "{source}"
option num-jobs 4 "processes"
option text "" "words"
flag toy "small"
parse_options "$@"
given num-jobs toy text
stages() {{
  stage 0 first "the first" one.py "${{passed[@]}}"
  stage 1 second "the second" two.py
  stage 3 third "the third" one.py --last
}}
run_stages stages
"""


@pytest.fixture
def script(root, tmp_path) -> Path:
    """A root script with two stages of its own, one of them replaced by the recipe's."""
    recipe = tmp_path / "egs/c/TTS"
    for folder, name in ((tmp_path, "one"), (tmp_path, "two"), (recipe, "two")):
        (folder / "local").mkdir(parents=True, exist_ok=True)
        (folder / f"local/{name}.py").write_text("import sys\nprint('ran', sys.argv)\n")
    path = tmp_path / "test.sh"
    source = root / "tools/stage.sh"
    path.write_text(SCRIPT.format(root=tmp_path, recipe=recipe, source=source))
    return path


def run(script: Path, *arguments: str, status: int = 0) -> str:
    command = ["bash", str(script), *arguments]
    if not {"--help", "--list"} & set(arguments):
        command += ["--python", sys.executable]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    output = result.stdout + result.stderr
    assert result.returncode == status, output
    return output


def test_an_extra_stage_runs_where_it_is_asked_for(script):
    """Alone, as an end of the range, or always where it is needed."""
    text = script.read_text().replace(
        "  stage 3 third", "  extra_stage 2 more m one.py\n  stage 3 third"
    )
    no, yes = (
        text.replace("stages() {", f"needs_stage() {{ {said}; }}\nstages() {{")
        for said in ("false", "[[ $1 == more ]]")
    )
    script.write_text(no)
    assert "[2 more]" not in run(script)
    assert "[2 more]" not in run(script, "--stage", "1")
    assert "[2 more]" in run(script, "--stage", "more", "--stop-stage", "3")
    assert "[2 more]" in run(script, "--stop-stage", "2")
    assert "  2  more" in run(script, "--list")
    script.write_text(yes)
    assert "[2 more]" in run(script)


def test_all_stages_in_order_with_their_times(script):
    output = run(script)
    assert "[1 second] the second: egs/c/TTS/local/two.py" in output
    assert "[0 first] the first: local/one.py" in output
    assert output.count("ran [") == 3 and output.count(" s\n") == 6
    assert "'--last'" in output and "--num-jobs" not in output


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--stage", "1"], ["second", "third"]),
        (["--stop-stage", "1"], ["first", "second"]),
        (["--stage", "second", "--stop-stage", "second"], ["second"]),
        (["--stage=third"], ["third"]),
        (["--stage", "2", "--stop-stage", "9"], ["third"]),
        (["--stage", "-1", "--stop-stage", "0"], ["first"]),
    ],
)
def test_selection(script, arguments, expected):
    output = run(script, *arguments)

    assert [name for name in NAMES if f" {name}] the {name}" in output] == expected


def test_given_options_are_passed_on_and_flags_take_values_or_none(script):
    output = run(script, "--toy", "--num-jobs", "3", "--text", "two words; $HOME", "--stage", "0")
    assert "'--num-jobs', '3', '--toy', '1', '--text', 'two words; $HOME'" in output
    assert "'--toy', '0'" in run(script, "--toy", "0")
    assert "'--toy', '1'" in run(script, "--toy", "true")
    assert "'--num-jobs', '5'" in run(script, "--num_jobs=5")


def test_list_and_help(script):
    listing = run(script, "--list")
    rows = [line.split() for line in listing.splitlines()]
    assert rows == [[n, name, "the", name] for n, name in zip("013", NAMES, strict=True)]
    text = run(script, "--help")
    assert "usage: test.sh" in text and "--num-jobs VALUE" in text and "(default: 4)" in text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--stage", "frist"], "no stage 'frist'; known: 0 first, 1 second, 3 third"),
        (["--nonsense"], "unknown option --nonsense; known: --num-jobs"),
        (["--num-jobs"], "needs a value"),
        (["word"], "unexpected argument"),
        (["--"], "unknown option --;"),
        (["--python", "/nowhere/python"], "no Python interpreter '/nowhere/python'"),
        (["--stage", "3", "--stop-stage", "1"], "nothing to run"),
        (["--stage", "7"], "no stage lies between"),
    ],
)
def test_mistakes(script, arguments, message):
    command = ["bash", str(script), *arguments]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 2 and message in result.stderr and "ran [" not in result.stdout


def test_a_failing_stage_stops_the_script_with_its_status(script):
    (script.parent / "egs/c/TTS/local/two.py").write_text("raise SystemExit(3)")
    output = run(script, status=3)
    assert "[1 second] failed with status 3" in output and "third" not in output
    (script.parent / "egs/c/TTS/local/two.py").unlink()
    (script.parent / "local/two.py").unlink()
    assert "no script two.py" in run(script, status=2)


@pytest.mark.parametrize("option", ["--recipe", "--corpus"])
def test_a_recipe_that_is_not_there_is_told_before_an_environment_is_made(root, tmp_path, option):
    result = subprocess.run(
        [str(root / "run.sh"), option, "nowhere"],
        env={**os.environ, "VENV": str(tmp_path / "venv"), "PYTHON": "", "PATH": os.defpath},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 2 and f"{option} nowhere: no " in result.stderr
    assert not (tmp_path / "venv").exists()


def test_setup_never_removes_what_is_not_an_environment(root, tmp_path):
    own = tmp_path / "thesis.txt"
    own.write_text("three years")
    result = subprocess.run(
        [str(root / "tools/setup.sh")],
        env={**os.environ, "VENV": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 1 and "something else than" in result.stderr
    assert own.read_text() == "three years"


@pytest.mark.parametrize("name", ["ljspeech", "baker_zh"])
def test_the_recipes_own_prepare_lists_the_stages(root, name, tmp_path):
    command = [str(root / "egs" / name / "TTS/prepare.sh"), "--list"]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    numbers = [line.split()[0] for line in result.stdout.splitlines()]
    assert [number for number in numbers if number != "9"] == [*map(str, range(9)), "10"]


@pytest.mark.parametrize(
    ("arguments", "stages"),
    [
        (["--model", "matcha"], "stages"),
        (["--model", "matcha", "--set", "model.durations=stored"], "stages align"),
        (["--model", "fastspeech2"], "stages align pitch"),
    ],
)
def test_the_stages_of_a_model_are_those_whose_output_it_takes(root, arguments, stages):
    command = [sys.executable, str(root / "local/show_recipe.py"), "--corpus", "ljspeech"]
    command += ["--stages", *arguments]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    assert result.stdout.splitlines() == [stages]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--model", "macha"], "nearest: matcha"),
        (["--set", "train.lr_schedul=noam"], "nearest: lr_schedule"),
        (["--set", "train.num_epochs=0"], "--num-epochs 0: must be 1 or more"),
        (["--set", "model.encodr.channels=8"], "nearest: encoder"),
        (["--set", "modell.encoder.channels=8"], "unknown table modell"),
        (["--set", "mel.hop=200"], "unknown key 'hop' in --set mel"),
    ],
)
def test_a_wrong_model_or_option_is_told_before_any_stage(root, tmp_path, arguments, message):
    command = [root / "prepare.sh", "--corpus", "ljspeech", "--work", tmp_path / "work"]
    command += ["--python", sys.executable, *arguments]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 2 and "[0 download]" not in result.stdout
    assert message in result.stderr and "Traceback" not in result.stderr
    assert not (tmp_path / "work").exists()


def test_every_stage_script_answers_help(root):
    for path in sorted((root / "local").glob("*.py")):
        result = subprocess.run(
            [sys.executable, str(path), "--help"], capture_output=True, text=True, check=False
        )
        assert result.returncode == 0 and "usage:" in result.stdout, path

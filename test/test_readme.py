"""The documents tell the truth: their commands, flags, imports, links and files exist."""

from __future__ import annotations

import ast
import functools
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
RECIPES = sorted(path.parent for path in ROOT.glob("egs/*/TTS/corpus.toml"))
DOCUMENTS = [
    *sorted(ROOT.glob("*.md")),
    *sorted(ROOT.glob("docs/*.md")),
    *sorted(ROOT.glob("egs/*/TTS/*.md")),
]
NAMES = [path.relative_to(ROOT).as_posix() for path in DOCUMENTS]
FENCE = re.compile(r"^ *```(?P<kind>\w*)\n(?P<body>.*?)^ *```$", re.MULTILINE | re.DOTALL)
# Programs of the system; every other command must be a script of the project.
SYSTEM = {"cd", "export", "git", "grep", "ln", "mkdir", "pip", "rm", "tensorboard", "."}
# Hands its arguments on to pytest.
PASSES_ON = {"tools/test.sh"}


def blocks(path: Path, kind: str) -> list[str]:
    """The code blocks of one kind, in order."""
    matches = FENCE.finditer(path.read_text(encoding="utf-8"))
    return [match["body"] for match in matches if match["kind"] == kind]


def commands(body: str) -> list[list[str]]:
    """The commands of a shell block as words, comments left out."""
    lines = body.replace("\\\n", " ").splitlines()
    words = (shlex.split(line, comments=True) for line in lines)
    return [line for line in words if line]


def scripts(path: Path) -> Iterator[tuple[Path, list[str]]]:
    """Each script that a document calls, with its arguments; `cd` counts within a block."""
    for body in blocks(path, "bash"):
        folder = path.parent if path.name == "README.md" else ROOT
        for words in commands(body):
            while re.fullmatch(r"[A-Z_]+=.*", words[0]):
                words = words[1:]
            if words[0] == "cd":
                folder = (ROOT / words[1]) if words[1].startswith("egs/") else folder / words[1]
                assert folder.is_dir(), words
            elif words[0] in ("python3", "python", ".venv/bin/python") and words[1] != "-m":
                yield folder / words[1], words[2:]
            elif words[0] not in SYSTEM and words[0] not in ("python3", "python"):
                assert os.access(folder / words[0], os.X_OK), f"{words[0]} is not executable"
                yield folder / words[0], words[1:]


@functools.cache
def help_of(script: Path) -> str:
    program = [] if script.suffix == ".sh" else [sys.executable]
    done = subprocess.run(
        [*program, str(script), "--help"], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, f"{script} --help: {done.stderr}"
    return done.stdout


def test_both_readmes_have_the_same_commands():
    english, chinese = ROOT / "README.md", ROOT / "README.zh-CN.md"
    for kind in ("bash", "python"):
        assert blocks(english, kind) == blocks(chinese, kind)
    assert len(blocks(english, "bash")) > 5


def test_both_readmes_have_the_same_parts():
    for pattern in (r"^#+ ", r"^\|", r"^- "):
        counts = {
            len(re.findall(pattern, (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE))
            for name in ("README.md", "README.zh-CN.md")
        }
        assert len(counts) == 1, pattern


def test_both_readmes_have_the_same_figures():
    """Numbers in the tables, in order, must not drift apart."""

    def figures(name: str) -> list[list[str]]:
        rows = re.findall(r"^\|.*$", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE)
        return [sorted(re.findall(r"\d+(?:[.,e-]\d+)*|\(measuring\)", row)) for row in rows]

    assert figures("README.md") == figures("README.zh-CN.md")


@pytest.mark.parametrize("name", NAMES)
def test_every_script_and_flag_exists(name):
    for script, arguments in scripts(ROOT / name):
        assert script.is_file(), f"{name} calls {script.relative_to(ROOT)}"
        if script.relative_to(ROOT).as_posix() in PASSES_ON:
            continue
        flags = {word.partition("=")[0] for word in arguments if word.startswith("--")}
        known = set(re.findall(r"--[a-z][a-z0-9-]*", help_of(script)))
        assert flags <= known, f"{name}: {script.name} knows no {sorted(flags - known)}"


def test_the_two_commands_are_there():
    called = [script for script, _ in scripts(ROOT / "README.md")]
    assert ROOT / "run.sh" in called and ROOT / "tools" / "test.sh" in called


def test_each_recipe_shows_all_its_commands():
    for recipe in RECIPES:
        called = [script for script, _ in scripts(recipe / "README.md")]
        promised = set(recipe.glob("matcha/*.py")) | {recipe / "prepare.sh"}
        assert promised <= set(called), recipe


def defined(module: str) -> set[str] | None:
    """Names at the top level of a module of tts, its submodules included; None if absent."""
    base = ROOT / module.replace(".", "/")
    path = base / "__init__.py" if base.is_dir() else base.with_suffix(".py")
    if not path.is_file():
        return None
    names = {item.stem for item in base.glob("*.py")} if base.is_dir() else set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        elif isinstance(node, ast.ImportFrom):
            names |= {alias.name for alias in node.names}
    return names


@pytest.mark.parametrize("name", NAMES)
def test_python_in_documents_imports_what_exists(name):
    for body in blocks(ROOT / name, "python"):
        for node in ast.walk(ast.parse(body)):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("tts"):
                known = defined(node.module)
                assert known is not None, f"{name}: no module {node.module}"
                assert {alias.name for alias in node.names} <= known, f"{name}: {node.module}"


@pytest.mark.parametrize("name", NAMES)
def test_links_lead_somewhere(name):
    path = ROOT / name
    for target in re.findall(r"\]\(([^)\s]+)\)", path.read_text(encoding="utf-8")):
        if not target.startswith(("http://", "https://", "#")):
            assert (path.parent / target.partition("#")[0]).exists(), f"{name} links to {target}"


@pytest.mark.parametrize("name", NAMES)
def test_named_files_of_the_project_exist(name):
    """`tts/...`, `tools/...` and the like in prose are real; <placeholders> are left out."""
    text = FENCE.sub("", (ROOT / name).read_text(encoding="utf-8"))
    folders = "tts|tools|test|docs|local|egs"
    missing = [
        found
        for found in re.findall(rf"`((?:{folders})/[\w./-]+)`", text)
        if not any((folder / found).exists() for folder in (ROOT, *RECIPES))
    ]
    assert not missing


@pytest.mark.parametrize("name", NAMES)
def test_no_path_of_one_machine(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    assert not re.findall(r"(?<![\w.])/(?:work|tmp|root|home|mnt|data)/\S*", text)

"""Stage 4 runs again when a file of a language's folder changes, and only then."""

import shutil
import subprocess
import sys

import pytest

from tts.config import to_dict, write_toml
from tts.files import write_jsonl, write_text
from tts.text.frontend import FrontEndConfig, build_frontend


@pytest.fixture
def checkout(root, tmp_path):
    """A copy of the code with a recipe whose texts are phones, prepared up to stage 3."""
    copy = tmp_path / "checkout"
    for folder in ("tts", "local"):
        shutil.copytree(root / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__"))
    facts = {"name": "mine", "folder": "mine", "language": "phones", "toy_layout": ""}
    write_toml(copy / "egs" / "mine" / "TTS" / "corpus.toml", facts)
    config = FrontEndConfig("phones", "phones", symbols="a b")
    data = tmp_path / "data"
    write_toml(data / "frontend.toml", to_dict(config))
    build_frontend(config).token_table().write(data / "tokens.txt")
    item = {"id": "u", "text": "a b", "custom": {"position": 0}}
    cuts = [{"id": "u", "supervisions": [item]}]
    write_jsonl(data / "manifests" / "mine_cuts_raw.jsonl.gz", cuts)
    return copy


@pytest.mark.parametrize(
    "name",
    ["english/rules.py", "english/modern_words.txt", "mandarin/lattice.py", "fst/numbers.py"],
)
def test_stage_4_runs_again_when_a_language_changes(checkout, tmp_path, name):
    command = [sys.executable, checkout / "local" / "convert_text_to_tokens.py"]
    command += ["--corpus", "mine", "--work", tmp_path, "--num-jobs", "1"]

    def run():
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    assert run().startswith("text: running\n")
    assert run().startswith("text: up to date")
    path = checkout / "tts" / "text" / name
    write_text(path, path.read_text(encoding="utf-8") + "# changed\n")
    assert run().startswith(f"text: running again: inputs changed ({path})")

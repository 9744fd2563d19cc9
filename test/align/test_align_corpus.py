"""Stage 8 on a small prepared corpus: product, list of faults, policy, scores, marker."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tts.align.corpus import align_corpus, choose_aligner, usual_voice, write_textgrids
from tts.align.durations import durations_path, read_durations
from tts.align.intervals import Interval, write_textgrid
from tts.config import to_dict, write_toml
from tts.data.corpus import Recipe, RecipeOptions
from tts.data.validation import RejectPolicy
from tts.errors import InputError
from tts.files import write_jsonl, write_text
from tts.mel import MelConfig
from tts.text.english.arpabet import to_ipa
from tts.text.frontend import build_frontend
from tts.text.spoken import FrontEndConfig

RATE, HOP = 22050, 256
PHONES = ["HH", "AY1", "M", "IY0"]
TOKENS = [*to_ipa(PHONES[:2]), ",", *to_ipa(PHONES[2:]), "."]
TIMES = [("sil", 0.2), ("HH", 0.1), ("AY1", 0.25), ("sp", 0.3), ("M", 0.1), ("IY0", 0.25)]
TIMES += [("sp", 0.3)]


def textgrid(path: Path, times=TIMES) -> None:
    tier, clock = [], 0.0
    for label, seconds in times:
        tier.append(Interval(clock, clock + seconds, label))
        clock += seconds
    write_textgrid(path, {"phones": tier}, clock)


def cut(name: str, position: int, tokens=TOKENS, seconds: float = 1.5) -> dict:
    samples = round(seconds * RATE)
    return {
        "id": name,
        "supervisions": [{"custom": {"position": position}}],
        "recording": {"num_samples": samples, "sampling_rate": RATE},
        "features": {"num_frames": int(samples / HOP + 0.5)},
        "custom": {"tokens": list(tokens)},
    }


@pytest.fixture
def recipe(tmp_path) -> Recipe:
    """Ten utterances prepared for the lexicon front end, with a TextGrid each."""
    options = RecipeOptions("ljspeech", work=str(tmp_path), dl_dir=str(tmp_path / "download"))
    recipe = Recipe.open(options)
    write_toml(recipe.data / "mel.toml", to_dict(MelConfig()))
    write_toml(recipe.data / "frontend.toml", to_dict(FrontEndConfig()))
    write_text(recipe.data / "tokens.txt", build_frontend(FrontEndConfig()).token_table().text())
    write_text(recipe.manifest("ids.txt"), "\n".join("abcdefghij"))
    for split, names in (("train", "abcdefgh"), ("valid", "i"), ("test", "j")):
        cuts = [cut(name, "abcdefghij".index(name)) for name in names]
        write_jsonl(recipe.fbank(f"cuts_{split}.jsonl.gz"), cuts)
    for name in "abcdefghij":
        textgrid(recipe.corpus_dir / "TextGrid" / f"{name}.TextGrid")
    return recipe


def product(recipe: Recipe, split: str) -> dict[str, list[int]]:
    lines = read_durations(durations_path(recipe.data, split))
    return {line["id"]: line["durations"] for line in lines}


def rejected(recipe: Recipe) -> set[tuple[str, str]]:
    lines = (recipe.data / "align" / "rejected.tsv").read_text().splitlines()[1:]
    return {tuple(line.split("\t")[:2]) for line in lines}


def test_every_utterance_gets_durations_of_its_framed_tokens(recipe):
    choice = choose_aligner(recipe)
    assert choice.aligner == "textgrid"
    align_corpus(recipe, choice, RejectPolicy(), 1)
    assert list(product(recipe, "train")) == list("abcdefgh")
    (durations,) = product(recipe, "test").values()
    assert len(durations) == 2 * len(TOKENS) + 1 and sum(durations) == int(1.5 * RATE / HOP + 0.5)
    frames = {token: durations[2 * i + 1] for i, token in enumerate(TOKENS)}
    seconds = {"h": 0.1, "ˈ": 0, "a": 0.125, "ɪ": 0.125, ",": 0.3, "m": 0.1, ".": 0.3}
    for token, expected in seconds.items():
        assert frames[token] * HOP / RATE == pytest.approx(expected, abs=HOP / RATE)
    assert sum(durations[2::2]) == 0 and durations[0] == round(0.2 * RATE / HOP)
    assert not rejected(recipe)


def test_written_textgrids_give_the_same_durations_again(recipe, tmp_path):
    align_corpus(recipe, choose_aligner(recipe), RejectPolicy(), 1)
    before = product(recipe, "train")
    assert write_textgrids(recipe, tmp_path / "again") == 10
    choice = choose_aligner(recipe, "textgrid", str(tmp_path / "again"))
    align_corpus(recipe, choice, RejectPolicy(), 1)
    assert product(recipe, "train") == before


def test_all_that_is_wrong_is_listed_in_one_pass(recipe):
    folder = recipe.corpus_dir / "TextGrid"
    (folder / "a.TextGrid").unlink()
    textgrid(folder / "b.TextGrid", [*TIMES[:-1], ("sp", 0.9)])
    textgrid(folder / "c.TextGrid", [(x, t) if x != "M" else ("Q9", t) for x, t in TIMES])
    other = [("S", 0.2), ("UW1", 0.3), ("K", 0.2), ("OW1", 0.3), ("SH", 0.3), ("AA1", 0.2)]
    textgrid(folder / "d.TextGrid", other)
    choice = choose_aligner(recipe)
    with pytest.raises(InputError, match=r"--max-rejected 0\.4"):
        align_corpus(recipe, choice, RejectPolicy(), 1)
    expected = {("a", "missing-times"), ("b", "other-audio"), ("c", "unknown-phone")}
    assert rejected(recipe) == expected | {("d", "other-text")}
    assert not durations_path(recipe.data, "train").exists()
    align_corpus(recipe, choice, RejectPolicy(max_rejected=0.5), 1)
    assert list(product(recipe, "train")) == list("efgh")


def test_the_aligner_asked_for(recipe, tmp_path):
    assert choose_aligner(recipe, "mas").place is None
    with pytest.raises(InputError, match=r"known: mas, k2, attention, textgrid"):
        choose_aligner(recipe, "texgrid")
    with pytest.raises(InputError, match=r"--alignments"):
        choose_aligner(recipe, "interval")
    with pytest.raises(InputError, match=r"nowhere.*--aligner mas"):
        choose_aligner(recipe, "textgrid", str(tmp_path / "nowhere"))
    (tmp_path / "table.txt").touch()
    with pytest.raises(InputError, match=r"table\.txt"):  # a file is no folder of TextGrids
        choose_aligner(recipe, place=str(tmp_path / "table.txt"))
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match=r"no file \*\.TextGrid"):
        align_corpus(
            recipe, choose_aligner(recipe, "textgrid", str(tmp_path / "empty")), RejectPolicy(), 1
        )


def test_a_recipe_may_bring_the_voice_that_aligns(recipe):
    assert usual_voice(recipe, "mas") == recipe.exp_dir("matcha")
    kokoro = Recipe.open(RecipeOptions("kokoro_en", work=str(recipe.work)))
    voice = usual_voice(kokoro, choose_aligner(kokoro).aligner)
    assert voice.is_file() and voice.is_relative_to(kokoro.folder)
    assert usual_voice(kokoro, "attention") == kokoro.exp_dir("tacotron2")
    align = dataclasses.replace(kokoro.config.align, voice="pretrained/matcha-smal.pt")
    config = dataclasses.replace(kokoro.config, align=align)
    with pytest.raises(InputError, match=r"corpus\.toml.*matcha-smal\.pt does not exist"):
        usual_voice(dataclasses.replace(kokoro, config=config), "mas")


def test_word_pieces_want_another_aligner(recipe):
    path = recipe.data / "frontend.toml"
    write_toml(path, {**to_dict(FrontEndConfig()), "unit": "bpe", "vocab_size": 5})
    with pytest.raises(InputError, match="--aligner mas"):
        align_corpus(recipe, choose_aligner(recipe), RejectPolicy(), 1)


def run(script: Path, recipe: Recipe, *arguments: str) -> str:
    command = [sys.executable, str(script), "--corpus", "ljspeech", "--work", str(recipe.work)]
    command += ["--dl-dir", str(recipe.dl_dir), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_stage_is_skipped_and_repeated_as_all_are_and_its_product_scored(root, recipe):
    script = root / "local/align.py"
    assert "align: running" in run(script, recipe, "--num-jobs", "1")
    assert "up to date" in run(script, recipe, "--num-jobs", "2")
    truth = recipe.corpus_dir / "truth"
    clock, phones = 0.0, []
    for label, seconds in TIMES:
        phones.append([clock, clock + seconds, label])
        clock += seconds
    for name in "abcdefghij":
        write_text(truth / f"{name}.json", json.dumps({"phones": phones}))
    out = run(root / "tools/score_alignment.py", recipe, "--truth", "exact")
    rows = [line.split("|") for line in out.splitlines()]
    (row,) = [row for row in rows if row[1].strip() == "align"]
    assert row[2].strip() == "10" and row[3].strip() == "60"
    assert 0 < float(row[4]) < 1000 * HOP / RATE / 2 and row[7].strip() == "100.0 %"
    textgrid(recipe.corpus_dir / "TextGrid" / "a.TextGrid")
    assert "inputs changed" in run(script, recipe, "--num-jobs", "1")

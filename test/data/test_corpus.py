"""Every shipped recipe states its facts in the known form; unknown names get an answer."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from tts.data.corpus import Recipe, RecipeOptions
from tts.data.text_tokens import FrontEndChoice, choose
from tts.errors import InputError
from tts.mel import MelConfig
from tts.text.frontend import check_config


def shipped(root):
    return sorted(path.parts[-3] for path in root.glob("egs/*/TTS/corpus.toml"))


def test_every_recipe_opens_and_its_front_end_is_complete(root):
    assert len(shipped(root)) >= 2
    for name in shipped(root):
        recipe = Recipe.open(RecipeOptions(corpus=name))
        assert recipe.config.name == name
        assert recipe.config.reader == "table" or recipe.reader_path.is_file()
        assert recipe.work == recipe.folder and recipe.dl_dir == recipe.folder / "download"
        config = choose(recipe, FrontEndChoice())
        assert config.language == recipe.config.language
        assert recipe.config.dataset_license
        if teacher := recipe.config.teacher:
            assert all(len(part.sha256) == 64 for part in (*teacher.packages, *teacher.files))
        else:
            assert recipe.config.downloads[0].url.startswith("https://")
            assert recipe.config.vocoder.licence


def test_toy_and_work_folders(tmp_path):
    recipe = Recipe.open(RecipeOptions(corpus="ljspeech", toy=True, work=str(tmp_path)))
    assert recipe.data == tmp_path / "toy/data"
    assert recipe.corpus_dir == tmp_path / "toy/download/LJSpeech-1.1"
    assert recipe.relative(recipe.corpus_dir / "wavs/a.wav") == "download/LJSpeech-1.1/wavs/a.wav"
    assert recipe.relative(tmp_path / "elsewhere.wav") == str(tmp_path / "elsewhere.wav")


TABLE = """
name = "mine"
folder = "/recordings"
language = "en-us"
reader = "table"
[table]
file = "labels.tsv"
"""


def test_a_recipe_is_a_folder_anywhere_with_one_file(tmp_path, monkeypatch):
    (tmp_path / "here").mkdir()
    (tmp_path / "here/corpus.toml").write_text(TABLE)
    monkeypatch.chdir(tmp_path)
    for given in ("here", "here/corpus.toml", str(tmp_path / "here")):
        recipe = Recipe.open(RecipeOptions(recipe=given))
        assert recipe.folder == recipe.work == tmp_path / "here"
        assert recipe.corpus_dir == Path("/recordings") and recipe.flag.startswith("--recipe /")
        assert recipe.labels == [tmp_path / "here/corpus.toml", Path("/recordings/labels.tsv")]
    assert recipe.exp_dir("matcha") == tmp_path / "here/matcha/exp" and recipe.vocoder is None
    assert recipe.model_options("matcha") == {}
    assert recipe.mel(["mel.hop_length=200", "mel.n_mels=40"]) == MelConfig(
        hop_length=200, n_mels=40
    )
    with pytest.raises(InputError, match="unknown key 'hop' in --set mel"):
        recipe.mel(["mel.hop=200"])
    with pytest.raises(InputError, match=r"change `folder` in .*here/corpus.toml"):
        recipe.read()
    with pytest.raises(InputError, match=r"/prepare.sh --recipe '?/.*here'?, with"):
        recipe.stage("x", print, inputs=[tmp_path / "nothing"])
    (tmp_path / "here").rename(tmp_path / "two words")
    flag = Recipe.open(RecipeOptions(recipe="two words")).flag
    assert shlex.split(flag) == ["--recipe", str(tmp_path / "two words")]
    with pytest.raises(InputError, match=r"model\.\.\.: only mel"):
        recipe.mel(["model.x=1"])


@pytest.mark.parametrize(
    ("options", "change", "message"),
    [
        ({"recipe": "nowhere"}, {}, "no .*nowhere/corpus.toml .there: nothing"),
        ({"recipe": "."}, {}, "no .*corpus.toml .there: here"),
        ({"recipe": "here", "corpus": "ljspeech"}, {}, "give one"),
        ({"recipe": "here", "toy": True}, {}, "no toy_layout"),
        ({"recipe": "here"}, {'"mine"': '"../mine"'}, "letters, digits"),
        (
            {"recipe": "here"},
            {"[table]": "[split]", "file": "valid", '"labels.tsv"': "2"},
            "needs .table",
        ),
        ({"recipe": "here"}, {"/recordings": ".."}, "inside the corpus's own folder"),
        ({"recipe": "here"}, {"reader": "raeder"}, "nearest: reader"),
        ({"recipe": "here"}, {"en-us": "en"}, "corpus.toml: language 'en' is unknown"),
        (
            {"recipe": "here"},
            {"[table]": "[mel]\nhop = 2\n[table]"},
            "unknown key 'hop' in .*: mel",
        ),
        (
            {"recipe": "here"},
            {"[table]": "[mel]\nhop_length = 0\n[table]"},
            "corpus.toml: mel: hop_length 0 <=",
        ),
        (
            {"recipe": "here"},
            {"[table]": "[split]\nvalid = 0\n[table]"},
            "split: valid = 0, test = 500: each needs at least one",
        ),
        ({"recipe": "here"}, {"[table]": '[audio]\nchannels = "left"\n[table]'}, 'int or "mix"'),
    ],
)
def test_wrong_recipes_are_one_clear_error(tmp_path, monkeypatch, options, change, message):
    text = TABLE
    for before, after in change.items():
        text = text.replace(before, after)
    (tmp_path / "here").mkdir()
    (tmp_path / "here/corpus.toml").write_text(text)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=message):
        Recipe.open(RecipeOptions(**options))


def test_configurations_of_a_recipe_are_merged_where_they_are_there(root):
    toy = Recipe.open(RecipeOptions(corpus="ljspeech", toy=True)).model_options("fastspeech2")
    assert toy["train"]["lr"] == 0.6 and toy["train"]["lr_schedule"] == "noam"
    plain = Recipe.open(RecipeOptions(corpus="ljspeech")).model_options("fastspeech2")
    assert plain["train"]["lr"] == 1.0 and "model" not in plain


def test_a_recipe_elsewhere_has_the_shared_options_and_presets(tmp_path):
    """What conf/ of the recipe says stands over local/conf/."""
    (tmp_path / "conf").mkdir()
    (tmp_path / "corpus.toml").write_text(TABLE + '\n[mel]\npreset = "44k"\nn_mels = 90\n')
    (tmp_path / "conf/vocos-base.toml").write_text("[model]\nnum_layers = 5\n")
    (tmp_path / "conf/vocos-mine.toml").write_text("[model]\nchannels = 48\n")
    recipe = Recipe.open(RecipeOptions(recipe=str(tmp_path)))
    assert recipe.mel() == MelConfig(44100, 2048, 2048, 512, 90, f_max=22050.0)
    assert recipe.prepared_mel() == recipe.mel()
    assert recipe.mel(["mel.preset=24k"]).sample_rate == 24000
    assert recipe.model_options("vocos", "base")["model"] == {"channels": 512, "num_layers": 5}
    assert recipe.model_options("vocos", "mine")["model"] == {"channels": 48}
    assert recipe.model_options("vocos")["train"]["reconstruction_steps"] > 0
    with pytest.raises(InputError, match=r"vocos has no preset 'bse'.*base"):
        recipe.model_options("vocos", "bse")
    with pytest.raises(InputError, match=r"mel has no preset '48k'.*44k"):
        recipe.mel(["mel.preset=48k"])


def test_unknown_recipes_and_choices():
    with pytest.raises(InputError, match="nearest: ljspeech"):
        Recipe.open(RecipeOptions(corpus="ljspech"))
    with pytest.raises(InputError, match="baker_zh, kokoro_en, kokoro_zh, ljspeech"):
        Recipe.open(RecipeOptions())
    recipe = Recipe.open(RecipeOptions(corpus="ljspeech"))
    with pytest.raises(InputError, match="--vocab-size"):
        choose(recipe, FrontEndChoice(unit="bpe"))
    assert choose(recipe, FrontEndChoice(frontend="espeak")).framing == "runtime"
    espeak = FrontEndChoice(frontend="espeak", framing="reference")
    assert choose(recipe, espeak).framing == "reference"


def test_a_mandarin_corpus_may_be_prepared_with_english_words():
    recipe = Recipe.open(RecipeOptions(corpus="baker_zh"))
    config = choose(recipe, FrontEndChoice(language="zh_en", unit="initial_final"))
    assert (config.language, config.frontend, config.unit) == ("zh_en", "pinyin", "initial_final")
    check_config(config)
    english = Recipe.open(RecipeOptions(corpus="ljspeech"))
    assert choose(english, FrontEndChoice(language="zh_en")).frontend == "pinyin"
    with pytest.raises(InputError, match="no front end 'lexicon' for 'zh_en'"):
        check_config(choose(english, FrontEndChoice(language="zh_en", frontend="lexicon")))

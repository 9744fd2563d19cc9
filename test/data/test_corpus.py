"""Every shipped recipe states its facts in the known form; unknown names get an answer."""

from __future__ import annotations

import pytest

from tts.data.corpus import Recipe, RecipeOptions
from tts.data.text_tokens import FrontEndChoice, choose
from tts.errors import InputError
from tts.text.frontend import check_config


def shipped(root):
    return sorted(path.parts[-3] for path in root.glob("egs/*/TTS/corpus.toml"))


def test_every_recipe_opens_and_its_front_end_is_complete(root):
    assert len(shipped(root)) >= 2
    for name in shipped(root):
        recipe = Recipe.open(RecipeOptions(corpus=name))
        assert recipe.config.name == name and recipe.reader_path.is_file()
        assert recipe.work == recipe.folder and recipe.dl_dir == recipe.folder / "download"
        config = choose(recipe, FrontEndChoice())
        assert config.language == recipe.config.language
        assert recipe.config.downloads[0].url.startswith("https://")
        assert recipe.config.vocoder.licence and recipe.config.dataset_license


def test_toy_and_work_folders(tmp_path):
    recipe = Recipe.open(RecipeOptions(corpus="ljspeech", toy=True, work=str(tmp_path)))
    assert recipe.data == tmp_path / "toy/data"
    assert recipe.corpus_dir == tmp_path / "toy/download/LJSpeech-1.1"
    assert recipe.relative(recipe.corpus_dir / "wavs/a.wav") == "download/LJSpeech-1.1/wavs/a.wav"
    assert recipe.relative(tmp_path / "elsewhere.wav") == str(tmp_path / "elsewhere.wav")


def test_unknown_recipes_and_choices():
    with pytest.raises(InputError, match="nearest: ljspeech"):
        Recipe.open(RecipeOptions(corpus="ljspech"))
    with pytest.raises(InputError, match="baker_zh, ljspeech"):
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

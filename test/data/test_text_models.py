"""What a recipe learns for its front end from the labels of its training set."""

from dataclasses import replace

import pytest

from tts.data import text_models
from tts.data.corpus import CorpusConfig, Recipe
from tts.files import write_jsonl, write_text
from tts.text.frontend import build_frontend
from tts.text.mandarin import learning
from tts.text.spoken import FrontEndConfig

CONFIG = FrontEndConfig("zh", "pinyin", "syllable")
SENTENCES = [
    ("我喜欢猫。", "wo2 xi3 huan5 mao1"),
    ("他喜欢狗。", "ta1 xi3 huan5 gou3"),
    ("她不喜欢。", "ta1 bu4 xi3 huan5"),
]


@pytest.fixture
def recipe(tmp_path, monkeypatch):
    monkeypatch.setattr(learning, "FEWEST_LABELLED", 20)
    config = CorpusConfig("small", "SMALL", "zh", "baker")
    recipe = Recipe(config, tmp_path, tmp_path, tmp_path)
    supervisions = []
    for position in range(30):
        text, pinyin = SENTENCES[position % len(SENTENCES)]
        custom = {"position": position, "pinyin": pinyin.split()}
        supervisions.append({"id": str(position), "text": text, "custom": custom})
    write_jsonl(recipe.manifest("supervisions.jsonl.gz"), supervisions)
    write_text(recipe.manifest("ids.txt"), "".join(f"{n}\n" for n in range(30)))
    return recipe


def test_readings_are_learned(recipe, capsys):
    config = text_models.with_models(recipe, CONFIG, train=True)
    assert build_frontend(config)("我喜欢").tokens == ["wo2", "xi3", "huan"]
    assert build_frontend(CONFIG)("我喜欢").tokens == ["wo2", "xi3", "huan1"]
    assert "learning readings from 28 sentences" in capsys.readouterr().out


def test_rules_stand_where_nothing_is_to_be_learned(recipe, capsys, monkeypatch):
    assert text_models.with_models(recipe, CONFIG, train=False) == CONFIG
    predicted = replace(CONFIG, pinyin="predicted")
    assert text_models.with_models(recipe, predicted, train=True) == predicted
    assert not text_models.needs_labels(predicted, True)
    monkeypatch.setattr(learning, "FEWEST_LABELLED", 50)
    assert text_models.with_models(recipe, CONFIG, train=True) == CONFIG
    assert "28 sentences with labelled pinyin, fewer than 50" in capsys.readouterr().out

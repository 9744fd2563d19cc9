"""Byte-pair units."""

import pytest

from tts.errors import InputError
from tts.text.bpe import BpeModel, pack_bpe, train_bpe

TEXTS = ["the cat sat on the mat, the hat.", "a cat and a rat! that cat", "the theatre"] * 3


@pytest.fixture(scope="module")
def model():
    return BpeModel(pack_bpe(train_bpe(TEXTS, 30)), (",", "."))


def test_same_texts_give_the_same_bytes():
    assert train_bpe(TEXTS, 30) == train_bpe(iter(TEXTS), 30)


def test_pieces_join_to_the_text(model):
    tokens, unknown = model.encode("the rat sat")
    assert "".join(tokens).replace("\u2581", " ").strip() == "the rat sat"
    assert unknown == [] and not model.table.unknown(tokens)
    assert any(len(token) > 2 for token in tokens)


def test_table_has_padding_and_punctuation_apart_from_pieces(model):
    assert model.table.pad_id == 0
    assert model.table.symbols[","] == 1 and model.table.symbols["."] == 2
    assert not any(
        mark in piece for piece in model.table.symbols if len(piece) > 1 for mark in ",."
    )


def test_unseen_characters_are_reported(model):
    tokens, unknown = model.encode("the zoo")
    assert unknown and set("".join(unknown)) <= set("zo")
    assert not model.table.unknown(tokens)


@pytest.mark.parametrize(("texts", "size"), [([], 30), (["..."], 30), (["ab"], 5000), (TEXTS, 3)])
def test_too_little_text_is_an_error(texts, size):
    with pytest.raises(InputError, match="bpe"):
        train_bpe(texts, size)

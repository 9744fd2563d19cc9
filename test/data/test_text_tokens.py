"""Stage 4, one text: labels belong to the text as it is spoken."""

from __future__ import annotations

from tts.data.text_tokens import say_all
from tts.text.spoken import FrontEndConfig


def test_labels_belong_to_the_normalised_text():
    labels = ["you3", "si4", "ge4", "ren2"]  # the front end itself would say ge5
    custom = {"normalized_text": "有四个人。", "pinyin": labels}
    config = FrontEndConfig("zh", "pinyin", "syllable", pinyin="labelled")
    (said,) = say_all([{"text": "有4个人。", "custom": custom}], config=config)
    assert said["warning"] == "" and said["tokens"][:4] == labels

"""Characters in context, by an independent hand; docs/text.md has the first run's score."""

from tts.text.frontend import build_frontend
from tts.text.mandarin.pinyin import table_syllable
from tts.text.spoken import FrontEndConfig


def test_sentences_of_an_independent_hand(root):
    frontend = build_frontend(FrontEndConfig("zh", "pinyin", "syllable"))
    lines = (root / "test/text/polyphones_fresh.tsv").read_text(encoding="utf-8").splitlines()
    wrong = []
    for line in lines:
        text, place, readings, _kind = line.split("\t")
        words = [word for word in frontend(text).words if word.source != "punctuation"]
        said = [token for word in words for token in word.tokens]
        hanzi = "".join(word.text for word in words)
        index = hanzi.index(place) if not place.isdigit() else hanzi.index(text[int(place)])
        wanted = {table_syllable(item.strip()) for item in readings.split("|")}
        if said[index] not in wanted:
            wrong.append(f"{text} [{hanzi[index]}]: {said[index]}")
    print("\n".join(wrong))
    assert len(lines) == 155
    assert len(wrong) / len(lines) < 0.05

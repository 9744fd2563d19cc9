"""The user's own pronunciations."""

import sys
from dataclasses import replace
from types import SimpleNamespace

import pytest

from tts.config import from_dict, read_toml, to_dict, write_toml
from tts.errors import InputError
from tts.text.frontend import build_frontend
from tts.text.inline_pronunciations import split_pronunciations
from tts.text.languages import LANGUAGES
from tts.text.lexicon import read_lexicon, write_lexicon
from tts.text.notation import Notation
from tts.text.spoken import FrontEndConfig
from tts.text.user_lexicon import merge, parse, with_user_lexicon


def test_lines_of_both_languages():
    text = (
        "\ufefftencha\tT EH1 N CH AH0 # a name\r\n\n# more\n"
        "O’Neil  ow0 n iy1 l\n重庆 chong2 qing4\n花儿 huar1\n"
    )
    assert parse(text, "zh_en", "x") == {
        "tencha": ("T", "EH1", "N", "CH", "AH0"),
        "o'neil": ("OW0", "N", "IY1", "L"),
        "重庆": ("chong2", "qing4"),
        "花儿": ("huar1",),
    }


def test_every_malformed_line_is_named_in_one_message():
    text = (
        "tencha T EH1 N\nfoo\nbar B AX0\n重庆 chong2 qing4\n"
        "baz B AE Z\ntencha T IY1\nhm HH M\n? P\n"
    )
    with pytest.raises(InputError) as caught:
        parse(text, "en-us", "my.txt")
    message = str(caught.value)
    assert message.startswith("my.txt: 7 of its lines cannot be used")
    for number, reason in (
        (2, "no pronunciation"),
        (3, "no phone of ARPAbet"),
        (4, "Hanzi"),
        (5, "lacks its stress digit"),
        (6, "stands already in line 1"),
        (7, "no vowel"),
        (8, "no part of a word"),
    ):
        (line,) = [line for line in message.splitlines() if f"line {number}:" in line]
        assert reason in line
    assert "for example: tencha T EH1 N CH AH0" in message


def test_malformed_mandarin_lines():
    with pytest.raises(InputError) as caught:
        parse("重庆 chong2\n重 zhong\n庆 qang4\n重x chong2\nabc EY1\n", "zh", "x")
    message = str(caught.value)
    for reason in (
        "2 characters but 1",
        "tone digit",
        "no syllable of Mandarin",
        "Hanzi and other",
    ):
        assert reason in message
    assert "5 of its lines" in message and "重庆 chong2 qing4" in message


def test_a_third_language_writes_pronunciations_its_own_way(monkeypatch):
    letters = Notation(
        cased=list,
        fault=lambda word, said: "" if all(len(item) == 1 for item in said) else "one letter each",
        is_meant=lambda content: all(len(item) == 1 for item in content.split()),
        shown="hundo<h u n d o>",
    )
    monkeypatch.setitem(sys.modules, "esperanto", SimpleNamespace(LETTERS=letters))
    row = replace(
        LANGUAGES["en-us"], scripts={"latin": "esperanto:LETTERS"}, lexicon_line="hundo h u n d o"
    )
    monkeypatch.setitem(LANGUAGES, "eo", row)
    assert parse("kato k a t o\n", "eo", "x") == {"kato": ("k", "a", "t", "o")}
    with pytest.raises(InputError, match="one letter each"):
        parse("kato K AA1 T OW0\n", "eo", "x")
    _, word, _ = split_pronunciations("La kato<k a t o>!", "eo")
    assert (word.text, word.phones, word.problem()) == ("kato", ("k", "a", "t", "o"), None)


def test_many_faults_are_counted():
    with pytest.raises(InputError, match="and 30 more"):
        parse("x\n" * 50, "en-us", "x")


def test_added_entries_stand_over_stored_ones():
    merged = merge("a EY1\nb B IY1\n", "B B EH1\nc S IY1\n", "en-us", "x")
    assert parse(merged, "en-us", "x") == {
        **{"a": ("EY1",), "b": ("B", "EH1"), "c": ("S", "IY1")},
    }
    with pytest.raises(InputError, match="new"):
        merge("a EY1\n", "b", "en-us", "new.txt")


def said(frontend, text, source):
    words = frontend(text).words
    return {word.text: "".join(word.tokens) for word in words if word.source == source}


@pytest.fixture
def english(tmp_path):
    path = tmp_path / "mine.txt"
    path.write_text("tencha T EH1 N CH AH0\nMP3 EH1 M P IY1\nAT&T EY1 T IY1\nlive L AY1 V\n")
    config = with_user_lexicon(FrontEndConfig(), path)
    write_toml(tmp_path / "frontend.toml", to_dict(config))
    stored = from_dict(FrontEndConfig, read_toml(tmp_path / "frontend.toml"), "x")
    assert stored == config
    return build_frontend(stored)


def test_the_voice_says_them_wherever_they_stand(english):
    assert said(english, "Tencha's MP3-player by AT&T, TENCHA; we live!", "lexicon") == {
        **{"Tencha's": "tˈɛntʃəz", "MP3": "ˈɛmpˈiː", "AT&T": "ˈeɪtˈiː"},
        **{"TENCHA": "tˈɛntʃə", "live": "lˈaɪv"},
    }
    assert not said(english, "MP3s, at T, tenchas", "lexicon")


def test_a_full_stop_belongs_to_the_word_if_it_does_to_the_entry():
    lines = "Dr. D AA1 K\nMrs M IH1 S IH0 Z\nU.S. Y UW1 EH1 S\ntencha T EH1 N CH AH0\n"
    front = build_frontend(FrontEndConfig(user_lexicon=lines))
    spoken = front("Dr. Who, Mrs. Lee's U.S. tencha. Dr Lee")
    assert spoken.normalized == "Dr. Who, Mrs. Lee's U.S. tencha. Doctor Lee"
    assert [word.text for word in spoken.words if word.source == "lexicon"] == [
        *("Dr.", "Mrs.", "U.S.", "tencha"),
    ]
    # At the very end it is the sentence's, too.
    assert "".join(front("the U.S.").tokens) == "ðə jˈuːˈɛs."
    keys = dict(front.lexicon())
    assert keys["dr'0"] == keys["dr'0's"][:-1] != keys["mrs"]


def test_entries_that_no_text_can_hold_are_refused():
    for word in (".net", "'twas", "foo-", "a--", "x.."):
        with pytest.raises(InputError, match="no text can hold it"):
            parse(f"{word} N EH1 T\n", "en-us", "x")
    assert parse("C++ S IY1\nrock'n'roll R AA1 K\nJr. JH UW1\n", "en-us", "x")


def test_the_exported_lexicon_holds_what_normalised_texts_spell(english, tmp_path):
    texts = ["Tencha's MP3-player by AT&T, TENCHA; we live!", "I read<R EH1 D> it. Bananas!"]
    report = write_lexicon(tmp_path / "l.txt", english.lexicon(texts), english.token_table())
    assert not report.duplicates and not report.unknown_tokens and not report.unusable
    entries = read_lexicon(tmp_path / "l.txt")
    for text in texts:
        tokens = []
        for word in english.normalize(text).replace(",", "").replace(";", "").split():
            tokens += entries[word.strip(".!").lower()]
        assert tokens == [t for t in english(text).tokens if t not in " ,.!;"]


def test_files_that_cannot_be_used(tmp_path):
    config = FrontEndConfig()
    assert with_user_lexicon(config, None) is config
    with pytest.raises(InputError, match=r"does not exist.*tencha T EH1"):
        with_user_lexicon(config, tmp_path / "none")
    path = tmp_path / "bad.txt"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match="UTF-8"):
        with_user_lexicon(config, path)
    path.write_text("tencha\n")
    with pytest.raises(InputError, match="line 1"):
        with_user_lexicon(config, path)
    espeak = FrontEndConfig(frontend="espeak", framing="runtime")
    with pytest.raises(InputError, match="takes no pronunciations"):
        with_user_lexicon(espeak, path)

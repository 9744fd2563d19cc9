"""Reading and writing the runtime's lexicon.txt."""

import pytest

from tts.errors import InputError
from tts.text.frontend import build_frontend
from tts.text.lexicon import missing_words, read_lexicon, write_lexicon
from tts.text.spoken import FrontEndConfig
from tts.text.tokens import TokenTable


def test_entries_the_runtime_cannot_use_are_refused(tmp_path):
    path = tmp_path / "lexicon.txt"
    entries = [
        ("Good", ["a", "b"]),
        ("good", ["b"]),
        ("bad", ["a", "x"]),
        ("two words", ["a"]),
        ("empty", []),
        ("fine", ["b"]),
    ]
    report = write_lexicon(path, entries, TokenTable.of("_ab"))
    assert path.read_text() == "good a b\nfine b\n"
    assert report.written == 2
    assert report.unknown_tokens == ("bad",) and report.duplicates == ("good",)
    assert report.unusable == ("two words", "empty")
    for word in ("bad", "two words", "2 entries"):
        assert word in report.summary()
    assert read_lexicon(path) == {"good": ["a", "b"], "fine": ["b"]}


def test_malformed_lines_are_named(tmp_path):
    path = tmp_path / "lexicon.txt"
    path.write_text("\ufeffa b\n\nword\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"line 3: 'word'"):
        read_lexicon(path)
    with pytest.raises(InputError, match="absent"):
        read_lexicon(tmp_path / "absent.txt")
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="UTF-8"):
        read_lexicon(path)


def test_mandarin_lexicon_says_what_the_front_end_says(tmp_path):
    """The runtime's longest match over the file gives the front end's tokens."""
    frontend = build_frontend(FrontEndConfig(language="zh", frontend="pinyin", unit="syllable"))
    path = tmp_path / "lexicon.txt"
    report = write_lexicon(path, frontend.lexicon(), frontend.token_table())
    assert report.written > 60000 and not report.unknown_tokens
    lexicon = read_lexicon(path)
    for text in (
        "今天不去公园",
        "一位朋友不断说话",
        "银行行长在银行里",
        "为了他，为人民",
        "“好”：对；",
    ):
        found, start = [], 0
        while start < len(text):
            stop = next(
                stop
                for stop in range(min(start + 10, len(text)), start, -1)
                if text[start:stop] in lexicon or stop == start + 1
            )
            found += lexicon.get(text[start:stop], {"，": [","]}.get(text[start:stop]))
            start = stop
        # Quotes are sent as the blank, which every token stands between anyway.
        assert [token for token in found if token != "_"] == frontend(text).tokens


def test_english_lexicon_is_the_dictionary(tmp_path):
    frontend = build_frontend(FrontEndConfig())
    path = tmp_path / "lexicon.txt"
    report = write_lexicon(path, frontend.lexicon(), frontend.token_table())
    assert report.written > 120000
    assert not report.unknown_tokens and not report.duplicates and not report.unusable
    lexicon = read_lexicon(path)
    for word in ("hello", "don't", "well", "a"):
        said = [token for w in frontend(word).words for token in w.tokens]
        assert lexicon[word] == said


def test_words_that_a_runtime_skips_are_named():
    english = build_frontend(FrontEndConfig())
    spoken = english("The house, the blorfing house.")
    known = {"the": [], "house": []}
    problems = missing_words(spoken, known, by_character=False)
    assert [(p.position, p.text) for p in problems] == [(15, "blorfing")]
    assert "leaves it out" in problems[0].reason
    mandarin = build_frontend(FrontEndConfig(language="zh", frontend="pinyin", unit="syllable"))
    spoken = mandarin("银行不好。")
    assert not missing_words(spoken, set("银行不好"), by_character=True)
    assert [p.text for p in missing_words(spoken, {"银行", "不"}, by_character=True)] == ["好"]


def test_words_of_texts_join_the_lexicon():
    english = build_frontend(FrontEndConfig())
    added = dict(english.lexicon(["The blorfing, so-called house."]))
    plain = dict(english.lexicon())
    assert added.keys() - plain.keys() == {"blorfing"}
    assert added["blorfing"] == list(english("blorfing").tokens)
    assert not any("-" in word for word in plain)

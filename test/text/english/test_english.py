"""The English lexicon front end: normalisation, pronunciation, its token table."""

import pytest

from tts.errors import InputError
from tts.text.english import dictionary as dictionaries
from tts.text.english.arpabet import lexicon_table, to_ipa
from tts.text.english.dictionary import dictionary, published
from tts.text.english.pronounce import pronounce
from tts.text.english.stress import stress
from tts.text.frontend import build_frontend
from tts.text.spoken import FrontEndConfig


@pytest.fixture(scope="module")
def english():
    return build_frontend(FrontEndConfig())


def ipa(word):
    return "".join(pronounce(word)[0])


def test_table_has_ascii_symbols_at_their_code_points():
    table = lexicon_table()
    assert table.pad_id == 0
    for symbol in " ,.!?;:'":
        assert table.symbols[symbol] == ord(symbol)
    assert all(len(symbol) == 1 for symbol in table.symbols)
    assert table.num_embeddings == max(table.symbols.values()) + 1
    # Every id that stands for a code point stands for its own symbol.
    for symbol, number in table.symbols.items():
        assert not symbol.isascii() or symbol == "_" or number == ord(symbol)
        assert symbol.isascii() or number < 32


@pytest.mark.parametrize(
    ("text", "normalized"),
    [
        ("Hello,   world !", "Hello, world!"),
        ("Stop -- really… “now”?!", "Stop, really. now?"),
        ("He said: go (home); 'fast'.", "He said, go home; fast."),
        ("Mr. and Mrs. O’Neil met Dr. Who.", "mister and missus O'Neil met doctor Who."),
        ("St. John lives in Main St. now", "saint John lives in Main street now"),
        ("I have 3 apples & 25% more", "I have three apples and twenty five percent more"),
        ("café naïve Æsop", "cafe naive AEsop"),
        ("the U.S. Army", "the u s Army"),
        ("Born in the U.S.A.", "Born in the u s ay."),
        ("XKCD and NASA", "x k c d and NASA"),
        ("at 9 a.m. sharp", "at nine ay em sharp"),
        ("well-known zebra-crossing", "well known zebra crossing"),
        ("We co-operate, re-entered", "We cooperate, reentered"),
        ("dogs' and the boss's", "dogs' and the boss's"),
        ("#5", "number five"),
        ("J. R. Smith", "j r Smith"),
    ],
)
def test_normalization(english, text, normalized):
    assert english(text).normalized == normalized


def test_no_space_stands_beside_punctuation(english):
    spoken = english("Yes, we can. Can we?")
    tokens = spoken.tokens
    for index, token in enumerate(tokens):
        if token in ",.?":
            assert " " not in tokens[max(0, index - 1) : index + 2]
    assert tokens.count(" ") == 2
    assert [w.text for w in spoken.words if w.source == "dictionary"] == [
        *("Yes", "we", "can", "Can", "we"),
    ]


def test_what_cannot_be_said_is_reported_where_it_stands(english):
    text = "one 😀 two ☃ 中 | 5"
    found = {problem.text: problem.position for problem in english(text).problems}
    assert found == {symbol: text.index(symbol) for symbol in "😀☃中|"}
    assert english("Plain words, no problem.").problems == ()


def test_dictionary_words_and_stress():
    assert ipa("printing") == "pɹˈɪntɪŋ"
    assert ipa("the") == "ðə" and ipa("of") == "əv"
    assert ipa("another") == "ənˈʌðɚ"
    assert ipa("information") == "ˌɪnfɚmˈeɪʃən"
    assert ipa("necessary").startswith("nˈɛs")
    assert ipa("understand") == "əndɚstˈænd"
    assert ipa("bird") == "bˈɜːd" and ipa("father") == "fˈɑːðɚ"


@pytest.mark.parametrize(
    ("word", "source"),
    [
        ("hello", "dictionary"),
        ("tencha's", "rule"),
        ("unwatched", "rule"),
        ("unrepeatable", "rule"),
        ("pillowcases", "fallback"),
        ("overblorping", "fallback"),
        ("xkcd", "spelled"),
        ("blorptastic", "fallback"),
    ],
)
def test_sources(word, source):
    symbols, found = pronounce(word)
    assert found == source and symbols
    assert not lexicon_table().unknown(symbols)


def test_inflections_follow_their_last_sound():
    assert ipa("tencha's").endswith("z")
    for word, base, ending in (
        ("streetlamps", "lamp", "s"),
        ("housemaids", "maid", "z"),
        ("wombat's", "wombat", "s"),
    ):
        assert ipa(word).endswith(ending), (word, base)


def test_every_word_of_the_dictionary_has_one_main_stress():
    entries = dictionary()
    for word in list(entries)[::50]:
        marked = stress(word, entries[word].split())
        mains = sum(phone.endswith("1") for phone in marked)
        assert mains == (1 if any(phone[-1] in "012" for phone in marked) else 0), word
        to_ipa(marked)


def test_stress_agrees_with_known_words():
    """Main syllables of common words, from general knowledge: nine of ten must be right."""
    known = {
        **{"nation": 0, "economic": 2, "ability": 1, "photography": 1, "engineer": 2},
        **{"music": 0, "policeman": 1, "around": 1, "return": 1, "happily": 0, "table": 0},
        **{"reporter": 1, "believing": 1, "newspaper": 0, "political": 1, "remain": 1},
        **{"conversation": 2, "elephant": 0, "banana": 1, "computer": 1, "agreed": 1},
    }
    right = 0
    for word, syllable in known.items():
        digits = [p[-1] for p in stress(word, dictionary()[word].split()) if p[-1] in "012"]
        right += digits.index("1") == syllable
    assert right >= 0.9 * len(known)


def test_missing_dictionary_says_what_to_install(monkeypatch):
    published.cache_clear()
    monkeypatch.setattr(dictionaries.importlib.util, "find_spec", lambda name: None)
    try:
        with pytest.raises(InputError, match="pocketsphinx"):
            published()
    finally:
        published.cache_clear()


def test_corpus_texts_need_little_fallback(english, shared_data):
    lines = (shared_data / "text" / "ljspeech-metadata.csv").read_text(encoding="utf-8")
    words = [
        word
        for line in lines.splitlines()[::20]
        for word in english(line.split("|")[2]).words
        if word.source not in ("space", "punctuation")
    ]
    fallback = sum(word.source in ("fallback", "spelled") for word in words)
    assert len(words) > 10000 and fallback / len(words) < 0.01


def test_mandarin_is_one_problem_for_each_run(english):
    spoken = english("Say 今天 and 😀 then 天气, please 今.")
    assert [(p.position, p.text) for p in spoken.problems] == [
        *((4, "今天"), (11, "😀"), (18, "天气"), (29, "今"))
    ]
    assert "cannot say Mandarin" in spoken.problems[0].reason
    assert spoken.normalized == "Say and then, please."

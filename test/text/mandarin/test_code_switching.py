"""English words inside Mandarin: the combined table, what is said, the runtime's lexicon."""

import pytest
from conftest import lexicon_of

from tts.errors import InputError
from tts.text import codes
from tts.text.frontend import build_frontend, metadata_flags
from tts.text.mandarin.code_switching import WORD_END, symbol_of
from tts.text.mandarin.pinyin import pinyin_table
from tts.text.spoken import FrontEndConfig

UNITS = ("syllable", "initial_final")


def front(language, unit="syllable"):
    return build_frontend(FrontEndConfig(language=language, frontend="pinyin", unit=unit))


@pytest.fixture(scope="module", params=UNITS)
def mixed(request):
    return front("zh_en", request.param)


def test_the_combined_table_keeps_the_mandarin_ids(mixed):
    mandarin = pinyin_table(mixed.config.unit).symbols
    table = mixed.token_table().symbols
    assert {s: table[s] for s in mandarin if s != " "} == {
        s: i for s, i in mandarin.items() if s != " "
    }
    assert " " not in table
    assert min(i for s, i in table.items() if s not in mandarin) == max(mandarin.values()) + 1


def test_no_english_symbol_is_a_mandarin_one(mixed):
    mandarin = set(pinyin_table(mixed.config.unit).symbols)
    english = front_english().token_table().symbols
    said = {symbol_of(s) for s in english if s.isalpha()}
    assert "/a" in said
    assert not said & mandarin
    assert said < set(mixed.token_table().symbols)


def front_english():
    return build_frontend(FrontEndConfig())


def test_english_words_are_said_by_the_english_front_end(mixed):
    spoken = mixed("我用Python写代码。")
    (word,) = [word for word in spoken.words if word.text == "python"]
    english = front_english()("Python")
    assert word.tokens == (*map(symbol_of, english.tokens), WORD_END)
    assert word.source == "dictionary"
    mandarin = front("zh", mixed.config.unit)("我用。写代码。")
    assert [t for w in spoken.words if w is not word for t in w.tokens] == [
        t for w in mandarin.words if w.text != "。" or w is mandarin.words[-1] for t in w.tokens
    ]


def test_words_apart_apostrophes_and_numbers():
    spoken = front("zh_en")("别don’t worry，machine learning 2024年再学。")
    assert [w.text for w in spoken.words if WORD_END in w.tokens] == [
        *("don't", "worry", "machine", "learning")
    ]
    said = " ".join(spoken.tokens)
    assert "er4 ling2 er4 si4 nian2" in said
    assert spoken.problems == ()


def test_capitals_are_spelled_and_a_lone_a_is_the_letter():
    spoken = front("zh_en")("FBI在A座。")
    ends = [token for token in spoken.tokens if token == WORD_END]
    assert len(ends) >= 2
    (letter,) = [word for word in spoken.words if word.text == "a"]
    assert letter.tokens == ("ˈ", "/e", "ɪ", "|")


def test_what_a_runtime_is_given_has_words_in_lower_case():
    frontend = front("zh_en")
    text = "他用iPhone和QZX说don’t。"
    assert frontend.normalize(text) == "他用iphone和q z x说don't。"
    assert frontend(text).normalized == frontend.normalize(text)
    assert "".join(word.text for word in frontend(text).words) == "他用iphone和qzx说don't。"


def test_mandarin_alone_is_the_same_in_both_languages():
    for text in ("我们一起去公园散步吧！", "“今天”天气很好……"):
        assert front("zh")(text).tokens == front("zh_en")(text).tokens


def test_without_english_symbols_letters_are_called_by_their_names():
    spoken = front("zh")("他说OK，don't")
    assert [w.source for w in spoken.words if w.text in ("OK", "dont")] == ["spelled", "spelled"]
    assert not any(token.startswith("/") for token in spoken.tokens)


def test_the_lexicon_holds_both_languages_and_the_words_of_texts():
    frontend = front("zh_en")
    lexicon = {}
    for word, tokens in frontend.lexicon(["用Zlorbian和FBI。"]):
        lexicon.setdefault(word, tokens)
    table = frontend.token_table()
    for word in ("python", "zlorbian", "fbi"):
        assert lexicon[word] == frontend(word if word != "fbi" else "FBI").tokens
    assert lexicon["天"] == ["tian1"]
    code = codes.code_of(WORD_END, table)
    assert lexicon[code] == [WORD_END]
    assert all(not table.unknown(tokens) for tokens in lexicon.values())


def test_the_lexicon_of_a_mandarin_voice_spells_the_words_of_texts():
    lexicon = dict(front("zh").lexicon(["用USB。"]))
    assert lexicon["usb"] == ["you1", "ai2", "si", "bi4"]


def test_runtimes_take_it_for_chinese_and_bpe_is_refused():
    flags = metadata_flags(FrontEndConfig("zh_en", "pinyin", "syllable"))
    assert (flags["language"], flags["jieba"], flags["has_espeak"]) == ("Chinese", "1", "0")
    with pytest.raises(InputError, match="zh_en"):
        build_frontend(FrontEndConfig("zh_en", "pinyin", "bpe"))


def test_initialisms_are_in_the_lexicon_of_either_language():
    for language in ("zh", "zh_en"):
        frontend = front(language)
        lexicon = {}
        for word, tokens in lexicon_of(frontend.config):
            lexicon.setdefault(word, tokens)
        for word in ("QZX", "XQ"):
            assert lexicon[word.lower()] == frontend(word).tokens


def test_the_users_english_words_are_said():
    config = FrontEndConfig(
        *("zh_en", "pinyin", "syllable"), user_lexicon="tencha T EH1 N CH AH0\n重庆 chong2 qing4\n"
    )
    frontend = build_frontend(config)
    (word,) = [word for word in frontend("用Tencha。").words if word.text == "tencha"]
    assert word.source == "lexicon"
    assert dict(frontend.lexicon())["tencha"] == list(word.tokens)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Live版", "live'2版"),
        ("看Adele Live", "看adele live'2"),
        ("We live here。", "we live here。"),
    ],
)
def test_live_beside_hanzi_is_the_concert(text, key):
    spoken = front("zh_en")
    (word,) = [word for word in spoken(text).words if word.text == "live"]
    assert ("/a" in word.tokens) == ("'2" in key)
    assert spoken.normalize(text) == key

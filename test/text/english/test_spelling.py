"""Written English words as words that a lexicon holds."""

import pytest

from tts.text.english.spelling import is_shouted, lexicon_words
from tts.text.frontend import build_frontend
from tts.text.spoken import FrontEndConfig


@pytest.fixture(scope="module")
def english():
    return build_frontend(FrontEndConfig())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("iPhone YouTube GitHub", "iPhone YouTube GitHub"),
        ("OpenAI eBook", "Open ay i e Book"),
        ("McGonagall DeVito O'Hara", "McGonagall DeVito O'Hara"),
        ("NASA NATO UNESCO AIDS FBI IBM USA", "NASA NATO UNESCO AIDS FBI IBM USA"),
        ("the US, AI", "the u s, ay i"),
        ("give us ai", "give us ai"),
        ("XKCD GPU's MPs", "x k c d g p u's m p's"),
        ("IPv6 or IPv4", "i p v six or i p v four"),
        ("MP3, B2B", "m p three, B two B"),
        ("café naïve Müller Ångström", "cafe naive Muller Angstrom"),
        ("five o'clock rock'n'roll, fish 'n' chips", "five o'clock rock'n'roll, fish and chips"),
        ("A man, plan A, and a Vitamin A", "A man, plan ay, and a Vitamin ay"),
        ("WHO ARE YOU IN IT", "WHO ARE YOU IN IT"),
        ("the well-known T-shirts", "the well known T shirts"),
    ],
)
def test_words(english, text, words):
    assert english(text).normalized == words


def test_capitals_mean_nothing_in_a_shouted_text():
    assert is_shouted("WHO ARE ALL OF YOU") and not is_shouted("USA") and not is_shouted("a b c d")
    assert lexicon_words("US") == ("u", "s") and lexicon_words("US", shouted=True) == ("US",)
    assert lexicon_words("'") == () == lexicon_words("-")


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("FBI", "ˌɛfbˌiːˈaɪ"),
        ("NASA", "nˈæsə"),
        ("IBM", "ˌaɪbˌiːˈɛm"),
        ("ChatGPT", "tʃˌætdʒˌiːpˌiːtˈiː"),
        ("GPS", "dʒˌiːpˌiːˈɛs"),
        ("Jones's", "dʒˈoʊnzɪz"),
        ("dogs'", "dˈɔːɡz"),
    ],
)
def test_how_they_are_said(english, word, said):
    assert "".join(english(word).tokens) == said


def test_every_word_of_our_own_list_can_be_said():
    from tts.text.english.arpabet import lexicon_table, to_ipa
    from tts.text.english.pronounce import modern
    from tts.text.user_lexicon import fault

    assert len(modern()) > 30
    for word, phones in modern().items():
        assert not fault(word, phones), word
        assert not lexicon_table().unknown(to_ipa(phones))

"""Main stress of English words, from general knowledge of English."""

import re

import pytest

from tts.text.english.dictionary import dictionary
from tts.text.english.pronounce import pronounce
from tts.text.english.stress import _exceptions, listed_syllable
from tts.text.english.stress_endings import drawn_syllable

# Under the index of the main syllable, from 0.
EVERYDAY = {
    0: "missus reindeer handicap happiness loneliness library nobody raspberry subsidy monarchy "
    "manual annual ritual virtuous virtual wonderful capitalism criticism mechanism patriotism "
    "legislative quantitative supermarket cauliflower centimeter forecast mustard suburb overhead "
    "underwear internet interview englishman telephone service sermon instrument "
    "depot detour melodrama",
    1: "hello goodbye guitar vanilla gorilla balloon cartoon bamboo giraffe routine machine ballet "
    "bouquet mirage garage champagne maria adjust adult consult eternal maternal alternative "
    "conservative affirmative imaginative enthusiasm effectively dramatically artistically unusual "
    "perpetual conspicuous infirmary discovery encourage instructor museum transmit withstand "
    "occurrence policeman parentheses proclaim perplex portray superb suspense subside detail",
    2: "kangaroo lemonade serenade cavalier millionaire questionnaire chandelier probability "
    "competition underlying overcome overtake interact intercept satisfactory interference "
    "mississippi universal pioneer violin tambourine sympathetic understand engineer psychological",
}


def main_syllable(word):
    ipa = "".join(pronounce(word)[0])
    vowels = re.findall("[ˈˌ]?(?:aɪ|aʊ|eɪ|oʊ|ɔɪ|[ɑæʌəɔɛɜɚɪiʊu]ː?)", ipa)
    return next((place for place, vowel in enumerate(vowels) if vowel[0] == "ˈ"), -1)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_everyday_words(place):
    wrong = [word for word in EVERYDAY[place].split() if main_syllable(word) != place]
    assert wrong == []


def test_long_words():
    assert main_syllable("entrepreneur") == 3 == main_syllable("nevertheless")
    assert main_syllable("radioactive") == 3 and main_syllable("administration") == 3
    assert main_syllable("identification") == 4
    # Two endings, a vowel right before the second: found by a million random strings.
    assert pronounce("realisedrewarded")


def test_listed_words_are_of_the_dictionary_and_inflections_follow():
    words = _exceptions()
    assert len(words) > 300 and all(word in dictionary() for word in words)
    assert listed_syllable("guitars") == listed_syllable("guitar") == 1
    # Not of morale and police.
    assert listed_syllable("morals") == -1 == listed_syllable("moral")
    assert main_syllable("policies") == 0


@pytest.mark.parametrize(
    ("word", "phones", "place"),
    [
        ("nation", "N EY SH AH N", 0),
        ("deliberative", "D IH L IH B ER EY T IH V", 1),
        ("talkative", "T AO K AH T IH V", None),
        ("table", "T EY B AH L", None),
    ],
)
def test_endings_that_draw_the_stress(word, phones, place):
    said = phones.split()
    nuclei = [index for index, phone in enumerate(said) if phone[0] in "AEIOU"]
    assert drawn_syllable(word, said, nuclei) == place


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("psychrophile", "sˈaɪkɹoʊfaɪl"),
        ("cryptobro", "kɹˈɪptoʊbɹoʊ"),
        ("pteranodon", "tˌɛɹənˈoʊdən"),
        ("chthonian", "θˈoʊniən"),
        ("quibblesome", "kwˈɪbəlsəm"),
        ("thirty", "θˈɜːti"),
    ],
)
def test_words_of_greek_parts_and_others(word, said):
    assert "".join(pronounce(word)[0]) == said

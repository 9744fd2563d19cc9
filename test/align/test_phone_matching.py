"""Phones matched to tokens: identity, additions on either side, pauses, unknown words."""

from __future__ import annotations

import numpy as np
import pytest

from tts.align.intervals import Interval
from tts.align.phone_matching import match
from tts.align.readers import segments_of
from tts.align.symbols import table_of
from tts.align.targets import targets_of
from tts.text.alphabet import alphabet_of
from tts.text.english.alphabet import symbols_of as english_symbols
from tts.text.english.arpabet import to_ipa
from tts.text.mandarin.alphabet import symbols_of as mandarin_symbols
from tts.text.spoken import FrontEndConfig


def matched(phones, tokens, words=(), language="en-us", unit="phone", framing="blank", symbols=""):
    """Seconds of every framed token for phones (label, seconds) one after the other."""
    tier, clock = [], 0.0
    for label, seconds in phones:
        tier.append(Interval(clock, clock + seconds, label))
        clock += seconds
    word_tier = [Interval(tier[first].start, clock, "word") for first in words]
    alphabet = alphabet_of(FrontEndConfig(language, unit=unit, symbols=symbols))
    segments, unknown = segments_of(tier, word_tier, alphabet, clock)
    assert not unknown
    targets = targets_of(tokens, framing, unit, alphabet)
    num_framed = max(place for target in targets for place in target.places) + 1
    matching = match(segments, targets, num_framed, table_of(alphabet))
    assert matching.times[0, 0] == 0 and matching.times[-1, 1] == pytest.approx(clock)
    assert np.array_equal(matching.times[1:, 0], matching.times[:-1, 1])
    return matching, np.diff(matching.times, axis=1)[:, 0].round(6).tolist()


def test_phones_of_any_language_are_matched_by_their_names():
    symbols = "a | tʰ oː , ˈa *"
    tokens = ["a", "tʰ_0", "|", "oː_0", ",", "*"]
    phones = [("a", 0.1), ("tʰ", 0.2), ("oː", 0.3), ("sil", 0.2), ("*", 0.1)]
    asked = {"language": "phones", "symbols": symbols}
    matching, seconds = matched(phones, tokens, (0, 2, 4), **asked)
    assert seconds[1::2] == [0.1, 0.2, 0, 0.3, 0.2, 0.1] and matching.cost == 0
    matching, seconds = matched(phones[:2], ["a", "oː_0"], **asked)
    assert matching.cost > 0.14


def test_equal_phones_keep_their_times_and_pauses_go_to_their_tokens():
    phones = [("sil", 0.1), ("HH", 0.1), ("AY1", 0.2), ("sp", 0.3), ("M", 0.1), ("IY0", 0.2)]
    tokens = [*to_ipa(["HH", "AY1"]), ",", *to_ipa(["M", "IY0"]), "."]
    matching, seconds = matched([*phones, ("", 0.4)], tokens, words=(1, 4))
    assert tokens == ["h", "ˈ", "a", "ɪ", ",", "m", "i", "."]
    assert seconds[1::2] == [0.1, 0, 0.1, 0.1, 0.3, 0.1, 0.2, 0.4]
    assert seconds[::2] == [0.1, 0, 0, 0, 0, 0, 0, 0, 0]
    assert matching.cost == 0
    times = [round(time, 6) for time, _, _ in matching.edges]
    assert times == [0.1, 0.2, 0.4, 0.7, 0.8, 1.0]
    assert [sides for _, *sides in matching.edges] == [
        *([-1, 1], [1, 3], [7, -1]),
        *([-1, 11], [11, 13], [13, -1]),
    ]


def test_a_pause_inside_a_word_goes_to_the_blank_there():
    _, seconds = matched([("M", 0.1), ("sp", 0.3), ("IY0", 0.2)], list(to_ipa(["M", "IY0"])))
    assert seconds == [0, 0.1, 0.3, 0.2, 0]


def test_other_pronunciations_stay_in_their_word():
    """Our `often` has a t; theirs ends a word earlier in a vowel that ours lacks."""
    theirs = [*(("AO1", 0.2), ("F", 0.1), ("AH0", 0.1), ("N", 0.1)), *(("IH1", 0.1), ("T", 0.1))]
    ours = [*to_ipa(["AO1", "F", "T", "AH0", "N"]), " ", *to_ipa(["IH1", "T"])]
    _, seconds = matched(theirs, ours, words=(0, 4))
    tokens = dict(zip(range(len(ours)), ours, strict=True))
    spoken = {index: seconds[2 * index + 1] for index in tokens}
    break_at = ours.index(" ")
    assert sum(spoken[i] for i in range(break_at)) == pytest.approx(0.5)
    assert sum(spoken[i] for i in range(break_at + 1, len(ours))) == pytest.approx(0.2)
    assert spoken[ours.index("f")] + spoken[ours.index("t")] == pytest.approx(0.1)


def test_unknown_words_share_the_time_of_spn():
    ours = [*to_ipa(["HH", "IY1"]), " ", *to_ipa(["Z", "OW1"]), " ", *to_ipa(["B", "AA1"])]
    ours += [" ", *to_ipa(["S", "EH1", "D"])]
    phones = [("HH", 0.1), ("IY1", 0.1), ("spn", 0.6), ("S", 0.1), ("EH1", 0.1), ("D", 0.1)]
    _, seconds = matched(phones, ours, words=(0, 2, 3))
    unknown = [i for i, token in enumerate(ours) if token in "zoʊbɑː" and 3 < i < len(ours) - 5]
    assert all(seconds[2 * i + 1] == pytest.approx(0.1) for i in unknown)
    assert sum(seconds[2 * i + 1] for i in unknown) == pytest.approx(0.6)


@pytest.mark.parametrize("framing", ["blank", "runtime", "reference"])
def test_framings(framing):
    tokens = ["m", "i", "."]
    phones = [("sil", 0.1), ("M", 0.2), ("IY0", 0.3), ("sil", 0.4)]
    _, seconds = matched(phones, tokens, framing=framing)
    frame = {"blank": 7, "runtime": 11, "reference": 9}[framing]
    assert len(seconds) == frame
    assert sorted(value for value in seconds if value) == [0.1, 0.2, 0.3, 0.4]
    first = {"blank": 0, "runtime": 1, "reference": 0}[framing]
    assert seconds[first] == 0.1
    assert seconds[{"blank": 5, "runtime": 7, "reference": 6}[framing]] == 0.4


def test_mandarin_syllables_initials_finals_and_erhua():
    phones = [("sil", 0.1), ("uai4", 0.3), ("sp1", 0.2), ("h", 0.1), ("ueir4", 0.4), ("sil", 0.1)]
    syllables = ["wai4", "#3", ",", "hui4", "er", "#4", "."]
    _, seconds = matched(phones, syllables, language="zh", unit="syllable")
    assert seconds[1::2] == [0.3, 0, 0.2, 0.4, 0.1, 0, 0.1] and seconds[0] == 0.1
    parts = ["w", "ai4", "h", "uir4", "."]
    _, seconds = matched(phones, parts, language="zh", unit="initial_final")
    assert seconds[1::2] == pytest.approx([0.15, 0.15, 0.1, 0.4, 0.1], abs=0.06)
    assert seconds[4] == 0.2
    assert seconds[5:] == [0.1, 0, 0.4, 0, 0.1, 0]


def test_symbols_of_many_ways_to_write_a_phone():
    assert english_symbols("OW1") == ("ˈ", "o", "ʊ") and english_symbols("AH") == ("ˈ", "ʌ")
    assert english_symbols("tʃ") == ("t", "ʃ") and english_symbols("aj") == ("a", "j")
    assert english_symbols("XX") is None and mandarin_symbols("xx3") is None
    assert mandarin_symbols("uen1") == ("u", "e", "n") == mandarin_symbols("wen1")
    assert mandarin_symbols("hun2") == ("h", *mandarin_symbols("uen2"))
    assert mandarin_symbols("yuan3") == mandarin_symbols("van3") == ("v", "a", "n")

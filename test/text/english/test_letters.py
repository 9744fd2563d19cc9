"""The shipped letter-to-sound model: its size, and what it says of any letters."""

from tts.text.english import letters
from tts.text.english.letters import letters_to_phones


def test_shipped_model_is_small():
    assert letters.MODEL.stat().st_size <= 1_000_000


def test_any_letters_are_said_and_others_skipped():
    assert letters_to_phones("") == [] == letters_to_phones("é1-")
    assert letters_to_phones("st-rand") == letters_to_phones("strand")
    assert len(letters_to_phones("ba" * 500)) > 900

"""Words by their characters, with the symbols of NVIDIA's Tacotron 2."""

from __future__ import annotations

from tts.text.frontend import FrontEndConfig, build_frontend

FRONT_END = build_frontend(FrontEndConfig(unit="characters"))


def test_the_table_is_the_published_one():
    """148 symbols: the pad, the hyphen, nine marks and the space, 52 letters, 84 phones."""
    symbols = FRONT_END.token_table().symbols
    assert len(symbols) == 148 and list(symbols.values()) == list(range(148))
    places = {"_": 0, "-": 1, "!": 2, "?": 10, " ": 11, "A": 12, "a": 38, "z": 63, "@AA": 64}
    assert {symbol: symbols[symbol] for symbol in places} == places
    assert symbols["@AA0"] == 65 and symbols["@B"] == 88 and symbols["@ZH"] == 147


def test_words_are_written_out_and_spelled():
    spoken = FRONT_END("Dr. Smith's 2 cats, Zoë!")
    assert "".join(spoken.tokens) == "doctor smith's two cats,zoe!"
    assert not spoken.problems
    assert dict(FRONT_END.lexicon(["The tencha."]))["tencha"] == list("tencha")

"""Token tables and framings."""

import json

import pytest

from tts.errors import InputError
from tts.text.tokens import TokenTable


def test_space_line_gaps_and_round_trip(tmp_path):
    table = TokenTable.parse("_ 0\n  32\na 97\n, 44\n")
    assert table.symbols == {"_": 0, " ": 32, "a": 97, ",": 44}
    assert table.num_embeddings == 98 and table.pad_id == 0
    table.write(tmp_path / "tokens.txt")
    again = TokenTable.read(tmp_path / "tokens.txt")
    assert again == table and again.sha256 == table.sha256
    assert "  32\n" in (tmp_path / "tokens.txt").read_text()


@pytest.mark.parametrize("line", ["  3", " 3", "3", "\t3"])
def test_every_form_of_the_space_line(line):
    assert TokenTable.parse(f"_ 0\n{line}\r\n\n5 7\n").symbols == {"_": 0, " ": 3, "5": 7}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("_ 0\na 1\na 2\n", ("line 3", "symbol 'a'", "line 2")),
        ("_ 0\n\na 0\n", ("line 3", "id 0", "line 1")),
        ("_ 0\nabc\n", ("line 2", "abc")),
        ("_ -1\n", ("line 1",)),
        ("\n", ("no token",)),
    ],
)
def test_faults_name_their_line(text, words):
    with pytest.raises(InputError) as error:
        TokenTable.parse(text, "tokens.txt")
    assert "tokens.txt" in str(error.value)
    for word in words:
        assert word in str(error.value)


def test_missing_file_is_named(tmp_path):
    with pytest.raises(InputError, match=r"absent\.txt"):
        TokenTable.read(tmp_path / "absent.txt")


def test_framings():
    table = TokenTable.of("_^$ab")
    assert table.encode(["a", "b"]) == [0, 3, 0, 4, 0]
    assert table.encode("ab", "runtime") == [0, 1, 0, 3, 0, 4, 0, 2, 0]
    assert table.encode("ab", "reference") == [1, 0, 3, 0, 4, 0, 2]
    assert table.encode([]) == [0]
    with pytest.raises(InputError, match="framing"):
        table.encode("ab", "other")


def test_unknown_tokens_are_all_listed():
    table = TokenTable.of("_ab")
    assert table.unknown("axbyx") == ["x", "y"]
    with pytest.raises(InputError, match="'x' 'y'"):
        table.encode("axby")
    with pytest.raises(InputError, match=r"'\^'"):
        table.encode("ab", "runtime")


def test_reference_framing_gives_back_the_reference_ids(shared_data):
    table = TokenTable.read(shared_data / "reference" / "tokens_en.txt")
    symbols = {number: symbol for symbol, number in table.symbols.items()}
    for item in json.loads((shared_data / "reference" / "tokens_en_reference.json").read_text()):
        tokens = [symbols[number] for number in item["ids"][2:-1:2]]
        assert table.encode(tokens, "reference") == item["ids"]

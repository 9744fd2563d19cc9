"""Phone errors."""

from tts.evaluate.pronunciation import edit_distance, phone_errors


def test_edit_distance():
    assert edit_distance("", "abc") == 3 == edit_distance("abc", "")
    assert edit_distance("kitten", "sitting") == 3
    assert edit_distance(["AH", "B"], ["AH", "B"]) == 0


def test_the_nearest_of_several_pronunciations_counts():
    errors = phone_errors([["A", "B"], ["C"]], [[["A", "B", "C", "D"], ["A", "B"]], [["D", "E"]]])
    assert errors.phones == 50.0 and errors.words == 50.0
    assert str(errors) == "phone error 50.00 %, word error 50.00 %"

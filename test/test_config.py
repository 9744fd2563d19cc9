"""Configurations: strict both ways, TOML round trip, flags."""

from __future__ import annotations

import argparse
import dataclasses
from typing import Literal

import pytest

from tts.config import (
    Parser,
    add_flags,
    flags_given,
    from_dict,
    merge,
    option,
    parse_overrides,
    read_toml,
    to_dict,
    write_toml,
)
from tts.errors import InputError


@dataclasses.dataclass(frozen=True)
class Part:
    channels: tuple[int, ...] = (1, 2)
    rate: float = 0.5


@dataclasses.dataclass(frozen=True)
class Whole:
    name: str
    part: Part = Part()
    kind: Literal["soft", "hard"] = option("soft", "50% of it")
    count: int = option(3, "how many")
    on: bool = option(False, "whether")
    limit: float | None = None
    weights: dict[str, float] = dataclasses.field(default_factory=dict)


def test_round_trip(tmp_path):
    whole = Whole("näme", Part((4,), 2.0), "hard", 0, True, None, {"a.b": 1.0})
    path = tmp_path / "x.toml"
    write_toml(path, to_dict(whole))
    assert from_dict(Whole, read_toml(path)) == whole
    assert from_dict(Whole, {"name": "x", "limit": 3, "part": {"rate": 1}}) == Whole(
        "x", Part(rate=1.0), limit=3.0
    )


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"nam": "x"}, r"unknown key 'nam' in a.toml \(nearest: name\)"),
        ({"name": "x", "zzz": 1}, r"unknown key 'zzz' in a.toml \(known: count, kind,"),
        ({"name": "x", "part": {"rat": 1}}, r"'rat' in a.toml.part \(nearest: rate\)"),
        ({}, "'name' is missing in a.toml"),
        ({"name": 3}, "a.toml.name = 3: must be of type str"),
        ({"name": "x", "count": True}, "count = True: must be of type int"),
        ({"name": "x", "count": 1.5}, "count = 1.5: must be of type int"),
        ({"name": "x", "on": 1}, "on = 1: must be of type bool"),
        ({"name": "x", "limit": "3"}, "limit = '3': must be of type float"),
        ({"name": "x", "kind": "sof"}, "must be one of soft, hard"),
        ({"name": "x", "part": {"channels": [1, "2"]}}, "channels = '2': must be of type int"),
        ({"name": "x", "part": 3}, "part = 3: must be of type Part"),
        ({"name": "x", "weights": {"a": "b"}}, "weights.a = 'b': must be of type float"),
        (3, "a.toml = 3: must be a table"),
    ],
)
def test_strict(values, message):
    with pytest.raises(InputError, match=message):
        from_dict(Whole, values, "a.toml")


def test_unreadable_files(tmp_path):
    path = tmp_path / "a.toml"
    with pytest.raises(InputError, match=r"a.toml does not exist \(TOML files there: none\)"):
        read_toml(path)
    for content in (b"a = ", b"a = '\xff'"):
        path.write_bytes(content)
        with pytest.raises(InputError, match=r"a.toml is not valid TOML"):
            read_toml(path)


def parse(*arguments: str) -> dict:
    parser = argparse.ArgumentParser()
    add_flags(parser, Whole)
    return flags_given(parser.parse_args(arguments), Whole)


def test_flags_given_override_and_others_stay_out():
    assert parse() == {}
    assert parse("--count", "5", "--limit", "2", "--kind", "hard") == {
        "count": 5,
        "limit": 2.0,
        "kind": "hard",
    }
    for text, value in (("1", True), ("true", True), ("0", False), ("False", False)):
        assert parse("--on", text) == {"on": value}
    assert parse("--on") == {"on": True}
    changed = merge({"count": 1, "part": {"rate": 2.0}}, {"part": {"channels": [3]}})
    assert changed == {"count": 1, "part": {"rate": 2.0, "channels": [3]}}


@pytest.mark.parametrize("wrong", [["--on", "maybe"], ["--count", "x"], ["--kind", "no"]])
def test_wrong_flags_end_with_status_2(wrong, capsys):
    with pytest.raises(SystemExit) as caught:
        parse(*wrong)
    assert caught.value.code == 2 and wrong[0] in capsys.readouterr().err


def test_help_shows_percent_signs_and_defaults(capsys):
    with pytest.raises(SystemExit):
        parse("--help")
    text = capsys.readouterr().out
    assert "50% of it (default: soft)" in text and "(default: 3)" in text and "--part" not in text


def test_overrides():
    items = ["a.b=3", "a.c=text", "a.d=[1, 2]", "e=", "f=x=y"]
    expected = {"a": {"b": 3, "c": "text", "d": [1, 2]}, "e": "", "f": "x=y"}
    assert parse_overrides(items) == expected
    with pytest.raises(InputError, match="expected NAME=VALUE"):
        parse_overrides(["a"])


def test_command_line_errors_are_one_line_with_the_nearest_flag(capsys):
    parser = Parser(prog="x.py")
    parser.add_argument("--max-duration", type=int)
    for arguments, expected in (
        (
            ["--max-duraton", "3"],
            "unrecognized arguments: --max-duraton 3 (nearest: --max-duration)",
        ),
        (["--max-dur", "3"], "(nearest: --max-duration)"),
        (["--max-duration", "x"], "invalid int value: 'x'"),
    ):
        with pytest.raises(SystemExit) as stopped:
            parser.parse_args(arguments)
        printed = capsys.readouterr().err
        assert stopped.value.code == 2 and expected in printed and printed.count("\n") == 1

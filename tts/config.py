"""Convert frozen dataclasses to and from TOML and the command line, strictly.

A configuration is a frozen dataclass beside the class it configures. TOML files hold what
differs from its defaults, command-line flags override them, and an unknown key is an error
that names the nearest known one.
"""

from __future__ import annotations

import argparse
import dataclasses
import re
import sys
import types
import typing
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from tts.errors import InputError, nearest
from tts.files import atomic_path

if sys.version_info >= (3, 11):
    import tomllib
else:  # Python 3.10
    import tomli as tomllib

T = TypeVar("T")


def parse_bool(text: str) -> bool:
    """Parse a boolean of the command line: 1/0, true/false, yes/no."""
    value = text.strip().lower()
    if value in ("1", "true", "yes"):
        return True
    if value in ("0", "false", "no"):
        return False
    raise argparse.ArgumentTypeError(f"{text!r} is not a boolean (1, 0, true or false)")


def from_dict(cls: type[T], values: Mapping[str, Any], where: str = "") -> T:
    """Build dataclass `cls` from nested plain values.

    Raises: InputError naming the key and `where` it stands, for an unknown key, a wrong type
    or a missing value.
    """
    if not isinstance(values, Mapping):
        raise InputError(f"{where or 'the configuration'} = {values!r}: must be a table")
    hints = typing.get_type_hints(cls)
    fields = {field.name: field for field in dataclasses.fields(cls)}
    place = f" in {where}" if where else ""
    given = {}
    for key, value in values.items():
        if key not in fields:
            raise InputError(f"unknown key {key!r}{place}{nearest(key, fields)}")
        words = fields[key].metadata.get("words", ())
        path = f"{where}.{key}" if where else key
        given[key] = value if value in words else _convert(hints[key], value, path, words)
    for name, field in fields.items():
        required = (
            field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
        )
        if required and name not in given:
            raise InputError(f"key {name!r} is missing{place}")
    try:
        return cls(**given)
    except InputError as error:  # of its __post_init__, which does not know where it stands
        raise InputError(f"{where}: {error}" if where else str(error)) from None


def _convert(hint: Any, value: Any, where: str, words: tuple[str, ...] = ()) -> Any:
    """Return `value` as the annotated type, or raise InputError, which names `words`, too."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        if value is None and type(None) in arguments:
            return None
        (hint,) = [a for a in arguments if a is not type(None)]
        return _convert(hint, value, where)
    if hint is Any:
        return value
    if dataclasses.is_dataclass(hint):
        if isinstance(value, Mapping):
            return from_dict(hint, value, where)
    elif origin is typing.Literal:
        if value in arguments:
            return value
        raise InputError(f"{where} = {value!r}: must be one of {', '.join(map(str, arguments))}")
    elif origin is tuple:
        if isinstance(value, (list, tuple)):
            return tuple(_convert(arguments[0], item, where) for item in value)
    elif origin is dict:
        if isinstance(value, Mapping):
            return {k: _convert(arguments[1], v, f"{where}.{k}") for k, v in value.items()}
    elif hint is float:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return float(value)
    elif isinstance(value, hint) and not (hint is int and isinstance(value, bool)):
        return value
    wanted = getattr(hint, "__name__", str(hint))
    others = "".join(f' or "{word}"' for word in words)
    raise InputError(f"{where} = {value!r}: must be of type {wanted}{others}")


def to_dict(config: Any) -> dict[str, Any]:
    """Return a dataclass as nested plain values for TOML and JSON; None is left out."""
    result = {}
    for field in dataclasses.fields(config):
        value = getattr(config, field.name)
        if value is None:
            continue
        result[field.name] = _plain(value)
    return result


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value):
        return to_dict(value)
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return value


def read_toml(path: Path | str) -> dict[str, Any]:
    """Read a TOML file; a missing or malformed one is an InputError naming it."""
    path = Path(path)
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        beside = sorted(p.name for p in path.parent.glob("*.toml"))
        raise InputError(
            f"{path} does not exist (TOML files there: {', '.join(beside) or 'none'})"
        ) from None
    except ValueError as error:  # malformed, or not UTF-8
        raise InputError(f"{path} is not valid TOML: {error}") from None


def write_toml(path: Path | str, values: Mapping[str, Any]) -> None:
    """Write nested plain values as TOML, atomically."""
    import tomli_w

    with atomic_path(path) as temporary:
        temporary.write_text(tomli_w.dumps(dict(values)), encoding="utf-8")


def merge(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Merge nested dictionaries: `changes` over `base`, key by key."""
    result = dict(base)
    for key, value in changes.items():
        if isinstance(value, Mapping) and isinstance(result.get(key), Mapping):
            value = merge(result[key], value)
        result[key] = value
    return result


def parse_overrides(items: list[str]) -> dict[str, Any]:
    """Parse `--set a.b=3 c=text` to nested values; the right side is TOML, else plain text."""
    result: dict[str, Any] = {}
    for item in items:
        key, equals, text = item.partition("=")
        if not equals or not key:
            raise InputError(f"--set {item}: expected NAME=VALUE, for example model.n_feats=80")
        try:
            value = tomllib.loads(f"value = {text}")["value"]
        except tomllib.TOMLDecodeError:
            value = text
        for part in reversed(key.split(".")):
            value = {part: value}
        result = merge(result, value)
    return result


class Parser(argparse.ArgumentParser):
    """Parse a command line; errors are one line, with the nearest flag for an unknown one."""

    def __init__(self, **options: Any):
        super().__init__(allow_abbrev=False, **options)

    def error(self, message: str) -> typing.NoReturn:
        for flag in re.findall(r"--[\w-]+", message.partition("unrecognized arguments:")[2]):
            message += nearest(flag, [f for f in self._option_string_actions if f[:2] == "--"])
        self.exit(2, f"error: {message}; see {self.prog} --help\n")


def add_flags(parser: argparse.ArgumentParser, cls: type) -> None:
    """Add one `--flag` for every field of dataclass `cls` that is not itself a dataclass.

    The help text is the field's metadata["help"]. A flag that is not given stays out of
    `flags_given`, so that the TOML file's value counts.
    """
    hints = typing.get_type_hints(cls)
    for field in dataclasses.fields(cls):
        hint = hints[field.name]
        options = [a for a in typing.get_args(hint) if a is not type(None)]
        choices = None
        if typing.get_origin(hint) is typing.Literal:
            choices, kind = options, type(options[0])
        elif typing.get_origin(hint) in (typing.Union, types.UnionType):
            kind = options[0]
        else:
            kind = hint
        if dataclasses.is_dataclass(kind) or kind not in (bool, int, float, str):
            continue
        if words := field.metadata.get("words"):
            kind = _number_or(kind, words)
        text = field.metadata.get("help", "").replace("%", "%%")
        shown = int(field.default) if isinstance(field.default, bool) else field.default
        parser.add_argument(
            "--" + field.name.replace("_", "-"),
            type=parse_bool if kind is bool else kind,
            choices=choices,
            default=argparse.SUPPRESS,
            metavar=None if choices else kind.__name__.upper(),
            **({"nargs": "?", "const": True} if kind is bool else {}),
            help=text if shown == "" else f"{text} (default: {shown})",
        )


def _number_or(kind: type, words: tuple[str, ...]) -> Callable[[str], Any]:
    """Return a parser of `kind` that leaves `words` as they are."""

    def parse(text: str) -> Any:
        return text if text in words else kind(text)

    parse.__name__ = kind.__name__
    return parse


def flags_given(arguments: argparse.Namespace, cls: type) -> dict[str, Any]:
    """Return the fields of `cls` that stood on the command line, as plain values."""
    names = {field.name for field in dataclasses.fields(cls)}
    return {name: value for name, value in vars(arguments).items() if name in names}


def option(default: Any, help: str, words: tuple[str, ...] = ()) -> Any:
    """Declare a dataclass field with its help text, and words allowed instead of a value."""
    return dataclasses.field(default=default, metadata={"help": help, "words": words})

"""Read and write token tables (tokens.txt); frame tokens as a model's input ids."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from tts.errors import InputError
from tts.files import write_text

PAD = "_"
BOS = "^"
EOS = "$"
FRAMINGS = ("blank", "runtime", "reference")

_LINE = re.compile(r"(?P<symbol>.*?)[ \t]*(?<![^ \t])(?P<id>[0-9]+)[ \t]*")


class TokenTable:
    """Hold symbols and their ids; ids may leave gaps.

    A model's embedding has `num_embeddings` rows: the highest id and one.
    """

    def __init__(self, symbols: Mapping[str, int]):
        self.symbols: dict[str, int] = dict(symbols)

    @classmethod
    def of(cls, symbols: Iterable[str]) -> TokenTable:
        """Return the table that numbers `symbols` from 0 on."""
        return cls({symbol: number for number, symbol in enumerate(symbols)})

    @classmethod
    def read(cls, path: Path | str) -> TokenTable:
        """Read a tokens.txt. Raises: InputError naming the file and the line at fault."""
        path = Path(path)
        try:
            text = path.read_text(encoding="utf-8-sig")
        except FileNotFoundError:
            raise InputError(
                f"{path} does not exist: prepare writes it (stage tokens), see ./prepare.sh --list"
            ) from None
        except (UnicodeDecodeError, OSError) as error:
            raise InputError(f"{path} cannot be read as UTF-8 text: {error}") from None
        return cls.parse(text, str(path))

    @classmethod
    def parse(cls, text: str, where: str = "tokens") -> TokenTable:
        """Return the table in `text`, one `symbol id` a line.

        The space symbol's line is two spaces and its id; a line with nothing but an id, which
        is what some editors leave of it, means the space as well.
        Raises: InputError for a malformed line, a symbol or an id that stands twice.
        """
        symbols: dict[str, int] = {}
        first_line: dict[str | int, int] = {}
        for number, line in enumerate(text.split("\n"), 1):
            line = line.rstrip("\r")
            if not line.strip():
                continue
            match = _LINE.fullmatch(line)
            if not match:
                raise InputError(f"{where}, line {number}: expected 'symbol id', found {line!r}")
            symbol, token_id = match["symbol"] or " ", int(match["id"])
            for what, key in (("symbol", symbol), ("id", token_id)):
                if key in first_line:
                    raise InputError(
                        f"{where}, line {number}: {what} {key!r} stands already in line "
                        f"{first_line[key]}"
                    )
                first_line[key] = number
            symbols[symbol] = token_id
        if not symbols:
            raise InputError(f"{where} holds no token at all")
        return cls(symbols)

    def text(self) -> str:
        """Return what stands in tokens.txt, in the order of the ids."""
        ordered = sorted(self.symbols.items(), key=lambda item: item[1])
        return "".join(f"{symbol} {token_id}\n" for symbol, token_id in ordered)

    def write(self, path: Path | str) -> None:
        """Write tokens.txt atomically."""
        write_text(path, self.text())

    @property
    def num_embeddings(self) -> int:
        """Return the highest id plus one."""
        return max(self.symbols.values()) + 1

    @property
    def pad_id(self) -> int:
        """Return the id of `_`, which is padding and blank."""
        return self._id_of(PAD)

    @property
    def sha256(self) -> str:
        """Return a hash that two tables share only if they are equal."""
        return hashlib.sha256(self.text().encode("utf-8")).hexdigest()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TokenTable) and self.symbols == other.symbols

    __hash__ = None  # type: ignore[assignment]

    def unknown(self, tokens: Iterable[str]) -> list[str]:
        """Return the tokens that the table does not hold, each once, in order of appearance."""
        return list(dict.fromkeys(token for token in tokens if token not in self.symbols))

    def encode(self, tokens: Iterable[str], framing: str = "blank") -> list[int]:
        """Write ids of `tokens` with a blank between neighbours.

        framing: "blank" `_ t _ t _`; "runtime" `_ ^ _ t _ ... $ _`; "reference" `^ _ t _ ... $`.
        Raises: InputError listing every token that is not in the table.
        """
        tokens = list(tokens)
        missing = self.unknown(tokens)
        if missing:
            shown = " ".join(map(repr, missing[:20]))
            raise InputError(
                f"{len(missing)} tokens are not in the token table of {len(self.symbols)} "
                f"symbols: {shown}; the text and the table belong to different front ends"
            )
        if framing not in FRAMINGS:
            raise InputError(f"framing {framing!r} is unknown (known: {', '.join(FRAMINGS)})")
        ids = [self.symbols[token] for token in tokens]
        if framing != "blank":
            ids = [self._id_of(BOS), *ids, self._id_of(EOS)]
        pad = self.pad_id
        spread = [pad] * (2 * len(ids) + 1)
        spread[1::2] = ids
        return spread[1:-1] if framing == "reference" else spread

    def _id_of(self, symbol: str) -> int:
        if symbol not in self.symbols:
            raise InputError(
                f"the token table has no {symbol!r}, which padding or framing needs; "
                f"its first symbols: {' '.join(map(repr, list(self.symbols)[:12]))}"
            )
        return self.symbols[symbol]

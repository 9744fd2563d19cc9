"""Cut normalised text into byte-pair units through sentencepiece."""

from __future__ import annotations

import base64
import binascii
import io
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from tts.errors import InputError
from tts.text.tokens import PAD, TokenTable

_PAUSES = re.compile(r"[,.!?;，。！？]+")


def train_bpe(texts: Iterable[str], vocab_size: int) -> bytes:
    """Train a sentencepiece model on normalised `texts`; the same texts give the same bytes.

    Punctuation stays out of the pieces: it has tokens of its own.
    Raises: InputError if there is too little text for `vocab_size` pieces.
    """
    import sentencepiece

    pieces = (piece.strip().lower() for text in texts for piece in _PAUSES.split(text))
    sentences = [piece for piece in pieces if piece]
    if not sentences:
        raise InputError("bpe: there is no text to learn pieces from")
    model = io.BytesIO()
    try:
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(sentences),
            model_writer=model,
            model_type="bpe",
            vocab_size=vocab_size,
            character_coverage=1.0,
            normalization_rule_name="identity",
            bos_id=-1,
            eos_id=-1,
            num_threads=1,
            max_sentence_length=1 << 20,
            minloglevel=2,
        )
    except (RuntimeError, ValueError, OSError) as error:
        raise InputError(
            f"bpe: {vocab_size} pieces cannot be learned from {len(sentences)} sentences "
            f"({str(error).strip()}); choose another --vocab-size"
        ) from None
    return model.getvalue()


def pack_bpe(model: bytes) -> str:
    """Return a model as the text that FrontEndConfig.bpe_model holds."""
    return base64.b64encode(model).decode("ascii")


@lru_cache(maxsize=4)
def _load(packed: str) -> Any:
    import sentencepiece

    processor = sentencepiece.SentencePieceProcessor()
    try:
        processor.LoadFromSerializedProto(base64.b64decode(packed, validate=True))
    except (binascii.Error, RuntimeError, ValueError) as error:
        raise InputError(f"bpe_model holds no sentencepiece model: {error}") from None
    return processor


class BpeModel:
    """Hold a trained model: words to pieces, and the token table of pieces and punctuation."""

    def __init__(self, packed: str, punctuation: Iterable[str]):
        self._packed = packed
        processor = _load(packed)
        self._unknown_id = processor.unk_id()
        pieces = [
            processor.IdToPiece(i) for i in range(processor.GetPieceSize()) if i != self._unknown_id
        ]
        self.table = TokenTable.of(dict.fromkeys([PAD, *punctuation, *pieces]))

    def encode(self, text: str) -> tuple[tuple[str, ...], list[str]]:
        """Return pieces of `text` (without punctuation), and the parts that no piece covers."""
        processor = _load(self._packed)
        tokens, unknown = [], []
        for piece, number in zip(
            processor.EncodeAsPieces(text), processor.EncodeAsIds(text), strict=True
        ):
            if number == self._unknown_id:
                unknown += [c for c in piece if c != "\u2581"]
            else:
                tokens.append(piece)
        return tuple(tokens), unknown

"""Speaking with exported ONNX files, as a deployed voice does, through our own front end."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tts.config import from_dict
from tts.errors import InputError
from tts.export.graph import open_session, read_metadata, run_graph
from tts.infer.long_text import PAUSE_SECONDS, joined, say_sentences
from tts.text.frontend import FrontEndConfig, Problem, Spoken, build_frontend
from tts.text.lexicon import missing_words, read_lexicon
from tts.text.tokens import TokenTable
from tts.text.user_lexicon import with_user_lexicon

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class Speech:
    """What was said: samples float32 (S,), what the front end made, mel frames.

    missing: words that a runtime would leave out, since the voice's lexicon lacks them.
    num_sentences: how many were spoken one by one; silence stands between them.
    """

    samples: np.ndarray
    sample_rate: int
    spoken: Spoken
    num_frames: int
    missing: tuple[Problem, ...] = ()
    num_sentences: int = 1


class OnnxVoice:
    """An acoustic model and a vocoder as ONNX files.

    Raises: InputError for missing files, sample rates that differ, or a lexicon or token
    table that belongs to another voice.
    """

    def __init__(
        self,
        acoustic_model: Path | str,
        vocoder: Path | str,
        tokens: Path | str,
        lexicon: Path | str | None = None,
        num_threads: int = 1,
        user_lexicon: Path | str | None = None,
    ):
        self.acoustic = open_session(acoustic_model, num_threads)
        self.vocoder = open_session(vocoder, num_threads)
        self.table = TokenTable.read(tokens)
        metadata, of_vocoder = read_metadata(acoustic_model), read_metadata(vocoder)
        rates = [facts.get("sample_rate") for facts in (metadata, of_vocoder)]
        if rates[0] is None or rates[0] != rates[1]:
            raise InputError(
                f"{acoustic_model} makes features of {rates[0]} Hz, {vocoder} reads {rates[1]} Hz"
            )
        self.sample_rate = int(rates[0])
        wanted = metadata.get("tokens_sha256", self.table.sha256)
        if wanted != self.table.sha256:
            raise InputError(f"{tokens} is not the token table that {acoustic_model} was made with")
        self.lexicon = read_lexicon(lexicon) if lexicon else None
        if self.lexicon is not None:
            unknown = self.table.unknown(t for ts in self.lexicon.values() for t in ts)
            if unknown:
                raise InputError(
                    f"{lexicon} has tokens that {tokens} does not: {' '.join(unknown[:10])}"
                )
        self.frontend = with_user_lexicon(frontend_of(metadata, acoustic_model), user_lexicon)
        self.speaker = build_frontend(self.frontend)

    def speak(
        self,
        text: str,
        noise_scale: float = 0.667,
        length_scale: float = 1.0,
        max_chars: int | None = None,
    ) -> Speech:
        """Text to samples; more than `max_chars` characters sentence by sentence.

        max_chars: None for the language's usual maximum.
        Raises: InputError when nothing of the text can be said.
        """
        import numpy as np

        said, problems = say_sentences(text, self.speaker, max_chars)
        silence = np.zeros(round(PAUSE_SECONDS * self.sample_rate), dtype=np.float32)
        pieces, num_frames = [], 0
        for sentence in said:
            mel, audio = self._speak(sentence.tokens, noise_scale, length_scale)
            num_frames += mel.shape[2]
            pieces += [silence, audio]
        samples = np.concatenate(pieces[1:]) if len(said) > 1 else pieces[1]
        spoken = joined(text, said, problems)
        missing = self._missing(spoken)
        return Speech(samples, self.sample_rate, spoken, num_frames, missing, len(said))

    def _speak(
        self, tokens: list[str], noise_scale: float, length_scale: float
    ) -> tuple[np.ndarray, np.ndarray]:
        """Mel (1, F, T) and samples (S,) of tokens said in one go."""
        import numpy as np

        ids = np.array([self.table.encode(tokens, self.frontend.framing)], dtype=np.int64)
        mel = run_graph(
            self.acoustic,
            ids,
            np.array([ids.shape[1]], dtype=np.int64),
            np.array([noise_scale], dtype=np.float32),
            np.array([length_scale], dtype=np.float32),
        )
        return mel, run_graph(self.vocoder, mel).reshape(-1)

    def _missing(self, spoken: Spoken) -> tuple[Problem, ...]:
        if self.lexicon is None:
            return ()
        by_character = self.frontend.frontend == "pinyin"
        return tuple(missing_words(spoken, self.lexicon, by_character))


def frontend_of(metadata: dict[str, Any], where: Path | str) -> FrontEndConfig:
    """The front end named in a graph's metadata; of an icefall export the one it implies."""
    if "frontend" in metadata:
        return from_dict(FrontEndConfig, json.loads(metadata["frontend"]), f"{where}: frontend")
    if metadata.get("has_espeak") == "1":
        return FrontEndConfig("en-us", "espeak", framing="reference")
    if metadata.get("jieba") == "1" or metadata.get("language") == "Chinese":
        return FrontEndConfig("zh", "pinyin", unit="syllable")
    raise InputError(f"{where} does not say which front end its tokens come from")

"""Speaking with exported ONNX files, as a deployed voice does, through our own front end."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tts.errors import InputError
from tts.export.graph import open_session, outputs_of, read_metadata, run_graph
from tts.infer.control import Timed, factors, joined_times, token_times
from tts.infer.long_text import PAUSE_SECONDS, joined, say_sentences
from tts.text.frontend import build_frontend, frontend_of
from tts.text.lexicon import missing_words, read_lexicon
from tts.text.spoken import Problem, Spoken
from tts.text.tokens import TokenTable
from tts.text.user_lexicon import with_user_lexicon

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class Speech:
    """What was said: samples float32 (S,), what the front end made, mel frames.

    missing: words that a runtime would leave out, since the voice's lexicon lacks them.
    num_sentences: how many were spoken one by one; silence stands between them.
    times: when each token is heard; empty for graphs that do not say.
    """

    samples: np.ndarray
    sample_rate: int
    spoken: Spoken
    num_frames: int
    missing: tuple[Problem, ...] = ()
    num_sentences: int = 1
    times: tuple[Timed, ...] = ()


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
        self.frame_seconds = int(metadata.get("hop_length", 0)) / self.sample_rate
        self.controls = [tensor.name for tensor in self.acoustic.get_inputs()][3:]
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
        **scales: float,
    ) -> Speech:
        """Text to samples; more than `max_chars` characters sentence by sentence.

        Args:
          max_chars: None for the language's usual maximum.
          scales: factors of F0 and energy, pitch_scale and energy_scale, for files that have
            these inputs.

        Raises: InputError when nothing of the text can be said, or a scale is no input.
        """
        import numpy as np

        said, problems = say_sentences(text, self.speaker, max_chars)
        silence = np.zeros(round(PAUSE_SECONDS * self.sample_rate), dtype=np.float32)
        pieces, timed, num_frames = [], [], 0
        manner = {"length_scale": length_scale, **scales}
        for sentence in said:
            mel, audio, times = self._speak(sentence.tokens, noise_scale, manner)
            num_frames += mel.shape[2]
            pieces += [silence, audio]
            timed.append((times, len(audio) / self.sample_rate))
        samples = np.concatenate(pieces[1:]) if len(said) > 1 else pieces[1]
        spoken = joined(text, said, problems)
        missing = self._missing(spoken)
        times = joined_times(timed, len(silence) / self.sample_rate)
        return Speech(samples, self.sample_rate, spoken, num_frames, missing, len(said), times)

    def _speak(
        self, tokens: list[str], noise_scale: float, manner: dict[str, float]
    ) -> tuple[np.ndarray, np.ndarray, tuple[Timed, ...]]:
        """Mel (1, F, T), samples (S,) and times of tokens said in one go."""
        import numpy as np

        framing = self.frontend.framing
        ids = np.array([self.table.encode(tokens, framing)], dtype=np.int64)
        told = dict.fromkeys(self.controls, 1.0)
        told |= factors(manner, {}, len(tokens), framing, self.controls)
        scales = [np.array([told[name]], dtype=np.float32) for name in self.controls]
        length, noise = np.array([ids.shape[1]]), np.array([noise_scale], dtype=np.float32)
        mel, *more = outputs_of(self.acoustic, ids, length, noise, *scales)
        times: tuple[Timed, ...] = ()
        if more and self.frame_seconds:
            times = token_times(tokens, more[0][0], framing, self.frame_seconds)
        return mel, run_graph(self.vocoder, mel).reshape(-1), times

    def _missing(self, spoken: Spoken) -> tuple[Problem, ...]:
        if self.lexicon is None:
            return ()
        by_character = self.frontend.kind.longest_match
        return tuple(missing_words(spoken, self.lexicon, by_character))

"""Speak with exported ONNX files through ONNX Runtime and our own front end."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from tts.errors import InputError
from tts.export.graph import outputs_of, read_metadata
from tts.export.voice import SCALES_FILE
from tts.infer.control import Scales, factors, token_times
from tts.infer.onnx_noise import NOISE, noise_of, open_seeded
from tts.infer.speech import Speech
from tts.text.frontend import build_frontend, frontend_of
from tts.text.lexicon import missing_words, read_lexicon
from tts.text.spoken import Problem, Spoken
from tts.text.tokens import TokenTable
from tts.text.user_lexicon import with_user_lexicon
from tts.vocoders.outputs import samples_of_outputs
from tts.voice import SpeakingOptions

if TYPE_CHECKING:
    import numpy as np


class OnnxVoice:
    """Speak with an acoustic model and a vocoder as ONNX files, a Backend of tts.infer.speak.

    The random numbers of the model come from outside, so that the seed of the options counts
    and threads do not disturb each other.

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
        self.name = str(acoustic_model)
        self.acoustic = open_seeded(acoustic_model, num_threads)
        self.vocoder = open_seeded(vocoder, num_threads)
        self.table = TokenTable.read(tokens)
        metadata, self._of_vocoder = read_metadata(acoustic_model), read_metadata(vocoder)
        rates = [facts.get("sample_rate") for facts in (metadata, self._of_vocoder)]
        if rates[0] is None or rates[0] != rates[1]:
            raise InputError(
                f"{acoustic_model} makes features of {rates[0]} Hz, {vocoder} reads {rates[1]} Hz"
            )
        self.sample_rate = int(rates[0])
        self.steps = metadata.get("num_ode_steps")  # None: a model without
        self.frame_seconds = int(metadata.get("hop_length", 0)) / self.sample_rate
        names = [tensor.name for tensor in self.acoustic.get_inputs()]
        self.controls, self.draws_noise = names[3:], NOISE in names
        if self.draws_noise:
            self.controls.remove(NOISE)
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
        config = with_user_lexicon(frontend_of(metadata, acoustic_model), user_lexicon)
        self.frontend = build_frontend(config)

    def say(self, spoken: Spoken, options: SpeakingOptions, scales: Scales) -> Speech:
        """Say one sentence; the number of flow steps is the file's own.

        Raises: InputError for tokens that the voice lacks, scales that are no input, and another
        number of steps, unless it is the default.
        """
        import numpy as np

        asked = options.num_steps
        if self.steps and asked != SpeakingOptions.num_steps and str(asked) != self.steps:
            raise InputError(
                f"{asked} flow steps: {self.name} has {self.steps}; take the file with "
                f"steps-{asked} in its name, or export one"
            )
        tokens, framing = spoken.tokens, self.frontend.config.framing
        if scales and len(self.controls) == 1:
            raise InputError(f"{self.name} takes no factors of single tokens: use {SCALES_FILE}")
        ids = np.array([self.table.encode(tokens, framing)], dtype=np.int64)
        told = dict.fromkeys(self.controls, 1.0)
        told |= factors(options.scales, scales, len(tokens), framing, self.controls)
        inputs = [np.array([ids.shape[1]]), np.array([options.noise_scale], dtype=np.float32)]
        inputs += [np.float32(told[name]).reshape(-1) for name in self.controls]
        if self.draws_noise:
            inputs.append(noise_of(options.seed))
        start = time.perf_counter()
        mel, *more = outputs_of(self.acoustic, ids, *inputs)
        samples = self._samples(mel, options.seed)
        seconds = time.perf_counter() - start
        durations = more[0][0] if more else None
        times = ()
        if durations is not None and self.frame_seconds:
            times = token_times(tokens, durations, framing, self.frame_seconds)
        return Speech(
            samples,
            self.sample_rate,
            spoken,
            mel_TF=mel[0].T,
            durations=durations,
            times=times,
            compute_seconds=seconds,
        )

    def vocode(self, mel_TF: np.ndarray) -> Speech:
        """Turn a given natural-log mel into samples."""
        start = time.perf_counter()
        samples = self._samples(mel_TF.T[None].astype("float32"))
        seconds = time.perf_counter() - start
        nothing = Spoken("", "", ())
        return Speech(samples, self.sample_rate, nothing, mel_TF=mel_TF, compute_seconds=seconds)

    def _samples(self, mel_NFT: np.ndarray, seed: int = 0) -> np.ndarray:
        """Run the vocoder on one mel (1, n_mels, T): samples (S,)."""
        noise = [noise_of(seed)] if len(self.vocoder.get_inputs()) > 1 else []
        return samples_of_outputs(outputs_of(self.vocoder, mel_NFT, *noise), self._of_vocoder)[0]

    def missing(self, spoken: Spoken) -> tuple[Problem, ...]:
        """Return the words that a runtime would leave out, since the voice's lexicon lacks them."""
        if self.lexicon is None:
            return ()
        by_character = self.frontend.config.kind.longest_match
        return tuple(missing_words(spoken, self.lexicon, by_character))

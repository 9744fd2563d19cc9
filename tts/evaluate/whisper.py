"""Hear speech with a Whisper that CTranslate2 computes.

Source: Radford et al. 2022, arXiv 2212.04356, section 2; log mel and prompt are those of openai's
whisper. faster-whisper gives the same words, but brings the package av, whose wheels are under the
GPL.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from tts.errors import InputError
from tts.evaluate.recogniser import LONGEST_SECONDS, SAMPLE_RATE
from tts.features.mel import mel_filterbank
from tts.mel import MelConfig

_N_FFT, _HOP = 400, 160
_ONLY = "en"  # what a Whisper hears that is not multilingual
_MOST_PROMPT = 223  # tokens, half of the decoder's context


class Whisper:
    """Hold the model of a folder; calling it gives the text of samples (S,) at SAMPLE_RATE.

    Raises: InputError when the folder holds no such model, or it does not hear `language`.
    """

    def __init__(
        self, folder: Path, language: str, prompt: str = "", num_threads: int = 1, name: str = ""
    ):
        try:
            import ctranslate2
            from tokenizers import Tokenizer
        except ModuleNotFoundError as error:
            raise InputError(
                f"a Whisper needs the package {error.name}: run tools/setup.sh --judge"
            ) from None
        self.name = f"Whisper {name}" if name else f"Whisper {folder}"
        if not (folder / "tokenizer.json").is_file():
            raise InputError(f"{folder} holds a model.bin, but no tokenizer.json beside it")
        try:
            self._tokenizer: Any = Tokenizer.from_file(str(folder / "tokenizer.json"))
            self._model: Any = ctranslate2.models.Whisper(
                str(folder), compute_type="int8", intra_threads=num_threads
            )
        except Exception as error:  # both packages raise plain exceptions
            raise InputError(
                f"{folder} holds no Whisper that can be loaded: {error}\n"
                "a folder in the cache is made anew once it is removed"
            ) from None
        self._filters = mel_filterbank(_mel(self._model.n_mels))
        self._prompt = self._prompt_of(folder, language, prompt)

    def _prompt_of(self, folder: Path, language: str, prompt: str) -> list[int]:
        """Return the tokens before the first word: a text as context, language and task."""
        names = ["<|startoftranscript|>"]
        if self._model.is_multilingual:
            names += [f"<|{language}|>", "<|transcribe|>"]
        elif language != _ONLY:
            raise InputError(f"{folder} hears English alone, the texts are {language}")
        before = []
        if prompt:
            words = self._tokenizer.encode(" " + prompt, add_special_tokens=False).ids
            before = [*self._ids(folder, ["<|startofprev|>"]), *words[-_MOST_PROMPT:]]
        return [*before, *self._ids(folder, [*names, "<|notimestamps|>"])]

    def _ids(self, folder: Path, names: list[str]) -> list[int]:
        ids = [self._tokenizer.token_to_id(name) for name in names]
        if None in ids:
            missing = names[ids.index(None)]
            raise InputError(f"{folder}: tokenizer.json has no {missing}")
        return ids

    def __call__(self, samples_S: np.ndarray) -> str:
        import ctranslate2

        mel_1FT = np.ascontiguousarray(self._log_mel(samples_S)[None])
        (result,) = self._model.generate(
            ctranslate2.StorageView.from_array(mel_1FT), [self._prompt], beam_size=5
        )
        return self._tokenizer.decode(result.sequences_ids[0]).strip()

    def _log_mel(self, samples_S: np.ndarray) -> np.ndarray:
        """Compute Whisper's mel of 30 s, float32 (n_mels, 3000), zeros behind the samples."""
        from scipy.fft import rfft

        whole_S = np.zeros(LONGEST_SECONDS * SAMPLE_RATE, np.float32)
        whole_S[: len(samples_S)] = samples_S
        padded_S = np.pad(whole_S, _N_FFT // 2, mode="reflect")
        frames_TN = np.lib.stride_tricks.sliding_window_view(padded_S, _N_FFT)[:-1:_HOP]
        window_N = np.hanning(_N_FFT + 1)[:-1].astype(np.float32)
        power_TK = np.abs(rfft(frames_TN * window_N, axis=1)) ** 2
        log_FT = np.log10(np.maximum(self._filters @ power_TK.T, 1e-10))
        return ((np.maximum(log_FT, log_FT.max() - 8) + 4) / 4).astype(np.float32)


def _mel(num_bins: int) -> MelConfig:
    return MelConfig(SAMPLE_RATE, _N_FFT, _N_FFT, _HOP, num_bins, 0.0, SAMPLE_RATE / 2)

"""Speak with a checkpoint through PyTorch, on a CPU or a GPU."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import torch

from tts.infer.control import ALWAYS, Scales, factors, tensors, token_times
from tts.infer.reading import Reading
from tts.infer.speech import Speech
from tts.text.spoken import FrontEnd, Spoken
from tts.vocoders import vocode
from tts.voice import SpeakingOptions, Voice


class TorchVoice:
    """Speak with a trained voice and a vocoder, a Backend of tts.infer.speak.

    vocoder: what load_vocoder gives; it is moved to the device, too.

    Raises: InputError where there is no such device.
    """

    def __init__(self, voice: Voice, vocoder: Any, device: str = "cpu"):
        self.voice, self.device = voice, device
        self.model = voice.on(device)
        self.vocoder = vocoder.to(device) if hasattr(vocoder, "to") else vocoder

    @property
    def frontend(self) -> FrontEnd:
        """Return the voice's front end, built when it is first asked for."""
        return self.voice.frontend

    def say(self, spoken: Spoken, options: SpeakingOptions, scales: Scales) -> Speech:
        """Say one sentence; all noise comes from options.seed.

        Raises: InputError for tokens that the voice lacks and scales that its model does not take.
        """
        voice, tokens = self.voice, spoken.tokens
        ids, framing = voice.encode(tokens), voice.frontend_config.framing
        known = (ALWAYS, *self.model.controls)
        told = factors(options.scales, scales, len(tokens), framing, known)
        start = time.perf_counter()
        with torch.inference_mode():
            out = self.model.synthesise(
                torch.tensor([ids], device=self.device),
                torch.tensor([len(ids)], device=self.device),
                noise_scale=options.noise_scale,
                num_steps=options.num_steps,
                generator=torch.Generator(self.device).manual_seed(options.seed),
                **tensors(told, self.device),
            )
            mel_TF = out["mel_BTF"][0].float()
            samples = vocode(self.vocoder, mel_TF, options.seed)
        seconds = time.perf_counter() - start
        durations = out["durations_BL"][0].cpu().numpy()
        frame_seconds = voice.mel.hop_length / voice.mel.sample_rate
        readings = []
        if "attention_BTP" in out:
            attention_TP = out["attention_BTP"][0].float().cpu().numpy()
            readings.append(Reading.of(attention_TP, bool(out["stopped_B"][0])))
        return Speech(
            samples,
            voice.mel.sample_rate,
            spoken,
            mel_TF=mel_TF.cpu().numpy(),
            durations=durations,
            times=token_times(tokens, durations, framing, frame_seconds),
            readings=tuple(readings),
            compute_seconds=seconds,
        )

    def vocode(self, mel_TF: np.ndarray) -> Speech:
        """Turn a given natural-log mel into samples."""
        start = time.perf_counter()
        mel_TF = mel_TF.astype(np.float32)
        samples = vocode(self.vocoder, torch.from_numpy(mel_TF))
        seconds = time.perf_counter() - start
        rate = self.voice.mel.sample_rate
        return Speech(samples, rate, Spoken("", "", ()), mel_TF=mel_TF, compute_seconds=seconds)

"""Turn what an ONNX vocoder gives into samples, in numpy: a deployed voice needs no torch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from tts.mel import MelConfig


def samples_of_outputs(outputs: Sequence[np.ndarray], metadata: Mapping[str, str]) -> np.ndarray:
    """Return samples (N, S), float32.

    Args:
      outputs: audio (N, ...), or magnitude, cosine, sine (N, n_fft // 2 + 1, T) of a Vocos.
      metadata: of the file: n_fft, win_length and hop_length count for a spectrum; the runtime's
        defaults are those of MelConfig.
    """
    first, *rest = outputs
    if not rest:
        return first.reshape(len(first), -1)
    cosine, sine = rest
    n_fft = int(metadata.get("n_fft", MelConfig.n_fft))
    window = centred_hann(int(metadata.get("win_length", n_fft)), n_fft)
    return inverse_stft(
        first * (cosine + 1j * sine), window, int(metadata.get("hop_length", MelConfig.hop_length))
    )


def centred_hann(win_length: int, n_fft: int) -> np.ndarray:
    """Return the periodic Hann window with zeros on both sides: (n_fft,)."""
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(win_length) / win_length)
    left = (n_fft - win_length) // 2
    return np.pad(window, (left, n_fft - win_length - left))


def inverse_stft(spectrum_NKT: np.ndarray, window: np.ndarray, hop_length: int) -> np.ndarray:
    """Turn a complex spectrum (N, n_fft // 2 + 1, T) into samples (N, T * hop_length), float32.

    Windowed frames are added up, divided by the sum of squared windows, and cut on both sides so
    that frame t is centred on the middle of its hop ("same" framing).
    """
    n_fft, num_frames = len(window), spectrum_NKT.shape[2]
    frames_NTS = np.fft.irfft(spectrum_NKT.transpose(0, 2, 1), n_fft) * window
    squares_1TS = np.broadcast_to(window**2, (1, num_frames, n_fft))
    left = (n_fft - hop_length) // 2
    kept = slice(left, left + num_frames * hop_length)
    total, weight = (_added(x, hop_length)[:, kept] for x in (frames_NTS, squares_1TS))
    return (total / weight).astype(np.float32)


def _added(frames_NTS: np.ndarray, hop_length: int) -> np.ndarray:
    """Add frames (N, T, n_fft) up, each a hop after the one before it: (N, S)."""
    count, num_frames, n_fft = frames_NTS.shape
    hops = -(-n_fft // hop_length)
    padded = np.pad(frames_NTS, ((0, 0), (0, 0), (0, hops * hop_length - n_fft)))
    total = np.zeros((count, num_frames + hops - 1, hop_length))
    for hop in range(hops):
        total[:, hop : hop + num_frames] += padded[..., hop * hop_length : (hop + 1) * hop_length]
    return total.reshape(count, -1)

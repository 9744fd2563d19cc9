"""Draw an utterance for a page: the mel as PNG, inside an SVG with F0 and its axes."""

from __future__ import annotations

import base64
import math
import struct
import zlib
from collections.abc import Sequence

import numpy as np

from tts.evaluate.utterance import SystemUtterance

# From the floor to the loudest: paper, slate, ink; interpolated linearly.
COLOURS = ((0.0, (250, 250, 247)), (0.45, (150, 172, 190)), (0.8, (44, 74, 104)), (1, (12, 22, 38)))
# Natural-log mel drawn as paper and as ink.
FAINTEST, STRONGEST = -9.0, 1.0
# In units of the drawing, which scales as a whole with the page.
WIDTH, LEFT, RIGHT = 400, 30, 4
MEL_TOP, MEL_HEIGHT = 4, 110
F0_TOP, F0_HEIGHT = 122, 84
HEIGHT = F0_TOP + F0_HEIGHT + 18
# Pitch axes snap to these.
HERTZ = (50, 75, 100, 150, 200, 300, 400, 600, 800)


def png(values_TF: np.ndarray) -> bytes:
    """Encode a picture of values in 0..1, time to the right, the first bin at the bottom (8-bit
    palette, PNG specification, third edition).
    """
    stops, colours = zip(*COLOURS, strict=True)
    level = np.linspace(0, 1, 1 << 8)
    palette = np.stack([np.interp(level, stops, channel) for channel in zip(*colours, strict=True)])
    pixels_FT = np.rint(np.clip(values_TF, 0, 1) * (len(level) - 1)).astype(np.uint8).T[::-1]
    height, width = pixels_FT.shape
    # Each line begins with its filter: none.
    lines = np.concatenate([np.zeros((height, 1), np.uint8), pixels_FT], axis=1)
    parts = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
        (b"PLTE", np.rint(palette.T).astype(np.uint8).tobytes()),
        (b"IDAT", zlib.compress(lines.tobytes(), 9)),
        (b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, content) for kind, content in parts)


def _chunk(kind: bytes, content: bytes) -> bytes:
    """Return a PNG chunk: length, kind, content and checksum."""
    check = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)


def f0_limits(utterances: Sequence[SystemUtterance]) -> tuple[float, float]:
    """Choose a pitch axis in Hz that holds nearly all voiced frames of `utterances`, on round
    numbers.
    """
    voiced = np.concatenate([utterance.f0_T[utterance.f0_T > 0] for utterance in utterances])
    if not len(voiced):
        return 100, 400
    low, high = np.percentile(voiced, (1, 99))
    below = [hertz for hertz in HERTZ if hertz <= low] or [HERTZ[0]]
    above = [hertz for hertz in HERTZ if hertz >= high] or [HERTZ[-1]]
    return (below[-1], above[0]) if below[-1] < above[0] else (HERTZ[0], HERTZ[-1])


def drawing(
    utterance: SystemUtterance,
    recorded: SystemUtterance | None,
    longest: float,
    limits: tuple[float, float],
    label: str,
) -> str:
    """Draw an SVG element: the utterance's mel above, its F0 (and the recording's, fainter) below.

    Args:
      longest: seconds that fill the width, the same for all drawings that stand together.
      limits: of the pitch axis, see `f0_limits`.
      label: what the drawing shows, for those who cannot see it.
    """
    scale = (WIDTH - LEFT - RIGHT) / longest
    width = scale * utterance.seconds
    values_TF = (utterance.mel_TF - FAINTEST) / (STRONGEST - FAINTEST)
    picture = base64.b64encode(png(values_TF)).decode("ascii")
    parts = [
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{label}">',
        f'<image x="{LEFT}" y="{MEL_TOP}" width="{width:.1f}" height="{MEL_HEIGHT}" '
        f'preserveAspectRatio="none" href="data:image/png;base64,{picture}"/>',
        _text(LEFT - 4, MEL_TOP + MEL_HEIGHT / 2 + 4, "mel", "end"),
        *_axes(scale, longest, limits),
    ]
    if recorded is not None and utterance is not recorded:
        parts.append(_contour(recorded, scale, limits, "recorded"))
    return "".join([*parts, _contour(utterance, scale, limits, "spoken"), "</svg>"])


def _height(hertz: np.ndarray | float, limits: tuple[float, float]) -> np.ndarray:
    """Return the place of a pitch on the logarithmic axis; what lies beyond stays on its edge."""
    low, high = limits
    share = np.log(np.asarray(hertz) / low) / math.log(high / low)
    return F0_TOP + F0_HEIGHT * (1 - np.clip(share, 0, 1))


def _axes(scale: float, longest: float, limits: tuple[float, float]) -> list[str]:
    """Draw lines and numbers of pitch and time."""
    parts = []
    for hertz in (hertz for hertz in HERTZ if limits[0] <= hertz <= limits[1]):
        y = float(_height(hertz, limits))
        parts.append(f'<path class="grid" d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}"/>')
        parts.append(_text(LEFT - 4, y + 4, str(hertz), "end"))
    bottom = F0_TOP + F0_HEIGHT
    step = next(step for step in (0.5, 1, 2, 5, 10, 30, 60, 300, math.inf) if longest / step <= 8)
    for tick in range(int(longest / step) + 1):
        x = LEFT + scale * step * tick
        parts.append(f'<path class="grid" d="M{x:.1f} {bottom}v3"/>')
        if x < WIDTH - 3 * RIGHT:
            label = f"{step * tick:g}" if tick else "0 s"
            parts.append(_text(x, bottom + 14, label, "middle" if tick else "start"))
    return parts


def _text(x: float, y: float, content: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{content}</text>'


def _contour(
    utterance: SystemUtterance, scale: float, limits: tuple[float, float], kind: str
) -> str:
    """Draw the voiced stretches of F0 as one path."""
    f0_T = utterance.f0_T
    frame = scale * utterance.mel.hop_length / utterance.mel.sample_rate
    moves, before = [], -1
    for number in np.flatnonzero(f0_T > 0):
        x, y = LEFT + frame * (number + 0.5), float(_height(f0_T[number], limits))
        # A frame alone is a line of no length, which round ends make a dot.
        moves.append(f"L{x:.1f} {y:.1f}" if before == number else f"M{x:.1f} {y:.1f}h0")
        before = number + 1
    return f'<path class="{kind}" d="{"".join(moves)}"/>' if moves else ""

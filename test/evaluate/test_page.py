"""The page: well formed, nothing fetched, what cannot be seen is described, sounds intact."""

from __future__ import annotations

import base64
import io
import re
import struct
import zlib
from html.parser import HTMLParser

import numpy as np
import pytest
import soundfile
from utterances import MEL, known, tone

from tts.evaluate.page import sound, utterance, write_page
from tts.evaluate.pictures import COLOURS, drawing, f0_limits, png
from tts.evaluate.report import evaluate
from tts.evaluate.samples import Sample
from tts.evaluate.systems import Recording
from tts.evaluate.utterance import SystemUtterance

# HTML's elements without an end tag.
VOID = {"meta", "br", "img", "link", "input", "hr", "source"}


class Outline(HTMLParser):
    """Every element and its attributes; fails where end tags do not match."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open and self.open.pop() == tag, f"</{tag}> at {self.getpos()}"

    def handle_data(self, data):
        self.text += data


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """A page of two utterances, of which one is shown, and its text."""
    folder = tmp_path_factory.mktemp("page")
    samples = []
    for name, seconds in (("a<b", 0.5), ("two", 0.3)):
        path = folder / f"{len(samples)}.wav"
        soundfile.write(path, tone(seconds), MEL.sample_rate)
        samples.append(Sample(name, path, 'He said "<no>" & left.'))
    sections = []

    def show(sample, said):
        sections.append(utterance(sample, said, "en-us"))

    systems = [Recording("recording", "", MEL), Again("again & again", "", MEL)]
    rows = list(evaluate(samples, systems, folder, show=show))
    write_page(folder / "report.html", {"voice": "<x>"}, rows, sections[:1])
    return (folder / "report.html").read_text(encoding="utf-8")


class Again(Recording):
    """The recording again, as a system."""

    def say(self, sample, recorded=None):
        return super().say(sample)


def test_page_is_well_formed_and_described(page):
    outline = Outline()
    outline.feed(page)
    outline.close()
    assert not outline.open and page.startswith("<!DOCTYPE html>\n")
    elements = dict(outline.elements)
    assert elements["html"]["lang"] == "en" and "width=device-width" in elements["meta"]["content"]
    tags = [tag for tag, _ in outline.elements]
    assert tags.count("audio") == tags.count("svg") == 2 and tags.count("h3") == 1
    for tag, attributes in outline.elements:
        if tag in ("audio", "svg"):
            assert "a<b" in attributes["aria-label"]
    ids = [attributes["id"] for _, attributes in outline.elements if "id" in attributes]
    assert ids == ["a<b"]
    assert ("p", {"lang": "en-us"}) in outline.elements
    assert 'He said "<no>" & left.' in outline.text and "<x>" in outline.text


def test_page_fetches_nothing(page):
    addresses = re.findall(r'(?:src|href)="([^"]*)"', page)
    assert len(addresses) == 4 and all(address.startswith("data:") for address in addresses)
    assert not re.search(r"https?://|@import|url\(|<link|<img", page)


def test_sounds_are_exact():
    samples = tone(0.2)
    kind, _, content = sound(SystemUtterance(samples, MEL)).partition(",")
    assert kind == "data:audio/flac;base64"
    heard, rate = soundfile.read(io.BytesIO(base64.b64decode(content)))
    assert rate == MEL.sample_rate
    np.testing.assert_allclose(heard, samples, atol=2**-15)


def test_png_holds_the_picture():
    values_TF = np.linspace(0, 1, 7 * 5).reshape(7, 5)
    content = png(values_TF)
    parts, place = {}, 8
    while place < len(content):
        (length,) = struct.unpack(">I", content[place : place + 4])
        kind, data = content[place + 4 : place + 8], content[place + 8 : place + 8 + length]
        (check,) = struct.unpack(">I", content[place + 8 + length : place + 12 + length])
        assert check == zlib.crc32(kind + data)
        parts[kind], place = data, place + 12 + length
    assert struct.unpack(">IIBB", parts[b"IHDR"][:10]) == (7, 5, 8, 3)
    lines = np.frombuffer(zlib.decompress(parts[b"IDAT"]), np.uint8).reshape(5, 8)
    assert not lines[:, 0].any()
    expected = np.rint(values_TF * 255).T[::-1]
    np.testing.assert_array_equal(lines[:, 1:], expected)
    palette = np.frombuffer(parts[b"PLTE"], np.uint8).reshape(-1, 3)
    assert tuple(palette[0]) == COLOURS[0][1] and tuple(palette[-1]) == COLOURS[-1][1]


def test_png_is_what_others_read():
    image = pytest.importorskip("PIL.Image")
    picture = image.open(io.BytesIO(png(np.eye(4))))
    assert picture.size == (4, 4)
    colours = np.array(picture.convert("RGB"))
    assert tuple(colours[3, 0]) == COLOURS[-1][1] and tuple(colours[0, 0]) == COLOURS[0][1]


def test_pitch_is_drawn_where_it_is():
    f0_T = np.array([0, 100, 200, 0, 200, 0], dtype=float)
    take = known(f0_T=f0_T, mel_TF=np.zeros((6, 10)))
    limits = f0_limits([take])
    assert limits == (100, 200)
    svg = drawing(take, take, take.seconds, limits, "one")
    (path,) = re.findall(r'class="spoken" d="([^"]*)"', svg)
    assert [part[0] for part in re.findall(r"[ML][^ML]*", path)] == ["M", "L", "M"]
    heights = [float(y) for y in re.findall(r" ([\d.]+)", path)]
    assert heights[0] > heights[1] == heights[2]
    other = known(f0_T=f0_T, mel_TF=np.zeros((6, 10)))
    assert "recorded" in drawing(take, other, take.seconds, limits, "two")
    silent = known(f0_T=np.zeros(6), mel_TF=np.zeros((6, 10)))
    assert f0_limits([silent]) == (100, 400)
    assert "spoken" not in drawing(silent, silent, silent.seconds, (100, 400), "three")


@pytest.mark.parametrize("seconds", [0.1, 3, 30, 4000])
def test_any_length_has_few_ticks(seconds):
    take = known(f0_T=np.zeros(4), mel_TF=np.zeros((4, 10)))
    svg = drawing(take, take, seconds, (100, 400), "one")
    assert 5 <= svg.count("<text") <= 16

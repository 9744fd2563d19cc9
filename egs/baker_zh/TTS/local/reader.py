"""Reader of Baker: pairs of lines (id, text with #1-#4 marks; labelled pinyin), Wave/<id>.wav."""

from __future__ import annotations

import re
from pathlib import Path

from tts.align.intervals import only_tier
from tts.data.labels import check_listing, read_lines
from tts.data.utterance import Fault, Utterance
from tts.errors import InputError
from tts.text.mandarin.prosody import read_marks

LABELS = Path("ProsodyLabeling") / "000001-010000.txt"


def read(corpus_dir: Path) -> tuple[list[Utterance], list[Fault]]:
    """Every labelled sentence with its audio, and every fault of the listing."""
    lines, faults = read_lines(corpus_dir / LABELS)
    utterances: list[Utterance] = []
    position, row = -1, 0
    while row < len(lines):
        line, pinyin = lines[row], lines[row + 1] if row + 1 < len(lines) else ""
        where = f"{LABELS}, line {row + 1}"
        position += 1
        row += 2
        if line is None or pinyin is None:
            faults.append(Fault("?", "not-utf8", where, position))
            continue
        name, _tab, marked = (part.strip() for part in line.partition("\t"))
        if not re.fullmatch(r"\w+", name) or not marked:
            faults.append(Fault(name or "?", "field-count", f"{where}: not id TAB text", position))
            row -= pinyin[:1].strip() != ""  # the next line begins an entry: no pinyin line here
            continue
        if not pinyin.strip() or pinyin[0].strip():
            detail = f"{where}: no line of pinyin after the text"
            faults.append(Fault(name, "field-count", detail, position))
            row -= pinyin.strip() != ""
            continue
        utterances.append(
            Utterance(
                id=name,
                audio=corpus_dir / "Wave" / f"{name}.wav",
                text=read_marks(marked).text,
                position=position,
                pinyin=tuple(pinyin.split()),
                prosody=marked,
                phones=_phones(corpus_dir / "PhoneLabeling" / f"{name}.interval", name, faults),
            )
        )
    kept, listing_faults = check_listing(utterances, corpus_dir / "Wave")
    return kept, faults + listing_faults


def _phones(path: Path, name: str, faults: list[Fault]) -> tuple | None:
    """Phone intervals where the file exists; a damaged file costs only the intervals."""
    if not path.is_file():
        return None
    try:
        return tuple((item.start, item.end, item.label) for item in only_tier(path))
    except InputError as error:
        faults.append(Fault(name, "bad-intervals", str(error)))
        return None

#!/usr/bin/env python3
"""How many sentences reach the sherpa-onnx runtimes as predicted, and why the others do not.

    tools/score_runtime.py                  the report, by front end and version
    tools/score_runtime.py --kinds zh zh-en
    tools/score_runtime.py --write          also rewrite test/runtime/expected_differences.toml

The sentences are those of test/runtime, given as raw text with the exported lexicon. --write
keeps the reasons of entries that still hold and names the likely cause of new ones; read what
it wrote. Needs the runtimes (tools/install_runtimes.sh).
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter, defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "test"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "test" / "runtime"))

from equality import TABLE, Compared, compare, expected
from kinds import KINDS, write_job

from tts.config import Parser, read_toml, write_toml
from tts.errors import run_script

CASE = "Latin words with capitals are skipped: 1.13 looks a word up as written"
LACKING = "a Latin word that the lexicon lacks is skipped; one made with a corpus has its words"
SEMICOLON = "a full-width semicolon ends a run in 2.x and is lost"
ELLIPSIS = "each … becomes three full stops in 2.x before the lexicon is asked"
QUOTE = "a pause beside a quote is lost in 1.13, whose quotes are blanks in the lexicon"
SPACE = "2.x sends a token for the space of a text, which the published table has"
MARKS = "a mark is read by the runtime's own rules"
THIRD = "third tones across words: a longest match joins other words than the front end"
ONE_NOT = "一 or 不 before a word that no entry of the lexicon joins it with"
TONE = "a neutral or changed tone that depends on neighbouring words"
READING = "a character of several readings: context decides here, the longest match there"
ENGLISH = "a word of several pronunciations: context decides here, the lexicon knows one"
BLANKS = "quotes are blanks in the lexicon, so that no token unknown to training is sent"
PAUSES = (",", ".", "!", "?")


def causes(name: str, version: str, item: Compared) -> str:
    """The likely causes of a difference, from what differs."""
    if name.startswith("en"):
        return _english_cause(item)
    found = []
    text = item.text
    ours, theirs = ([t for t in s.split() if t not in PAUSES] for s in _both(item))
    if "   " in item.arrives:
        found.append(SPACE)
    latin = any(c.isascii() and c.isalpha() for c in text)
    if latin and len(ours) != len(theirs):
        capital = any(c.isascii() and c.isupper() for c in text)
        found.append(CASE if capital and version.startswith("1.") else LACKING)
    marks = [[t for t in s.split() if t in PAUSES] for s in _both(item)]
    if marks[0] != marks[1]:
        newer = version.startswith("2")
        if newer and "；" in text:
            found.append(SEMICOLON)
        elif newer and "…" in text:
            found.append(ELLIPSIS)
        elif any(c in text for c in "“”‘’"):
            found.append(QUOTE)
        else:
            found.append(MARKS)
    if len(ours) == len(theirs):
        pairs = [(a, b) for a, b in zip(ours, theirs, strict=True) if a != b]
        found += sorted({_tone_cause(a, b) for a, b in pairs})
    return "; ".join(found) or MARKS


def _both(item: Compared) -> tuple[str, str]:
    return item.predicted, item.arrives


def _tone_cause(ours: str, theirs: str) -> str:
    if ours.rstrip("12345") != theirs.rstrip("12345"):
        return READING
    if ours.rstrip("124") in ("yi", "bu"):
        return ONE_NOT
    return THIRD if {ours[-1], theirs[-1]} == {"2", "3"} else TONE


def _english_cause(item: Compared) -> str:
    ours, theirs = (Counter(s.replace(" ", "")) for s in _both(item))
    missing = sum((ours - theirs).values()) - sum((theirs - ours).values())
    return LACKING.replace("Latin ", "") if missing > 3 else ENGLISH


def reasons(name: str, version: str, found: list[Compared]) -> dict[str, str]:
    """Why sentences differ: as the table says where it still holds, else the likely causes."""
    known = expected(name, version)
    result = {}
    for item in found:
        if not item.equal:
            arrives, reason = known.get(item.text, ("", ""))
            kept = arrives == item.arrives
            result[item.text] = reason if kept else causes(name, version, item)
    return result


def report(name: str, version: str, found: list[Compared]) -> None:
    """Print how many are equal, and the causes of the others with their counts."""
    different = reasons(name, version, found)
    print(f"{name:20} {version:8} {len(found) - len(different):4} of {len(found)} equal")
    for reason, count in Counter(different.values()).most_common():
        print(f"{'':29} {count:4}  {reason}")


def write_table(results: dict[tuple[str, str], list[Compared]]) -> None:
    """Rewrite the table; kinds in other units than another one's stand there with it."""
    versions: dict[tuple[str, str, str, str], list[str]] = defaultdict(list)
    blanks: dict[tuple[str, str], list[str]] = defaultdict(list)
    for (name, version), found in results.items():
        if KINDS[name].same_as:
            continue
        different = reasons(name, version, found)
        for item in found:
            if not item.equal:
                reason = different[item.text]
                versions[name, reason, item.text, item.arrives].append(version)
            if not item.framed:
                blanks[name, item.text].append(version)
    groups: dict[tuple, dict[str, str]] = defaultdict(dict)
    for (name, reason, text, arrives), of in versions.items():
        groups[name, tuple(of), reason][text] = arrives
    framing: dict[tuple, list[str]] = defaultdict(list)
    for (name, text), of in blanks.items():
        framing[name, tuple(of)].append(text)
    entries = [
        {"kind": name, "versions": list(of), "reason": reason, "arrives": arrives}
        for (name, of, reason), arrives in sorted(groups.items())
    ]
    more = [
        {"kind": name, "versions": list(of), "reason": BLANKS, "texts": texts}
        for (name, of), texts in sorted(framing.items())
    ]
    asked = {name for name, _ in results}
    old = {key: [e for e in of if e["kind"] not in asked] for key, of in read_toml(TABLE).items()}
    head = TABLE.read_text(encoding="utf-8").split("\n\n")[0]
    new = {
        "difference": old.get("difference", []) + entries,
        "more_blanks": old.get("more_blanks", []) + more,
    }
    write_toml(TABLE, {key: sorted(of, key=lambda e: e["kind"]) for key, of in new.items()})
    TABLE.write_text(f"{head}\n\n{TABLE.read_text(encoding='utf-8')}", encoding="utf-8")


def main() -> None:
    parser = Parser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--write", action="store_true", help="rewrite the table of differences")
    arguments = parser.parse_args()
    results = {}
    for name in arguments.kinds:
        with tempfile.TemporaryDirectory() as folder:
            job = write_job(name, Path(folder))
            for version in KINDS[name].raw:
                found = compare(name, version, job, Path(folder))
                results[name, version] = found
                report(name, version, found)
    if arguments.write:
        write_table(results)


if __name__ == "__main__":
    run_script(main)

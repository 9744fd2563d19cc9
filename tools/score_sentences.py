"""Score how words and characters in context are said: right and total by kind, and the failures.

    python3 tools/score_sentences.py en test/text/heteronyms_fresh.tsv
    python3 tools/score_sentences.py zh test/text/polyphones_fresh.tsv

A line for en: sentence, word, name of its reading, ARPAbet; right is what agrees in consonants,
the stressed vowel and the place of the main stress. A line for zh: sentence, the character or its
index (from 0), pinyin as spoken (several stand between ` | `, 5 is the neutral tone), kind.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tts.errors import InputError, run_script
from tts.text.arpabet import to_ipa
from tts.text.frontend import FrontEnd, FrontEndConfig, build_frontend

CONFIGS = {"en": FrontEndConfig(), "zh": FrontEndConfig("zh", "pinyin", "syllable")}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("language", choices=CONFIGS, help="en or zh")
    parser.add_argument("table", type=Path, help="sentences with what is right")
    arguments = parser.parse_args()
    frontend = build_frontend(CONFIGS[arguments.language])
    judge = judge_word if arguments.language == "en" else judge_character
    right, total, failures = Counter(), Counter(), []
    for row in read_rows(arguments.table):
        kind, wanted, found, agree = judge(frontend, *row)
        total[kind] += 1
        right[kind] += agree
        if not agree:
            failures.append(f"{kind}: {row[0]} [{row[1]}]: wanted {wanted}, found {found}")
    for kind in total:
        print(f"{kind:12} {right[kind]:3} of {total[kind]:3}")
    share = 100 * right.total() / max(total.total(), 1)
    print(f"{'all':12} {right.total():3} of {total.total():3} = {share:.1f} %")
    print(*failures, sep="\n")


def read_rows(path: Path) -> list[list[str]]:
    """Rows of four columns. Raises: InputError for any other line."""
    if not path.is_file():
        raise InputError(f"table {path} does not exist; ours are test/text/*_fresh.tsv")
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
    for number, row in enumerate(rows, 1):
        if len(row) != 4:
            raise InputError(f"{path}:{number}: {len(row)} columns, wanted 4")
    return rows


def judge_word(
    frontend: FrontEnd, text: str, word: str, name: str, phones: str
) -> tuple[str, str, str, bool]:
    """Whether the first `word` of `text` is said as `phones`."""
    wanted = "".join(to_ipa(phones.split()))
    said = ["".join(w.tokens) for w in frontend(text).words if w.text.lower() == word]
    found = said[0] if said else "(not there)"
    return name, wanted, found, skeleton(found) == skeleton(wanted)


def skeleton(ipa: str) -> str:
    """Consonants, the main stress and its vowel; other vowels as one sign."""
    kept = re.sub("[ːˌ]", "", ipa)
    stressed = re.search("ˈ[^bdfɡhjklmnŋpɹsʃtθðvwzʒ]*", kept)
    weak = "[aæɑɒeəɛɜɚiɪoɔuʊʌ]+"
    if not stressed:
        return kept if len(re.findall(weak, kept)) < 2 else re.sub(weak, "V", kept)
    before, after = kept[: stressed.start()], kept[stressed.end() :]
    signs = {"ɚ": "Vɹ"}
    plain = [
        re.sub(weak, "V", "".join(signs.get(sound, sound) for sound in part))
        for part in (before, after)
    ]
    return plain[0] + stressed[0] + plain[1]


def judge_character(
    frontend: FrontEnd, text: str, where: str, wanted: str, kind: str
) -> tuple[str, str, str, bool]:
    """Whether the character of `text` is said so; digits as `where` are its index."""
    index = int(where) if where.isascii() and where.isdigit() else text.index(where)
    said: list[str] = []
    for word in frontend(text).words:
        hanzi = bool(re.fullmatch("[一-鿿]+", word.text))
        said += word.tokens if hanzi else [""] * len(word.text)
    found = said[index] if len(said) == len(text) else f"{len(said)} readings"
    found += "" if found[-1:].isdigit() else "5"
    return kind, wanted, found, found in wanted.split(" | ")


if __name__ == "__main__":
    run_script(main)

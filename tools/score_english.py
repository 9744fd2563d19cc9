"""Score the English front end: letter to sound, heteronyms, coverage of a corpus's texts.

    python3 tools/score_english.py [--metadata metadata.csv]

Letter to sound is measured on the 2,000 words of the dictionary that its model was not trained
on, without stress: the model alone, and with the rules for derived words and compounds before
it, as the front end uses it (the held-out words being taken out of the dictionary). Heteronyms
are those of test/text; coverage is of the lines `id|text|normalised text` of --metadata.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tts.config import Parser
from tts.errors import InputError, run_script

ROOT = Path(__file__).resolve().parents[1]
SENTENCES = ("heteronyms.tsv", "heteronyms_heldout.tsv")
LISTED = 40


def main() -> None:
    parser = Parser(description=__doc__.splitlines()[0])
    parser.add_argument("--metadata", type=Path, help="texts whose coverage to print")
    arguments = parser.parse_args()
    if arguments.metadata and not arguments.metadata.is_file():
        raise InputError(f"--metadata {arguments.metadata} does not exist")
    letter_to_sound()
    heteronyms()
    if arguments.metadata:
        coverage(arguments.metadata.read_text(encoding="utf-8").splitlines())


def letter_to_sound() -> None:
    """Errors on the held-out words."""
    from letter_model.training import held_out

    from tts.evaluate.pronunciation import phone_errors
    from tts.text.english.dictionary import pronunciations, published
    from tts.text.english.letters import letters_to_phones
    from tts.text.english.pronounce import unknown_phones

    words = held_out(published())
    hidden = set(words)
    rest = {word: said for word, said in published().items() if word not in hidden}
    first = [[published()[word].split()] for word in words]
    every = list(pronunciations(words).values())
    alone = [letters_to_phones(word) for word in words]
    both = [unknown_phones(word, rest) for word in words]
    print(f"letter to sound, {len(words)} held-out words of the dictionary")
    for name, said in (("model alone", alone), ("derivation rules, then the model", both)):
        print(f"  {name:34} {phone_errors(said, first)}")
        print(f"  {'  nearest of its pronunciations':34} {phone_errors(said, every)}")


def heteronyms() -> None:
    """Right readings in our sentences."""
    from tts.text.english.frontend import LexiconFrontEnd
    from tts.text.english.heteronyms import reading_in
    from tts.text.spoken import FrontEndConfig

    frontend = LexiconFrontEnd(FrontEndConfig())
    for name in SENTENCES:
        lines = (ROOT / "test" / "text" / name).read_text(encoding="utf-8").splitlines()
        wrong = []
        for line in lines:
            sentence, word, expected = line.split("\t")
            got = reading_in(frontend(sentence).normalized, word)
            if got != expected:
                wrong.append(f"  {word} as {got}, not {expected}: {sentence}")
        share = 100 * (1 - len(wrong) / len(lines))
        print(
            f"heteronyms, {name}: {len(lines) - len(wrong)} of {len(lines)} right ({share:.1f} %)"
        )
        print("\n".join(wrong), end="\n" if wrong else "")


def coverage(lines: list[str]) -> None:
    """Where the words of a corpus come from, how fast, and what no dictionary knows."""
    from tts.text.english.frontend import LexiconFrontEnd
    from tts.text.spoken import FrontEndConfig

    frontend = LexiconFrontEnd(FrontEndConfig())
    texts = [line.split("|")[1] for line in lines if line.count("|") >= 1]
    frontend("Warm up.")
    start = time.perf_counter()
    spoken = [frontend(text) for text in texts]
    seconds = time.perf_counter() - start
    sources: Counter[str] = Counter()
    unknown: Counter[tuple[str, str, str]] = Counter()
    for said in spoken:
        for word in said.words:
            if word.source in ("space", "punctuation"):
                continue
            sources[word.source] += 1
            if word.source in ("rule", "fallback", "spelled") and "".join(word.tokens):
                unknown[word.text.lower(), word.source, "".join(word.tokens)] += 1
    total = sum(sources.values())
    print(f"coverage: {len(texts)} texts, {total} words, {len(texts) / seconds:.0f} texts a second")
    for source, count in sources.most_common():
        print(f"  {source:12} {count:8} {100 * count / total:7.3f} %")
    from tts.text.english.heteronyms import readings

    rare = [(key, n) for key, n in unknown.most_common() if key[0] not in readings()]
    print(f"the {LISTED} most frequent of {len(rare)} words that the dictionary lacks")
    for (word, source, said), count in rare[:LISTED]:
        print(f"  {count:5} {word:20} {source:9} {said}")


if __name__ == "__main__":
    run_script(main)

"""Which ids a runtime gets for a text, which we predict, and what is known to differ."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from harness import arrived, speak
from kinds import HERE, KINDS, config_of, sentences

from tts.config import read_toml
from tts.infer.long_text import say_sentences
from tts.text.frontend import build_frontend
from tts.text.mandarin.pinyin import pinyin_table, syllable_tokens
from tts.text.tokens import TokenTable

TABLE = HERE / "expected_differences.toml"


@dataclass(frozen=True)
class Compared:
    """A sentence: the tokens predicted, those that arrive (runs joined, without blanks), and
    whether each run is framed as in training.
    """

    text: str
    predicted: str
    arrives: str
    framed: bool

    @property
    def equal(self) -> bool:
        return self.predicted == self.arrives


def compare(name: str, version: str, job: dict, folder: Path) -> list[Compared]:
    """Every sentence of a kind as raw text through a runtime with the exported lexicon.

    job: what write_job made of the kind.
    """
    frontend = build_frontend(config_of(name))
    texts = sentences(name)
    # No version normalises English, and 1.13 finds English words in lower case only.
    english = frontend.config.language == "en-us"
    texts_sent = [frontend.normalize(text) if english else text for text in texts]
    job = {**job, "texts": texts_sent}
    spoken = speak(version, folder, job)
    runs = [arrived(item["samples"]) for item in spoken]
    return compared(name, texts, runs)


def compared(name: str, texts: list[str], runs: list[list[list[int]]]) -> list[Compared]:
    """Predicted and arrived tokens of texts, from the runs of ids of each."""
    frontend = build_frontend(config_of(name))
    table, framing = frontend.token_table(), frontend.config.framing
    result = []
    for text, of_text in zip(texts, runs, strict=True):
        # Through ids and back: what training would give the model. All but long texts are one.
        said, _ = say_sentences(text, frontend)
        ids = table.encode([token for spoken in said for token in spoken.tokens], framing)
        predicted, got = (" ".join(tokens_of(r, table)) for r in ([ids], of_text))
        framed = [table.encode(tokens_of([run], table), framing) for run in of_text]
        result.append(Compared(text, predicted, got, bool(of_text) and framed == of_text))
    return result


def tokens_of(runs: list[list[int]], table: TokenTable) -> list[str]:
    """Runs joined, blanks and the marks around each run removed, as symbols."""
    symbols = {token_id: symbol for symbol, token_id in table.symbols.items()}
    return [symbols[i] for run in runs for i in run if symbols[i] not in ("_", "^", "$")]


def expected(name: str, version: str) -> dict[str, tuple[str, str]]:
    """Sentences that are known to arrive otherwise: what arrives and the reason."""
    found = {}
    for entry in read_toml(TABLE).get("difference", []):
        if entry["kind"] == (KINDS[name].same_as or name) and version in entry["versions"]:
            for text, arrives in entry["arrives"].items():
                found[text] = (_in_unit(arrives, KINDS[name].config.unit), entry["reason"])
    return found


def more_blanks(name: str, version: str) -> set[str]:
    """Sentences whose runs hold blanks beyond those of training."""
    return {
        text
        for entry in read_toml(TABLE).get("more_blanks", [])
        if entry["kind"] == (KINDS[name].same_as or name) and version in entry["versions"]
        for text in entry["texts"]
    }


def _in_unit(arrives: str, unit: str) -> str:
    """What arrives according to the table, in the unit of a kind derived from another.

    The table of initials and finals has no token for a space.
    """
    if unit != "initial_final":
        return arrives
    syllables = pinyin_table("syllable").symbols
    parts = []
    for token in arrives.split():
        is_syllable = token in syllables and token.isalnum()
        parts += syllable_tokens(token, unit) if is_syllable else (token,)
    return " ".join(parts)

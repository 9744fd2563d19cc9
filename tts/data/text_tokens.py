"""Choose the front end of a recipe, and write the tokens of its utterances."""

from __future__ import annotations

import dataclasses
import functools
from collections import Counter
from collections.abc import Sequence
from typing import Any

from tts.config import from_dict, option, read_toml, to_dict, write_toml
from tts.data.corpus import Fault, Recipe
from tts.data.manifests import write_faults
from tts.data.parallel import parallel_map
from tts.data.text_models import with_models
from tts.errors import InputError
from tts.files import read_jsonl, write_jsonl
from tts.text.frontend import build_frontend, check_config, with_defaults, with_symbols
from tts.text.spoken import AlignmentError, FrontEndConfig
from tts.text.user_lexicon import with_user_lexicon

TEXTS_PER_PART = 100


@dataclasses.dataclass(frozen=True)
class FrontEndChoice:
    """Hold command-line choices; an empty one keeps what corpus.toml says."""

    language: str = option("", "zh_en: Mandarin whose English words are said in English")
    frontend: str = option("", "lexicon or espeak (English), pinyin (Mandarin), phones")
    unit: str = option("", "phone, bpe (English); syllable, initial_final, bpe (Mandarin)")
    framing: str = option("", "blank; runtime or reference with espeak")
    pinyin: str = option("", "Mandarin training: labelled or predicted")
    vocab_size: int = option(0, "number of pieces with --unit bpe")
    prosody: bool = option(False, "Mandarin: 1 adds the prosody marks #1 to #4 as tokens")
    erhua: str = option("", "Mandarin: split (hui4 er) or fused (huir4)")
    user_lexicon: str = option("", "file of lines `word pronunciation`, kept with the voice")
    symbols: str = option("", "phones: file of the symbols; empty: those of the corpus's texts")
    train_models: bool = option(True, "0: rules in the place of models learned from labels")


def choose(recipe: Recipe, choice: FrontEndChoice) -> FrontEndConfig:
    """Return corpus.toml's front end with the user's choices over it; models are still to train.

    With another front end than the recipe's, unit and framing are its usual ones.
    """
    given = {key: value for key, value in to_dict(choice).items() if value}
    given.pop("train_models", None)
    user_lexicon, symbols = given.pop("user_lexicon", None), given.pop("symbols", None)
    facts = {"language": recipe.config.language, **recipe.config.frontend}
    config = from_dict(FrontEndConfig, with_defaults(facts, given), "front end")
    if config.unit == "bpe" and config.vocab_size <= 0:
        raise InputError("--unit bpe needs --vocab-size N, for example --vocab-size 500")
    config = with_symbols(config, symbols)
    if config.unit != "bpe" or config.prosody or config.erhua != "split":
        check_config(config)  # a bpe model is not there yet
    return with_user_lexicon(config, user_lexicon)


def write_frontend(recipe: Recipe, config: FrontEndConfig, train: bool = True) -> None:
    """Write data/frontend.toml and data/tokens.txt; learn what is to be learned first."""
    config = with_models(recipe, config, train)
    table = build_frontend(config).token_table()
    table.write(recipe.data / "tokens.txt")
    write_toml(recipe.data / "frontend.toml", to_dict(config))
    print(f"{len(table.symbols)} symbols in {recipe.data / 'tokens.txt'}")


def read_frontend(recipe: Recipe) -> FrontEndConfig:
    """Read the front end that stage 2 stored with the data."""
    path = recipe.data / "frontend.toml"
    return from_dict(FrontEndConfig, read_toml(path), str(path))


def write_token_cuts(recipe: Recipe, num_jobs: int) -> None:
    """Add tokens and normalised text to every cut; list what cannot be said.

    Files: <name>_cuts.jsonl.gz, <name>_token_faults.jsonl (symbols outside the table, texts
    without tokens) and <name>_text_problems.jsonl (what the front end dropped, where).
    """
    config = read_frontend(recipe)
    cuts = list(read_jsonl(recipe.manifest("cuts_raw.jsonl.gz")))
    items = [cut["supervisions"][0] for cut in cuts]
    parts = [
        items[start : start + TEXTS_PER_PART] for start in range(0, len(items), TEXTS_PER_PART)
    ]
    results = parallel_map(
        functools.partial(say_all, config=config), parts, num_jobs, "tokens", len, len(items)
    )
    said = [result for part in results for result in part]
    faults, problems, warnings = [], [], []
    for cut, item in zip(cuts, said, strict=True):
        position = cut["supervisions"][0]["custom"]["position"]
        cut["supervisions"][0]["custom"].setdefault("normalized_text", item["normalized"])
        cut["custom"] = {"tokens": item["tokens"]}
        if item["unknown"]:
            detail = f"symbols outside the token table: {' '.join(item['unknown'])}"
            faults.append(Fault(cut["id"], "unknown-token", detail, position))
        elif not item["spoken"]:
            faults.append(
                Fault(cut["id"], "no-tokens", "nothing in the text can be said", position)
            )
        problems += [{"id": cut["id"], **problem} for problem in item["problems"]]
        if item["warning"]:
            warnings.append(f"{cut['id']}: {item['warning']}; predicted pinyin is used")
    write_faults(recipe.manifest("token_faults.jsonl"), faults)
    write_jsonl(recipe.manifest("text_problems.jsonl"), problems)
    write_jsonl(recipe.manifest("cuts.jsonl.gz"), cuts)
    _report(recipe, said, faults, problems, warnings)


def _report(recipe: Recipe, said: list, faults: list, problems: list, warnings: list[str]) -> None:
    """Print what the user should know about the texts."""
    for warning in warnings[:10]:
        print(f"warning: {warning}")
    if len(warnings) > 10:
        print(f"warning: and {len(warnings) - 10} more whose labels do not align with the text")
    sources = Counter(source for item in said for source in item["sources"])
    total = sum(sources.values())
    shares = ", ".join(f"{name} {count}" for name, count in sources.most_common())
    print(f"{len(said)} texts, {total} words ({shares}), {len(faults)} cannot be used")
    if problems:
        where = recipe.manifest("text_problems.jsonl")
        print(f"{len(problems)} places were dropped or could not be said; list in {where}")


@functools.lru_cache(maxsize=2)
def _frontend(config: FrontEndConfig) -> tuple[Any, Any]:
    """Build one front end and its table a process."""
    frontend = build_frontend(config)
    return frontend, frontend.token_table()


def say_all(supervisions: Sequence[dict], config: FrontEndConfig) -> list[dict[str, Any]]:
    """Say the texts of `supervisions` as training wants them said, as plain values."""
    return [_say(item, config) for item in supervisions]


def _say(item: dict, config: FrontEndConfig) -> dict[str, Any]:
    frontend, table = _frontend(config)
    custom, warning = item["custom"], ""
    spoken, text = None, custom.get("normalized_text", item["text"])
    if config.pinyin == "labelled" and custom.get("pinyin") and hasattr(frontend, "from_labels"):
        try:
            labels = list(custom["pinyin"])
            spoken = frontend.from_labels(text, custom.get("prosody", text), labels)
        except AlignmentError as error:
            warning = " ".join(str(error).split())
    if spoken is None:
        spoken = frontend(text)
    return {
        "tokens": spoken.tokens,
        "normalized": spoken.normalized,
        "unknown": table.unknown(spoken.tokens),
        "spoken": any(
            word.tokens and word.source not in ("punctuation", "space") for word in spoken.words
        ),
        "problems": [vars(problem) for problem in spoken.problems],
        "sources": [word.source for word in spoken.words],
        "warning": warning,
    }

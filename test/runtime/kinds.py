"""The front ends that are compared with the runtimes, their sentences and their files."""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from conftest import made_once, rule_fsts
from harness import VERSIONS, write_identity

from tts.mel import MelConfig
from tts.text.bpe import pack_bpe, train_bpe
from tts.text.frontend import build_frontend, metadata_flags
from tts.text.lexicon import write_lexicon
from tts.text.spoken import FrontEndConfig

HERE = Path(__file__).parent
MEL = MelConfig()
NEWER = VERSIONS[1:]
OLDER = VERSIONS[:1]
SYLLABLE = FrontEndConfig("zh", "pinyin", "syllable")
INITIAL_FINAL = replace(SYLLABLE, unit="initial_final")
# IPA, X-SAMPA and ARPAbet, with what runtimes part, fold or read as punctuation.
PHONES = FrontEndConfig(
    "phones",
    "phones",
    symbols="! #1 , . 3: 6 : ; <b> ? @ AA1 E N O R S Z a aɪ a˥ a˩ b d e g h i j k l m n n_= n̩ oː p "
    "p_h q r\\ s t tʃ tʰ t͡ʃ u w x y z { | ø ŋ ɛ̃ ɜː ʔ ˈa ˌo …",
)
PIECES = {"en-bpe": 300, "zh-bpe": 1100}
# What a package's README gives 2.x, so that it does not cut sentences after 20 words.
UNCUT = {"max_words_in_sentence": "1000"}


@dataclass(frozen=True)
class Kind:
    """A front end with its sentences.

    raw: the versions that are given the text itself, with the exported lexicon; the ids that
    arrive are compared as docs/decisions.md says. exact: the versions in which the helper
    makes every id arrive. same_as: the kind whose expected differences hold here in other units.
    rule: the text goes through the front end's rule FSTs as well, which a package carries.
    """

    config: FrontEndConfig
    sentences: str
    raw: tuple[str, ...]
    exact: tuple[str, ...]
    same_as: str = ""
    rule: bool = False


KINDS = {
    "zh": Kind(SYLLABLE, "zh", VERSIONS, VERSIONS),
    "zh-initial-final": Kind(INITIAL_FINAL, "zh", VERSIONS, VERSIONS, "zh"),
    "zh-rule": Kind(SYLLABLE, "zh", VERSIONS, (), rule=True),
    "zh-initial-final-rule": Kind(INITIAL_FINAL, "zh", VERSIONS, (), "zh-rule", rule=True),
    "zh-bpe": Kind(replace(SYLLABLE, unit="bpe"), "zh", (), VERSIONS),
    "zh-numbers": Kind(SYLLABLE, "zh_numbers", (), VERSIONS),
    "zh-numbers-rule": Kind(SYLLABLE, "zh_numbers", VERSIONS, (), rule=True),
    "zh-en": Kind(replace(SYLLABLE, language="zh_en"), "zh_en", VERSIONS, VERSIONS),
    "zh-en-initial-final": Kind(
        replace(INITIAL_FINAL, language="zh_en"), "zh_en", VERSIONS, VERSIONS, "zh-en"
    ),
    "zh-en-rule": Kind(replace(SYLLABLE, language="zh_en"), "zh_en", VERSIONS, (), rule=True),
    "phones": Kind(PHONES, "phones", VERSIONS, VERSIONS, rule=True),
    "en-lexicon": Kind(FrontEndConfig(), "en", NEWER, NEWER),
    "en-bpe": Kind(FrontEndConfig(unit="bpe"), "en", NEWER, NEWER),
    "en-characters": Kind(FrontEndConfig(unit="characters"), "en", (), NEWER),
    "en-espeak": Kind(FrontEndConfig(frontend="espeak", framing="runtime"), "en", OLDER, VERSIONS),
}
RAW = [(name, version) for name, kind in KINDS.items() for version in kind.raw]
EXACT = [(name, version) for name, kind in KINDS.items() for version in kind.exact]


def sentences(name: str) -> list[str]:
    """The sentences of a kind, all of them ours."""
    path = HERE / f"sentences_{KINDS[name].sentences}.txt"
    return path.read_text(encoding="utf-8").splitlines()


@functools.cache
def config_of(name: str) -> FrontEndConfig:
    """The configuration of a kind; pieces of bpe are learned from its sentences."""
    config = KINDS[name].config
    if config.unit != "bpe":
        return config
    plain = build_frontend(replace(config, unit="phone" if name == "en-bpe" else "syllable"))
    model = train_bpe(map(plain.normalize, sentences(name)), PIECES[name])
    return replace(config, vocab_size=PIECES[name], bpe_model=pack_bpe(model))


def espeak_data() -> Path:
    """The folder espeak-ng-data that the wheel of the optional English front end carries."""
    for package in ("piper_phonemize", "tacotron_cleaner"):
        pytest.importorskip(package, reason="requirements-espeak.txt is not installed")
    package = pytest.importorskip("piper_phonemize")
    return Path(package.__file__).parent / "espeak-ng-data"


def metadata_of(config: FrontEndConfig) -> dict[str, str]:
    """What an exported acoustic model says of itself."""
    facts = {"model_type": "matcha-tts", "version": "1", "n_speakers": "1", "num_ode_steps": "1"}
    return {**facts, "sample_rate": str(MEL.sample_rate), **metadata_flags(config)}


def write_files(name: str, folder: Path, texts: tuple[str, ...] = ()) -> dict:
    """A job of harness.speak without models: token table, and lexicon or espeak's data.

    texts: what the lexicon is made with beside.
    """
    frontend = build_frontend(config_of(name))
    table = frontend.token_table()
    job = {"tokens": folder / "tokens.txt"}
    table.write(job["tokens"])
    if name == "en-espeak":
        job["data_dir"] = espeak_data()
    else:
        facts = frontend.config, texts
        job["lexicon"] = made_once("lexicon", facts, functools.partial(_write_lexicon, *facts))
        job["lexicon"] /= "lexicon.txt"
    if KINDS[name].rule:
        job["rule_fsts"] = ",".join(map(str, rule_fsts(frontend.config)))
        assert job["rule_fsts"]
    return job


def _write_lexicon(config: FrontEndConfig, texts: tuple[str, ...], folder: Path) -> None:
    frontend = build_frontend(config)
    write_lexicon(folder / "lexicon.txt", frontend.lexicon(texts), frontend.token_table())


def write_job(name: str, folder: Path, texts: tuple[str, ...] = ()) -> dict:
    """A job whose models send back the ids that arrive."""
    job = write_files(name, folder, texts)
    write_identity(folder, metadata_of(config_of(name)), MEL.sample_rate)
    job["acoustic_model"] = folder / "identity.onnx"
    job["vocoder"] = folder / "identity_vocoder.onnx"
    return job

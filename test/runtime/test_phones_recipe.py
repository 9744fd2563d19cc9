"""A recipe whose texts are phones: from its texts to a package that both runtimes speak."""

from __future__ import annotations

import pytest
from harness import VERSIONS, arrived, need_runtime, speak, write_identity
from kinds import MEL, metadata_of

from tts.data.corpus import CorpusConfig, Recipe
from tts.data.text_models import needs_labels
from tts.data.text_tokens import FrontEndChoice, choose, read_frontend, write_frontend
from tts.data.text_tokens import write_token_cuts as write_cuts
from tts.export.package import assemble
from tts.export.parts import VOCODER, Parts
from tts.files import read_jsonl, write_jsonl
from tts.text.frontend import build_frontend
from tts.text.lexicon import write_lexicon
from tts.text.tokens import TokenTable

TEXTS = ["b ɔ̃ ʒ u ʁ , l ə | m ɔ̃ d .", "ɛ l | e | b ɛ l !", "S i s"]


@pytest.fixture(scope="module")
def recipe(tmp_path_factory):
    """Stages 2 to 4 of a recipe that states its language and nothing else of its front end."""
    work = tmp_path_factory.mktemp("recipe")
    config = CorpusConfig(name="mine", folder="mine", language="phones", toy_layout="")
    recipe = Recipe(config, work, work, work)
    items = [
        {"id": f"u{n}", "text": text, "custom": {"position": n}} for n, text in enumerate(TEXTS)
    ]
    write_jsonl(recipe.manifest("supervisions.jsonl.gz"), items)
    cuts = [{"id": item["id"], "supervisions": [item]} for item in items]
    write_jsonl(recipe.manifest("cuts_raw.jsonl.gz"), cuts)
    chosen = choose(recipe, FrontEndChoice())
    assert (chosen.frontend, chosen.unit, chosen.framing) == ("phones", "phone", "blank")
    assert needs_labels(chosen, train=False)
    write_frontend(recipe, chosen)
    write_cuts(recipe, 1)
    return recipe


def test_stages_2_to_4(recipe):
    table = TokenTable.read(recipe.data / "tokens.txt")
    assert list(table.symbols) == [
        "_",
        "!",
        ",",
        ".",
        "S",
        "b",
        "d",
        "e",
        "i",
        "l",
        "m",
        "s",
        "u",
        "|",
        "ɔ̃_0",
        "ə",
        "ɛ",
        "ʁ",
        "ʒ",
    ]
    cuts = list(read_jsonl(recipe.manifest("cuts.jsonl.gz")))
    assert cuts[0]["custom"]["tokens"][:2] == ["b", "ɔ̃_0"]
    assert not list(read_jsonl(recipe.manifest("token_faults.jsonl")))
    stored = read_frontend(recipe)
    assert not needs_labels(stored, train=True)  # the table never changes afterwards
    assert build_frontend(stored).token_table() == table


@pytest.mark.runtime
@pytest.mark.parametrize("version", VERSIONS)
def test_package_speaks_in_both_ways(recipe, version, tmp_path):
    need_runtime(version)
    config = read_frontend(recipe)
    frontend = build_frontend(config)
    table = frontend.token_table()
    write_identity(tmp_path, metadata_of(config), MEL.sample_rate)
    (tmp_path / "identity.onnx").rename(tmp_path / "model-steps-1.onnx")
    write_lexicon(tmp_path / "lexicon.txt", frontend.lexicon(recipe.texts()), table)
    parts = Parts(
        models=[tmp_path / "model-steps-1.onnx"],
        vocoders={VOCODER: tmp_path / "identity_vocoder.onnx"},
        tokens=recipe.data / "tokens.txt",
        lexicon=tmp_path / "lexicon.txt",
        rule_fsts=frontend.write_rule_fsts(tmp_path),
        frontend=config,
        corpus=recipe.facts(),
    )
    package = tmp_path / "package"
    assemble(package, parts)
    readme = (package / "README.md").read_text(encoding="utf-8")
    assert "--tts-rule-fsts=phones.fst" in readme and "'S b d e i l m s'" in readme
    wanted = [[table.encode(frontend(text).tokens)] for text in TEXTS]
    job = {
        "acoustic_model": package / "model-steps-1.onnx",
        "vocoder": package / "vocoder.onnx",
        "tokens": package / "tokens.txt",
        "lexicon": package / "lexicon.txt",
        "rule_fsts": package / "phones.fst",
        "texts": TEXTS,
    }
    assert [arrived(item["samples"]) for item in speak(version, tmp_path, job)] == wanted
    packages = {"packages": [{"package": package, "texts": TEXTS}]}
    (samples,) = speak(version, tmp_path, packages, "helper_worker.py")
    assert [arrived(audio) for audio in samples] == wanted

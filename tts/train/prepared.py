"""Prepared data as acoustic training reads them: tables, statistics, splits."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tts.config import from_dict, read_toml
from tts.data.loader import Example
from tts.errors import InputError
from tts.files import fingerprint, read_json, read_jsonl
from tts.mel import MelConfig
from tts.models.facts import Facts
from tts.text.spoken import FrontEndConfig
from tts.text.tokens import TokenTable
from tts.train.config import TrainConfig
from tts.train.loaders import Split, read_splits


@dataclass(frozen=True)
class Prepared:
    """Hold what data/ says: token table, front end, mel, facts for the model, both splits."""

    table: TokenTable
    frontend: FrontEndConfig
    mel: MelConfig
    facts: Facts
    splits: dict[str, Split]

    @property
    def examples(self) -> list[Example]:
        """Return the utterances to train on."""
        return self.splits["train"].examples

    @property
    def notes(self) -> list[str]:
        """Return what was left out of the splits, and why."""
        return [split.joined.note for split in self.splits.values() if split.joined.note]


def read_prepared(config: TrainConfig, prefix: str, inputs: Sequence[str]) -> Prepared:
    """Read the data of --manifest-dir for a model with these `inputs`.

    Args: prefix, the corpus's name in file names, <prefix>_cuts_train.jsonl.gz.
    Raises: InputError where a file is missing, damaged, or fits not the others.
    """
    # Not resolved: data/ may be a link, and paths in manifests are relative to its neighbours.
    data_dir = Path(config.manifest_dir).absolute().parent
    table, frontend, mel = read_recipe(data_dir)
    cmvn = read_json(data_dir / "fbank" / "cmvn.json")
    splits = read_splits(config, data_dir.parent, prefix, table, frontend.framing, inputs)
    facts = Facts(
        vocab_size=table.num_embeddings,
        n_mels=mel.n_mels,
        mel_mean=cmvn["fbank_mean"],
        mel_std=cmvn["fbank_std"],
        pad_id=table.pad_id,
        frame_seconds=mel.frame_seconds,
        speakers=read_speakers(splits["train"].cuts),
        contour_statistics=read_statistics(data_dir) if "pitch" in inputs else {},
    )
    return Prepared(table, frontend, mel, facts, splits)


def read_recipe(data_dir: Path) -> tuple[TokenTable, FrontEndConfig, MelConfig]:
    """Read tokens.txt, frontend.toml and mel.toml of prepared data."""
    table_path = data_dir / "tokens.txt"
    if not table_path.is_file():
        raise InputError(f"{table_path} does not exist: run prepare.sh first, or --manifest-dir")
    table = TokenTable.read(table_path)
    frontend = from_dict(
        FrontEndConfig, read_toml(data_dir / "frontend.toml"), str(data_dir / "frontend.toml")
    )
    mel = from_dict(MelConfig, read_toml(data_dir / "mel.toml"), str(data_dir / "mel.toml"))
    return table, frontend, mel


def read_statistics(data_dir: Path) -> dict[str, float]:
    """Read pitch/stats.json: pitch and energy of the training set."""
    path = data_dir / "pitch" / "stats.json"
    if not path.is_file():
        raise InputError(f"{path} does not exist: run ./prepare.sh --stage 8 --stop-stage 9")
    return read_json(path)


def read_speakers(cuts: Path) -> tuple[str, ...]:
    """Read the speakers' names in a manifest, or in those of a folder of shards, sorted."""
    manifests = sorted(cuts.glob("cuts.*.jsonl.gz")) if cuts.is_dir() else [cuts]
    names = {
        supervision.get("speaker")
        for manifest in manifests
        for cut in read_jsonl(manifest)
        for supervision in cut.get("supervisions") or []
    }
    return tuple(sorted(name for name in names if name))


def data_facts(split: Split) -> dict[str, Any]:
    """Return what tells training data from others: a hash of ids, lengths, tokens, durations
    where these are taken, every mel's sum, and how a teacher's flow was made.

    The sums lie beside the split's manifest; where they do not, only ids, lengths and tokens count.
    """
    digest, cuts, examples = hashlib.sha256(), split.cuts, split.examples
    for example in examples:
        digest.update(f"{example.id} {example.num_frames}\n".encode())
        digest.update(example.token_ids.tobytes())
        if example.durations is not None:
            digest.update(example.durations.tobytes())
    sums = cuts.with_name(f"{cuts.name.partition('_cuts_')[0]}_sums.jsonl.gz")
    digest.update(fingerprint(sums).encode() if sums.is_file() else b"")
    if made_from := split.joined.made_from:
        digest.update(repr(sorted(made_from.items())).encode())
    return {"utterances": len(examples), "sha256": digest.hexdigest()}

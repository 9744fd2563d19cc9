"""Divide a corpus into training, validation and test set by position in the full label file."""

from __future__ import annotations

from tts.data.corpus import Recipe
from tts.data.corpus_config import Split
from tts.data.manifests import count_listed
from tts.errors import InputError
from tts.files import read_jsonl, write_jsonl

# Below this many listed utterances the usual sizes would eat the training set.
SMALL_CORPUS = 6000


def split_ranges(num_listed: int, split: Split | None) -> dict[str, range]:
    """Return the positions of train, valid and test: test stands last, valid before it.

    split: the sizes that corpus.toml states, whatever the corpus's size. None: 100 and 500, and
    of a small corpus a fiftieth (valid) and a twentieth (test), at least one each.
    Raises: InputError when nothing is left to train on.
    """
    usual, stated = Split(), "" if split is None else " that [split] of corpus.toml states"
    if split is None and num_listed < SMALL_CORPUS:
        usual = Split(max(1, num_listed // 50), max(1, num_listed // 20))
    valid, test = (split or usual).valid, (split or usual).test
    train = num_listed - valid - test
    if min(valid, test, train) < 1:
        raise InputError(
            f"{num_listed} utterances are too few for {valid} valid, {test} test{stated} and any "
            "to train on; each set needs at least one"
        )
    return {
        "train": range(train),
        "valid": range(train, train + valid),
        "test": range(train + valid, num_listed),
    }


def write_split(recipe: Recipe) -> dict[str, int]:
    """Write <name>_cuts_{train,valid,test}.jsonl.gz and print listed, rejected and kept.

    Rejected utterances leave their set smaller; no other utterance changes its set, but for a
    set that would be empty: it gets the last utterance of the training set.
    Returns: the number kept in each set. Raises: InputError when a set is empty.
    """
    num_listed = count_listed(recipe)
    ranges = split_ranges(num_listed, recipe.config.split)
    cuts = list(read_jsonl(recipe.fbank("cuts.jsonl.gz")))
    if recipe.config.split is None and num_listed < SMALL_CORPUS:
        print(
            f"small corpus ({num_listed} listed, below {SMALL_CORPUS}): "
            f"{len(ranges['valid'])} valid and {len(ranges['test'])} test, from its end"
        )
    chosen = {
        name: [cut for cut in cuts if cut["supervisions"][0]["custom"]["position"] in positions]
        for name, positions in ranges.items()
    }
    rejected = {name: len(positions) - len(chosen[name]) for name, positions in ranges.items()}
    moved = dict.fromkeys(ranges, "")
    for name in ("test", "valid"):
        if not chosen[name] and len(chosen["train"]) > 1:
            chosen[name] = [chosen["train"].pop()]
            moved[name] = "  1 moved from train"
            moved["train"] += f"  1 moved to {name}"
            print(
                f"all {len(ranges[name])} utterances of the {name} set are rejected: "
                f"{chosen[name][0]['id']} of the training set stands in for them"
            )
    kept = {}
    print(f"{'set':<6} {'listed':>7} {'rejected':>9} {'kept':>7}")
    for name, positions in ranges.items():
        if not chosen[name]:
            raise InputError(
                f"all {len(positions)} utterances of the {name} set are rejected; "
                f"{recipe.data / 'rejected.tsv'} lists why"
            )
        kept[name] = write_jsonl(recipe.fbank(f"cuts_{name}.jsonl.gz"), chosen[name])
        print(f"{name:<6} {len(positions):>7} {rejected[name]:>9} {kept[name]:>7}{moved[name]}")
    return kept

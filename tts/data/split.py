"""Training, validation and test sets by position in the full label file."""

from __future__ import annotations

from tts.data.corpus import Recipe, Split
from tts.data.manifests import count_listed
from tts.errors import InputError
from tts.files import read_jsonl, write_jsonl

# Below this many listed utterances the fixed sizes would eat the training set.
SMALL_CORPUS = 6000


def split_ranges(num_listed: int, split: Split) -> dict[str, range]:
    """Positions of train, valid and test: test stands last, valid before it.

    Small corpora get a fiftieth (valid) and a twentieth (test), at least one each.
    Raises: InputError when nothing is left to train on.
    """
    valid, test = split.valid, split.test
    if num_listed < SMALL_CORPUS:
        valid, test = max(1, num_listed // 50), max(1, num_listed // 20)
    train = num_listed - valid - test
    if train < 1:
        raise InputError(
            f"{num_listed} utterances are too few for {valid} valid, {test} test and any to "
            "train on; at least 3 are needed"
        )
    return {
        "train": range(train),
        "valid": range(train, train + valid),
        "test": range(train + valid, num_listed),
    }


def write_split(recipe: Recipe) -> dict[str, int]:
    """Write <name>_cuts_{train,valid,test}.jsonl.gz and print listed, rejected and kept.

    Rejected utterances leave their set smaller; no other utterance changes its set.
    Returns: the number kept in each set. Raises: InputError when a set is empty.
    """
    num_listed = count_listed(recipe)
    ranges = split_ranges(num_listed, recipe.config.split)
    cuts = list(read_jsonl(recipe.fbank("cuts.jsonl.gz")))
    if num_listed < SMALL_CORPUS:
        print(
            f"small corpus ({num_listed} listed, below {SMALL_CORPUS}): "
            f"{len(ranges['valid'])} valid and {len(ranges['test'])} test, from its end"
        )
    kept = {}
    print(f"{'set':<6} {'listed':>7} {'rejected':>9} {'kept':>7}")
    for name, positions in ranges.items():
        chosen = [cut for cut in cuts if cut["supervisions"][0]["custom"]["position"] in positions]
        if not chosen:
            raise InputError(
                f"all {len(positions)} utterances of the {name} set are rejected; "
                f"{recipe.data / 'rejected.tsv'} lists why"
            )
        kept[name] = write_jsonl(recipe.fbank(f"cuts_{name}.jsonl.gz"), chosen)
        rejected = len(positions) - kept[name]
        print(f"{name:<6} {len(positions):>7} {rejected:>9} {kept[name]:>7}")
    return kept

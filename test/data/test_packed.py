"""Packed features: the same batches, made again when stale, never half, damage named."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from tts.data import packed as module
from tts.data.loader import BatchPlan, make_loader, read_examples, read_stored
from tts.data.packed import NoRoom, Packed, open_packed, pack, packed_path
from tts.errors import InputError
from tts.files import write_text
from tts.text.tokens import TokenTable

SPLIT = "data/fbank/ljspeech_cuts_train.jsonl.gz"


@pytest.fixture
def split(tiny_work):
    """The training split of the tiny data: cuts, examples, path of its packed file."""
    cuts = tiny_work / SPLIT
    table = TokenTable.read(tiny_work / "data" / "tokens.txt")
    examples = read_examples(cuts, tiny_work, table, "blank")
    return SimpleNamespace(work=tiny_work, cuts=cuts, examples=examples, path=packed_path(cuts))


def quiet(_line: str) -> None:
    pass


def plan_of(examples, **options) -> BatchPlan:
    return BatchPlan([example.num_frames for example in examples], 86.13, 2, 3, **options)


def assert_same_batches(ours, theirs) -> None:
    ours, theirs = list(ours), list(theirs)
    assert len(ours) == len(theirs) > 2
    for one, other in zip(ours, theirs, strict=True):
        assert one.ids == other.ids and one.num_frames == other.num_frames
        for name in ("tokens_BL", "tokens_lens", "mel_BTF", "mel_lens"):
            a, b = getattr(one, name), getattr(other, name)
            assert a.dtype == b.dtype and torch.equal(a, b), name


@pytest.mark.parametrize("num_workers", [0, 2])
def test_batches_equal_those_of_the_files_bit_for_bit(split, num_workers):
    packed = open_packed(split.cuts, split.examples, "1", quiet)
    plan = plan_of(split.examples)
    assert_same_batches(
        make_loader(split.examples, plan, 0, num_workers, False, packed),
        make_loader(split.examples, plan, 0, 0, False),
    )


def test_made_once_and_again_when_what_it_was_made_from_changes(split):
    lines: list[str] = []

    def made_again() -> str:
        lines.clear()
        packed = open_packed(split.cuts, split.examples, "auto", lines.append)
        assert np.array_equal(packed[3], np.load(split.examples[3].features))
        return " ".join(lines)

    assert "packing the features of 12 utterances" in made_again()
    before = split.path.read_bytes()
    assert made_again() == ""
    split.path.unlink()
    assert "not there yet" in made_again() and split.path.read_bytes() == before
    write_text(split.work / "data" / "mel.toml", "hop_length = 128\n")
    assert "(mel changed)" in made_again()
    feature = split.examples[3].features
    os.utime(feature, ns=(0, split.path.stat().st_mtime_ns + 10**9))
    assert f"{feature.name} is newer" in made_again()
    os.utime(feature)
    split.path.write_bytes(before[:-100])
    assert "is damaged" in made_again()
    split.examples.pop()
    assert "ids" in made_again()


def test_packed_features_serve_without_their_files(split):
    kept = [np.load(example.features) for example in split.examples]
    open_packed(split.cuts, split.examples, "1", quiet)
    for example in split.examples:
        example.features.unlink()
    packed = open_packed(split.cuts, split.examples, "1", pytest.fail)
    assert all(map(np.array_equal, packed, kept))
    assert open_packed(split.cuts, split.examples, "0", pytest.fail) is None


def test_damaged_files_are_named(split):
    open_packed(split.cuts, split.examples, "1", quiet)
    whole = split.path.read_bytes()
    for content, what in (
        (whole[:-2], "bytes instead of"),
        (whole[:20], "20 bytes alone"),
        (b"PK" + whole[2:], "it begins with"),
        (whole[:60] + b"x" + whole[61:], "does not fit its hash"),
    ):
        split.path.write_bytes(content)
        with pytest.raises(InputError, match=rf"feats_train.bin is damaged \(.*{what}.*--packed 0"):
            Packed(split.path)
    split.path.unlink()
    with pytest.raises(InputError, match=r"does not exist.*--stage pack"):
        Packed(split.path)


def test_a_full_disk_is_one_clear_error_or_the_files_are_read(split, monkeypatch):
    usage = SimpleNamespace(free=1000)
    monkeypatch.setattr("tts.data.packed_file.shutil.disk_usage", lambda _: usage)
    with pytest.raises(NoRoom, match=r"0 MB are free. Make room, or use --packed 0"):
        open_packed(split.cuts, split.examples, "1", quiet)
    lines: list[str] = []
    assert open_packed(split.cuts, split.examples, "auto", lines.append) is None
    assert "warning" in lines[-1] and "reading the .npy files" in lines[-1]
    assert not split.path.exists()


def test_a_disk_that_fills_up_while_packing_leaves_nothing(split):
    """A limit on the size of files stands for the disk: writing fails half way."""
    program = f"""
        import resource, signal, sys
        sys.path.insert(0, {str(Path(module.__file__).parents[2])!r})
        from pathlib import Path
        from tts.data.loader import read_stored
        from tts.data.packed import open_packed
        from tts.errors import run_script
        cuts = Path({str(split.cuts)!r})
        stored = [item for item, _ in read_stored(cuts, {str(split.work)!r})]
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))
        run_script(lambda: open_packed(cuts, stored, "1"))
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True
    )
    assert done.returncode == 2 and "File too large" in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(split.cuts.parent.glob("*feats_train*"))


def test_killed_packing_leaves_no_half_file(split):
    program = f"""
        import sys, time
        sys.path.insert(0, {str(Path(module.__file__).parents[2])!r})
        from pathlib import Path
        from tts.data import packed
        from tts.data.loader import read_stored
        def slowly(item, read=packed.read_mel):
            print(item.id, flush=True)
            time.sleep(0.05)
            return read(item)
        packed.read_mel = slowly
        cuts = Path({str(split.cuts)!r})
        stored = [item for item, _ in read_stored(cuts, {str(split.work)!r})]
        packed.open_packed(cuts, stored, "1", lambda line: None)
    """
    command = [sys.executable, "-c", textwrap.dedent(program)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    for _ in range(6):
        process.stdout.readline()
    time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert list(split.cuts.parent.glob(".ljspeech_feats_train.bin.*.tmp"))
    assert not split.path.exists()
    packed = open_packed(split.cuts, split.examples, "1", quiet)
    assert np.array_equal(packed[11], np.load(split.examples[11].features))
    assert not list(split.cuts.parent.glob(".ljspeech_feats_train.bin.*.tmp"))


def test_two_processes_pack_once(split):
    program = f"""
        import sys
        sys.path.insert(0, {str(Path(module.__file__).parents[2])!r})
        from pathlib import Path
        from tts.data.loader import read_stored
        from tts.data.packed import open_packed
        cuts = Path({str(split.cuts)!r})
        stored = [item for item, _ in read_stored(cuts, {str(split.work)!r})]
        print(len(open_packed(cuts, stored, "1")))
    """
    command = [sys.executable, "-c", textwrap.dedent(program)]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    outputs = [process.communicate(timeout=60)[0] for process in both]
    assert [output.splitlines()[-1] for output in outputs] == ["12", "12"]
    assert sum("packing the features" in output for output in outputs) == 1


def test_unlike_and_missing_features_are_named(split):
    np.save(split.examples[5].features, np.load(split.examples[5].features).astype(np.float32))
    with pytest.raises(InputError, match=r"train5: 80 bins of float32, those of train0 are"):
        open_packed(split.cuts, split.examples, "auto", quiet)
    split.examples[5].features.unlink()
    with pytest.raises(InputError, match=r"features of train5: .*cannot be read"):
        open_packed(split.cuts, split.examples, "auto", quiet)


def test_pickled_as_a_path(split):
    stored = [item for item, _ in read_stored(split.cuts, split.work)]
    pack(split.path, stored, {})
    packed = Packed(split.path)
    content = pickle.dumps(packed)
    assert len(content) < 500
    assert np.array_equal(pickle.loads(content)[7], packed[7])

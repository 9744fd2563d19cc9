"""losses.csv: exact, cut to the checkpoint, compared by tools/compare_losses.py."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from runs import command, run

from tts.config import read_toml
from tts.errors import InputError

TOOL = Path(__file__).resolve().parents[2] / "tools" / "compare_losses.py"


def compare(*words: object) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, str(TOOL), *map(str, words)], capture_output=True, text=True
    )


def test_the_record_of_a_resumed_run_is_that_of_a_straight_one(tiny_work):
    """Steps that a dead run made after its last checkpoint are not in it twice."""
    straight, resumed = tiny_work / "straight", tiny_work / "resumed"
    run(tiny_work, "straight", num_epochs=3)
    run(tiny_work, "resumed", num_epochs=2)
    record = resumed / "losses.csv"
    record.write_text(record.read_text() + "9,3,1,0.5,0.5,0.5,1.5,2.0,0.1\n10,3,2,0.7,0")
    run(tiny_work, "resumed", num_epochs=3, start_epoch="auto")
    assert record.read_text() == (straight / "losses.csv").read_text()
    done = compare(straight, resumed)
    assert done.returncode == 0 and done.stdout == "identical: 12 steps (1 to 12)\n"


def test_a_new_run_has_a_new_record_and_the_old_one_is_kept(tiny_work):
    run(tiny_work, "exp", num_epochs=2)
    old = (tiny_work / "exp" / "losses.csv").read_text()
    run(tiny_work, "exp", num_epochs=1)
    assert (tiny_work / "exp" / "earlier-1" / "losses.csv").read_text() == old
    assert len((tiny_work / "exp" / "losses.csv").read_text().splitlines()) == 1 + 4


def test_comparison_names_the_first_step_that_differs(tiny_work):
    run(tiny_work, "a", num_epochs=2)
    lines = (tiny_work / "a" / "losses.csv").read_text().splitlines()
    step, epoch, batch, _, *rest = lines[3].split(",")
    (tiny_work / "b.csv").write_text(
        "\n".join([*lines[:3], ",".join([step, epoch, batch, "9.5", *rest]), *lines[4:]])
    )
    done = compare(tiny_work / "a", tiny_work / "b.csv")
    assert done.returncode == 1
    assert done.stdout.startswith("step 3 differs (epoch 1):\n  dur_loss: ")
    assert done.stdout.endswith(" and 9.5\n") and done.stdout.count("\n") == 2
    (tiny_work / "b.csv").write_text("\n".join(lines[:5]))
    done = compare(tiny_work / "a", tiny_work / "b.csv")
    assert done.returncode == 1 and "8 steps (1 to 8), the other 4 steps" in done.stdout
    assert compare(tiny_work / "a", tiny_work / "nowhere").returncode == 2


def test_a_full_disk_is_said(tiny_work):
    """/dev/full takes what is written and fails when it has to be kept."""
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    (tiny_work / "exp").mkdir()
    (tiny_work / "exp" / "losses.csv").symlink_to("/dev/full")
    with pytest.raises(InputError, match=r"could not write .*losses.csv: No space left"):
        run(tiny_work, "exp", num_epochs=1)


def test_curves_side_by_side(tmp_path):
    for name, factor in (("a", 1.0), ("b", 1.1)):
        lines = [f"{step},1,{step},{factor * step},0.1,0.1" for step in range(1, 6)]
        header = "step,epoch,batch,tot_loss,grad_norm,learning_rate"
        (tmp_path / f"{name}.csv").write_text("\n".join([header, *lines]))
    done = compare(tmp_path / "a.csv", tmp_path / "b.csv", "--every", "2")
    assert done.returncode == 0 and done.stdout.splitlines()[2:] == [
        "| 1-2 | 1.5000 | 1.6500 | +10.00 % |",
        "| 3-4 | 3.5000 | 3.8500 | +10.00 % |",
        "| 5-5 | 5.0000 | 5.5000 | +10.00 % |",
    ]


def test_two_precisions_in_one_command(tiny_work):
    """The tool trains both and prints their curves; other flags go to train.py."""
    tool, flags = TOOL.with_name("compare_precision.py"), command(tiny_work, "unused")[2:]
    for unwanted in ("--exp-dir", "--start-epoch", "--precision", "--num-epochs"):
        place = flags.index(unwanted)
        del flags[place : place + 2]
    words = ["--updates", "3", "--every", "2", "--output", str(tiny_work / "both")]
    done = subprocess.run(
        [sys.executable, str(tool), *words, *flags], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "| 1-2 | " in done.stdout and "| 3-3 | " in done.stdout
    config = read_toml(tiny_work / "both" / "bf16" / "config.toml")["train"]
    assert (config["precision"], config["max_steps"]) == ("bf16", 3)

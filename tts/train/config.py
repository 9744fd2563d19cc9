"""Options of a training run."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Literal

from tts.config import option
from tts.errors import InputError

# The least that each number may be; a tuple excludes its value.
_LEAST = {
    "num_epochs": 1, "max_duration": (0,), "num_buckets": 1, "num_workers": 0, "world_size": 1,
    "seed": 0, "lr": (0,), "lr_final": 0, "lr_decay_steps": 0, "warmup_steps": 0, "clip_norm": 0,
    "noam_channels": 1, "adam_beta_1": 0, "adam_beta_2": 0, "adam_eps": (0,),
    "accumulate": 1, "ema_decay": 0, "valid_every": 0, "log_interval": 1, "save_every_n": 1,
    "save_every_steps": 0, "keep_last": 0, "keep_best": 0, "max_skipped": 1,
}  # fmt: skip


# Instead of a number that is found before the first step.
AUTO = "auto"


@dataclass(frozen=True)
class TrainConfig:
    """Every field is a flag of train.py and a key of the [train] table of a recipe's TOML."""

    exp_dir: str = option("", "folder of checkpoints and logs")
    manifest_dir: str = option("", "folder of <name>_cuts_*.jsonl.gz and cmvn.json")
    num_epochs: int = option(1000, "train until this epoch is complete")
    start_epoch: str = option(
        "1", "N: continue exactly after epoch N-1; auto: after the last complete checkpoint"
    )
    init_from: str = option("", "start from the weights of this checkpoint (ours or icefall's)")
    max_duration: float = option(
        200.0, "seconds of speech in a batch, at most; auto: as much as memory holds", (AUTO,)
    )
    bucketing_sampler: bool = option(True, "put utterances of like length together")
    num_buckets: int = option(30, "buckets of the bucketing sampler")
    shuffle: bool = option(True, "a new order every epoch")
    drop_last: bool = option(True, "accepted; batches are of equal size, none is dropped")
    num_workers: int = option(2, "processes that read features")
    packed: Literal["auto", "0", "1"] = option(
        "auto",
        "1: read features from one packed file, made when absent; 0: from .npy files; "
        "auto: 1 where it can be written",
    )
    data_on_device: Literal["auto", "0", "1"] = option(
        "auto", "1: keep the training set in device memory; auto: on a GPU with room for it"
    )
    shar: str = option("", "folder of shards to read instead (local/write_shards.py)")
    world_size: int = option(1, "processes that train, on this machine; or use torchrun")
    master_port: int = option(12335, "port of the first process, with several processes")
    seed: int = option(42, "of initial weights, noise, dropout and order")
    precision: Literal["auto", "fp32", "bf16", "fp16"] = option(
        "auto", "arithmetic of the matrix products; auto: bf16 on a GPU that has it, else fp32"
    )
    use_fp16: bool = option(False, "the same as --precision fp16")
    compile: bool = option(False, "compile the model (torch.compile): minutes, then faster steps")
    device: str = option("auto", "auto, cpu, cuda or cuda:N")
    lr: float = option(1e-4, "learning rate of Adam; noam: a factor, 1 in the papers")
    lr_schedule: Literal["constant", "cosine", "exponential", "noam"] = option(
        "constant", "after the warm-up; noam: rises and falls with the model's channels"
    )
    noam_channels: int = option(256, "noam: channels of the model")
    lr_final: float = option(0.1, "cosine, exponential: final rate as a share of --lr")
    lr_decay_steps: int = option(0, "cosine, exponential: steps to the final rate; 0: the run")
    warmup_steps: int = option(0, "steps of linear warm-up")
    adam_beta_1: float = option(0.9, "decay of Adam's mean of gradients")
    adam_beta_2: float = option(0.999, "decay of Adam's mean of squares")
    adam_eps: float = option(1e-8, "what Adam adds to the root of that mean")
    clip_norm: float = option(5.0, "clip the gradient's norm to this; 0: never")
    accumulate: int = option(1, "batches whose gradients make one step")
    ema_decay: float = option(0.999, "of the averaged weights; 0: keep none")
    valid_every: int = option(0, "validate every K steps; 0: after each epoch")
    log_interval: int = option(50, "steps between lines and scalars")
    save_every_n: int = option(10, "epochs between checkpoints epoch-N.pt")
    save_every_steps: int = option(0, "steps between checkpoints inside an epoch (last.pt)")
    keep_last: int = option(10, "keep this many of the last epoch-N.pt; 0: all")
    keep_best: int = option(3, "keep this many more epoch-N.pt, the best by validation loss")
    max_skipped: int = option(20, "stop after this many steps in a row with non-finite losses")
    deterministic: bool = option(False, "CUDA: the same bits every time, slower (CPU: always so)")
    dry_run: bool = option(False, "print configuration, batches and memory needed; train nothing")
    tensorboard: bool = option(True, "write exp-dir/tensorboard")
    vocoder: str = option("", "HiFi-GAN weights: adds audio to TensorBoard at validation")
    loss_weights: dict[str, float] = dataclasses.field(
        default_factory=dict, metadata={"help": "weights of named losses, 1 where not given"}
    )

    def __post_init__(self) -> None:
        for name, least in _LEAST.items():
            value = getattr(self, name)
            if value == AUTO:
                continue
            fits = value > least[0] if isinstance(least, tuple) else value >= least
            if not fits:
                words = (
                    f"greater than {least[0]}" if isinstance(least, tuple) else f"{least} or more"
                )
                raise InputError(f"--{name.replace('_', '-')} {value}: must be {words}")
        if self.ema_decay >= 1:
            raise InputError(f"--ema-decay {self.ema_decay}: must be below 1; 0 keeps no average")
        for name in ("adam_beta_1", "adam_beta_2"):
            if getattr(self, name) >= 1:
                flag = name.replace("_", "-")
                raise InputError(f"--{flag} {getattr(self, name)}: must be below 1")
        if self.lr_schedule == "noam" and not self.warmup_steps:
            raise InputError("--lr-schedule noam: give --warmup-steps, 4000 in the papers")
        if self.seed >= 2**63:
            raise InputError(f"--seed {self.seed}: must be below 2^63")

    @property
    def resolved_precision(self) -> str:
        """The precision with --use-fp16 taken into account; fp32 where 'auto' is undecided."""
        if self.use_fp16:
            return "fp16"
        return "fp32" if self.precision == "auto" else self.precision

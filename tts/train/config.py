"""Define the options of a training run: those of any training, those of acoustic models."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import ClassVar, Literal

from tts.config import option
from tts.errors import InputError

# Instead of a number that is found before the first step.
AUTO = "auto"


@dataclass(frozen=True)
class RunConfig:
    """Hold the options that any training has: where, how long, with which arithmetic and rates.

    Class attributes:
      LEAST: the least value of each number; a tuple excludes its value.
      EXACT: options that change which numbers a resumed run computes.
      CUTTING: options that decide what a batch holds.
    """

    exp_dir: str = option("", "folder of checkpoints and logs")
    num_epochs: int = option(1000, "train until this epoch is complete")
    max_steps: int = option(0, "end after this many steps of the optimiser; 0: no limit")
    start_epoch: str = option(
        "1", "N: continue exactly after epoch N-1; auto: after the last complete checkpoint"
    )
    init_from: str = option("", "start from the weights of this checkpoint (ours or icefall's)")
    shuffle: bool = option(True, "a new random order in every epoch")
    num_workers: int = option(2, "processes that read the training data; 0: read in this process")
    world_size: int = option(
        1, "processes that train together on this machine; torchrun sets it by itself"
    )
    master_port: int = option(12335, "TCP port of the first process, with several processes")
    seed: int = option(42, "seed of initial weights, noise, dropout and order of the data")
    precision: Literal["auto", "fp32", "bf16", "fp16"] = option(
        "auto",
        "number format of matrix products; auto: bf16 where GPU or CPU has matrix units for it "
        "(NVIDIA since Ampere, Intel AMX, AVX512-BF16), else fp32; a resumed run keeps its own",
    )
    use_fp16: bool = option(False, "the same as --precision fp16")
    compile: bool = option(False, "compile the model (torch.compile): minutes, then faster steps")
    device: str = option("auto", "auto, cpu, cuda or cuda:N")
    lr: float = option(1e-4, "learning rate of Adam; with noam a factor, 1 in the papers")
    lr_schedule: Literal["constant", "cosine", "exponential", "noam"] = option(
        "constant", "learning rate after the warm-up; noam: from the model's channels and the step"
    )
    noam_channels: int = option(256, "noam: channels of the model")
    lr_final: float = option(0.1, "cosine, exponential: final rate as a share of --lr")
    lr_decay_steps: int = option(0, "cosine, exponential: steps until the final rate; 0: the run")
    warmup_steps: int = option(0, "steps of linear warm-up")
    adam_beta_1: float = option(0.9, "Adam: decay rate of the first moment")
    adam_beta_2: float = option(0.999, "Adam: decay rate of the second moment")
    adam_eps: float = option(1e-8, "Adam: term added to the denominator")
    weight_decay: float = option(0.0, "decoupled weight decay: AdamW in the place of Adam")
    clip_norm: float = option(5.0, "clip the gradient norm to this value; 0: no clipping")
    accumulate: int = option(1, "batches whose gradients are averaged for one step")
    ema_decay: float = option(0.999, "decay of the averaged weights (EMA); 0: no average")
    valid_every: int = option(0, "validate every K steps; 0: after each epoch")
    log_interval: int = option(50, "steps between log lines and TensorBoard scalars")
    save_every_n: int = option(10, "epochs between checkpoints epoch-N.pt")
    save_every_steps: int = option(0, "steps between checkpoints inside an epoch, last.pt")
    keep_last: int = option(10, "number of the last epoch-N.pt to keep; 0: all")
    keep_best: int = option(3, "number of further epoch-N.pt to keep, the best by validation loss")
    max_skipped: int = option(
        20, "stop after this many skipped steps in a row (loss or gradient not finite)"
    )
    deterministic: bool = option(
        False, "CUDA: the same bits in every run, slower (a CPU is always deterministic)"
    )
    dry_run: bool = option(False, "print configuration, batches and memory needed; train nothing")
    tensorboard: bool = option(True, "write TensorBoard files to exp-dir/tensorboard")

    LEAST: ClassVar[dict[str, float | tuple[float]]] = {
        "num_epochs": 1, "max_steps": 0, "num_workers": 0, "world_size": 1, "seed": 0, "lr": (0,),
        "lr_final": 0, "lr_decay_steps": 0, "warmup_steps": 0, "clip_norm": 0,
        "noam_channels": 1, "adam_beta_1": 0, "adam_beta_2": 0, "adam_eps": (0,), "weight_decay": 0,
        "accumulate": 1, "ema_decay": 0, "valid_every": 0, "log_interval": 1, "save_every_n": 1,
        "save_every_steps": 0, "keep_last": 0, "keep_best": 0, "max_skipped": 1,
    }  # fmt: skip
    EXACT: ClassVar[tuple[str, ...]] = (
        "shuffle", "seed", "precision", "use_fp16", "accumulate", "lr", "lr_schedule", "lr_final",
        "lr_decay_steps", "warmup_steps", "noam_channels", "adam_beta_1", "adam_beta_2",
        "adam_eps", "weight_decay", "clip_norm", "ema_decay", "world_size", "compile",
    )  # fmt: skip
    CUTTING: ClassVar[tuple[str, ...]] = ("seed",)

    def __post_init__(self) -> None:
        for name, least in self.LEAST.items():
            value = getattr(self, name)
            if value == AUTO:
                continue
            fits = value > least[0] if isinstance(least, tuple) else value >= least
            if not fits:
                words = (
                    f"greater than {least[0]}" if isinstance(least, tuple) else f"{least} or more"
                )
                raise InputError(f"{_flag(name)} {value}: must be {words}")
        if self.ema_decay >= 1:
            raise InputError(f"--ema-decay {self.ema_decay}: must be below 1; 0 keeps no average")
        for name in ("adam_beta_1", "adam_beta_2"):
            if getattr(self, name) >= 1:
                raise InputError(f"{_flag(name)} {getattr(self, name)}: must be below 1")
        if self.lr_schedule == "noam" and not self.warmup_steps:
            raise InputError("--lr-schedule noam: give --warmup-steps, 4000 in the papers")
        if self.seed >= 2**63:
            raise InputError(f"--seed {self.seed}: must be below 2^63")

    @property
    def resolved_precision(self) -> str:
        """Return the precision with --use-fp16 taken into account; 'auto' counts as fp32."""
        if self.use_fp16:
            return "fp16"
        return "fp32" if self.precision == "auto" else self.precision


def _flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"


@dataclass(frozen=True)
class TrainConfig(RunConfig):
    """Hold the options of acoustic training: flags of train.py, keys of [train] in a TOML file."""

    manifest_dir: str = option("", "folder of <name>_cuts_*.jsonl.gz and cmvn.json")
    max_duration: float = option(
        200.0, "most seconds of speech in a batch; auto: as much as memory holds", (AUTO,)
    )
    bucketing_sampler: bool = option(True, "put utterances of similar length into one batch")
    num_buckets: int = option(30, "number of length buckets of the bucketing sampler")
    drop_last: bool = option(
        True, "no effect, for icefall's commands: all batches are used, all of similar size"
    )
    packed: Literal["auto", "0", "1"] = option(
        "auto",
        "1: read features from one packed file, which is written when absent; 0: from .npy files; "
        "auto: 1 where the folder is writable",
    )
    data_on_device: Literal["auto", "0", "1"] = option(
        "auto", "1: keep the training set in GPU memory; auto: on a GPU with enough free memory"
    )
    shar: str = option("", "folder of shards to read instead (local/write_shards.py)")
    vocoder: str = option("", "HiFi-GAN weights: write audio to TensorBoard at each validation")
    loss_weights: dict[str, float] = dataclasses.field(
        default_factory=dict, metadata={"help": "weights of named losses; default 1 each"}
    )
    loss_until: dict[str, int] = dataclasses.field(
        default_factory=dict, metadata={"help": "the step after which a named loss counts no more"}
    )

    LEAST: ClassVar[dict[str, float | tuple[float]]] = {
        **RunConfig.LEAST, "max_duration": (0,), "num_buckets": 1,
    }  # fmt: skip
    EXACT: ClassVar[tuple[str, ...]] = (
        "max_duration", "bucketing_sampler", "num_buckets", *RunConfig.EXACT, "loss_weights",
        "loss_until", "shar",
    )  # fmt: skip
    CUTTING: ClassVar[tuple[str, ...]] = (
        "max_duration", "bucketing_sampler", "num_buckets", *RunConfig.CUTTING,
    )  # fmt: skip

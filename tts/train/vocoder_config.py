"""Define the options of vocoder training."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from tts.config import option
from tts.errors import InputError
from tts.train.config import RunConfig


@dataclass(frozen=True)
class VocoderTrainConfig(RunConfig):
    """Hold the options of vocoder training: flags of train.py, keys of [train] in a TOML file."""

    data_dir: str = option("", "folder data/ of prepared data, with audio/ of stage pack-audio")
    batch_size: int = option(16, "segments in a batch")
    segment_frames: int = option(32, "mel frames of a segment")
    reconstruction_steps: int = option(
        0, "first train this many steps on mel and STFT distances alone, without discriminators"
    )
    discriminators: Literal["full", "light", "small", "none"] = option(
        "full",
        "published sizes, a quarter of their channels, an eighth and one resolution for a CPU, "
        "or no adversarial training",
    )
    adversarial: Literal["least_squares", "hinge"] = option(
        "least_squares", "adversarial loss; least_squares sums discriminators, hinge averages them"
    )
    discriminator_lr: float = option(0.0, "learning rate of the discriminators; 0: as --lr")
    discriminator_warmup: int = option(
        0, "steps of linear warm-up of the discriminators and of their weight in the loss"
    )
    mel_weight: float = option(45.0, "weight of the mel distance, full band")
    stft_weight: float = option(0.0, "weight of the multi-resolution STFT distance")
    reconstruction_stft_weight: float = option(5.0, "the same before the discriminators begin")
    phase_weight: float = option(
        0.0, "weight of the distance of phases' advance, which hears buzz; 50 is about the mel's"
    )
    feature_weight: float = option(2.0, "weight of feature matching")
    resolution_weight: float = option(
        1.0, "weight of the multi-resolution discriminators beside the others; Vocos has 0.1"
    )
    gain_db: float = option(0.0, "lower the level of each segment at random by up to this many dB")
    predicted_share: float = option(
        0.0, "share of segments whose mel is the acoustic model's (stage predicted-mels)"
    )
    valid_utterances: int = option(20, "recordings of the validation set that are judged; 0: all")

    LEAST: ClassVar[dict[str, float | tuple[float]]] = {
        **RunConfig.LEAST, "batch_size": 1, "segment_frames": 1, "reconstruction_steps": 0,
        "discriminator_lr": 0, "discriminator_warmup": 0, "mel_weight": 0, "stft_weight": 0,
        "reconstruction_stft_weight": 0, "phase_weight": 0, "feature_weight": 0,
        "resolution_weight": 0, "gain_db": 0, "predicted_share": 0, "valid_utterances": 0,
    }  # fmt: skip
    EXACT: ClassVar[tuple[str, ...]] = (
        "batch_size", "segment_frames", "reconstruction_steps", "discriminators", "adversarial",
        "discriminator_lr", "discriminator_warmup", "mel_weight", "stft_weight",
        "reconstruction_stft_weight", "phase_weight", "feature_weight", "resolution_weight",
        "gain_db", "predicted_share", *RunConfig.EXACT,
    )  # fmt: skip
    CUTTING: ClassVar[tuple[str, ...]] = ("batch_size", "segment_frames", *RunConfig.CUTTING)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.predicted_share > 1:
            raise InputError(f"--predicted-share {self.predicted_share}: must be 0 to 1")

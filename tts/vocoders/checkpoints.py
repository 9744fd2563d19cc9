"""Vocoder files of every kind: our own runs, published ones; reading and writing."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from torch import Tensor, nn

from tts.checkpoint import latest_checkpoint, load_checkpoint, save_checkpoint
from tts.config import from_dict
from tts.errors import InputError
from tts.files import write_json
from tts.mel import MelConfig
from tts.vocoders.hifigan import Hifigan, fold_weight_norm, load_hifigan, published_config
from tts.vocoders.registry import VOCODERS, vocoder_class
from tts.vocoders.vocos import load_weights
from tts.vocoders.waveglow_published import load_waveglow, waveglow_weights
from tts.vocoders.weight_names import from_published, to_published


def read_vocoder(path: Path | str, mel: MelConfig) -> Any:
    """Read a vocoder, in evaluation mode and without gradients.

    Args:
      path: a checkpoint of train.py or the folder of its run (the last one), a HiFi-GAN file of
        jik876's format, or published weights of a Vocos or a WaveGlow.
      mel: for published weights that do not say what they were trained on.

    Raises: InputError when the file is missing, damaged or of no known kind.
    """
    path = file_of(path)
    content = load_checkpoint(path)
    if _name_of(content) in VOCODERS:
        model = _own(content, path)
    elif "generator" in content:
        model = load_hifigan(path)
    elif weights := _vocos_weights(content):
        model = load_weights(weights, mel, path)
    elif weights := waveglow_weights(content):
        model = load_waveglow(weights, mel, path)
    else:
        raise InputError(
            f"{path} is no vocoder: neither a run of {', '.join(VOCODERS)}, nor HiFi-GAN's (key "
            "'generator'), nor Vocos's or WaveGlow's; its keys are "
            f"{', '.join(map(str, list(content)[:8]))}"
        )
    model.eval().requires_grad_(False)
    return model.fold() if hasattr(model, "fold") else model


def file_of(path: Path | str) -> Path:
    """Return the checkpoint that a file or the folder of a run stands for: the last one.

    The least mel distance is no reason for another: discriminators take the buzz away and raise it.
    """
    path = Path(path)
    if not path.is_dir():
        return path
    latest = latest_checkpoint(path)
    if latest is None:
        raise InputError(f"{path} holds no checkpoint: train the vocoder first, or name a file")
    return latest[0]


def _name_of(content: Mapping[str, Any]) -> str:
    config = content.get("config")
    model = config.get("model", {}) if isinstance(config, Mapping) else {}
    return model.get("name", "") if isinstance(model, Mapping) else ""


def _own(content: Mapping[str, Any], path: Path) -> Any:
    config = content["config"]
    options = dict(config["model"])
    cls = vocoder_class(options.pop("name"))
    mel = from_dict(MelConfig, config["mel"], f"{path}: mel")
    model = cls(from_dict(cls.Config, options, f"{path}: model"), mel)
    weights = fold_weight_norm(to_published(content.get("ema") or content["model"]))
    try:
        model.load_state_dict(weights)
    except RuntimeError as error:
        raise InputError(f"{path} does not fit its own configuration: {error}") from None
    return model


def _vocos_weights(content: Mapping[str, Any]) -> Mapping[str, Tensor] | None:
    for weights in (content, content.get("state_dict")):
        if isinstance(weights, Mapping) and "backbone.embed.weight" in weights:
            return weights
    return None


class Initial(NamedTuple):
    """Tell what a training begins with.

    Attributes: notes, sentences on what was read and what was not; optimizers, Adam's states of
    the vocoder and of the discriminators where published files hold both.
    """

    notes: list[str]
    optimizers: tuple[Mapping[str, Any], Mapping[str, Any]] | None = None


def load_initial(
    model: nn.Module, discriminators: nn.Module | None, path: Path | str, mel: MelConfig
) -> Initial:
    """Load the weights of another run or of published files into a vocoder to be trained.

    Discriminators are loaded where the file holds them: the checkpoints epoch-N.pt and last.pt
    of a run, or jik876's do_* beside g_*, whose optimisers are read too.

    Raises: InputError when the weights are of another kind, size or mel.
    """
    path = file_of(path)
    content = load_checkpoint(path)
    name = _name_of(content)
    if name in VOCODERS and content["config"].get("mel"):
        stored = from_dict(MelConfig, content["config"]["mel"], f"{path}: mel")
        if stored != mel:
            raise InputError(
                f"--init-from {path} was trained on another mel:\n  there: {stored}\n  here:  {mel}"
            )
    if name in VOCODERS:
        weights = content.get("ema") or content["model"]
    elif isinstance(content.get("generator"), Mapping):
        weights = from_published(content["generator"])
    else:
        published = waveglow_weights(content)
        weights = from_published(published) if published else _vocos_weights(content) or {}
    weights = {k: v for k, v in weights.items() if not k.startswith("feature_extractor.")}
    _load(model, weights, f"--init-from {path}")
    notes = [f"initial weights from {path}"]
    if discriminators is None:
        return Initial([*notes, "no discriminators are trained"])
    if path.name.startswith("g_"):
        content, path = _beside_generator(path)
    if content.get("discriminators") is None:
        return Initial([*notes, f"{path} holds no discriminators: they begin anew"])
    _load(discriminators, content["discriminators"], f"the discriminators of {path}")
    if content.get("optim_g") and content.get("optim_d"):
        notes.append(f"discriminators and both optimisers from {path}")
        return Initial(notes, (content["optim_g"], content["optim_d"]))
    return Initial([*notes, f"discriminators from {path}"])


def _beside_generator(path: Path) -> tuple[dict[str, Any], Path]:
    """Read the do_* beside a g_*, its discriminators under our names; {} where there is none."""
    beside = path.with_name("do_" + path.name.removeprefix("g_"))
    if not beside.is_file():
        return {}, path
    content = dict(load_checkpoint(beside))
    content["discriminators"] = {
        f"{kind}.{name}": value
        for kind in ("msd", "mpd")
        for name, value in from_published(content.get(kind, {})).items()
    }
    return content, beside


def _load(network: nn.Module, weights: Mapping[str, Tensor], what: str) -> None:
    current = network.state_dict()
    missing, extra = (
        sorted(current.keys() - weights.keys()),
        sorted(weights.keys() - current.keys()),
    )
    shared = sorted(current.keys() & weights.keys())
    shapes = [name for name in shared if current[name].shape != weights[name].shape]
    if missing or extra or shapes:
        raise InputError(
            f"{what}: another architecture or size: {len(missing)} weights missing {missing[:3]}, "
            f"{len(extra)} unknown {extra[:3]}, {len(shapes)} of another shape {shapes[:3]}. "
            "Choose the same preset and discriminators, or other weights"
        )
    network.load_state_dict(weights)


def write_hifigan(path: Path | str, source: Path | str) -> None:
    """Write a run's HiFi-GAN generator as g_* of jik876's format, its configuration as .json.

    Raises: InputError when `source` is no HiFi-GAN of a run.
    """
    content = load_checkpoint(file_of(source)) if str(source) else {}
    if _name_of(content) != "hifigan":
        raise InputError(
            f"{source or '--vocoder'} is no run of hifigan: only its weights have this format"
        )
    model: Hifigan = _own(content, Path(source))
    weights = to_published(content.get("ema") or content["model"])
    write_json(Path(f"{path}.json"), published_config(model.config, model.mel))
    save_checkpoint(path, {"generator": weights})

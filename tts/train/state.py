"""Everything a run needs to continue as if it had never stopped."""

from __future__ import annotations

import hashlib
from typing import Any

import torch

from tts.config import from_dict, to_dict
from tts.errors import InputError
from tts.models import model_class
from tts.train.config import TrainConfig


def noise_seed(seed: int, epoch: int, batch: int) -> int:
    """The seed of everything drawn for one batch of an epoch.

    So a batch meets the same noise and dropout whichever process has it and whatever was done
    before: several processes train as one does, and a resumed run needs no more than its place.
    """
    digest = hashlib.sha256(f"{seed}-{epoch}-{batch}".encode()).digest()
    return int.from_bytes(digest[:8], "little") >> 1


def random_state(device: torch.device) -> dict[str, Any]:
    """The state of this process's generators, on the CPU and on its CUDA device."""
    state: dict[str, Any] = {"cpu": torch.get_rng_state()}
    if device.type == "cuda":
        state["device"] = torch.cuda.get_rng_state(device)
    return state


def random_state_of(stored: dict[str, Any], rank: int) -> dict[str, Any]:
    """The state of process `rank` in a checkpoint; older ones hold that of a single process."""
    states = stored.get("ranks", [stored])
    return states[rank] if rank < len(states) else states[0]


def set_random_state(state: dict[str, Any], device: torch.device) -> None:
    """Restore what `random_state` gave, the GPU's where there was one and is one."""
    torch.set_rng_state(state["cpu"])
    if device.type != "cuda":
        return
    index, all_devices = device.index or 0, state.get("cuda", [])  # all devices: the older form
    if "device" in state:
        torch.cuda.set_rng_state(state["device"], device)
    elif index < len(all_devices):
        torch.cuda.set_rng_state(all_devices[index], device)


# Options that change which numbers a resumed run computes.
_EXACT = (
    "max_duration", "bucketing_sampler", "num_buckets", "shuffle", "seed", "precision",
    "use_fp16", "accumulate", "lr", "lr_schedule", "lr_final", "lr_decay_steps", "warmup_steps",
    "noam_channels", "adam_beta_1", "adam_beta_2", "adam_eps", "clip_norm", "ema_decay",
    "loss_weights", "world_size",
)  # fmt: skip


def check_resumable(
    path: Any, content: dict[str, Any], config: dict[str, Any], tokens: str
) -> list[str]:
    """What keeps a resumed run from being exact, as sentences; empty when it will be.

    Raises: InputError when the checkpoint belongs to another model, mel or token table.
    """
    if not {"optimizer", "config", "tokens", "random"} <= content.keys():
        raise InputError(
            f"{path} cannot be resumed: it holds weights only, or is not this project's. Start "
            f"from its weights with --init-from {path} --start-epoch 1 and another --exp-dir"
        )
    old = content["config"]
    names = [table.get("model", {}).get("name") for table in (old, config)]
    if names[0] != names[1]:
        raise InputError(
            f"{path} is a checkpoint of the model {names[0]}, not of {names[1]}: give --model "
            f"{names[0]}, or another --exp-dir"
        )
    old, config = ({**table, "model": _filled(table["model"])} for table in (old, config))
    sentences = []
    for part in ("model", "mel", "frontend"):
        before, now = old.get(part) or {}, config.get(part) or {}
        keys = {key for key in before.keys() | now.keys() if before.get(key) != now.get(key)}
        free = keys & {*model_class(names[0]).changeable} if part == "model" else set()
        sentences += [f"{part}.{key} was {before[key]}, is {now[key]}" for key in sorted(free)]
        if keys - free:
            raise InputError(
                f"{path} was trained with another {part} ({', '.join(sorted(keys - free))} "
                "differ). Resume with the configuration beside it (config.toml), or choose "
                "another --exp-dir"
            )
    if content["tokens"] != tokens:
        raise InputError(
            f"{path} was trained with another token table than this data's tokens.txt. "
            "Prepare the data as then, or choose another --exp-dir"
        )
    inside_epoch = content.get("batch", 0) > 0
    sentences += _changes(old["train"], config["train"], inside_epoch)
    return sentences + _other_surroundings(old, config, inside_epoch)


def _filled(table: dict[str, Any]) -> dict[str, Any]:
    """A [model] table with the defaults of the options that a checkpoint is too old to name."""
    name, options = table["name"], {key: table[key] for key in table if key != "name"}
    return {"name": name, **to_dict(from_dict(model_class(name).Config, options, "model"))}


def _other_surroundings(
    before: dict[str, Any], now: dict[str, Any], inside_epoch: bool
) -> list[str]:
    """The same for the machine and the data; checkpoints of earlier versions do not say."""
    old, new = before.get("machine", {}), now["machine"]
    sentences = [
        f"{name} was {old[name]}, is {new.get(name)}"
        for name in old
        if old[name] != new.get(name) and (name != "threads" or "threads" in new)
    ]
    old, new = before.get("data", {}), now["data"]
    if old and old != new:
        sentences.append(
            f"the training data are others: {old['utterances']} utterances then, "
            f"{new['utterances']} now"
            + (", and the rest of this epoch is cut from these" if inside_epoch else "")
        )
    on_gpu = now["machine"]["device"] != "cpu"
    if on_gpu and not now["train"]["deterministic"]:
        sentences.append("GPU kernels may round otherwise every time without --deterministic 1")
    return sentences


def _changes(before: dict[str, Any], now: dict[str, Any], inside_epoch: bool) -> list[str]:
    """Options that differ and matter, and what follows from that."""
    names = list(_EXACT)
    if now["lr_schedule"] in ("cosine", "exponential") and not now["lr_decay_steps"]:
        names.append("num_epochs")  # the decay spans the run
    if now.get("compile", False) != before.get("compile", False):
        names.append("compile")
    if before.get("shar", "") != now["shar"]:
        names.append("shar")  # utterances are mixed within a few shards
    before = {**to_dict(TrainConfig()), **before}  # an option that is new acted as its default
    changed = [name for name in names if before.get(name) != now.get(name)]
    sentences = [f"{name} was {before.get(name)}, is {now.get(name)}" for name in changed]
    if inside_epoch and {"max_duration", "bucketing_sampler", "num_buckets", "seed"} & {*changed}:
        sentences.append(
            "the rest of this epoch is cut from other batches, so that in it utterances may come "
            "twice or not at all"
        )
    if {"world_size", "accumulate"} & {*changed}:
        sizes = [table.get("world_size", 1) * table.get("accumulate", 1) for table in (before, now)]
        sentences.append(
            "a step still has as many batches: numbers differ by rounding alone"
            if sizes[0] == sizes[1]
            else f"a step had {sizes[0]} batches, has {sizes[1]}"
        )
    return sentences


def load_initial(model: torch.nn.Module, content: dict[str, Any], path: Any, tokens: str) -> None:
    """Load the weights of another run, ours or icefall's, into `model`.

    Raises: InputError when token tables or architectures differ, saying how.
    """
    weights = content.get("ema") or content.get("model")
    if not isinstance(weights, dict):
        raise InputError(f"{path} has no key 'model' (keys: {', '.join(map(str, content))})")
    current = model.state_dict()
    name = "encoder.emb.weight"
    if name in weights and name in current and weights[name].shape != current[name].shape:
        raise InputError(
            f"--init-from {path}: trained with {weights[name].shape[0]} tokens, this data's "
            f"tokens.txt has {current[name].shape[0]}. Prepare the data with the checkpoint's "
            "front end (for icefall's English: --frontend espeak --framing reference)"
        )
    if content.get("tokens") not in (None, tokens):
        raise InputError(
            f"--init-from {path}: trained with another token table than this data's tokens.txt "
            "(same size, other symbols). Prepare the data with the checkpoint's front end"
        )
    missing = sorted(current.keys() - weights.keys())
    extra = sorted(weights.keys() - current.keys())
    shapes = sorted(
        k for k in current.keys() & weights.keys() if current[k].shape != weights[k].shape
    )
    if missing or extra or shapes:
        raise InputError(
            f"--init-from {path}: another architecture: {len(missing)} weights missing "
            f"{missing[:3]}, {len(extra)} unknown {extra[:3]}, {len(shapes)} of another shape "
            f"{shapes[:3]}"
        )
    model.load_state_dict(weights)

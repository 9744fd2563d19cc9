"""Load a trained voice from a checkpoint: model, mel, front end, tokens; how it is to speak."""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tts.checkpoint import (
    average_weights,
    epoch_path,
    latest_checkpoint,
    list_epochs,
    load_checkpoint,
    weights_of,
)
from tts.config import from_dict, option, to_dict
from tts.errors import InputError
from tts.mel import MelConfig
from tts.models import build_model, model_class
from tts.models.facts import Facts
from tts.models.tacotron2_published import from_published, is_published, options_of
from tts.text.frontend import build_frontend, foreign_frontend
from tts.text.spoken import FrontEnd, FrontEndConfig
from tts.text.tokens import TokenTable
from tts.text.user_lexicon import with_user_lexicon

_building = threading.Lock()


@dataclass(frozen=True)
class SpeakingOptions:
    """Hold how to speak, with the defaults of all scripts and packages."""

    num_steps: int = option(3, "flow steps, for models that have them")
    noise_scale: float = option(0.667, "temperature: deviation of the noise a flow starts from")
    length_scale: float = option(1.0, "above 1 is slower")
    pitch_scale: float = option(1.0, "factor of F0, for models with this control")
    energy_scale: float = option(1.0, "factor of energy, for models with this control")
    seed: int = option(42, "of the noise of every sentence")
    pause: float = option(0.25, "seconds of silence between the sentences of a long text")
    max_chars: int | None = option(
        None, "longer texts are spoken sentence by sentence; None: the language's usual maximum"
    )

    def __post_init__(self) -> None:
        if self.num_steps < 1:
            raise InputError(f"{self.num_steps} flow steps: at least 1 is needed")
        if not 0 <= self.noise_scale < math.inf:
            raise InputError(f"temperature {self.noise_scale}: must be 0 or more")
        for name, scale in self.scales.items():
            if not 0 < scale < math.inf:
                raise InputError(f"{name.replace('_', ' ')} {scale}: must be greater than 0")
        if not 0 <= self.seed < 2**63:
            raise InputError(f"seed {self.seed}: must be 0 or more, below 2^63")
        if not 0 <= self.pause <= 60:
            raise InputError(f"a pause of {self.pause} s: must be from 0 to 60 seconds")

    @property
    def scales(self) -> dict[str, float]:
        """Return the factors of the whole utterance, by the names that models know."""
        names = ("length_scale", "pitch_scale", "energy_scale")
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True)
class Voice:
    """Hold what speaking and exporting need; everything comes from the checkpoint.

    Attributes:
      model: the acoustic model in evaluation mode.
      model_name: its key in tts.models.MODELS.
      mel: the mel it makes. frontend_config: how its text becomes tokens. table: their ids.
      corpus: facts of the corpus (name, dataset, licence) as plain values.
      source: the checkpoint and which weights, for messages.
    """

    model: Any
    model_name: str
    mel: MelConfig
    frontend_config: FrontEndConfig
    table: TokenTable
    corpus: dict[str, Any]
    source: str

    @property
    def frontend(self) -> FrontEnd:
        """Return the front end, built when it is first asked for, once for all threads."""
        with _building:
            if "_frontend" not in vars(self):
                vars(self)["_frontend"] = build_frontend(self.frontend_config)
            return vars(self)["_frontend"]

    def with_user_lexicon(self, path: Path | None) -> Voice:
        """Return this voice with the pronunciations of a file.

        Raises: InputError for a file that cannot be used.
        """
        return replace(self, frontend_config=with_user_lexicon(self.frontend_config, path))

    def with_attention_window(self, size: int) -> Voice:
        """Hold the model's attention monotonic: `size` tokens ahead; 0: free; below 0: as trained.

        Raises: InputError for a model without attention.
        """
        if size < 0:
            return self
        if not hasattr(self.model.config, "attention_window"):
            raise InputError(
                f"--attention-window {size}: {self.source} is {self.model_name}, which has no "
                "attention; leave it out"
            )
        self.model.config = replace(self.model.config, attention_window=size)
        return self

    def on(self, device: str) -> Any:
        """Move the model to `device` and return it.

        Raises: InputError where there is no such device.
        """
        try:
            return self.model.to(device)
        except (RuntimeError, AssertionError) as error:  # as torch reports a missing device
            reason = str(error).partition("\n")[0]
            raise InputError(f"device {device}: {reason}; use cpu, cuda or cuda:N") from None

    def encode(self, tokens: list[str]) -> list[int]:
        """Return ids with blanks and framing, as the model was trained."""
        return self.table.encode(tokens, self.frontend_config.framing)


def find_checkpoint(exp_dir: Path | str, epoch: int | None) -> Path:
    """Find the checkpoint of `epoch`; without an epoch the best by validation, else the last."""
    exp_dir = Path(exp_dir)
    if not exp_dir.is_dir():
        raise InputError(f"experiment folder {exp_dir} does not exist: train first, or --exp-dir")
    if epoch is not None:
        path = epoch_path(exp_dir, epoch)
        if not path.is_file():
            known = ", ".join(map(str, list_epochs(exp_dir)))
            raise InputError(
                f"--epoch {epoch}: {path} does not exist (epochs there: {known or 'none'})"
            )
        return path
    best = exp_dir / "best-valid-loss.pt"
    if best.is_file():
        return best
    latest = latest_checkpoint(exp_dir)
    if latest is None:
        raise InputError(f"no checkpoint in {exp_dir}: train first, or give --exp-dir")
    return latest[0]


def find_source(exp_dir: Path | str, epoch: int | None, checkpoint: str) -> tuple[Path, str]:
    """Find what --exp-dir, --epoch and --checkpoint mean together, as `load_voice` takes it.

    Args:
      checkpoint: 'ema', 'raw', or a checkpoint file, in `exp_dir` or a path of its own.

    Returns: the folder or the file; 'ema' or 'raw'.
    """
    exp_dir = Path(exp_dir)
    if checkpoint in ("ema", "raw"):
        return exp_dir, checkpoint
    for path in (exp_dir / checkpoint, Path(checkpoint)):
        if path.is_file():
            if epoch is not None:
                raise InputError(f"give either --epoch {epoch} or --checkpoint {checkpoint}")
            return path, "ema"
    there = ", ".join(sorted(path.name for path in exp_dir.glob("*.pt")))
    raise InputError(
        f"--checkpoint {checkpoint}: neither ema nor raw, nor a file here or in {exp_dir} "
        f"(checkpoints there: {there or 'none'})"
    )


def load_voice(
    exp_dir: Path | str,
    epoch: int | None = None,
    which: str = "ema",
    average: int = 1,
    tokens: Path | str | None = None,
    frontend: dict[str, Any] | None = None,
) -> Voice:
    """Load a voice from an experiment folder or from one checkpoint file.

    Args:
      exp_dir: the folder of epoch-N.pt, or a checkpoint file.
      epoch: which epoch of a folder; None: best-valid-loss.pt, else the last.
      which: 'ema' (averaged weights) or 'raw'.
      average: how many checkpoints up to `epoch` to average.
      tokens, frontend: tokens.txt and the recipe's front end, for checkpoints of icefall,
        which carry neither.

    Raises: InputError when files are missing, damaged or of another kind of model.
    """
    path = Path(exp_dir)
    if not path.is_file():
        path = find_checkpoint(exp_dir, epoch)
    content = load_checkpoint(path)
    if "config" not in content or "tokens" not in content:
        content = _adopt(content, path, tokens, frontend or {})
    elif tokens and TokenTable.read(tokens).text() != content["tokens"]:
        raise InputError(
            f"{tokens} is not the token table that {path} was trained with; leave --tokens out, "
            "the checkpoint holds its own"
        )
    weights, source = _weights(content, path, epoch, which, average)
    config = content["config"]
    options = dict(config["model"])
    name = options.pop("name")
    mel = from_dict(MelConfig, config["mel"], f"{path}: mel")
    table = TokenTable.parse(content["tokens"], f"{path}: tokens")
    model_config = from_dict(model_class(name).Config, options, f"{path}: model")
    model = build_model(name, model_config, Facts(table.num_embeddings, mel.n_mels))
    try:
        model.load_state_dict(weights)
    except RuntimeError as error:
        raise InputError(f"{path} holds another architecture than {name}: {error}") from None
    if fixed := getattr(model_config, "steps", None):
        source += f", {fixed} flow step{'s' * (fixed > 1)} whatever is asked for"
    return Voice(
        model=model.eval(),
        model_name=name,
        mel=mel,
        frontend_config=from_dict(FrontEndConfig, config["frontend"], f"{path}: frontend"),
        table=table,
        corpus=config.get("corpus", {}),
        source=source,
    )


def _weights(
    content: dict[str, Any], path: Path, epoch: int | None, which: str, average: int
) -> tuple[dict[str, Any], str]:
    """Return the weights of a checkpoint, or of several averaged, and what they are in words."""
    if average <= 1:
        return weights_of(content, which, path), f"{path} ({which} weights)"
    last = content.get("epoch", epoch or 0)
    epochs = [e for e in list_epochs(path.parent) if e <= last][-average:]
    if len(epochs) < average:
        raise InputError(
            f"--average {average}: up to epoch {last} {path.parent} has only the epochs "
            f"{', '.join(map(str, epochs)) or '(none)'}"
        )
    weights = average_weights([epoch_path(path.parent, e) for e in epochs], which)
    numbers = ", ".join(map(str, epochs))
    return weights, f"mean of epochs {numbers} in {path.parent} ({which} weights)"


def _adopt(
    content: dict[str, Any], path: Path, tokens: Path | str | None, frontend: dict[str, Any]
) -> dict[str, Any]:
    """Give a checkpoint of icefall or NVIDIA (weights alone) the configuration of its training."""
    if is_published(content):
        return _adopt_tacotron2(content, path, tokens)
    if not tokens:
        raise InputError(
            f"{path} carries no configuration (keys: {', '.join(map(str, content))}). If it is "
            "icefall's, give --tokens its tokens.txt"
        )
    table = TokenTable.read(tokens)
    frontend = foreign_frontend(table.symbols, frontend)
    weights = weights_of(content, "raw", path)
    embedding = weights.get("encoder.emb.weight")
    if embedding is None:
        raise InputError(
            f"{path} is neither this project's checkpoint, nor icefall's Matcha-TTS, nor NVIDIA's "
            "Tacotron 2"
        )
    if len(embedding) != table.num_embeddings:
        raise InputError(
            f"{path} was trained with {len(embedding)} tokens, {tokens} has "
            f"{table.num_embeddings}: give --tokens the table of that training"
        )
    config = {"model": {"name": "matcha"}, "mel": {}, "frontend": frontend}
    return {**content, "config": config, "tokens": table.text()}


def _adopt_tacotron2(
    content: dict[str, Any], path: Path, tokens: Path | str | None
) -> dict[str, Any]:
    """Give NVIDIA's checkpoint its configuration: English characters unless `tokens` says other."""
    frontend = FrontEndConfig(unit="characters")
    weights = from_published(content)
    try:
        options = options_of(weights)
    except KeyError as error:
        raise InputError(f"{path} is NVIDIA's Tacotron 2, but has no weight {error}") from None
    table = TokenTable.read(tokens) if tokens else build_frontend(frontend).token_table()
    if (count := len(weights["embedding.weight"])) != table.num_embeddings:
        raise InputError(
            f"{path} has {count} symbols, the table {tokens or 'of the unit characters'} "
            f"{table.num_embeddings}: give --tokens the table of that training"
        )
    model = {"name": "tacotron2", **options}
    config = {"model": model, "mel": {}, "frontend": to_dict(frontend)}
    return {"model": weights, "config": config, "tokens": table.text()}

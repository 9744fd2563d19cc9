"""A trained voice: model, mel, front end and token table out of one checkpoint."""

from __future__ import annotations

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
from tts.config import from_dict
from tts.errors import InputError
from tts.mel import MelConfig
from tts.models import build_model, model_class
from tts.text.frontend import build_frontend, foreign_frontend
from tts.text.spoken import FrontEndConfig
from tts.text.tokens import TokenTable
from tts.text.user_lexicon import with_user_lexicon


@dataclass(frozen=True)
class Voice:
    """What speaking and exporting need; everything comes from the checkpoint.

    Attributes:
      model: the acoustic model in evaluation mode.
      model_name: its key in tts.models.MODELS.
      mel: the mel it makes. frontend: how its text becomes tokens. table: their ids.
      corpus: facts of the corpus (name, dataset, licence) as plain values.
      source: the checkpoint and which weights, for messages.
    """

    model: Any
    model_name: str
    mel: MelConfig
    frontend: FrontEndConfig
    table: TokenTable
    corpus: dict[str, Any]
    source: str

    def speaker(self) -> Any:
        """The front end as a function of text."""
        return build_frontend(self.frontend)

    def with_user_lexicon(self, path: Path | None) -> Voice:
        """This voice with the pronunciations of a file; raises as user_lexicon's own."""
        return replace(self, frontend=with_user_lexicon(self.frontend, path))

    def on(self, device: str) -> Any:
        """The model, moved to `device`. Raises: InputError where there is no such device."""
        try:
            return self.model.to(device)
        except (RuntimeError, AssertionError) as error:  # as torch reports a missing device
            reason = str(error).partition("\n")[0]
            raise InputError(f"device {device}: {reason}; use cpu, cuda or cuda:N") from None

    def encode(self, tokens: list[str]) -> list[int]:
        """Ids with blanks and framing, as the model was trained."""
        return self.table.encode(tokens, self.frontend.framing)


def find_checkpoint(exp_dir: Path | str, epoch: int | None) -> Path:
    """The checkpoint of `epoch` in `exp_dir`; without an epoch the best by validation, else
    the last.
    """
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
    """What --exp-dir, --epoch and --checkpoint mean together, as `load_voice` takes it.

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
    source = f"{path} ({which} weights)"
    if average > 1:
        last = content.get("epoch", epoch or 0)
        epochs = [e for e in list_epochs(path.parent) if e <= last][-average:]
        if len(epochs) < average:
            raise InputError(
                f"--average {average}: up to epoch {last} {path.parent} has only the epochs "
                f"{', '.join(map(str, epochs)) or '(none)'}"
            )
        weights = average_weights([epoch_path(path.parent, e) for e in epochs], which)
        source = f"mean of epochs {', '.join(map(str, epochs))} in {path.parent} ({which} weights)"
    else:
        weights = weights_of(content, which, path)
    config = content["config"]
    options = dict(config["model"])
    name = options.pop("name")
    mel = from_dict(MelConfig, config["mel"], f"{path}: mel")
    table = TokenTable.parse(content["tokens"], f"{path}: tokens")
    model_config = from_dict(model_class(name).Config, options, f"{path}: model")
    model = build_model(name, model_config, table.num_embeddings, mel.n_mels, 0.0, 1.0)
    try:
        model.load_state_dict(weights)
    except RuntimeError as error:
        raise InputError(f"{path} holds another architecture than {name}: {error}") from None
    return Voice(
        model=model.eval(),
        model_name=name,
        mel=mel,
        frontend=from_dict(FrontEndConfig, config["frontend"], f"{path}: frontend"),
        table=table,
        corpus=config.get("corpus", {}),
        source=source,
    )


def _adopt(
    content: dict[str, Any], path: Path, tokens: Path | str | None, frontend: dict[str, Any]
) -> dict[str, Any]:
    """Give icefall's checkpoint (weights alone) the configuration it was trained with."""
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
        raise InputError(f"{path} is neither this project's checkpoint nor icefall's Matcha-TTS")
    if len(embedding) != table.num_embeddings:
        raise InputError(
            f"{path} was trained with {len(embedding)} tokens, {tokens} has "
            f"{table.num_embeddings}: give --tokens the table of that training"
        )
    config = {"model": {"name": "matcha"}, "mel": {}, "frontend": frontend}
    return {**content, "config": config, "tokens": table.text()}

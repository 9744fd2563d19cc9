"""A trained voice as ONNX files and as a package: what the export scripts call."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tts.config import option
from tts.errors import InputError
from tts.files import read_json
from tts.text.tokens import TokenTable

if TYPE_CHECKING:
    from tts.mel import MelConfig
    from tts.voice import Voice


@dataclass(frozen=True)
class ExportOptions:
    """The flags of export_onnx.py."""

    exp_dir: str = option("", "folder of the checkpoints; empty: the recipe's")
    epoch: int = option(0, "export epoch-N.pt; 0: the best by validation, else the last")
    avg: int = option(1, "average this many checkpoints, ending at --epoch")
    checkpoint: str = option("ema", "ema, raw, or a checkpoint file")
    steps: str = option("2,3,6", "numbers of ODE steps, one file each (models that have steps)")
    tokens: str = option("", "tokens.txt; the checkpoint's own counts, a different one is an error")
    cmvn: str = option("", "cmvn.json; the checkpoint's own counts, a different one is an error")
    output_dir: str = option("", "folder for the ONNX files; empty: the folder of checkpoints")
    int8: bool = option(False, "also write <file>.int8.onnx of each file, with its difference")
    package: str = option("", "also assemble a sherpa-onnx package in this folder")
    vocoder: str = option("", "of the package: HiFi-GAN checkpoint or .onnx; empty: Griffin-Lim")
    vocoder_licence: str = option("", "of the package: what its README says of the vocoder")
    rule_fsts: str = option("", "of the package: more rule FSTs, used before ours: a.fst,b.fst")


def parse_steps(text: str) -> list[int]:
    """'2,3,6' as numbers; InputError for anything else."""
    try:
        steps = sorted({int(part) for part in text.replace(",", " ").split()})
    except ValueError:
        steps = []
    if not steps or steps[0] < 1:
        raise InputError(f"--steps {text}: expected numbers from 1 on, such as 2,3,6")
    return steps


def check_tables(voice: Voice, tokens: str, cmvn: str) -> None:
    """InputError when a tokens.txt or cmvn.json belongs to another voice than the checkpoint."""
    if tokens and TokenTable.read(tokens).symbols != voice.table.symbols:
        raise InputError(
            f"{tokens} is not the token table that {voice.source} was trained with; leave "
            "--tokens out, the checkpoint holds its own"
        )
    if cmvn:
        given = read_json(cmvn)
        stored = {
            "fbank_mean": float(voice.model.mel_mean),
            "fbank_std": float(voice.model.mel_std),
        }
        if any(abs(given.get(key, 1e9) - value) > 1e-3 for key, value in stored.items()):
            raise InputError(
                f"{cmvn} says {given}, {voice.source} was trained with {stored}; leave --cmvn "
                "out, the checkpoint holds its own"
            )


def onnx_files(model: Any, steps: Sequence[int]) -> dict[str, int | None]:
    """The ONNX files for sherpa-onnx of a model (or its class), with their numbers of steps."""
    if not model.has_steps:
        return {"model.onnx": None}
    return {f"model-steps-{count}.onnx": count for count in steps}


# The file with a model's further scales as inputs, for users of ONNX Runtime.
SCALES_FILE = "model-scales.onnx"


def export_voice(
    voice: Voice, folder: Path | str, steps: Sequence[int], int8: bool = False
) -> Iterable[tuple[Path, str]]:
    """Write the files of `onnx_files`; yield each with its difference from PyTorch.

    A model with controls gets SCALES_FILE as well, in which they are inputs; it comes last.
    """
    from tts.export.onnx import acoustic_metadata, export_acoustic, export_int8

    num_tokens = voice.table.num_embeddings
    wanted: list[tuple[str, int | None, tuple[str, ...]]] = [
        (name, count, ()) for name, count in onnx_files(voice.model, steps).items()
    ]
    if voice.model.controls:
        wanted.append((SCALES_FILE, None, voice.model.controls))
    for name, count, controls in wanted:
        path = Path(folder) / name
        parity = export_acoustic(
            voice.model,
            path,
            num_tokens=num_tokens,
            num_steps=count,
            metadata=acoustic_metadata(voice, count),
            controls=controls,
        )
        yield path, f"largest difference from PyTorch {parity.worst:.2g}, mean {parity.mean:.2g}"
        if int8 and not controls:
            small = path.with_suffix(".int8.onnx")
            parity = export_int8(path, small, voice.model, num_tokens, count)
            yield (
                small,
                f"largest difference from PyTorch {parity.worst:.3f}, mean {parity.mean:.3f}",
            )


def export_vocoder(path: str, mel: MelConfig, target: Path | str, licence: str = "") -> float:
    """Write an ONNX vocoder: a HiFi-GAN checkpoint's, or without `path` Griffin-Lim.

    Returns: the largest difference from PyTorch.
    Raises: InputError when the checkpoint cannot be read or was trained on other features.
    """
    from tts.export.vocoder import export_griffin_lim, export_hifigan

    if not path:
        return export_griffin_lim(mel, target)
    from tts.vocoders import check_mel
    from tts.vocoders.hifigan import load_hifigan

    model = load_hifigan(path)
    check_mel(mel, model.mel, path)
    facts = {"comment": f"HiFi-GAN, weights {Path(path).name}", "licence": licence}
    return export_hifigan(model, target, facts)


def check_vocoder(path: Path | str, mel: MelConfig) -> None:
    """Check that a vocoder takes `mel`: a HiFi-GAN checkpoint, or .onnx by its metadata.

    Raises: InputError when it cannot be read or takes another mel.
    """
    if Path(path).suffix == ".onnx":
        from tts.export.vocoder import check_onnx_mel

        check_onnx_mel(path, mel)
    else:
        from tts.vocoders import load_vocoder

        load_vocoder(path, mel)


def package_voice(
    voice: Voice, models: Sequence[Path], options: ExportOptions, texts: Iterable[str] = ()
) -> list[Path]:
    """Assemble the sherpa-onnx package of a voice, its lexicon with the words of `texts`.

    Returns: the files of the package.
    """
    import tempfile

    from tts.export.package import Parts, assemble
    from tts.text.lexicon import write_lexicon

    with tempfile.TemporaryDirectory() as folder:
        tokens, lexicon = Path(folder) / "tokens.txt", Path(folder) / "lexicon.txt"
        rule_fsts = [Path(part) for part in options.rule_fsts.split(",") if part]
        vocoder = Path(options.vocoder)
        voice.table.write(tokens)
        if vocoder.suffix != ".onnx":
            vocoder = Path(folder) / "vocoder.onnx"
            export_vocoder(options.vocoder, voice.mel, vocoder, options.vocoder_licence)
        has_lexicon = voice.frontend.kind.lexicon
        if has_lexicon:
            write_lexicon(lexicon, voice.speaker().lexicon(texts), voice.table)
        # The last: they read what the user's have written out.
        rule_fsts += voice.speaker().write_rule_fsts(Path(folder))
        parts = Parts(
            models=models,
            vocoder=vocoder,
            tokens=tokens,
            lexicon=lexicon if has_lexicon else None,
            rule_fsts=rule_fsts,
            frontend=voice.frontend,
            corpus=voice.corpus,
            vocoder_licence=options.vocoder_licence,
        )
        return assemble(options.package, parts)

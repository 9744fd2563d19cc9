"""Export a trained voice as ONNX files and as a package: what the export scripts call."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tts.config import option, to_dict
from tts.errors import InputError
from tts.files import read_json
from tts.text.tokens import TokenTable

if TYPE_CHECKING:
    from tts.mel import MelConfig
    from tts.voice import Voice


@dataclass(frozen=True)
class ExportOptions:
    """Hold the flags of export_onnx.py."""

    exp_dir: str = option("", "folder of the checkpoints; empty: the recipe's")
    epoch: int = option(0, "export epoch-N.pt; 0: the best by validation, else the last")
    avg: int = option(1, "average this many checkpoints, ending at --epoch")
    checkpoint: str = option("ema", "ema, raw, or a checkpoint file")
    steps: str = option("2,3,6", "numbers of ODE steps, one file each (models that have steps)")
    tokens: str = option("", "tokens.txt; the checkpoint's own counts, a different one is an error")
    cmvn: str = option("", "cmvn.json; the checkpoint's own counts, a different one is an error")
    output_dir: str = option("", "folder for the ONNX files; empty: the folder of checkpoints")
    int8: bool = option(False, "also write <file>.int8.onnx of each file, into the package too")
    int8_only: bool = option(False, "the same, and leave the large files out of the package")
    package: str = option("", "also assemble a sherpa-onnx package in this folder")
    vocoder: str = option("", "of the package: HiFi-GAN checkpoint or .onnx; empty: Griffin-Lim")
    vocoder_licence: str = option("", "of the package: what its README says of the vocoder")
    attention_window: int = option(
        -1, "tacotron2: tokens ahead that may be read; 0: all; -1: as trained"
    )
    rule_fsts: str = option("", "of the package: more rule FSTs, used before ours: a.fst,b.fst")
    base: str = option("", "also write the weights alone, in 16 bits, to this file for --init-from")

    @property
    def with_int8(self) -> bool:
        return self.int8 or self.int8_only


def parse_steps(text: str) -> list[int]:
    """Read '2,3,6' as numbers; InputError for anything else."""
    try:
        steps = sorted({int(part) for part in text.replace(",", " ").split()})
    except ValueError:
        steps = []
    if not steps or steps[0] < 1:
        raise InputError(f"--steps {text}: expected numbers from 1 on, such as 2,3,6")
    return steps


def check_tables(voice: Voice, tokens: str, cmvn: str) -> None:
    """Raise InputError when a tokens.txt or cmvn.json is not the checkpoint's."""
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


# The file with a model's further scales as inputs, for users of ONNX Runtime.
SCALES_FILE = "model-scales.onnx"


def export_voice(
    voice: Voice, folder: Path | str, steps: Sequence[int], int8: bool = False
) -> Iterable[tuple[Path, str, bool]]:
    """Write the graphs of a voice's model as ONNX files, and with `int8` a copy in 8 bit of each.

    Yields: the file, its difference from PyTorch, and whether sherpa-onnx speaks with it.
    """
    from tts.export.onnx import acoustic_metadata, export_graph

    metadata = acoustic_metadata(voice)
    for graph in voice.model.export_graphs(steps):
        path = Path(folder) / graph.file
        yield path, str(export_graph(graph, path, metadata)), graph.packaged
    for graph in voice.model.export_graphs(steps, int8=True) if int8 else ():
        path = (Path(folder) / graph.file).with_suffix(".int8.onnx")
        yield path, str(export_graph(graph, path, metadata)), graph.packaged


def export_vocoder(
    path: str,
    mel: MelConfig,
    target: Path | str,
    licence: str = "",
    samples: bool = False,
    int8: bool = False,
) -> float:
    """Write an ONNX vocoder: that of a checkpoint, or without `path` Griffin-Lim.

    Args: samples, int8, for a Vocos: whether its inverse STFT is part of the graph, and whether
    its weights are in 8 bit.
    Returns: the largest difference from PyTorch.
    Raises: InputError when the checkpoint cannot be read or was trained on another mel, or 8 bit
    are asked of a vocoder that would gain nothing.
    """
    from tts.export.vocoder import export_griffin_lim, export_hifigan, export_vocos

    if not path and not int8:
        return export_griffin_lim(mel, target)
    from tts.export.waveglow import export_waveglow
    from tts.vocoders import load_vocoder
    from tts.vocoders.vocos import Vocos
    from tts.vocoders.waveglow import Waveglow

    model = load_vocoder(path or None, mel)
    facts = {"comment": f"{type(model).__name__}, weights {Path(path).name}", "licence": licence}
    if isinstance(model, Vocos):
        return export_vocos(model, target, facts, samples, int8)
    if int8:
        raise InputError(
            f"{type(model).__name__} has no 8-bit export, since it has no products of matrices; "
            "a Vocos has one"
        )
    export = export_waveglow if isinstance(model, Waveglow) else export_hifigan
    return export(model, target, facts)


def write_base(voice: Voice, path: Path | str) -> None:
    """Write a voice's weights as a checkpoint that speaks and that --init-from reads: matrices in
    16 bits, no state of the training.
    """
    from tts.checkpoint import save_checkpoint

    weights = voice.model.state_dict()
    large = {name for name, v in weights.items() if v.dim() > 1 and v.is_floating_point()}
    config = {
        "model": {"name": voice.model_name, **to_dict(voice.model.config)},
        "mel": to_dict(voice.mel),
        "frontend": to_dict(voice.frontend_config),
        "corpus": dict(voice.corpus),
    }
    content = {
        "model": {name: v.half() if name in large else v for name, v in weights.items()},
        "config": config,
        "tokens": voice.table.text(),
    }
    save_checkpoint(path, content)


def package_voice(
    voice: Voice, models: Sequence[Path], options: ExportOptions, texts: Iterable[str] = ()
) -> list[Path]:
    """Assemble the sherpa-onnx package of a voice, its lexicon with the words of `texts`.

    models: those of export_voice but SCALES_FILE. With int8_only the large ones are left out.

    Returns: the files of the package.
    """
    import tempfile

    from tts.export.package import assemble
    from tts.export.parts import VOCODER, Parts, is_int8
    from tts.text.lexicon import write_lexicon
    from tts.vocoders.onnx import check_onnx_mel

    with tempfile.TemporaryDirectory() as folder:
        tokens, lexicon = Path(folder) / "tokens.txt", Path(folder) / "lexicon.txt"
        rule_fsts = [Path(part) for part in options.rule_fsts.split(",") if part]
        vocoders = {VOCODER: Path(options.vocoder)}
        voice.table.write(tokens)
        if vocoders[VOCODER].suffix == ".onnx":
            check_onnx_mel(vocoders[VOCODER], voice.mel)
        else:
            vocoders = _vocoders(voice, options, Path(folder))
        has_lexicon = voice.frontend_config.kind.lexicon
        if has_lexicon:
            write_lexicon(lexicon, voice.frontend.lexicon(texts), voice.table)
        # The last: they read what the user's have written out.
        rule_fsts += voice.frontend.write_rule_fsts(Path(folder))
        parts = Parts(
            models=[path for path in models if is_int8(path) or not options.int8_only],
            vocoders=vocoders,
            tokens=tokens,
            lexicon=lexicon if has_lexicon else None,
            rule_fsts=rule_fsts,
            frontend=voice.frontend_config,
            corpus=voice.corpus,
            vocoder_licence=options.vocoder_licence,
        )
        return assemble(options.package, parts)


def _vocoders(voice: Voice, options: ExportOptions, folder: Path) -> dict[str, Path]:
    """Write the vocoder of a package, a Vocos also or only with 8-bit weights, where these are
    wanted; return the files by their names.
    """
    from tts.export.parts import VOCODER, VOCODER_INT8
    from tts.vocoders import load_vocoder
    from tts.vocoders.vocos import Vocos

    names = [VOCODER]
    if options.with_int8 and isinstance(load_vocoder(options.vocoder or None, voice.mel), Vocos):
        names = [VOCODER_INT8] if options.int8_only else [VOCODER, VOCODER_INT8]
    for name in names:
        arguments = options.vocoder, voice.mel, folder / name, options.vocoder_licence
        export_vocoder(*arguments, int8=name == VOCODER_INT8)
    return {name: folder / name for name in names}

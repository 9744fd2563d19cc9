"""Open a speech recogniser by its folder, or by the name of packaged weights."""

from __future__ import annotations

from pathlib import Path

from tts.errors import InputError
from tts.evaluate.packaged_weights import PACKAGED, packaged_folder
from tts.evaluate.recogniser import Recogniser
from tts.evaluate.sherpa_recogniser import SherpaRecogniser
from tts.evaluate.whisper import Whisper


def open_recogniser(
    which: str, language: str, prompt: str = "", num_threads: int = 1
) -> Recogniser:
    """Open the recogniser of a folder, or packaged Whisper weights by name.

    Args:
      which: a folder with a Whisper of CTranslate2 (model.bin, tokenizer.json) or with a model of
        sherpa-onnx (tokens.txt and .onnx files), or a name of PACKAGED.
      language: code of the recogniser, such as en. prompt: a text before what is heard.

    Raises: InputError when there is no such model, it hears another language, or its package is
    missing.
    """
    folder = packaged_folder(which) if which in PACKAGED else Path(which)
    if not folder.is_dir():
        raise InputError(
            f"--recogniser {which}: no such folder, and no packaged model (there are: "
            f"{', '.join(PACKAGED)})"
        )
    if (folder / "model.bin").is_file():
        return Whisper(folder, language, prompt, num_threads, name=which)
    if any(folder.glob("*.onnx")):
        return SherpaRecogniser(folder, language, num_threads, name=which)
    raise InputError(
        f"--recogniser {which}: no model is there. Looked for model.bin (a Whisper converted by "
        f"ct2-transformers-converter) and *.onnx (sherpa-onnx); there are: {_listed(folder)}"
    )


def _listed(folder: Path) -> str:
    names = sorted(path.name for path in folder.iterdir())
    return ", ".join(names[:8]) + (" ..." if len(names) > 8 else "") if names else "no files"

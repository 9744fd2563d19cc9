"""Speaks the texts of each package of a job through SherpaVoice, with the sherpa-onnx on
PYTHONPATH; see worker.py for why this is a process of its own.

The job: `packages`, a list of {package, texts}; the result: version and, for each package in
turn, the samples of its texts, or the message of the InputError that it meets.
"""

import json
import sys
from pathlib import Path

import sherpa_onnx

from tts.errors import InputError
from tts.infer.sherpa import SherpaVoice


def speak_all(package, texts):
    try:
        voice = SherpaVoice(package)
        return [voice.speak(text, pause=0.0).samples.tolist() for text in texts]
    except InputError as error:
        return str(error)


def main():
    job = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    spoken = [speak_all(item["package"], item["texts"]) for item in job["packages"]]
    result = {"version": sherpa_onnx.__version__, "spoken": spoken}
    Path(sys.argv[2]).write_text(json.dumps(result), encoding="utf-8")


main()

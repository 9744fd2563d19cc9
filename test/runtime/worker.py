"""Speaks the texts of a job with whatever sherpa-onnx is on PYTHONPATH.

Run as a process of its own, since some versions end the process where others raise:
    PYTHONPATH=<folder of a runtime> python worker.py job.json result.json
The job: acoustic_model, vocoder, tokens, lexicon, data_dir, rule_fsts, noise_scale,
length_scale, num_threads, max_num_sentences, and texts or (2.x) phoneme_codepoints, with
`extra`, the settings of a 2.x GenerationConfig that have no name of their own; the result:
version and per text sample_rate and samples.
"""

import json
import sys
from pathlib import Path

import sherpa_onnx


def make_engine(job):
    matcha = sherpa_onnx.OfflineTtsMatchaModelConfig(
        acoustic_model=job["acoustic_model"],
        vocoder=job["vocoder"],
        lexicon=job.get("lexicon", ""),
        tokens=job["tokens"],
        data_dir=job.get("data_dir", ""),
        noise_scale=job.get("noise_scale", 0.667),
        length_scale=job.get("length_scale", 1.0),
    )
    model = sherpa_onnx.OfflineTtsModelConfig(
        matcha=matcha, num_threads=job.get("num_threads", 1), debug=job.get("debug", False)
    )
    config = sherpa_onnx.OfflineTtsConfig(
        model=model,
        rule_fsts=job.get("rule_fsts", ""),
        max_num_sentences=job.get("max_num_sentences", 1),
        silence_scale=1.0,  # 1: what the vocoder made arrives unchanged
    )
    if not config.validate():
        sys.exit(f"the runtime refuses the job's files: {config}")
    return sherpa_onnx.OfflineTts(config)


def requests(job):
    """The argument of `generate` for each utterance: a text, or code points in an empty one."""
    for text in job.get("texts", []):
        if not job.get("extra"):
            yield text, None
            continue
        generation = sherpa_onnx.GenerationConfig()
        generation.silence_scale = 1.0
        generation.extra = job["extra"]
        yield text, generation
    for codepoints in job.get("phoneme_codepoints", []):
        generation = sherpa_onnx.GenerationConfig()
        generation.phoneme_codepoints = [codepoints]  # one list for each run
        yield "", generation


def main():
    job = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    engine = make_engine(job)
    spoken = []
    for text, generation in requests(job):
        audio = engine.generate(text, generation) if generation else engine.generate(text)
        spoken.append({"sample_rate": audio.sample_rate, "samples": list(audio.samples)})
    result = {"version": sherpa_onnx.__version__, "spoken": spoken}
    Path(sys.argv[2]).write_text(json.dumps(result), encoding="utf-8")


main()

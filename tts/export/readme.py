"""Write the README of a package: what runs where, the commands, the licences."""

from __future__ import annotations

from tts.export.graph import read_metadata
from tts.export.parts import Parts, default_of, is_int8
from tts.text.frontend import sample_text
from tts.text.languages import load
from tts.voice import SpeakingOptions

NOISE_SCALE = SpeakingOptions.noise_scale  # the runtime's own default of 1 is rougher


def readme(name: str, parts: Parts) -> str:
    """Return the README of a package as Markdown."""
    corpus, frontend = parts.corpus, parts.frontend
    model, vocoder = default_of(parts.models).name, next(iter(parts.vocoders))
    flags = [
        f"--matcha-acoustic-model={model}",
        f"--matcha-vocoder={vocoder}",
        "--matcha-tokens=tokens.txt",
        f"--matcha-noise-scale={NOISE_SCALE}",
    ]
    if parts.lexicon is not None:
        flags.insert(2, "--matcha-lexicon=lexicon.txt")
    else:
        flags.insert(2, "--matcha-data-dir=espeak-ng-data")
    if parts.rule_fsts:
        flags.append(f"--tts-rule-fsts={','.join(path.name for path in parts.rule_fsts)}")
    command = " \\\n  ".join(["sherpa-onnx-offline-tts", *flags, "--output-filename=out.wav"])
    speaker = load(frontend.kind.builder)
    sentence = sample_text(frontend)
    version = "2.0.1" if frontend.kind.lexicon else "1.13.4"
    uncut = _UNCUT if frontend.kind.lexicon else ""
    python = _PYTHON.format(
        model=model,
        vocoder=vocoder,
        front=(
            'lexicon="lexicon.txt"' if parts.lexicon is not None else 'data_dir="espeak-ng-data"'
        ),
        noise_scale=NOISE_SCALE,
        fsts=",".join(path.name for path in parts.rule_fsts),
        uncut=uncut,
        sentence=f'"{sentence}"' + (", generation" if uncut else ""),
    )
    large = [path for path in sorted(parts.models) if not is_int8(path)]
    names = ", ".join(path.name for path in large or sorted(parts.models))
    has_steps = "num_ode_steps" in read_metadata(parts.models[0])
    models = (_STEPS if has_steps else _NO_STEPS).format(names=names, noise_scale=NOISE_SCALE)
    if large != sorted(parts.models):
        models += _INT8 if large else _INT8_ALONE
    address = f" ({corpus['dataset_url']})" if corpus.get("dataset_url") else ""
    licences = [
        f"- Voice: trained on {corpus.get('dataset') or 'unknown data'}{address}, "
        f"licence of the data: {corpus.get('dataset_license') or 'not stated'}."
    ]
    if corpus.get("dataset_comment"):
        licences.append(f"- **This voice is {corpus['dataset_comment']}.**")
    comment = read_metadata(parts.vocoders[vocoder]).get("comment", "")
    licences.append(f"- Vocoder: {parts.vocoder_licence or comment or 'licence not stated'}.")
    return _README.format(
        name=name,
        runs=speaker.runs_in,
        models=models,
        version=version,
        cut=speaker.cut_note,
        command=f"{command} \\\n  '{sentence}'",
        python=python,
        sentence=sentence,
        licences="\n".join(licences),
    )


_PYTHON = """\
import sherpa_onnx
matcha = sherpa_onnx.OfflineTtsMatchaModelConfig(
    acoustic_model="{model}", vocoder="{vocoder}", {front},
    tokens="tokens.txt", noise_scale={noise_scale},
)
model = sherpa_onnx.OfflineTtsModelConfig(matcha=matcha, num_threads=1)
tts = sherpa_onnx.OfflineTts(sherpa_onnx.OfflineTtsConfig(model=model, rule_fsts="{fsts}"))
{uncut}audio = tts.generate({sentence})
sherpa_onnx.write_wave("out.wav", audio.samples, audio.sample_rate)"""

_UNCUT = """\
generation = sherpa_onnx.GenerationConfig()
generation.extra = {"max_words_in_sentence": "1000"}
"""

_STEPS = """\
Models, by number of ODE steps (more is slower and a little better): {names}.
Use the noise scale {noise_scale}; the runtime's default of 1 is not what the voice was
checked with."""

_NO_STEPS = """\
Model: {names}. It has no steps and no noise: the runtime's noise scale changes nothing, the same
text always sounds the same."""

_INT8 = """

The files `*.int8.onnx` are the same models with 8-bit weights. They take less memory and differ a
little in what they say; put their name in the place of the other to use them."""

_INT8_ALONE = """

All weights are in 8 bit."""

_README = """\
# {name}

{runs}

{models}

To install the runtime: `pip install sherpa-onnx=={version} sherpa-onnx-bin=={version}`, or a
release of sherpa-onnx. All commands are for this folder.

Command line:

```
{command}
```

Python:

```
{python}
```
{cut}
Python, with the repository that this voice was made with (on `PYTHONPATH`) and any of the
runtime's versions that it runs in. The text is read by the front end of the training, as
frontend.toml describes it, with numbers, long texts and pronunciations written into the text;
what cannot be said is returned:

```
import sherpa_onnx
from tts.infer.sherpa import SherpaVoice
speech = SherpaVoice(".").speak("{sentence}")
sherpa_onnx.write_wave("exact.wav", speech.samples, speech.sample_rate)
for problem in speech.problems:
    print(problem.position, problem.text, problem.reason)
```

## Licences
{licences}
"""

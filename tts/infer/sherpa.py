"""Speak with sherpa-onnx, 1.13.x or 2.x, through our own front end: the ids that arrive are ours.

2.x takes tokens as they are; 1.13.x gets them as a text of codes (see tts.text.codes). Only an
espeak voice on 1.13.x is given text, which espeak says there as it does here.
"""

from __future__ import annotations

import importlib.util
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tts.config import from_dict, read_toml
from tts.errors import InputError
from tts.export.graph import read_metadata
from tts.export.parts import FRONTEND_FILE, default_model, vocoder_of
from tts.infer.control import Scales
from tts.infer.speak import speak_text
from tts.infer.speech import Speech
from tts.text import codes
from tts.text.frontend import build_frontend, frontend_of
from tts.text.lexicon import write_lexicon
from tts.text.spoken import FrontEnd, FrontEndConfig, Spoken
from tts.text.tokens import BOS, EOS, TokenTable
from tts.text.user_lexicon import with_user_lexicon
from tts.voice import SpeakingOptions

if TYPE_CHECKING:
    import numpy as np

# With this 2.x does not cut what it is given.
WHOLE = {"min_words_in_sentence": "1000000", "max_words_in_sentence": "1000000"}
INSTALL = "type: pip install sherpa-onnx==2.0.1 (or ==1.13.4)"


def runtime() -> Any:
    """Return the module sherpa_onnx. Raises: InputError where it is not installed."""
    try:
        import sherpa_onnx
    except ImportError as error:
        raise InputError(f"sherpa_onnx cannot be imported ({error}); {INSTALL}") from None
    return sherpa_onnx


def takes_tokens() -> bool:
    """Tell whether the runtime accepts tokens from its caller, as 2.x does."""
    return hasattr(runtime().GenerationConfig, "tokens")


@dataclass(frozen=True)
class Engine:
    """Say sentences with a sherpa_onnx.OfflineTts, a Backend of tts.infer.speak.

    noise_scale is the engine's own, its noise has no seed, and it takes no other scale than
    length_scale. sid, silence_scale: see speak_with.
    """

    tts: Any
    frontend: FrontEnd
    sid: int = 0
    silence_scale: float = 1.0

    def say(self, spoken: Spoken, options: SpeakingOptions, scales: Scales) -> Speech:
        """Say one sentence.

        Raises: InputError where this version cannot, and for scales that no runtime takes; for
        steps, temperature and seed that are not the defaults.
        """
        import numpy as np

        for name in ("num_steps", "noise_scale", "seed"):
            if getattr(options, name) != getattr(SpeakingOptions, name):
                raise InputError(
                    f"sherpa-onnx takes no {name.replace('_', ' ')} with a sentence: make "
                    "SherpaVoice with model=... (its steps), noise_scale=...; its noise has no seed"
                )
        told = {**options.scales, **scales}
        told.pop("length_scale")
        if scales or any(scale != 1.0 for scale in told.values()):
            raise InputError("sherpa-onnx takes a length scale for the whole text, no other scale")
        start = time.perf_counter()
        send = self._send_tokens if takes_tokens() else self._send_text
        audio = send(spoken, 1.0 / options.length_scale)
        seconds = time.perf_counter() - start
        samples = np.asarray(audio.samples, dtype=np.float32)
        return Speech(samples, audio.sample_rate, spoken, compute_seconds=seconds)

    def vocode(self, mel_TF: np.ndarray) -> Speech:
        """Refuse: the runtime's vocoder takes no mel from its caller."""
        raise InputError("sherpa-onnx speaks texts and tokens, no mel that is given")

    def _send_tokens(self, spoken: Spoken, speed: float) -> Any:
        """Run 2.x once, by tokens."""
        tokens = spoken.tokens
        if self.frontend.config.framing != "blank":
            tokens = [BOS, *tokens, EOS]
        generation = runtime().GenerationConfig()
        generation.speed, generation.sid = speed, self.sid
        generation.silence_scale = self.silence_scale
        generation.extra = WHOLE
        generation.tokens = [tokens]
        return self.tts.generate("", generation)

    def _send_text(self, spoken: Spoken, speed: float) -> Any:
        """Run 1.13.x once: with codes, or with what its espeak says as ours does."""
        config = self.frontend.config
        if not config.kind.older:
            raise _too_old(config)
        text = spoken.normalized
        if config.kind.older == "codes":
            text = codes.in_codes(spoken.tokens, self.frontend.token_table())
        elif not text:
            raise InputError("sherpa-onnx 1.13 says the text of an espeak voice, no tokens given")
        return self.tts.generate(text, sid=self.sid, speed=speed)


def speak_with(
    tts: Any,
    frontend: FrontEnd,
    text: str,
    length_scale: float = 1.0,
    sid: int = 0,
    silence_scale: float = 1.0,
    pause: float = SpeakingOptions.pause,
) -> Speech:
    """Say `text` with a sherpa_onnx.OfflineTts of a voice whose front end is `frontend`.

    Args:
      length_scale: above 1 is slower. sid: speaker.
      silence_scale: length of pauses; 1 leaves them as they are. In 1.13.x what the engine was
        made with counts.
      pause: seconds of silence between the sentences of a long text, which are said one by one.

    Raises: InputError when nothing of the text can be said, or not in this version.
    """
    options = SpeakingOptions(length_scale=length_scale, pause=pause)
    return speak_text(Engine(tts, frontend, sid, silence_scale), text, options)


def _too_old(config: FrontEndConfig) -> InputError:
    version = getattr(runtime(), "__version__", "older than 2")
    return InputError(
        f"a voice with front end {config.frontend} needs sherpa-onnx 2.x, this is {version}; "
        "type: pip install sherpa-onnx==2.0.1"
    )


class SherpaVoice:
    """Speak a package of export_onnx.py with whichever sherpa-onnx is installed.

    Args:
      package: the folder with model, vocoder, tokens and frontend.toml.
      model: which of its model files; empty: the package's default.
      noise_scale: temperature. silence_scale: see speak_with.
      user_lexicon: a file of pronunciations, added to those of the voice.

    Raises: InputError for a folder that is no package, or a runtime that cannot speak it.
    """

    def __init__(
        self,
        package: Path | str,
        num_threads: int = 1,
        model: str = "",
        noise_scale: float = SpeakingOptions.noise_scale,
        silence_scale: float = 1.0,
        user_lexicon: Path | str | None = None,
    ):
        runtime()
        package = Path(package)
        self.model = package / model if model else default_model(package)
        config = with_user_lexicon(read_frontend(package, self.model), user_lexicon)
        self.frontend = build_frontend(config)
        table = TokenTable.read(package / "tokens.txt")
        if table != self.frontend.token_table():
            raise InputError(f"{package}: tokens.txt and front end belong to different voices")
        if not config.kind.older and not takes_tokens():
            raise _too_old(config)
        self.tts = _engine(package, self.model, self.frontend, table, num_threads, noise_scale)
        self.engine = Engine(self.tts, self.frontend, silence_scale=silence_scale)

    def speak(
        self,
        text: str,
        length_scale: float = 1.0,
        sid: int = 0,
        pause: float = SpeakingOptions.pause,
    ) -> Speech:
        """Speak a text of any length, see speak_with.

        Raises: InputError when nothing of it can be said.
        """
        options = SpeakingOptions(length_scale=length_scale, pause=pause)
        return speak_text(replace(self.engine, sid=sid), text, options)


def read_frontend(package: Path, model: Path) -> FrontEndConfig:
    """Read the front end of a package: its frontend.toml, else what the model's metadata say."""
    stored = package / FRONTEND_FILE
    if stored.is_file():
        return from_dict(FrontEndConfig, read_toml(stored), str(stored))
    return frontend_of(read_metadata(model), model)


def _engine(
    package: Path,
    model: Path,
    frontend: FrontEnd,
    table: TokenTable,
    num_threads: int,
    noise_scale: float,
) -> Any:
    """Make an OfflineTts whose lexicon holds the codes alone."""
    sherpa = runtime()
    vocoder = vocoder_of(package, model)
    parts = [model, vocoder, package / "tokens.txt"]
    missing = [str(path) for path in parts if not path.is_file()]
    if missing:
        raise InputError(f"{package} is no package of a voice: {', '.join(missing)} missing")
    with tempfile.TemporaryDirectory() as folder:
        lexicon = Path(folder) / "lexicon.txt"
        write_lexicon(lexicon, codes.entries(table), table)
        needs_data = not frontend.config.kind.lexicon and not takes_tokens()
        matcha = sherpa.OfflineTtsMatchaModelConfig(
            acoustic_model=str(model),
            vocoder=str(vocoder),
            tokens=str(package / "tokens.txt"),
            lexicon="" if needs_data else str(lexicon),
            data_dir=str(espeak_data(package)) if needs_data else "",
            noise_scale=noise_scale,
        )
        config = sherpa.OfflineTtsConfig(
            model=sherpa.OfflineTtsModelConfig(matcha=matcha, num_threads=num_threads),
            silence_scale=1.0,
        )
        if not config.validate():
            raise InputError(f"sherpa-onnx refuses the files of {package}: see what it printed")
        return sherpa.OfflineTts(config)


def espeak_data(package: Path) -> Path:
    """Find the folder espeak-ng-data: the package's, else that of the installed piper-phonemize."""
    spec = importlib.util.find_spec("piper_phonemize")
    places = [package, *(spec.submodule_search_locations or [] if spec else [])]
    for place in places:
        if (Path(place) / "espeak-ng-data").is_dir():
            return Path(place) / "espeak-ng-data"
    raise InputError(
        f"sherpa-onnx 1.13 needs espeak's data to speak {package}: copy an espeak-ng-data folder "
        "there, or type: pip install piper-phonemize (Python 3.11 or older)"
    )

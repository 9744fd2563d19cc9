#!/usr/bin/env python3
"""Print how a text is said: normalised, words with the source of each pronunciation, ids.

tools/explain_text.py --language zh --text "我们一起去银行。"
tools/explain_text.py --exp-dir egs/ljspeech/TTS/matcha/exp --text "Dr. Smith read 3 books."
tools/explain_text.py --package voice-en --text "..." --json
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tts.config import Parser, from_dict
from tts.errors import InputError, run_script
from tts.text.explain import explain, for_people
from tts.text.frontend import build_frontend
from tts.text.spoken import FrontEndConfig
from tts.text.user_lexicon import with_user_lexicon

# What a language means where nothing else is said.
PINYIN = {"frontend": "pinyin", "unit": "syllable"}
USUAL = {"en-us": {"frontend": "lexicon", "unit": "phone"}, "zh": PINYIN, "zh_en": PINYIN}


def get_parser() -> argparse.ArgumentParser:
    parser = Parser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--text", help="what to explain; without it each line of standard input")
    parser.add_argument("--exp-dir", type=Path, help="take the front end of this trained voice")
    parser.add_argument("--package", type=Path, help="take the front end of this exported package")
    parser.add_argument("--language", choices=list(USUAL), default="en-us", help="(default: en-us)")
    parser.add_argument("--frontend", default="", help="lexicon (default) or espeak, for English")
    parser.add_argument("--unit", default="", help="phone; syllable (default) or initial_final")
    parser.add_argument("--user-lexicon", type=Path, help="entries that stand over the voice's")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    return parser


def stored_frontend(arguments: argparse.Namespace) -> FrontEndConfig | None:
    """The front end of the voice that was named."""
    if arguments.package:
        from tts.export.parts import default_model
        from tts.infer.sherpa import read_frontend

        return read_frontend(arguments.package, default_model(arguments.package))
    if arguments.exp_dir:
        from tts.voice import load_voice

        return load_voice(arguments.exp_dir).frontend_config
    return None


def main() -> None:
    arguments = get_parser().parse_args()
    if arguments.package and arguments.exp_dir:
        raise InputError("give one of --package and --exp-dir")
    config = stored_frontend(arguments)
    if config is None:
        given = {"frontend": arguments.frontend, "unit": arguments.unit}
        chosen = {**USUAL[arguments.language], **{k: v for k, v in given.items() if v}}
        framing = "runtime" if chosen["frontend"] == "espeak" else "blank"
        facts = {"language": arguments.language, "framing": framing, **chosen}
        config = from_dict(FrontEndConfig, facts, "front end")
    frontend = build_frontend(with_user_lexicon(config, arguments.user_lexicon))
    # A terminal that lacks a character gets its escape, and JSON stays valid.
    sys.stdin.reconfigure(encoding="utf-8", errors="replace")
    sys.stdout.reconfigure(errors="backslashreplace")
    plain = sys.stdout.encoding.lower() not in ("utf-8", "utf8")
    for text in [arguments.text] if arguments.text is not None else map(str.rstrip, sys.stdin):
        explained = explain(frontend, text)
        shown = json.dumps(explained, ensure_ascii=plain) if arguments.json else None
        print(shown or for_people(explained))


if __name__ == "__main__":
    run_script(main)

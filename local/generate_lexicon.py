"""Write lexicon.txt for sherpa-onnx, and for Mandarin its rule FSTs beside it."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tts.config import Parser, add_flags, flags_given, from_dict, read_toml
from tts.data.corpus import Recipe, RecipeOptions
from tts.errors import run_script
from tts.text.frontend import build_frontend
from tts.text.lexicon import write_lexicon
from tts.text.spoken import FrontEndConfig
from tts.text.tokens import TokenTable
from tts.text.user_lexicon import with_user_lexicon


def main() -> None:
    parser = Parser(description=__doc__)
    add_flags(parser, RecipeOptions)
    parser.add_argument("--tokens", help="default: data/tokens.txt of the recipe")
    parser.add_argument("--user-lexicon", help="file of lines `word pronunciation` to add")
    parser.add_argument("--output", help="default: data/lexicon.txt of the recipe")
    arguments = parser.parse_args()
    recipe = Recipe.open(RecipeOptions(**flags_given(arguments, RecipeOptions)))
    stored = recipe.data / "frontend.toml"
    config = from_dict(FrontEndConfig, read_toml(stored), str(stored))
    config = with_user_lexicon(config, arguments.user_lexicon)
    table = TokenTable.read(arguments.tokens or recipe.data / "tokens.txt")
    output = Path(arguments.output or recipe.data / "lexicon.txt")
    frontend = build_frontend(config)
    report = write_lexicon(output, frontend.lexicon(recipe.texts()), table)
    print(f"{output}: {report.summary()}")
    rules = frontend.write_rule_fsts(output.parent)
    if rules:
        print(f"--tts-rule-fsts={','.join(map(str, rules))}: with them any text is read as here")


if __name__ == "__main__":
    run_script(main)

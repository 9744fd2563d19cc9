"""Write the front end of this voice and its token table, data/tokens.txt (stage 2)."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tts.config import Parser, add_flags, flags_given, to_dict
from tts.data.corpus import Recipe, RecipeOptions, sources
from tts.data.text_models import needs_labels
from tts.data.text_tokens import FrontEndChoice, choose, write_frontend
from tts.errors import run_script


def main() -> None:
    parser = Parser(description=__doc__)
    add_flags(parser, RecipeOptions)
    add_flags(parser, FrontEndChoice)
    arguments = parser.parse_args()
    recipe = Recipe.open(RecipeOptions(**flags_given(arguments, RecipeOptions)))
    choice = FrontEndChoice(**flags_given(arguments, FrontEndChoice))
    config = choose(recipe, choice)
    learned = needs_labels(config, choice.train_models)
    recipe.stage(
        "tokens",
        lambda: write_frontend(recipe, config, choice.train_models),
        inputs=sources("text/**/*.py", "text/**/*.txt", "text/**/*.xz")
        + (
            [recipe.manifest("supervisions.jsonl.gz"), recipe.manifest("ids.txt")]
            if learned
            else []
        ),
        options={**to_dict(config), "train_models": choice.train_models},
        outputs=[recipe.data / "tokens.txt", recipe.data / "frontend.toml"],
    )


if __name__ == "__main__":
    run_script(main)

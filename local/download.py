"""Fetch and unpack the corpus, accept a copy, let a teacher read it, or make the toy (stage 0)."""

from __future__ import annotations

import sys
from dataclasses import asdict
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tts.config import Parser, add_flags, flags_given
from tts.data.corpus import Recipe, RecipeOptions
from tts.data.download import fetch_corpus, make_toy, toy_sources
from tts.data.parallel import usable_processors
from tts.data.teacher import TeacherOptions, make_corpus, teacher_of
from tts.errors import InputError, run_script


def main() -> None:
    parser = Parser(description=__doc__)
    add_flags(parser, RecipeOptions)
    add_flags(parser, TeacherOptions)
    parser.add_argument("--num-jobs", type=int, default=usable_processors(), help="of the teacher")
    arguments = parser.parse_args()
    recipe = Recipe.open(RecipeOptions(**flags_given(arguments, RecipeOptions)))
    given = TeacherOptions(**flags_given(arguments, TeacherOptions))
    options = {"dl_dir": recipe.dl_dir, "toy_layout": recipe.config.toy_layout}
    inputs = toy_sources() if recipe.toy else []
    if recipe.toy and given != TeacherOptions():
        raise InputError(
            "--toy makes the toy corpus, which no teacher reads: leave one of them out"
        )
    if recipe.toy:
        work = partial(make_toy, recipe)
    elif recipe.config.teacher or given != TeacherOptions():
        teacher = teacher_of(recipe, given)
        options |= {"teacher": asdict(teacher)}
        inputs = [Path(teacher.texts)] if Path(teacher.texts).is_file() else []
        work = partial(make_corpus, recipe, given, arguments.num_jobs)
    else:
        work = partial(fetch_corpus, recipe)
    recipe.stage("download", work, inputs=inputs, options=options, outputs=[recipe.corpus_dir])


if __name__ == "__main__":
    run_script(main)

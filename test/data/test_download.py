"""Downloads that break off, lie about their size or change; archives that misbehave."""

from __future__ import annotations

import contextlib
import hashlib
import io
import subprocess
import sys
import tarfile
import textwrap
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tts.data.corpus import Recipe
from tts.data.corpus_config import CorpusConfig, Download
from tts.data.download import fetch, fetch_corpus, unpack
from tts.errors import InputError
from tts.files import claim


class Server(ThreadingHTTPServer):
    """Serves one content; may cut answers short, know no ranges, or answer with an error."""

    daemon_threads = True

    def __init__(self, content: bytes):
        super().__init__(("127.0.0.1", 0), Handler)
        self.content, self.etag = content, '"one"'
        self.ranges, self.status, self.limits = True, 200, []
        self.requests: list[str | None] = []
        self.pause = 0.0
        self.url = f"http://127.0.0.1:{self.server_port}/corpus.tar.bz2"


class Handler(BaseHTTPRequestHandler):
    def log_message(self, *arguments: object) -> None:
        pass

    def do_GET(self) -> None:
        server = self.server
        asked = self.headers.get("Range")
        server.requests.append(asked)
        if server.status != 200:
            self.send_error(server.status)
            return
        start = 0
        current = self.headers.get("If-Range", server.etag) == server.etag
        if asked and server.ranges and current:
            start = int(asked.removeprefix("bytes=").rstrip("-"))
            if start >= len(server.content):
                self.send_response(416)
                self.send_header("Content-Range", f"bytes */{len(server.content)}")
                self.end_headers()
                return
            self.send_response(206)
        else:
            self.send_response(200)
        body = server.content[start:]
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", server.etag)
        self.end_headers()
        limit = server.limits.pop(0) if server.limits else len(body)
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            for offset in range(0, min(limit, len(body)), 1 << 16):
                self.wfile.write(body[offset : min(limit, offset + (1 << 16))])
                if server.pause:
                    threading.Event().wait(server.pause)
        self.close_connection = True


@pytest.fixture
def server():
    content = bytes(range(256)) * 8000
    with Server(content) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def item(server: Server, **changes) -> Download:
    facts = {
        "url": server.url,
        "filename": "corpus.tar.bz2",
        "size": len(server.content),
        "sha256": hashlib.sha256(server.content).hexdigest(),
    }
    return Download(**{**facts, **changes})


def no_wait(seconds: float) -> None:
    pass


def test_connections_that_end_early_are_continued(server, tmp_path):
    path = tmp_path / "deep/corpus.tar.bz2"
    server.limits = [500_000, 300_000]
    fetch(item(server), path, "", no_wait)
    assert path.read_bytes() == server.content
    assert server.requests == [None, "bytes=500000-", "bytes=800000-"]
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_killed_download_continues_in_the_next_run(server, tmp_path, root):
    path = tmp_path / "corpus.tar.bz2"
    server.pause = 0.05
    program = f"""
        import sys
        sys.path.insert(0, {str(root)!r})
        from pathlib import Path
        from tts.data.corpus_config import Download
        from tts.data.download import fetch
        fetch(Download({server.url!r}, "corpus.tar.bz2"), Path({str(path)!r}), "")
    """
    process = subprocess.Popen([sys.executable, "-c", textwrap.dedent(program)])
    part = path.with_name(path.name + ".part")
    while not part.exists() or part.stat().st_size < 300_000:
        assert process.poll() is None
        threading.Event().wait(0.01)
    process.kill()
    process.wait()
    arrived = part.stat().st_size
    assert 0 < arrived < len(server.content) and not path.exists()
    server.pause = 0
    fetch(item(server), path, "", no_wait)
    assert path.read_bytes() == server.content
    assert server.requests[-1] == f"bytes={arrived}-"


def test_a_changed_file_or_a_server_without_ranges_starts_over(server, tmp_path):
    for change in ("etag", "ranges"):
        path = tmp_path / f"{change}.bin"
        server.limits, server.ranges = [400_000], True
        with pytest.raises(InputError):
            fetch(item(server, sha256=""), path, "", stop_waiting)
        server.content = server.content[::-1]
        if change == "etag":
            server.etag = '"two"'
        else:
            server.ranges = False
        fetch(item(server), path, "", no_wait)
        assert path.read_bytes() == server.content


def stop_waiting(seconds: float) -> None:
    raise InputError("stopped by the test")


def test_a_finished_part_needs_no_more_bytes(server, tmp_path):
    path = tmp_path / "corpus.tar.bz2"
    path.with_name(path.name + ".part").write_bytes(server.content)
    fetch(item(server), path, "", no_wait)
    assert path.read_bytes() == server.content


@pytest.mark.parametrize("change", [{"size": 7}, {"sha256": "0" * 64}])
def test_what_the_origin_does_not_state_is_refused(server, tmp_path, change):
    path = tmp_path / "corpus.tar.bz2"
    with pytest.raises(InputError, match="Remove"):
        fetch(item(server, **change), path, "", no_wait)
    assert not path.exists()
    path.write_bytes(b"another file")
    with pytest.raises(InputError, match="Remove"):
        fetch(item(server, **change), path, "", no_wait)


@pytest.mark.parametrize(("status", "requests"), [(404, 1), (503, 5)])
def test_a_failing_server_gives_one_clear_error(server, tmp_path, status, requests):
    server.status = status
    with pytest.raises(InputError, match=r"by hand, or copy it") as caught:
        fetch(item(server), tmp_path / "corpus.tar.bz2", "or copy it", no_wait)
    assert len(server.requests) == requests and server.url in str(caught.value)


def archive_of(*members: tuple[str, bytes | str | None]) -> bytes:
    """A tar.bz2 of (name, content); None makes a folder, a str a symbolic link."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:bz2") as tar:
        for name, content in members:
            info = tarfile.TarInfo(name)
            if content is None:
                info.type = tarfile.DIRTYPE
            elif isinstance(content, str):
                info.type, info.linkname = tarfile.SYMTYPE, content
            else:
                info.size = len(content)
            tar.addfile(info, io.BytesIO(content) if isinstance(content, bytes) else None)
    return file.getvalue()


GOOD = (("C", None), ("C/a.txt", b"hello"), ("C/wavs/b.wav", b"x" * 100_000))


def recipe_for(tmp_path: Path, *downloads: Download) -> Recipe:
    config = CorpusConfig("c", "C", "zh", "baker", downloads=downloads)
    return Recipe(config, tmp_path / "egs", tmp_path, tmp_path / "download")


def test_a_corpus_is_fetched_and_unpacked(server, tmp_path):
    server.content = archive_of(*GOOD)
    recipe = recipe_for(tmp_path, item(server))
    fetch_corpus(recipe)
    assert (recipe.corpus_dir / "a.txt").read_bytes() == b"hello"
    names = sorted(path.name for path in recipe.dl_dir.iterdir())
    assert names == ["C", "corpus.tar.bz2"]


def test_existing_folders_links_and_archives_are_accepted(server, tmp_path, capsys):
    copy = tmp_path / "copy"
    copy.mkdir()
    recipe = recipe_for(tmp_path, item(server))
    recipe.dl_dir.mkdir()
    recipe.corpus_dir.symlink_to(copy)
    fetch_corpus(recipe)
    assert str(copy) in capsys.readouterr().out and server.requests == []
    copy.rmdir()
    with pytest.raises(InputError, match="does not exist"):
        fetch_corpus(recipe)
    recipe.corpus_dir.unlink()
    content = archive_of(*GOOD)
    (recipe.dl_dir / "corpus.tar.bz2").write_bytes(content)
    fetch_corpus(recipe_for(tmp_path, Download(server.url, "corpus.tar.bz2", len(content))))
    assert (recipe.corpus_dir / "wavs/b.wav").is_file() and server.requests == []


def test_a_missing_folder_without_downloads_is_one_clear_error(tmp_path):
    recipe = recipe_for(tmp_path)
    with pytest.raises(
        InputError, match=r"download/C does not exist.*no \[\[downloads\]\].*--dl-dir"
    ):
        fetch_corpus(recipe)


def test_a_second_process_leaves_download_and_unpacking_alone(server, tmp_path):
    part = tmp_path / "corpus.tar.bz2.part"
    archive = tmp_path / "a.tar.bz2"
    archive.write_bytes(archive_of(*GOOD))
    half = tmp_path / "to" / ".C.unpacking" / "C"
    half.mkdir(parents=True)
    with open(part, "ab") as writing, open(archive, "rb") as reading:
        assert claim(writing) and claim(reading)
        with pytest.raises(InputError, match="another process"):
            fetch(item(server), tmp_path / "corpus.tar.bz2", "", no_wait)
        with pytest.raises(InputError, match="another process"):
            unpack(archive, tmp_path / "to/C")
    assert half.is_dir() and part.stat().st_size == 0
    unpack(archive, tmp_path / "to/C")


@pytest.mark.parametrize(
    "members",
    [
        (*GOOD, ("../evil.txt", b"x")),
        (*GOOD, ("/tmp/evil.txt", b"x")),
        (*GOOD, ("C/link", "/etc/passwd")),
        (("D/a.txt", b"x"),),
    ],
)
def test_strange_archives_leave_nothing_behind(tmp_path, members):
    archive = tmp_path / "a.tar.bz2"
    archive.write_bytes(archive_of(*members))
    with pytest.raises(InputError, match=r"a\.tar\.bz2"):
        unpack(archive, tmp_path / "to/C")
    assert list((tmp_path / "to").iterdir()) == []


def test_a_truncated_archive_is_named(tmp_path):
    archive = tmp_path / "a.tar.bz2"
    archive.write_bytes(archive_of(*GOOD)[:-50])
    with pytest.raises(InputError, match="cannot be unpacked"):
        unpack(archive, tmp_path / "to/C")
    assert list((tmp_path / "to").iterdir()) == []

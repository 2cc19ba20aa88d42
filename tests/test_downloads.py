"""Pulling models: from a real HTTP server on loopback, with everything that goes wrong."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from voicebot.downloads import (
    DownloadError,
    ModelFile,
    StockModel,
    find_model,
    load_manifest,
    pull,
)

CONTENT = {"/model.bin": bytes(range(256)) * 9000, "/config.json": b'{"a": 1}'}


class Hub:
    """A hub that counts, and breaks off when told."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, str | None]] = []
        self.cut_after: int | None = None
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                hub.answer(self)

            def log_message(self, format: str, *args: object) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        wanted = handler.headers.get("Range")
        self.requests.append((handler.path, wanted))
        content = CONTENT.get(handler.path)
        if content is None:
            handler.send_error(404)
            return
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted else 0
        if start >= len(content):
            handler.send_error(416)
            return
        handler.send_response(206 if wanted else 200)
        handler.send_header("Content-Length", str(len(content) - start))
        handler.end_headers()
        handler.wfile.write(content[start : self.cut_after])

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def hub() -> Iterator[Hub]:
    running = Hub()
    yield running
    running.close()


def model(address: str, *, known: bool = True, wrong: bool = False) -> StockModel:
    files = []
    for path, content in CONTENT.items():
        digest = hashlib.sha256(b"other" if wrong else content).hexdigest()
        files.append(ModelFile(name=path[1:], bytes=len(content), sha256=digest if known else None))
    return StockModel(
        name="greek-small",
        kind="recogniser",
        title="a model",
        licence="MIT",
        source=address,
        base=address,
        files=tuple(files),
    )


def test_a_model_is_pulled_and_checked(hub: Hub, tmp_path: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    wanted = model(hub.address)
    assert not wanted.is_complete(tmp_path)
    done = pull(wanted, tmp_path, progress=lambda *step: seen.append(step))
    assert done.fetched == ("model.bin", "config.json")
    assert done.learned == ()
    assert (done.folder / "model.bin").read_bytes() == CONTENT["/model.bin"]
    assert wanted.is_complete(tmp_path)
    assert ("model.bin", 2_304_000, 2_304_000) in seen
    assert not list(tmp_path.rglob("*.part"))


def test_what_is_there_and_right_is_not_fetched_again(hub: Hub, tmp_path: Path) -> None:
    pull(model(hub.address), tmp_path)
    assert pull(model(hub.address), tmp_path).fetched == ()
    assert len(hub.requests) == 2
    assert pull(model(hub.address), tmp_path, again=True).fetched == ("model.bin", "config.json")


def test_a_damaged_file_is_fetched_again(hub: Hub, tmp_path: Path) -> None:
    pull(model(hub.address), tmp_path)
    (tmp_path / "greek-small" / "config.json").write_text("damaged")
    assert pull(model(hub.address), tmp_path).fetched == ("config.json",)


def test_a_broken_download_is_resumed(hub: Hub, tmp_path: Path) -> None:
    hub.cut_after = 1_000_000
    with pytest.raises(DownloadError, match="pull again"):
        pull(model(hub.address), tmp_path)
    assert not (tmp_path / "greek-small" / "model.bin").exists()
    hub.cut_after = None
    pull(model(hub.address), tmp_path)
    assert ("/model.bin", "bytes=1000000-") in hub.requests
    assert (tmp_path / "greek-small" / "model.bin").read_bytes() == CONTENT["/model.bin"]


def test_a_part_that_is_too_long_is_started_over(hub: Hub, tmp_path: Path) -> None:
    folder = tmp_path / "greek-small"
    folder.mkdir()
    (folder / "config.json.part").write_bytes(b"x" * 100)
    pull(model(hub.address), tmp_path)
    assert (folder / "config.json").read_bytes() == CONTENT["/config.json"]


def test_a_wrong_digest_is_thrown_away(hub: Hub, tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match="SHA-256"):
        pull(model(hub.address, wrong=True), tmp_path)
    assert not any(path.is_file() for path in tmp_path.rglob("*"))


def test_an_unknown_digest_needs_trust_once_and_is_required_after(hub: Hub, tmp_path: Path) -> None:
    unknown = model(hub.address, known=False)
    with pytest.raises(DownloadError, match="--trust-first"):
        pull(unknown, tmp_path)
    assert hub.requests == []
    assert pull(unknown, tmp_path, trust_first=True).learned == ("model.bin", "config.json")
    digests = json.loads((tmp_path / "digests.json").read_text())
    assert digests["greek-small/config.json"] == hashlib.sha256(b'{"a": 1}').hexdigest()
    assert pull(unknown, tmp_path).fetched == ()
    digests["greek-small/config.json"] = "0" * 64
    (tmp_path / "digests.json").write_text(json.dumps(digests))
    with pytest.raises(DownloadError, match="SHA-256"):
        pull(unknown, tmp_path)


def test_files_copied_by_hand_are_taken(hub: Hub, tmp_path: Path) -> None:
    folder = tmp_path / "greek-small"
    folder.mkdir()
    for path, content in CONTENT.items():
        (folder / path[1:]).write_bytes(content)
    done = pull(model(hub.address, known=False), tmp_path, trust_first=True)
    assert done.fetched == ()
    assert done.learned == ("model.bin", "config.json")
    assert hub.requests == []


def test_a_file_that_the_hub_has_not_is_named(hub: Hub, tmp_path: Path) -> None:
    wanted = model(f"{hub.address}/elsewhere")
    with pytest.raises(DownloadError, match="404"):
        pull(wanted, tmp_path)


def test_no_connection_says_that_it_is_not_needed(tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match="works without it"):
        pull(model("http://127.0.0.1:1"), tmp_path)


def test_plain_http_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match="https only"):
        pull(model("http://hub.example"), tmp_path)


def test_too_little_space_is_said_before(hub: Hub, tmp_path: Path) -> None:
    wanted = model(hub.address)
    huge = wanted.files[0].model_copy(update={"bytes": 10**18})
    with pytest.raises(DownloadError, match="are free"):
        pull(wanted.model_copy(update={"files": (huge,)}), tmp_path)
    assert hub.requests == []


def test_unreadable_digests_say_the_mend(hub: Hub, tmp_path: Path) -> None:
    (tmp_path / "digests.json").write_text("{")
    with pytest.raises(DownloadError, match="delete it"):
        pull(model(hub.address), tmp_path)


def test_the_manifest_of_the_project_is_whole() -> None:
    models = load_manifest()
    assert find_model("el_GR-rapunzelina-low", models).kind == "voice"
    for stock in models:
        assert stock.base.startswith("https://")
        # Pinned to a revision: forty hexadecimal digits.
        assert any(len(part) == 40 for part in stock.base.split("/"))
        assert stock.licence
    recognisers = [stock for stock in models if stock.kind == "recogniser"]
    for name in ("tiny", "base", "small", "medium", "large-v3", "large-v3-turbo"):
        assert find_model(name, models) in recognisers
    for stock in recognisers:
        assert all(file.sha256 for file in stock.files)
        assert {"config.json", "model.bin", "tokenizer.json"} <= {file.name for file in stock.files}


def test_an_unknown_model_lists_the_known() -> None:
    with pytest.raises(DownloadError, match="tiny, base, small"):
        find_model("gpt", load_manifest())


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[m\n", "manifest"),
        ("x = 1", "must be a table"),
        ("[m]\nkind = 'song'", "kind"),
        (
            "[m]\nkind='voice'\ntitle=''\nlicence=''\nsource=''\nbase=''\n"
            "files=[{name='../x', bytes=1}]",
            "files.0.name",
        ),
    ],
)
def test_a_wrong_manifest_names_the_field(text: str, complaint: str, tmp_path: Path) -> None:
    path = tmp_path / "manifest.toml"
    path.write_text(text)
    with pytest.raises(DownloadError, match=complaint):
        load_manifest(path)


def test_a_missing_manifest_is_named(tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match=r"none\.toml"):
        load_manifest(tmp_path / "none.toml")

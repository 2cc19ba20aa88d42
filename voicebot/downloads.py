"""Stock models from a hub: the manifest, and a download that is resumed and checked.

Used by `voicebot models list` and `voicebot models pull`.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Literal, NamedTuple
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlsplit
from urllib.request import Request, urlopen

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from voicebot.settings import ROOT

MANIFEST: Final = ROOT / "models" / "manifest.toml"
DIRECTORY: Final = ROOT / "var" / "models"
_CHUNK_BYTES = 1 << 20
_TIMEOUT_S = 30.0
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})

Progress = Callable[[str, int, int], None]
"""Called with a file's name, the bytes that are there and the bytes expected (0 unknown)."""


class DownloadError(Exception):
    """A model could not be had; the text says why and the mend."""


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ModelFile(_Entry):
    """One file of a model."""

    name: str = Field(pattern=r"^[\w.-]+$")
    bytes: int = Field(gt=0, description="size, rounded")
    sha256: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$")


class StockModel(_Entry):
    """One model of the manifest."""

    name: str = Field(pattern=r"^[\w.-]+$")
    alias: str | None = Field(default=None, pattern=r"^[\w.-]+$")
    kind: Literal["voice", "recogniser"]
    title: str
    licence: str
    source: str
    base: str
    files: tuple[ModelFile, ...] = Field(min_length=1)
    note: str = ""

    @property
    def bytes(self) -> int:
        """Size of all files, rounded."""
        return sum(file.bytes for file in self.files)

    def is_complete(self, directory: Path = DIRECTORY) -> bool:
        """Whether every file lies in the directory."""
        return all((directory / self.name / file.name).is_file() for file in self.files)


class Pulled(NamedTuple):
    """What a pull did."""

    folder: Path
    fetched: tuple[str, ...]
    learned: tuple[str, ...]
    """Files whose digest was taken on trust, this first time."""


def load_manifest(path: Path = MANIFEST) -> tuple[StockModel, ...]:
    """Read the manifest.

    Raises:
        DownloadError: the file is missing or wrong; the text names the field.
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DownloadError(f"{path}: {error.strerror}") from error
    except tomllib.TOMLDecodeError as error:
        raise DownloadError(f"{path}: {error}") from error
    models = []
    for name, table in tables.items():
        try:
            models.append(StockModel.model_validate({"name": name, **table}))
        except (ValidationError, TypeError) as error:
            raise DownloadError(f"{path}, [{name}]: {_first_problem(error)}") from error
    return tuple(models)


def _first_problem(error: ValidationError | TypeError) -> str:
    if isinstance(error, TypeError):
        return "must be a table"
    problem = error.errors()[0]
    return f"{'.'.join(str(part) for part in problem['loc'])}: {problem['msg']}"


def find_model(name: str, models: tuple[StockModel, ...]) -> StockModel:
    """The model of a name or an alias.

    Raises:
        DownloadError: the manifest has none; the text lists those it has.
    """
    for model in models:
        if name in (model.name, model.alias):
            return model
    known = ", ".join(model.alias or model.name for model in models)
    raise DownloadError(f"no model {name!r} in the manifest; there are: {known}")


def pull(
    model: StockModel,
    directory: Path = DIRECTORY,
    *,
    trust_first: bool = False,
    again: bool = False,
    progress: Progress | None = None,
) -> Pulled:
    """Fetch what is missing of a model and check all of it.

    A broken download is resumed by the next pull. A file takes its name only when its digest is
    right.

    Args:
        model: what to fetch.
        directory: models lie in it by name.
        trust_first: accept files whose digest the project does not know and remember theirs.
        again: fetch also what is there.
        progress: told how far it is.

    Raises:
        DownloadError: no connection, no space, a wrong digest, or a digest that is not known and
            `trust_first` was not given.
    """
    digests = _Digests(directory / "digests.json")
    unknown = [file.name for file in model.files if _expected(model, file, digests) is None]
    if unknown and not trust_first:
        raise DownloadError(
            f"{model.name}: the project does not know the digest of {', '.join(unknown)}; "
            f"look at {model.source}, then pull with --trust-first to accept and remember it"
        )
    folder = directory / model.name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _require_space(model, folder)
    except OSError as error:
        raise DownloadError(f"{folder}: {error.strerror}") from error
    fetched: list[str] = []
    learned: list[str] = []
    for file in model.files:
        target = folder / file.name
        expected = _expected(model, file, digests)
        if target.is_file() and not again:
            present = _sha256(target)
            if expected is None:
                # Copied here by hand, and trusted by whoever asked.
                digests.remember(f"{model.name}/{file.name}", present)
                learned.append(file.name)
            if expected in (None, present):
                continue
        digest = _fetch(f"{model.base}/{quote(file.name)}", target, expected, file.bytes, progress)
        fetched.append(file.name)
        if expected is None:
            digests.remember(f"{model.name}/{file.name}", digest)
            learned.append(file.name)
    return Pulled(folder, tuple(fetched), tuple(learned))


def _expected(model: StockModel, file: ModelFile, digests: _Digests) -> str | None:
    return file.sha256 or digests.known.get(f"{model.name}/{file.name}")


class _Digests:
    """Digests learned at the first pull."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.known: dict[str, str] = {}
        if path.is_file():
            try:
                self.known = dict(json.loads(path.read_text(encoding="utf-8")))
            except (OSError, ValueError, TypeError) as error:
                raise DownloadError(
                    f"{path}: not readable ({error}); delete it and pull with --trust-first"
                ) from error

    def remember(self, name: str, digest: str) -> None:
        self.known[name] = digest
        with _written_atomically(self._path) as part:
            part.write_text(json.dumps(self.known, indent=1, sort_keys=True), encoding="utf-8")


@contextmanager
def _written_atomically(path: Path) -> Iterator[Path]:
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    os.close(handle)
    part = Path(name)
    try:
        yield part
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _require_space(model: StockModel, folder: Path) -> None:
    free = shutil.disk_usage(folder).free
    if free < model.bytes * 1.1:
        raise DownloadError(
            f"{folder}: {model.name} needs {model.bytes / 1e6:.0f} MB, {free / 1e6:.0f} MB are free"
        )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _fetch(
    address: str, target: Path, expected: str | None, size: int, progress: Progress | None
) -> str:
    where = urlsplit(address)
    if where.scheme not in ("https", "file") and where.hostname not in _LOOPBACK:
        raise DownloadError(f"{address}: models are fetched over https only")
    part = target.with_name(f"{target.name}.part")
    try:
        _download(address, part, size, progress)
    except HTTPError as error:
        error.close()
        raise DownloadError(f"{address}: the hub answered {error.code} {error.reason}") from error
    except URLError as error:
        raise DownloadError(
            f"{address}: no connection ({error.reason}); the line works without it, "
            f"or copy the file to {target} by hand"
        ) from error
    except OSError as error:
        raise DownloadError(f"{address}: broken off ({error}); pull again to go on") from error
    digest = _sha256(part)
    if expected is not None and digest != expected:
        part.unlink()
        raise DownloadError(
            f"{address}: SHA-256 is {digest}, expected {expected}; the file was thrown away"
        )
    part.replace(target)
    return digest


def _download(address: str, part: Path, size: int, progress: Progress | None) -> None:
    have = part.stat().st_size if part.exists() else 0
    request = Request(address, headers={"User-Agent": "voicebot-1555"})
    if have:
        request.add_header("Range", f"bytes={have}-")
    try:
        response = urlopen(request, timeout=_TIMEOUT_S)
    except HTTPError as error:
        if error.code != 416:
            raise
        # The part is no beginning of this file: start over.
        error.close()
        part.unlink()
        _download(address, part, size, progress)
        return
    with response:
        resumed = have > 0 and response.status == 206
        total = int(response.headers.get("Content-Length") or 0) + (have if resumed else 0)
        done = have if resumed else 0
        with part.open("ab" if resumed else "wb") as file:
            while chunk := response.read(_CHUNK_BYTES):
                file.write(chunk)
                done += len(chunk)
                if progress is not None:
                    progress(part.name.removesuffix(".part"), done, total or size)
        if total and done < total:
            raise OSError(f"{done} of {total} bytes came")

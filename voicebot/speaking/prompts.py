"""Rendered speech kept for the next call that needs it."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
import threading
from collections import OrderedDict
from pathlib import Path

# Raise when the same text would sound different: it is part of every key.
_RENDERING_VERSION = 2


def prompt_key(text: str, voice: str, rate: float, sample_rate_hz: int) -> str:
    """The name of a rendering: a digest, so that no file name tells what is said."""
    parts = (str(_RENDERING_VERSION), voice, f"{rate:.2f}", str(sample_rate_hz), text)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


class PromptCache:
    """PCM by key: least recently used in memory, fixed prompts also on disk. Thread-safe.

    Only what is put with `keep=True` reaches the disk: sentences that carry a caller's name or
    number must not be left there.
    """

    def __init__(
        self,
        directory: Path | None = None,
        *,
        memory_bytes: int = 32 * 2**20,
        disk_bytes: int = 256 * 2**20,
    ) -> None:
        """Open a cache.

        Args:
            directory: where fixed prompts are kept; None for memory only. Made when first needed.
            memory_bytes: bound of the PCM held in memory.
            disk_bytes: bound of the files; the longest unused go first.
        """
        self._directory = directory
        self._memory_limit = memory_bytes
        self._disk_limit = disk_bytes
        self._memory: OrderedDict[str, bytes] = OrderedDict()
        self._memory_size = 0
        self._disk_size: int | None = None
        self._lock = threading.Lock()

    def _path(self, key: str) -> Path | None:
        return None if self._directory is None else self._directory / key[:2] / f"{key}.pcm"

    def recall(self, key: str) -> bytes | None:
        """What is in memory; never touches the disk, so it may be called on an event loop."""
        with self._lock:
            pcm = self._memory.get(key)
            if pcm is not None:
                self._memory.move_to_end(key)
            return pcm

    def get(self, key: str) -> bytes | None:
        """What is in memory or on disk; an unreadable file counts as absent."""
        pcm = self.recall(key)
        path = self._path(key)
        if pcm is not None or path is None:
            return pcm
        try:
            pcm = path.read_bytes()
            # The time of last use orders the eviction; access times are often not kept.
            os.utime(path)
        except OSError:
            return None
        if not pcm or len(pcm) % 2:
            return None
        self._remember(key, pcm)
        return pcm

    def put(self, key: str, pcm: bytes, *, keep: bool = False) -> None:
        """Remember a rendering.

        Args:
            key: from `prompt_key`.
            pcm: 16-bit PCM.
            keep: also write it to disk. A full or read-only disk is no error: it is a cache.
        """
        self._remember(key, pcm)
        path = self._path(key)
        if keep and path is not None and pcm:
            with contextlib.suppress(OSError):
                _write_atomically(path, pcm)
                self._account(len(pcm))

    def on_disk(self, key: str) -> bool:
        """Whether a rendering outlives this process."""
        path = self._path(key)
        return path is not None and path.is_file()

    def _remember(self, key: str, pcm: bytes) -> None:
        with self._lock:
            self._memory_size -= len(self._memory.pop(key, b""))
            self._memory[key] = pcm
            self._memory_size += len(pcm)
            while self._memory_size > self._memory_limit and self._memory:
                _, dropped = self._memory.popitem(last=False)
                self._memory_size -= len(dropped)

    def _account(self, added: int) -> None:
        """Keep the files within their bound; they are counted once, not at each writing."""
        with self._lock:
            if self._disk_size is not None:
                self._disk_size += added
            if self._disk_size is None or self._disk_size > self._disk_limit:
                self._disk_size = self._evict_files()

    def _evict_files(self) -> int:
        """Delete the longest unused files beyond the bound; return the bytes that are left."""
        if self._directory is None:
            return 0
        files = [(path, path.stat()) for path in self._directory.glob("*/*.pcm")]
        size = sum(status.st_size for _, status in files)
        for path, status in sorted(files, key=lambda entry: entry[1].st_mtime):
            if size <= self._disk_limit:
                break
            path.unlink(missing_ok=True)
            size -= status.st_size
        return size


def _write_atomically(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise

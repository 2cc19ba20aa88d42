"""Files out of a Qt resource file."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pytest

from models.greek.qt_resources import files


def resource(content: bytes, flags: int) -> bytes:
    """A version 1 resource: one file named «a» in the root."""
    name = struct.pack(">HI", 1, 0) + "a".encode("utf-16-be")
    data = struct.pack(">I", len(content)) + content
    tree = struct.pack(">IHII", 0, 2, 1, 1) + struct.pack(">IHHHI", 0, flags, 0, 0, 0)
    at = 20
    head = struct.pack(">4sIIII", b"qres", 1, at, at + len(tree), at + len(tree) + len(data))
    return head + tree + data + name


def test_plain_and_compressed_files_are_read(tmp_path: Path) -> None:
    file = tmp_path / "words.rcc"
    file.write_bytes(resource(b"{}", 0))
    assert list(files(file)) == [("/a", b"{}")]
    packed = struct.pack(">I", 2) + zlib.compress(b"{}")
    file.write_bytes(resource(packed, 1))
    assert list(files(file)) == [("/a", b"{}")]


def test_another_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "words.rcc"
    file.write_bytes(b"RIFF" + bytes(40))
    with pytest.raises(ValueError, match="not a Qt resource file"):
        list(files(file))

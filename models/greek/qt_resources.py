"""Read files out of a Qt resource file (.rcc): GCompris keeps its words in one."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

_COMPRESSED, _FOLDER = 1, 2


def files(path: Path) -> Iterator[tuple[str, bytes]]:
    """Names and contents of all files; those compressed otherwise than by zlib are left out."""
    blob = path.read_bytes()
    magic, version, tree, data, names = struct.unpack_from(">4sIIII", blob)
    if magic != b"qres":
        raise ValueError(f"{path}: not a Qt resource file")
    size = 14 + (8 if version >= 2 else 0)

    def walk(node: int, prefix: str) -> Iterator[tuple[str, bytes]]:
        name_at, flags = struct.unpack_from(">IH", blob, tree + node * size)
        name = ""
        if node:
            (length,) = struct.unpack_from(">H", blob, names + name_at)
            start = names + name_at + 6
            name = blob[start : start + 2 * length].decode("utf-16-be")
        here = f"{prefix}/{name}" if name else prefix
        if flags & _FOLDER:
            count, first = struct.unpack_from(">II", blob, tree + node * size + 6)
            for child in range(first, first + count):
                yield from walk(child, here)
            return
        (at,) = struct.unpack_from(">I", blob, tree + node * size + 10)
        (length,) = struct.unpack_from(">I", blob, data + at)
        content = blob[data + at + 4 : data + at + 4 + length]
        if flags & _COMPRESSED:
            content = zlib.decompress(content[4:])
        elif flags:
            return
        yield here, content

    yield from walk(0, "")

"""The prompt cache: keys, memory, disk, bounds, damage."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from voicebot.speaking.prompts import PromptCache, prompt_key


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_a_key_tells_apart_what_sounds_apart() -> None:
    base = ("ναι", "espeak", 1.0, 8000)
    others = [("όχι", *base[1:]), ("ναι", "piper", 1.0, 8000), ("ναι", "espeak", 0.75, 8000)]
    keys = {prompt_key(*base), *(prompt_key(*other) for other in others)}
    keys.add(prompt_key("ναι", "espeak", 1.0, 16000))
    assert len(keys) == 5
    assert prompt_key(*base) == prompt_key(*base)


def test_what_is_not_kept_never_reaches_the_disk(tmp_path: Path) -> None:
    cache = PromptCache(tmp_path / "prompts")
    cache.put("ab12", b"\1\2")
    assert cache.get("ab12") == b"\1\2"
    assert not files(tmp_path)


def test_what_is_kept_outlives_the_process(tmp_path: Path) -> None:
    PromptCache(tmp_path).put("ab12", b"\1\2", keep=True)
    later = PromptCache(tmp_path)
    assert later.recall("ab12") is None
    assert later.on_disk("ab12")
    assert later.get("ab12") == b"\1\2"
    assert later.recall("ab12") == b"\1\2"


@pytest.mark.parametrize("damage", [b"", b"\1"])
def test_a_damaged_file_counts_as_absent(tmp_path: Path, damage: bytes) -> None:
    cache = PromptCache(tmp_path)
    cache.put("ab12", b"\1\2", keep=True)
    files(tmp_path)[0].write_bytes(damage)
    assert PromptCache(tmp_path).get("ab12") is None


def test_memory_is_bounded_and_drops_the_longest_unused() -> None:
    cache = PromptCache(memory_bytes=100)
    cache.put("a", bytes(40))
    cache.put("b", bytes(40))
    assert cache.get("a") is not None
    cache.put("c", bytes(40))
    assert cache.get("b") is None
    assert cache.get("a") is not None
    cache.put("d", bytes(200))
    assert cache.get("d") is None


def test_the_disk_is_bounded_and_drops_the_longest_unused(tmp_path: Path) -> None:
    cache = PromptCache(tmp_path, memory_bytes=0, disk_bytes=100)
    for age, key in ((30, "aa"), (20, "bb")):
        cache.put(key, bytes(40), keep=True)
        path = tmp_path / key / f"{key}.pcm"
        stamp = path.stat().st_mtime - age
        os.utime(path, (stamp, stamp))
    assert cache.get("aa") is not None
    cache.put("cc", bytes(40), keep=True)
    assert [path.stem for path in files(tmp_path)] == ["aa", "cc"]


def test_a_disk_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    cache = PromptCache(blocked)
    cache.put("ab12", b"\1\2", keep=True)
    assert cache.get("ab12") == b"\1\2"
    assert not cache.on_disk("ab12")


def test_no_part_of_a_file_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Path, target: Path) -> Path:
        raise OSError("no space left on device")

    monkeypatch.setattr(Path, "replace", full)
    PromptCache(tmp_path).put("ab12", b"\1\2", keep=True)
    assert not files(tmp_path)


def test_threads_share_it(tmp_path: Path) -> None:
    cache = PromptCache(tmp_path, memory_bytes=1000)

    def use(number: int) -> bool:
        key = f"{number % 10:02}"
        cache.put(key, bytes([number % 10, 0]) * 50, keep=True)
        got = cache.get(key)
        return got is None or got[0] == number % 10

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(use, range(200)))
    assert len(files(tmp_path)) == 10

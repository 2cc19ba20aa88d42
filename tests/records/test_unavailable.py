from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest

from voicebot.records import Outcome, Records, RecordsUnavailable, Speaker, Turn


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "records.db"


async def test_a_locked_database_is_said_so_and_mended_by_itself(file: Path) -> None:
    records = await Records.open(f"sqlite:///{file}", busy_timeout_s=0.05)
    await records.start_call("call", None)
    blocker = sqlite3.connect(file, isolation_level=None)
    try:
        blocker.execute("BEGIN IMMEDIATE")
        with pytest.raises(RecordsUnavailable, match="locked"):
            await records.add_turn("call", Turn(Speaker.BOT, "Ναι;"))
        assert await records.transcript("call") == ()
        blocker.execute("COMMIT")
        await records.add_turn("call", Turn(Speaker.BOT, "Ναι;"))
        assert len(await records.transcript("call")) == 1
    finally:
        blocker.close()
        await records.close()


async def test_those_in_line_do_not_wait_for_each_other(file: Path) -> None:
    records = await Records.open(f"sqlite:///{file}", busy_timeout_s=0.3)
    await records.start_call("call", None)
    blocker = sqlite3.connect(file, isolation_level=None)
    try:
        blocker.execute("BEGIN IMMEDIATE")
        # One after the other they would need ten minutes, far beyond the limit of a test.
        results = await asyncio.gather(
            *(records.add_turn("call", Turn(Speaker.BOT, "Ναι;")) for _ in range(1000)),
            return_exceptions=True,
        )
        assert {type(result) for result in results} == {RecordsUnavailable}
    finally:
        blocker.close()
        await records.close()


async def test_a_lock_that_passes_is_waited_for(file: Path) -> None:
    records = await Records.open(f"sqlite:///{file}", busy_timeout_s=5)
    blocker = sqlite3.connect(file, isolation_level=None)
    try:
        blocker.execute("BEGIN IMMEDIATE")
        waiting = asyncio.create_task(records.start_call("call", None))
        await asyncio.sleep(0.1)
        assert not waiting.done()
        blocker.execute("COMMIT")
        await waiting
        assert (await records.call("call")).call_id == "call"
    finally:
        blocker.close()
        await records.close()


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("nonsense", "not a database address"),
        ("sqlite://", "file is needed"),
        ("sqlite+aiosqlite:///records.db", "use sqlite or"),
        ("sqlite:////proc/nowhere/records.db", "nowhere"),
        ("postgresql+psycopg://nobody@127.0.0.1:1/none", "cannot be used"),
    ],
)
async def test_a_wrong_address_is_named(url: str, message: str) -> None:
    with pytest.raises(RecordsUnavailable, match=message):
        await Records.open(url)


@pytest.fixture
def shopping_list(file: Path) -> Path:
    file.write_text("milk, bread, a database" * 50)
    return file


async def test_a_file_that_is_no_database_is_named(shopping_list: Path) -> None:
    with pytest.raises(RecordsUnavailable, match="not a database"):
        await Records.open(f"sqlite:///{shopping_list}")


async def test_a_broken_off_call_writes_all_or_nothing(file: Path) -> None:
    records = await Records.open(f"sqlite:///{file}")
    try:
        await records.start_call("call", None)
        for delay in range(20):
            finishing = asyncio.create_task(records.finish_call("call", Outcome.ANSWERED))
            for _ in range(delay):
                await asyncio.sleep(0)
            finishing.cancel()
            await asyncio.gather(finishing, return_exceptions=True)
        await records.finish_call("call", Outcome.ABANDONED)
        assert (await records.call("call")).outcome in (Outcome.ANSWERED, Outcome.ABANDONED)
        await records.start_call("next", None)
    finally:
        await records.close()

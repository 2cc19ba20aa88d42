"""Five hundred short calls, one after the other and in bursts: no crash, no growth."""

from __future__ import annotations

import asyncio
import contextlib
import random
import re
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.telephony.harness import ALICE_HZ, tone, until_heard
from voicebot.telephony.softphone import Softphone

pytestmark = [pytest.mark.call, pytest.mark.slow, pytest.mark.timeout(600)]

ROOT = Path(__file__).resolve().parents[2]
IN_SEQUENCE, BURSTS, IN_A_BURST = 150, 14, 25
# Transactions live for 32 s after their call (RFC 3261 §17), and the library's pools keep what
# the densest half minute needed. So the same load comes first twice, each time with the next
# half minute for itself, and the third time counts.
# Measured over 3,000 calls: +3.3, +0.4, +0.0, 0.0, +0.0 MiB for each further 500.
WARM_UP_ROUNDS = 2
FORGOTTEN_S = 34
GROWTH_KIB_PER_CALL = 8


@contextlib.asynccontextmanager
async def echoing_process(max_calls: int = 100) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.telephony.echo_process",
        str(max_calls),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def resident_kib(process: asyncio.subprocess.Process) -> int:
    status = Path(f"/proc/{process.pid}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert found is not None, "the process is gone"
    return int(found[1])


async def short_call(alice: Softphone, uri: str, chance: random.Random) -> None:
    """Call, perhaps give up while it rings, else say something and hang up."""
    placed = alice.invite(uri)
    if chance.random() < 0.1:
        await asyncio.sleep(chance.random() * 0.01)
        await placed.hang_up()
        return
    await placed.answered()
    placed.send(tone(ALICE_HZ, 0.1))
    if chance.random() < 0.3:
        placed.send_digits("5", duration_ms=60, gap_ms=20)
    await placed.drained()
    await placed.hang_up()


async def five_hundred_calls(alice: Softphone, uri: str, chance: random.Random) -> None:
    for _ in range(IN_SEQUENCE):
        await short_call(alice, uri, chance)
    for _ in range(BURSTS):
        await asyncio.gather(*(short_call(alice, uri, chance) for _ in range(IN_A_BURST)))


async def test_five_hundred_calls_leave_nothing_behind() -> None:
    chance = random.Random(1555)
    calls = IN_SEQUENCE + BURSTS * IN_A_BURST
    assert calls == 500
    async with echoing_process() as process, await Softphone.open() as alice:
        assert process.stdout is not None
        assert process.stdin is not None
        port = int((await process.stdout.readline()).split()[1])
        uri = f"sip:1555@127.0.0.1:{port}"
        for _ in range(WARM_UP_ROUNDS):
            await five_hundred_calls(alice, uri, chance)
            await asyncio.sleep(FORGOTTEN_S)
        before = resident_kib(process)
        await five_hundred_calls(alice, uri, chance)
        growth = resident_kib(process) - before
        print(f"RSS {before} KiB, {growth:+} KiB after {calls} more calls")
        assert growth < calls * GROWTH_KIB_PER_CALL

        last = await alice.call(uri)
        await until_heard(lambda: last.send(tone(ALICE_HZ, 0.5)), last.recording, ALICE_HZ)
        await last.hang_up()
        process.stdin.close()
        async with asyncio.timeout(15):
            report = (await process.stdout.read()).decode().split()
            assert await process.wait() == 0
        answered, ended = int(report[1]), int(report[3])
        # Whoever gave up before the phone looked at the call was never offered to it.
        assert answered >= (WARM_UP_ROUNDS + 1) * calls * 0.8
        assert ended >= answered


async def test_a_burst_beyond_all_limits_is_refused_politely() -> None:
    async with echoing_process(20) as process, await Softphone.open() as alice:
        assert process.stdout is not None
        assert process.stdin is not None
        port = int((await process.stdout.readline()).split()[1])
        placed = [alice.invite(f"sip:1555@127.0.0.1:{port}") for _ in range(50)]
        async with asyncio.timeout(100):
            await asyncio.gather(*(call.answered() for call in placed), return_exceptions=True)
        statuses = [call.final_status for call in placed]
        assert statuses.count(200) == 20
        assert set(statuses) <= {200, 486, 503}
        await asyncio.gather(*(call.hang_up() for call in placed))
        process.stdin.close()
        async with asyncio.timeout(20):
            assert await process.wait() == 0

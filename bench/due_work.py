"""How much due work a database gives out: scheduled, claimed and finished pieces a second, and
links of the audit chain a second.

    python -m bench.due_work [URL] [--pieces 2000] [--schedulers 4]

Without an address an SQLite file in a temporary folder is used. The handler does nothing: what is
measured is claiming (in batches of what is free) and finishing (one transaction each).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
import time
from collections.abc import Awaitable
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from voicebot.operations.scheduler import Done, Result, Scheduler
from voicebot.records import Records, Work
from voicebot.records.audit import append
from voicebot.records.due_work import schedule
from voicebot.records.types import utc_now

KIND = "bench"


async def nothing(work: Work, records: Records) -> Result:
    """The handler."""
    return Done()


async def seconds(action: Awaitable[object]) -> float:
    """How long it takes."""
    began = time.perf_counter()
    await action
    return time.perf_counter() - began


async def measure(url: str, pieces: int, schedulers: int) -> dict[str, object]:
    """Schedule one piece a transaction, do all of them with several schedulers at once, and append
    to the audit one link a transaction."""
    # Schedulers of one process stand in one line for SQLite: they may wait longer than a caller.
    opened = [
        await Records.open(url, instance=f"bench-{at}", demo_data=False, busy_timeout_s=30)
        for at in range(schedulers)
    ]
    first = opened[0]
    run = utc_now().isoformat()

    async def add(subject: int) -> None:
        async def work(session: AsyncSession) -> None:
            await schedule(session, KIND, subject, utc_now(), key=run)

        await first.work.transaction(work)

    async def scheduled() -> None:
        for subject in range(pieces):
            await add(subject)

    async def done() -> None:
        await asyncio.gather(
            *(Scheduler(one, {KIND: nothing}, concurrency=16).run_once() for one in opened)
        )

    async def audited() -> None:
        async def link(session: AsyncSession) -> None:
            await append(session, "bench", "bench.link", 1, {"value": 1})

        for _ in range(pieces):
            await first.work.transaction(link)

    try:
        taken = {
            "scheduled_per_s": pieces / await seconds(scheduled()),
            "claimed_and_finished_per_s": pieces / await seconds(done()),
            "audit_links_per_s": pieces / await seconds(audited()),
        }
        verdict = await first.audit.verify()
    finally:
        for one in opened:
            await one.close()
    return {
        "database": url.partition(":")[0],
        "pieces": pieces,
        "schedulers": schedulers,
        **{name: round(value) for name, value in taken.items()},
        "audit_sound": verdict.broken_at is None,
    }


def main() -> None:
    """Measure and print one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("url", nargs="?")
    parser.add_argument("--pieces", type=int, default=2000)
    parser.add_argument("--schedulers", type=int, default=4)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = given.url or f"sqlite:///{Path(folder) / 'bench.db'}"
        print(json.dumps(asyncio.run(measure(url, given.pieces, given.schedulers))))


if __name__ == "__main__":
    main()

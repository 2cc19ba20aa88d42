"""A scheduler for the clocks of cases in a process of its own, which kills itself at a step.

python -m tests.operations.case_worker URL MOMENT STEP
"""

from __future__ import annotations

import asyncio
import sys
from datetime import datetime
from typing import Any

from tests.processes import die
from voicebot.operations.case_clock import case_clock
from voicebot.operations.scheduler import Result, Scheduler
from voicebot.records import Records, Work, case_steps
from voicebot.records.case_steps import CLOCK_WORK

STEPS = ("claimed", "within the transaction", "committed")


async def main(url: str, moment: str, step: str) -> None:
    """Do all that is due at the moment."""
    now = datetime.fromisoformat(moment)
    plain = case_steps.time_passed

    async def cut_off(*args: Any) -> datetime | None:
        again = await plain(*args)
        if step == "within the transaction":
            die()
        return again

    async def handler(work: Work, records: Records) -> Result:
        if step == "claimed":
            die()
        result = await case_clock(work, records)
        if step == "committed":
            die()
        return result

    case_steps.time_passed = cut_off
    records = await Records.open(url, clock=lambda: now, instance="worker", demo_data=False)
    await Scheduler(records, {CLOCK_WORK: handler}, lambda: now).run_once()
    await records.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))

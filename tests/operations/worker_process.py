"""A scheduler in a process of its own, that may kill itself at a named step.

    python -m tests.operations.worker_process SETTINGS.json

The settings: `url` of the database, `outbox`, `sms_url` or `smtp_port` for the gateway, `lease_s`,
and `kill`, the step at which it dies (none: it works until nothing is due). Nothing is replaced
but the moment of death: SIGKILL, as by `kill -9`.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

import voicebot.operations.gateways.file_outbox
import voicebot.records.work_queue
from tests.processes import die
from voicebot.operations.gateways import FileOutbox, HttpSms, MessageGateway, SmtpEmail
from voicebot.operations.handlers import handlers
from voicebot.operations.scheduler import Scheduler
from voicebot.records import MessageChannel, Records
from voicebot.records.due_work import OPEN
from voicebot.records.models import DueWorkRow
from voicebot.records.types import utc_now

# Of every step of a booking's way to the citizen, in their order.
STEPS = (
    "after the claim",
    "in the notice, before its commit",
    "after the notice",
    "before marking as being sent",
    "after marking as being sent",
    "after handing over",
    "after marking as sent",
)
WHILE_WRITING = "while writing the file"


def die_after(owner: object, name: str) -> None:
    """Die when a method has given something (or anything, where it gives nothing)."""
    method: Callable[..., Awaitable[object]] = getattr(owner, name)

    async def instead(*arguments: object, **more: object) -> object:
        result = await method(*arguments, **more)
        if result != ():
            die()
        return result

    setattr(owner, name, instead)


def arm(step: str, records: Records) -> None:
    """Set the trap."""
    match step:
        case "after the claim":
            die_after(records.work, "claim")
        case "in the notice, before its commit":
            # Within the transaction: messages and their work are written, not yet committed.
            voicebot.records.work_queue.end = die  # type: ignore[assignment]
        case "after the notice":
            die_after(records.work, "complete")
        case "before marking as being sent":
            records.messages.begin = die  # type: ignore[method-assign, assignment]
        case "after marking as being sent":
            die_after(records.messages, "begin")
        case "while writing the file":
            voicebot.operations.gateways.file_outbox.os.link = die  # type: ignore[assignment]
        case "after handing over":
            records.messages.sent = die  # type: ignore[method-assign, assignment]
        case "after marking as sent":
            die_after(records.messages, "sent")
        case _:
            raise ValueError(step)


def gateways(settings: dict[str, Any]) -> dict[MessageChannel, MessageGateway]:
    """What the settings ask for."""
    if "sms_url" in settings:
        return {MessageChannel.SMS: HttpSms(settings["sms_url"])}
    if "smtp_port" in settings:
        port = settings["smtp_port"]
        sender = SmtpEmail("127.0.0.1", port, "1555@example.gr", security="none")
        return {MessageChannel.EMAIL: sender}
    return {MessageChannel.SMS: FileOutbox(Path(settings["outbox"]), "1555@example.gr")}


async def still_due(records: Records) -> bool:
    """Whether anything is due and not ended, whoever has it."""

    async def work(session: AsyncSession) -> int | None:
        return await session.scalar(
            select(func.count())
            .select_from(DueWorkRow)
            .where(DueWorkRow.state.in_(OPEN), DueWorkRow.due_at <= utc_now())
        )

    return bool(await records.work._database.read(work))


async def run(settings: dict[str, Any]) -> None:
    """Do all that is due, waiting for the leases of the dead to run out."""
    records = await Records.open(
        settings["url"], instance="worker", demo_data=False, busy_timeout_s=10
    )
    known = gateways(settings)
    if settings["kill"]:
        arm(settings["kill"], records)
    scheduler = Scheduler(
        records,
        handlers(known),
        poll=timedelta(seconds=0.05),
        lease=timedelta(seconds=settings["lease_s"]),
    )
    print("working", flush=True)
    running = asyncio.create_task(scheduler.run())
    try:
        async with asyncio.timeout(500):
            while await still_due(records):  # noqa: ASYNC110 - other processes work too
                await asyncio.sleep(0.05)
    finally:
        scheduler.stop()
        await running
        for gateway in known.values():
            await gateway.close()
        await records.close()


if __name__ == "__main__":
    asyncio.run(run(json.loads(Path(sys.argv[1]).read_text())))

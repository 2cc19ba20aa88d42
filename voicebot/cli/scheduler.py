"""`voicebot scheduler`: due work in a process of its own, or inside `voicebot serve`."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import structlog
import typer

from voicebot.settings import Settings, load_settings

if TYPE_CHECKING:
    from voicebot.operations.scheduler import Handler, Scheduler
    from voicebot.records import Records

log = structlog.get_logger(__name__)

DRAIN_S = 10.0


def scheduler(
    once: Annotated[
        bool, typer.Option("--once", help="Do all that is due now and exit, for a timer.")
    ] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Log more.")] = False,
) -> None:
    """Do what is due (messages, reminders, deadlines, retention) until SIGTERM or Ctrl-C.

    `voicebot serve` does so too, unless scheduler.enabled is false; any number may run at once.
    """
    from voicebot.cli.logs import set_up_logging

    set_up_logging(verbose=verbose)
    asyncio.run(_run(load_settings(), once=once))


async def _run(settings: Settings, *, once: bool) -> None:
    from voicebot.cli.opening import open_records

    # Not the name of the line: its calls in progress would be taken for left over.
    name = settings.records.instance or socket.gethostname()
    records = await open_records(settings, instance=f"scheduler of {name}")
    try:
        async with prepared(settings, records) as scheduling:
            if once:
                done = await scheduling.run_once()
                typer.echo(f"{done} pieces of work")
                return
            loop = asyncio.get_running_loop()
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.add_signal_handler(number, scheduling.stop)
            await scheduling.run(drain_s=DRAIN_S)
    finally:
        await records.close()


@asynccontextmanager
async def prepared(
    settings: Settings, records: Records, more: Mapping[str, Handler] | None = None
) -> AsyncIterator[Scheduler]:
    """A scheduler with its gateways open, not running yet.

    Args:
        more: handlers that need more than the records and the gateways, by kind of work.
    """
    from voicebot.operations.gateways import open_gateways
    from voicebot.operations.handlers import handlers
    from voicebot.operations.keeping import plan_purge
    from voicebot.operations.scheduler import Scheduler
    from voicebot.records.messages import SEND

    async with open_gateways(settings.messages) as gateways:
        known = handlers(
            gateways, replies=settings.messages.sms_replies, retention=settings.retention
        )
        await plan_purge(records)
        yield Scheduler(
            records,
            {**known, **(more or {})},
            poll=timedelta(seconds=settings.scheduler.poll_s),
            lease=timedelta(seconds=settings.scheduler.lease_s),
            concurrency=settings.scheduler.concurrency,
            # An SMS service or mail server that hangs must not keep deadlines waiting.
            limits={SEND: max(1, settings.scheduler.concurrency // 2)},
        )


@asynccontextmanager
async def running(
    settings: Settings, records: Records, more: Mapping[str, Handler] | None = None
) -> AsyncIterator[None]:
    """A scheduler at work while the context lasts; none where the settings say so."""
    if not settings.scheduler.enabled:
        yield
        return
    async with prepared(settings, records, more) as scheduling:
        task = asyncio.create_task(scheduling.run(drain_s=DRAIN_S))
        task.add_done_callback(_note_end)
        try:
            yield
        finally:
            scheduling.stop()
            await task


def _note_end(task: asyncio.Task[None]) -> None:
    """A scheduler that breaks must be heard of when it does, not when the line stops."""
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("scheduler.broke", error=error)

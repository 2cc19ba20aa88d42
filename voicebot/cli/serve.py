"""`voicebot serve` and `voicebot chat`: the dialogue on the telephone and on the terminal."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from voicebot.settings import Settings, load_settings

if TYPE_CHECKING:
    from voicebot.cli.reporting import EventStream

DRAIN_S = 10.0


def serve(
    events: Annotated[
        bool, typer.Option("--events", help="One JSON object a line about all that happens.")
    ] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Log more.")] = False,
) -> None:
    """Run the line and the desk until SIGTERM or Ctrl-C; calls in progress may finish."""
    from voicebot.cli.logs import set_up_logging
    from voicebot.cli.reporting import EventStream

    set_up_logging(verbose=verbose)
    stream = EventStream(sys.stdout if events else None)
    asyncio.run(run_line(load_settings(), stream))


async def run_line(settings: Settings, stream: EventStream) -> None:
    """Serve until told to stop."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with line_in_service(settings, stream):
        await stop.wait()


@asynccontextmanager
async def line_in_service(settings: Settings, stream: EventStream) -> AsyncIterator[None]:
    """The line and the desk, up while the context lasts.

    Raises:
        Exception: one of `known_errors`: something cannot be used; the text says the mend.
    """
    from voicebot.cli import assembly, scheduler
    from voicebot.cli.desk_feed import DeskFeed, DeskTranscript, ShownChannel
    from voicebot.cli.dialling import Show, dialling
    from voicebot.cli.observers import Observers
    from voicebot.cli.reporting import DialogueReporter, LineReporter
    from voicebot.desk import LiveCalls, create_app, serving
    from voicebot.dialogue.channel import Channel
    from voicebot.dialogue.converse import Course, converse, lead
    from voicebot.dialogue.danger import alarms
    from voicebot.dialogue.flows import overflow
    from voicebot.line import Line
    from voicebot.operations.gateways.webhook import reply_routes
    from voicebot.records.types import Direction, Outcome
    from voicebot.telephony.endpoint import SipPhone

    async with AsyncExitStack() as stack:
        services = await stack.enter_async_context(assembly.services(settings))
        speaker = await stack.enter_async_context(assembly.speaker(settings))
        ears = await stack.enter_async_context(assembly.ears(settings))
        await assembly.prerender(speaker, services, date.today())
        live = LiveCalls()
        titles = {
            name: entry.title for entry in services.knowledge for name in (entry.id, entry.topic)
        }
        desk = create_app(services.records, live, settings.desk, topic_titles=titles)
        if settings.messages.reply_token is not None:
            token = settings.messages.reply_token.get_secret_value()
            desk.include_router(reply_routes(services.records, token))
        desk_url = await stack.enter_async_context(serving(desk, live, settings.desk))
        await stack.enter_async_context(scheduler.running(settings, services.records))

        async def talk(channel: Channel, course: Course, direction: Direction) -> Outcome:
            return await converse(
                ShownChannel(channel, stream, live),
                services,
                settings.dialogue,
                observers=(
                    DialogueReporter(stream, channel.call_id),
                    DeskTranscript(live, channel.call_id),
                ),
                course=course,
                direction=direction,
            )

        phone = SipPhone(settings.telephony, agents=settings.desk.agents)
        observer = Observers(LineReporter(stream), DeskFeed(live))
        line = Line(
            phone,
            ears.pool,
            ears.vad,
            speaker,
            partial(talk, course=lead, direction=Direction.INBOUND),
            observer,
            settings,
            partial(talk, course=overflow.offer, direction=Direction.INBOUND),
            alarms(services.knowledge, services.classifier),
        )
        line_task = asyncio.create_task(line.serve())
        try:
            await _until_started(line.started, line_task)
            async with dialling(
                settings,
                line,
                phone,
                services.records,
                observer,
                partial(talk, direction=Direction.OUTBOUND),
                Show(live, services.records),
                titles,
            ):
                with _kept_from_collection():
                    stream.emit("ready", sip=_sip_uri(settings), desk=desk_url)
                    yield
        finally:
            await line.stop(drain_s=DRAIN_S)
            await asyncio.wait({line_task})
            with contextlib.suppress(asyncio.CancelledError):
                line_task.result()


@contextmanager
def _kept_from_collection() -> Iterator[None]:
    """Keep what is loaded by now, some 300,000 objects, out of the garbage collector's rounds: one
    full round over them stops every call for 0.2 s or more, in the middle of speech."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


async def _until_started(started: asyncio.Event, serving: asyncio.Task[None]) -> None:
    waiting = asyncio.create_task(started.wait())
    try:
        await asyncio.wait({waiting, serving}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        waiting.cancel()
    if serving.done():
        serving.result()


def _sip_uri(settings: Settings) -> str:
    telephony = settings.telephony
    host = telephony.public_address or telephony.bind
    return f"sip:{settings.dialogue.line_name}@{host}:{telephony.sip_port}"


def chat() -> None:
    """Hold the same conversation on the terminal, typed.

    An empty line is silence, `/dtmf 12` presses keys, Ctrl-D hangs up.
    """
    asyncio.run(_chat(load_settings()))


async def _chat(settings: Settings) -> None:
    from voicebot.cli import assembly
    from voicebot.dialogue.converse import converse
    from voicebot.dialogue.terminal import TerminalChannel

    async with assembly.services(settings) as services:
        outcome = await converse(TerminalChannel(), services, settings.dialogue)
    typer.secho(f"[{outcome}]", dim=True)

"""One whole call: what the line, the terminal and the tests run.

outcome = await converse(channel, Services(knowledge, classifier, records), settings.dialogue)
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from voicebot.dialogue.call import Call, Clock, State
from voicebot.dialogue.channel import Channel, HungUp
from voicebot.dialogue.conversation import Conversation
from voicebot.dialogue.events import Finished, Observer, Observers
from voicebot.dialogue.interjections import Interjections
from voicebot.dialogue.ledger import Ledger
from voicebot.dialogue.meaning import Reader, Understands
from voicebot.dialogue.policy import Policy
from voicebot.dialogue.turns import Pace, Turns
from voicebot.dialogue.veil import Veil
from voicebot.records import Records
from voicebot.records.types import Direction, Outcome
from voicebot.settings import Dialogue as DialogueSettings
from voicebot.understanding.knowledge import Knowledge


@dataclass(frozen=True)
class Services:
    """What all calls share."""

    knowledge: Knowledge
    classifier: Understands
    records: Records


Course = Callable[[Call], Awaitable[None]]


async def lead(call: Call) -> None:
    """Serve whoever calls.

    Raises:
        HungUp: the caller left.
    """
    await Policy(call).run()


async def converse(
    channel: Channel,
    services: Services,
    settings: DialogueSettings,
    *,
    clock: Clock | None = None,
    observers: tuple[Observer, ...] = (),
    course: Course = lead,
    direction: Direction = Direction.INBOUND,
) -> Outcome:
    """Lead a call from the greeting to its one recorded outcome.

    Args:
        channel: the conversation partner. Its call is started and finished in the records here,
            with every turn of the transcript.
        clock: the present moment, timezone-aware; default: now, in the zone of the settings.
        observers: told everything that happens (the desk, the line, tests).
        course: what the call is about; by default whatever the caller wants.
        direction: who rang whom.

    Returns:
        The outcome, whichever way the call ended; nothing is raised when the caller hangs up.
    """
    zone = ZoneInfo(settings.timezone)

    def now() -> datetime:
        return clock().astimezone(zone) if clock is not None else datetime.now(zone)

    state = State()
    ledger = Ledger(services.records, channel.call_id, channel.caller_number, direction)
    observer = Veil(Observers(ledger, state, *observers))
    turns = Turns(
        channel,
        Pace(timedelta(seconds=settings.silence_s), timedelta(seconds=settings.patience_s)),
        observer,
    )
    reader = Reader(services.knowledge, services.classifier)
    interjections = Interjections(turns, observer, lambda: now().date())
    call = Call(
        channel=channel,
        talk=Conversation(turns, reader, interjections, observer),
        knowledge=services.knowledge,
        records=services.records,
        observer=observer,
        settings=settings,
        now=now,
        state=state,
    )
    await ledger.start()
    writer = asyncio.create_task(ledger.write(), name=f"ledger {channel.call_id}")
    try:
        await course(call)
    except HungUp:
        pass
    finally:
        # Also when the call is cancelled from outside (the line is shut down).
        ledger.close()
        outcome = await asyncio.shield(_finish(call, ledger, writer))
    return outcome


async def _finish(call: Call, ledger: Ledger, writer: asyncio.Task[None]) -> Outcome:
    await writer
    state = call.state
    outcome = await ledger.finish(state.outcome, state.outcome_topic or state.topic, state.agency)
    call.observer.note(Finished(outcome.value, state.outcome_topic or state.topic))
    return outcome

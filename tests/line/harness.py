"""A line of doubles with one caller, in virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from tests.line.fake_hearing import FakePool, FakeVad
from tests.line.fake_speaking import FakeSpeaker
from tests.line.fake_telephony import FakeCall, FakePhone
from voicebot.dialogue.channel import Briefing, Channel, HandoffResult, Heard
from voicebot.line import CallObserver, Line, TurnTiming
from voicebot.line.inbox import Alarms
from voicebot.settings import Desk, Settings
from voicebot.telephony.call import CallInfo

SIX_SECONDS = timedelta(seconds=6)
Dialogue = Callable[[Channel], Awaitable[Any]]


@dataclass
class Notes(CallObserver):
    """Everything that the line reports."""

    log: list[tuple[str, Any]] = field(default_factory=list)
    timings: list[TurnTiming] = field(default_factory=list)

    def call_started(self, info: CallInfo) -> None:
        self.log.append(("started", info.call_id))

    def said(self, call_id: str, text: str, *, completed: bool) -> None:
        self.log.append(("said", (text, completed)))

    def heard(self, call_id: str, heard: Heard) -> None:
        self.log.append(("heard", heard))

    def partly_heard(self, call_id: str, text: str) -> None:
        self.log.append(("partly_heard", text))

    def turn_taken(self, call_id: str, timing: TurnTiming) -> None:
        self.timings.append(timing)

    def barged_in(self, call_id: str, *, counted: bool) -> None:
        self.log.append(("barged_in", counted))

    def handing_off(self, briefing: Briefing) -> None:
        self.log.append(("handing_off", briefing.call_id))

    def handed_off(self, call_id: str, result: HandoffResult) -> None:
        self.log.append(("handed_off", result))

    def call_ended(self, call_id: str, reason: str) -> None:
        self.log.append(("ended", reason))

    def of(self, kind: str) -> list[Any]:
        return [what for name, what in self.log if name == kind]


@dataclass
class Stage:
    """What a test holds in its hands."""

    call: FakeCall
    phone: FakePhone
    pool: FakePool
    speaker: FakeSpeaker
    vad: FakeVad
    notes: Notes
    line: Line

    async def until(self, holds: Callable[[], bool], timeout_s: float = 60.0) -> None:
        """Wait for something to be so."""
        async with asyncio.timeout(timeout_s):
            while not holds():  # noqa: ASYNC110 - virtual time costs nothing
                await asyncio.sleep(0.01)

    async def ended(self) -> None:
        """Wait until nothing of the call is left."""
        await self.until(lambda: bool(self.notes.of("ended")), 300)


@asynccontextmanager
async def staged(
    dialogue: Dialogue,
    *,
    agents: tuple[str, ...] = ("sip:agent@one",),
    prepare: Callable[[Stage], None] = lambda stage: None,
    hearing: dict[str, Any] | None = None,
    alarms: Alarms = lambda words: False,
) -> AsyncIterator[Stage]:
    """A line in service, and a call that has just come."""
    call, phone, pool, speaker, vad, notes = (
        FakeCall(),
        FakePhone(),
        FakePool(),
        FakeSpeaker(),
        FakeVad(),
        Notes(),
    )
    settings = Settings(desk=Desk(agents=agents, ring_s=10), hearing=hearing or {})

    async def converse(channel: Channel) -> None:
        await dialogue(channel)
        await channel.hang_up()

    line = Line(
        phone,
        pool,  # type: ignore[arg-type]
        vad,
        speaker,  # type: ignore[arg-type]
        converse,
        notes,
        settings,
        alarms=alarms,
    )
    stage = Stage(call, phone, pool, speaker, vad, notes, line)
    prepare(stage)
    serving = asyncio.create_task(line.serve())
    await line.started.wait()
    phone.ring(call)
    try:
        yield stage
    finally:
        await line.stop()
        await serving
    assert not vad.streams, "a stream is left at the detector"
    assert call.hung_up or not call.is_up

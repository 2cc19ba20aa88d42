"""A scripted caller on the telephone does not take a pause of its own for the line's turn."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

from voicebot.dialogue.scripts import ScriptCall
from voicebot.rehearsal.scripted_calls import ScriptedCall
from voicebot.rehearsal.scripted_part import SpokenResult
from voicebot.rehearsal.server import RunningLine
from voicebot.speaking.speaker import Speaker
from voicebot.telephony.softphone import Softphone

NOW = datetime(2026, 11, 24, 10, 5, tzinfo=ZoneInfo("Europe/Athens"))


class FakeCall:
    """Is spoken into until the test says that the last packet has left."""

    def __init__(self) -> None:
        self.state = "up"
        self.sent = 0
        self.is_drained = asyncio.Event()

    def send(self, pcm: bytes) -> None:
        self.sent += 1
        self.is_drained.clear()

    async def drained(self) -> float:
        await self.is_drained.wait()
        return 0.0

    async def hang_up(self) -> None:
        self.state = "down"


class FakePhone:
    def __init__(self, call: FakeCall) -> None:
        self._call = call

    async def call(
        self, uri: str, *, user: str | None = None, headers: Mapping[str, str] | None = None
    ) -> FakeCall:
        return self._call


class FakeSpeaker:
    async def render(self, text: str, *, sample_rate_hz: int) -> bytes:
        return b"\x00\x40" * 1600


class Line:
    """A line whose events the test makes up."""

    def __init__(self, folder: Path) -> None:
        self.running = RunningLine(0, "sip:1555@127.0.0.1", "", folder / "line.log")
        self.running.log.write_text("")

    async def tell(self, event: str, **fields: Any) -> None:
        async with self.running._news:
            self.running.events.append({"event": event, "rehearsal": "X", **fields})
            self.running._news.notify_all()


async def _until(call: FakeCall, sent: int) -> None:
    async with asyncio.timeout(10):
        while call.sent < sent and call.state == "up":  # noqa: ASYNC110 - a double has no events
            await asyncio.sleep(0.01)


async def _asked(script: ScriptCall, call: FakeCall, line: Line) -> asyncio.Task[SpokenResult]:
    """Start playing a script; the line has asked its open question, and the caller speaks."""
    played = ScriptedCall(
        script,
        NOW,
        line.running,
        cast(Softphone, FakePhone(call)),
        cast(Speaker, FakeSpeaker()),
    )
    playing = asyncio.create_task(played.play())
    await line.tell("scene", numbers={})
    await line.tell("listening", slot="")
    await _until(call, 1)
    return playing


async def test_a_question_in_a_pause_of_ones_own_is_no_end_of_the_call(tmp_path: Path) -> None:
    script = ScriptCall.model_validate(
        {
            "id": "X",
            "turns": [{"say": "καλημέρα σας, πότε θα μπουν οι συντάξεις;"}],
            "expect": {"end": "normal"},
        }
    )
    call, line = FakeCall(), Line(tmp_path)
    playing = await _asked(script, call, line)
    await line.tell("caught", text="καλημέρα σας")
    await line.tell("listening", slot="")
    await asyncio.sleep(0.05)
    assert call.state == "up"
    call.is_drained.set()
    await asyncio.sleep(0.05)
    await line.tell("caught", text="πότε θα μπουν οι συντάξεις")
    await line.tell("listening", slot="anything_else")
    await _until(call, 2)
    call.is_drained.set()
    await line.tell("played", outcome="answered", hung_up=True)
    await line.tell("call_ended")
    played = await playing
    assert played.result.failures == ()
    assert [one.heard for one in played.hearings] == [
        "καλημέρα σας πότε θα μπουν οι συντάξεις",
        "",
    ]


async def test_who_put_the_phone_down_is_told(tmp_path: Path) -> None:
    script = ScriptCall.model_validate(
        {"id": "X", "turns": [{"say": "γεια σας"}], "expect": {"end": "normal"}}
    )
    call, line = FakeCall(), Line(tmp_path)
    playing = await _asked(script, call, line)
    call.is_drained.set()
    await asyncio.sleep(0.05)
    await line.tell("caught", text="γεια σας")
    await line.tell("listening", slot="")
    await _until(call, 2)
    assert call.state == "down"
    await line.tell("played", outcome="abandoned", hung_up=False)
    await line.tell("call_ended")
    assert (await playing).result.failures[-1] == (
        "the caller put the phone down at the open question"
    )

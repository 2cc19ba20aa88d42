"""A caller finds no line, takes the callback with a key, and is rung back: real calls, a whole
line in a process of its own, audio measured at both ends, the transcript on the agent's screen."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from tests.dialling.peers import word
from tests.telephony.harness import ALICE_HZ, BOB_HZ, hears, tone
from voicebot.cli.demo_agent import read_desk
from voicebot.records import CallbackStatus, Records, Window
from voicebot.records.types import AttemptResult, Callback, CallbackOrigin, utc_now
from voicebot.rehearsal.server import RunningLine, free_port, running_line
from voicebot.telephony.soft_call import SoftCall
from voicebot.telephony.softphone import Softphone

pytestmark = [pytest.mark.call, pytest.mark.slow, pytest.mark.timeout(400)]

NUMBER = "2105285525"
TALK_S = 4.0


class Agent:
    """A person at the desk: answers, reads the screen, speaks (a tone) until the other leaves."""

    def __init__(self) -> None:
        self.calls: list[SoftCall] = []
        self.page = ""

    async def take(self, call: SoftCall) -> None:
        self.calls.append(call)
        await call.ring()
        await call.answer()
        assert call.invite is not None
        address = call.invite.get("X-Voicebot-Desk")
        assert address is not None
        self.page = await asyncio.to_thread(read_desk, address)
        call.send(tone(BOB_HZ, 40))
        await call.wait_ended()


class Citizen:
    """Answers with a word and speaks (a tone) for a while, then hangs up."""

    def __init__(self) -> None:
        self.calls: list[SoftCall] = []
        self.met = asyncio.Event()

    async def take(self, call: SoftCall) -> None:
        self.calls.append(call)
        await call.ring()
        await call.answer()
        call.send(word())
        await asyncio.sleep(2.5)
        call.send(tone(ALICE_HZ, 40))
        while not hears(call.recording()[-32000:], BOB_HZ):  # noqa: ASYNC110 - audio only
            await asyncio.sleep(0.2)
        await asyncio.sleep(TALK_S)
        self.met.set()
        await call.hang_up()


@asynccontextmanager
async def a_line(folder: Path, first: str) -> AsyncIterator[tuple[RunningLine, Agent, Citizen]]:
    """A line with room for one call and an offer to others, an agent, and a citizen's phone."""
    agent, citizen = Agent(), Citizen()
    async with (
        await Softphone.open(user="agent") as agent_phone,
        await Softphone.open(port=free_port()) as citizen_phone,
    ):
        agent_phone.serve(agent.take)
        citizen_phone.serve(citizen.take)
        host = citizen_phone.uri.partition("@")[2]
        always = {"opens": "00:00", "closes": "23:59:59"}
        overrides = {
            "VOICEBOT_DESK__AGENTS": json.dumps([agent_phone.uri]),
            "VOICEBOT_TELEPHONY__MAX_CALLS": "1",
            "VOICEBOT_TELEPHONY__RTP_PORT_MIN": str(51_000 + os.getpid() % 100 * 100),
            "VOICEBOT_DIALOGUE__CALLBACK_HOURS": json.dumps(always),
            "VOICEBOT_DIALLER__TARGET": f"sip:{{national}}@{host}",
            "VOICEBOT_DIALLER__FIRST": first,
            "VOICEBOT_DIALLER__POLL_S": "0.3",
        }
        async with running_line(folder, overrides, start_timeout_s=150) as line:
            yield line, agent, citizen


async def ask_for_a_callback(line: RunningLine) -> None:
    """While one caller has the line, another is offered a callback and presses one."""
    async with await Softphone.open() as phone:
        first = await phone.call(line.sip_uri, user="2101111111")
        second = await phone.call(line.sip_uri, user=NUMBER, headers={"X-Rehearsal": "second"})
        await line.wait_for("listening", "second", timeout_s=60)
        second.send_digits("1")
        await line.wait_for("callback", "second", timeout_s=30)
        await asyncio.wait_for(second.wait_ended(), 60)
        await first.hang_up()
        assert second.ended_by_remote


async def its_time_has_come(records: Records) -> Callback:
    """The callback, its window having begun (late in the evening it is for the next day)."""
    (callback,) = await records.callbacks.requested_since(utc_now() - timedelta(hours=1))
    assert callback.origin is CallbackOrigin.OVERLOAD
    now = utc_now()
    if callback.window.starts_at > now:
        window = Window(now, now + timedelta(hours=1))
        await records.callbacks.request(NUMBER, window, callback.topic)
    return callback


@pytest.mark.parametrize("first", ["agent", "citizen"])
async def test_rung_back_and_joined(tmp_path: Path, first: str) -> None:
    async with a_line(tmp_path, first) as (line, agent, citizen):
        records = await Records.open(
            f"sqlite:///{tmp_path / 'records.db'}", instance="test", demo_data=False
        )
        try:
            await ask_for_a_callback(line)
            callback = await its_time_has_come(records)
            await asyncio.wait_for(citizen.met.wait(), 90)
            kept = await records.callbacks.get(callback.callback_id)
            attempts = await records.dialling.attempts(callback.callback_id)
        finally:
            await records.close()
    assert kept.status is CallbackStatus.KEPT
    assert [attempt.result for attempt in attempts] == [AttemptResult.CONNECTED]
    assert kept.connected_at is not None
    assert kept.connected_at > kept.requested_at
    assert len(citizen.calls) == len(agent.calls) == 1
    assert hears(citizen.calls[0].recording(), BOB_HZ)
    assert hears(agent.calls[0].recording(), ALICE_HZ)
    # What was said in the call in which it was asked for is on the agent's screen.
    assert "όλες οι γραμμές είναι απασχολημένες" in agent.page
    if first == "citizen":
        said = [event["text"] for event in line.events if event["event"] == "said"]
        back = said.index(
            "Σας καλούμε όπως μας ζητήσατε. Σας συνδέω με υπάλληλο. Μείνετε στη γραμμή, παρακαλώ."
        )
        assert "ψηφιακός βοηθός" in said[back - 1]

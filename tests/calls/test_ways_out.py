"""What a caller can run into, and the spoken way out of it; every call leaves one outcome."""

from __future__ import annotations

import asyncio
import random
import sqlite3
from pathlib import Path

import numpy as np
import pytest

from voicebot.rehearsal.citizen import Citizen
from voicebot.rehearsal.server import Event, RunningLine, running_line
from voicebot.speaking.speaker import Speaker
from voicebot.telephony.softphone import Softphone

pytestmark = [pytest.mark.call, pytest.mark.timeout(300)]


async def ended(line: RunningLine, name: str) -> Event:
    """The one outcome of a call, once everything of it is released."""
    await line.wait_for("call_ended", name, timeout_s=20)
    finished = [
        event
        for event in line.events
        if event["event"] == "finished" and event.get("rehearsal") == name
    ]
    assert len(finished) == 1, f"a call has exactly one outcome: {finished}"
    return finished[0]


async def test_nobody_answers_at_the_desk(
    line: RunningLine, phone: Softphone, speaker: Speaker
) -> None:
    citizen = await Citizen.ring(phone, line, speaker, "nobody")
    await citizen.question()
    citizen.call.send_digits("0")
    asked = await citizen.question(timeout_s=60)
    await citizen.leave()
    handoffs = [event for event in line.events if event["event"] == "handoff"]
    assert [event["result"] for event in handoffs] == ["no_answer"]
    assert asked.slot, "the caller is offered something instead"
    await ended(line, "nobody")


async def test_hanging_up_in_mid_sentence(
    line: RunningLine, phone: Softphone, speaker: Speaker
) -> None:
    citizen = await Citizen.ring(phone, line, speaker, "gone")
    await citizen.question()
    citizen.call.send(await speaker.render("θέλω να κλείσω ένα ραντεβού στο", sample_rate_hz=8000))
    await asyncio.sleep(0.8)
    await citizen.leave()
    assert (await ended(line, "gone"))["outcome"] == "abandoned"


async def test_hanging_up_while_the_line_speaks(
    line: RunningLine, phone: Softphone, speaker: Speaker
) -> None:
    citizen = await Citizen.ring(phone, line, speaker, "early")
    assert await citizen.speaking()
    await citizen.leave()
    assert (await ended(line, "early"))["outcome"] == "abandoned"


async def test_silence_ends_in_a_spoken_goodbye(
    tmp_path: Path, phone: Softphone, speaker: Speaker
) -> None:
    async with running_line(tmp_path, {"VOICEBOT_DIALOGUE__SILENCE_S": "1.5"}) as line:
        citizen = await Citizen.ring(phone, line, speaker, "silent")
        async with asyncio.timeout(90):
            await citizen.call.wait_ended()
        spoken = [event["text"] for event in line.events if event["event"] == "said"]
        assert len(spoken) >= 4, "asked again, offered keys, said goodbye"
        await citizen.leave()
        await ended(line, "silent")


async def test_garbage_on_the_line_is_not_acted_on(
    line: RunningLine, phone: Softphone, speaker: Speaker
) -> None:
    citizen = await Citizen.ring(phone, line, speaker, "noise")
    await citizen.question()
    chance = np.random.default_rng(7)
    bursts = [
        chance.normal(0, 6000, 8000).clip(-32000, 32000).astype("<i2").tobytes(),
        (12000 * np.sin(np.arange(12000) * 2 * np.pi * 1000 / 8000)).astype("<i2").tobytes(),
        random.Random(3).randbytes(16000),
    ]
    for burst in bursts:
        citizen.call.send(burst)
        await citizen.call.drained()
        await asyncio.sleep(1.5)
    assert citizen.call.state == "up"
    await citizen.leave()
    acted = [event for event in line.events if event["event"] in ("answered", "appointment")]
    assert not acted
    await ended(line, "noise")


async def test_a_recogniser_that_is_down_leads_to_the_keypad(
    tmp_path: Path, phone: Softphone, speaker: Speaker
) -> None:
    async with running_line(tmp_path, program="tests.calls.deaf_line") as line:
        citizen = await Citizen.ring(phone, line, speaker, "deaf")
        await citizen.question()
        for _ in range(6):
            await citizen.say("πότε μπαίνουν οι συντάξεις")
            asked = await citizen.question(timeout_s=60)
            if asked.slot == "dtmf_menu":
                break
        assert asked.slot == "dtmf_menu"
        citizen.call.send_digits("1")
        assert await citizen.speaking()
        await citizen.leave()
        await ended(line, "deaf")


async def test_a_locked_database_ends_in_words_not_in_silence(
    line: RunningLine, phone: Softphone, speaker: Speaker, tmp_path: Path
) -> None:
    lock = sqlite3.connect(tmp_path / "records.db", timeout=10)
    try:
        citizen = await Citizen.ring(phone, line, speaker, "locked")
        await citizen.question()
        lock.execute("BEGIN EXCLUSIVE")
        exchange = await citizen.say("θέλω να μιλήσω με υπάλληλο", answer_timeout_s=20)
        assert exchange.gap_ms is not None, "the caller hears something"
        await citizen.question(timeout_s=60)
        await citizen.leave()
    finally:
        lock.rollback()
        lock.close()
    await line.wait_for("call_ended", "locked", timeout_s=30)

"""The line over real SIP and RTP: real voice activity, recogniser and voice; only the dialogue is
a test's own."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import numpy as np
import pytest

from tests.line.program import ANSWER
from tests.line.real import CALLERS, Event, Listener, line_process, spoken
from voicebot.telephony import softphone
from voicebot.telephony.softphone import Softphone

pytestmark = pytest.mark.call


def threads_of(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/task").iterdir()))


@pytest.mark.parametrize("variant", CALLERS)
async def test_yes_and_no_are_heard_and_answered(variant: str) -> None:
    async with line_process("confirm") as line, await Softphone.open(user="6912345678") as phone:
        call = await phone.call(line.uri)
        for said, answer in ((2, "ναι"), (4, "όχι")):
            await line.until(lambda said=said: len(line.of("said")) == said)
            call.send(spoken(answer, variant))
        await call.wait_ended()
        await line.until(lambda: bool(line.of("ended")))

        assert line.of("started")[0]["number"] == "6912345678"
        assert [event["text"] for event in line.of("heard")] == ["ναι", "όχι"]
        assert [event["completed"] for event in line.of("said")] == [True] * 6
        assert len(line.of("turn")) == 2
        assert line.of("ended")[0]["reason"] == "local_hangup"


async def test_a_dictated_number_with_pauses_is_one_answer() -> None:
    async with line_process("number") as line, await Softphone.open() as phone:
        call = await phone.call(line.uri)
        await line.until(lambda: bool(line.of("said")))
        for group in ("εξήντα εννέα", "σαράντα πέντε", "δώδεκα", "τριάντα τέσσερα", "πενήντα έξι"):
            call.send(spoken(group) + bytes(16 * 700))
        await call.wait_ended()

        (heard,) = line.of("heard")
        assert len(heard["text"].split()) >= 8, heard


async def test_keys_are_heard_by_rfc_4733_and_end_the_prompt() -> None:
    async with line_process("number") as line, await Softphone.open() as phone:
        call = await phone.call(line.uri)
        await Listener(call).speech_after(0.0)
        call.send_digits("6945123456")
        await call.wait_ended()

        assert [event["text"] for event in line.of("heard")] == ["[keys] 6945123456"]
        assert line.of("said")[0]["completed"] is False


async def test_speech_stops_the_answer_and_is_heard() -> None:
    async with line_process("read") as line, await Softphone.open() as phone:
        call = await phone.call(line.uri)
        began = await Listener(call).speech_after(0.0)
        await asyncio.sleep(began + 3.0 - time.monotonic())
        call.send(spoken("σταματήστε παρακαλώ θέλω να μιλήσω με άνθρωπο"))
        await call.wait_ended()

        assert line.of("said")[0] == line.of("said")[0] | {"text": ANSWER, "completed": False}
        assert len(line.of("heard")) == 1
        assert not line.of("heard")[0]["text"].startswith("[")


async def test_noise_into_the_answer_does_not_stop_it() -> None:
    hiss = np.random.default_rng(3).normal(0, 1500, 8000 * 2).astype("<i2").tobytes()
    async with line_process("read") as line, await Softphone.open() as phone:
        call = await phone.call(line.uri)
        began = await Listener(call).speech_after(0.0)
        await asyncio.sleep(began + 2.0 - time.monotonic())
        call.send(hiss)
        await line.until(lambda: bool(line.of("said")), 40)
        await call.hang_up()

        assert line.of("said")[0] == line.of("said")[0] | {"text": ANSWER, "completed": True}


async def test_a_caller_who_says_nothing_is_noticed() -> None:
    async with line_process("read") as line, await Softphone.open() as phone:
        call = await phone.call(line.uri)
        await call.wait_ended()

        assert [event["text"] for event in line.of("heard")] == ["[silence]"]


@pytest.mark.parametrize("moment_s", [0.05, 1.0, 3.0])
async def test_hanging_up_releases_the_call(moment_s: float) -> None:
    async with line_process("confirm") as line, await Softphone.open() as phone:
        call = await phone.call(line.uri)
        await asyncio.sleep(moment_s)
        await call.hang_up()
        await line.until(lambda: bool(line.of("ended")))

        assert line.of("ended")[0]["reason"] == "remote_hangup"


async def test_the_agent_hears_the_caller_and_knows_the_call() -> None:
    async with await Softphone.open(user="agent") as desk, await Softphone.open() as phone:
        desk.serve(softphone.answer)
        async with line_process("person", desk.uri) as line:
            call = await phone.call(line.uri)
            await line.until(lambda: bool(line.of("handed_off")))
            assert line.of("handed_off")[0]["result"] == "connected"
            (leg,) = desk.calls
            assert leg.invite is not None
            assert leg.invite.get("X-Voicebot-Call") == line.of("started")[0]["call"]
            said_s = time.monotonic()
            call.send(spoken("γεια σας"))
            await Listener(leg).speech_after(said_s)
            said_s = time.monotonic()
            leg.send(spoken("καλημέρα"))
            await Listener(call).speech_after(said_s)
            await leg.hang_up()
            await call.wait_ended()
            await line.until(lambda: bool(line.of("ended")))


async def test_when_no_agent_answers_the_caller_hears_so() -> None:
    async with await Softphone.open(user="agent") as desk, await Softphone.open() as phone:
        desk.serve(softphone.busy)
        async with line_process("person", desk.uri) as line:
            call = await phone.call(line.uri)
            await call.wait_ended()
            await line.until(lambda: bool(line.of("ended")))

            assert line.of("handed_off")[0]["result"] == "busy"
            assert line.of("said")[0]["completed"] is True


async def test_many_calls_at_once_leave_nothing_behind() -> None:
    async with line_process("confirm") as line, await Softphone.open() as phone:

        async def one(number: str) -> None:
            call = await phone.call(line.uri, user=number)
            await line.until(lambda: bool(mine("started", number)))
            for said, answer in ((2, "ναι"), (4, "όχι")):
                await line.until(lambda said=said: len(mine("said", number)) == said, 60)
                call.send(spoken(answer))
            await call.wait_ended()

        def mine(kind: str, number: str) -> list[Event]:
            calls = [event["call"] for event in line.of("started") if event["number"] == number]
            return [event for event in line.of(kind) if event["call"] in calls]

        threads_before = threads_of(line.pid)
        await asyncio.gather(*(one(f"69123456{n}") for n in range(10, 20)))
        await line.until(lambda: len(line.of("ended")) == 10)

        heard = [event["text"] for event in line.of("heard")]
        assert sorted(heard) == ["ναι"] * 10 + ["όχι"] * 10
        assert threads_of(line.pid) <= threads_before + 2

"""The line over real SIP and RTP: real voice activity, recogniser and voice; only the dialogue is
a test's own."""

from __future__ import annotations

import asyncio
import itertools
import socket
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import numpy as np
import pytest
import pytest_asyncio

from tests.line.program import ANSWER
from tests.line.real import CALLERS, LineProcess, Listener, line_process, spoken
from voicebot.telephony import softphone
from voicebot.telephony.softphone import Softphone

pytestmark = pytest.mark.call

_numbers = (f"69{n:08d}" for n in itertools.count(10_000_001))


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


AGENT_PORT = free_port()


@pytest.fixture(scope="module")
def line() -> Iterator[LineProcess]:
    """One line for all these tests, as it serves all callers."""
    with line_process(f"sip:agent@127.0.0.1:{AGENT_PORT}") as running:
        yield running


@pytest_asyncio.fixture
async def phone() -> AsyncIterator[Softphone]:
    async with await Softphone.open() as opened:
        yield opened


@pytest_asyncio.fixture
async def desk() -> AsyncIterator[Softphone]:
    """The agent's phone."""
    async with await Softphone.open(port=AGENT_PORT, user="agent") as opened:
        yield opened


@pytest.fixture
def number() -> str:
    """A caller's number that no other test has."""
    return next(_numbers)


def threads_of(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/task").iterdir()))


@pytest.mark.parametrize("variant", CALLERS)
async def test_yes_and_no_are_heard_and_answered(
    line: LineProcess, phone: Softphone, number: str, variant: str
) -> None:
    call = await phone.call(line.uri("confirm"), user=number)
    for said, answer in ((2, "ναι"), (4, "όχι")):
        await line.until(lambda said=said: len(line.of("said", number)) == said)
        call.send(spoken(answer, variant))
    await call.wait_ended()
    await line.until(lambda: bool(line.of("ended", number)))

    assert [event["text"] for event in line.of("heard", number)] == ["ναι", "όχι"]
    assert [event["completed"] for event in line.of("said", number)] == [True] * 6
    assert len(line.of("turn", number)) == 2
    assert line.of("ended", number)[0]["reason"] == "local_hangup"


async def test_a_digression_is_heard_though_yes_or_no_was_asked(
    line: LineProcess, phone: Softphone, number: str
) -> None:
    call = await phone.call(line.uri("confirm"), user=number)
    await line.until(lambda: len(line.of("said", number)) == 2)
    call.send(spoken("θέλω να μιλήσω με άνθρωπο"))
    await line.until(lambda: bool(line.of("heard", number)))
    await call.hang_up()

    assert "άνθρωπο" in line.of("heard", number)[0]["text"]


async def test_a_dictated_number_with_pauses_is_one_answer(
    line: LineProcess, phone: Softphone, number: str
) -> None:
    call = await phone.call(line.uri("number"), user=number)
    await line.until(lambda: bool(line.of("said", number)))
    for group in ("εξήντα εννέα", "σαράντα πέντε", "δώδεκα", "τριάντα τέσσερα", "πενήντα έξι"):
        call.send(spoken(group) + bytes(16 * 700))
    await call.wait_ended()

    (heard,) = line.of("heard", number)
    assert len(heard["text"].split()) >= 8, heard


async def test_half_a_number_is_waited_for_longer_than_any_silence_ends_a_number(
    line: LineProcess, phone: Softphone, number: str
) -> None:
    call = await phone.call(line.uri("number"), user=number)
    await line.until(lambda: bool(line.of("said", number)))
    # Half of it, a pause as long as people look for the rest, and the rest.
    call.send(spoken("έξι εννιά τέσσερα πέντε") + bytes(16 * 1700))
    call.send(spoken("ένα δύο τρία τέσσερα πέντε έξι"))
    await call.wait_ended()

    (heard,) = line.of("heard", number)
    assert len(heard["text"].split()) == 10, heard


async def test_keys_are_heard_by_rfc_4733_and_end_the_prompt(
    line: LineProcess, phone: Softphone, number: str
) -> None:
    call = await phone.call(line.uri("number"), user=number)
    await Listener(call).speech_after(0.0)
    call.send_digits("6945123456")
    await call.wait_ended()

    assert [event["text"] for event in line.of("heard", number)] == ["[keys] 6945123456"]
    assert line.of("said", number)[0]["completed"] is False


async def test_speech_stops_the_answer_and_is_heard(
    line: LineProcess, phone: Softphone, number: str
) -> None:
    call = await phone.call(line.uri("read"), user=number)
    began = await Listener(call).speech_after(0.0)
    await asyncio.sleep(began + 3.0 - time.monotonic())
    call.send(spoken("σταματήστε παρακαλώ θέλω να μιλήσω με άνθρωπο"))
    await call.wait_ended()

    said = line.of("said", number)[0]
    assert (said["text"], said["completed"]) == (ANSWER, False)
    (heard,) = line.of("heard", number)
    assert "άνθρωπο" in heard["text"]


async def test_a_listeners_yes_does_not_stop_the_answer(
    line: LineProcess, phone: Softphone, number: str
) -> None:
    call = await phone.call(line.uri("read"), user=number)
    began = await Listener(call).speech_after(0.0)
    await asyncio.sleep(began + 3.0 - time.monotonic())
    call.send(spoken("ναι"))
    await line.until(lambda: bool(line.of("said", number)))
    await call.hang_up()

    assert line.of("said", number)[0]["completed"] is True
    assert [event["counted"] for event in line.of("barged_in", number)] == [True, False]


async def test_noise_into_the_answer_does_not_stop_it(
    line: LineProcess, phone: Softphone, number: str
) -> None:
    hiss = np.random.default_rng(3).normal(0, 1500, 8000 * 2).astype("<i2").tobytes()
    call = await phone.call(line.uri("read"), user=number)
    began = await Listener(call).speech_after(0.0)
    await asyncio.sleep(began + 2.0 - time.monotonic())
    call.send(hiss)
    await line.until(lambda: bool(line.of("said", number)))
    await call.hang_up()

    assert line.of("said", number)[0]["completed"] is True


async def test_a_caller_who_says_nothing_is_noticed(
    line: LineProcess, phone: Softphone, number: str
) -> None:
    call = await phone.call(line.uri("read"), user=number)
    await call.wait_ended()

    assert [event["text"] for event in line.of("heard", number)] == ["[silence]"]


async def test_an_answer_held_is_finished_afterwards(
    line: LineProcess, phone: Softphone, number: str
) -> None:
    call = await phone.call(line.uri("read"), user=number)
    await Listener(call).speech_after(0.0)
    assert await call.hold() == 200
    await asyncio.sleep(3.0)
    assert line.of("said", number) == []
    assert await call.resume() == 200
    await call.wait_ended()

    assert line.of("said", number)[0]["completed"] is True


@pytest.mark.parametrize("moment_s", [0.05, 1.0, 3.0])
async def test_hanging_up_releases_the_call(
    line: LineProcess, phone: Softphone, number: str, moment_s: float
) -> None:
    call = await phone.call(line.uri("confirm"), user=number)
    await asyncio.sleep(moment_s)
    await call.hang_up()
    await line.until(lambda: bool(line.of("ended", number)))

    assert line.of("ended", number)[0]["reason"] == "remote_hangup"


async def test_the_agent_hears_the_caller_and_knows_the_call(
    line: LineProcess, phone: Softphone, desk: Softphone, number: str
) -> None:
    desk.serve(softphone.answer)
    call = await phone.call(line.uri("person"), user=number)
    await line.until(lambda: bool(line.of("handed_off", number)))
    assert line.of("handed_off", number)[0]["result"] == "connected"
    (leg,) = desk.calls
    assert leg.invite is not None
    assert leg.invite.get("X-Voicebot-Call") == line.of("started", number)[0]["call"]
    said_s = time.monotonic()
    call.send(spoken("γεια σας"))
    await Listener(leg).speech_after(said_s)
    said_s = time.monotonic()
    leg.send(spoken("καλημέρα"))
    await Listener(call).speech_after(said_s)
    await leg.hang_up()
    await call.wait_ended()
    await line.until(lambda: bool(line.of("ended", number)))


async def test_when_no_agent_answers_the_caller_hears_so(
    line: LineProcess, phone: Softphone, desk: Softphone, number: str
) -> None:
    desk.serve(softphone.busy)
    call = await phone.call(line.uri("person"), user=number)
    await call.wait_ended()
    await line.until(lambda: bool(line.of("ended", number)))

    assert line.of("handed_off", number)[0]["result"] == "busy"
    assert line.of("said", number)[0]["completed"] is True


async def test_a_caller_who_gives_up_stops_the_agents_phone(
    line: LineProcess, phone: Softphone, desk: Softphone, number: str
) -> None:
    desk.serve(softphone.no_answer)
    call = await phone.call(line.uri("person"), user=number)
    await line.until(lambda: bool(desk.calls))
    await asyncio.sleep(0.5)
    await call.hang_up()
    await asyncio.wait_for(desk.calls[0].wait_ended(), 3)
    await line.until(lambda: bool(line.of("ended", number)))


async def test_many_calls_at_once_leave_nothing_behind(line: LineProcess, phone: Softphone) -> None:
    numbers = [next(_numbers) for _ in range(10)]

    async def one(number: str) -> None:
        call = await phone.call(line.uri("confirm"), user=number)
        for said, answer in ((2, "ναι"), (4, "όχι")):
            await line.until(lambda said=said: len(line.of("said", number)) == said)
            call.send(spoken(answer))
        await call.wait_ended()
        await line.until(lambda: bool(line.of("ended", number)))

    threads_before = threads_of(line.pid)
    await asyncio.gather(*map(one, numbers))

    heard = [[event["text"] for event in line.of("heard", number)] for number in numbers]
    assert heard == [["ναι", "όχι"]] * 10
    assert threads_of(line.pid) <= threads_before + 2

"""Ringing without a network: leave is asked for right before the INVITE, and nobody is left on a
silent line."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any, cast

import pytest

from tests.dialling.dialler_process import QuietLine, no_conversation, nothing_to_show
from tests.dialling.peers import word
from tests.line.fake_telephony import FakeCall, FakePhone
from tests.telephony.harness import tone
from voicebot.line import CallObserver, Line
from voicebot.line.inform import Inform
from voicebot.line.outbound import Outbound
from voicebot.line.ring_back import RingBack
from voicebot.operations.callback_work import Steps
from voicebot.operations.permits import Permit
from voicebot.records import CallbackStatus, ClaimLost, Records, Window
from voicebot.records.campaign_types import PersonOutcome, RingPerson
from voicebot.records.dial_types import Attempt, Ring
from voicebot.records.types import AttemptResult, Callback, Outcome, utc_now
from voicebot.settings import Desk, Dialler, Settings

NUMBER = "+306945123456"
AGENT = "sip:agent@127.0.0.1"


class Answering(FakePhone):
    """Answers at once; remembers who was rung."""

    def __init__(self) -> None:
        super().__init__()
        self.rung: list[str] = []
        self.call = FakeCall()

    async def dial(self, target_uri: str, **_: object) -> FakeCall:
        self.rung.append(target_uri)
        await self.call.answer()
        return self.call


def outbound(phone: FakePhone, **dialler: Any) -> Outbound:
    return Outbound(
        cast(Line, QuietLine()),
        phone,
        cast(Records, None),
        CallObserver(),
        Settings(dialler=Dialler(target="sip:{national}@127.0.0.1", **dialler)),
        cast(Callable[..., Coroutine[Any, Any, Outcome]], no_conversation),
        nothing_to_show,
    )


async def good() -> Permit:
    return Permit(time.monotonic() + 60)


async def run_out() -> Permit:
    return Permit(time.monotonic())


async def over() -> None:
    """The hours are over."""


async def lost() -> Permit:
    raise ClaimLost("somebody else has it")


@pytest.mark.parametrize("may_ring", [run_out, over])
async def test_nobody_is_rung_without_leave(may_ring: Any) -> None:
    phone = Answering()
    assert await outbound(phone).dial(NUMBER, may_ring) is AttemptResult.TOO_LATE
    assert phone.rung == []


async def test_nobody_is_rung_by_one_whose_claim_is_gone() -> None:
    phone = Answering()
    with pytest.raises(ClaimLost):
        await outbound(phone).dial(NUMBER, lost)
    assert phone.rung == []


async def test_leave_is_asked_for_once() -> None:
    phone = Answering()
    asked: list[int] = []

    async def may_ring() -> Permit:
        assert phone.rung == []
        asked.append(1)
        return await good()

    assert await outbound(phone).dial(NUMBER, may_ring) is phone.call
    assert (phone.rung, asked) == (["sip:6945123456@127.0.0.1"], [1])


@pytest.mark.parametrize("leave_message", [True, False])
async def test_a_machine_gets_a_message_or_nothing(leave_message: bool) -> None:
    phone = Answering()
    ring = RingPerson(1, 1, 1, NUMBER, "Κυρία Άννα, για τη σύνταξή σας.")
    informing = asyncio.ensure_future(
        Inform(outbound(phone, leave_message=leave_message)).inform(ring, good)
    )
    while not phone.rung:  # noqa: ASYNC110
        await asyncio.sleep(0)
    phone.call.utter(word(4.0) + tone(1000, 0.6))
    informed = await informing
    assert informed.result is AttemptResult.MACHINE
    assert informed.message_left == leave_message
    assert informed.outcome is (PersonOutcome.LEFT_MESSAGE if leave_message else None)
    assert not phone.call.is_up


class TwoPhones(FakePhone):
    """An agent and a citizen, who answer at once."""

    def __init__(self) -> None:
        super().__init__()
        self.ends = {"agent": FakeCall("agent"), "citizen": FakeCall("citizen")}

    async def dial(self, target_uri: str, **_: object) -> FakeCall:
        call = self.ends["agent" if "agent" in target_uri else "citizen"]
        await call.answer()
        return call


async def test_cancelled_in_the_moment_in_which_the_citizen_came() -> None:
    """A claim that is lost just then: both are told goodbye, nobody waits on a silent line."""
    phone = TwoPhones()
    out = outbound(phone, detect_machines=False)
    out = replace(out, settings=out.settings.model_copy(update={"desk": Desk(agents=(AGENT,))}))
    ringing = RingBack(out)
    cancelled = asyncio.Event()

    async def answered() -> None:
        asyncio.get_running_loop().call_soon(task.cancel)
        cancelled.set()

    now = utc_now()
    callback = Callback(
        callback_id=1,
        number=NUMBER,
        window=Window(now, now),
        topic=None,
        agency=None,
        call_id=None,
        status=CallbackStatus.DIALLING,
        attempts=1,
        owner="team:callbacks",
        requested_at=now,
    )
    ring = Ring(callback, Attempt(1, 1, now))
    task = asyncio.ensure_future(ringing.ring_back(ring, Steps(good, answered)))
    with pytest.raises(asyncio.CancelledError):
        await task
    assert cancelled.is_set()
    assert phone.ends["citizen"].hung_up
    assert phone.ends["agent"].hung_up

"""A dialler in a process of its own, that may kill or stop itself at a named step.

    python -m tests.dialling.dialler_process SETTINGS.json

The settings: `url` of the database, `citizens` (a target such as sip:{national}@host:port),
`agent`, `kill` (the step at which it dies; none: it works until nothing is open any more), `halt`
(the step at which it stands still until it is told to go on), `campaign` (its name), `pause_s`
between attempts, `stay_s` to let people talk at the end.
It dials over real SIP with the product's own phone, dialler and scheduler; what a whole line adds
(ears, a voice, a dialogue) is left out where nothing of it is under test. Nothing else is replaced
but the moment of death: SIGKILL, as by `kill -9`; or SIGSTOP, as by a machine that stands still.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Coroutine
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

from tests.processes import die
from voicebot.line import CallObserver, Line
from voicebot.line.inform import Inform, Told
from voicebot.line.outbound import Outbound
from voicebot.line.prompts import LinePrompt
from voicebot.line.ring_back import RingBack
from voicebot.operations.callback_work import callback_dialler
from voicebot.operations.callbacks_el import giving_up
from voicebot.operations.campaign_work import campaign_runner
from voicebot.operations.scheduler import Handler, Scheduler
from voicebot.records import Records
from voicebot.records.callbacks import DIAL
from voicebot.records.campaign_types import RingPerson
from voicebot.records.campaigns import RUN
from voicebot.records.dial_types import DialRules
from voicebot.records.types import Agency, Outcome
from voicebot.settings import Desk, Dialler, Hours, Settings, Telephony
from voicebot.telephony.call import Call
from voicebot.telephony.endpoint import SipPhone

STEPS = (
    "before the claim",
    "after the attempt is written down",
    "after leave was given, before the INVITE",
    "while the citizen's phone rings",
    "when the citizen has answered",
    "when they are joined, before the result is written down",
    "after the result is written down",
)
LEASE_S = 1.0
RING_S = 3.0
_RINGING_S = 0.6
_TELL_S = 0.5


def halt() -> None:
    """Stand still until SIGCONT."""
    os.kill(os.getpid(), signal.SIGSTOP)


def before(owner: object, name: str, act: Callable[[], None]) -> None:
    """Act before something is done, the first time."""
    method: Callable[..., Awaitable[object]] = getattr(owner, name)
    acted: list[bool] = []

    async def instead(*arguments: object, **more: object) -> object:
        if not acted:
            acted.append(True)
            act()
        return await method(*arguments, **more)

    setattr(owner, name, instead)


def after(owner: object, name: str, act: Callable[[], None]) -> None:
    """Act when something has been done, the first time."""
    method: Callable[..., Awaitable[object]] = getattr(owner, name)
    acted: list[bool] = []

    async def instead(*arguments: object, **more: object) -> object:
        done = await method(*arguments, **more)
        if not acted:
            acted.append(True)
            act()
        return done

    setattr(owner, name, instead)


def arrange(
    step: str, act: Callable[[], None], records: Records, ringing: RingBack, phone: SipPhone
) -> None:
    """Die, or stand still, at a step."""
    if step == STEPS[0]:
        before(records.work, "claim", act)
    elif step == STEPS[1]:
        before(ringing, "ring_back", act)
    elif step == STEPS[2]:
        after(records.dialling, "may_ring", act)
    elif step == STEPS[3]:
        _while_ringing(phone, act)
    elif step == STEPS[4]:
        after(records.dialling, "answered", act)
    elif step == STEPS[5]:
        before(records.dialling, "end", act)
    elif step == STEPS[6]:
        after(records.dialling, "end", act)
    else:
        raise ValueError(f"no such step: {step}")


def _while_ringing(phone: SipPhone, act: Callable[[], None]) -> None:
    dial = phone.dial

    async def instead(uri: str, **more: Any) -> Call:
        if "agent" not in uri:
            asyncio.get_running_loop().call_later(_RINGING_S, act)
        return await dial(uri, **more)

    phone.dial = instead  # type: ignore[assignment, method-assign]


class ShortInform(Inform):
    """Tells people without a voice: the call stays up for as long as a message would take."""

    async def _talk(self, call: Call, ring: RingPerson) -> Told:
        told = Told(self._out.records, ring)
        await asyncio.sleep(_TELL_S)
        await told.heard_it()
        return told


class QuietLine:
    """As much of a line as joining two people needs: prompts."""

    phrases = dict.fromkeys(LinePrompt, bytes(1600))


async def no_conversation(*_: object) -> Outcome:
    """Nobody speaks with the line here."""
    raise AssertionError("unreachable")


async def nothing_to_show(earlier: str, shown_in: str) -> None:
    """There is no desk here."""


async def run(settings: dict[str, Any]) -> None:
    """Work until nothing is open, or until death."""
    records = await Records.open(settings["url"], instance=f"dialler-{os.getpid()}")
    # Ports of its own: the peers of one that was killed go on sending to its ports for a while.
    ports = 20_000 + os.getpid() % 300 * 100
    telephony = Telephony(sip_port=0, rtp_port_min=ports, rtp_port_count=100)
    phone = SipPhone(telephony, agents=(settings["agent"],))
    await phone.start()
    dialler = Dialler(target=settings["citizens"], ring_s=settings.get("ring_s", RING_S))
    outbound = Outbound(
        cast(Line, QuietLine()),
        phone,
        records,
        CallObserver(),
        Settings(dialler=dialler, desk=Desk(agents=(settings["agent"],), ring_s=5)),
        cast(Callable[..., Coroutine[Any, Any, Outcome]], no_conversation),
        nothing_to_show,
    )
    ringing = RingBack(outbound)
    for name, act in (("kill", die), ("halt", halt)):
        if settings.get(name):
            arrange(settings[name], act, records, ringing, phone)
    rules = DialRules(
        Hours(),
        max_attempts=settings.get("max_attempts", 4),
        pauses=(timedelta(seconds=settings.get("pause_s", 2.5)),),
        agent_pause=timedelta(seconds=1),
        ring=timedelta(seconds=dialler.ring_s),
    )
    handlers: dict[str, Handler] = {
        DIAL: callback_dialler(ringing, rules, giving_up(Agency.EFKA, "1555", {}, message=True)),
        RUN: campaign_runner(ShortInform(outbound), ring=timedelta(seconds=dialler.ring_s)),
    }
    scheduler = Scheduler(
        records,
        handlers,
        poll=timedelta(seconds=0.1),
        lease=timedelta(seconds=settings.get("lease_s", LEASE_S)),
        concurrency=4,
    )
    working = asyncio.create_task(scheduler.run(drain_s=2))
    print("ready", flush=True)
    try:
        while await _open(records, settings):  # noqa: ASYNC110 - another process may do it
            await asyncio.sleep(0.2)
        await asyncio.sleep(settings.get("stay_s", 0.2))
    finally:
        scheduler.stop()
        await working
        await ringing.close()
        await phone.stop()
        await records.close()


async def _open(records: Records, settings: dict[str, Any]) -> int:
    name = settings.get("campaign")
    if name is None:
        return len(await records.callbacks.open_ones())
    return (await records.campaigns.progress(name)).left


if __name__ == "__main__":
    asyncio.run(run(json.loads(Path(sys.argv[1]).read_text())))

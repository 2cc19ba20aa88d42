"""A dialler in a process of its own, that may kill itself at a named step.

    python -m tests.dialling.dialler_process SETTINGS.json

The settings: `url` of the database, `citizens` (a target such as sip:{national}@host:port),
`agent`, `kill` (the step at which it dies; none: it works until nothing is open any more), `work`
("callbacks" or "campaign"), `pause_s` between attempts, `stay_s` to let people talk at the end.
It dials over real SIP with the product's own phone, dialler and scheduler; what a whole line adds
(ears, a voice, a dialogue) is left out where nothing of it is under test. Nothing else is replaced
but the moment of death: SIGKILL, as by `kill -9`.
"""

from __future__ import annotations

import asyncio
import json
import os
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
    "while the citizen's phone rings",
    "when the citizen has answered",
    "when they are joined, before the result is written down",
    "after the result is written down",
)
LEASE_S = 1.0
_RINGING_S = 0.6
_TELL_S = 0.5


def die_before(owner: object, name: str) -> None:
    """Die instead of doing something."""

    async def instead(*_: object, **__: object) -> None:
        die()

    setattr(owner, name, instead)


def die_after(owner: object, name: str) -> None:
    """Die when something has been done."""
    method: Callable[..., Awaitable[object]] = getattr(owner, name)

    async def instead(*arguments: object, **more: object) -> object:
        await method(*arguments, **more)
        die()
        return None

    setattr(owner, name, instead)


def arrange(step: str | None, records: Records, ringing: RingBack, phone: SipPhone) -> None:
    """Die at a step."""
    if step == STEPS[0]:
        die_before(records.work, "claim")
    elif step == STEPS[1]:
        die_before(ringing, "ring_back")
    elif step == STEPS[2]:
        _die_while_ringing(phone)
    elif step == STEPS[3]:
        die_after(records.dialling, "answered")
    elif step == STEPS[4]:
        die_before(records.dialling, "end")
    elif step == STEPS[5]:
        die_after(records.dialling, "end")


def _die_while_ringing(phone: SipPhone) -> None:
    dial = phone.dial

    async def instead(uri: str, **more: Any) -> Call:
        if "agent" not in uri:
            asyncio.get_running_loop().call_later(_RINGING_S, die)
        return await dial(uri, **more)

    phone.dial = instead  # type: ignore[assignment, method-assign]


class ShortInform(Inform):
    """Tells people without a voice: the call stays up for as long as a message would take."""

    async def _talk(self, call: Call, ring: RingPerson) -> Told:
        told = Told()
        await asyncio.sleep(_TELL_S)
        told.heard_it()
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
    dialler = Dialler(target=settings["citizens"], ring_s=settings.get("ring_s", 10))
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
    arrange(settings.get("kill"), records, ringing, phone)
    rules = DialRules(
        Hours(),
        max_attempts=settings.get("max_attempts", 4),
        pauses=(timedelta(seconds=settings.get("pause_s", 2.5)),),
        agent_pause=timedelta(seconds=1),
    )
    handlers: dict[str, Handler] = {
        DIAL: callback_dialler(ringing, rules, giving_up(Agency.EFKA, "1555", {}, message=True)),
        RUN: campaign_runner(ShortInform(outbound)),
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

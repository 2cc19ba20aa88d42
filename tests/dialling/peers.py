"""The citizens' and the agents' telephones, and diallers in processes of their own."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from tests.processes import Processes, processes
from voicebot.telephony.sip_message import SipUri
from voicebot.telephony.soft_call import SoftCall
from voicebot.telephony.softphone import Softphone

_RATE = 8000


def word(seconds: float = 0.45, seed: int = 1) -> bytes:
    """Something as long and as loud as «Εμπρός;», for those who look at no words: noise."""
    noise = np.random.default_rng(seed).normal(0, 2500, int(_RATE * seconds))
    return bytes(noise.clip(-32768, 32767).astype("<i2").tobytes())


@dataclass
class Citizens:
    """All citizens' telephones, behind one socket: whoever is called answers with a word, or does
    what `moods` says of their number ("answer", "busy", "no_answer", "decline").

    Attributes:
        invited: (number, moment) of every INVITE, in order.
        rung_twice_at_once: numbers at which a second INVITE came during a call.
    """

    phone: Softphone
    moods: dict[str, list[str]] = field(default_factory=dict)
    invited: list[tuple[str, float]] = field(default_factory=list)
    answered: list[SoftCall] = field(default_factory=list)
    ring_s: float = 0.2
    live: int = 0
    most_at_once: int = 0
    ringing: Counter[str] = field(default_factory=Counter)
    rung_twice_at_once: set[str] = field(default_factory=set)
    stay: bool = True

    @property
    def target(self) -> str:
        """Where the dialler rings them."""
        return f"sip:{{national}}@{self.phone.uri.partition('@')[2]}"

    @property
    def counts(self) -> Counter[str]:
        """How often each number was rung."""
        return Counter(number for number, _ in self.invited)

    async def take(self, call: SoftCall) -> None:
        """A call comes."""
        assert call.invite is not None
        number = SipUri.parse(str(call.invite.uri)).user
        self.invited.append((number, time.monotonic()))
        moods = self.moods.get(number, [])
        mood = moods.pop(0) if moods else "answer"
        self.live += 1
        self.most_at_once = max(self.most_at_once, self.live)
        self.ringing[number] += 1
        if self.ringing[number] > 1:
            self.rung_twice_at_once.add(number)
        try:
            await self._behave(call, mood)
        finally:
            self.live -= 1
            self.ringing[number] -= 1

    async def _behave(self, call: SoftCall, mood: str) -> None:
        if mood == "busy":
            await call.reject(486)
        elif mood == "decline":
            await call.reject(603)
        elif mood == "no_answer":
            await call.ring()
            await call.wait_ended()
        else:
            await call.ring()
            await asyncio.sleep(self.ring_s)
            await call.answer()
            self.answered.append(call)
            call.send(word())
            if self.stay:
                await call.wait_ended()


@asynccontextmanager
async def citizens(**options: Any) -> AsyncIterator[Citizens]:
    """Telephones that are there while the block lasts."""
    async with await Softphone.open(user="citizens") as phone:
        found = Citizens(phone, **options)
        phone.serve(found.take)
        yield found


@asynccontextmanager
async def an_agent() -> AsyncIterator[Softphone]:
    """A person at the desk, who answers whenever the telephone rings."""

    async def take(call: SoftCall) -> None:
        await call.ring()
        await call.answer()
        await call.wait_ended()

    async with await Softphone.open(user="agent") as phone:
        phone.serve(take)
        yield phone


@asynccontextmanager
async def rung_by_diallers(
    folder: Path, url: str, peers: dict[str, Any], **settings: Any
) -> AsyncIterator[tuple[Citizens, Processes]]:
    """An agent, citizens (with `peers` for options), and diallers that ring them."""
    async with (
        an_agent() as agent,
        citizens(**peers) as people,
        diallers(folder, url, citizens=people.target, agent=agent.uri, **settings) as started,
    ):
        yield people, started


def diallers(folder: Path, url: str, **settings: Any) -> AbstractAsyncContextManager[Processes]:
    """Diallers as processes, gone at the end."""
    return processes(
        "tests.dialling.dialler_process",
        folder,
        {"url": url, **settings},
        dies_within_s=150,
        works_within_s=240,
    )

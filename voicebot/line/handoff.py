"""Putting a caller through to a person: fail closed, and never say so before it is so."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Protocol
from urllib.parse import quote

import structlog

from voicebot.dialogue.channel import Briefing, HandoffResult, HungUp
from voicebot.telephony.call import Call, CallFailed, Phone, TransferOutcome

log = structlog.get_logger(__name__)

ANNOUNCE_EVERY_S = 7.0
_RESULTS = {
    TransferOutcome.BUSY: HandoffResult.BUSY,
    TransferOutcome.REJECTED: HandoffResult.BUSY,
    TransferOutcome.NO_ANSWER: HandoffResult.NO_ANSWER,
}
# When several agents were tried: the result that says most about when to try again.
_RANK = (HandoffResult.FAILED, HandoffResult.BUSY, HandoffResult.NO_ANSWER)


class Announcer(Protocol):
    """Says to the caller that the agents are being rung."""

    def __call__(self, times_before: int) -> None: ...


def briefing_headers(briefing: Briefing, queue: str, desk_url: str) -> Mapping[str, str]:
    """SIP headers that let the agent's phone open the transcript.

    User-to-User (RFC 7433) carries the same address in hex, for exchanges that pass on nothing
    else.
    """
    address = f"{desk_url.rstrip('/')}/calls/{quote(briefing.call_id, safe='')}"
    return {
        "X-Voicebot-Call": briefing.call_id,
        "X-Voicebot-Queue": quote(queue),
        "X-Voicebot-Desk": address,
        "User-to-User": f"{address.encode().hex()};encoding=hex",
    }


class Handoff:
    """Rings the agents of one call, one after the other, and joins the one who answers.

    Args:
        call: the caller's leg.
        phone: rings the agents.
        agents: their SIP addresses, in order.
        ring_s: how long each is rung.
        desk_url: where transcripts are shown.
        announce: called at once and every few seconds while the agents are rung.
        silence: called just before the two are joined: nothing may be played from then on.
    """

    def __init__(
        self,
        call: Call,
        phone: Phone,
        *,
        agents: Sequence[str],
        ring_s: float,
        desk_url: str,
        announce: Announcer,
        silence: Callable[[], None],
    ) -> None:
        self._call = call
        self._phone = phone
        self._agents = tuple(agents)
        self._ring_s = ring_s
        self._desk_url = desk_url
        self._announce = announce
        self._silence = silence
        self._caller_left = asyncio.Event()
        self.agent: Call | None = None
        self.is_under_way = False

    @property
    def is_connected(self) -> bool:
        """True once a person has the caller."""
        return self.agent is not None

    def caller_left(self) -> None:
        """The caller is gone: stop ringing."""
        self._caller_left.set()

    async def connect(self, briefing: Briefing, queue: str) -> HandoffResult:
        """Ring until somebody answers.

        Raises:
            HungUp: the caller gave up meanwhile.
        """
        headers = briefing_headers(briefing, queue, self._desk_url)
        result = HandoffResult.FAILED
        announcing = asyncio.create_task(self._announce_now_and_then())
        self.is_under_way = True
        try:
            for agent in self._agents:
                outcome = await self._ring(agent, headers)
                if outcome is HandoffResult.CONNECTED:
                    return outcome
                result = max(result, outcome, key=_RANK.index)
        finally:
            self.is_under_way = self.is_connected
            announcing.cancel()
            with suppress(asyncio.CancelledError):
                await announcing
        return result

    async def _announce_now_and_then(self) -> None:
        times = 0
        while True:
            self._announce(times)
            times += 1
            await asyncio.sleep(ANNOUNCE_EVERY_S)

    async def _ring(self, agent: str, headers: Mapping[str, str]) -> HandoffResult:
        if self._caller_left.is_set():
            raise HungUp
        dial = asyncio.create_task(self._phone.dial(agent, headers=headers, timeout_s=self._ring_s))
        left = asyncio.create_task(self._caller_left.wait())
        try:
            await asyncio.wait({dial, left}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            left.cancel()
            if not dial.done():
                dial.cancel()
            with suppress(asyncio.CancelledError):
                await left
        try:
            leg = await dial
        except asyncio.CancelledError:
            if self._caller_left.is_set():
                raise HungUp from None
            raise
        except CallFailed as error:
            log.info("agent_not_reached", outcome=error.outcome.value, sip_code=error.sip_code)
            return _RESULTS.get(error.outcome, HandoffResult.FAILED)
        except Exception:
            # An agent's address that breaks the phone must not cost the caller the call.
            log.exception("agent_dial_broke")
            return HandoffResult.FAILED
        if self._caller_left.is_set():
            await leg.hang_up()
            raise HungUp
        self._silence()
        self._call.bridge(leg)
        self.agent = leg
        return HandoffResult.CONNECTED

"""Rings a citizen back: a person first and then the citizen, or the other way round."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from contextlib import suppress
from typing import Any

import structlog

from voicebot.dialogue.call import Call as Conversation
from voicebot.dialogue.channel import Briefing, HandoffResult
from voicebot.dialogue.flows.ring_back import ring_back
from voicebot.dialogue.prompts import briefing as briefings
from voicebot.dialogue.signals import HandoffReason
from voicebot.line.channel import PhoneChannel
from voicebot.line.handoff import briefing_headers
from voicebot.line.outbound import Outbound, is_machine
from voicebot.line.prompts import LinePrompt
from voicebot.operations.callback_work import Rung, Steps
from voicebot.records import RecordsError
from voicebot.records.dial_types import Ring
from voicebot.records.types import (
    AttemptResult,
    Callback,
    Direction,
    HandoffStatus,
    Outcome,
    Speaker,
)
from voicebot.telephony.call import Call, CallFailed

log = structlog.get_logger(__name__)

_WORDS = 4


class RingBack:
    """The dialler of callbacks (`RingsBack`). Two who are joined talk on in tasks kept here."""

    def __init__(self, outbound: Outbound) -> None:
        self._out = outbound
        self._talks: set[asyncio.Task[None]] = set()

    async def ring_back(self, ring: Ring, steps: Steps) -> Rung:
        """See `RingsBack`."""
        if self._out.settings.dialler.first == "citizen":
            return await self._citizen_first(ring, steps)
        return await self._agent_first(ring, steps)

    async def close(self) -> None:
        """End the calls that go on."""
        for task in self._talks:
            task.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)

    # The citizen first

    async def _citizen_first(self, ring: Ring, steps: Steps) -> Rung:
        citizen = await self._out.dial(ring.callback.number, steps.may_ring)
        if not isinstance(citizen, Call):
            return Rung(citizen)
        handed_on = False
        try:
            await steps.answered()
            if is_machine(ear := await self._out.listen(citizen)):
                left = await self._out.leave_message(citizen, ear)
                return Rung(AttemptResult.MACHINE, message_left=left)
            handed_on = True
            return Rung(await self._converse(citizen, ring.callback))
        finally:
            if not handed_on:
                await citizen.hang_up()

    async def _converse(self, citizen: Call, callback: Callback) -> AttemptResult:
        """Let the line speak and ring the agents; back as soon as it is known what came of it."""
        loop = asyncio.get_running_loop()
        connected: asyncio.Future[bool] = loop.create_future()

        def settle(taken: bool) -> None:
            if not connected.done():
                connected.set_result(taken)

        async def course(conversation: Conversation) -> None:
            if callback.call_id is not None:
                await self._out.show(callback.call_id, conversation.call_id)
            await ring_back(conversation, callback, settle)

        async def dialogue(channel: PhoneChannel) -> None:
            await self._out.converse(channel, course)

        talk = self._keep(self._out.line.talk(citizen, dialogue))
        try:
            either: set[asyncio.Future[Any]] = {talk, connected}
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            if not (connected.done() and connected.result()):
                talk.cancel()
                raise
            # They speak with one another already: that must be told, not undone.
        taken = connected.done() and connected.result()
        return AttemptResult.CONNECTED if taken else AttemptResult.HUNG_UP

    # A person first

    async def _agent_first(self, ring: Ring, steps: Steps) -> Rung:
        briefing = await self._briefing(ring)
        observer = self._out.observer
        await self._out.show(briefing.call_id, briefing.call_id)
        observer.handing_off(briefing)
        result = AttemptResult.NO_AGENT
        handed_on = False
        agent: Call | None = None
        try:
            found = await self._ring_agents(briefing)
            if found is None:
                return Rung(result)
            agent, uri = found
            rung, citizen = await self._with_agent(agent, ring, steps)
            result = rung.result
            if citizen is not None:
                citizen.bridge(agent)
                handed_on = True
                observer.handed_off(briefing.call_id, HandoffResult.CONNECTED)
                self._keep(self._let_them_talk(citizen, agent, uri, briefing, ring.callback))
            return rung
        finally:
            if not handed_on:
                if agent is not None:
                    await agent.hang_up()
                observer.handed_off(briefing.call_id, _handoff_result(result))
                observer.call_ended(briefing.call_id, str(result))

    async def _ring_agents(self, briefing: Briefing) -> tuple[Call, str] | None:
        desk = self._out.settings.desk
        headers = briefing_headers(briefing, "callbacks", f"http://{desk.bind}:{desk.port}")
        for uri in desk.agents:
            try:
                return (
                    await self._out.phone.dial(uri, headers=headers, timeout_s=desk.ring_s),
                    uri,
                )
            except CallFailed as error:
                log.info("agent_not_reached", outcome=error.outcome.value)
        return None

    async def _with_agent(self, agent: Call, ring: Ring, steps: Steps) -> tuple[Rung, Call | None]:
        """Ring the citizen while the agent waits; gives the citizen's call when a person is at
        its other end."""
        agent.write(self._out.line.phrases[LinePrompt.AGENT_HOLD])
        reaching = asyncio.create_task(self._reach(ring, steps))
        leaving = asyncio.create_task(_until_ended(agent))
        try:
            await asyncio.wait({reaching, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if not reaching.done():
                log.info("agent_left_before_the_citizen_came")
                return Rung(AttemptResult.FAILED), None
            rung, citizen = reaching.result()
            if citizen is None:
                agent.clear()
                await self._out.play(agent, LinePrompt.CITIZEN_AWAY)
            elif not agent.is_up:
                await citizen.hang_up()
                return Rung(AttemptResult.HUNG_UP), None
            return rung, citizen
        except asyncio.CancelledError:
            # The citizen may have come in this very moment: nobody is left on a silent line.
            if reaching.done() and not reaching.cancelled() and reaching.exception() is None:
                _, citizen = reaching.result()
                if citizen is not None:
                    await citizen.hang_up()
            raise
        finally:
            for task in (reaching, leaving):
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task

    async def _reach(self, ring: Ring, steps: Steps) -> tuple[Rung, Call | None]:
        citizen = await self._out.dial(ring.callback.number, steps.may_ring)
        if not isinstance(citizen, Call):
            return Rung(citizen), None
        try:
            await steps.answered()
            if is_machine(ear := await self._out.listen(citizen)):
                left = await self._out.leave_message(citizen, ear)
                return Rung(AttemptResult.MACHINE, message_left=left), None
            if not citizen.is_up:
                return Rung(AttemptResult.HUNG_UP), None
        except BaseException:
            await citizen.hang_up()
            raise
        return Rung(AttemptResult.CONNECTED), citizen

    async def _let_them_talk(
        self, citizen: Call, agent: Call, uri: str, briefing: Briefing, callback: Callback
    ) -> None:
        """Write down that they met, and wait until one of them leaves."""
        ends = {
            asyncio.create_task(_until_ended(citizen)),
            asyncio.create_task(_until_ended(agent)),
        }
        try:
            await self._note(citizen.info.call_id, uri, briefing, callback)
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for end in ends:
                end.cancel()
            await citizen.hang_up()
            await agent.hang_up()
            await asyncio.gather(*ends, return_exceptions=True)
            self._out.observer.call_ended(briefing.call_id, "callback")

    async def _note(self, call_id: str, agent: str, briefing: Briefing, callback: Callback) -> None:
        records = self._out.records
        try:
            await records.start_call(call_id, callback.number, Direction.OUTBOUND)
            handoff = await records.handoffs.request(
                call_id,
                briefing.reason,
                topic=briefing.topic,
                summary=briefing.summary,
                captured=briefing.captured,
                queue="callbacks",
            )
            await records.handoffs.end(handoff, HandoffStatus.CONNECTED, agent)
            await records.finish_call(
                call_id, Outcome.HANDED_OVER, callback.topic, agency=callback.agency
            )
        except RecordsError as error:
            log.warning("callback_talk_not_recorded", error=str(error))

    async def _briefing(self, ring: Ring) -> Briefing:
        """What the agent sees: the page of the call in which the callback was asked for."""
        callback = ring.callback
        words: list[str] = []
        captured: tuple[tuple[str, str], ...] = ()
        if callback.call_id is not None:
            turns = await self._out.records.transcript(callback.call_id)
            words = [turn.text for turn in turns if turn.who is Speaker.CALLER][:_WORDS]
            handoffs = await self._out.records.handoffs.of_call(callback.call_id)
            captured = handoffs[-1].captured if handoffs else ()
        reason = HandoffReason.CALLBACK.value
        return Briefing(
            call_id=callback.call_id or f"callback-{callback.callback_id}",
            reason=reason,
            topic=callback.topic,
            summary=briefings.summary(reason, callback.topic, words),
            captured=captured,
        )

    def _keep(self, work: Awaitable[None]) -> asyncio.Task[None]:
        task = asyncio.ensure_future(work)
        assert isinstance(task, asyncio.Task)
        self._talks.add(task)
        task.add_done_callback(self._forget)
        return task

    def _forget(self, task: asyncio.Task[None]) -> None:
        self._talks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("callback_talk_broke", exc_info=error)


def _handoff_result(result: AttemptResult) -> HandoffResult:
    if result is AttemptResult.BUSY:
        return HandoffResult.BUSY
    if result in (AttemptResult.NO_ANSWER, AttemptResult.NO_AGENT, AttemptResult.MACHINE):
        return HandoffResult.NO_ANSWER
    return HandoffResult.FAILED


async def _until_ended(call: Call) -> None:
    async for _event in call.events():
        pass

"""Putting a caller through to a person."""

from __future__ import annotations

import asyncio

import pytest

from tests.line.fake_telephony import FakeCall
from tests.line.harness import SIX_SECONDS, Stage, staged
from tests.line.virtual import run_virtual
from voicebot.dialogue.channel import Briefing, Channel, HandoffResult, HungUp
from voicebot.line.prompts import LinePrompt
from voicebot.telephony.call import TransferOutcome

ONE, TWO = "sip:agent@one", "sip:agent@two"
BRIEFING = Briefing("call-1", "ζήτησε άνθρωπο", "E09", "Ρώτησε για σύνταξη χηρείας.")


class Talk:
    """A dialogue that hands off and says what came of it."""

    def __init__(self) -> None:
        self.results: list[HandoffResult] = []
        self.hung_up = False

    async def __call__(self, channel: Channel) -> None:
        try:
            result = await channel.hand_off(BRIEFING, queue="γενικά")
            self.results.append(result)
            if result is not HandoffResult.CONNECTED:
                await channel.say("Δεν απαντά κανείς.")
        except HungUp:
            self.hung_up = True
            raise


def agents(**outcomes: TransferOutcome | FakeCall) -> dict[str, TransferOutcome | FakeCall]:
    return {f"sip:agent@{name}": outcome for name, outcome in outcomes.items()}


def test_the_agent_who_answers_is_joined_and_knows_the_call() -> None:
    talk = Talk()

    def prepare(stage: Stage) -> None:
        stage.phone.agents = agents(one=FakeCall("agent-leg"))

    async def scenario() -> None:
        async with staged(talk, prepare=prepare) as stage:
            agent = stage.phone.agents[ONE]
            assert isinstance(agent, FakeCall)
            await stage.until(lambda: stage.call.bridged is agent)
            assert talk.results == [HandoffResult.CONNECTED]
            assert stage.call.words() == [LinePrompt.CALLING_AGENT]
            ((target, headers),) = stage.phone.dialled
            assert target == ONE
            assert headers["X-Voicebot-Call"] == "call-1"
            address = headers["X-Voicebot-Desk"]
            assert address.endswith("/calls/call-1")
            assert headers["User-to-User"] == f"{address.encode().hex()};encoding=hex"
            assert stage.notes.of("handing_off") == ["call-1"]
            assert stage.notes.of("handed_off") == [HandoffResult.CONNECTED]
            await asyncio.sleep(600)
            assert stage.call.is_up, "the two talk as long as they like"
            agent.leave()
            await stage.ended()
            assert stage.call.hung_up

    run_virtual(scenario())


def test_the_agents_leg_ends_with_the_callers() -> None:
    talk = Talk()

    def prepare(stage: Stage) -> None:
        stage.phone.agents = agents(one=FakeCall("agent-leg"))

    async def scenario() -> None:
        async with staged(talk, prepare=prepare) as stage:
            agent = stage.phone.agents[ONE]
            assert isinstance(agent, FakeCall)
            await stage.until(lambda: stage.call.bridged is agent)
            stage.call.leave()
            await stage.ended()
            assert agent.hung_up

    run_virtual(scenario())


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (TransferOutcome.BUSY, TransferOutcome.BUSY, HandoffResult.BUSY),
        (TransferOutcome.REJECTED, TransferOutcome.FAILED, HandoffResult.BUSY),
        (TransferOutcome.NO_ANSWER, TransferOutcome.BUSY, HandoffResult.NO_ANSWER),
        (TransferOutcome.FAILED, TransferOutcome.FAILED, HandoffResult.FAILED),
    ],
)
def test_when_nobody_answers_the_caller_is_told_and_still_here(
    first: TransferOutcome, second: TransferOutcome, expected: HandoffResult
) -> None:
    talk = Talk()

    def prepare(stage: Stage) -> None:
        stage.phone.agents = agents(one=first, two=second)

    async def scenario() -> None:
        async with staged(talk, agents=(ONE, TWO), prepare=prepare) as stage:
            await stage.ended()
            assert [target for target, _ in stage.phone.dialled] == [ONE, TWO]
            assert stage.call.words()[-1] == "Δεν απαντά κανείς."

    run_virtual(scenario())

    assert talk.results == [expected]


def test_the_second_agent_takes_the_call_that_the_first_cannot() -> None:
    talk = Talk()

    def prepare(stage: Stage) -> None:
        stage.phone.agents = agents(one=TransferOutcome.BUSY, two=FakeCall("agent-leg"))

    async def scenario() -> None:
        async with staged(talk, agents=(ONE, TWO), prepare=prepare) as stage:
            await stage.until(lambda: stage.call.bridged is not None)

    run_virtual(scenario())

    assert talk.results == [HandoffResult.CONNECTED]


def test_waiting_is_announced_again_and_again() -> None:
    talk = Talk()

    def prepare(stage: Stage) -> None:
        stage.phone.agents = agents(one=TransferOutcome.NO_ANSWER, two=TransferOutcome.NO_ANSWER)

    async def scenario() -> None:
        async with staged(talk, agents=(ONE, TWO), prepare=prepare) as stage:
            await stage.ended()
            assert stage.call.words()[:3] == [
                LinePrompt.CALLING_AGENT,
                LinePrompt.STILL_CALLING,
                LinePrompt.STILL_CALLING,
            ]

    run_virtual(scenario())


def test_a_caller_who_gives_up_stops_the_ringing() -> None:
    talk = Talk()

    def prepare(stage: Stage) -> None:
        stage.phone.agents = agents(one=TransferOutcome.NO_ANSWER)

    async def scenario() -> None:
        async with staged(talk, prepare=prepare) as stage:
            await asyncio.sleep(4)
            stage.call.leave()
            await stage.ended()
            assert stage.phone.cancelled == [ONE]

    run_virtual(scenario())

    assert talk.hung_up
    assert talk.results == []


def test_an_agents_address_that_breaks_the_phone_is_a_failure_like_another() -> None:
    talk = Talk()

    async def scenario() -> None:
        async with staged(talk) as stage:  # the phone knows no agent: KeyError
            await stage.ended()

    run_virtual(scenario())

    assert talk.results == [HandoffResult.FAILED]


def test_without_agents_it_fails_at_once() -> None:
    talk = Talk()

    async def scenario() -> None:
        async with staged(talk, agents=()) as stage:
            await stage.ended()

    run_virtual(scenario())

    assert talk.results == [HandoffResult.FAILED]


def test_the_caller_is_heard_again_when_nobody_answered() -> None:
    heard: list[object] = []

    async def dialogue(channel: Channel) -> None:
        await channel.hand_off(BRIEFING, queue="")
        heard.append(await channel.listen(timeout=SIX_SECONDS))

    def prepare(stage: Stage) -> None:
        stage.phone.agents = agents(one=TransferOutcome.BUSY)

    async def scenario() -> None:
        async with staged(dialogue, prepare=prepare) as stage:
            await asyncio.sleep(1)
            stage.call.speak("άντε λοιπόν", 800)
            stage.call.press("5")
            await stage.until(lambda: bool(stage.notes.of("handed_off")))
            await asyncio.sleep(1)
            assert heard == [], "what was said while agents were rung is not an answer"
            stage.call.speak("θέλω ραντεβού")
            await stage.ended()

    run_virtual(scenario())

    assert getattr(heard[0], "text", "") == "θέλω ραντεβού"

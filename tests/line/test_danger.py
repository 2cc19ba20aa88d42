"""Words of danger that are heard too badly to be believed reach the dialogue all the same."""

from __future__ import annotations

import asyncio

import pytest

from tests.line.harness import SIX_SECONDS, staged
from tests.line.virtual import run_virtual
from voicebot.dialogue.channel import Channel, Heard, Unheard, Utterance
from voicebot.hearing.recogniser import Transcript
from voicebot.line.belief import is_worth_asking
from voicebot.settings import Hearing

CRY = "το μωρό δεν ανασαίνει"
OTHER = "και του λέω δεν γίνεται"
# The doubles hear everything with 0.9.
DOUBTING = {"min_confidence": 0.95, "min_confidence_short": 0.95}


def is_cry(heard: Utterance) -> bool:
    return heard.text == CRY


@pytest.mark.parametrize(
    ("text", "confidence", "worth"),
    [(CRY, 0.24, True), (CRY, 0.12, True), (CRY, 0.11, False), ("", 0.24, False)],
)
def test_what_is_below_the_lower_floor_is_not_asked_about(
    text: str, confidence: float, worth: bool
) -> None:
    assert is_worth_asking(Transcript(text, confidence), Hearing()) is worth


@pytest.mark.parametrize(
    ("said", "least", "doubted"),
    [(CRY, 0.12, CRY), (OTHER, 0.12, None), (CRY, 0.92, None)],
)
def test_a_doubted_cry_is_told_and_nothing_else_is(
    said: str, least: float, doubted: str | None
) -> None:
    heard: list[Heard] = []

    async def dialogue(channel: Channel) -> None:
        heard.append(await channel.listen(timeout=SIX_SECONDS))

    async def scenario() -> None:
        hearing = {**DOUBTING, "min_confidence_danger": least}
        async with staged(dialogue, hearing=hearing, alarms=is_cry) as stage:
            await asyncio.sleep(0.5)
            stage.call.speak(said)
            await stage.ended()

    run_virtual(scenario())

    assert isinstance(heard[0], Unheard)
    assert (heard[0].doubted.text if heard[0].doubted else None) == doubted


@pytest.mark.parametrize(("said", "stops"), [(CRY, True), (OTHER, False)])
def test_a_doubted_cry_stops_an_answer_as_words_do(said: str, stops: bool) -> None:
    heard: list[Heard] = []

    async def dialogue(channel: Channel) -> None:
        await channel.say("Η πρώτη πρόταση της απάντησης. Και η δεύτερη, που είναι πιο μακριά.")
        await channel.say("Θέλετε κάτι άλλο;")
        heard.append(await channel.listen(timeout=SIX_SECONDS))

    async def scenario() -> None:
        async with staged(dialogue, hearing=DOUBTING, alarms=is_cry) as stage:
            await stage.until(lambda: stage.call.is_hearing)
            await asyncio.sleep(0.5)
            stage.call.speak(said)
            await stage.ended()

    run_virtual(scenario())

    assert (isinstance(heard[0], Unheard) and heard[0].doubted is not None) is stops

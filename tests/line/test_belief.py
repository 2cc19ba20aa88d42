"""Which texts the dialogue is given."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from tests.line.harness import SIX_SECONDS, staged
from tests.line.virtual import run_virtual
from voicebot.dialogue.channel import Channel, Heard, Silence, Unheard, Utterance
from voicebot.hearing.constraint import phrases
from voicebot.hearing.recogniser import Transcript
from voicebot.line.belief import is_believed
from voicebot.line.constraints import constraint_for
from voicebot.settings import Hearing
from voicebot.understanding.expectation import FREE, Expectation, Kind

SETTINGS = Hearing(
    min_confidence=0.25,
    min_confidence_short=0.45,
    min_confidence_answer=0.2,
    min_confidence_aside=0.4,
)
SAID = Transcript("θέλω να κλείσω ένα ραντεβού", 0.9)
ASKED = phrases(["ναι", "όχι"])


@pytest.mark.parametrize(
    ("confidence", "constrained", "asked_for_value", "truncated", "believed"),
    [
        (0.26, False, False, False, True),
        (0.24, False, False, False, False),
        (0.41, False, True, False, True),
        (0.26, False, True, False, False),
        (0.21, True, True, False, True),
        (0.19, True, True, False, False),
        (0.50, False, False, True, False),
        (0.70, False, False, True, True),
        (0.50, True, True, True, False),
    ],
)
def test_the_less_a_text_was_asked_for_the_surer_it_must_be(
    confidence: float, constrained: bool, asked_for_value: bool, truncated: bool, believed: bool
) -> None:
    transcript = replace(SAID, confidence=confidence, constrained=constrained)
    constraint = ASKED if asked_for_value else None
    given = is_believed(transcript, SETTINGS, constraint=constraint, truncated=truncated)
    assert given is believed


@pytest.mark.parametrize(
    ("text", "confidence", "expectation", "believed"),
    [
        ("ζω άλλο πηγαίνω", 0.44, FREE, False),
        ("ζω άλλο πηγαίνω", 0.46, FREE, True),
        ("το μωρό δεν ανασαίνει", 0.30, FREE, True),
        ("μαρία ρήγα", 0.30, Expectation(Kind.NAME), True),
        ("ρήγα", 0.24, Expectation(Kind.NAME), False),
    ],
)
def test_a_few_letters_must_be_surer_unless_a_name_was_asked_for(
    text: str, confidence: float, expectation: Expectation, believed: bool
) -> None:
    transcript = Transcript(text, confidence)
    constraint = constraint_for(expectation)
    assert is_believed(transcript, SETTINGS, constraint=constraint, truncated=False) is believed


@pytest.mark.parametrize(("least", "kind"), [(0.8, Utterance), (0.95, Unheard)])
def test_a_doubted_text_is_told_as_not_heard(least: float, kind: type) -> None:
    heard: list[Heard] = []

    async def dialogue(channel: Channel) -> None:
        heard.append(await channel.listen(timeout=SIX_SECONDS))

    async def scenario() -> None:
        async with staged(dialogue, hearing={"min_confidence": least}) as stage:
            await asyncio.sleep(0.5)
            stage.call.speak("θέλω ένα ραντεβού")
            await stage.ended()

    run_virtual(scenario())

    assert [type(one) for one in heard] == [kind]
    assert not isinstance(heard[0], Silence)

"""The conversation typed on a terminal or through a pipe."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from io import StringIO

import pytest

from voicebot.dialogue.channel import (
    Briefing,
    HandoffResult,
    HungUp,
    Keys,
    Silence,
    Unheard,
    Utterance,
)
from voicebot.dialogue.converse import Services, converse
from voicebot.dialogue.prompts import general
from voicebot.dialogue.terminal import TerminalChannel
from voicebot.records import Records
from voicebot.records.types import Outcome
from voicebot.settings import Dialogue
from voicebot.understanding.classifier import Classifier
from voicebot.understanding.knowledge import Knowledge

SECOND = timedelta(seconds=1)


async def test_lines_are_what_the_caller_does() -> None:
    source = StringIO("καλημέρα\n\n/dtmf 12 3#\n/noise\n/down\n")
    channel = TerminalChannel(source, StringIO())
    heard = [await channel.listen(timeout=SECOND) for _ in range(5)]
    assert heard == [
        Utterance("καλημέρα"),
        Silence(),
        Keys("123#"),
        Unheard(),
        Unheard(engine_down=True),
    ]
    with pytest.raises(HungUp):
        await channel.listen(timeout=SECOND)


@pytest.mark.parametrize("line", ["/dtmf", "/dtmf 12a", "/nonsense"])
async def test_unknown_command_is_explained_and_the_next_line_read(line: str) -> None:
    target = StringIO()
    channel = TerminalChannel(StringIO(f"{line}\nναι\n"), target)
    assert await channel.listen(timeout=SECOND) == Utterance("ναι")
    assert "/dtmf" in target.getvalue()


async def test_handoff_shows_the_briefing() -> None:
    target = StringIO()
    channel = TerminalChannel(StringIO(), target, handoff=HandoffResult.BUSY)
    briefing = Briefing("call-1", "user_request", None, "Ο πολίτης ζήτησε υπάλληλο.", (("a", "b"),))
    assert await channel.hand_off(briefing, queue="efka") is HandoffResult.BUSY
    assert "Ο πολίτης ζήτησε υπάλληλο." in target.getvalue()
    assert "[efka] a: b" in target.getvalue()


async def test_whole_conversation_through_a_pipe(
    knowledge: Knowledge, classifier: Classifier, records: Records
) -> None:
    target = StringIO()
    channel = TerminalChannel(StringIO("πότε πληρώνονται οι συντάξεις;\nόχι ευχαριστώ\n"), target)
    outcome = await asyncio.wait_for(
        converse(channel, Services(knowledge, classifier, records), Dialogue()), timeout=30
    )
    assert outcome is Outcome.ANSWERED
    assert general.GOODBYE in target.getvalue()


async def test_end_of_input_is_hanging_up(
    knowledge: Knowledge, classifier: Classifier, records: Records
) -> None:
    channel = TerminalChannel(StringIO(""), StringIO())
    outcome = await converse(channel, Services(knowledge, classifier, records), Dialogue())
    assert outcome is Outcome.ABANDONED

"""What `serve --events` writes and what the desk is shown of the words of a call."""

from __future__ import annotations

import io
import json
from datetime import timedelta

import pytest

from tests.dialogue.scripted import ScriptedChannel
from voicebot.cli.desk_feed import DeskFeed, ShownChannel
from voicebot.cli.reporting import DialogueReporter, EventStream, LineReporter
from voicebot.desk import LiveCalls
from voicebot.dialogue.channel import Utterance
from voicebot.dialogue.events import Veiled
from voicebot.dialogue.veil import VEILED
from voicebot.understanding.expectation import Expectation, Kind

SHORT = timedelta(seconds=1)


def test_no_word_of_an_anonymous_call_is_written_any_more() -> None:
    out = io.StringIO()
    stream = EventStream(out)
    line, dialogue = LineReporter(stream), DialogueReporter(stream, "a")
    line.partly_heard("a", "ο εργοδότης μου με το αφμ 0940")
    dialogue.note(Veiled())
    line.partly_heard("a", "ο εργοδότης μου είναι")
    line.heard("a", Utterance("ο εργοδότης μου είναι στο Ναύπλιο"))
    line.said("a", "Στο Ναύπλιο.", completed=True)
    line.heard("b", Utterance("το αφμ μου είναι 094019245"))
    events = [json.loads(row) for row in out.getvalue().splitlines()]
    assert [event["text"] for event in events] == [
        "ο εργοδότης μου με το αφμ …",
        VEILED,
        VEILED,
        VEILED,
        "το αφμ μου είναι [ΑΦΜ]",
    ]


@pytest.mark.parametrize(
    ("kind", "shown"), [(Kind.AFM, "…"), (Kind.PHONE, "…"), (Kind.FREE, "μην δεν εν")]
)
async def test_the_desk_sees_no_word_of_an_answer_that_should_be_a_number(
    kind: Kind, shown: str
) -> None:
    live = LiveCalls()
    live.started("call-1")
    channel = ShownChannel(ScriptedChannel(["ναι"]), EventStream(None), live)
    await channel.listen(Expectation(kind), timeout=SHORT)
    DeskFeed(live).partly_heard("call-1", "μην δεν εν")
    call = live.get("call-1")
    assert call is not None
    assert call.speaking == shown

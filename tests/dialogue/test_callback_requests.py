"""A callback asked for in a call, and when it may fall."""

from __future__ import annotations

from datetime import datetime, time

import pytest

from tests.dialogue.conftest import Play
from tests.dialogue.scripted import ScriptedChannel
from voicebot.dialogue.channel import Unheard
from voicebot.dialogue.events import CallbackDone
from voicebot.dialogue.flows.callback import first_window, window_for
from voicebot.dialogue.prompts import callbacks, services
from voicebot.dialogue.wishes import Wish
from voicebot.records.schedule import DateRange, TimeRange
from voicebot.records.types import ATHENS, Outcome, Window

PHONE = "2105285525"
SPOKEN_PHONE = "διακόσια δέκα πενήντα δύο ογδόντα πέντε πεντακόσια είκοσι πέντε"


async def test_callback_in_the_words_of_the_request(play: Play) -> None:
    channel = ScriptedChannel(
        ["να με καλέσει κάποιος αύριο το απόγευμα"],
        {"phone": SPOKEN_PHONE, "topic": "για τα ένσημα", "confirm": "ναι"},
    )
    played = await play(channel)
    assert played.outcome is Outcome.CALLBACK
    assert "window" not in [slot for slot, _ in channel.heard]
    assert dict(played.journal.one(CallbackDone).details)["date"] == "2026-11-25"


async def test_callback_on_a_sunday_is_asked_again(play: Play) -> None:
    channel = ScriptedChannel(
        ["μπορείτε να με πάρετε εσείς τηλέφωνο"],
        {
            "phone": SPOKEN_PHONE,
            "window": ["την Κυριακή", "τη Δευτέρα το πρωί"],
            "topic": "για τα ένσημα",
            "confirm": "ναι",
        },
    )
    played = await play(channel)
    assert services.WINDOW_CLOSED in channel.transcript
    assert dict(played.journal.one(CallbackDone).details)["date"] == "2026-11-30"


async def test_callback_declined_at_the_end_is_not_kept(play: Play) -> None:
    channel = ScriptedChannel(
        ["μπορείτε να με πάρετε εσείς τηλέφωνο"],
        {"phone": SPOKEN_PHONE, "window": "αύριο", "topic": "για τα ένσημα", "confirm": "όχι"},
    )
    played = await play(channel)
    assert await played.records.callbacks.for_number(PHONE) == ()
    assert services.CALLBACK_NOT_MADE in channel.said


async def test_a_callback_whose_topic_is_not_heard_is_promised_all_the_same(play: Play) -> None:
    channel = ScriptedChannel(
        ["να με πάρετε τηλέφωνο αύριο το πρωί"],
        {"phone": SPOKEN_PHONE, "topic": Unheard(), "confirm": "ναι"},
    )
    played = await play(channel)
    assert played.outcome is Outcome.CALLBACK
    assert callbacks.TOPIC_LATER in channel.transcript
    (kept,) = await played.records.callbacks.for_number(PHONE)
    assert kept.topic is None


def _at(hour: int, day: int = 24) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=ATHENS)


@pytest.mark.parametrize(
    ("now", "window"),
    [
        (_at(10), Window(_at(10), _at(12))),
        (_at(6), Window(_at(8), _at(10))),
        (_at(21), Window(_at(8, 25), _at(20, 25))),
        (_at(10, 28), Window(_at(8, 30), _at(20, 30))),  # a Saturday
    ],
)
def test_first_window(now: datetime, window: Window) -> None:
    assert first_window(now) == window


def test_window_in_the_night_is_refused() -> None:
    wish = Wish(times=TimeRange(time(22), time(23)))
    assert window_for(wish, _at(10)) == services.WINDOW_CLOSED


def test_window_in_the_past_is_refused() -> None:
    day = _at(10).date()
    wish = Wish(DateRange(day, day), TimeRange(time(8), time(9)))
    assert window_for(wish, _at(10)) == services.WINDOW_PAST

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from voicebot.desk.live import (
    CallChanged,
    Change,
    LiveCalls,
    LookAgain,
    Speaking,
    Stage,
    TurnAdded,
    Watch,
)
from voicebot.dialogue.channel import Briefing
from voicebot.records import HandoffStatus, Outcome, Speaker, Turn


async def changes(watch: Watch, number: int) -> list[Change]:
    return [await asyncio.wait_for(anext(watch), 5) for _ in range(number)]


async def test_watchers_are_told_what_happens(live: LiveCalls) -> None:
    with live.watch() as everything, live.watch("b") as one:
        live.started("a", "6945123456")
        live.turn("a", Turn(Speaker.CALLER, "θέλω ραντεβού"))
        live.started("b")
        live.ended("a", Outcome.ANSWERED)
        told = await changes(everything, 4)
        assert [type(change) for change in told] == [
            CallChanged,
            TurnAdded,
            CallChanged,
            CallChanged,
        ]
        assert await changes(one, 1) == [CallChanged("b")]


async def test_everything_is_masked_on_its_way_in(live: LiveCalls) -> None:
    with live.watch("a") as watch:
        live.started("a", "6945123456")
        live.turn("a", Turn(Speaker.CALLER, "ΑΦΜ 094019245"))
        live.handoff(Briefing("a", "user_request", "E02", "το 6945123456", (("afm", "094019245"),)))
        told = await changes(watch, 2)
    call = live.get("a")
    assert call is not None
    assert call.briefing is not None
    assert isinstance(told[1], TurnAdded)
    assert told[1].turn.text == call.turns[0].text == "ΑΦΜ [ΑΦΜ]"
    assert call.number == "•••••••456"
    assert call.briefing.summary == "το [τηλέφωνο]"
    assert call.briefing.captured == (("afm", "[ΑΦΜ]"),)


async def test_a_slow_watcher_is_told_to_look_again(live: LiveCalls) -> None:
    with live.watch("a") as watch:
        for at in range(150):
            live.turn("a", Turn(Speaker.BOT, str(at)))
        told = await changes(watch, 1)
        assert told == [LookAgain()]
        following = (await changes(watch, 49))[-1]
        assert isinstance(following, TurnAdded)
        assert following.turn.text == "149"


async def test_closing_ends_every_watch_even_a_full_one(live: LiveCalls) -> None:
    with live.watch() as idle, live.watch("a") as full:
        for at in range(100):
            live.turn("a", Turn(Speaker.BOT, str(at)))
        live.close()
        assert [change async for change in full] == []
        idle.drain()
        assert [change async for change in idle] == []
    with live.watch() as late:
        assert [change async for change in late] == []


def test_a_call_goes_through_its_stages() -> None:
    now = datetime(2026, 11, 24, 8, tzinfo=UTC)
    live = LiveCalls(lambda: now)
    live.started("a")
    live.turn("a", Turn(Speaker.BOT, "Καλημέρα σας"))
    call = live.get("a")
    assert call is not None
    assert call.last_said == "Καλημέρα σας"
    live.turn("a", Turn(Speaker.CALLER, "θέλω άνθρωπο", intent="AGENT"))
    live.turn("a", Turn(Speaker.BOT, "Μισό λεπτό"))
    assert (call.topic, call.last_said, call.stage) == ("AGENT", "θέλω άνθρωπο", Stage.TALKING)

    now += timedelta(seconds=30)
    live.handoff(Briefing("a", "user_request", "E02", "ρωτά για τη σύνταξη"))
    assert (call.topic, call.stage, call.stage_since) == ("E02", Stage.WAITING, now)
    live.handoff_ended("a", HandoffStatus.NO_ANSWER, "sip:agent")
    assert (call.stage, call.answered_by) == (Stage.TALKING, None)
    live.handoff_ended("a", HandoffStatus.CONNECTED, "sip:agent")
    assert (call.stage, call.answered_by) == (Stage.WITH_PERSON, "sip:agent")
    live.finished("a", Outcome.HANDED_OVER)
    assert (call.stage, call.outcome) == (Stage.WITH_PERSON, Outcome.HANDED_OVER)
    live.ended("a")
    assert (call.stage, call.outcome) == (Stage.ENDED, Outcome.HANDED_OVER)


def test_those_who_wait_longest_come_first() -> None:
    now = datetime(2026, 11, 24, 8, tzinfo=UTC)
    live = LiveCalls(lambda: now)
    for call_id in ("a", "b", "c"):
        live.started(call_id)
    for call_id in ("c", "a"):
        now += timedelta(seconds=1)
        live.handoff(Briefing(call_id, "user_request", None, ""))
    assert [call.call_id for call in live.at_stage(Stage.WAITING)] == ["c", "a"]
    assert [call.call_id for call in live.at_stage(Stage.TALKING)] == ["b"]


@pytest.mark.parametrize("number", [50, 120])
def test_ended_calls_are_forgotten_in_the_end(live: LiveCalls, number: int) -> None:
    live.started("going on")
    for at in range(number):
        live.ended(str(at))
    ended = live.at_stage(Stage.ENDED)
    assert len(ended) == 50
    assert ended[-1].call_id == str(number - 1)
    assert live.get("going on") is not None
    assert live.get("0") is (ended[0] if number == 50 else None)


async def test_who_wants_to_stay_unknown_is_forgotten() -> None:
    live = LiveCalls()
    live.started("a", "6945123456")
    live.turn("a", Turn(Speaker.CALLER, "ο εργοδότης μου στο Ναύπλιο", intent="W10"))
    with live.watch("a") as watch:
        live.veil("a", "[anonymous]")
        assert await changes(watch, 1) == [LookAgain()]
    call = live.get("a")
    assert call is not None
    assert (call.number, call.topic, call.briefing) == (None, None, None)
    assert [(turn.who, turn.text) for turn in call.turns] == [(Speaker.CALLER, "[anonymous]")]


async def test_what_is_being_said_is_shown_until_it_has_been_said(live: LiveCalls) -> None:
    live.started("a")
    with live.watch("a") as one, live.watch() as everything:
        live.speaking("a", "θέλω να")
        live.speaking("a", "θέλω να")
        live.speaking("a", "θέλω να κλείσω ένα")
        assert await changes(one, 2) == [
            Speaking("a", "θέλω να"),
            Speaking("a", "θέλω να κλείσω …"),
        ]
        live.turn("a", Turn(Speaker.CALLER, "θέλω να κλείσω ένα ραντεβού"))
        assert [type(change) for change in await changes(everything, 1)] == [TurnAdded]
    call = live.get("a")
    assert call is not None
    assert call.speaking == ""


@pytest.mark.parametrize(
    ("asked_number", "said", "shown"),
    [
        (True, "μην δεν εννέα", "…"),
        (False, "το αφμ μου είναι 0940", "το αφμ μου είναι …"),
        (False, "το αφμ μου είναι 094019245 και", "το αφμ μου είναι [ΑΦΜ] και"),
    ],
)
def test_a_number_that_is_being_said_is_not_shown(
    live: LiveCalls, asked_number: bool, said: str, shown: str
) -> None:
    live.started("a")
    live.asked("a", number=asked_number)
    live.speaking("a", said)
    call = live.get("a")
    assert call is not None
    assert call.speaking == shown


def test_nobody_speaks_in_a_call_that_is_over_unknown_or_anonymous(live: LiveCalls) -> None:
    live.started("a")
    live.speaking("a", "ο εργοδότης μου")
    live.veil("a", "[anonymous]")
    live.speaking("a", "ο εργοδότης μου με")
    live.started("b")
    live.speaking("b", "ευχαριστώ")
    live.ended("b", Outcome.ANSWERED)
    live.speaking("b", "ευχαριστώ πολύ")
    live.speaking("c", "ποιος")
    assert [call.speaking for call in map(live.get, "ab") if call is not None] == ["", ""]
    assert live.get("c") is None

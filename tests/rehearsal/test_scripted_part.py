"""What a scripted caller does when the line hears right, wrongly, or nothing."""

from __future__ import annotations

from typing import Any

import pytest

from voicebot.dialogue.channel import Briefing, HandoffResult
from voicebot.dialogue.events import (
    Action,
    Captured,
    CaseDone,
    Event,
    HandoffTried,
    Reprompted,
    Safety,
    SafetyMet,
    Said,
)
from voicebot.dialogue.scripts import ScriptCall
from voicebot.rehearsal.event_codec import decode, encode
from voicebot.rehearsal.scripted_part import Press, Quiet, Say, ScriptedPart


def part(*turns: dict[str, Any], **pool: str) -> ScriptedPart:
    call = ScriptCall.model_validate({"id": "X", "turns": list(turns), "pool": pool})
    return ScriptedPart(call, {"case": "12345674"})


def test_turns_come_as_in_text() -> None:
    caller = part(
        {"say": "θέλω ραντεβού"},
        {"slot": "case_number", "dtmf": "{case}#"},
        {"slot": "date", "silence": 6},
        agency="στη δίπα",
    )
    assert caller.asked("") == Say("θέλω ραντεβού")
    assert caller.asked("agency") == Say("στη δίπα")
    assert caller.asked("case_number") == Press("12345674#")
    assert caller.asked("date") is Quiet.WAIT
    assert caller.asked("anything_else") == Say("όχι ευχαριστώ")
    assert caller.asked("") is Quiet.LEAVE
    assert [one.agent_turn for one in caller.played] == [1, 2, 3, 4, 5]


def test_what_was_heard_wrongly_and_is_asked_again_is_said_again() -> None:
    caller = part({"slot": "date", "say": "μεθαύριο"}, {"slot": "date", "say": "την Τρίτη"})
    caller.asked("date")
    caller.caught("με το βράδυ")
    caller.note(Reprompted("date"))
    assert caller.asked("date") == Say("μεθαύριο")
    assert len(caller.played) == 1


def test_silence_in_place_of_what_was_said_is_no_answer() -> None:
    caller = part({"slot": "date", "say": "μεθαύριο"})
    caller.asked("date")
    caller.caught("")
    assert caller.asked("date") == Say("μεθαύριο")


def test_nothing_is_said_more_than_three_times() -> None:
    caller = part({"slot": "date", "say": "μεθαύριο"}, {"slot": "date", "say": "την Τρίτη"})
    said = []
    for _ in range(4):
        said.append(caller.asked("date"))
        caller.caught("μμμ")
        caller.note(Reprompted("date"))
    assert said == [Say("μεθαύριο")] * 3 + [Say("την Τρίτη")]


def test_what_was_heard_right_and_refused_is_followed_by_the_next_turn() -> None:
    caller = part(
        {"slot": "window", "say": "την Κυριακή", "invalid": True},
        {"slot": "window", "say": "τη Δευτέρα"},
    )
    caller.asked("window")
    caller.caught("την κυριακή")
    caller.note(Reprompted("window"))
    assert caller.asked("window") == Say("τη Δευτέρα")


def test_what_was_taken_although_heard_wrongly_is_not_said_again() -> None:
    caller = part({"slot": "offer", "say": "πιο αργά γίνεται"}, {"slot": "offer", "say": "ναι"})
    caller.asked("offer")
    caller.caught("πιο αργά")
    caller.note(Captured("offer", "later"))
    assert caller.asked("offer") == Say("ναι")


def test_an_open_request_is_said_again_only_when_the_line_says_so() -> None:
    caller = part({"say": "πότε πληρώνομαι"}, {"say": "και τι χρειάζομαι"})
    caller.asked("")
    caller.caught("πότε πληρώνουμε")
    assert caller.asked("") == Say("και τι χρειάζομαι")


@pytest.mark.parametrize(
    ("read_back", "answer"),
    [
        ("Άκουσα 694 512 3456. Σωστά;", "ναι"),
        ("Άκουσα έξι εννέα τέσσερα πέντε, ένα δύο τρία, τέσσερα πέντε έξι. Σωστά;", "ναι"),
        ("Άκουσα 694 512 3457. Σωστά;", "όχι"),
    ],
)
def test_a_number_that_is_read_back_is_agreed_to_when_it_is_the_one_said(
    read_back: str, answer: str
) -> None:
    caller = part({"slot": "mobile", "say": "6945123456"})
    caller.asked("mobile")
    caller.caught("…")
    caller.note(Said(read_back))
    assert caller.asked("readback_mobile") == Say(answer)


def test_after_a_wrong_read_back_the_number_is_said_again() -> None:
    caller = part({"slot": "mobile", "say": "6945123456"})
    caller.asked("mobile")
    caller.note(Said("Άκουσα 694 512 3457. Σωστά;"))
    caller.asked("readback_mobile")
    caller.caught("όχι")
    caller.note(Captured("readback_mobile", "no"))
    assert caller.asked("mobile") == Say("6945123456")


def test_hearings_pair_what_was_said_with_what_was_heard() -> None:
    caller = part({"say": "θέλω ραντεβού"}, {"slot": "date", "say": "μεθαύριο το πρωί"})
    assert caller.hearings() == []
    caller.asked("")
    caller.caught("θέλω ραντεβού")
    caller.asked("date")
    caller.caught("μεθαύριο πρωί")
    first, second = caller.hearings()
    assert (first.words, first.errors) == (2, 0)
    assert (second.words, second.errors) == (3, 1)


@pytest.mark.parametrize(
    "event",
    [
        Captured("date", "2026-11-26"),
        SafetyMet(Safety.FRAUD),
        CaseDone(Action.OPENED, (("agency", "EFKA"), ("number", "12345674"))),
        HandoffTried(Briefing("c", "θέμα", None, "σύνοψη"), HandoffResult.BUSY),
    ],
)
def test_events_come_back_as_they_were(event: Event) -> None:
    assert decode(**encode(event)) == event

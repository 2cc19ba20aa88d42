"""What a scripted caller does when the line hears right, wrongly, or nothing."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from voicebot.dialogue.channel import Briefing, HandoffResult
from voicebot.dialogue.events import (
    Action,
    Captured,
    CaseDone,
    Event,
    HandoffTried,
    KeypadOffered,
    Reprompted,
    Safety,
    SafetyMet,
    Said,
)
from voicebot.dialogue.scripts import ScriptCall
from voicebot.rehearsal.event_codec import decode, encode
from voicebot.rehearsal.recollection import fits
from voicebot.rehearsal.scripted_part import Press, Quiet, Say, ScriptedPart

NOW = datetime(2026, 11, 24, 10, 5, tzinfo=ZoneInfo("Europe/Athens"))


def part(*turns: dict[str, Any], **pool: str) -> ScriptedPart:
    call = ScriptCall.model_validate({"id": "X", "turns": list(turns), "pool": pool})
    return ScriptedPart(call, {"case": "12345674"}, NOW)


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


def test_a_way_out_is_taken_when_a_request_was_not_heard_three_times() -> None:
    caller = part({"say": "τραλαλά"}, {"say": "τραλαλό"}, {"slot": "offer_help", "say": "ναι"})
    said = []
    for _ in range(3):
        said.append(caller.asked(""))
        caller.caught("")
        caller.note(Reprompted(""))
    assert said == [Say("τραλαλά")] * 3
    assert caller.asked("offer_help") == Say("ναι")


def test_what_was_heard_and_not_understood_is_followed_by_the_next_turn() -> None:
    caller = part({"say": "τραλαλά"}, {"say": "τραλαλό"}, {"slot": "offer_help", "say": "ναι"})
    assert caller.asked("") == Say("τραλαλά")
    caller.caught("τραλαλά")
    assert caller.asked("") == Say("τραλαλό")
    caller.caught("τραλαλό")
    assert caller.asked("offer_help") == Say("ναι")


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
    assert caller.asked("mobile") == Say("έξι εννέα τέσσερα πέντε ένα δύο τρία τέσσερα πέντε έξι")


def test_a_number_is_typed_when_that_is_asked_for() -> None:
    caller = part({"slot": "mobile", "say": "εξήντα εννιά σαράντα πέντε, 123, 456"})
    caller.asked("mobile")
    caller.caught("εξήντα εννιά")
    caller.note(Reprompted("mobile"))
    caller.note(KeypadOffered("mobile"))
    assert caller.asked("mobile") == Press("6945123456")


def test_asked_for_yes_or_no_only_that_is_said() -> None:
    caller = part({"slot": "confirm", "say": "όχι, την πόλη την είπα λάθος"})
    caller.asked("confirm")
    caller.caught("")
    caller.note(Reprompted("confirm"))
    caller.note(Said("Είναι όλα σωστά; Πείτε μου ναι ή όχι."))
    assert caller.asked("confirm") == Say("όχι")
    caller.note(Captured("confirm", "no"))
    caller.note(Said("Τι να διορθώσω;"))
    assert caller.asked("resume") == Say("όχι, την πόλη την είπα λάθος")


def test_a_place_that_is_named_wrongly_is_put_right() -> None:
    caller = part({"slot": "place", "say": "στον Βόλο"}, date="αύριο")
    caller.asked("place")
    caller.caught("στον βέλο")
    caller.note(Captured("place", "Βέλο"))
    caller.note(Said("Βέλο: εκεί δεν βρίσκω κατάστημα. Το πιο κοντινό είναι: Κόρινθος."))
    assert caller.asked("branch") == Say("όχι, στον Βόλο είπα")
    caller.note(Said("Στο κατάστημα Βόλος. Πότε σας βολεύει;"))
    assert caller.asked("date") == Say("αύριο")


def test_a_day_that_is_offered_wrongly_is_put_right() -> None:
    caller = part({"slot": "date", "say": "την Τετάρτη"}, {"slot": "offer", "say": "το πρώτο"})
    caller.asked("date")
    caller.caught("την τρίτη")
    caller.note(Captured("date", "2026-12-01–2026-12-01"))
    caller.note(Said("Υπάρχει Τρίτη 1 Δεκεμβρίου στις 8:00."))
    assert caller.asked("offer") == Say("όχι, την Τετάρτη είπα")
    caller.note(Captured("offer", "2026-11-25–2026-11-25"))
    assert caller.asked("offer") == Say("το πρώτο")


def test_times_that_were_not_wished_are_not_taken() -> None:
    wished = "την επόμενη εβδομάδα μετά τις έντεκα"
    caller = part({"slot": "offer", "say": wished}, {"slot": "offer", "say": "το πρώτο"})
    caller.asked("offer")
    caller.caught("την επόμενη εβδομάδα μετά τις εννέα")
    caller.note(Captured("offer", "2026-11-30–2026-12-06 09:00–20:00"))
    assert caller.asked("offer") == Say(f"όχι, {wished} είπα")
    caller.note(Captured("offer", "2026-11-30–2026-12-06 11:00–20:00"))
    assert caller.asked("offer") == Say("το πρώτο")


def test_what_was_typed_is_what_was_said() -> None:
    caller = part({"slot": "afm", "dtmf": "090000045#"}, confirm="ναι")
    assert caller.asked("afm") == Press("090000045#")
    caller.note(Captured("afm", "090000045"))
    assert caller.asked("confirm") == Say("ναι")


@pytest.mark.parametrize(
    ("afm", "answer"), [("090000045", "ναι"), ("090406045", "όχι, το αφιμί είναι λάθος")]
)
def test_what_is_read_back_at_the_end_is_compared(afm: str, answer: str) -> None:
    caller = part(
        {"slot": "afm", "say": "μηδέν ενενήντα, τέσσερα μηδενικά, σαράντα πέντε"}, confirm="ναι"
    )
    caller.asked("afm")
    caller.note(Captured("afm", afm))
    caller.note(Said(f"Επιβεβαιώνω. ΑΦΜ: {afm[:3]} {afm[3:6]} {afm[6:]}. Είναι σωστά;"))
    assert caller.asked("confirm") == Say(answer)


@pytest.mark.parametrize(
    ("slot", "said", "captured", "verdict"),
    [
        ("offer", "στις εννιά", "2026-11-26 09:00", True),
        ("offer", "στις εννιά", "2026-11-26 10:00", False),
        ("offer", "αυτό της Τρίτης", "2026-12-01 08:00", True),
        ("offer", "το πρώτο", "2026-12-01 08:00", None),
        ("offer", "πιο αργά", "later", None),
        ("date", "όποτε έχει", "", None),
        ("name", "με λένε Μαρία Οικονόμου", "Μαρία Οικονόμου", True),
        ("name", "με λένε Μαρία Οικονόμου", "Μαρία Μόνου", False),
        ("name", "Κυριάκος Δόσης", "Κυριάκος Δόσεις", True),
        ("place", "στους Αμπελόκηπους", "Αμπελόκηποι", True),
        ("place", "στον Βόλο", "Βέλο / Βόλος", True),
        ("category", "για τα ένσημα", "συντάξεις", None),
    ],
)
def test_whether_an_answer_is_the_one_that_was_given(
    slot: str, said: str, captured: str, verdict: bool | None
) -> None:
    assert fits(slot, said, captured, NOW) is verdict


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

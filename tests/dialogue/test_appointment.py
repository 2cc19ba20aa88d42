"""Booking, changing and cancelling appointments."""

from __future__ import annotations

import pytest

from tests.dialogue.conftest import Play
from tests.dialogue.scripted import HangUp, ScriptedChannel, keys
from voicebot.dialogue.events import Action, AppointmentDone, KeypadOffered, TopicAnswered
from voicebot.records.types import AppointmentStatus, Outcome

AFM = "090000045"
SPOKEN_AFM = "μηδέν ενενήντα, μηδέν μηδέν μηδέν, μηδέν σαράντα πέντε"
SPOKEN_MOBILE = "εξήντα εννιά σαράντα πέντε εκατόν είκοσι τρία τετρακόσια πενήντα έξι"
MOBILE = "6945123456"

DETAILS = {
    "agency": "στον έφκα",
    "category": "για τα ένσημα",
    "channel": "στο κατάστημα",
    "place": "στο Περιστέρι",
    "date": "την Πέμπτη το πρωί",
    "offer": "το πρώτο",
    "name": "Γιώργος Παπαδόπουλος",
    "afm": SPOKEN_AFM,
    "mobile": SPOKEN_MOBILE,
    "confirm": "ναι σωστά",
}
REQUEST = "θέλω να κλείσω ένα ραντεβού"


async def test_books_from_the_first_question_to_the_number(play: Play) -> None:
    channel = ScriptedChannel([REQUEST], DETAILS)
    played = await play(channel)
    assert played.outcome is Outcome.APPOINTMENT
    done = dict(played.journal.one(AppointmentDone).details)
    assert done["agency"] == "EFKA"
    assert done["category"] == "insurance_history"
    assert done["channel"] == "in_person"
    assert done["city"] == "Περιστέρι"
    assert done["date"] == "2026-11-26"
    assert done["afm"] == AFM
    assert done["mobile"] == MOBILE
    assert done["name"] == "Γιώργος Παπαδόπουλος"
    booked = await played.records.appointments.find(done["number"])
    assert booked.status is AppointmentStatus.BOOKED
    grouped = "-".join(done["number"][at : at + 2] for at in range(0, 8, 2))
    said = next(text for text in channel.said if grouped in text)
    assert said.count(grouped) == 2
    summary = await played.records.call("call-1")
    assert summary.outcome is Outcome.APPOINTMENT


async def test_asks_nothing_that_the_request_has_said(play: Play) -> None:
    channel = ScriptedChannel(
        ["θέλω ραντεβού στο ίκα στην Πάτρα για τα ένσημά μου αύριο το πρωί"], DETAILS
    )
    played = await play(channel)
    asked = {slot for slot, _ in channel.heard}
    assert not asked & {"agency", "place", "date", "category"}
    done = dict(played.journal.one(AppointmentDone).details)
    assert (done["agency"], done["city"], done["date"]) == ("EFKA", "Πάτρα", "2026-11-25")


async def test_correction_changes_just_that_slot(play: Play) -> None:
    channel = ScriptedChannel(
        [REQUEST],
        {
            **DETAILS,
            "mobile": [SPOKEN_MOBILE, "έξι εννέα επτά δύο, ένα ένα ένα, δύο δύο δύο"],
            "confirm": ["όχι, το τηλέφωνο το είπα λάθος", "ναι"],
        },
    )
    played = await play(channel)
    assert played.outcome is Outcome.APPOINTMENT
    done = dict(played.journal.one(AppointmentDone).details)
    assert done["mobile"] == "6972111222"
    slots = [slot for slot, _ in channel.heard]
    assert slots.count("mobile") == 2
    assert slots.count("name") == slots.count("afm") == slots.count("offer") == 1


async def test_correction_with_the_right_value_is_taken_at_once(play: Play) -> None:
    channel = ScriptedChannel(
        [REQUEST],
        {**DETAILS, "confirm": ["λάθος το κινητό, είναι 6972111222", "ναι"]},
    )
    played = await play(channel)
    assert dict(played.journal.one(AppointmentDone).details)["mobile"] == "6972111222"
    assert [slot for slot, _ in channel.heard].count("mobile") == 1


async def test_a_bare_no_is_asked_what_to_correct(play: Play) -> None:
    channel = ScriptedChannel(
        [REQUEST],
        {
            **DETAILS,
            "confirm": ["όχι", "ναι"],
            "resume": "το όνομα",
            "name": ["Γιώργος Παπαδόπουλος", "Μαρία Οικονόμου"],
        },
    )
    played = await play(channel)
    assert dict(played.journal.one(AppointmentDone).details)["name"] == "Μαρία Οικονόμου"


async def test_digression_is_answered_and_the_question_asked_again(play: Play) -> None:
    channel = ScriptedChannel(
        [REQUEST],
        {**DETAILS, "place": ["πότε πληρώνονται οι συντάξεις", "στο Περιστέρι"]},
    )
    played = await play(channel)
    assert played.outcome is Outcome.APPOINTMENT
    assert played.journal.one(TopicAnswered).topic == "E06"
    assert [slot for slot, _ in channel.heard].count("place") == 2


@pytest.mark.parametrize("slot", ["agency", "category", "place", "date", "name", "afm", "confirm"])
async def test_cancelling_in_the_middle_books_nothing(play: Play, slot: str) -> None:
    channel = ScriptedChannel([REQUEST], {**DETAILS, slot: "άκυρο"})
    played = await play(channel)
    assert played.outcome is Outcome.ABANDONED
    assert not played.journal.of(AppointmentDone)
    assert await played.records.appointments.find_by_person(AFM, MOBILE) == ()


async def test_other_day_then_later(play: Play) -> None:
    channel = ScriptedChannel(
        [REQUEST],
        {**DETAILS, "date": "αύριο", "offer": ["άλλη μέρα", "πιο αργά", "το πρώτο"]},
    )
    played = await play(channel)
    done = dict(played.journal.one(AppointmentDone).details)
    assert done["date"] > "2026-11-25"
    assert int(done["rejected_offers"]) == 2


async def test_next_week_in_the_morning(play: Play) -> None:
    channel = ScriptedChannel(
        [REQUEST],
        {**DETAILS, "offer": ["την επόμενη βδομάδα μετά τις έντεκα", "το δεύτερο"]},
    )
    played = await play(channel)
    done = dict(played.journal.one(AppointmentDone).details)
    assert "2026-11-30" <= done["date"] <= "2026-12-06"
    assert done["time"] >= "11:00"


async def test_none_of_them_is_asked_when_then(play: Play) -> None:
    channel = ScriptedChannel(
        [REQUEST],
        {**DETAILS, "date": ["αύριο", "την Παρασκευή"], "offer": ["όχι", "το πρώτο"]},
    )
    played = await play(channel)
    assert dict(played.journal.one(AppointmentDone).details)["date"] == "2026-11-27"


async def test_wrong_afm_twice_goes_to_the_keypad(play: Play) -> None:
    wrong = "ένα δύο τρία τέσσερα πέντε έξι εφτά οχτώ εννιά"
    channel = ScriptedChannel([REQUEST], {**DETAILS, "afm": [wrong, wrong, keys(AFM)]})
    played = await play(channel)
    assert played.outcome is Outcome.APPOINTMENT
    assert [event.slot for event in played.journal.of(KeypadOffered)] == ["afm"]
    assert dict(played.journal.one(AppointmentDone).details)["afm"] == AFM


async def test_own_number_is_offered_first(play: Play) -> None:
    channel = ScriptedChannel([REQUEST], {**DETAILS, "caller_id_ok": "ναι"}, number="+306945123456")
    played = await play(channel)
    assert dict(played.journal.one(AppointmentDone).details)["mobile"] == MOBILE
    assert "mobile" not in [slot for slot, _ in channel.heard]


async def test_video_needs_no_place(play: Play) -> None:
    channel = ScriptedChannel(
        ["θέλω ραντεβού με τον εργατικό σύμβουλο από τον υπολογιστή"], DETAILS
    )
    played = await play(channel)
    done = dict(played.journal.one(AppointmentDone).details)
    assert (done["agency"], done["category"], done["channel"]) == ("DYPA", "counsellor", "video")
    assert "place" not in [slot for slot, _ in channel.heard]


async def test_place_without_a_branch_is_led_to_the_nearest(play: Play) -> None:
    channel = ScriptedChannel([REQUEST], {**DETAILS, "place": "στο Λουτράκι", "branch": "ναι"})
    played = await play(channel)
    assert dict(played.journal.one(AppointmentDone).details)["city"] == "Κόρινθος"


async def test_namesakes_are_told_apart(play: Play) -> None:
    channel = ScriptedChannel(
        [REQUEST], {**DETAILS, "place": ["στους Αμπελόκηπους", "της Θεσσαλονίκης"]}
    )
    played = await play(channel)
    number = dict(played.journal.one(AppointmentDone).details)["number"]
    booked = await played.records.appointments.find(number)
    assert booked.slot.branch.region == "Θεσσαλονίκη"


async def test_cancels_by_number(play: Play) -> None:
    first = await play(ScriptedChannel([REQUEST], DETAILS))
    number = dict(first.journal.one(AppointmentDone).details)["number"]
    channel = ScriptedChannel(
        ["θέλω να ακυρώσω το ραντεβού μου"],
        {"number": " ".join(number), "confirm": "ναι"},
        call_id="call-2",
    )
    played = await play(channel)
    assert played.outcome is Outcome.APPOINTMENT
    assert played.journal.one(AppointmentDone).action is Action.CANCELLED
    found = await played.records.appointments.find(number)
    assert found.status is AppointmentStatus.CANCELLED


async def test_changes_by_afm_and_mobile(play: Play) -> None:
    first = await play(ScriptedChannel([REQUEST], DETAILS))
    before = dict(first.journal.one(AppointmentDone).details)
    channel = ScriptedChannel(
        ["θέλω να αλλάξω το ραντεβού μου"],
        {
            "number": "δεν τον έχω",
            "afm": SPOKEN_AFM,
            "mobile": SPOKEN_MOBILE,
            "date": "την επόμενη Τρίτη",
            "offer": "το πρώτο",
            "confirm": "ναι",
        },
        call_id="call-2",
    )
    played = await play(channel)
    after = dict(played.journal.one(AppointmentDone).details)
    assert played.journal.one(AppointmentDone).action is Action.CHANGED
    assert after["number"] == before["number"]
    assert after["date"] == "2026-12-01"


async def test_unknown_appointment_is_not_guessed(play: Play) -> None:
    channel = ScriptedChannel(
        ["θέλω να ακυρώσω το ραντεβού μου"],
        {"number": "δεν τον έχω", "afm": SPOKEN_AFM, "mobile": SPOKEN_MOBILE},
    )
    played = await play(channel)
    assert not played.journal.of(AppointmentDone)
    assert "Δεν βρίσκω ραντεβού" in channel.transcript


async def _turns_of_a_booking(play: Play) -> int:
    channel = ScriptedChannel([REQUEST], DETAILS)
    await play(channel)
    return len(channel.heard)


@pytest.mark.parametrize("turns", range(11))
async def test_hanging_up_leaves_nothing_half_booked(play: Play, turns: int) -> None:
    channel = ScriptedChannel([REQUEST], DETAILS, hang_up_after=turns)
    played = await play(channel)
    assert len(channel.heard) == turns
    assert played.outcome is Outcome.ABANDONED
    assert (await played.records.call("call-1")).outcome is Outcome.ABANDONED
    assert await played.records.appointments.find_by_person(AFM, MOBILE) == ()
    # The place is free again for the next caller at the very same time.
    again = await play(ScriptedChannel([REQUEST], DETAILS, call_id="call-2"))
    fresh = dict(again.journal.one(AppointmentDone).details)
    assert (fresh["date"], fresh["time"]) == ("2026-11-26", "08:00")


async def test_hanging_up_after_the_booking_keeps_it(play: Play) -> None:
    channel = ScriptedChannel([REQUEST], {**DETAILS, "anything_else": HangUp()})
    played = await play(channel)
    assert played.outcome is Outcome.APPOINTMENT
    assert len(await played.records.appointments.find_by_person(AFM, MOBILE)) == 1


async def test_what_time_did_i_say(play: Play) -> None:
    channel = ScriptedChannel(
        [REQUEST],
        {**DETAILS, "anything_else": ["τι ώρα είναι το ραντεβού μου;", "όχι"], "offer_help": "όχι"},
    )
    played = await play(channel)
    assert played.outcome is Outcome.APPOINTMENT
    assert "number" not in [slot for slot, _ in channel.heard], "it is known from this call"
    found = next(text for text in channel.said if text.startswith("Βρήκα το ραντεβού"))
    assert "26 Νοεμβρίου στις 8:00" in found
    assert played.journal.one(AppointmentDone).action is Action.BOOKED

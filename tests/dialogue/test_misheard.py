"""What is heard badly, or not at all, is settled as people settle it; the appointment stands."""

from __future__ import annotations

from datetime import date

import pytest

from tests.dialogue.conftest import NOW, Play
from tests.dialogue.scripted import ScriptedChannel, Turn, keys
from tests.dialogue.test_appointment import DETAILS, REQUEST
from voicebot.dialogue.channel import HandoffResult, Keys, Reading, Unheard, Utterance
from voicebot.dialogue.events import AppointmentDone, CaseDone, KeypadOffered
from voicebot.dialogue.place_questions import alike_question, nearest_question, place_question
from voicebot.dialogue.prompts import booking, labels, services
from voicebot.dialogue.questions import Refused, Unclear, Value
from voicebot.dialogue.slots import yes_no_question
from voicebot.dialogue.time_questions import wish_question
from voicebot.records.types import Outcome
from voicebot.understanding.places import all_places

PLACES = {place.label: place for place in all_places()}
VELO, TOLO, VOLOS, KORINTHOS = (PLACES[name] for name in ("Βέλο", "Τολό", "Βόλος", "Κόρινθος"))


def heard(*readings: tuple[str, float]) -> Utterance:
    """Something with several readings, the best first."""
    return Utterance(
        readings[0][0], readings[0][1], tuple(Reading(text, share) for text, share in readings)
    )


async def booked(play: Play, **answers: Turn | list[Turn]) -> tuple[dict[str, str], str]:
    """What was booked by a caller who answers a question otherwise; and all that was said."""
    channel = ScriptedChannel([REQUEST], {**DETAILS, **answers})
    played = await play(channel)
    assert played.outcome is Outcome.APPOINTMENT
    return dict(played.journal.one(AppointmentDone).details), channel.transcript


async def test_a_name_that_is_not_heard_does_not_stop_the_booking(play: Play) -> None:
    done, said = await booked(play, name=Unheard())
    assert done["name"] == labels.NAME_MISSING
    assert done["afm"] == "090000045"
    assert booking.NAME_LATER in said
    assert f"{booking.READ_BACK['name']}:" not in said


async def test_a_name_that_is_taken_for_a_question_is_a_name_when_it_is_said_again(
    play: Play,
) -> None:
    # «δόσεις» are instalments; the first word is nobody's first name.
    done, said = await booked(play, name="κόσμο Κυριάκος Δόσεις")
    assert "Δόσεις" in done["name"]
    assert said.count("ρύθμιση οφειλών") == 1


async def test_places_that_sound_alike_are_told_apart(play: Play) -> None:
    unsure = heard(("στον βέλο", 0.44), ("στον τολό", 0.37), ("στον βόλο", 0.07))
    done, said = await booked(play, place=[unsure, "στον Βόλο"])
    assert done["city"] == "Βόλος"
    assert "Εννοείτε" in said


async def test_none_of_the_places_that_sound_alike(play: Play) -> None:
    unsure = heard(("στον βέλο", 0.44), ("στον τολό", 0.37))
    done, _ = await booked(play, place=[unsure, "όχι", "στον Βόλο"])
    assert done["city"] == "Βόλος"


async def test_a_place_that_was_misheard_is_put_right_when_it_is_named(play: Play) -> None:
    done, said = await booked(play, place="στο Βέλο", branch="όχι, στον Βόλο είπα")
    assert done["city"] == "Βόλος"
    assert booking.nearest("Βέλο", "Κόρινθος") in said


async def test_a_place_is_put_right_at_the_next_question(play: Play) -> None:
    done, said = await booked(play, place="στη Λάρισα", date=["όχι, στον Βόλο είπα", "αύριο"])
    assert done["city"] == "Βόλος"
    assert said.count(booking.DATE) == 2


async def test_a_day_is_put_right_while_the_times_are_offered(play: Play) -> None:
    done, _ = await booked(play, date="την Πέμπτη", offer=["όχι, Παρασκευή είπα", "το πρώτο"])
    assert done["date"] == "2026-11-27"


async def test_a_day_is_put_right_when_the_name_is_asked(play: Play) -> None:
    done, said = await booked(
        play, name=["όχι, την Παρασκευή είπα", "Γιώργος Παπαδόπουλος"], date="την Πέμπτη"
    )
    assert done["date"] == "2026-11-27"
    assert booking.chosen("Πέμπτη 26 Νοεμβρίου στις 8:00") in said


async def test_a_day_is_put_right_by_its_name_at_the_end(play: Play) -> None:
    done, said = await booked(play, confirm=["όχι, Παρασκευή είπα", "ναι"])
    assert done["date"] == "2026-11-27"
    assert booking.WHAT_TO_CORRECT not in said


async def test_what_is_not_heard_at_the_end_is_asked_shortly(play: Play) -> None:
    _, said = await booked(play, confirm=[Unheard(), "ναι"])
    assert said.count("Επιβεβαιώνω") == 1
    assert booking.ALL_RIGHT in said


async def test_a_day_that_is_not_heard_is_offered(play: Play) -> None:
    done, said = await booked(play, date=Unheard())
    assert done["date"] == "2026-11-25"
    assert booking.FIRST_FREE in said


async def test_a_number_that_is_heard_wrongly_twice_is_typed(play: Play) -> None:
    channel = ScriptedChannel(
        [REQUEST], {**DETAILS, "afm": [Unheard(), Unheard(), Keys("090000045#")]}
    )
    played = await play(channel)
    assert played.outcome is Outcome.APPOINTMENT
    assert [one.slot for one in played.journal.of(KeypadOffered)] == ["afm"]


@pytest.mark.parametrize(
    ("readings", "places"),
    [
        # One stands out.
        ([("στον πειραιά", 0.81), ("στον περαία", 0.13)], ["Πειραιάς"]),
        # The one with a branch is the likelier, and enough so.
        ([("στον περαία", 0.5), ("στον πειραιά", 0.5)], ["Πειραιάς"]),
        ([("στον περαία", 0.6), ("στον πειραιά", 0.4)], ["Πειραιάς", "Περαία"]),
    ],
)
def test_readings_are_weighed(readings: list[tuple[str, float]], places: list[str]) -> None:
    question = place_question("", lambda place: place.name == "Πειραιάς")
    answer = question.capture(readings)
    assert isinstance(answer, Value)
    assert [place.name for place in answer.value] == places


def test_one_of_those_that_sound_alike() -> None:
    question = alike_question([VELO, TOLO, VOLOS])
    assert question.capture([("το βόλο", 1.0)]) == Value((VOLOS,))
    assert question.capture([("το δεύτερο", 1.0)]) == Value((TOLO,))
    assert question.capture([("κανένα", 1.0)]) == Value(())
    assert question.capture([("στην Πάτρα", 1.0)]) == Value((PLACES["Πάτρα"],))
    assert question.capture([("τι;", 1.0)]) == Unclear()
    assert question.from_keys is not None
    assert question.from_keys("3") == Value((VOLOS,))


def test_the_nearest_place() -> None:
    question = nearest_question(VELO, KORINTHOS)
    assert question.capture([("ναι", 1.0)]) == Value(True)
    assert question.capture([("στην Κόρινθο", 1.0)]) == Value(True)
    assert question.capture([("όχι", 1.0)]) == Value(False)
    assert question.capture([("όχι στον Βόλο είπα", 1.0)]) == Value((VOLOS,))
    assert question.from_keys is not None
    assert question.from_keys("1") == Value(True)


def test_a_shadow_of_a_reading_does_not_answer() -> None:
    question = yes_no_question("", "anonymous", also_yes=services.STAY_ANONYMOUS)
    readings = [("ανώνυμα καλύτερα", 0.9), ("όχι καλύτερα", 0.3)]
    assert question.capture(readings) == Value(True)
    assert question.capture([("τυρόπιτα", 0.9), ("όχι", 0.01)]) == Unclear()


async def test_who_will_not_give_a_name_stays_anonymous(play: Play) -> None:
    channel = ScriptedChannel(
        ["θέλω να κάνω καταγγελία, δεν μου κολλάνε ένσημα"],
        {
            "offer_help": "ναι",
            "anonymous": "όχι",
            "employer_name": "ταβέρνα ο πλάτανος",
            "employer_place": "στην Καλαμάτα",
            "period": "από τον Μάιο",
            "reason": "δεν μου κολλάνε ένσημα",
            "name": "δεν θέλω να το πω",
            "confirm": "ναι",
        },
    )
    played = await play(channel)
    assert dict(played.journal.one(CaseDone).details)["anonymous"] == "yes"


async def test_by_keypad_alone(play: Play) -> None:
    """Each question of the form can be answered with keys."""
    done, said = await booked(
        play,
        agency=keys("1"),
        category=keys("3"),
        channel=keys("1"),
        place=keys("7374"),
        date=keys("2711"),
        offer=keys("2"),
        name=[Unheard(), Unheard(), keys("1")],
        afm=keys("090000045#"),
        mobile=keys("6945123456"),
        confirm=keys("1"),
    )
    assert (done["agency"], done["channel"], done["afm"]) == ("EFKA", "in_person", "090000045")
    assert (done["city"], done["date"]) == ("Περιστέρι", "2026-11-27")
    assert booking.NAME_KEYPAD in said


def test_a_place_is_typed_by_its_first_letters() -> None:
    question = place_question("", lambda place: place in (VELO, TOLO, VOLOS))
    assert question.from_keys is not None
    assert question.from_keys("265") == Value((VOLOS,))
    assert question.from_keys("865") == Value((TOLO,))
    assert question.from_keys("26") == Unclear()
    assert question.from_keys("999") == Unclear()
    everywhere = place_question("")
    assert everywhere.from_keys is not None
    assert everywhere.from_keys("2246") == Refused(booking.MORE_LETTERS)


@pytest.mark.parametrize(
    ("typed", "day"),
    [("1", None), ("2711", date(2026, 11, 27)), ("0301", date(2027, 1, 3))],
)
def test_a_day_is_typed(typed: str, day: date | None) -> None:
    question = wish_question(lambda: NOW, "", "")
    assert question.from_keys is not None
    answer = question.from_keys(typed)
    assert isinstance(answer, Value)
    assert (answer.value.days.first if answer.value.days else None) == day
    assert question.from_keys("3102") == Unclear()


async def test_syllables_that_mean_nothing_lead_to_a_person_at_the_second_time(play: Play) -> None:
    channel = ScriptedChannel(
        ["τραλαλά τραλαλό", "μπλιμπλίκι μπλομπλόκι"],
        {"offer_help": "ναι"},
        handoffs=[HandoffResult.CONNECTED],
    )
    played = await play(channel)
    assert played.outcome is Outcome.HANDED_OVER
    assert channel.briefings[0].reason == "failure"
    assert len(channel.heard) == 3


@pytest.mark.parametrize(
    ("readings", "answer"),
    [
        ((("δεν είναι σωστό", 0.7), ("ναι είναι σωστό", 0.25)), Unclear()),
        ((("ναι είναι σωστό", 0.6), ("δεν είναι σωστό", 0.4)), Unclear()),
        ((("δεν είναι σωστό", 0.9), ("ναι είναι σωστό", 0.1)), Value(False)),
        ((("ναι", 0.5), ("ναι ναι", 0.3), ("όχι", 0.2)), Unclear()),
        ((("ναι", 0.5), ("ναι ναι", 0.4), ("όχι", 0.1)), Value(True)),
        ((("ναι", 0.6), ("θέλω ραντεβού", 0.4)), Value(True)),
    ],
)
def test_yes_and_no_that_lie_close_together_are_asked_again(
    readings: tuple[tuple[str, float], ...], answer: object
) -> None:
    assert yes_no_question("", "confirm").capture(readings) == answer

"""Who is asked what when booking, a book that goes away, and the number that is written down."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.dialogue.conftest import Play
from tests.dialogue.scripted import ScriptedChannel, keys
from tests.dialogue.test_appointment import AFM, DETAILS, MOBILE, REQUEST
from voicebot.dialogue.events import AppointmentDone, TopicAnswered
from voicebot.records import BookUnavailable, Records
from voicebot.records.appointments import Appointments
from voicebot.records.types import AppointmentStatus, Outcome

DIRECTORY = """\
version: 1
categories:
- {agency: KEP, code: general, title: Εξυπηρέτηση ΚΕΠ, channels: [in_person], slot_minutes: 20,
   asks: [ASKS]}
branches:
- {agency: KEP, code: KEP-VOLOS, name: ΚΕΠ Βόλου, place: Βόλος, hours: "08:00-14:00"}
"""


async def only_asking(records: Records, folder: Path, asks: str) -> None:
    """A directory of one branch whose only category asks so much."""
    file = folder / "branches.yaml"
    file.write_text(DIRECTORY.replace("ASKS", asks), encoding="utf-8")
    await records.directory.replace([file])


@pytest.mark.parametrize(
    ("asks", "asked"),
    [
        ("mobile", {"mobile"}),
        ("name, mobile", {"name", "mobile"}),
        ("name, afm, birthdate, mobile", {"name", "afm", "birthdate", "mobile"}),
        ("name, afm, amka, mobile", {"name", "afm", "amka", "mobile"}),
    ],
)
async def test_each_category_asks_its_own_and_no_more(
    play: Play, records: Records, tmp_path: Path, asks: str, asked: set[str]
) -> None:
    await only_asking(records, tmp_path, asks)
    born = "δεκαπέντε Μαρτίου του σαράντα οχτώ"
    answers = {**DETAILS, "agency": "στο κεπ", "place": "Βόλος", "birthdate": born}
    channel = ScriptedChannel([REQUEST], {**answers, "amka": "21068302674"})
    played = await play(channel)
    done = dict(played.journal.one(AppointmentDone).details)
    identity = {"name", "afm", "amka", "birthdate", "mobile"}
    assert {slot for slot, _ in channel.heard} & identity == asked
    person = (await played.records.appointments.find(done["number"])).person
    assert (person.birthdate == date(1948, 3, 15)) is ("birthdate" in asked)
    assert (person.amka == "21068302674") is ("amka" in asked)
    assert bool(person.afm) is ("afm" in asked)
    read_back = next(text for text in channel.said if text.startswith("Επιβεβαιώνω"))
    assert ("ΑΦΜ" in read_back) is ("afm" in asked)
    assert "2674" in read_back or "amka" not in asked
    assert "210683" not in channel.transcript


async def test_who_has_no_number_proves_it_by_the_date_of_birth(
    play: Play, records: Records, tmp_path: Path
) -> None:
    await only_asking(records, tmp_path, "name, afm, birthdate, mobile")
    answers = {**DETAILS, "agency": "στο κεπ", "place": "Βόλος", "birthdate": keys("15031948")}
    first = await play(ScriptedChannel([REQUEST], answers))
    number = dict(first.journal.one(AppointmentDone).details)["number"]
    for call, born, cancelled in (
        ("call-2", "πρώτη Απριλίου του πενήντα", False),
        ("call-3", "15/3/1948", True),
    ):
        channel = ScriptedChannel(
            ["θέλω να ακυρώσω το ραντεβού μου"],
            {**answers, "number": "δεν τον έχω", "birthdate": born, "confirm": "ναι"},
            call_id=call,
        )
        played = await play(channel)
        assert bool(played.journal.of(AppointmentDone)) is cancelled
        assert ("Δεν βρίσκω ραντεβού" in channel.transcript) is not cancelled
    assert (await records.appointments.find(number)).status is AppointmentStatus.CANCELLED


@pytest.mark.parametrize("operation", ["categories", "branches", "find_slots", "hold", "book"])
async def test_a_booking_system_that_goes_away_drops_no_call(
    play: Play, monkeypatch: pytest.MonkeyPatch, operation: str
) -> None:
    async def away(*_: object, **__: object) -> None:
        raise BookUnavailable("it does not answer")

    monkeypatch.setattr(Appointments, operation, away)
    channel = ScriptedChannel(
        [REQUEST],
        {**DETAILS, "offer_help": "ναι", "caller_id_ok": "ναι", "window": "αύριο το πρωί"},
        number="+306945123456",
    )
    played = await play(channel)
    assert "το σύστημα των ραντεβού δεν απαντά" in channel.transcript
    assert played.outcome is Outcome.CALLBACK
    assert channel.ended
    monkeypatch.undo()
    assert await played.records.appointments.find_by_person(AFM, MOBILE) == ()


@pytest.mark.parametrize("operation", ["find", "change", "cancel"])
async def test_nor_does_one_that_goes_away_while_an_appointment_is_changed(
    play: Play, monkeypatch: pytest.MonkeyPatch, operation: str
) -> None:
    first = await play(ScriptedChannel([REQUEST], DETAILS))
    number = dict(first.journal.one(AppointmentDone).details)["number"]

    async def away(*_: object, **__: object) -> None:
        raise BookUnavailable("it does not answer")

    monkeypatch.setattr(Appointments, operation, away)
    wish = "να ακυρώσω" if operation == "cancel" else "να αλλάξω"
    channel = ScriptedChannel(
        [f"θέλω {wish} το ραντεβού μου"],
        {
            "number": " ".join(number),
            "date": "την επόμενη Τρίτη",
            "offer": "το πρώτο",
            "confirm": "ναι",
        },
        call_id="call-2",
    )
    played = await play(channel)
    assert "το σύστημα των ραντεβού δεν απαντά" in channel.transcript
    assert channel.ended
    monkeypatch.undo()
    assert not played.journal.of(AppointmentDone)
    found = await played.records.appointments.find(number)
    assert found.status is AppointmentStatus.BOOKED


async def test_the_number_is_said_slowly_until_it_is_written_down(play: Play) -> None:
    channel = ScriptedChannel(
        [REQUEST],
        {**DETAILS, "code_read": ["όχι, πιο αργά", "δεν πρόλαβα", "ναι τον έγραψα"]},
    )
    played = await play(channel)
    number = dict(played.journal.one(AppointmentDone).details)["number"]
    slowly = ". ".join(number)
    assert channel.transcript.count(slowly) == 2
    assert played.outcome is Outcome.APPOINTMENT


async def test_another_wish_instead_of_noting_the_number_is_served(play: Play) -> None:
    channel = ScriptedChannel(
        [REQUEST],
        {**DETAILS, "code_read": "πότε πληρώνονται οι συντάξεις;", "anything_else": "όχι"},
    )
    played = await play(channel)
    assert played.journal.one(TopicAnswered).topic == "E06"


async def test_who_books_for_another_is_asked_for_that_ones_name(play: Play) -> None:
    channel = ScriptedChannel(["θέλω να κλείσω ραντεβού για τη μητέρα μου στον έφκα"], DETAILS)
    await play(channel)
    assert "εκείνου που θα πάει στο ραντεβού" in channel.transcript

"""A person, the status of a request, a new request, a complaint."""

from __future__ import annotations

import pytest

from tests.dialogue.conftest import Play
from tests.dialogue.scripted import ScriptedChannel
from voicebot.dialogue.channel import HandoffResult
from voicebot.dialogue.events import Action, CallbackDone, CaseDone, Safety, SafetyMet
from voicebot.dialogue.prompts import general, services
from voicebot.records import Records
from voicebot.records.types import Agency, HandoffStatus, Outcome

AFM = "090000045"
PHONE = "2105285525"
SPOKEN_PHONE = "διακόσια δέκα πενήντα δύο ογδόντα πέντε πεντακόσια είκοσι πέντε"


async def test_person_takes_over_with_a_briefing(play: Play) -> None:
    channel = ScriptedChannel(
        ["πότε πληρώνονται οι συντάξεις"],
        {"anything_else": "θέλω να μιλήσω με έναν υπάλληλο"},
        handoffs=[HandoffResult.CONNECTED],
    )
    played = await play(channel)
    assert played.outcome is Outcome.HANDED_OVER
    briefing = channel.briefings[0]
    assert briefing.reason == "user_request"
    assert briefing.summary.startswith("Ζήτησε υπάλληλο. Ρώτησε για ")
    assert briefing.topic == "E06"
    assert "πληρώνονται" in briefing.summary
    assert channel.queues == ["efka"]
    assert channel.said[-1] == services.CALLING_PERSON
    (handoff,) = await played.records.handoffs.of_call("call-1")
    assert handoff.status is HandoffStatus.CONNECTED


async def test_briefing_masks_what_was_captured(play: Play) -> None:
    channel = ScriptedChannel(
        ["τι έγινε με το αίτημά μου"],
        {
            "case_number": "δεν τον έχω",
            "verify_phone": SPOKEN_PHONE,
            "afm": ["θέλω άνθρωπο"],
        },
        handoffs=[HandoffResult.CONNECTED],
    )
    await play(channel)
    captured = dict(channel.briefings[0].captured)
    assert captured["verify_phone"].endswith("525")
    assert "2105285" not in captured["verify_phone"]


@pytest.mark.parametrize(
    "result", [HandoffResult.BUSY, HandoffResult.NO_ANSWER, HandoffResult.FAILED]
)
async def test_nobody_answers_so_a_callback_is_promised(play: Play, result: HandoffResult) -> None:
    channel = ScriptedChannel(
        ["θέλω άνθρωπο"],
        {
            "offer_help": "ναι",
            "caller_id_ok": "ναι",
            "window": "αύριο το πρωί",
            "topic": "για τη σύνταξή μου",
            "confirm": "ναι",
        },
        number="+302105285525",
        handoffs=[result],
    )
    played = await play(channel)
    assert played.outcome is Outcome.CALLBACK
    assert services.NOBODY_FREE in channel.said
    done = dict(played.journal.one(CallbackDone).details)
    assert (done["phone"], done["date"], done["window"]) == (PHONE, "2026-11-25", "08:00-12:00")
    (callback,) = await played.records.callbacks.for_number(PHONE)
    assert callback.call_id == "call-1"


async def test_nobody_answers_and_a_case_is_preferred(play: Play) -> None:
    channel = ScriptedChannel(
        ["θέλω άνθρωπο"],
        {
            "offer_help": ["όχι", "ναι"],
            "agency": "τον οπέκα",
            "topic": "δεν πήρα το επίδομα παιδιού τον Οκτώβριο",
            "name": "Μαρία Οικονόμου",
            "phone": SPOKEN_PHONE,
            "afm": "δεν το έχω",
            "confirm": "ναι",
        },
    )
    played = await play(channel)
    assert played.outcome is Outcome.CASE
    done = dict(played.journal.one(CaseDone).details)
    case = await played.records.cases.details(done["number"])
    assert case.agency is Agency.OPEKA
    assert case.owner
    assert case.call_id == "call-1"


async def test_status_by_number_tells_status_and_date_only(play: Play, records: Records) -> None:
    number = await records.cases.open(
        Agency.EFKA, "E02", "αίτηση σύνταξης", name="Μαρία Οικονόμου", phone=PHONE, afm=AFM
    )
    channel = ScriptedChannel(["τι έγινε με το αίτημά μου"], {"case_number": " ".join(number)})
    played = await play(channel)
    assert played.outcome is Outcome.ANSWERED
    assert played.journal.one(CaseDone).action is Action.LOOKED_UP
    assert "Τρίτη 24 Νοεμβρίου" in channel.transcript
    assert "Οικονόμου" not in channel.transcript
    assert "αίτηση σύνταξης" not in channel.transcript


async def test_status_by_phone_and_afm(play: Play, records: Records) -> None:
    await records.cases.open(Agency.EFKA, "E02", "αίτηση σύνταξης", phone=PHONE, afm=AFM)
    channel = ScriptedChannel(
        ["τι έγινε με το αίτημά μου"],
        {
            "case_number": "δεν τον θυμάμαι",
            "verify_phone": SPOKEN_PHONE,
            "afm": "μηδέν ενενήντα, μηδέν μηδέν μηδέν, μηδέν σαράντα πέντε",
        },
    )
    played = await play(channel)
    assert played.journal.one(CaseDone).action is Action.LOOKED_UP


async def test_request_opened_here_is_found_by_telephone_and_afm(play: Play) -> None:
    opened = await play(
        ScriptedChannel(
            ["θέλω άνθρωπο"],
            {
                "offer_help": ["όχι", "ναι"],
                "agency": "τον έφκα",
                "topic": "λείπουν ένσημα από το δύο χιλιάδες δέκα",
                "name": "Μαρία Οικονόμου",
                "phone": SPOKEN_PHONE,
                "afm": AFM,
                "confirm": "ναι",
            },
        )
    )
    number = dict(opened.journal.one(CaseDone).details)["number"]
    asked = await play(
        ScriptedChannel(
            ["τι έγινε με το αίτημά μου"],
            {"case_number": "δεν τον έχω", "verify_phone": SPOKEN_PHONE, "afm": AFM},
            call_id="call-2",
        )
    )
    found = asked.journal.one(CaseDone)
    assert found.action is Action.LOOKED_UP
    assert dict(found.details)["number"] == number


async def test_status_of_nothing_offers_a_new_request(play: Play) -> None:
    channel = ScriptedChannel(
        ["τι έγινε με το αίτημά μου"],
        {
            "case_number": "12345674",
            "verify_phone": SPOKEN_PHONE,
            "afm": AFM,
            "offer_help": "όχι",
        },
    )
    played = await play(channel)
    assert services.NOT_FOUND in channel.said
    assert services.CASE_OFFER in channel.said
    assert not played.journal.of(CaseDone)


async def test_somebody_elses_request_is_not_told(play: Play) -> None:
    channel = ScriptedChannel(["τι έγινε με το αίτημα της μητέρας μου"])
    played = await play(channel)
    assert played.journal.one(SafetyMet).kind is Safety.THIRD_PARTY_DATA
    assert "case_number" not in [slot for slot, _ in channel.heard]
    assert services.RELATION_REFUSED in channel.said


async def test_complaint_about_an_employer(play: Play) -> None:
    channel = ScriptedChannel(
        ["θέλω να κάνω καταγγελία για τον εργοδότη μου"],
        {
            "offer_help": "ναι",
            "anonymous": "ναι",
            "employer_name": "καφέ Ακρογιάλι",
            "employer_place": "Ναύπλιο",
            "period": "από τον Ιούνιο μέχρι τον Σεπτέμβριο",
            "reason": "δούλευα χωρίς ένσημα",
            "confirm": "ναι",
        },
    )
    played = await play(channel)
    assert played.outcome is Outcome.CASE
    assert dict(played.journal.one(CaseDone).details) == {
        "agency": "LABOUR",
        "anonymous": "yes",
        "city": "Ναύπλιο",
        "area": "Αργολίδας",
    }
    (case,) = await played.records.cases.open_ones()
    assert case.agency is Agency.LABOUR
    assert case.call_id is None
    assert dict(case.captured)["employer_name"] == "καφέ Ακρογιάλι"


async def test_complaint_with_a_name_is_found_by_telephone_and_afm(play: Play) -> None:
    played = await play(
        ScriptedChannel(
            ["δεν με έχει πληρώσει ο εργοδότης μου δύο μήνες"],
            {
                "offer_help": "ναι",
                "anonymous": "όχι",
                "employer_name": "καφέ Ακρογιάλι",
                "employer_place": "Ναύπλιο",
                "period": "από τον Ιούνιο μέχρι τον Σεπτέμβριο",
                "reason": "δεν πληρώθηκα",
                "name": "Μαρία Οικονόμου",
                "phone": SPOKEN_PHONE,
                "afm": AFM,
                "confirm": "ναι",
            },
        )
    )
    assert general.OFFER_COMPLAINT in played.channel.said
    (case,) = await played.records.cases.find_by_person(PHONE, AFM)
    assert case.agency is Agency.LABOUR


async def test_question_on_work_is_no_complaint(play: Play) -> None:
    channel = ScriptedChannel(
        ["πόσος είναι ο κατώτατος μισθός"],
        {"offer_help": "ναι"},
        handoffs=[HandoffResult.CONNECTED],
    )
    played = await play(channel)
    assert general.OFFER_PERSON in channel.said
    assert services.COMPLAINT_START not in channel.said
    assert played.outcome is Outcome.HANDED_OVER


async def test_angry_caller_is_not_argued_with(play: Play) -> None:
    channel = ScriptedChannel(
        ["απαράδεκτη εξυπηρέτηση μία ώρα περιμένω και κανείς δεν το σηκώνει"],
        handoffs=[HandoffResult.CONNECTED],
    )
    played = await play(channel)
    assert played.outcome is Outcome.HANDED_OVER
    assert general.SORRY_FOR_TROUBLE in channel.said
    assert channel.briefings[0].reason == "complaint"

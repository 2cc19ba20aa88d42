"""Danger stops everything; codes are refused; fraud is warned of."""

from __future__ import annotations

import pytest

from tests.dialogue.conftest import Play
from tests.dialogue.scripted import BOOKING, SILENCE, ScriptedChannel
from voicebot.dialogue.channel import HandoffResult
from voicebot.dialogue.events import AppointmentDone, Safety, SafetyMet
from voicebot.dialogue.prompts import general, safety
from voicebot.records.types import Outcome

SUICIDE = "δεν έχει νόημα να ζω άλλο"
VIOLENCE = "ο άντρας μου με χτυπάει"
MEDICAL = "έχω πόνο στο στήθος και δεν μπορώ να αναπνεύσω"


async def test_suicide_in_danger_now(play: Play) -> None:
    channel = ScriptedChannel(
        [SUICIDE],
        {"safety_now": "ναι", "safety_handoff": "ναι"},
        handoffs=[HandoffResult.CONNECTED],
    )
    played = await play(channel)
    assert played.journal.one(SafetyMet).kind is Safety.SUICIDE
    assert safety.SUICIDE_NOW in channel.said
    assert safety.SUICIDE_LINES in channel.said
    assert played.outcome is Outcome.HANDED_OVER
    assert channel.briefings[0].reason == "emergency"
    assert channel.queues == ["emergency"]


async def test_suicide_not_in_danger_now_gets_the_lines(play: Play) -> None:
    channel = ScriptedChannel([SUICIDE], {"safety_now": "όχι", "safety_handoff": "όχι"})
    played = await play(channel)
    assert safety.SUICIDE_NOW not in channel.said
    assert safety.SUICIDE_LINES in channel.said
    assert channel.briefings == []
    assert not channel.ended, "the line never hangs up first"
    assert played.outcome is Outcome.ANSWERED


async def test_silence_after_words_of_suicide_counts_as_danger(play: Play) -> None:
    channel = ScriptedChannel([SUICIDE], {"safety_now": SILENCE, "safety_handoff": SILENCE})
    await play(channel)
    assert safety.SUICIDE_NOW in channel.said
    assert channel.briefings[0].reason == "emergency"


@pytest.mark.parametrize(("answer", "urgent"), [("ναι", False), ("όχι", True)])
async def test_violence(play: Play, answer: str, urgent: bool) -> None:
    channel = ScriptedChannel(
        [VIOLENCE],
        {"safety_now": answer, "safety_handoff": "ναι"},
        handoffs=[HandoffResult.CONNECTED],
    )
    played = await play(channel)
    assert played.journal.one(SafetyMet).kind is Safety.VIOLENCE
    assert (safety.VIOLENCE_NOW in channel.said) is urgent
    # Whoever cannot talk safely is not read a list of numbers, and is not asked again.
    assert ("1 5 9 0 0" in channel.transcript) is not urgent
    assert ("safety_handoff" in [slot for slot, _ in channel.heard]) is not urgent
    assert played.outcome is Outcome.HANDED_OVER


async def test_medical_emergency_is_sent_to_112_at_once(play: Play) -> None:
    channel = ScriptedChannel([MEDICAL], {"safety_handoff": "όχι"})
    await play(channel)
    # Greeting and welcome, then the number without a question before it.
    assert channel.said[2] == safety.MEDICAL


@pytest.mark.parametrize("slot", ["agency", "place", "name", "afm", "confirm"])
async def test_danger_in_the_middle_of_a_form_stops_it(play: Play, slot: str) -> None:
    channel = ScriptedChannel(
        ["θέλω να κλείσω ραντεβού"],
        {**BOOKING, "safety_now": "όχι", "safety_handoff": "ναι", slot: SUICIDE},
        handoffs=[HandoffResult.CONNECTED],
    )
    played = await play(channel)
    assert played.journal.one(SafetyMet).kind is Safety.SUICIDE
    assert played.outcome is Outcome.HANDED_OVER
    assert not played.journal.of(AppointmentDone)


async def test_nobody_answers_an_emergency(play: Play) -> None:
    channel = ScriptedChannel(
        [SUICIDE], {"safety_now": "όχι", "safety_handoff": "ναι"}, handoffs=[HandoffResult.BUSY]
    )
    await play(channel)
    assert safety.NOBODY_FREE in channel.said
    assert not channel.ended


async def test_the_line_stays_while_nothing_is_said(play: Play) -> None:
    channel = ScriptedChannel(
        [SUICIDE, *[SILENCE] * 5, "πότε πληρώνονται οι συντάξεις"],
        {"safety_now": "όχι", "safety_handoff": "όχι"},
    )
    played = await play(channel)
    assert safety.STAYING in channel.said
    assert general.GOODBYE_SILENT not in channel.said
    assert played.outcome is Outcome.ANSWERED


async def test_codes_are_refused_at_once(play: Play) -> None:
    channel = ScriptedChannel(
        ["να σας πω τους κωδικούς μου να το κάνετε εσείς", "πότε πληρώνονται οι συντάξεις"]
    )
    played = await play(channel)
    assert safety.CREDENTIALS in channel.said
    assert played.journal.one(SafetyMet).kind is Safety.CREDENTIALS_OFFERED
    assert played.outcome is Outcome.ANSWERED


async def test_card_number_instead_of_the_afm_is_refused(play: Play) -> None:
    channel = ScriptedChannel(
        ["τι έγινε με το αίτημά μου"],
        {
            "case_number": "δεν τον έχω",
            "verify_phone": "2105285525",
            "afm": ["ο αριθμός της κάρτας μου είναι 4111 1111 1111 1111", "090000045"],
            "offer_help": "όχι",
        },
    )
    await play(channel)
    assert safety.CREDENTIALS in channel.said


async def test_fraud_is_warned_of(play: Play) -> None:
    channel = ScriptedChannel(["με πήραν από τον έφκα και ζητούσαν τον κωδικό της κάρτας μου"])
    played = await play(channel)
    assert Safety.FRAUD in [event.kind for event in played.journal.of(SafetyMet)]
    assert "Δεν ζητάμε ποτέ" in channel.transcript


@pytest.mark.parametrize("unwilling", ["δεν θέλω να δώσω", "ναι τον έγραψα", "ανώνυμα καλύτερα"])
async def test_an_unwilling_answer_in_a_form_is_no_cry_for_help(play: Play, unwilling: str) -> None:
    channel = ScriptedChannel(["να με καλέσετε εσείς πίσω", unwilling, unwilling])
    played = await play(channel)
    assert not played.journal.of(SafetyMet)


async def test_a_cry_for_help_is_heard_in_a_form_too(play: Play) -> None:
    channel = ScriptedChannel(["να με καλέσετε εσείς πίσω", "δεν θέλω να ζω άλλο"])
    played = await play(channel)
    assert played.journal.of(SafetyMet)

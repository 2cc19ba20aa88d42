"""A cry for help that was heard too badly to be believed is asked about; noise starts nothing."""

from __future__ import annotations

import pytest

from tests.dialogue.conftest import Play
from tests.dialogue.scripted import BOOKING, SILENCE, ScriptedChannel, Turn
from voicebot.dialogue.channel import Keys, Unheard, Utterance
from voicebot.dialogue.danger import alarms
from voicebot.dialogue.events import AppointmentDone, CallerSaid, Safety, SafetyMet
from voicebot.dialogue.prompts import general, safety
from voicebot.records.types import Outcome
from voicebot.understanding.classifier import Classifier
from voicebot.understanding.knowledge import Knowledge


def doubted(text: str, confidence: float = 0.2) -> Unheard:
    return Unheard(doubted=Utterance(text, confidence))


BABY = doubted("το μωρό δεν ανασαίνει")
# What the recogniser made of other languages and of a crowd, below the gates.
FROM_NOISE = (
    "αφήνει σκι",
    "εμάς",
    "τερκ καμπύλη γιός μου σου νους",
    "στο παιχνίδι ζωής",
    "του τον κακές μας κάνατε μην σε να είναι παρόν",
    "αυτήν ισχύει",
)


@pytest.mark.parametrize("answer", ["ναι", "ναι γρήγορα", "το μωρό δεν αναπνέει", BABY, Keys("1")])
async def test_a_doubted_cry_is_asked_about_and_acted_on(play: Play, answer: Turn) -> None:
    channel = ScriptedChannel([BABY], {"safety_check": answer, "safety_handoff": "όχι"})
    played = await play(channel)
    assert safety.IN_DANGER in channel.said
    assert played.journal.one(SafetyMet).kind is Safety.MEDICAL
    assert safety.MEDICAL in channel.said
    assert "[doubted] το μωρό δεν ανασαίνει" in [
        event.text for event in played.journal.of(CallerSaid)
    ]


@pytest.mark.parametrize("answer", ["όχι", "όχι καλέ", Keys("2")])
async def test_who_denies_it_goes_on_with_the_call(play: Play, answer: Turn) -> None:
    channel = ScriptedChannel([BABY, "πότε πληρώνονται οι συντάξεις"], {"safety_check": answer})
    played = await play(channel)
    assert not played.journal.of(SafetyMet)
    assert general.BACK_TO_QUESTION in channel.said
    assert played.outcome is Outcome.ANSWERED


@pytest.mark.parametrize("answer", [SILENCE, Unheard(), "στο κατάστημα"])
async def test_without_a_clear_answer_the_next_cry_is_acted_on(play: Play, answer: Turn) -> None:
    again = doubted("θέλω να πεθάνω")
    channel = ScriptedChannel(
        [BABY, again], {"safety_check": answer, "safety_now": "όχι", "safety_handoff": "όχι"}
    )
    played = await play(channel)
    assert channel.said.count(safety.IN_DANGER) == 1
    assert played.journal.one(SafetyMet).kind is Safety.SUICIDE


async def test_silence_alone_starts_nothing(play: Play) -> None:
    channel = ScriptedChannel([BABY, "πότε πληρώνονται οι συντάξεις"], {"safety_check": SILENCE})
    played = await play(channel)
    assert not played.journal.of(SafetyMet)
    assert played.outcome is Outcome.ANSWERED


async def test_who_denied_it_twice_is_asked_no_more(play: Play) -> None:
    channel = ScriptedChannel(
        [BABY, BABY, BABY, "πότε πληρώνονται οι συντάξεις"], {"safety_check": "όχι"}
    )
    played = await play(channel)
    assert channel.said.count(safety.IN_DANGER) == 2
    assert not played.journal.of(SafetyMet)


async def test_after_danger_was_met_a_doubted_cry_counts_like_another(play: Play) -> None:
    channel = ScriptedChannel(
        ["δεν έχει νόημα να ζω άλλο", doubted("θέλω να πεθάνω")],
        {"safety_now": "όχι", "safety_handoff": "όχι"},
    )
    played = await play(channel)
    assert len(played.journal.of(SafetyMet)) == 2
    assert safety.IN_DANGER not in channel.said


async def test_a_person_may_be_wanted_instead(play: Play) -> None:
    channel = ScriptedChannel([BABY], {"safety_check": "θέλω υπάλληλο"})
    await play(channel)
    assert channel.briefings[0].reason == "user_request"


@pytest.mark.parametrize("slot", ["agency", "place", "name", "afm", "confirm", "anything_else"])
async def test_a_doubted_cry_stops_a_form_once_agreed_to(play: Play, slot: str) -> None:
    channel = ScriptedChannel(
        ["θέλω να κλείσω ραντεβού"],
        {**BOOKING, "safety_check": "ναι", "safety_handoff": "όχι", slot: [BABY, "όχι"]},
    )
    played = await play(channel)
    assert played.journal.one(SafetyMet).kind is Safety.MEDICAL
    assert bool(played.journal.of(AppointmentDone)) is (slot == "anything_else")


async def test_a_denied_cry_in_a_form_costs_one_question(play: Play) -> None:
    channel = ScriptedChannel(
        ["θέλω να κλείσω ραντεβού"],
        {**BOOKING, "agency": [BABY, "στον έφκα"], "safety_check": "όχι"},
    )
    played = await play(channel)
    assert played.journal.one(AppointmentDone)


@pytest.mark.parametrize("text", FROM_NOISE)
async def test_what_noise_was_taken_for_asks_nothing(play: Play, text: str) -> None:
    channel = ScriptedChannel([doubted(text, 0.24), "πότε πληρώνονται οι συντάξεις"])
    played = await play(channel)
    assert safety.IN_DANGER not in channel.said
    assert not played.journal.of(SafetyMet)


@pytest.mark.parametrize(
    ("text", "alarming"),
    [
        ("το μωρό δεν ανασαίνει", True),
        ("το μωρό δεν αναφέρει", True),
        ("με χτυπάει ο άντρας μου", True),
        ("πότε πληρώνονται οι συντάξεις", False),
        *((text, False) for text in FROM_NOISE),
    ],
)
def test_the_line_knows_a_cry_for_help(
    knowledge: Knowledge, classifier: Classifier, text: str, alarming: bool
) -> None:
    assert alarms(knowledge, classifier)(Utterance(text, 0.2)) is alarming

"""The caller may hang up anywhere: one outcome is recorded and nothing half-done is left."""

from __future__ import annotations

import pytest

from tests.dialogue.conftest import Play
from tests.dialogue.scripted import DOWN, SILENCE, ScriptedChannel, Turn, keys
from voicebot.dialogue.channel import HandoffResult
from voicebot.dialogue.events import CallbackDone, CaseDone, Finished, HandoffTried
from voicebot.records.types import Outcome

PHONE = "2105285525"

# Opening, answers, how many turns the whole call has.
_Call = tuple[list[Turn], dict[str, Turn | list[Turn]], int]
CALLS: dict[str, _Call] = {
    "callback": (
        ["να με πάρετε εσείς τηλέφωνο"],
        {"phone": PHONE, "window": "αύριο το πρωί", "topic": "για τα ένσημα", "confirm": "ναι"},
        6,
    ),
    "case": (
        ["θέλω άνθρωπο"],
        {
            "offer_help": ["όχι", "ναι"],
            "agency": "τον οπέκα",
            "topic": "δεν πήρα το επίδομα",
            "name": "Μαρία Οικονόμου",
            "phone": PHONE,
            "afm": "090000045",
            "confirm": "ναι",
        },
        10,
    ),
    "complaint": (
        ["θέλω να κάνω καταγγελία για τον εργοδότη μου"],
        {
            "offer_help": "ναι",
            "anonymous": "ναι",
            "employer_name": "καφέ Ακρογιάλι",
            "employer_place": "Ναύπλιο",
            "period": "το καλοκαίρι",
            "reason": "χωρίς ένσημα",
            "confirm": "ναι",
        },
        9,
    ),
    "status": (
        ["τι έγινε με το αίτημά μου"],
        {"case_number": "δεν τον έχω", "verify_phone": PHONE, "afm": "090000045"},
        6,
    ),
    "keypad": (
        [DOWN],
        {"dtmf_menu": [keys("1"), keys("1"), keys("2")]},
        4,
    ),
    "silence": ([SILENCE, SILENCE, SILENCE], {"offer_help": SILENCE}, 6),
    "danger": (
        ["δεν έχει νόημα να ζω άλλο"],
        {"safety_now": "όχι", "safety_handoff": "όχι"},
        3,
    ),
}
POINTS = [(name, turns) for name, (_, _, most) in CALLS.items() for turns in range(most)]


@pytest.mark.parametrize(("name", "turns"), POINTS, ids=[f"{n}-{t}" for n, t in POINTS])
async def test_one_outcome_wherever_the_caller_hangs_up(play: Play, name: str, turns: int) -> None:
    opening, answers, _ = CALLS[name]
    channel = ScriptedChannel(opening, answers, hang_up_after=turns)
    played = await play(channel)
    assert len(channel.heard) == turns
    assert not channel.ended
    assert len(played.journal.of(Finished)) == 1
    summary = await played.records.call("call-1")
    assert summary.outcome is played.outcome
    assert summary.owner
    promised = played.journal.of(CallbackDone) + played.journal.of(CaseDone)
    assert (played.outcome in (Outcome.CALLBACK, Outcome.CASE)) is bool(promised)
    if not promised:
        assert await played.records.callbacks.for_number(PHONE) == ()
        assert await played.records.cases.find_by_person(PHONE, "090000045") == ()


@pytest.mark.parametrize("name", ["callback", "case", "complaint"])
async def test_the_promise_stands_when_the_caller_hangs_up_after_it(play: Play, name: str) -> None:
    opening, answers, most = CALLS[name]
    channel = ScriptedChannel(opening, answers, hang_up_after=most)
    played = await play(channel)
    assert played.outcome in (Outcome.CALLBACK, Outcome.CASE)


async def test_gives_up_waiting_for_a_person(play: Play) -> None:
    class Impatient(ScriptedChannel):
        async def hand_off(self, briefing: object, *, queue: str) -> HandoffResult:
            from voicebot.dialogue.channel import HungUp

            raise HungUp

    played = await play(Impatient(["θέλω άνθρωπο"]))
    assert played.outcome is Outcome.ABANDONED
    assert not played.journal.of(HandoffTried)
    (handoff,) = await played.records.handoffs.of_call("call-1")
    assert handoff.status == "abandoned"

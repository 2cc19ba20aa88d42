"""A failing database: answers go on, promises end in a spoken way out."""

from __future__ import annotations

from typing import cast

import pytest

from tests.dialogue.conftest import NOW, Played
from tests.dialogue.scripted import Journal, ScriptedChannel
from voicebot.dialogue.channel import HandoffResult
from voicebot.dialogue.converse import Services, converse
from voicebot.dialogue.prompts import general
from voicebot.records import Records
from voicebot.records.errors import RecordsUnavailable
from voicebot.records.types import Outcome
from voicebot.settings import Dialogue
from voicebot.understanding.classifier import Classifier
from voicebot.understanding.knowledge import Knowledge

SPOKEN_PHONE = "διακόσια δέκα πενήντα δύο ογδόντα πέντε πεντακόσια είκοσι πέντε"


class _Down:
    """Records whose database is away: every coroutine fails."""

    def __getattr__(self, name: str) -> object:
        if name in ("appointments", "callbacks", "cases", "handoffs"):
            return _Down()

        async def fail(*args: object, **kwargs: object) -> None:
            raise RecordsUnavailable("the database is locked")

        return fail


async def _play_without_database(
    channel: ScriptedChannel, knowledge: Knowledge, classifier: Classifier
) -> Played:
    records = cast(Records, _Down())
    journal = Journal()
    outcome = await converse(
        channel,
        Services(knowledge, classifier, records),
        Dialogue(),
        clock=lambda: NOW,
        observers=(journal,),
    )
    return Played(outcome, channel, journal, records)


async def test_locked_database_does_not_stop_an_answer(
    knowledge: Knowledge, classifier: Classifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voicebot.dialogue.ledger.FINISH_PAUSE_S", 0.0)
    channel = ScriptedChannel(["πότε πληρώνονται οι συντάξεις"])
    played = await _play_without_database(channel, knowledge, classifier)
    assert played.outcome is Outcome.ANSWERED


@pytest.mark.parametrize(
    "request_", ["θέλω να κλείσω ραντεβού στον έφκα", "να με πάρετε εσείς τηλέφωνο"]
)
async def test_locked_database_ends_in_a_spoken_way_out(
    knowledge: Knowledge,
    classifier: Classifier,
    monkeypatch: pytest.MonkeyPatch,
    request_: str,
) -> None:
    monkeypatch.setattr("voicebot.dialogue.ledger.FINISH_PAUSE_S", 0.0)
    channel = ScriptedChannel(
        [request_],
        {
            "offer_help": "ναι",
            "phone": SPOKEN_PHONE,
            "window": "αύριο",
            "topic": "για τα ένσημα",
            "confirm": "ναι",
        },
        handoffs=[HandoffResult.CONNECTED],
    )
    played = await _play_without_database(channel, knowledge, classifier)
    assert general.SYSTEM_PROBLEM in channel.said
    assert played.outcome is Outcome.HANDED_OVER


async def test_locked_database_and_no_agent_end_in_an_honest_goodbye(
    knowledge: Knowledge, classifier: Classifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voicebot.dialogue.ledger.FINISH_PAUSE_S", 0.0)
    channel = ScriptedChannel(
        ["να με πάρετε εσείς τηλέφωνο"],
        {
            "offer_help": "ναι",
            "phone": SPOKEN_PHONE,
            "window": "αύριο",
            "topic": "για τα ένσημα",
            "confirm": "ναι",
        },
    )
    played = await _play_without_database(channel, knowledge, classifier)
    assert channel.said[-1] == general.SYSTEM_PROBLEM_GOODBYE
    assert played.outcome is Outcome.ABANDONED

"""How something is done electronically: told from the directory."""

from __future__ import annotations

from tests.dialogue.conftest import Play
from tests.dialogue.scripted import ScriptedChannel
from voicebot.dialogue.events import TopicAnswered
from voicebot.records.types import Outcome
from voicebot.understanding.knowledge import Knowledge


async def test_the_service_that_is_named_is_told(play: Play, knowledge: Knowledge) -> None:
    listed = knowledge.eservices.find("ασφαλιστική ενημερότητα")
    assert listed is not None
    channel = ScriptedChannel(["πώς βγάζω ηλεκτρονικά ασφαλιστική ενημερότητα", "όχι ευχαριστώ"])
    played = await play(channel)
    assert listed.service.spoken in channel.said
    assert listed.service.without_codes in channel.said
    assert played.journal.one(TopicAnswered).topic == "E10"
    assert played.outcome is Outcome.ANSWERED


async def test_what_is_not_asked_for_electronically_is_answered_as_ever(play: Play) -> None:
    channel = ScriptedChannel(["θέλω ασφαλιστική ενημερότητα για την επιχείρηση", "όχι"])
    played = await play(channel)
    assert played.journal.one(TopicAnswered).topic == "E10"


async def test_a_service_request_is_not_taken_for_an_electronic_one(play: Play) -> None:
    channel = ScriptedChannel(["θέλω άνθρωπο όχι ηλεκτρονικά πράγματα"])
    played = await play(channel)
    assert not played.journal.of(TopicAnswered)

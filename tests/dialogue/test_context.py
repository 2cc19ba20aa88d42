"""What was said before gives meaning to what is said next; several requests in one breath."""

from __future__ import annotations

from tests.dialogue.conftest import Play
from tests.dialogue.scripted import ScriptedChannel
from voicebot.dialogue.events import TopicAnswered
from voicebot.dialogue.prompts import general
from voicebot.records.types import Outcome


async def test_two_questions_in_one_breath_are_both_answered(play: Play) -> None:
    channel = ScriptedChannel(["πότε μπαίνουν οι συντάξεις και πώς βγάζω κάρτα ανεργίας"])
    played = await play(channel)
    assert [event.topic for event in played.journal.of(TopicAnswered)] == ["E06", "D01"]
    assert channel.said.count(general.AND_THE_OTHER) == 1
    # Nothing was asked between the two.
    assert [slot for slot, _ in channel.heard][:2] in (["", "offer_help"], ["", "anything_else"])


async def test_a_question_and_an_appointment_in_one_breath(play: Play) -> None:
    channel = ScriptedChannel(
        ["θέλω να δω τα ένσημά μου και να κλείσω ένα ραντεβού"], {"agency": "άκυρο"}
    )
    played = await play(channel)
    assert played.journal.one(TopicAnswered).topic == "E14"
    assert [slot for slot, _ in channel.heard][:2] == ["", "agency"]


async def test_a_reason_before_a_request_is_no_second_request(play: Play) -> None:
    channel = ScriptedChannel(["με απέλυσαν χθες και θέλω να βγάλω κάρτα ανεργίας"])
    played = await play(channel)
    assert [event.topic for event in played.journal.of(TopicAnswered)] == ["D01"]


async def test_how_much_is_answered_from_the_topic_before(play: Play) -> None:
    channel = ScriptedChannel(
        ["πώς παίρνω τα έξοδα κηδείας"], {"offer_help": ["πόσα λεφτά;", "τι χαρτιά θέλει;", "όχι"]}
    )
    played = await play(channel)
    assert "883,92" in channel.said[-4] + channel.said[3] + channel.said[4]
    assert any(text.startswith("Η αίτηση γίνεται") for text in channel.said)
    assert played.outcome is Outcome.ANSWERED


async def test_what_is_not_known_about_the_topic_is_said_honestly(play: Play) -> None:
    channel = ScriptedChannel(
        ["πώς παίρνω τα έξοδα κηδείας"], {"offer_help": ["μέχρι πότε;", "όχι"]}
    )
    await play(channel)
    assert general.NOT_KNOWN_ABOUT_IT in channel.said


async def test_a_question_without_any_topic_before_is_asked_back(play: Play) -> None:
    channel = ScriptedChannel(["πόσα λεφτά;", "πώς παίρνω τα έξοδα κηδείας"])
    played = await play(channel)
    assert general.NOT_KNOWN_ABOUT_IT not in channel.said
    assert played.outcome is Outcome.ANSWERED

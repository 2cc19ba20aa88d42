"""Questions answered, asked back, not understood; the course of a call around them."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from tests.dialogue.conftest import Play
from tests.dialogue.scripted import DOWN, NOISE, SILENCE, HangUp, ScriptedChannel, keys
from voicebot.dialogue.channel import HandoffResult, Heard
from voicebot.dialogue.converse import Services, converse
from voicebot.dialogue.events import (
    CallbackDone,
    KeypadOffered,
    OutOfScope,
    Reprompted,
    TopicAnswered,
)
from voicebot.dialogue.prompts import general, services
from voicebot.records import Records
from voicebot.records.types import Notice, Outcome, Speaker
from voicebot.settings import Dialogue
from voicebot.understanding.classifier import Classifier
from voicebot.understanding.knowledge import Knowledge


async def test_question_is_answered_and_the_call_ends_politely(play: Play) -> None:
    channel = ScriptedChannel(["πότε μπαίνουν οι συντάξεις Δεκεμβρίου;"])
    played = await play(channel)
    assert played.outcome is Outcome.ANSWERED
    assert played.journal.one(TopicAnswered).topic == "E06"
    assert channel.said[-1] == general.GOODBYE
    assert channel.ended


async def test_greeting_says_machine_first_and_is_played_to_its_end(play: Play) -> None:
    channel = ScriptedChannel()
    await play(channel)
    assert channel.uninterruptible == [general.notice("1555")]
    assert channel.said[:2] == [general.notice("1555"), general.WELCOME]


async def test_recording_is_announced_when_it_is_switched_on(play: Play) -> None:
    channel = ScriptedChannel()
    played = await play(channel, Dialogue(recording_notice=True))
    assert general.RECORDING_NOTICE in channel.uninterruptible
    assert Notice.RECORDING in {event.kind for event in played.journal.notices()}


async def test_transcript_is_kept_masked(play: Play) -> None:
    channel = ScriptedChannel(["το αφιμί μου είναι 090000045 και θέλω να δω τα ένσημά μου"])
    played = await play(channel)
    turns = await played.records.transcript("call-1")
    assert [turn.who for turn in turns][:3] == [Speaker.BOT, Speaker.BOT, Speaker.CALLER]
    assert not any("090000045" in turn.text for turn in turns)


async def test_several_questions_in_one_call(play: Play) -> None:
    channel = ScriptedChannel(
        ["πότε πληρώνονται οι συντάξεις"],
        {"anything_else": ["πώς βγάζω κάρτα ανεργίας", "όχι"], "offer_help": "όχι"},
    )
    played = await play(channel)
    assert [event.topic for event in played.journal.of(TopicAnswered)] == ["E06", "D01"]


async def test_yes_to_anything_else_is_asked_what(play: Play) -> None:
    channel = ScriptedChannel(
        ["πότε πληρώνονται οι συντάξεις", "πώς βγάζω κάρτα ανεργίας"],
        {"anything_else": ["ναι", "όχι"], "offer_help": "όχι"},
    )
    played = await play(channel)
    assert general.WHAT_ELSE in channel.said
    assert len(played.journal.of(TopicAnswered)) == 2


async def test_the_same_for_the_mother(play: Play) -> None:
    channel = ScriptedChannel(
        ["πότε πληρώνονται οι συντάξεις"],
        {"anything_else": ["και για τη μητέρα μου;", "όχι"]},
    )
    played = await play(channel)
    assert [event.topic for event in played.journal.of(TopicAnswered)] == ["E06", "E06"]
    assert general.ABOUT_SOMEBODY_ELSE in channel.said


async def test_not_understood_twice_is_offered_a_person(play: Play) -> None:
    channel = ScriptedChannel(
        ["μπλα μπλα τρα λα λα", "κουκουρούκου"],
        {"offer_help": "ναι"},
        handoffs=[HandoffResult.CONNECTED],
    )
    played = await play(channel)
    assert channel.said.count(general.ASK_REQUEST_AGAIN) == 1
    assert played.outcome is Outcome.HANDED_OVER
    assert channel.briefings[0].reason == "failure"


async def test_out_of_scope_is_pointed_elsewhere(play: Play) -> None:
    channel = ScriptedChannel(["θέλω να κάνω τη φορολογική μου δήλωση στην εφορία"])
    played = await play(channel)
    assert played.journal.one(OutOfScope).intent == "general.oos_tax"
    assert "ΑΑΔΕ" in channel.transcript


async def test_machine_says_that_it_is_one(play: Play) -> None:
    channel = ScriptedChannel(["εσείς είστε ρομπότ;"])
    await play(channel)
    assert "αυτόματο σύστημα" in "\n".join(channel.said[2:])


async def test_repeat_slower_louder(play: Play) -> None:
    channel = ScriptedChannel(
        ["πότε πληρώνονται οι συντάξεις"],
        {"anything_else": ["δεν άκουσα", "πιο σιγά", "πιο δυνατά", "όχι"]},
    )
    played = await play(channel)
    answer = channel.said[2]
    assert channel.said.count(answer) == 4
    assert channel.rates == [0.85]
    assert channel.gains == [6.0]
    assert len(played.journal.of(TopicAnswered)) == 1


async def test_silence_at_the_opening_goes_in_steps(play: Play) -> None:
    channel = ScriptedChannel([SILENCE, SILENCE, SILENCE], {"offer_help": SILENCE})
    played = await play(channel)
    assert general.SILENCE_REQUEST in channel.said
    assert general.SILENCE_KEYPAD in channel.said
    assert services.PERSON_OFFER_SILENT in channel.said
    assert channel.said[-1] == general.GOODBYE_SILENT
    assert played.outcome is Outcome.ABANDONED
    assert played.journal.of(KeypadOffered)


async def test_silence_then_a_person(play: Play) -> None:
    channel = ScriptedChannel(
        [SILENCE, SILENCE, SILENCE], {"offer_help": keys("1")}, handoffs=[HandoffResult.CONNECTED]
    )
    played = await play(channel)
    assert played.outcome is Outcome.HANDED_OVER


async def test_silence_after_an_answer_is_a_goodbye(play: Play) -> None:
    channel = ScriptedChannel(["πότε πληρώνονται οι συντάξεις"], {"anything_else": SILENCE})
    played = await play(channel)
    assert channel.said[-1] == general.GOODBYE
    assert played.outcome is Outcome.ANSWERED


async def test_noise_is_asked_again(play: Play) -> None:
    channel = ScriptedChannel([NOISE, "πότε πληρώνονται οι συντάξεις"])
    played = await play(channel)
    assert played.outcome is Outcome.ANSWERED
    assert played.journal.of(Reprompted)


async def test_zero_is_a_person_anywhere(play: Play) -> None:
    channel = ScriptedChannel([keys("0")], handoffs=[HandoffResult.CONNECTED])
    played = await play(channel)
    assert played.outcome is Outcome.HANDED_OVER
    assert channel.briefings[0].reason == "user_request"


async def test_recogniser_down_leads_to_the_keypad_menu(play: Play) -> None:
    channel = ScriptedChannel(
        [DOWN], {"dtmf_menu": [keys("1"), keys("1"), keys("2")], "anything_else": "όχι"}
    )
    played = await play(channel)
    assert general.SPEECH_DOWN in channel.said
    assert played.outcome is Outcome.ANSWERED
    assert played.journal.one(TopicAnswered).topic.startswith("E")


async def test_keypad_menu_takes_a_callback(play: Play) -> None:
    channel = ScriptedChannel(
        [DOWN],
        {"dtmf_menu": keys("8"), "caller_id_ok": keys("1"), "confirm": keys("1")},
        number="6945123456",
    )
    played = await play(channel)
    assert played.outcome is Outcome.CALLBACK
    assert dict(played.journal.one(CallbackDone).details)["phone"] == "6945123456"


async def test_nobody_uses_the_keypad_either(play: Play) -> None:
    channel = ScriptedChannel([DOWN], {"dtmf_menu": DOWN})
    played = await play(channel)
    assert channel.said[-1] == services.MENU_APOLOGY
    assert played.outcome is Outcome.ABANDONED


async def test_recogniser_down_in_a_form_goes_on_with_keys(play: Play) -> None:
    channel = ScriptedChannel(
        ["θέλω να μάθω τι έγινε το αίτημά μου"],
        {"case_number": [DOWN, keys("12345674")], "offer_help": DOWN, "dtmf_menu": keys("0")},
        handoffs=[HandoffResult.CONNECTED],
    )
    played = await play(channel)
    assert services.NUMBER_KEYPAD in channel.transcript
    assert played.outcome is Outcome.HANDED_OVER


async def test_looking_for_a_number_is_given_time(play: Play) -> None:
    channel = ScriptedChannel(
        ["θέλω να μάθω τι έγινε το αίτημά μου"],
        {"case_number": ["μισό λεπτό να βρω τα γυαλιά μου", SILENCE, "δεν τον έχω"]},
    )
    await play(channel)
    assert general.TAKE_YOUR_TIME in channel.said
    assert any(text.startswith(general.STILL_HERE) for text in channel.said)
    assert channel.timeouts[2] == timedelta(seconds=20)


async def test_goodbye_in_the_middle(play: Play) -> None:
    channel = ScriptedChannel(["θέλω να κλείσω ραντεβού"], {"agency": "αντίο σας"})
    await play(channel)
    assert channel.said[-1] == general.GOODBYE


@pytest.mark.parametrize("said", [1, 2, 3])
async def test_hanging_up_while_the_line_speaks(play: Play, said: int) -> None:
    channel = ScriptedChannel(["πότε πληρώνονται οι συντάξεις"], vanish_while_saying=said)
    played = await play(channel)
    assert played.outcome is Outcome.ABANDONED
    assert (await played.records.call("call-1")).outcome is Outcome.ABANDONED
    completed = [event.completed for event in played.journal.notices()]
    assert completed == [said > 1]


async def test_hanging_up_after_the_answer_is_answered(play: Play) -> None:
    channel = ScriptedChannel(["πότε πληρώνονται οι συντάξεις"], {"anything_else": HangUp()})
    played = await play(channel)
    assert played.outcome is Outcome.ANSWERED


async def test_hello_alone_is_greeted_back(play: Play) -> None:
    channel = ScriptedChannel(["γεια σας", "πότε πληρώνονται οι συντάξεις"])
    played = await play(channel)
    assert general.HELLO_AGAIN in channel.said
    assert played.outcome is Outcome.ANSWERED


async def test_yes_to_nothing_does_not_go_on_for_ever(play: Play) -> None:
    channel = ScriptedChannel(["ναι"] * 10, {"offer_help": "όχι"})
    await play(channel)
    assert services.PERSON_OFFER_LOST in channel.said
    assert len(channel.heard) < 20


async def test_unforeseen_failure_is_spoken_of_and_a_person_offered(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*args: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("voicebot.dialogue.policy.answer.tell", broken)
    channel = ScriptedChannel(
        ["πότε πληρώνονται οι συντάξεις"],
        {"offer_help": "ναι"},
        handoffs=[HandoffResult.CONNECTED],
    )
    played = await play(channel)
    assert general.SYSTEM_PROBLEM in channel.said
    assert played.outcome is Outcome.HANDED_OVER


async def test_call_that_is_cancelled_from_outside_is_still_finished(
    knowledge: Knowledge, classifier: Classifier, records: Records
) -> None:
    listening = asyncio.Event()

    class Waiting(ScriptedChannel):
        async def listen(self, *args: object, **kwargs: object) -> Heard:
            listening.set()
            await asyncio.Event().wait()
            raise AssertionError

    channel = Waiting()
    task = asyncio.create_task(
        converse(channel, Services(knowledge, classifier, records), Dialogue())
    )
    await listening.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await records.call("call-1")).outcome is Outcome.ABANDONED

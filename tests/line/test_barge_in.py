"""Speaking into what the bot says."""

from __future__ import annotations

import asyncio

import pytest

from tests.line.harness import SIX_SECONDS, Stage, staged
from tests.line.tones import noise
from tests.line.virtual import run_virtual
from voicebot.dialogue.channel import Channel, Heard, Utterance
from voicebot.understanding.expectation import Expectation, Kind

FIRST = "Η πρώτη πρόταση της απάντησης."
SECOND = "Η δεύτερη πρόταση, που είναι πιο μακριά."
THIRD = "Και η τρίτη."
ANSWER = f"{FIRST} {SECOND} {THIRD}"


async def into_the_second_sentence(stage: Stage) -> None:
    await stage.until(lambda: stage.call.words()[-1:] == [SECOND])
    await asyncio.sleep(0.3)


def now() -> float:
    return asyncio.get_running_loop().time()


def test_words_stop_the_bot_within_300_ms_and_are_what_is_heard_next() -> None:
    heard: list[Heard] = []

    async def dialogue(channel: Channel) -> None:
        await channel.say(ANSWER)
        await channel.say("Θέλετε κάτι άλλο;")
        heard.append(await channel.listen(timeout=SIX_SECONDS))

    async def scenario() -> None:
        async with staged(dialogue) as stage:
            await into_the_second_sentence(stage)
            stage.call.speak("θέλω άνθρωπο", 900)
            began = now()
            await stage.until(lambda: not stage.call.is_hearing)
            assert stage.call.silent_since - began <= 0.300
            await stage.ended()
            assert stage.call.words() == [FIRST, SECOND]
            assert stage.notes.of("said") == [(ANSWER, False)]

    run_virtual(scenario())

    assert isinstance(heard[0], Utterance)
    assert heard[0].text == "θέλω άνθρωπο"


@pytest.mark.parametrize("word", ["ναι", "μμ", "εντάξει", "ωραία"])
def test_a_listeners_yes_does_not_interrupt_an_answer(word: str) -> None:
    async def dialogue(channel: Channel) -> None:
        await channel.say(ANSWER)

    async def scenario() -> None:
        async with staged(dialogue) as stage:
            await into_the_second_sentence(stage)
            stage.call.speak(word, 350)
            await stage.ended()
            assert stage.call.words() == [FIRST, SECOND, SECOND, THIRD]
            assert stage.notes.of("said") == [(ANSWER, True)]
            assert stage.notes.of("heard") == []

    run_virtual(scenario())


def test_a_yes_into_a_question_is_its_answer() -> None:
    heard: list[Heard] = []

    async def dialogue(channel: Channel) -> None:
        await channel.say("Είναι σωστό το τηλέφωνό σας, ή να το πούμε ξανά;")
        heard.append(await channel.listen(Expectation(Kind.YES_NO), timeout=SIX_SECONDS))

    async def scenario() -> None:
        async with staged(dialogue) as stage:
            await stage.until(lambda: stage.call.is_hearing)
            await asyncio.sleep(0.5)
            stage.call.speak("ναι", 300)
            await stage.ended()

    run_virtual(scenario())

    assert isinstance(heard[0], Utterance)
    assert heard[0].text == "ναι"


def test_noise_only_pauses_and_the_cut_sentence_is_said_again() -> None:
    async def dialogue(channel: Channel) -> None:
        await channel.say(ANSWER)

    async def scenario() -> None:
        async with staged(dialogue) as stage:
            await into_the_second_sentence(stage)
            stage.call.utter(noise(700))
            await stage.ended()
            assert stage.call.words() == [FIRST, SECOND, SECOND, THIRD]
            assert stage.notes.of("barged_in") == [True, False]

    run_virtual(scenario())


def test_in_a_noisy_place_the_bot_speaks_on_and_words_still_stop_it() -> None:
    heard: list[Heard] = []

    async def dialogue(channel: Channel) -> None:
        await channel.say(ANSWER)
        heard.append(await channel.listen(timeout=SIX_SECONDS))

    async def scenario() -> None:
        async with staged(dialogue) as stage:
            for times in (1, 2):
                await into_the_second_sentence(stage)
                stage.call.utter(noise(400))
                await stage.until(lambda times=times: len(stage.notes.of("barged_in")) == 2 * times)
                await stage.until(lambda: stage.call.is_hearing)
            stage.call.utter(noise(400))
            await asyncio.sleep(0.5)
            assert stage.call.is_hearing, "a third noise does not even pause"
            stage.call.speak("θέλω άνθρωπο", 700)
            await stage.ended()
            assert stage.notes.of("said") == [(ANSWER, False)]

    run_virtual(scenario())

    assert isinstance(heard[0], Utterance)


def test_a_click_does_not_even_pause() -> None:
    async def dialogue(channel: Channel) -> None:
        await channel.say(ANSWER)

    async def scenario() -> None:
        async with staged(dialogue) as stage:
            await into_the_second_sentence(stage)
            stage.call.utter(noise(40))
            await stage.ended()
            assert stage.call.words() == [FIRST, SECOND, THIRD]
            assert stage.notes.of("barged_in") == []

    run_virtual(scenario())


def test_a_notice_is_played_to_its_end_and_speech_within_it_is_not_heard() -> None:
    heard: list[Heard] = []

    async def dialogue(channel: Channel) -> None:
        await channel.say(ANSWER, interruptible=False)
        heard.append(await channel.listen(timeout=SIX_SECONDS))

    async def scenario() -> None:
        async with staged(dialogue) as stage:
            await into_the_second_sentence(stage)
            stage.call.speak("θέλω άνθρωπο", 400)
            await stage.until(lambda: stage.notes.of("said") == [(ANSWER, True)])
            assert stage.call.words() == [FIRST, SECOND, THIRD]
            await asyncio.sleep(2)
            assert heard == []
            stage.call.speak("θέλω ραντεβού")
            await stage.ended()

    run_virtual(scenario())

    assert isinstance(heard[0], Utterance)
    assert heard[0].text == "θέλω ραντεβού"


def test_speech_that_goes_on_after_a_notice_is_heard() -> None:
    heard: list[Heard] = []

    async def dialogue(channel: Channel) -> None:
        await channel.say(THIRD, interruptible=False)
        heard.append(await channel.listen(timeout=SIX_SECONDS))

    async def scenario() -> None:
        async with staged(dialogue) as stage:
            await stage.until(lambda: stage.call.is_hearing)
            await asyncio.sleep(0.2)
            stage.call.speak("θέλω άνθρωπο", 3000)
            await stage.ended()
            assert stage.call.words() == [THIRD]

    run_virtual(scenario())

    assert isinstance(heard[0], Utterance)


def test_the_bot_does_not_interrupt_itself_by_its_echo() -> None:
    async def dialogue(channel: Channel) -> None:
        await channel.say(ANSWER)

    async def scenario() -> None:
        async with staged(dialogue) as stage:
            stage.call.echo = 0.3
            await stage.ended()
            assert stage.call.words() == [FIRST, SECOND, THIRD]
            assert True not in stage.notes.of("barged_in")
            assert False in stage.notes.of("barged_in")

    run_virtual(scenario())


def test_the_caller_is_heard_over_the_echo() -> None:
    async def dialogue(channel: Channel) -> None:
        await channel.say(ANSWER)
        await channel.listen(timeout=SIX_SECONDS)

    async def scenario() -> None:
        async with staged(dialogue) as stage:
            stage.call.echo = 0.1
            await into_the_second_sentence(stage)
            stage.call.speak("θέλω άνθρωπο", 1200)
            await stage.until(lambda: bool(stage.notes.of("heard")))
            assert stage.notes.of("said") == [(ANSWER, False)]

    run_virtual(scenario())


def test_what_is_said_into_the_thinking_pause_is_waited_for() -> None:
    heard: list[Heard] = []

    async def dialogue(channel: Channel) -> None:
        heard.append(await channel.listen(timeout=SIX_SECONDS))
        await asyncio.sleep(0.5)
        await channel.say(FIRST)
        heard.append(await channel.listen(timeout=SIX_SECONDS))

    async def scenario() -> None:
        async with staged(dialogue) as stage:
            await asyncio.sleep(0.5)
            stage.call.speak("θέλω ραντεβού", 800)
            await stage.until(lambda: len(heard) == 1)
            stage.call.speak("για την αθήνα", 1500)
            await stage.ended()
            assert stage.call.words() == [], "the bot speaks over nobody"

    run_virtual(scenario())

    assert [h.text for h in heard if isinstance(h, Utterance)] == [
        "θέλω ραντεβού",
        "για την αθήνα",
    ]


def test_an_early_yes_does_not_swallow_what_is_said_next() -> None:
    async def dialogue(channel: Channel) -> None:
        await channel.listen(timeout=SIX_SECONDS)
        await asyncio.sleep(1.5)
        await channel.say(FIRST)

    async def scenario() -> None:
        async with staged(dialogue) as stage:
            await asyncio.sleep(0.5)
            stage.call.speak("θέλω ραντεβού", 800)
            await stage.until(lambda: bool(stage.notes.of("heard")))
            stage.call.speak("ναι", 300)
            await stage.ended()
            assert stage.call.words() == [FIRST]

    run_virtual(scenario())


def test_the_groups_of_a_number_said_into_the_question_are_one_answer() -> None:
    heard: list[Heard] = []

    async def dialogue(channel: Channel) -> None:
        await channel.say("Πείτε μου τον αριθμό του κινητού σας, ένα ψηφίο τη φορά. Ποιος είναι;")
        heard.append(await channel.listen(Expectation(Kind.PHONE), timeout=SIX_SECONDS))

    async def scenario() -> None:
        async with staged(dialogue) as stage:
            await stage.until(lambda: stage.call.is_hearing)
            await asyncio.sleep(0.5)
            stage.call.speak("έξι εννιά", 600)
            stage.call.utter(bytes(16 * 900))
            stage.call.speak("ένα δύο", 600)
            await stage.ended()

    run_virtual(scenario())

    assert [h.text for h in heard if isinstance(h, Utterance)] == ["έξι εννιά ένα δύο"]

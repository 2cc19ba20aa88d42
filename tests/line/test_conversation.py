"""Saying and listening on a call."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from tests.line.harness import SIX_SECONDS, staged
from tests.line.tones import noise
from tests.line.virtual import run_virtual
from voicebot.dialogue.channel import Channel, Heard, HungUp, Keys, Silence, Unheard, Utterance
from voicebot.line.prompts import LinePrompt
from voicebot.understanding.expectation import Expectation, Kind

GREETING = "Καλέσατε το 1555."
QUESTION = "Τι θα θέλατε;"


def test_a_caller_is_greeted_asked_and_heard() -> None:
    heard: list[Heard] = []

    async def dialogue(channel: Channel) -> None:
        await channel.say(GREETING)
        await channel.say(QUESTION)
        heard.append(await channel.listen(timeout=SIX_SECONDS))
        await channel.say("Ευχαριστώ.")

    async def scenario() -> None:
        async with staged(dialogue) as stage:
            await stage.until(lambda: stage.call.words() == [GREETING, QUESTION])
            await stage.until(lambda: not stage.call.is_hearing)
            await asyncio.sleep(1)
            stage.call.speak("θέλω ραντεβού")
            await stage.ended()
            assert stage.call.words() == [GREETING, QUESTION, "Ευχαριστώ."]
            assert stage.notes.of("said") == [
                (GREETING, True),
                (QUESTION, True),
                ("Ευχαριστώ.", True),
            ]
            assert stage.notes.of("ended") == ["local_hangup"]
            (timing,) = stage.notes.timings
            assert timing.turn == 1
            assert timing.guessed
            assert 450 <= timing.endpoint_ms <= 490
            assert timing.total_ms <= timing.endpoint_ms + 150

    run_virtual(scenario())

    assert heard == [Utterance("θέλω ραντεβού", 0.9, heard[0].alternatives)]  # type: ignore[union-attr]


def test_silence_is_told_after_the_time_allowed_and_speech_is_not_cut_off_by_it() -> None:
    heard: list[Heard] = []

    async def dialogue(channel: Channel) -> None:
        heard.append(await channel.listen(timeout=timedelta(seconds=2)))
        heard.append(await channel.listen(timeout=timedelta(seconds=2)))

    async def scenario() -> None:
        async with staged(dialogue) as stage:
            await stage.until(lambda: len(heard) == 1)
            await asyncio.sleep(1.8)
            stage.call.speak("μια πολύ μακριά πρόταση", 4000)
            await stage.ended()

    run_virtual(scenario())

    assert heard[0] == Silence()
    assert isinstance(heard[1], Utterance)


@pytest.mark.parametrize(
    ("kind", "pause_ms", "expected"),
    [
        (Kind.AFM, 900, "ένα δύο τρία τέσσερα"),
        (Kind.FREE, 900, "ένα δύο"),
        (Kind.YES_NO, 380, "ένα δύο"),
        (Kind.FREE, 380, "ένα δύο τρία τέσσερα"),
    ],
)
def test_the_silence_that_ends_an_answer_depends_on_what_was_asked(
    kind: Kind, pause_ms: int, expected: str
) -> None:
    heard: list[Heard] = []

    async def dialogue(channel: Channel) -> None:
        heard.append(await channel.listen(Expectation(kind), timeout=SIX_SECONDS))

    async def scenario() -> None:
        async with staged(dialogue) as stage:
            await asyncio.sleep(0.5)
            stage.call.speak("ένα δύο", 600)
            stage.call.utter(bytes(16 * pause_ms))
            stage.call.speak("τρία τέσσερα", 600)
            await stage.ended()

    run_virtual(scenario())

    assert isinstance(heard[0], Utterance)
    assert heard[0].text == expected


def test_noise_without_words_is_told_only_when_it_is_long() -> None:
    heard: list[Heard] = []

    async def dialogue(channel: Channel) -> None:
        heard.append(await channel.listen(timeout=timedelta(seconds=4)))
        heard.append(await channel.listen(timeout=timedelta(seconds=4)))

    async def scenario() -> None:
        async with staged(dialogue) as stage:
            await asyncio.sleep(1)
            stage.call.utter(noise(200))
            await stage.until(lambda: len(heard) == 1)
            stage.call.utter(noise(1000))
            await stage.ended()

    run_virtual(scenario())

    assert heard == [Silence(), Unheard()]


def test_a_recogniser_that_is_down_is_told() -> None:
    heard: list[Heard] = []

    async def dialogue(channel: Channel) -> None:
        heard.append(await channel.listen(timeout=SIX_SECONDS))

    async def scenario() -> None:
        async with staged(dialogue) as stage:
            stage.pool.fails = True
            await asyncio.sleep(1)
            stage.call.speak("ναι", 400)
            await stage.ended()

    run_virtual(scenario())

    assert heard == [Unheard(engine_down=True)]


def test_an_overloaded_recogniser_is_no_reason_to_leave_speech() -> None:
    heard: list[Heard] = []

    async def dialogue(channel: Channel) -> None:
        heard.append(await channel.listen(timeout=SIX_SECONDS))

    async def scenario() -> None:
        async with staged(dialogue) as stage:
            stage.pool.busy = True
            stage.pool.submit = lambda *a, **k: (_ for _ in ()).throw(  # type: ignore[assignment]
                __import__("voicebot.hearing.pool", fromlist=["x"]).RecogniserBusy("full")
            )
            await asyncio.sleep(1)
            stage.call.speak("ναι", 400)
            await stage.ended()

    run_virtual(scenario())

    assert heard == [Unheard()]


def test_nobody_waits_in_silence_while_the_recogniser_is_slow() -> None:
    async def dialogue(channel: Channel) -> None:
        await channel.listen(timeout=SIX_SECONDS)
        await channel.say("Εντάξει.")

    async def scenario() -> None:
        async with staged(dialogue) as stage:
            stage.pool.decode_s = 3.5
            await asyncio.sleep(1)
            stage.call.speak("ναι", 400)
            ended_speaking = asyncio.get_running_loop().time() + 0.4
            await stage.until(lambda: stage.call.is_hearing)
            assert asyncio.get_running_loop().time() - ended_speaking < 3.0
            await stage.ended()
            assert stage.call.words() == [LinePrompt.WORKING, "Εντάξει."]

    run_virtual(scenario())


def test_nobody_waits_in_silence_while_the_dialogue_works() -> None:
    async def dialogue(channel: Channel) -> None:
        await asyncio.sleep(10)
        await channel.say("Εντάξει.")

    async def scenario() -> None:
        async with staged(dialogue) as stage:
            await stage.ended()
            assert stage.call.words() == [
                LinePrompt.WORKING,
                LinePrompt.STILL_WORKING,
                "Εντάξει.",
            ]

    run_virtual(scenario())


def test_a_dialogue_that_hangs_ends_in_an_apology() -> None:
    async def dialogue(channel: Channel) -> None:
        await channel.say(GREETING)
        await asyncio.sleep(3600)

    async def scenario() -> None:
        async with staged(dialogue) as stage:
            await stage.ended()
            assert stage.call.words()[-1] == LinePrompt.APOLOGY
            assert stage.call.hung_up

    run_virtual(scenario())


def test_a_dialogue_that_breaks_ends_in_an_apology() -> None:
    async def dialogue(channel: Channel) -> None:
        raise ZeroDivisionError

    async def scenario() -> None:
        async with staged(dialogue) as stage:
            await stage.ended()
            assert stage.call.words() == [LinePrompt.APOLOGY]
            assert stage.call.hung_up

    run_virtual(scenario())


def test_a_voice_that_fails_does_not_end_the_call() -> None:
    async def dialogue(channel: Channel) -> None:
        await channel.say(GREETING)
        await channel.say("Ευχαριστώ.")

    async def scenario() -> None:
        async with staged(dialogue) as stage:
            stage.speaker.fails = True
            await stage.until(lambda: stage.call.words() == [LinePrompt.VOICE_TROUBLE])
            stage.speaker.fails = False
            await stage.ended()
            assert stage.call.words() == [LinePrompt.VOICE_TROUBLE, "Ευχαριστώ."]

    run_virtual(scenario())


def test_speed_and_loudness_are_the_callers() -> None:
    async def dialogue(channel: Channel) -> None:
        await channel.say("Κανονικά.")
        channel.set_rate(0.8)
        channel.set_gain(6.0)
        await channel.say("Πιο αργά.")

    async def scenario() -> None:
        async with staged(dialogue) as stage:
            await stage.ended()
            assert stage.speaker.rates == [1.0, 0.8]
            assert stage.speaker.gains == [0.0, 6.0]

    run_virtual(scenario())


def test_hold_stops_the_voice_and_the_clock_of_silence() -> None:
    heard: list[Heard] = []

    async def dialogue(channel: Channel) -> None:
        await channel.say(GREETING)
        heard.append(await channel.listen(timeout=timedelta(seconds=3)))

    async def scenario() -> None:
        async with staged(dialogue) as stage:
            await stage.until(lambda: stage.call.is_hearing)
            await asyncio.sleep(0.3)
            stage.call.hold(True)
            await asyncio.sleep(30)
            assert not stage.call.is_hearing
            assert stage.notes.of("said") == []
            stage.call.hold(False)
            await stage.until(lambda: len(stage.notes.of("said")) == 1)
            stage.call.hold(True)
            await asyncio.sleep(30)
            assert heard == []
            stage.call.hold(False)
            await stage.ended()

    run_virtual(scenario())

    assert heard == [Silence()]


@pytest.mark.parametrize("moment_s", [0.01, 0.3, 1.0, 2.5, 4.0, 4.6, 5.5, 7.0])
def test_hanging_up_at_any_moment_reaches_the_dialogue_and_releases_everything(
    moment_s: float,
) -> None:
    reached: list[str] = []

    async def dialogue(channel: Channel) -> None:
        try:
            await channel.say("Μια μακριά πρόταση για την αρχή.")
            await channel.listen(timeout=SIX_SECONDS)
            await asyncio.sleep(1)
            await channel.say("Και άλλη μία για το τέλος.", interruptible=False)
            await channel.listen(timeout=timedelta(seconds=60))
        except HungUp:
            reached.append("hung up")
            with pytest.raises(HungUp):
                await channel.say("Κανείς;")
            with pytest.raises(HungUp):
                await channel.listen(timeout=SIX_SECONDS)
            raise

    async def scenario() -> None:
        async with staged(dialogue) as stage:
            asyncio.get_running_loop().call_later(2.4, stage.call.speak, "ναι και όχι")
            await asyncio.sleep(moment_s)
            stage.call.leave()
            await stage.ended()
            assert stage.notes.of("ended") == ["remote_hangup"]
            assert stage.line.calls == 0

    run_virtual(scenario())

    assert reached == ["hung up"]


def test_a_call_whose_media_break_is_ended_and_the_dialogue_told() -> None:
    reached: list[str] = []

    async def dialogue(channel: Channel) -> None:
        try:
            await channel.listen(timeout=timedelta(seconds=60))
        except HungUp:
            reached.append("hung up")
            raise

    def broken(pcm: bytes) -> None:
        raise OSError("gone")

    async def scenario() -> None:
        async with staged(dialogue) as stage:
            await asyncio.sleep(1)
            stage.vad.streams[0].feed = broken  # type: ignore[method-assign]
            await stage.ended()
            assert stage.call.hung_up
            assert stage.notes.of("ended") == ["failed"]

    run_virtual(scenario())

    assert reached == ["hung up"]


def test_keys_are_an_answer() -> None:
    heard: list[Heard] = []
    afm = Expectation(Kind.AFM)

    async def dialogue(channel: Channel) -> None:
        await channel.say("Πληκτρολογήστε τον αριθμό φορολογικού μητρώου σας.")
        heard.append(await channel.listen(afm, timeout=SIX_SECONDS))
        heard.append(await channel.listen(afm, timeout=SIX_SECONDS))
        heard.append(await channel.listen(timeout=SIX_SECONDS))

    async def scenario() -> None:
        async with staged(dialogue) as stage:
            await stage.until(lambda: stage.call.is_hearing)
            stage.call.press("123")
            await asyncio.sleep(0.05)
            assert not stage.call.is_hearing, "a key ends the prompt"
            await asyncio.sleep(2)
            stage.call.press("456789")
            await stage.until(lambda: len(heard) == 1)
            stage.call.press("12")
            await asyncio.sleep(2.9)
            assert len(heard) == 1
            await stage.until(lambda: len(heard) == 2, 1)
            stage.call.press("0")
            await stage.ended()

    run_virtual(scenario())

    assert heard == [Keys("123456789"), Keys("12"), Keys("0")]

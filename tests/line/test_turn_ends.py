"""When the caller's turn is over: by what was asked, by how much of it was said, by who speaks."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from tests.line.harness import SIX_SECONDS, Stage, staged
from tests.line.virtual import run_virtual
from voicebot.dialogue.channel import Channel, Heard, Utterance
from voicebot.hearing.recogniser import Hypothesis, Transcript
from voicebot.line.completion import Completion, completion
from voicebot.line.constraints import Standing, constraint_for, standing
from voicebot.line.patience import Patience, base_silence_ms
from voicebot.settings import Hearing
from voicebot.understanding.expectation import FREE, Expectation, Kind

AFM = Expectation(Kind.AFM)
PHONE = Expectation(Kind.PHONE)
CITY = Expectation(Kind.PLACE, phrases=("πάτρα", "νέα σμύρνη", "νέα"))
DATE = Expectation(Kind.DATE)
YES_NO = Expectation(Kind.YES_NO)
# The check digit of the first is right, of the second it is not.
RIGHT_AFM = "ένα δύο τρία τέσσερα πέντε έξι εφτά οχτώ τρία"
WRONG_AFM = "ένα δύο τρία τέσσερα πέντε έξι εφτά οχτώ εννιά"
SETTINGS = Hearing()


def sure(text: str) -> Transcript:
    return Transcript(text, 0.95, (Hypothesis(text, 1.0),), constrained=True)


def forced(text: str, freely: str, missing: float) -> Transcript:
    """What a grammar makes of something else."""
    readings = (Hypothesis(text, 0.6), Hypothesis(freely, 0.5))
    return Transcript(text, 0.1, readings, constrained=True, missing=missing)


@pytest.mark.parametrize(
    ("expectation", "transcript", "judged"),
    [
        (AFM, sure(RIGHT_AFM), Completion.COMPLETE),
        (AFM, sure(WRONG_AFM), Completion.OPEN),
        # 23 45 98 12, though the grammar may take it for 20 3 45 98 12.
        (AFM, sure("είκοσι τρία σαράντα πέντε ενενήντα οχτώ δώδεκα"), Completion.UNFINISHED),
        (
            PHONE,
            replace(sure("εξήντα εννέα πενήντα εννέα δεκατέσσερα ογδόντα"), confidence=0.5),
            Completion.UNFINISHED,
        ),
        # Ten digits, or ten and a unit to come that makes 55 of the 50.
        (PHONE, sure("εξήντα εννιά σαράντα πέντε δώδεκα τριάντα τέσσερα πενήντα"), Completion.OPEN),
        (AFM, forced(RIGHT_AFM, "ένα δύο τρία", 40.0), Completion.UNFINISHED),
        (AFM, forced(RIGHT_AFM, "το αφιμί μου είναι", 40.0), Completion.UNFINISHED),
        (AFM, forced(RIGHT_AFM, "δεν το θυμάμαι τώρα", 40.0), Completion.OPEN),
        (AFM, forced(RIGHT_AFM, "δεν το θυμάμαι αλλά", 1.0), Completion.UNFINISHED),
        (CITY, sure("στη νέα σμύρνη"), Completion.COMPLETE),
        (CITY, sure("νέα"), Completion.OPEN),
        (CITY, forced("πάτρα", "θέλω στην", 9.0), Completion.UNFINISHED),
        (DATE, sure("στις δεκαέξι μαΐου το πρωί"), Completion.COMPLETE),
        (DATE, sure("την τρίτη"), Completion.OPEN),
        (DATE, forced("δεκαέξι μάη", "στις δεκαέξι", 30.0), Completion.UNFINISHED),
        (YES_NO, sure("ναι"), Completion.COMPLETE),
        (YES_NO, forced("ναι", "θέλω να ρωτήσω για", 0.0), Completion.UNFINISHED),
        (FREE, Transcript("θέλω ένα ραντεβού", 0.9), Completion.OPEN),
        (FREE, Transcript("θέλω ένα ραντεβού και", 0.9), Completion.UNFINISHED),
        (FREE, Transcript("ε", 0.9), Completion.UNFINISHED),
        (FREE, Transcript("καλημέρα σας", 0.9), Completion.UNFINISHED),
        (FREE, Transcript("πότε πληρώνεται η σύνταξή μου", 0.9), Completion.OPEN),
        (FREE, Transcript("", 0.0), Completion.OPEN),
    ],
)
def test_how_much_of_an_answer_has_been_said(
    expectation: Expectation, transcript: Transcript, judged: Completion
) -> None:
    assert completion(transcript, constraint_for(expectation), expectation) is judged


def test_a_text_stands_somewhere_in_its_grammar() -> None:
    city = constraint_for(CITY)
    assert city is not None
    assert standing(city, "Νέα") == Standing(is_whole=True, goes_on=True)
    assert standing(city, "ΠΑΤΡΑ") == Standing(is_whole=True, goes_on=False)
    assert standing(city, "θέλω") == Standing(is_whole=False, goes_on=True)
    assert standing(city, "σύνταξη") == Standing(is_whole=False, goes_on=False)


def test_what_was_said_changes_the_silence_until_the_caller_goes_on() -> None:
    patience = Patience(SETTINGS)
    patience.expect(AFM)
    assert patience.silence_ms == SETTINGS.end_silence_digits_ms
    patience.judge(Completion.COMPLETE)
    assert patience.silence_ms == SETTINGS.end_silence_complete_ms
    patience.judge(Completion.UNFINISHED)
    assert patience.silence_ms == SETTINGS.end_silence_unfinished_digits_ms > 2000
    patience.speaks(0, unprompted=False)
    assert patience.silence_ms == SETTINGS.end_silence_digits_ms


def test_every_kind_has_a_silence_of_its_own() -> None:
    asked = [FREE, YES_NO, Expectation(Kind.CHOICE), DATE, PHONE]
    settings = Hearing(
        end_silence_ms=401,
        end_silence_short_ms=402,
        end_silence_choice_ms=403,
        end_silence_date_ms=404,
        end_silence_digits_ms=405,
    )
    silences = [base_silence_ms(settings, expectation) for expectation in asked]
    assert silences == [401, 402, 403, 404, 405]


def test_more_is_waited_for_whoever_was_cut_off_and_less_again_later() -> None:
    patience = Patience(SETTINGS)
    before = patience.silence_ms
    for at_ms in range(0, 20_000, 4000):
        patience.ended(at_ms)
        patience.speaks(at_ms + 500, unprompted=True)
    assert patience.silence_ms == round(before * SETTINGS.slow_speaker_stretch)
    for at_ms in range(20_000, 400_000, 4000):
        patience.ended(at_ms)
        patience.speaks(at_ms + 3000, unprompted=True)
    assert patience.silence_ms == before


def test_an_answer_to_the_bot_is_no_cut_off() -> None:
    patience = Patience(SETTINGS)
    patience.ended(1000)
    patience.speaks(1500, unprompted=False)
    assert patience.stretch == 1.0


def answer_to(
    expectation: Expectation,
    *pieces: str | int,
    hearing: dict[str, object] | None = None,
    prepare: object = None,
) -> tuple[list[Heard], Stage]:
    """What the dialogue is given when a caller says these texts with pauses (in ms) between."""
    heard: list[Heard] = []
    stages: list[Stage] = []

    async def dialogue(channel: Channel) -> None:
        heard.append(await channel.listen(expectation, timeout=SIX_SECONDS))
        await channel.say("Ευχαριστώ.")

    async def scenario() -> None:
        async with staged(dialogue, hearing=hearing) as stage:
            stages.append(stage)
            stage.pool.uses_constraints = True
            if callable(prepare):
                prepare(stage)
            await asyncio.sleep(0.5)
            for piece in pieces:
                if isinstance(piece, int):
                    stage.call.utter(bytes(16 * piece))
                else:
                    stage.call.speak(piece)
            await stage.ended()

    run_virtual(scenario())
    return heard, stages[0]


def test_a_whole_number_is_not_waited_for_any_longer() -> None:
    heard, stage = answer_to(AFM, RIGHT_AFM)

    assert isinstance(heard[0], Utterance)
    assert heard[0].text == RIGHT_AFM
    (timing,) = stage.notes.timings
    assert timing.endpoint_ms <= SETTINGS.end_silence_complete_ms + 32
    assert timing.guessed


def test_half_a_number_is_waited_for_two_seconds_and_more() -> None:
    first, second = RIGHT_AFM.split(" πέντε ")
    heard, _ = answer_to(AFM, f"{first} πέντε", 2000, second)

    assert isinstance(heard[0], Utterance)
    assert heard[0].text == RIGHT_AFM


def test_a_sentence_that_goes_on_is_waited_for() -> None:
    heard, _ = answer_to(FREE, "θέλω ένα χαρτί για", 1000, "το ταμείο")

    assert isinstance(heard[0], Utterance)
    assert heard[0].text == "θέλω ένα χαρτί για το ταμείο"


def test_without_an_idle_recogniser_the_ordinary_silence_ends_the_turn() -> None:
    def busy(stage: Stage) -> None:
        stage.pool.no_one_idle = True

    heard, stage = answer_to(AFM, RIGHT_AFM, prepare=busy)

    assert isinstance(heard[0], Utterance)
    (timing,) = stage.notes.timings
    assert timing.endpoint_ms >= SETTINGS.end_silence_digits_ms
    assert not timing.guessed


def test_who_watches_reads_along_but_no_numbers() -> None:
    long = "θέλω να μάθω πότε θα πληρωθεί η σύνταξη του πατέρα μου αυτόν τον μήνα"
    _, stage = answer_to(FREE, long)
    assert stage.notes.of("partly_heard")
    assert set(stage.notes.of("partly_heard")) == {long}

    _, stage = answer_to(AFM, RIGHT_AFM)
    assert stage.notes.of("partly_heard") == []

    _, stage = answer_to(FREE, long, hearing={"partial_every_ms": 0})
    assert stage.notes.of("partly_heard") == []

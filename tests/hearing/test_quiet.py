"""Minutes of what is no Greek on a line, through the real ear: nothing of it is acted on.

The hour, and how often real answers are refused, is `voicebot bench quiet`.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from bench.offline import turns
from bench.quiet import STATES, given
from bench.sounds import SOUNDS
from bench.telephone import VOICES, on_the_line, silence, spoken
from voicebot.hearing.loading import load_recogniser
from voicebot.hearing.recogniser import Recogniser
from voicebot.hearing.vad import SileroVad
from voicebot.settings import Hearing

SETTINGS = Hearing()
Ear = tuple[Recogniser, SileroVad]


@pytest.fixture
def ear() -> Iterator[Ear]:
    """The recogniser as the line has it, and what hears that somebody speaks."""
    recogniser = load_recogniser(SETTINGS)
    try:
        yield recogniser, SileroVad()
    finally:
        recogniser.close()


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_noise_music_and_tones_say_nothing(ear: Ear) -> None:
    recogniser, vad = ear
    rng = np.random.default_rng(11)
    given_texts: dict[str, list[str]] = {}
    for sound in (
        "silence",
        "line noise",
        "white noise",
        "pink noise",
        "music",
        "tones",
        "dtmf",
    ):
        for expectation in STATES.values():
            pcm = SOUNDS[sound](15.0, rng) + silence(1500)
            for turn in await turns(pcm, expectation, recogniser, vad, SETTINGS):
                if (transcript := given(turn, expectation, SETTINGS)) is not None:
                    given_texts.setdefault(sound, []).append(transcript.text)
    assert given_texts == {}


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_other_languages_are_no_answer(ear: Ear) -> None:
    recogniser, vad = ear
    rng = np.random.default_rng(13)
    heard, answers = 0, []
    for state in ("yes_no", "place"):
        pcm = SOUNDS["other languages"](60.0, rng) + silence(1500)
        for turn in await turns(pcm, STATES[state], recogniser, vad, SETTINGS):
            heard += 1
            transcript = given(turn, STATES[state], SETTINGS)
            if transcript is not None and transcript.constrained:
                answers.append(transcript.text)
    assert heard > 20
    assert answers == []


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_plain_answers_of_unknown_voices_are_believed(ear: Ear) -> None:
    recogniser, vad = ear
    rng = np.random.default_rng(12)
    said = {"yes_no": ("ναι", "όχι"), "place": ("στην πάτρα",), "free": ("θέλω ένα ραντεβού",)}
    heard = []
    for state, texts in said.items():
        for text in texts:
            for voice in VOICES:
                pcm = silence(600) + spoken(text, voice) + silence(2000)
                pcm = on_the_line(pcm, -50.0, rng)
                found = await turns(pcm, STATES[state], recogniser, vad, SETTINGS)
                heard.append([given(turn, STATES[state], SETTINGS) for turn in found])
    assert [len(turns_heard) for turns_heard in heard] == [1] * len(heard)
    assert all(turns_heard[0] is not None for turns_heard in heard)

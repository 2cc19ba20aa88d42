"""The endpointer on made-up probability tracks."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicebot.hearing.endpointing import (
    Endpointer,
    EndpointEvent,
    Endpointing,
    SpeechEnded,
    SpeechPaused,
    SpeechResumed,
    SpeechStarted,
)
from voicebot.hearing.vad import WINDOW_BYTES, WINDOW_MS, WINDOW_SAMPLES

VOICE_RMS = 3000
NOISE_RMS = 30


def window(rms: float, seed: int = 0) -> bytes:
    noise = np.random.default_rng(seed).normal(0, rms, WINDOW_SAMPLES)
    return noise.clip(-32768, 32767).astype("<i2").tobytes()


VOICE = window(VOICE_RMS)
QUIET = window(NOISE_RMS)


def run(
    endpointer: Endpointer, track: str, *, voice: bytes = VOICE, quiet: bytes = QUIET
) -> list[EndpointEvent]:
    """Each character is a window: `#` surely speech, `+` nearly, `.` surely not."""
    probabilities = {"#": 0.95, "+": 0.4, ".": 0.02}
    events: list[EndpointEvent] = []
    for mark in track:
        events += endpointer.push(quiet if mark == "." else voice, probabilities[mark])
    return events


def windows(ms: int) -> int:
    return -(-ms // WINDOW_MS)


def test_an_utterance_is_cut_with_audio_before_and_after() -> None:
    endpointer = Endpointer(Endpointing(end_silence_ms=320, speculate_ms=192), pre_roll_ms=256)

    events = run(endpointer, "." * 50 + "#" * 20 + "." * 10)

    assert [type(event) for event in events] == [SpeechStarted, SpeechPaused, SpeechEnded]
    started, paused, ended = events
    assert isinstance(started, SpeechStarted)
    assert isinstance(paused, SpeechPaused)
    assert isinstance(ended, SpeechEnded)
    assert started.start_ms == ended.segment.start_ms == 50 * WINDOW_MS
    assert ended.segment.end_ms == 70 * WINDOW_MS
    assert ended.segment.speech_ms == 20 * WINDOW_MS
    assert ended.segment.duration_ms == (8 + 20 + 6) * WINDOW_MS
    assert not ended.segment.truncated


def test_what_was_guessed_at_the_pause_is_the_whole_utterance() -> None:
    endpointer = Endpointer(Endpointing(end_silence_ms=640))

    events = run(endpointer, "." * 20 + "#" * 12 + "." * 20)

    paused = next(event for event in events if isinstance(event, SpeechPaused))
    ended = next(event for event in events if isinstance(event, SpeechEnded))
    assert paused.segment == ended.segment


def test_going_on_after_a_pause_takes_the_guess_back() -> None:
    events = run(
        Endpointer(Endpointing(end_silence_ms=640)), "#" * 9 + "." * 8 + "#" * 9 + "." * 20
    )

    assert [type(event) for event in events] == [
        SpeechStarted,
        SpeechPaused,
        SpeechResumed,
        SpeechPaused,
        SpeechEnded,
    ]


def test_a_yes_of_150_ms_is_heard() -> None:
    events = run(Endpointer(), "." * 30 + "#" * windows(150) + "." * 20)

    assert any(isinstance(event, SpeechEnded) for event in events)


def test_one_window_is_a_click_and_no_speech() -> None:
    assert run(Endpointer(), "." * 10 + "#" + "." * 10 + "#" + "." * 30) == []


def test_more_speech_is_needed_while_the_bot_speaks() -> None:
    endpointer = Endpointer(Endpointing(min_speech_ms=128))

    assert run(endpointer, "..###....") == []
    assert [type(event) for event in run(endpointer, "####")] == [SpeechStarted]


@pytest.mark.parametrize(("end_silence_ms", "utterances"), [(300, 3), (1200, 1)])
def test_a_dictated_number_is_one_utterance_when_the_silence_allowed_is_long(
    end_silence_ms: int, utterances: int
) -> None:
    group = "#" * 20 + "." * windows(800)

    events = run(Endpointer(Endpointing(end_silence_ms=end_silence_ms)), group * 3 + "." * 30)

    assert sum(isinstance(event, SpeechEnded) for event in events) == utterances


def test_the_silence_allowed_may_change_in_the_middle() -> None:
    endpointer = Endpointer(Endpointing(end_silence_ms=1200))
    run(endpointer, "#" * 10 + "." * windows(600))

    endpointer.endpointing = Endpointing(end_silence_ms=300)

    assert isinstance(run(endpointer, ".")[0], SpeechEnded)


def test_speech_without_end_is_cut_and_goes_on_in_the_next() -> None:
    events = run(Endpointer(max_utterance_ms=3200), "#" * 250 + "." * 30)

    segments = [event.segment for event in events if isinstance(event, SpeechEnded)]
    assert [segment.truncated for segment in segments] == [True, True, False]
    assert all(segment.duration_ms <= 3200 for segment in segments)


def test_a_word_that_trails_off_is_kept() -> None:
    events = run(Endpointer(), "." * 10 + "#" * 10 + "+" * 5 + "." * 20)

    assert isinstance(events[-1], SpeechEnded)
    assert events[-1].segment.end_ms == 25 * WINDOW_MS


def test_near_speech_alone_does_not_begin_an_utterance() -> None:
    assert run(Endpointer(), "." * 10 + "+" * 40) == []


def test_the_television_behind_the_caller_does_not_hold_the_turn() -> None:
    endpointer = Endpointer(Endpointing(end_silence_ms=448))
    run(endpointer, "." * 20 + "#" * 20)

    events = run(endpointer, "#" * 20, voice=window(VOICE_RMS / 60))

    assert any(isinstance(event, SpeechEnded) for event in events)


def test_steady_noise_that_scores_as_speech_is_not_speech_once_it_is_known() -> None:
    fan = window(400)
    endpointer = Endpointer()
    run(endpointer, "." * 400, quiet=fan)

    assert run(endpointer, "#" * 40, voice=fan) == []
    assert run(endpointer, "#" * 10, voice=VOICE) != []


def test_a_quiet_caller_on_a_clean_line_is_heard() -> None:
    events = run(
        Endpointer(), "." * 60 + "#" * 15 + "." * 30, voice=window(60), quiet=bytes(WINDOW_BYTES)
    )

    assert any(isinstance(event, SpeechEnded) for event in events)


def test_speech_that_was_doubted_begins_anew_with_its_start_as_pre_roll() -> None:
    endpointer = Endpointer(Endpointing(min_speech_ms=128), pre_roll_ms=256)
    assert run(endpointer, "." * 20 + "####") != []

    endpointer.restart()

    assert not endpointer.in_speech
    assert run(endpointer, "###") == []
    events = run(endpointer, "#" * 5 + "." * 20)
    assert isinstance(events[0], SpeechStarted)
    assert isinstance(events[-1], SpeechEnded)
    assert events[-1].segment.pcm.count(VOICE) == 4 + 8


def test_a_window_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match="512 bytes"):
        Endpointer().push(b"\0" * 320, 0.5)


@given(
    st.lists(st.tuples(st.floats(0, 1), st.sampled_from([QUIET, VOICE])), min_size=1, max_size=300),
    st.integers(100, 1500),
    st.integers(400, 4000),
)
def test_events_alternate_and_segments_are_sound(
    track: list[tuple[float, bytes]], end_silence_ms: int, max_utterance_ms: int
) -> None:
    endpointer = Endpointer(
        Endpointing(end_silence_ms=end_silence_ms), max_utterance_ms=max_utterance_ms
    )
    allowed: dict[type | None, set[type]] = {
        None: {SpeechStarted},
        SpeechStarted: {SpeechPaused, SpeechEnded},
        SpeechPaused: {SpeechResumed, SpeechEnded},
        SpeechResumed: {SpeechPaused, SpeechEnded},
        SpeechEnded: {SpeechStarted},
    }
    last: type | None = None
    last_end_ms = 0
    for number, (probability, pcm) in enumerate(track, start=1):
        for event in endpointer.push(pcm, probability):
            assert type(event) in allowed[last]
            last = type(event)
            if isinstance(event, SpeechEnded):
                segment = event.segment
                assert last_end_ms <= segment.start_ms < segment.end_ms <= number * WINDOW_MS
                assert 0 < segment.speech_ms <= segment.end_ms - segment.start_ms
                assert segment.duration_ms <= max_utterance_ms + 256 + 64
                assert len(segment.pcm) % WINDOW_BYTES == 0
                last_end_ms = segment.end_ms
    assert endpointer.now_ms == len(track) * WINDOW_MS
    assert endpointer.in_speech == (last in {SpeechStarted, SpeechPaused, SpeechResumed})

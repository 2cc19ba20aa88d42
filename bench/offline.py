"""A call's real ear fed from a buffer, quicker than real time: for benches that need many hours.

Voice activity, endpointing, the judgement of what was said and the recogniser are those of the
line; only the clock is the audio's own, and a recognition counts as there a fixed time after it
was asked for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import cast

from voicebot.hearing.gates import believed
from voicebot.hearing.pool import Recognition
from voicebot.hearing.recogniser import Recogniser, Transcript
from voicebot.hearing.segments import Segment, recogniser_audio
from voicebot.hearing.vad import VoiceActivity
from voicebot.line.completion import Completion
from voicebot.line.constraints import constraint_for, hotwords_for
from voicebot.line.ear import Ear
from voicebot.line.frames import CallerUtterance, Guess
from voicebot.line.player import Player
from voicebot.line.reader import Reader
from voicebot.settings import Hearing
from voicebot.understanding.expectation import Expectation

RECOGNITION_MS = 100
_FRAME_BYTES = 320


class _SilentPlayer:
    """The bot says nothing."""

    track = None
    is_audible = False
    is_paused = False

    def hush(self) -> None:
        """Nothing to silence."""


class _Deaf(Reader):
    """Recognises in each pause, but nobody asks it how complete the answer is."""

    def look(self, expectation: Expectation) -> Completion | None:
        super().look(expectation)
        return None


@dataclass
class _Timed:
    """A recognition that is done at a time of the stream."""

    read: Callable[[], Transcript]
    ready_ms: float
    now_ms: Callable[[], float]

    @property
    def is_done(self) -> bool:
        return self.now_ms() >= self.ready_ms

    @cached_property
    def transcript(self) -> Transcript:
        return self.read()

    def peek(self) -> Transcript | None:
        return self.transcript if self.is_done else None

    def cancel(self) -> None:
        """It costs nothing any more."""


@dataclass
class Turn:
    """An utterance as the line would take it: where it began and was known to be over (ms of the
    stream), and its text."""

    begun_ms: float
    ended_ms: float
    speech_ms: int
    transcript: Transcript
    segment: Segment = field(repr=False)


async def turns(
    pcm: bytes,
    expectation: Expectation,
    recogniser: Recogniser,
    vad: VoiceActivity,
    settings: Hearing,
    *,
    judges: bool = True,
    unread: bool = False,
) -> list[Turn]:
    """Listen to a stream.

    Args:
        pcm: 16-bit mono PCM at 8000 Hz.
        expectation: what the dialogue waits for all the time.
        recogniser: reads it.
        vad: finds speech.
        settings: of hearing.
        judges: end turns by what was said; False: by silence alone.
        unread: find utterances without recognising any (their text is empty).
    """
    found: list[Turn] = []
    fed_bytes = 0
    constraint = constraint_for(expectation)

    def now_ms() -> float:
        return fed_bytes / 16

    def read(audio: bytes) -> Transcript:
        if unread:
            return Transcript("", 0.0)
        transcript = recogniser.transcribe(
            recogniser_audio(audio), constraint, hotwords_for(expectation)
        )
        return believed(transcript)

    def guess(segment: Segment) -> Guess:
        timed = _Timed(lambda: read(segment.pcm), now_ms() + RECOGNITION_MS, now_ms)
        return Guess(segment, constraint, cast(Recognition, timed))

    def utter(utterance: CallerUtterance) -> None:
        given = utterance.guess.recognition if utterance.guess else None
        segment = utterance.segment
        transcript = cast(_Timed, given).transcript if given is not None else read(segment.pcm)
        found.append(Turn(segment.start_ms, now_ms(), segment.speech_ms, transcript, segment))

    make = Reader if judges else _Deaf
    ear = Ear(
        vad,
        cast(Player, _SilentPlayer()),
        settings,
        on_utterance=utter,
        on_speech=lambda: None,
        on_drop=lambda: None,
        reader=make(
            guess=guess, peek_ahead=lambda _: None, on_partial=lambda _: None, partial_every_ms=0
        ),
        on_barge_in=lambda _: None,
    )
    ear.expect(expectation)
    try:
        for start in range(0, len(pcm), _FRAME_BYTES):
            piece = pcm[start : start + _FRAME_BYTES]
            ear.feed(piece)
            fed_bytes += len(piece)
            for scored in vad.score():
                ear.window(scored.pcm, scored.probability)
            if start % (_FRAME_BYTES * 500) == 0:
                await asyncio.sleep(0)
    finally:
        ear.close()
    return found

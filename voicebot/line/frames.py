"""The only things that travel through a call's pipeline; audio goes beside it."""

from __future__ import annotations

from dataclasses import dataclass

from pipecat.frames.frames import DataFrame

from voicebot.hearing.constraint import Constraint
from voicebot.hearing.pool import Recognition
from voicebot.hearing.recogniser import Transcript
from voicebot.hearing.segments import Segment
from voicebot.line.player import Track


@dataclass(frozen=True)
class Guess:
    """A recognition begun in a pause, before it was known that the caller was done."""

    segment: Segment
    constraint: Constraint | None
    recognition: Recognition


@dataclass(frozen=True)
class CallerUtterance:
    """What the caller said, as audio.

    Attributes:
        segment: the audio.
        ended_at: loop time in s when it was known to be complete.
        waited_ms: silence that this took.
        over: the track that it was spoken into, if any.
        guess: recognition begun already.
    """

    segment: Segment
    ended_at: float
    waited_ms: int
    over: Track | None = None
    guess: Guess | None = None


@dataclass
class UtteranceFrame(DataFrame):
    """An utterance to be recognised."""

    utterance: CallerUtterance


@dataclass
class TranscriptFrame(DataFrame):
    """Its text.

    Attributes:
        utterance: what was recognised.
        transcript: None when there is none: the recogniser is down or overloaded.
        constraint: what it was recognised under.
        is_open: the caller may well say something outside of it.
        engine_down: no speech can be recognised for now.
        guessed: the text was there before the utterance was complete.
    """

    utterance: CallerUtterance
    transcript: Transcript | None
    constraint: Constraint | None
    is_open: bool = True
    engine_down: bool = False
    guessed: bool = False


@dataclass
class SpeechOrderFrame(DataFrame):
    """A text to be spoken."""

    track: Track

"""What the caller said and the dialogue has not asked for yet."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace

import structlog

from voicebot.dialogue.channel import Heard, Reading, Unheard, Utterance
from voicebot.hearing.recogniser import Transcript
from voicebot.line.backchannels import is_backchannel
from voicebot.line.belief import is_worth_asking, taken
from voicebot.line.frames import TranscriptFrame
from voicebot.settings import Hearing

Alarms = Callable[[Utterance], bool]
"""Whether words, if they were said, are a cry for help."""

log = structlog.get_logger(__name__)

# Noise without words is no try to say something unless it is this long.
_MIN_UNHEARD_MS = 400


@dataclass(frozen=True)
class Item:
    """One thing heard, with the frame that it came from and whether a question was being asked."""

    heard: Heard
    frame: TranscriptFrame
    to_question: bool


class Inbox:
    """A short queue of things heard."""

    def __init__(self) -> None:
        self._items: deque[Item] = deque()

    def __bool__(self) -> bool:
        return bool(self._items)

    def put(self, item: Item) -> None:
        """Add the latest."""
        self._items.append(item)

    def take(self) -> Item:
        """The oldest."""
        return self._items.popleft()

    def peek(self) -> Item:
        """The oldest, left in its place."""
        return self._items[0]

    def drop_what_answers_nothing(self) -> None:
        """Before something is said: a «ναι» or a noise from before is no answer to it."""
        self._items = deque(
            item for item in self._items if item.to_question or not _answers_nothing(item.heard)
        )

    def merge(self) -> Item | None:
        """The two oldest as one utterance when both are speech: the groups of a number. They are
        removed; the caller has the whole recognised again."""
        if len(self._items) < 2:
            return None
        first, second = self._items[0], self._items[1]
        if not (isinstance(first.heard, Utterance) and isinstance(second.heard, Utterance)):
            return None
        self._items.popleft()
        self._items.popleft()
        segment = first.frame.utterance.segment
        later = second.frame.utterance.segment
        whole = replace(
            later,
            pcm=segment.pcm + later.pcm,
            start_ms=segment.start_ms,
            speech_ms=segment.speech_ms + later.speech_ms,
        )
        utterance = replace(second.frame.utterance, segment=whole, guess=None)
        return replace(second, frame=replace_utterance(second.frame, utterance=utterance))


def replace_utterance(frame: TranscriptFrame, **changes: object) -> TranscriptFrame:
    """A frame like another (pipecat's frames number themselves and cannot be `replace`d)."""
    fields: dict[str, object] = {
        "utterance": frame.utterance,
        "transcript": frame.transcript,
        "constraint": frame.constraint,
        "is_open": frame.is_open,
        "engine_down": frame.engine_down,
        "guessed": frame.guessed,
    }
    return TranscriptFrame(**{**fields, **changes})  # type: ignore[arg-type]


def heard_in(frame: TranscriptFrame, settings: Hearing, alarms: Alarms) -> Heard | None:
    """What an utterance means for the dialogue; None when it is not worth a word.

    Args:
        frame: the utterance with its transcript.
        settings: the least confidences.
        alarms: a doubted text that it knows is told, also when it was said into a prompt.
    """
    if frame.transcript is None:
        return Unheard(engine_down=frame.engine_down)
    if frame.transcript.text:
        transcript, believed = taken(
            frame.transcript,
            settings,
            constraint=frame.constraint,
            is_open=frame.is_open,
            truncated=frame.utterance.segment.truncated,
        )
        if believed:
            return utterance_of(transcript)
        doubted = utterance_of(transcript)
        is_alarming = is_worth_asking(transcript, settings) and alarms(doubted)
        log.info(
            "text_doubted", confidence=round(transcript.confidence, 3), may_be_danger=is_alarming
        )
        if is_alarming:
            return Unheard(doubted=doubted)
    over = frame.utterance.over
    if over is None and frame.utterance.segment.speech_ms >= _MIN_UNHEARD_MS:
        return Unheard()
    return None


def utterance_of(transcript: Transcript) -> Utterance:
    """The dialogue's form of a transcript."""
    alternatives = tuple(
        Reading(reading.text, reading.probability) for reading in transcript.alternatives
    )
    return Utterance(transcript.text, transcript.confidence, alternatives)


def _answers_nothing(heard: Heard) -> bool:
    if isinstance(heard, Unheard):
        return not heard.engine_down and heard.doubted is None
    return isinstance(heard, Utterance) and is_backchannel(heard.text)

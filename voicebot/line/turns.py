"""The clock of the turn under way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import structlog

from voicebot.line.frames import CallerUtterance, TranscriptFrame
from voicebot.line.timing import TurnTiming

log = structlog.get_logger(__name__)


class TurnClock:
    """Takes the time from the caller's last word to the bot's first.

    Args:
        on_turn: given each finished turn.
    """

    def __init__(self, on_turn: Callable[[TurnTiming], None]) -> None:
        self._on_turn = on_turn
        self._turn = 0
        self._frame: TranscriptFrame | None = None
        self._recognised_at = 0.0
        self._ordered_at: float | None = None

    def recognised(self, frame: TranscriptFrame) -> None:
        """The utterance has its text and counts as a turn of the caller's."""
        self._frame = frame
        self._recognised_at = self._now()
        self._ordered_at = None

    def ordered(self) -> None:
        """The dialogue has something to say."""
        if self._frame is not None and self._ordered_at is None:
            self._ordered_at = self._now()

    def audible(self) -> None:
        """The first audio of it goes out."""
        frame, self._frame = self._frame, None
        if frame is None or self._ordered_at is None:
            return
        utterance: CallerUtterance = frame.utterance
        now = self._now()
        self._turn += 1
        timing = TurnTiming(
            turn=self._turn,
            speech_ms=utterance.segment.speech_ms,
            endpoint_ms=utterance.waited_ms,
            recognition_ms=_ms(self._recognised_at - utterance.ended_at),
            decode_ms=frame.transcript.decode_ms if frame.transcript else 0,
            dialogue_ms=_ms(self._ordered_at - self._recognised_at),
            voice_ms=_ms(now - self._ordered_at),
            total_ms=utterance.waited_ms + _ms(now - utterance.ended_at),
            guessed=frame.guessed,
        )
        log.info("turn", **{name: getattr(timing, name) for name in timing.__dataclass_fields__})
        self._on_turn(timing)

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()


def _ms(seconds: float) -> int:
    return round(seconds * 1000)

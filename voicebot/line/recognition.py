"""From the audio of an utterance to its text, by the pool that all calls share."""

from __future__ import annotations

import structlog
from pipecat.frames.frames import Frame
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

from voicebot.hearing.constraint import Constraint
from voicebot.hearing.pool import RecogniserBusy, RecogniserPool, RecogniserUnavailable
from voicebot.hearing.segments import Segment
from voicebot.line.constraints import constraint_for, hotwords_for
from voicebot.line.frames import CallerUtterance, Guess, TranscriptFrame, UtteranceFrame
from voicebot.understanding.expectation import Expectation

log = structlog.get_logger(__name__)


class RecognitionProcessor(FrameProcessor):
    """Turns each `UtteranceFrame` into a `TranscriptFrame`, in order; never fails.

    Meanwhile `expect` says what the dialogue waits for.
    """

    def __init__(self, pool: RecogniserPool) -> None:
        super().__init__()
        self._pool = pool
        self.constraint: Constraint | None = None
        self._hotwords: tuple[str, ...] = ()
        self._is_open = True

    def expect(self, expectation: Expectation) -> None:
        """What utterances are recognised under from now on."""
        self.constraint = constraint_for(expectation)
        self._hotwords = hotwords_for(expectation)
        self._is_open = expectation.open

    def guess(self, segment: Segment) -> Guess | None:
        """Begin to recognise before it is known that the caller is done; None when the pool has
        no worker to spare."""
        try:
            recognition = self._pool.submit(
                segment.pcm, self.constraint, self._hotwords, speculative=True
            )
        except (RecogniserBusy, RecogniserUnavailable):
            return None
        return Guess(segment, self.constraint, recognition)

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Recognise utterances, let everything else pass."""
        await super().process_frame(frame, direction)
        if isinstance(frame, UtteranceFrame):
            frame = await self._recognise(frame.utterance)
        await self.push_frame(frame, direction)

    async def _recognise(self, utterance: CallerUtterance) -> TranscriptFrame:
        guess = utterance.guess
        if guess is not None and guess.constraint is self.constraint:
            try:
                transcript = await guess.recognition.result()
            except (RecogniserBusy, RecogniserUnavailable):
                pass
            else:
                return TranscriptFrame(
                    utterance, transcript, guess.constraint, self._is_open, guessed=True
                )
        elif guess is not None:
            guess.recognition.cancel()
        constraint = self.constraint
        try:
            transcript = await self._pool.recognise(
                utterance.segment.pcm, constraint, self._hotwords
            )
        except RecogniserBusy as error:
            log.warning("recogniser_busy", reason=str(error))
            return TranscriptFrame(utterance, None, constraint)
        except RecogniserUnavailable as error:
            log.warning("recogniser_unavailable", reason=str(error))
            return TranscriptFrame(utterance, None, constraint, engine_down=True)
        except Exception:
            # Every utterance must come out again: the dialogue waits for it.
            log.exception("recognition_broke")
            return TranscriptFrame(utterance, None, constraint)
        return TranscriptFrame(utterance, transcript, constraint, self._is_open)

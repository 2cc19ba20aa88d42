"""From a text to the player, with a way out when the voice fails."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import structlog
from pipecat.frames.frames import Frame
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

from voicebot.line.frames import SpeechOrderFrame
from voicebot.line.player import Track
from voicebot.speaking.speaker import RATE_MAX, RATE_MIN, Speaker
from voicebot.speaking.voice import VoiceError

log = structlog.get_logger(__name__)


class SpeechProcessor(FrameProcessor):
    """Speaks each `SpeechOrderFrame`; the speaker itself tries again and changes the voice.

    Args:
        speaker: the voice of all calls.
        apology: PCM that is played when there is no voice at all.
    """

    def __init__(self, speaker: Speaker, apology: bytes) -> None:
        super().__init__()
        self._speaker = speaker
        self._apology = apology

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Speak orders, let everything else pass."""
        await super().process_frame(frame, direction)
        if isinstance(frame, SpeechOrderFrame):
            if not frame.track.is_over:
                await self._speak(frame.track)
        else:
            await self.push_frame(frame, direction)

    async def _speak(self, track: Track) -> None:
        rate = min(RATE_MAX, max(RATE_MIN, track.rate))
        pieces = self._speaker.stream(track.text, rate=rate, gain_db=track.gain_db)
        try:
            async for pcm in pieces:
                if track.is_over:
                    break
                track.feed(pcm)
        except VoiceError as error:
            log.error("voice_failed", error=str(error))
            track.feed(self._apology)
        except Exception:
            # A text that breaks the voice must cost this sentence, not the call.
            log.exception("voice_broke")
            track.feed(self._apology)
        finally:
            if isinstance(pieces, AsyncGenerator):
                await pieces.aclose()
        track.complete()

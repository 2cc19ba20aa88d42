"""The pipecat pipeline of one call: utterances in, texts to the dialogue, orders to the voice.

Audio stays outside, frames are few, and everything that pipecat would add for browsers and language
models is switched off. Each call has a runner of its own: a shared one keeps what is left of calls
that are over.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from pipecat.frames.frames import Frame
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.workers.runner import WorkerRunner

from voicebot.line.frames import (
    CallerUtterance,
    SpeechOrderFrame,
    TranscriptFrame,
    UtteranceFrame,
)
from voicebot.line.player import Track
from voicebot.line.recognition import RecognitionProcessor
from voicebot.line.speech import SpeechProcessor
from voicebot.telephony.call import SAMPLE_RATE_HZ

_START_TIMEOUT_S = 5.0


class DialogueProcessor(FrameProcessor):
    """Where the pipeline meets the dialogue.

    Args:
        on_transcript: given each recognised utterance.
    """

    def __init__(self, on_transcript: Callable[[TranscriptFrame], None]) -> None:
        super().__init__()
        self._on_transcript = on_transcript

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Hand transcripts over, let everything else pass."""
        await super().process_frame(frame, direction)
        if isinstance(frame, TranscriptFrame):
            self._on_transcript(frame)
        else:
            await self.push_frame(frame, direction)


class CallPipeline:
    """Starts, feeds and ends the pipeline of one call."""

    def __init__(
        self,
        recognition: RecognitionProcessor,
        speech: SpeechProcessor,
        on_transcript: Callable[[TranscriptFrame], None],
    ) -> None:
        self._dialogue = DialogueProcessor(on_transcript)
        self._recognition = recognition
        self._worker = PipelineWorker(
            Pipeline([recognition, self._dialogue, speech]),
            params=PipelineParams(
                audio_in_sample_rate=SAMPLE_RATE_HZ,
                audio_out_sample_rate=SAMPLE_RATE_HZ,
                send_initial_empty_metrics=False,
            ),
            enable_rtvi=False,
            enable_turn_tracking=False,
            idle_timeout_secs=None,
            cancel_on_idle_timeout=False,
            check_dangling_tasks=False,
        )
        self._runner = WorkerRunner(handle_sigint=False, check_dangling_tasks=False)
        self._started = asyncio.Event()
        self._run: asyncio.Task[None] | None = None
        self._utterances: asyncio.Queue[CallerUtterance] = asyncio.Queue()
        self._feeding: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Return when frames can flow.

        Raises:
            TimeoutError: pipecat did not start.
        """
        self._worker.add_event_handler("on_pipeline_started", self._note_started)
        await self._runner.add_workers(self._worker)
        self._run = asyncio.create_task(self._runner.run())
        async with asyncio.timeout(_START_TIMEOUT_S):
            await self._started.wait()
        self._feeding = asyncio.create_task(self._feed())

    def recognise(self, utterance: CallerUtterance) -> None:
        """Send an utterance on its way."""
        self._utterances.put_nowait(utterance)

    async def speak(self, track: Track) -> None:
        """Send a text on its way to the player."""
        await self._dialogue.push_frame(SpeechOrderFrame(track))

    async def stop(self) -> None:
        """End every task of the pipeline."""
        if self._feeding is not None:
            self._feeding.cancel()
            await asyncio.wait({self._feeding})
        if self._run is not None:
            await self._runner.cancel()
            await asyncio.wait({self._run})

    async def _feed(self) -> None:
        while True:
            await self._worker.queue_frame(UtteranceFrame(await self._utterances.get()))

    async def _note_started(self, _worker: PipelineWorker, _frame: Frame) -> None:
        self._started.set()

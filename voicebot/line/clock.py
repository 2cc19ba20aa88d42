"""The one clock of all calls: every 20 ms audio in, voice activity for all at once, audio out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Protocol

import structlog

from voicebot.hearing.vad import VadStream, VoiceActivity
from voicebot.telephony.call import FRAME_MS

log = structlog.get_logger(__name__)

_TICK_S = FRAME_MS / 1000
# After a stall of more than this the missed ticks are not made up one by one.
_MAX_LAG_S = 0.2


class Clocked(Protocol):
    """A call as the clock sees it."""

    @property
    def stream(self) -> VadStream:
        """Its stream at the detector."""

    def pump_in(self) -> None:
        """Take the audio that has come."""

    def window(self, pcm: bytes, probability: float) -> None:
        """Take a scored window of 32 ms."""

    def pump_out(self) -> None:
        """Hand over the audio that is due."""

    def media_broke(self) -> None:
        """One of the above failed; there will be no more of them."""


class MediaClock:
    """Drives the media of all calls from one task.

    Args:
        vad: scores the windows of all calls.
    """

    def __init__(self, vad: VoiceActivity) -> None:
        self._vad = vad
        self._calls: dict[VadStream, Clocked] = {}
        self.late_ticks = 0

    def add(self, call: Clocked) -> None:
        """Serve a call from the next tick on."""
        self._calls[call.stream] = call

    def remove(self, call: Clocked) -> None:
        """Serve it no more."""
        self._calls.pop(call.stream, None)

    def tick(self) -> None:
        """One round. A call in which an error occurs is served no more; the others go on."""
        for call in list(self._calls.values()):
            self._guarded(call, call.pump_in)
        for scored in self._vad.score():
            owner = self._calls.get(scored.stream)
            if owner is not None:
                self._guarded(owner, partial(owner.window, scored.pcm, scored.probability))
        for call in list(self._calls.values()):
            self._guarded(call, call.pump_out)

    async def run(self) -> None:
        """Tick for ever."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            if self._calls:
                self.tick()
            due += _TICK_S
            lag_s = loop.time() - due
            if lag_s > 0:
                self.late_ticks += 1
                if lag_s > _MAX_LAG_S:
                    due = loop.time()
            await asyncio.sleep(max(0.0, -lag_s))

    def _guarded(self, call: Clocked, step: Callable[[], None]) -> None:
        try:
            step()
        except Exception:
            log.exception("media_broke")
            self.remove(call)
            call.media_broke()

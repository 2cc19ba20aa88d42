"""The line in service: takes every call that comes and drains when asked to stop."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import structlog
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from voicebot.hearing.pool import RecogniserPool
from voicebot.hearing.vad import VoiceActivity
from voicebot.line.clock import MediaClock
from voicebot.line.inbox import Alarms
from voicebot.line.phrases import Phrases, render_phrases
from voicebot.line.session import CallSession, MakeDialogue, Shared
from voicebot.line.timing import CallObserver
from voicebot.settings import Settings
from voicebot.speaking.speaker import Speaker
from voicebot.telephony.call import Call, Phone

log = structlog.get_logger(__name__)

_WRAP_UP_S = 5.0


class Line:
    """Serves calls.

    The parts given are shared by all calls and closed by whoever made them; the phone is started
    and stopped here.

    Args:
        phone: where calls come from and agents are rung.
        pool: recognises speech.
        vad: finds speech.
        speaker: speaks.
        make_dialogue: makes the conversation of a call from its channel.
        observer: told what happens.
        settings: all of them.
        make_offer: makes the conversation, by keys, of a call for which there is no line; without
            it such calls are refused.
        alarms: knows a cry for help; words that it knows reach the dialogue also when they were
            heard too badly to be believed.
    """

    def __init__(
        self,
        phone: Phone,
        pool: RecogniserPool,
        vad: VoiceActivity,
        speaker: Speaker,
        make_dialogue: MakeDialogue,
        observer: CallObserver,
        settings: Settings,
        make_offer: MakeDialogue | None = None,
        alarms: Alarms = lambda words: False,
    ) -> None:
        self._phone = phone
        self._pool = pool
        self._vad = vad
        self._speaker = speaker
        self._make_dialogue = make_dialogue
        self._observer = observer
        self._settings = settings
        self._make_offer = make_offer
        self._alarms = alarms
        self._shared: Shared | None = None
        self._sessions: set[asyncio.Task[None]] = set()
        self.started = asyncio.Event()

    @property
    def calls(self) -> int:
        """Calls in progress."""
        return len(self._sessions)

    async def serve(self) -> None:
        """Take calls until `stop` or cancellation.

        Raises:
            PhoneError: the phone cannot be used as configured.
        """
        # The arrays here are small: more threads would only wait for one another, for 50 ms each
        # when the machine is busy, and on the loop's own thread.
        threadpool_limits(limits=1, user_api="blas")
        clock = MediaClock(self._vad)
        shared = self._shared = Shared(
            phone=self._phone,
            pool=self._pool,
            vad=self._vad,
            speaker=self._speaker,
            clock=clock,
            phrases=await render_phrases(self._speaker),
            make_dialogue=self._make_dialogue,
            observer=self._observer,
            settings=self._settings,
            alarms=self._alarms,
        )
        await self._phone.start()
        ticking = asyncio.create_task(clock.run())
        self.started.set()
        try:
            async for call in self._phone.incoming():
                self._take(call, shared)
        finally:
            try:
                await self._phone.stop()
                await self._end_sessions()
            finally:
                ticking.cancel()
                await asyncio.wait({ticking})

    async def stop(self, *, drain_s: float = 0.0) -> None:
        """Take no more calls and let those in progress finish, for `drain_s` seconds at most;
        `serve` then returns."""
        await self._phone.stop(drain_s=drain_s)
        await self._end_sessions()

    @property
    def phrases(self) -> Phrases:
        """The line's own prompts, once it has started."""
        return self._need_shared().phrases

    async def talk(self, call: Call, make_dialogue: MakeDialogue) -> None:
        """Hold a conversation on a call that the line has placed and that is up, to its end."""
        shared = replace(self._need_shared(), make_dialogue=make_dialogue)
        task = self._begin(CallSession(call, shared))
        try:
            await asyncio.wait({task})
        finally:
            if not task.done():
                task.cancel()
                await asyncio.wait({task})

    def _take(self, call: Call, shared: Shared) -> None:
        if not call.over_limit:
            self._begin(CallSession(call, shared))
        elif self._make_offer is not None:
            offering = replace(shared, make_dialogue=self._make_offer)
            self._begin(CallSession(call, offering, keys_only=True))
        else:
            self._hold(asyncio.create_task(call.reject(503)))

    def _begin(self, session: CallSession) -> asyncio.Task[None]:
        return self._hold(asyncio.create_task(session.run()))

    def _hold(self, task: asyncio.Task[None]) -> asyncio.Task[None]:
        self._sessions.add(task)
        task.add_done_callback(self._sessions.discard)
        return task

    def _need_shared(self) -> Shared:
        if self._shared is None:
            raise RuntimeError("the line has not started")
        return self._shared

    async def _end_sessions(self) -> None:
        if self._sessions:
            # Their calls are over: they have something to write down, and then end by themselves.
            await asyncio.wait(set(self._sessions), timeout=_WRAP_UP_S)
        left = set(self._sessions)
        for task in left:
            task.cancel()
        if left:
            await asyncio.wait(left)

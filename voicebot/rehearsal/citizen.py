"""A citizen on the telephone: hears when the line has finished, speaks, and notes the times."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from voicebot.rehearsal.ear import Ear, trim_silence
from voicebot.rehearsal.server import Event, RunningLine
from voicebot.speaking.speaker import Speaker
from voicebot.telephony.soft_call import SoftCall
from voicebot.telephony.softphone import Softphone

# People do not answer in the instant in which a question ends.
REACTION_S = 0.25


@dataclass(frozen=True)
class Exchange:
    """One turn of the citizen and the line's answer, timed on the wire.

    Attributes:
        said: what the citizen said.
        ended_s: when the last packet with speech left (monotonic seconds).
        answered_s: when the first packet with the line's speech came; None if none did.
    """

    said: str
    ended_s: float
    answered_s: float | None

    @property
    def gap_ms(self) -> float | None:
        """From the end of the citizen's speech to the line's first sound."""
        return None if self.answered_s is None else (self.answered_s - self.ended_s) * 1000


@dataclass(frozen=True)
class Asked:
    """The line listens: for which slot ("" for an open question), and whether it asks again."""

    slot: str
    again: bool


@dataclass
class Citizen:
    """One caller. Make one with `ring`.

    Attributes:
        name: marks the call's events (X-Rehearsal header).
        exchanges: the turns so far.
        on_say: told what the citizen is about to say.
    """

    name: str
    call: SoftCall
    line: RunningLine
    speaker: Speaker
    ear: Ear = field(default_factory=Ear)
    exchanges: list[Exchange] = field(default_factory=list)
    on_say: Callable[[str], None] = field(default=lambda text: None)
    _questions: asyncio.Queue[Asked] = field(default_factory=asyncio.Queue)
    _again: bool = False
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    @classmethod
    async def ring(
        cls,
        phone: Softphone,
        line: RunningLine,
        speaker: Speaker,
        name: str,
        *,
        number: str = "2105551234",
    ) -> Citizen:
        """Call the line and wait until it answers.

        Raises:
            SoftCallFailed: it did not.
        """
        call = await phone.call(line.sip_uri, user=number, headers={"X-Rehearsal": name})
        citizen = cls(name, call, line, speaker)
        citizen._tasks = [
            asyncio.create_task(citizen._listen()),
            asyncio.create_task(citizen._follow()),
        ]
        return citizen

    async def _listen(self) -> None:
        async for frame in self.call.audio():
            self.ear.hear(frame.time_s, frame.pcm)

    async def _follow(self) -> None:
        async for event in self.line.follow(self.name):
            if event["event"] == "reprompted":
                self._again = True
            elif event["event"] == "listening":
                self._questions.put_nowait(Asked(event["slot"], self._again))
                self._again = False

    async def question(self, *, timeout_s: float = 60.0) -> Asked:
        """Wait until the line listens.

        Raises:
            TimeoutError: it did not listen in time.
            CallOver: the call ended instead.
        """
        asked = asyncio.create_task(self._questions.get())
        over = asyncio.create_task(self.call.wait_ended())
        try:
            done, _ = await asyncio.wait(
                (asked, over), timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED
            )
            if asked in done:
                return asked.result()
            if over in done:
                raise CallOver(self.name)
            raise TimeoutError(f"{self.name}: the line did not listen within {timeout_s} s")
        finally:
            asked.cancel()
            over.cancel()
            await asyncio.gather(asked, over, return_exceptions=True)

    async def say(self, text: str, *, answer_timeout_s: float = 10.0) -> Exchange:
        """Speak, then wait for the first sound of the answer."""
        pcm = trim_silence(await self.speaker.render(text, sample_rate_hz=8000))
        await asyncio.sleep(REACTION_S)
        self.on_say(text)
        self.call.send(pcm)
        ended_s = await self.call.drained()
        answered_s = await self._first_sound(ended_s, answer_timeout_s)
        exchange = Exchange(text, ended_s, answered_s)
        self.exchanges.append(exchange)
        return exchange

    async def interrupt(self, text: str, *, timeout_s: float = 5.0) -> float | None:
        """Speak while the line speaks; gives the time from the first packet of speech to the
        line's last sound, in ms, or None if the line went on speaking."""
        pcm = trim_silence(await self.speaker.render(text, sample_rate_hz=8000))
        begun_s = time.monotonic()
        self.call.send(pcm)
        deadline = begun_s + timeout_s
        while time.monotonic() < deadline and self.call.state == "up":
            await asyncio.sleep(0.02)
            last_s = self.ear.last_speech_s
            # Longer than the pauses that the line makes between phrases and sentences.
            if last_s is not None and time.monotonic() - last_s > 0.6:
                return max(0.0, last_s - begun_s) * 1000
        return None

    async def speaking(self, *, timeout_s: float = 10.0) -> bool:
        """Wait until the line is heard to speak."""
        return await self._first_sound(time.monotonic(), timeout_s) is not None

    async def _first_sound(self, after_s: float, timeout_s: float) -> float | None:
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            first_s = self.ear.first_speech_after(after_s)
            if first_s is not None:
                return first_s
            if self.call.state != "up":
                return None
            await asyncio.sleep(0.01)
        return None

    def heard(self) -> list[Event]:
        """What the line understood in this call so far."""
        return [
            event
            for event in self.line.events
            if event.get("rehearsal") == self.name and event["event"] == "heard"
        ]

    async def leave(self) -> None:
        """Hang up and let go of everything."""
        await self.call.hang_up()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


class CallOver(Exception):
    """The line ended the call."""

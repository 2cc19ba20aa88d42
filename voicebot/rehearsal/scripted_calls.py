"""Plays scripts of whole calls over real SIP calls to a line, by voice, and judges each."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from voicebot.dialogue.channel import HandoffResult
from voicebot.dialogue.events import HandoffTried, Said
from voicebot.dialogue.script_checks import Evidence
from voicebot.dialogue.scripts import ScriptCall, ScriptFile, chosen, load_scripts
from voicebot.rehearsal.citizen import REACTION_S
from voicebot.rehearsal.ear import trim_silence
from voicebot.rehearsal.event_codec import decode
from voicebot.rehearsal.scripted_part import (
    Move,
    Press,
    Quiet,
    Say,
    ScriptedPart,
    SpokenResult,
)
from voicebot.rehearsal.server import RunningLine, free_port, running_line
from voicebot.rehearsal.side_by_side import as_they_end
from voicebot.rehearsal.spoken_rows import VARIANTS
from voicebot.rehearsal.verdict import judged
from voicebot.speaking.espeak import EspeakVoice
from voicebot.speaking.speaker import Speaker
from voicebot.telephony.soft_call import SoftCall, SoftCallFailed
from voicebot.telephony.softphone import Softphone, busy, no_answer

PROGRAM = "voicebot.cli.scripted_line"
CALL_LIMIT_S = 240.0
_RELEASE_LIMIT_S = 30.0
_RING_S = 3
_AGENT_TALKS_S = 1.0
_FAILED = 500


async def play_by_voice(
    file: Path, *, calls_at_once: int = 4, only: Sequence[str] = ()
) -> AsyncIterator[SpokenResult]:
    """Ring a line of its own with every call of a file; results come as the calls end.

    Args:
        file: the scripts.
        calls_at_once: how many calls are held side by side.
        only: ids of the calls that are played; all when empty.

    Raises:
        ScriptError: the file cannot be used.
        LineDidNotStart: the line cannot be used; the text says what it said.
    """
    scripts = load_scripts(file)
    calls = chosen(scripts, only).calls
    async with _theatre(file, scripts, calls_at_once) as theatre:
        served = [call for call in calls if call.seed.line == "free"]
        gate = asyncio.Semaphore(calls_at_once)
        async with aclosing(as_they_end(theatre.play(call, gate) for call in served)) as played:
            async for result in played:
                yield result
        refused = [call for call in calls if call.seed.line == "full"]
        if refused:
            async with theatre.all_lines_taken(calls_at_once):
                for call in refused:
                    yield await theatre.play(call, gate)


@asynccontextmanager
async def _theatre(file: Path, scripts: ScriptFile, calls_at_once: int) -> AsyncIterator[_Theatre]:
    agent_port = free_port()
    overrides = {
        "VOICEBOT_DESK__AGENTS": json.dumps([f"sip:agent@127.0.0.1:{agent_port}"]),
        "VOICEBOT_DESK__RING_S": str(_RING_S),
        "VOICEBOT_TELEPHONY__MAX_CALLS": str(2 * calls_at_once),
    }
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="voicebot-voice-")))
        line = await stack.enter_async_context(
            running_line(
                folder, overrides, program=PROGRAM, arguments=(str(file),), start_timeout_s=240
            )
        )
        phone = await stack.enter_async_context(await Softphone.open())
        desk = await stack.enter_async_context(await Softphone.open(port=agent_port, user="agent"))
        speakers = [Speaker(EspeakVoice(variant, nasal=True)) for variant in VARIANTS]
        for speaker in speakers:
            stack.push_async_callback(speaker.close)
        theatre = _Theatre(scripts, line, phone, speakers)
        desk.serve(theatre.answer_as_agent)
        yield theatre


class _Theatre:
    """A line, the telephone of the callers and that of the agents."""

    def __init__(
        self, scripts: ScriptFile, line: RunningLine, phone: Softphone, speakers: Sequence[Speaker]
    ) -> None:
        self._line = line
        self._phone = phone
        self._moment = scripts.moment
        # A script always has the same voice, whichever others are played.
        self._speakers = {
            call.id: speakers[index % len(speakers)] for index, call in enumerate(scripts.calls)
        }
        self._agents = {call.id: list(call.seed.agents) for call in scripts.calls}

    async def play(self, script: ScriptCall, gate: asyncio.Semaphore) -> SpokenResult:
        """Hold one call, once there is room for it."""
        async with gate:
            return await ScriptedCall(
                script, self._moment, self._line, self._phone, self._speakers[script.id]
            ).play()

    @asynccontextmanager
    async def all_lines_taken(self, calls_at_once: int) -> AsyncIterator[None]:
        """As many silent callers as the line has lines, while the block lasts."""
        callers: list[SoftCall] = []
        try:
            for _ in range(2 * calls_at_once):
                callers.append(await self._phone.call(self._line.sip_uri, user="anonymous"))
            yield
        finally:
            await asyncio.gather(*(caller.hang_up() for caller in callers))

    async def answer_as_agent(self, call: SoftCall) -> None:
        """What the script says of the next attempt to reach a person; then nobody answers."""
        asking = call.invite.get("X-Voicebot-Call") if call.invite is not None else None
        script = next(
            (event.get("rehearsal") for event in self._line.events if event.get("call") == asking),
            None,
        )
        left = self._agents.get(script or "", [])
        match HandoffResult(left.pop(0)) if left else HandoffResult.NO_ANSWER:
            case HandoffResult.CONNECTED:
                await call.ring()
                await call.answer()
                await asyncio.sleep(_AGENT_TALKS_S)
                await call.hang_up()
            case HandoffResult.BUSY:
                await busy(call)
            case HandoffResult.FAILED:
                await call.reject(_FAILED)
            case _:
                await no_answer(call)


class ScriptedCall:
    """One call, from ringing to the verdict."""

    def __init__(
        self,
        script: ScriptCall,
        moment: datetime,
        line: RunningLine,
        phone: Softphone,
        speaker: Speaker,
    ) -> None:
        self._script = script
        self._moment = moment
        self._line = line
        self._phone = phone
        self._speaker = speaker
        self._part: ScriptedPart | None = None
        self._numbers: dict[str, str] = {}
        self._outcome: str | None = None
        self._line_hung_up = False
        self._left_at: str | None = None

    async def play(self) -> SpokenResult:
        """Hold the call and judge it; never raises for what goes wrong in it."""
        began = time.monotonic()
        try:
            call = await self._phone.call(
                self._line.sip_uri,
                user=self._script.seed.caller or "anonymous",
                headers={"X-Rehearsal": self._script.id},
            )
        except SoftCallFailed as error:
            return self._judge(began, (f"the line did not answer: {error}",))
        broken: tuple[str, ...] = ()
        following = asyncio.create_task(self._follow(call))
        try:
            await asyncio.wait({following}, timeout=CALL_LIMIT_S)
            if not following.done():
                broken = (f"the call was not over after {CALL_LIMIT_S:.0f} s",)
                await call.hang_up()
                await asyncio.wait({following}, timeout=_RELEASE_LIMIT_S)
        finally:
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)
            await call.hang_up()
        if not following.cancelled() and (fault := following.exception()) is not None:
            broken = (*broken, f"the player broke: {fault!r}")
        return self._judge(began, broken)

    async def _follow(self, call: SoftCall) -> None:
        acting: asyncio.Task[None] | None = None
        try:
            async for event in self._line.follow(self._script.id):
                if acting is not None and acting.done():
                    acting.result()
                    acting = None
                match event["event"]:
                    case "scene":
                        self._numbers = event["numbers"]
                        self._part = ScriptedPart(self._script, self._numbers, self._moment)
                    case "noted" if self._part is not None:
                        self._part.note(decode(event["kind"], event["fields"]))
                    case "caught" if self._part is not None:
                        self._part.caught(event["text"])
                    # Who is still speaking when the line asks on, because a pause was taken for
                    # the end, goes on speaking: the rest is what the line hears next.
                    case "listening" if self._part is not None and acting is None:
                        acting = asyncio.create_task(self._answer(call, self._part, event["slot"]))
                    case "played":
                        self._outcome, self._line_hung_up = event["outcome"], event["hung_up"]
                    case "call_ended":
                        return
        finally:
            if acting is not None:
                acting.cancel()
                await asyncio.gather(acting, return_exceptions=True)

    async def _answer(self, call: SoftCall, part: ScriptedPart, slot: str) -> None:
        move = part.asked(slot)
        if move is Quiet.LEAVE:
            self._left_at = slot or "the open question"
        await self._act(call, move)

    async def _act(self, call: SoftCall, move: Move) -> None:
        match move:
            case Say(text):
                pcm = trim_silence(await self._speaker.render(text, sample_rate_hz=8000))
                await asyncio.sleep(REACTION_S)
                if call.state == "up":
                    call.send(pcm)
                    await call.drained()
            case Press(keys):
                await asyncio.sleep(REACTION_S)
                if call.state == "up":
                    call.send_digits(keys)
            case Quiet.LEAVE:
                await call.hang_up()
            case Quiet.WAIT:
                pass

    def _judge(self, began: float, broken: tuple[str, ...]) -> SpokenResult:
        part = self._part or ScriptedPart(self._script, {}, self._moment)
        if self._outcome is None and not broken:
            log = self._line.log.read_text("utf-8", errors="replace")
            broken = (f"the line ended the call without an outcome; its log ends: {log[-400:]}",)
        said = [event.text for event in part.journal.of(Said)]
        evidence = Evidence(part.journal, said, part.played, self._end(part), self._numbers)
        seconds = time.monotonic() - began
        remarks: tuple[str, ...] = ()
        if self._left_at is not None:
            remarks = (f"the caller put the phone down at {self._left_at}",)
        return judged(self._script, part, evidence, self._outcome or "", seconds, broken, remarks)

    def _end(self, part: ScriptedPart) -> str:
        tried = part.journal.of(HandoffTried)
        if any(one.result is HandoffResult.CONNECTED for one in tried):
            return "transferred"
        return "normal" if self._line_hung_up else "hung_up"

"""A line in service as `voicebot serve` is one, but each call has the scene of its script.

`python -m voicebot.cli.scripted_line FILE` prints one JSON object a line. The X-Rehearsal header of
a call names its script; a call without one is answered and left alone. Everything is real but the
day and what is in the records. The callers are invented, so nothing is masked.
"""

from __future__ import annotations

import asyncio
import signal
import sys
import tempfile
from contextlib import AsyncExitStack, suppress
from datetime import timedelta
from pathlib import Path

from voicebot.cli import assembly
from voicebot.cli.observers import Observers
from voicebot.cli.reporting import EventStream, LineReporter, ListeningReporter
from voicebot.dialogue.channel import Channel, Heard, Unheard, Utterance
from voicebot.dialogue.converse import Services, converse
from voicebot.dialogue.danger import alarms
from voicebot.dialogue.events import Event
from voicebot.dialogue.script_scene import make_template, scene_of
from voicebot.dialogue.scripts import ScriptCall, ScriptFile, load_scripts
from voicebot.line import CallObserver, Line
from voicebot.rehearsal.event_codec import encode
from voicebot.settings import Settings, load_settings
from voicebot.telephony.call import CallInfo
from voicebot.telephony.endpoint import SipPhone
from voicebot.understanding.classifier import Classifier
from voicebot.understanding.expectation import FREE, Expectation
from voicebot.understanding.knowledge import Knowledge

_OCCUPIED = timedelta(minutes=10)


class _WhoCalls(CallObserver):
    """Remembers which script a call plays, and whether it has a line."""

    def __init__(self) -> None:
        self.script: dict[str, str] = {}

    def call_started(self, info: CallInfo) -> None:
        """A call was answered."""
        self.script[info.call_id] = info.headers.get("x-rehearsal", "")


class _Noted:
    """Reports every event of a dialogue whole (an observer of its events)."""

    def __init__(self, stream: EventStream, call_id: str) -> None:
        self._stream = stream
        self._call_id = call_id

    def note(self, event: Event) -> None:
        """One event."""
        self._stream.emit("noted", self._call_id, **encode(event))


class _ScriptedChannel(ListeningReporter):
    """Also calls from the number that the script says, and knows whether the line hung up."""

    def __init__(self, channel: Channel, stream: EventStream, caller: str | None) -> None:
        super().__init__(channel, stream)
        self.caller_number = caller
        self.hung_up = False

    async def listen(self, expectation: Expectation = FREE, *, timeout: timedelta) -> Heard:
        """See `Channel.listen`; also tells what was heard when nothing of the call may be kept."""
        heard = await super().listen(expectation, timeout=timeout)
        match heard:
            case Utterance(text, confidence):
                told = {"text": text, "confidence": round(confidence, 3)}
            case Unheard():
                told = {"text": "", "confidence": 0.0}
            case _:
                return heard
        self._stream.emit("caught", self.call_id, **told)
        return heard

    async def hang_up(self) -> None:
        """See `Channel.hang_up`."""
        self.hung_up = True
        await super().hang_up()


class _Scripted:
    """The dialogues of a file of scripts."""

    def __init__(
        self,
        scripts: ScriptFile,
        knowledge: Knowledge,
        classifier: Classifier,
        settings: Settings,
        stream: EventStream,
        template: Path,
        who: _WhoCalls,
    ) -> None:
        self._calls: dict[str, ScriptCall] = {call.id: call for call in scripts.calls}
        self._moment = scripts.moment
        self._knowledge = knowledge
        self._classifier = classifier
        self._settings = settings
        self._stream = stream
        self._template = template
        self._who = who
        # The migrations keep their state in a module: one database is opened at a time.
        self._opening = asyncio.Lock()

    async def talk(self, channel: Channel) -> None:
        """Hold the conversation of the call's script.

        Raises:
            HungUp: a call without a script was ended.
        """
        call = self._calls.get(self._who.script.get(channel.call_id, ""))
        if call is None:
            while True:
                await channel.listen(timeout=_OCCUPIED)
        emit, call_id = self._stream.emit, channel.call_id
        scripted = _ScriptedChannel(channel, self._stream, call.seed.caller)
        async with AsyncExitStack() as stack:
            async with self._opening:
                scene = await stack.enter_async_context(
                    scene_of(call, self._moment, self._settings.dialogue, template=self._template)
                )
            emit("scene", call_id, numbers=dict(scene.numbers))
            outcome = await converse(
                scripted,
                Services(self._knowledge, self._classifier, scene.records),
                scene.settings,
                clock=lambda: scene.moment,
                observers=(_Noted(self._stream, call_id),),
                course=scene.course,
            )
        emit("played", call_id, outcome=outcome.value, hung_up=scripted.hung_up)


async def run(file: Path, settings: Settings, stream: EventStream) -> None:
    """Serve the calls of a file of scripts until SIGTERM."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    scripts = load_scripts(file)
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="voicebot-scripts-"))
        services = await stack.enter_async_context(assembly.services(settings))
        classifier = services.classifier
        assert isinstance(classifier, Classifier)
        speaker = await stack.enter_async_context(assembly.speaker(settings))
        ears = await stack.enter_async_context(assembly.ears(settings))
        await assembly.prerender(speaker, services, scripts.today)
        who = _WhoCalls()
        scripted = _Scripted(
            scripts,
            services.knowledge,
            classifier,
            settings,
            stream,
            await make_template(Path(folder)),
            who,
        )
        line = Line(
            SipPhone(settings.telephony, agents=settings.desk.agents),
            ears.pool,
            ears.vad,
            speaker,
            scripted.talk,
            Observers(LineReporter(stream), who),
            settings,
            scripted.talk,
            alarms(services.knowledge, classifier),
        )
        serving = asyncio.create_task(line.serve())
        started = asyncio.create_task(line.started.wait())
        try:
            await asyncio.wait({serving, started}, return_when=asyncio.FIRST_COMPLETED)
            if serving.done():
                serving.result()
            address = f"{settings.telephony.bind}:{settings.telephony.sip_port}"
            stream.emit("ready", sip=f"sip:{settings.dialogue.line_name}@{address}", desk="")
            await stop.wait()
        finally:
            started.cancel()
            await line.stop()
            with suppress(asyncio.CancelledError):
                await serving


if __name__ == "__main__":
    from voicebot.cli.errors import known_errors
    from voicebot.cli.logs import set_up_logging

    set_up_logging(verbose=False)
    try:
        asyncio.run(run(Path(sys.argv[1]), load_settings(), EventStream(sys.stdout)))
    except known_errors() as error:
        sys.exit(str(error))

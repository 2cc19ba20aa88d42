"""A line in a process of its own, with everything real but the dialogue, for the call tests.

Prints one JSON object a line: `ready` with the SIP address, then what happens in calls. Ends on
SIGTERM. The user part of the address called says which dialogue: `sip:confirm@…`. Run as
`python -m tests.line.program [AGENT...]`.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from voicebot.dialogue.channel import Briefing, Channel, HandoffResult, Heard, Keys, Utterance
from voicebot.hearing.loading import load_recogniser
from voicebot.hearing.pool import RecogniserPool
from voicebot.hearing.vad import SileroVad
from voicebot.line import CallObserver, Line, TurnTiming
from voicebot.settings import Desk, Settings, Telephony
from voicebot.speaking.speaker import Speaker
from voicebot.speaking.voices import load_voice
from voicebot.telephony.call import CallInfo
from voicebot.telephony.endpoint import SipPhone
from voicebot.understanding.expectation import FREE, Expectation, Kind

GREETING = "Καλέσατε το 1555. Είμαι ψηφιακός βοηθός."
ANSWER = (
    "Το επίδομα παιδιού το ζητάτε με ηλεκτρονική αίτηση. Χρειάζεστε τους κωδικούς σας. "
    "Η αίτηση υποβάλλεται μία φορά τον χρόνο. Το ποσό εξαρτάται από το εισόδημα. "
    "Μπορείτε να απευθυνθείτε και στο κέντρο κοινότητας του δήμου σας."
)
SHORT = timedelta(seconds=6)


def written(heard: Heard) -> str:
    """What was heard, on one line."""
    match heard:
        case Utterance(text):
            return text
        case Keys(digits):
            return f"[keys] {digits}"
        case _:
            return f"[{type(heard).__name__.lower()}]"


async def confirm(channel: Channel) -> None:
    """Ask for yes or no, twice."""
    await channel.say(GREETING)
    for question in ("Θέλετε ραντεβού;", "Είναι σωστό;"):
        await channel.say(question)
        heard = await channel.listen(Expectation(Kind.YES_NO), timeout=SHORT)
        await channel.say(f"Άκουσα: {written(heard)}.")
    await channel.say("Αντίο.")


async def number(channel: Channel) -> None:
    """Ask for a mobile number."""
    await channel.say("Ποιο είναι το κινητό σας;")
    heard = await channel.listen(Expectation(Kind.PHONE), timeout=SHORT)
    await channel.say("Ευχαριστώ." if not isinstance(heard, Keys) else "Το έγραψα.")


async def read(channel: Channel) -> None:
    """Read a long answer, then listen."""
    await channel.say(ANSWER)
    await channel.listen(FREE, timeout=SHORT)
    await channel.say("Εντάξει.")


async def person(channel: Channel) -> None:
    """Hand the caller to a person."""
    briefing = Briefing(channel.call_id, "δοκιμή", None, "Δοκιμαστική κλήση.")
    result = await channel.hand_off(briefing, queue="δοκιμή")
    if result is not HandoffResult.CONNECTED:
        await channel.say("Δεν απαντά κανείς. Θα σας καλέσουμε.")


async def talk(channel: Channel) -> None:
    """Answer yes/no questions for as long as the caller stays."""
    await channel.say("Λέγετε.")
    while True:
        await channel.listen(Expectation(Kind.YES_NO), timeout=timedelta(seconds=60))
        await channel.say("Εντάξει, το σημείωσα. Τι άλλο θα θέλατε;")


DIALOGUES: dict[str, Callable[[Channel], Awaitable[None]]] = {
    dialogue.__name__: dialogue for dialogue in (confirm, number, read, person, talk)
}


class Reporter(CallObserver):
    """Prints what happens, and remembers who was called."""

    def __init__(self) -> None:
        self.called: dict[str, str] = {}

    def report(self, event: str, **fields: Any) -> None:
        print(json.dumps({"event": event, "at_s": time.monotonic(), **fields}), flush=True)

    def call_started(self, info: CallInfo) -> None:
        self.called[info.call_id] = info.local_uri.partition(":")[2].partition("@")[0]
        self.report("started", call=info.call_id, number=info.number)

    def said(self, call_id: str, text: str, *, completed: bool) -> None:
        self.report("said", call=call_id, text=text, completed=completed)

    def heard(self, call_id: str, heard: Heard) -> None:
        self.report("heard", call=call_id, text=written(heard))

    def turn_taken(self, call_id: str, timing: TurnTiming) -> None:
        self.report("turn", call=call_id, **asdict(timing))

    def barged_in(self, call_id: str, *, counted: bool) -> None:
        self.report("barged_in", call=call_id, counted=counted)

    def handed_off(self, call_id: str, result: HandoffResult) -> None:
        self.report("handed_off", call=call_id, result=result.value)

    def call_ended(self, call_id: str, reason: str) -> None:
        self.report("ended", call=call_id, reason=reason)


async def main(agents: tuple[str, ...]) -> None:
    settings = Settings(
        telephony=Telephony(sip_port=0, max_calls=200), desk=Desk(agents=agents, ring_s=5)
    )
    reporter = Reporter()
    recogniser = load_recogniser(settings.hearing)
    recogniser.warm_up()
    pool = RecogniserPool(recogniser, workers=settings.hearing.workers)
    speaker = Speaker(load_voice(settings.speaking))
    phone = SipPhone(settings.telephony, agents=agents)

    async def dialogue(channel: Channel) -> None:
        await DIALOGUES[reporter.called[channel.call_id]](channel)
        await channel.hang_up()

    line = Line(phone, pool, SileroVad(), speaker, dialogue, reporter, settings)
    serving = asyncio.create_task(line.serve())
    started = asyncio.create_task(line.started.wait())
    await asyncio.wait({serving, started}, return_when=asyncio.FIRST_COMPLETED)
    if serving.done():
        await serving
    reporter.report("ready", sip=f"127.0.0.1:{phone.port}")
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await stop.wait()
    await line.stop()
    await serving
    await pool.close()
    await speaker.close()


if __name__ == "__main__":
    asyncio.run(main(tuple(sys.argv[1:])))

"""A phone in a process of its own that answers every call and plays back what it hears.

Prints `port N` when it is ready and `answered N ended N` at its end; ends when standard input
closes.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys

from voicebot.settings import Telephony
from voicebot.telephony.admission import Admission
from voicebot.telephony.call import Call, CallFailed
from voicebot.telephony.endpoint import SipPhone


async def main() -> None:
    max_calls = int(sys.argv[1])
    phone = SipPhone(
        Telephony(sip_port=0, max_calls=max_calls),
        admission=Admission(max_calls, rate_per_s=1000.0, burst=1000),
    )
    await phone.start()
    print("port", phone.port, flush=True)
    counts = {"answered": 0, "ended": 0}
    tasks: set[asyncio.Task[None]] = set()

    async def serve(call: Call) -> None:
        with contextlib.suppress(CallFailed):
            await call.answer()
            counts["answered"] += 1
        while call.is_up:
            await call.wait_audio()
            call.write(call.read())
        async for _ in call.events():
            pass
        counts["ended"] += 1

    async def accept() -> None:
        async for call in phone.incoming():
            task = asyncio.create_task(serve(call))
            tasks.add(task)
            task.add_done_callback(tasks.discard)

    accepting = asyncio.create_task(accept())
    await asyncio.to_thread(sys.stdin.read)
    await phone.stop(drain_s=5.0)
    await accepting
    await asyncio.gather(*tasks)
    print("answered", counts["answered"], "ended", counts["ended"], flush=True)


asyncio.run(main())

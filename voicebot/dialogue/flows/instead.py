"""When there is no appointment to be had: a callback, a request for the agency, an honest end."""

from __future__ import annotations

from voicebot.dialogue.call import Call
from voicebot.dialogue.flows import callback, case
from voicebot.dialogue.prompts import booking, services
from voicebot.understanding.knowledge_schema import Service


async def offer(call: Call, why: str) -> None:
    """Say why and offer what can be done. Raises as `Conversation.ask`, and
    `RecordsUnavailable`."""
    call.state.topic = Service.APPOINTMENT
    prompt = f"{why} {booking.CALLBACK_INSTEAD}"
    if await call.talk.confirm(prompt, slot="offer_help", short=booking.CALLBACK_INSTEAD):
        await callback.request(call, topic=Service.APPOINTMENT)
    elif await call.talk.confirm(services.NOBODY_FREE_CASE, slot="offer_help"):
        await case.open_case(call)
    else:
        await call.say(booking.NOT_BOOKED)

"""A caller for whom there is no line: a short offer to ring back, taken with one key."""

from __future__ import annotations

from voicebot.dialogue.call import Call
from voicebot.dialogue.flows import callback
from voicebot.dialogue.notices import play_notice
from voicebot.dialogue.prompts import callbacks as prompts
from voicebot.dialogue.prompts import general
from voicebot.dialogue.signals import Signal
from voicebot.records.errors import RecordsError
from voicebot.records.types import CallbackOrigin, Notice
from voicebot.understanding.phones import say_phone


async def offer(call: Call) -> None:
    """The whole call.

    Raises:
        HungUp: the caller is gone.
    """
    await play_notice(call, Notice.AI, general.notice(call.settings.line_name))
    number = call.caller_phone
    if number is None:
        await call.say(prompts.OVERLOAD_NO_NUMBER)
    else:
        prompt = prompts.overload(say_phone(number))
        try:
            taken = await callback.offer_by_key(call, prompt=prompt, origin=CallbackOrigin.OVERLOAD)
        except (Signal, RecordsError):
            taken = False
        if not taken:
            await call.say(prompts.OVERLOAD_DECLINED)
    await call.channel.hang_up()

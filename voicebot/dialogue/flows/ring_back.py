"""The line rings a citizen back: who it is, then a person."""

from __future__ import annotations

from collections.abc import Callable

from voicebot.dialogue.call import Call
from voicebot.dialogue.flows import handoff
from voicebot.dialogue.notices import play_notice
from voicebot.dialogue.prompts import callbacks as prompts
from voicebot.dialogue.prompts import general
from voicebot.dialogue.signals import HandoffReason
from voicebot.records.types import Callback, Notice, Speaker

_WORDS = 4


async def ring_back(call: Call, about: Callback, connected: Callable[[bool], None]) -> None:
    """The whole call.

    Args:
        connected: told whether a person took the call, as soon as that is known.

    Raises:
        HungUp: the citizen is gone.
    """
    call.state.topic, call.state.agency = about.topic, about.agency
    if about.call_id is not None:
        turns = await call.records.transcript(about.call_id)
        call.state.words = [turn.text for turn in turns if turn.who is Speaker.CALLER][:_WORDS]
    await play_notice(call, Notice.AI, general.notice(call.settings.line_name))
    await call.say(prompts.RING_BACK)
    taken = await handoff.connect(call, HandoffReason.CALLBACK)
    connected(taken)
    if not taken:
        await call.say(prompts.RING_BACK_NOBODY)
    await call.channel.hang_up()

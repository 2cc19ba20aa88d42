"""Notices whose playing is proved."""

from __future__ import annotations

from voicebot.dialogue.call import Call
from voicebot.dialogue.events import BotNotice
from voicebot.records.types import Notice


async def play_notice(call: Call, kind: Notice, text: str) -> None:
    """Play a notice that cannot be interrupted, and note whether it was heard to its end.

    Raises:
        HungUp: the caller is gone.
    """
    completed = False
    try:
        await call.talk.say(text, interruptible=False)
        completed = True
    finally:
        call.observer.note(BotNotice(kind, completed))

"""Somebody is in danger: everything else stops. The line never hangs up first here."""

from __future__ import annotations

from voicebot.dialogue.call import Call
from voicebot.dialogue.events import Safety, SafetyMet
from voicebot.dialogue.flows import handoff
from voicebot.dialogue.prompts import safety
from voicebot.dialogue.signals import (
    Cancelled,
    Distress,
    DistressKind,
    HandoffReason,
    Lost,
    PersonWanted,
)
from voicebot.dialogue.slots import yes_no_once
from voicebot.records.types import Outcome


async def protect(call: Call, kind: DistressKind) -> bool:
    """Say what helps, then bring a person.

    Returns:
        Whether a person took the call over.

    Raises:
        HungUp: the caller is gone.
        Farewell, KeypadWanted: said instead of an answer.
    """
    call.observer.note(SafetyMet(Safety(kind.value)))
    call.talk.in_danger(kind)
    call.state.topic = "DISTRESS"
    match kind:
        case DistressKind.SUICIDE:
            in_danger = await _asked(call, safety.SUICIDE, "safety_now", otherwise=True)
            if in_danger:
                await call.say(safety.SUICIDE_NOW)
            await call.say(safety.SUICIDE_LINES)
        case DistressKind.VIOLENCE:
            can_talk = await _asked(call, safety.VIOLENCE, "safety_now", otherwise=False)
            if not can_talk:
                # Whoever may be overheard is told no more and asked no more.
                await call.say(safety.VIOLENCE_NOW)
                call.state.achieve(Outcome.ANSWERED)
                return await _bring_person(call)
            await call.say(safety.VIOLENCE_LINES)
        case DistressKind.MEDICAL:
            await call.say(safety.MEDICAL)
    call.state.achieve(Outcome.ANSWERED)
    if not await _asked(call, safety.SAFETY_HANDOFF, "safety_handoff", otherwise=True):
        return False
    return await _bring_person(call)


async def _bring_person(call: Call) -> bool:
    if await handoff.connect(call, HandoffReason.EMERGENCY):
        return True
    await call.say(safety.NOBODY_FREE)
    return False


async def _asked(call: Call, prompt: str, slot: str, *, otherwise: bool) -> bool:
    """One yes/no question that is not insisted on; `otherwise` when it gets no clear answer."""
    try:
        return await call.talk.ask(yes_no_once(prompt, slot))
    except (Lost, Cancelled):
        return otherwise
    except PersonWanted:
        return True if slot == "safety_handoff" else otherwise
    except Distress:
        # More of the same said instead of an answer: in danger, or not able to talk.
        return otherwise

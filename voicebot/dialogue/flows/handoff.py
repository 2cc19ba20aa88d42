"""Put the caller through to a person; if nobody answers, promise a callback or take a case."""

from __future__ import annotations

from voicebot.dialogue.call import Call
from voicebot.dialogue.channel import Briefing, HandoffResult, HungUp
from voicebot.dialogue.events import HandoffTried
from voicebot.dialogue.flows import callback, case
from voicebot.dialogue.flows.captured import captured_so_far
from voicebot.dialogue.prompts import briefing as briefings
from voicebot.dialogue.prompts import callbacks, services
from voicebot.dialogue.signals import HandoffReason
from voicebot.dialogue.spoken import spoken_moment
from voicebot.records.calling_hours import allows, next_allowed
from voicebot.records.errors import RecordsError
from voicebot.records.masking import mask
from voicebot.records.types import ATHENS, CallbackOrigin, HandoffStatus, Outcome

_QUEUE = "operators"
_URGENT_QUEUE = "emergency"
_STATUS = {
    HandoffResult.CONNECTED: HandoffStatus.CONNECTED,
    HandoffResult.BUSY: HandoffStatus.BUSY,
    HandoffResult.NO_ANSWER: HandoffStatus.NO_ANSWER,
    HandoffResult.FAILED: HandoffStatus.FAILED,
}


async def connect(call: Call, reason: HandoffReason) -> bool:
    """Ring the agents; whether one took the call over. After their hours they are rung for an
    emergency only.

    Raises:
        HungUp: the caller gave up waiting.
    """
    if reason is not HandoffReason.EMERGENCY and not desk_is_open(call):
        return False
    briefing = make_briefing(call, reason)
    queue = queue_for(call, reason)
    await call.say(services.CALLING_PERSON)
    handoff_id = await _note_request(call, briefing, queue)
    try:
        result = await call.channel.hand_off(briefing, queue=queue)
    except HungUp:
        await _note_end(call, handoff_id, HandoffStatus.ABANDONED)
        raise
    call.observer.note(HandoffTried(briefing, result))
    await _note_end(call, handoff_id, _STATUS[result])
    if result is not HandoffResult.CONNECTED:
        return False
    call.state.achieve(Outcome.HANDED_OVER)
    return True


def desk_is_open(call: Call) -> bool:
    """Whether people are at the desk at this hour."""
    return allows(call.settings.operators, call.now())


async def nobody_free(call: Call) -> None:
    """Apologise and promise something that will be kept instead. Raises as `Conversation.ask`."""
    if desk_is_open(call):
        offer, origin = services.NOBODY_FREE, CallbackOrigin.NOBODY_FREE
    else:
        opening = next_allowed(call.settings.operators, call.now()).astimezone(ATHENS)
        offer = callbacks.after_hours(spoken_moment(opening, call.today()))
        origin = CallbackOrigin.AFTER_HOURS
    if await call.talk.confirm(offer, slot="offer_help", short=services.CALLBACK_OFFER):
        await callback.request(call, origin=origin)
    elif await call.talk.confirm(services.NOBODY_FREE_CASE, slot="offer_help"):
        # It was a person that was asked for: the operators have it first.
        await case.open_case(call, level=1)


def queue_for(call: Call, reason: HandoffReason) -> str:
    """Which agents are rung."""
    if reason is HandoffReason.EMERGENCY:
        return _URGENT_QUEUE
    return call.state.agency.lower() if call.state.agency is not None else _QUEUE


def make_briefing(call: Call, reason: HandoffReason) -> Briefing:
    """What the person sees: reason, topic, the caller's own words, captured slots; all masked."""
    state = call.state
    words = [mask(text) for text in state.words]
    return Briefing(
        call_id=call.call_id,
        reason=reason.value,
        topic=state.topic,
        summary=briefings.summary(reason.value, call.about, words),
        captured=captured_so_far(state),
    )


async def _note_request(call: Call, briefing: Briefing, queue: str) -> int | None:
    # The caller is put through also when the database is away.
    try:
        return await call.records.handoffs.request(
            call.call_id,
            briefing.reason,
            topic=briefing.topic,
            summary=briefing.summary,
            captured=briefing.captured,
            queue=queue,
        )
    except RecordsError:
        return None


async def _note_end(call: Call, handoff_id: int | None, status: HandoffStatus) -> None:
    if handoff_id is None:
        return
    try:
        await call.records.handoffs.end(handoff_id, status)
    except RecordsError:
        return

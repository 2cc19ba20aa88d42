"""The keypad menu: the whole line without speech.

Topics by agency, the status of a request, a callback, a person. A caller who does not use the
keys either is offered a callback, then told honestly that the line cannot serve now.
"""

from __future__ import annotations

from voicebot.dialogue.call import Call
from voicebot.dialogue.events import KeypadOffered
from voicebot.dialogue.flows import answer, callback, status
from voicebot.dialogue.prompts import general, labels, services
from voicebot.dialogue.signals import Cancelled, KeypadWanted, Lost
from voicebot.dialogue.slots import key_question
from voicebot.records.types import Agency
from voicebot.understanding.knowledge_schema import Entry

_AGENCIES = (Agency.EFKA, Agency.DYPA, Agency.OPEKA, Agency.LABOUR, Agency.TEKA)
_STATUS_KEY, _CALLBACK_KEY, _BACK_KEY = "7", "8", "*"
_MOST_TOPICS = 6
SLOT = "dtmf_menu"


async def serve(call: Call, *, speech_down: bool) -> bool:
    """Lead the caller by keys.

    Returns:
        True to go on with "anything else", False when the call has been ended here.

    Raises:
        HungUp: the caller is gone.
        PersonWanted: zero was pressed.
    """
    call.observer.note(KeypadOffered(SLOT))
    if speech_down:
        await call.say(general.SPEECH_DOWN)
    try:
        return await _serve(call)
    except (Lost, KeypadWanted, Cancelled):
        return await _last_offer(call)


async def _serve(call: Call) -> bool:
    while True:
        names = [labels.AGENCIES[agency].name for agency in _AGENCIES]
        known = "".join(str(key) for key in range(1, len(_AGENCIES) + 1))
        key = await call.talk.ask(
            key_question(services.menu(names), SLOT, known + _STATUS_KEY + _CALLBACK_KEY)
        )
        if key == _STATUS_KEY:
            await status.tell(call)
            return True
        if key == _CALLBACK_KEY:
            await callback.request(call)
            return True
        agency = _AGENCIES[int(key) - 1]
        call.state.agency = agency
        if await _topic(call, topics(call, agency)):
            return True


def topics(call: Call, agency: Agency) -> tuple[Entry, ...]:
    """The questions of an agency that keys lead to: the first of its file, asked most."""
    own = [
        entry
        for entry in call.knowledge
        if entry.is_question and entry.agency is not None and entry.agency.value == agency.value
    ]
    return tuple(own[:_MOST_TOPICS])


async def _topic(call: Call, entries: tuple[Entry, ...]) -> bool:
    """One topic; whether the caller is done (else the first level again)."""
    if not entries:
        return False
    while True:
        titles = [entry.title for entry in entries]
        keys = "".join(str(key) for key in range(1, len(entries) + 1))
        key = await call.talk.ask(
            key_question(services.menu_topics(titles), SLOT, keys + _BACK_KEY)
        )
        if key == _BACK_KEY:
            return False
        await answer.tell(call, entries[int(key) - 1])
        again = await call.talk.ask(key_question(services.MENU_AFTER, SLOT, "12"))
        if again == "2":
            return True


async def _last_offer(call: Call) -> bool:
    """Nothing was pressed: a callback to the number that rings, or an apology."""
    try:
        if await callback.offer_by_key(call):
            return True
    except (Lost, KeypadWanted, Cancelled):
        pass
    await call.say(services.MENU_APOLOGY)
    await call.channel.hang_up()
    return False

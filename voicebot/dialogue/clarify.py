"""Asking back, once, when an utterance fits two entries, or one not surely enough."""

from __future__ import annotations

from voicebot.dialogue.call import Call
from voicebot.dialogue.commands import says_any
from voicebot.dialogue.meaning import Meaning
from voicebot.dialogue.prompts import general
from voicebot.dialogue.questions import Option
from voicebot.dialogue.slots import pick, says_no, says_yes
from voicebot.understanding.interpretation import Candidate
from voicebot.understanding.knowledge_schema import Entry, Service
from voicebot.understanding.text import words

# The runner-up is worth naming only when it is not far behind.
_RIVAL_SHARE = 0.4

_APPOINTMENTS = frozenset(
    {Service.APPOINTMENT, Service.APPOINTMENT_CHANGE, Service.APPOINTMENT_CANCEL}
)
_APPOINTMENT_WORDS = ("ραντεβού", "ραντεβουδάκι")

_FOLLOW_UPS = (
    "και για",
    "και η μητέρα μου",
    "και η μάνα μου",
    "και ο πατέρας μου",
    "και ο άντρας μου",
    "και η γυναίκα μου",
    "και το παιδί μου",
    "και αν είναι",
    "κι αν είναι",
    "ισχύει και",
    "το ίδιο ισχύει",
    "το ίδιο και",
    "για τη μητέρα μου",
    "για τη μάνα μου",
    "για τον πατέρα μου",
    "για τον άντρα μου",
    "για τη γυναίκα μου",
    "για το παιδί μου",
)
_FOLLOW_UP_WORDS = 8


def is_follow_up(text: str) -> bool:
    """Whether a text asks the last question again for somebody else («και για τη μητέρα μου;»)."""
    return len(words(text)) <= _FOLLOW_UP_WORDS and says_any(text, _FOLLOW_UPS)


async def clarify(call: Call, meaning: Meaning) -> tuple[Meaning, Entry] | None:
    """Ask which of the two best entries is meant.

    Returns:
        What was meant, or None when it stays open.

    Raises:
        HungUp and the signals of `Conversation.request`.
    """
    service = _plain_service(call, meaning)
    if service is not None:
        return meaning, service
    first = meaning.entry
    second = _rival(call, meaning.interpretation.candidates, first)
    if first.negative:
        return None
    if second is None:
        prompt = general.is_it_about(first.title)
    else:
        prompt = call.knowledge.question_between(first.id, second.id) or general.which_of(
            (first.title, second.title)
        )
    likely = [first] if second is None else [first, second]
    reply = await call.talk.request(prompt, slot="confirm_intent")
    chosen = _chosen(reply, likely)
    if chosen is not None:
        return meaning, chosen
    if says_yes(reply) or says_no(reply) or reply.entry.negative or not reply.sure:
        return None
    call.state.heard(reply)
    return reply, reply.entry


def _chosen(reply: Meaning, likely: list[Entry]) -> Entry | None:
    """Which of the likely entries a reply means; the likelier for a bare yes."""
    if says_no(reply):
        return None
    if says_yes(reply):
        return likely[0]
    if len(likely) > 1:
        named = pick(reply.readings, [Option(entry, entry.title) for entry in likely])
        if named is not None:
            return named
    for candidate in reply.interpretation.candidates[:2]:
        for entry in likely:
            if candidate.intent == entry.id:
                return entry
    return None


def _plain_service(call: Call, meaning: Meaning) -> Entry | None:
    """The service that is asked for by its own name («ραντεβού για τα ένσημα»): then the topic
    beside it is what the service is for, and not a rival."""
    if not says_any(meaning.text, _APPOINTMENT_WORDS):
        return None
    for candidate in meaning.interpretation.candidates[:3]:
        if candidate.topic in _APPOINTMENTS:
            return call.knowledge.entry(candidate.intent)
    return None


def _rival(call: Call, candidates: tuple[Candidate, ...], first: Entry) -> Entry | None:
    for candidate in candidates[1:]:
        entry = call.knowledge.entry(candidate.intent)
        if candidate.probability < _RIVAL_SHARE * candidates[0].probability:
            return None
        if not entry.negative and entry.title != first.title:
            return entry
    return None

"""How something is done electronically, from the directory of electronic services."""

from __future__ import annotations

from voicebot.dialogue.call import Call
from voicebot.dialogue.events import TopicAnswered
from voicebot.dialogue.meaning import Meaning
from voicebot.records.types import Outcome
from voicebot.understanding.eservices import Listed, asks_electronically
from voicebot.understanding.knowledge_schema import Entry, Service

_LIKELY = 3


def asked(call: Call, meaning: Meaning) -> Listed | None:
    """The electronic service that an utterance asks for; None when it asks for something else,
    or for one whose facts are not confirmed today."""
    best = meaning.interpretation.best
    if best.topic in set(Service) and meaning.sure and best.topic != Service.OUT_OF_SCOPE:
        return None
    if not asks_electronically(meaning.text):
        return None
    topics = [one.topic for one in meaning.interpretation.candidates[:_LIKELY]]
    found = call.knowledge.eservices.find(meaning.text, topics)
    return found if found is not None and found.service.speakable(call.today()) else None


async def tell(call: Call, listed: Listed, entry: Entry | None) -> None:
    """Say what the service does, where and with what, and who helps without codes.

    Args:
        entry: the question that it belongs to, which the call is then about.

    Raises:
        HungUp: the caller is gone.
    """
    if entry is not None:
        call.state.about(entry)
    await call.say(listed.service.spoken)
    await call.say(listed.service.without_codes)
    topic = listed.service.topic
    if topic is not None:
        call.observer.note(TopicAnswered(topic, listed.service.id))
    call.state.achieve(Outcome.ANSWERED, topic)


def entry_of(call: Call, listed: Listed) -> Entry | None:
    """The question that a service belongs to."""
    entries = call.knowledge.by_topic.get(listed.service.topic or "", ())
    return entries[0] if entries else None

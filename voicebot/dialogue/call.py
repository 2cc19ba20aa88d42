"""One call as the flows see it: whom they talk to, what they know, and what has come of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

from voicebot.dialogue.channel import Channel
from voicebot.dialogue.conversation import Conversation
from voicebot.dialogue.events import Captured, Event, Observer, Veiled
from voicebot.dialogue.meaning import Meaning
from voicebot.records import Records
from voicebot.records.types import Agency, Outcome
from voicebot.settings import Dialogue as DialogueSettings
from voicebot.understanding.knowledge import Knowledge
from voicebot.understanding.knowledge_schema import Entry
from voicebot.understanding.phones import parse_phone, validate_phone

Clock = Callable[[], datetime]

# When several things came of a call, the one that somebody still has to do something for counts.
_RANK = (
    Outcome.ABANDONED,
    Outcome.ANSWERED,
    Outcome.CALLBACK,
    Outcome.CASE,
    Outcome.APPOINTMENT,
    Outcome.HANDED_OVER,
)
_WORDS_KEPT = 4


@dataclass
class State:
    """What is known so far.

    Attributes:
        entry: the question answered last, for "and for my mother?".
        captured: slots with values as they were heard; masked before anybody sees them.
        words: the caller's own requests, latest last.
        appointment: number of the appointment that was booked or found in this call.
        veiled: the caller wants to stay unknown.
    """

    entry: Entry | None = None
    topic: str | None = None
    agency: Agency | None = None
    captured: dict[str, str] = field(default_factory=dict)
    words: list[str] = field(default_factory=list)
    appointment: str | None = None
    veiled: bool = False
    outcome: Outcome = Outcome.ABANDONED
    outcome_topic: str | None = None

    def achieve(self, outcome: Outcome, topic: str | None = None) -> None:
        """Something came of the call; the weightiest counts in the end."""
        if _RANK.index(outcome) >= _RANK.index(self.outcome):
            self.outcome = outcome
            self.outcome_topic = topic or self.topic

    def note(self, event: Event) -> None:
        """Keep what a briefing will need (an observer of the call)."""
        if isinstance(event, Captured):
            self.captured[event.slot] = event.value
        elif isinstance(event, Veiled):
            self.captured.clear()
            self.words = []
            self.veiled = True

    def heard(self, meaning: Meaning) -> None:
        """The caller asked for something."""
        if not self.veiled:
            self.words = [*self.words, meaning.text][-_WORDS_KEPT:]

    def about(self, entry: Entry) -> None:
        """The call is now about this entry."""
        self.topic = entry.topic
        if entry.agency is not None and entry.agency.value in set(Agency):
            self.agency = Agency(entry.agency.value)
        if entry.is_question:
            self.entry = entry


@dataclass(frozen=True)
class Call:
    """Everything a flow needs."""

    channel: Channel
    talk: Conversation
    knowledge: Knowledge
    records: Records
    observer: Observer
    settings: DialogueSettings
    now: Clock
    state: State

    @property
    def call_id(self) -> str:
        """The call's name everywhere."""
        return self.channel.call_id

    @property
    def caller_phone(self) -> str | None:
        """The number that calls, as ten digits; None when it is withheld, foreign or internal."""
        parsed = parse_phone(self.channel.caller_number or "")
        return parsed[0].value if parsed and validate_phone(parsed[0].value) is None else None

    def today(self) -> date:
        """The local day."""
        return self.now().date()

    async def say(self, text: str) -> None:
        """Say a text.

        Raises:
            HungUp: the caller is gone.
        """
        await self.talk.say(text)

    @property
    def about(self) -> str | None:
        """Title of what the call is about."""
        return self.state.entry.title if self.state.entry is not None else None

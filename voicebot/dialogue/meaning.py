"""What one utterance means to the dialogue, before any question looks for its value in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from voicebot.dialogue.channel import Utterance
from voicebot.dialogue.commands import Command, recognise, says_any
from voicebot.dialogue.signals import DistressKind
from voicebot.understanding.interpretation import Decision, Interpretation
from voicebot.understanding.knowledge import Knowledge
from voicebot.understanding.knowledge_schema import Entry, Service
from voicebot.understanding.segmentation import requests

# Service requests that are the same as a command.
_COMMANDS = {
    Service.AGENT: Command.PERSON,
    Service.REPEAT: Command.REPEAT,
    Service.SLOWER: Command.SLOWER,
    Service.LOUDER: Command.LOUDER,
    Service.GOODBYE: Command.GOODBYE,
}

# Service requests that can wait until another one is served.
_CAN_WAIT = frozenset(
    {
        Service.APPOINTMENT,
        Service.APPOINTMENT_CHANGE,
        Service.APPOINTMENT_CANCEL,
        Service.CALLBACK,
        Service.CASE_STATUS,
    }
)

_APPOINTMENTS: frozenset[str] = frozenset(
    {Service.APPOINTMENT, Service.APPOINTMENT_CHANGE, Service.APPOINTMENT_CANCEL}
)

# Said so, an appointment is what is wanted, and the topic beside it is what it is for.
_WISHES = """
    θέλω, θέλουμε, θα ήθελα, θα θέλαμε, ήθελα, χρειάζομαι, θέλω να κλείσω, θα ήθελα να κλείσω,
    ήθελα να κλείσω, να κλείσω, να κλείσουμε, να μου κλείσετε, κλείστε μου, κλείσε μου, δώστε μου,
    βρείτε μου
"""
_BOOKS = (
    *(f"{wish.strip()} {what}ραντεβού" for wish in _WISHES.split(",") for what in ("", "ένα ")),
    *(f"ένα ραντεβού {link}" for link in ("με", "για", "στο", "στον", "στη", "στην")),
)
_HAS_ONE = ("έχω ένα ραντεβού", "έχω ραντεβού", "είχα ραντεβού", "είχα ένα ραντεβού")


class Understands(Protocol):
    """The classifier of intents."""

    def understand(
        self, text: str, alternatives: Sequence[tuple[str, float]] = ()
    ) -> Interpretation:
        """Intents of a text; `alternatives` are all its readings with their weights."""


@dataclass(frozen=True)
class Meaning:
    """An utterance with the command that it is, if any, and its intents.

    `further` are other requests that were made in the same breath, in order.
    """

    text: str
    readings: tuple[tuple[str, float], ...]
    command: Command | None
    interpretation: Interpretation
    entry: Entry
    further: tuple[Meaning, ...] = ()

    @property
    def sure(self) -> bool:
        """Whether the best intent can be acted on."""
        return self.interpretation.decision is Decision.SURE

    @property
    def topic(self) -> str:
        """Label of the best intent."""
        return self.interpretation.best.topic

    @property
    def distress(self) -> DistressKind | None:
        """The danger that is spoken of. Also when it is not quite sure: a question too many is
        better than an ear too few."""
        if self.topic != Service.DISTRESS or self.interpretation.decision is Decision.UNKNOWN:
            return None
        return DistressKind(self.entry.kind or DistressKind.SUICIDE)

    @property
    def service_command(self) -> Command | None:
        """The command, by its phrase or by the intent."""
        if self.command is not None or not self.sure:
            return self.command
        return _COMMANDS.get(Service(self.topic)) if self.topic in set(Service) else None


class Reader:
    """Reads utterances with the knowledge and its classifier."""

    def __init__(self, knowledge: Knowledge, classifier: Understands) -> None:
        self._knowledge = knowledge
        self._classifier = classifier

    def read(self, utterance: Utterance, *, times_on_offer: bool = False) -> Meaning:
        """The meaning of an utterance.

        Args:
            times_on_offer: the question is about times ("πιο αργά" is then a later one).
        """
        pairs = tuple((one.text, one.probability) for one in utterance.alternatives)
        interpretation = self._classifier.understand(utterance.text, pairs)
        if _books(utterance.text, interpretation):
            interpretation = _preferring(interpretation, Service.APPOINTMENT)
        return Meaning(
            text=utterance.text,
            readings=pairs or ((utterance.text, utterance.confidence),),
            command=recognise(utterance.text, times_on_offer=times_on_offer),
            interpretation=interpretation,
            entry=self._knowledge.entry(interpretation.best.intent),
        )

    def read_requests(self, utterance: Utterance) -> Meaning:
        """The meaning of an answer to an open question, which may hold several requests.

        It is divided only when each part alone is surely another request.
        """
        whole = self.read(utterance)
        if whole.command is not None or whole.distress is not None:
            return whole
        parts = requests(utterance.text)
        if len(parts) < 2:
            return whole
        confidence = utterance.confidence
        meanings = [self.read(Utterance(part, confidence)) for part in parts]
        topics = {meaning.topic for meaning in meanings}
        # «Έχω ραντεβού τη Δευτέρα και θέλω να το αλλάξω» is about one appointment.
        apart = len(topics) == len(meanings) and len(topics & _APPOINTMENTS) < 2
        if not apart or not all(_can_be_served_alone(meaning) for meaning in meanings):
            return whole
        return replace(meanings[0], further=tuple(meanings[1:]))


def _can_be_served_alone(meaning: Meaning) -> bool:
    return meaning.sure and (meaning.entry.is_question or meaning.topic in _CAN_WAIT)


def _books(text: str, interpretation: Interpretation) -> bool:
    """Whether an appointment is asked for in so many words, though a topic weighed more."""
    topic = interpretation.best.topic
    about_a_topic = topic not in set(Service)
    return about_a_topic and says_any(text, _BOOKS) and not says_any(text, _HAS_ONE)


def _preferring(interpretation: Interpretation, service: Service) -> Interpretation:
    """The same candidates with a service first; unchanged when it is not among them."""
    first = [one for one in interpretation.candidates if one.topic == service]
    others = [one for one in interpretation.candidates if one.topic != service]
    if not first:
        return interpretation
    return replace(interpretation, candidates=(*first, *others), decision=Decision.SURE)

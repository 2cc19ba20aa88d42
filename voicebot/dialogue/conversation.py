"""Talking to one caller: ask, confirm, choose, take a request.

A flow reads like the conversation it holds; everything a caller may do instead of answering is
dealt with here, once for every flow: repeating, slower, louder, help, waiting, silence, noise,
keys, a question in between. What ends a flow is raised as a signal (signals.py) or as `HungUp`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from voicebot.dialogue.asking import Attempt
from voicebot.dialogue.channel import Heard, Keys, Silence, Unheard, Utterance
from voicebot.dialogue.commands import Command, slots_named
from voicebot.dialogue.danger import DangerWatch, in_danger
from voicebot.dialogue.events import Captured, KeypadOffered, Observer, Reprompted
from voicebot.dialogue.free_listening import FreeListening
from voicebot.dialogue.interjections import Handled, Interjections
from voicebot.dialogue.meaning import Meaning, Reader
from voicebot.dialogue.prompts import general
from voicebot.dialogue.questions import (
    Answer,
    Option,
    Question,
    Readings,
    Refused,
    Unclear,
    Value,
    readings,
)
from voicebot.dialogue.signals import (
    Correction,
    DistressKind,
    HandoffReason,
    PersonWanted,
    Switch,
)
from voicebot.dialogue.slots import choice_question, yes_no_question
from voicebot.dialogue.turns import Turns
from voicebot.understanding.expectation import Kind
from voicebot.understanding.knowledge_schema import Entry, Service
from voicebot.understanding.text import words

T = TypeVar("T")
Recall = Callable[[str], str | None]
Corrects = Callable[[Readings], tuple[str, ...]]

_TIMES = frozenset({Kind.DATE, Kind.TIME})
_FEW_WORDS = 4
_TIME_SLOTS = frozenset({"offer", "date", "time", "window"})
_NUMBERS = frozenset({Kind.DIGITS, Kind.AFM, Kind.AMKA, Kind.PHONE, Kind.PROTOCOL})
_SERVICES_ASIDE = frozenset(
    {
        Service.APPOINTMENT,
        Service.APPOINTMENT_CHANGE,
        Service.APPOINTMENT_CANCEL,
        Service.CALLBACK,
        Service.CASE_STATUS,
    }
)


class Conversation:
    """One caller, asked one thing at a time."""

    def __init__(
        self, turns: Turns, reader: Reader, interjections: Interjections, observer: Observer
    ) -> None:
        self._turns = turns
        self._reader = reader
        self._interjections = interjections
        self._observer = observer
        self._danger = DangerWatch(turns, reader)
        self._free = FreeListening(turns, reader, interjections, observer, self._danger)
        self._service: str | None = None
        self._recall: Recall | None = None
        self._corrects: Corrects | None = None

    @property
    def speech_works(self) -> bool:
        """False once the recogniser is out of order: then only keys can be asked for."""
        return self._turns.speech_works

    @contextmanager
    def form(
        self, service: str, *, recall: Recall | None = None, corrects: Corrects | None = None
    ) -> Iterator[None]:
        """A form of several questions: earlier answers can be taken back, and asking for another
        service leaves it (after a confirmation).

        Args:
            recall: answers «τι ώρα είχα πει;» from what the form knows so far; None to anything
                else.
            corrects: the slots that an utterance puts right by their values («όχι, στον Βόλο
                είπα»), none for anything else.
        """
        before = self._service, self._recall, self._corrects
        self._service, self._recall, self._corrects = service, recall, corrects
        try:
            yield
        finally:
            self._service, self._recall, self._corrects = before

    async def say(self, text: str, *, interruptible: bool = True) -> None:
        """Say a text.

        Raises:
            HungUp: the caller is gone.
        """
        await self._turns.say(text, interruptible=interruptible)

    async def aside(self, text: str) -> None:
        """Say something that is not said again when the caller asks to repeat.

        Raises:
            HungUp: the caller is gone.
        """
        await self._turns.aside(text)

    async def ask(self, question: Question[T]) -> T:
        """Ask until there is an answer.

        Raises:
            HungUp: the caller is gone.
            Lost: no usable answer in all the tries.
            PersonWanted, Cancelled, Farewell, Distress, KeypadWanted: said instead of an answer.
            Correction, Switch: the same, within a `form`.
        """
        attempt = Attempt(question, speech_works=self.speech_works)
        while True:
            if (prompt := attempt.next_prompt()) is not None:
                if attempt.keypad_just_offered:
                    self._observer.note(KeypadOffered(question.slot))
                await self._turns.say(prompt)
            heard = await self._turns.listen(question.expectation, patient=attempt.patient)
            answer = await self._answer(heard, question, attempt)
            if isinstance(answer, Value):
                if answer.read_back is not None and not await self._read_back(question, answer):
                    attempt.missed(general.NOT_UNDERSTOOD)
                    continue
                self._turns.answered()
                self._observer.note(Captured(question.slot, question.written(answer.value)))
                return answer.value
            if isinstance(answer, Refused):
                attempt.missed(answer.why)
            elif isinstance(answer, Unclear):
                attempt.missed(general.NOT_UNDERSTOOD)
            if answer is not None:
                self._observer.note(Reprompted(question.slot))

    async def confirm(self, prompt: str, *, slot: str = "confirm", short: str = "") -> bool:
        """Ask for yes or no, the next times with the `short` prompt. Raises as `ask`."""
        return await self.ask(yes_no_question(prompt, slot, short=short))

    async def choose(
        self, prompt: str, options: Sequence[Option[T]], *, slot: str, again: str = ""
    ) -> T:
        """Ask for one of a closed list. Raises as `ask`."""
        return await self.ask(choice_question(prompt, options, slot=slot, again=again))

    async def reply(self, question: Question[T]) -> T | Meaning | None:
        """Ask something that need not be answered.

        Returns:
            The answer, or a request that has nothing to do with the question, or None for silence.

        Raises:
            HungUp, PersonWanted, Cancelled, Farewell, Distress, KeypadWanted.
        """
        return await self._free.reply(question)

    async def request(self, prompt: str, *, slot: str = "", closing: bool = False) -> Meaning:
        """Let the caller say freely what they want.

        Args:
            closing: the caller may well have finished: silence is then a goodbye.

        Raises:
            HungUp, Lost, PersonWanted, Cancelled, Farewell, Distress, KeypadWanted.
        """
        return await self._free.request(prompt, slot=slot, closing=closing)

    def in_danger(self, kind: DistressKind) -> None:
        """Somebody is: words of it are acted on from now on however badly they are heard."""
        self._danger.known(kind)

    def read(self, text: str) -> Meaning:
        """What a text would mean if it were said."""
        return self._reader.read(Utterance(text))

    async def remark(self, entry: Entry) -> bool:
        """Answer what needs no more than an answer; whether the entry is such.

        Raises:
            HungUp: the caller is gone.
            PersonWanted: it is something for a person.
        """
        return await self._interjections.remark(entry)

    async def _answer(
        self, heard: Heard, question: Question[T], attempt: Attempt
    ) -> Answer[T] | None:
        """What a turn is worth: an answer, a miss, or None when there is nothing to count."""
        match heard:
            case Utterance():
                return await self._from_words(heard, question, attempt)
            case Keys(digits):
                self._turns.note_heard(heard, question.slot)
                return await self._from_keys(digits, question, attempt)
            case Silence():
                self._turns.note_heard(heard, question.slot)
                attempt.silent()
                self._observer.note(Reprompted(question.slot))
                return None
            case Unheard():
                if await self._danger.settle(heard):
                    attempt.handled(Handled.ASK)
                    return None
                self._turns.note_heard(heard, question.slot)
                if not self._turns.speech_works:
                    attempt.speech_failed()
                    return None
                attempt.missed(general.UNHEARD)
                self._observer.note(Reprompted(question.slot))
                return None

    async def _from_words(
        self, heard: Utterance, question: Question[T], attempt: Attempt
    ) -> Answer[T] | None:
        kind, slot = question.expectation.kind, question.slot
        meaning = self._reader.read(heard, times_on_offer=kind in _TIMES or slot in _TIME_SLOTS)
        best = meaning.interpretation.best
        answer = question.capture(readings(heard))
        # A dictated number is full of words that a classifier may take for anything.
        trusted = isinstance(answer, Value) and answer.read_back is None and kind in _NUMBERS
        self._turns.note_heard(
            heard, slot, None if trusted else best.intent, None if trusted else best.probability
        )
        if trusted and not in_danger(meaning, answered=True):
            return answer
        agreed = isinstance(answer, Value) and answer.value is True
        if agreed and meaning.command is Command.CANCEL:
            # «Ναι, ακυρώστε το» agrees to cancelling an appointment.
            return answer
        handled = await self._interjections.before_answer(
            meaning,
            question.help,
            danger=in_danger(meaning, answered=isinstance(answer, Value)),
        )
        if handled is not None:
            attempt.handled(handled)
            return None
        if self._recall is not None and (said := self._recall(meaning.text)) is not None:
            await self._turns.say(said)
            attempt.handled(Handled.ASK)
            return None
        if self._service is not None and meaning.command is Command.CORRECT:
            named = slots_named(meaning.text)
            if named or not isinstance(answer, Value):
                raise Correction(named, meaning.readings)
        doubtful = isinstance(answer, Value) and (answer.weak or answer.read_back is not None)
        # «Όχι, την Παρασκευή είπα» is no name, though «Παρασκευή» may be one.
        may_correct = doubtful or not isinstance(answer, Value) or kind is Kind.NAME
        if self._corrects is not None and may_correct:
            put_right = self._corrects(meaning.readings)
            if put_right:
                raise Correction(put_right, meaning.readings)
        if isinstance(answer, Value) and not (doubtful and meaning.sure):
            return answer
        if (
            isinstance(answer, Refused)
            and kind in _TIMES
            and len(words(meaning.text)) <= _FEW_WORDS
        ):
            # «Την Κυριακή» was meant as an answer, whatever else it reminds a classifier of.
            return answer
        if await self._aside(meaning, question, attempt):
            return None
        return answer

    async def _aside(self, meaning: Meaning, question: Question[T], attempt: Attempt) -> bool:
        """A command, a digression or another service, recognised by its intent."""
        handled = await self._interjections.command(meaning.service_command, question.help)
        if handled is not None:
            attempt.handled(handled)
            return True
        if self._service is not None and meaning.sure and meaning.topic in _SERVICES_ASIDE:
            if meaning.topic == self._service:
                return False
            await self._offer_switch(meaning)
            attempt.handled(Handled.ASK)
            return True
        if meaning.topic in attempt.answered:
            # Who says the same again to the same question means it for an answer: «Κυριάκος Δόσης»
            # asks for no instalments (δόσεις).
            return False
        if await self._interjections.digression(meaning):
            attempt.answered.add(meaning.topic)
            await self._turns.say(general.BACK_TO_QUESTION)
            attempt.handled(Handled.ASK)
            return True
        return False

    async def _offer_switch(self, meaning: Meaning) -> None:
        service, self._service = self._service, None
        try:
            question = yes_no_question(general.leave_for(meaning.entry.title), "confirm_intent")
            if await self.ask(question):
                raise Switch(meaning)
        finally:
            self._service = service

    async def _from_keys(
        self, digits: str, question: Question[T], attempt: Attempt
    ) -> Answer[T] | None:
        keys = digits.rstrip("#")
        answer: Answer[T] = Unclear()
        if question.from_keys is not None and keys:
            answer = question.from_keys(keys)
        if isinstance(answer, Value):
            return answer
        if keys == "*":
            await self._turns.repeat()
            attempt.handled(Handled.LISTEN)
            return None
        if keys == "0":
            raise PersonWanted(HandoffReason.USER_REQUEST)
        return answer

    async def _read_back(self, question: Question[T], answer: Value[T]) -> bool:
        assert answer.read_back is not None
        slot = f"readback_{question.slot}"
        return await self.ask(yes_no_question(answer.read_back, slot))

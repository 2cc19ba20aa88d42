"""Taking what a caller says freely: a request, or a reply that need not be one."""

from __future__ import annotations

from typing import TypeVar

from voicebot.dialogue.channel import Keys, Silence, Unheard, Utterance
from voicebot.dialogue.commands import Command
from voicebot.dialogue.danger import DangerWatch, in_danger
from voicebot.dialogue.events import KeypadOffered, Observer, Reprompted
from voicebot.dialogue.interjections import Handled, Interjections
from voicebot.dialogue.meaning import Meaning, Reader
from voicebot.dialogue.prompts import general
from voicebot.dialogue.questions import Question, Value, readings
from voicebot.dialogue.signals import Farewell, HandoffReason, KeypadWanted, Lost, PersonWanted
from voicebot.dialogue.turns import Turns
from voicebot.understanding.expectation import Expectation

T = TypeVar("T")


class FreeListening:
    """Listens to one caller where no answer of a certain kind is insisted on."""

    def __init__(
        self,
        turns: Turns,
        reader: Reader,
        interjections: Interjections,
        observer: Observer,
        danger: DangerWatch,
    ) -> None:
        self._turns = turns
        self._danger = danger
        self._reader = reader
        self._interjections = interjections
        self._observer = observer

    async def reply(self, question: Question[T]) -> T | Meaning | None:
        """Ask something that need not be answered.

        Returns:
            The answer, or a request that has nothing to do with the question, or None for silence.

        Raises:
            HungUp, PersonWanted, Cancelled, Farewell, Distress, KeypadWanted.
        """
        patient = False
        text: str | None = question.prompt
        while True:
            if text is not None:
                await self._turns.say(text)
            heard = await self._turns.listen(question.expectation, patient=patient)
            if isinstance(heard, Silence) and patient:
                patient, text = False, question.prompt
                continue
            if await self._danger.settle(heard):
                patient, text = False, question.prompt
                continue
            if not isinstance(heard, Utterance):
                self._turns.note_heard(heard, question.slot)
                if isinstance(heard, Keys):
                    await self._menu_key(heard.digits)
                self._turns.answered()
                return None
            meaning = self._reader.read(heard)
            answer = question.capture(readings(heard))
            answered = isinstance(answer, Value)
            best = meaning.interpretation.best
            self._turns.note_heard(heard, question.slot, best.intent, best.probability)
            danger = in_danger(meaning, answered=answered)
            if isinstance(answer, Value) and not danger:
                self._turns.answered()
                return answer.value
            handled = await self._interjections.before_answer(meaning, "", danger=danger)
            if handled is None:
                self._turns.answered()
                return meaning
            patient = handled is Handled.WAIT
            text = question.prompt if handled is Handled.ASK else None

    async def request(self, prompt: str, *, slot: str = "", closing: bool = False) -> Meaning:
        """Let the caller say freely what they want.

        Args:
            closing: the caller may well have finished: silence is then a goodbye.

        Raises:
            HungUp, Lost, PersonWanted, Cancelled, Farewell, Distress, KeypadWanted.
        """
        expectation = Expectation(slot=slot)
        misses = silences = 0
        patient = False
        text: str | None = prompt
        while True:
            if text is not None:
                await self._turns.say(text)
            text = None
            heard = await self._turns.listen(expectation, patient=patient)
            patient = False
            match heard:
                case Utterance():
                    meaning = self._reader.read_requests(heard)
                    best = meaning.interpretation.best
                    self._turns.note_heard(heard, slot, best.intent, best.probability)
                    danger = meaning.distress is not None
                    handled = await self._interjections.before_answer(meaning, "", danger=danger)
                    command = meaning.service_command
                    # «Γεια σας» opens a call as well as it ends one.
                    if handled is None and (closing or command is not Command.GOODBYE):
                        handled = await self._interjections.command(command, "")
                    if handled is None:
                        self._turns.answered()
                        return meaning
                    patient = handled is Handled.WAIT
                    text = prompt if handled is Handled.ASK else None
                case Keys(digits):
                    self._turns.note_heard(heard, slot)
                    await self._menu_key(digits)
                    text = prompt
                case Silence():
                    self._turns.note_heard(heard, slot)
                    silences += 1
                    text = self._after_silence(silences, prompt, closing=closing)
                    self._observer.note(Reprompted(slot))
                    if silences == 2:
                        self._observer.note(KeypadOffered(slot))
                case Unheard(engine_down):
                    if await self._danger.settle(heard):
                        text = prompt if closing or slot else general.ASK_REQUEST
                        continue
                    self._turns.note_heard(heard, slot)
                    misses += 1
                    if engine_down:
                        raise KeypadWanted(speech_down=True)
                    if misses >= 3:
                        raise Lost(silent=False)
                    self._observer.note(Reprompted(slot))
                    text = f"{general.UNHEARD} {general.ASK_REQUEST}"

    async def _menu_key(self, digits: str) -> None:
        keys = digits.rstrip("#")
        if keys == "0":
            raise PersonWanted(HandoffReason.USER_REQUEST)
        if keys == "*":
            await self._turns.repeat()
        else:
            raise KeypadWanted(speech_down=False)

    @staticmethod
    def _after_silence(silences: int, prompt: str, *, closing: bool) -> str:
        if closing and silences >= 2:
            raise Farewell
        if silences >= 3:
            raise Lost(silent=True)
        if closing:
            return prompt
        return general.SILENCE_REQUEST if silences == 1 else general.SILENCE_KEYPAD

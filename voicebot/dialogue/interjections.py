"""What a caller may say in the middle of any question, dealt with once for all flows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from enum import Enum, auto

from voicebot.dialogue.commands import Command
from voicebot.dialogue.events import Observer, OutOfScope, Safety, SafetyMet, TopicAnswered
from voicebot.dialogue.meaning import Meaning
from voicebot.dialogue.prompts import general, safety
from voicebot.dialogue.signals import (
    Cancelled,
    Distress,
    Farewell,
    HandoffReason,
    PersonWanted,
)
from voicebot.dialogue.turns import Turns
from voicebot.understanding.knowledge_schema import Entry, Service
from voicebot.understanding.sensitive import detect_sensitive


class Handled(Enum):
    """What is to happen after an interjection was dealt with."""

    ASK = auto()  # put the question again
    LISTEN = auto()  # everything has been said again already
    WAIT = auto()  # the caller is looking for something


class Interjections:
    """Answers interjections, or raises the signal that they are."""

    def __init__(self, turns: Turns, observer: Observer, today: Callable[[], date]) -> None:
        self._turns = turns
        self._observer = observer
        self._today = today

    async def before_answer(
        self, meaning: Meaning, help_text: str, *, danger: bool
    ) -> Handled | None:
        """Deal with what goes before any answer; None when the utterance is to be read as one.

        Args:
            danger: the words of distress in it are to be taken seriously here.

        Raises:
            Distress, PersonWanted, Cancelled, Farewell: the caller said so.
        """
        if danger and meaning.distress is not None:
            raise Distress(meaning.distress)
        if detect_sensitive(meaning.text) is not None:
            return await self.refuse_secret()
        return await self.command(meaning.command, help_text)

    async def command(self, command: Command | None, help_text: str) -> Handled | None:
        """Carry a command out; None when there is none that could be.

        Raises:
            PersonWanted, Cancelled, Farewell: the command is one of those.
        """
        match command:
            case Command.PERSON:
                raise PersonWanted(HandoffReason.USER_REQUEST)
            case Command.CANCEL:
                raise Cancelled
            case Command.GOODBYE:
                raise Farewell
            case Command.REPEAT:
                await self._turns.repeat()
                return Handled.LISTEN
            case Command.SLOWER:
                self._turns.slower()
                return await self._changed_voice(general.SLOWER)
            case Command.FASTER:
                self._turns.faster()
                return await self._changed_voice(general.FASTER)
            case Command.LOUDER:
                self._turns.louder()
                return await self._changed_voice(general.LOUDER)
            case Command.HELP:
                await self._turns.aside(help_text or general.HELP)
                return Handled.ASK
            case Command.WAIT:
                await self._turns.aside(general.TAKE_YOUR_TIME)
                return Handled.WAIT
            case _:
                return None

    async def digression(self, meaning: Meaning) -> bool:
        """Answer a question, or a remark, in the middle of something else.

        Returns:
            Whether it was surely one.

        Raises:
            PersonWanted: it is something for a person.
        """
        return meaning.sure and await self.remark(meaning.entry)

    async def remark(self, entry: Entry) -> bool:
        """Answer what one entry is about, if it needs no more than an answer; whether it did.

        Raises:
            PersonWanted: it is something for a person.
        """
        if entry.negative:
            return False
        said = entry.spoken_answer(self._today())
        if entry.is_question:
            await self._turns.say(said or general.NO_ANSWER_KNOWN)
            self._observer.note(TopicAnswered(entry.topic, entry.id))
            return True
        match entry.topic:
            case Service.FRAUD:
                self._observer.note(SafetyMet(Safety.FRAUD))
                await self._turns.say(said or safety.FRAUD)
            case Service.OUT_OF_SCOPE:
                self._observer.note(OutOfScope(entry.id))
                await self._turns.say(said or general.NOT_OURS)
            case Service.BOT_QUESTION:
                await self._turns.say(said or general.BOT)
            case Service.ENGLISH:
                await self._turns.say(said or general.ENGLISH)
                raise PersonWanted(HandoffReason.USER_REQUEST)
            case Service.COMPLAINT_SERVICE:
                await self._turns.say(general.SORRY_FOR_TROUBLE)
                raise PersonWanted(HandoffReason.COMPLAINT)
            case _:
                return False
        return True

    async def refuse_secret(self) -> Handled:
        """Stop a caller who offers codes or card numbers."""
        self._observer.note(SafetyMet(Safety.CREDENTIALS_OFFERED))
        await self._turns.say(safety.CREDENTIALS)
        return Handled.ASK

    async def _changed_voice(self, said: str) -> Handled:
        await self._turns.aside(said)
        await self._turns.repeat()
        return Handled.LISTEN

"""The course of a call: what is asked, understood, done and offered next, until it ends.

Each step of the course returns the next one, or None at the end. Signals (signals.py) that a step
raises choose the next step in one place, `_after`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Protocol

import structlog

from voicebot.dialogue.call import Call
from voicebot.dialogue.channel import HungUp
from voicebot.dialogue.clarify import clarify, is_follow_up
from voicebot.dialogue.events import TopicAnswered
from voicebot.dialogue.flows import (
    answer,
    appointment,
    booked,
    callback,
    eservice,
    handoff,
    menu,
    safety,
    status,
)
from voicebot.dialogue.meaning import Meaning
from voicebot.dialogue.notices import play_notice
from voicebot.dialogue.others import about_somebody_else
from voicebot.dialogue.prompts import general, services
from voicebot.dialogue.prompts import safety as safety_prompts
from voicebot.dialogue.signals import (
    Cancelled,
    Correction,
    Distress,
    DistressKind,
    Farewell,
    HandoffReason,
    KeypadWanted,
    Lost,
    PersonWanted,
    Signal,
    Switch,
)
from voicebot.dialogue.slots import says_no, says_yes
from voicebot.records.errors import RecordsUnavailable
from voicebot.records.types import Notice, Outcome
from voicebot.understanding.aspects import Aspect, read_aspect
from voicebot.understanding.eservices import Listed
from voicebot.understanding.interpretation import Decision
from voicebot.understanding.knowledge_schema import Entry, Service

_log = structlog.get_logger(__name__)

# What «ακυρώστε την κλήση» may be taken for.
_MAY_CANCEL_CALLBACK = frozenset({Service.CALLBACK, Service.APPOINTMENT_CANCEL})
_MOST_UNKNOWN = 2
# Nobody is told another person's number.
_OWN_ONLY = frozenset({"E12"})
_MOST_HANDOFFS = 2
_MOST_TROUBLE = 2
_MOST_REMINDERS = 6


class Step(Protocol):
    """One step of a call."""

    def __call__(self) -> Awaitable[Step | None]:
        """Take it; gives the next one, None when the call is over."""


class Policy:
    """Leads one call."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self._unknown = 0
        self._lost = 0
        self._handoffs = 0
        self._trouble = 0
        self._opening = True
        self._pending: list[Meaning] = []

    async def run(self, first: Step | None = None) -> None:
        """Lead the call to its end.

        Args:
            first: the first step, for calls that do not begin with the caller's request.

        Raises:
            HungUp: the caller left before it.
        """
        step: Step | None = first or self._open
        while step is not None:
            try:
                step = await step()
            except Signal as signal:
                step = self._after(signal)
            except HungUp:
                raise
            except Exception as error:
                if not isinstance(error, RecordsUnavailable):
                    _log.exception("dialogue_failed", call_id=self._call.call_id)
                step = self._system_problem

    def _after(self, signal: Signal) -> Step:
        match signal:
            case PersonWanted(reason=reason):
                return partial(self._hand_off, reason)
            case Distress(kind=kind):
                return partial(self._protect, kind)
            case Cancelled():
                return partial(self._anything_else, general.CANCELLED)
            case Switch(meaning=meaning):
                return partial(self._serve, meaning)
            case KeypadWanted(speech_down=speech_down):
                return partial(self._keypad, speech_down)
            case Lost() if not self._call.talk.speech_works:
                return partial(self._keypad, True)
            case Lost(silent=silent):
                return partial(self._offer_person, silent)
            case Farewell() | Correction():
                return self._goodbye
            case _:
                raise signal

    # Opening and closing

    async def _open(self) -> Step | None:
        call = self._call
        await play_notice(call, Notice.AI, general.notice(call.settings.line_name))
        if call.settings.recording_notice:
            await play_notice(call, Notice.RECORDING, general.RECORDING_NOTICE)
        return partial(self._listen, general.WELCOME)

    async def _listen(self, prompt: str) -> Step | None:
        return partial(self._serve, await self._call.talk.request(prompt))

    async def _anything_else(self, lead: str = "") -> Step | None:
        if self._pending:
            await self._call.say(f"{lead} {general.AND_THE_OTHER}".strip())
            return partial(self._serve, self._pending.pop(0))
        prompt = f"{lead} {general.ANYTHING_ELSE}".strip()
        return await self._closing(prompt)

    async def ask_what_else(self, prompt: str) -> Step | None:
        """A step: ask, in words of one's own, whether the caller wants anything."""
        return await self._closing(prompt)

    async def _closing(self, prompt: str, *, lead_slot: str = "anything_else") -> Step | None:
        """Ask what else; a bare yes or no is answered here, anything else is a request."""
        try:
            meaning = await self._call.talk.request(prompt, slot=lead_slot, closing=True)
        except Cancelled:
            return self._goodbye
        if says_no(meaning) or (meaning.sure and meaning.topic in (Service.NO, Service.GOODBYE)):
            return self._goodbye
        if says_yes(meaning) or (meaning.sure and meaning.topic == Service.YES):
            return partial(self._listen, general.WHAT_ELSE)
        if meaning.sure and meaning.topic == Service.GREETING:
            return self._goodbye
        return partial(self._serve, meaning)

    async def _goodbye(self) -> Step | None:
        await self._call.say(general.GOODBYE)
        await self._call.channel.hang_up()
        return None

    async def _goodbye_silent(self) -> Step | None:
        await self._call.say(general.GOODBYE_SILENT)
        await self._call.channel.hang_up()
        return None

    # Requests

    async def _serve(self, meaning: Meaning) -> Step | None:
        call = self._call
        call.state.heard(meaning)
        if meaning.further:
            self._pending = list(meaning.further)
        service = eservice.asked(call, meaning)
        if service is not None:
            return await self._tell_service(service)
        aspect = read_aspect(meaning.text)
        if aspect is not None and call.state.entry is not None:
            return await self._more_about(call.state.entry, aspect, meaning)
        decision = meaning.interpretation.decision
        if not meaning.sure and call.state.entry is not None and is_follow_up(meaning.text):
            return await self._again_for_another()
        entry = meaning.entry
        if decision is Decision.ASK_BACK:
            settled = await clarify(call, meaning)
            if settled is None:
                return self._not_understood
            meaning, entry = settled
        elif decision is Decision.UNKNOWN or entry.negative:
            return self._not_understood
        return await self._dispatch(entry, meaning)

    async def _dispatch(self, entry: Entry, meaning: Meaning) -> Step | None:
        call = self._call
        opening, self._opening = self._opening, False
        if entry.topic in _MAY_CANCEL_CALLBACK and callback.is_cancelling(meaning.text):
            await callback.cancel(call)
            return self._anything_else
        if entry.topic == Service.YES or (entry.topic == Service.GOODBYE and opening):
            # «Γεια σας» is a greeting as long as nothing else was said.
            return self._invited(general.HELLO_AGAIN if opening else general.WHAT_ELSE)
        self._unknown = 0
        if entry.topic in _OWN_ONLY and about_somebody_else(meaning.text):
            await status.refuse_for_another(call, entry.topic)
            return self._anything_else
        if entry.is_question:
            return await self._answer(entry)
        call.state.topic = entry.topic
        flow: Callable[[], Awaitable[None]]
        match entry.topic:
            case Service.APPOINTMENT:
                flow = partial(appointment.book, call, meaning)
            case Service.APPOINTMENT_CHANGE:
                flow = partial(booked.change, call, meaning)
            case Service.APPOINTMENT_CANCEL:
                flow = partial(booked.cancel, call, meaning)
            case Service.CALLBACK:
                flow = partial(callback.request, call, meaning)
            case Service.CASE_STATUS:
                flow = partial(status.tell, call, meaning)
            case Service.AGENT:
                raise PersonWanted(HandoffReason.USER_REQUEST)
            case Service.DISTRESS:
                raise Distress(DistressKind(entry.kind or DistressKind.SUICIDE))
            case Service.GOODBYE:
                return self._goodbye
            case Service.NO:
                return self._anything_else
            case Service.GREETING:
                return self._invited(general.HELLO_AGAIN)
            case Service.THANKS:
                return partial(self._anything_else, general.YOU_ARE_WELCOME)
            case _:
                return await self._remark(meaning, entry)
        await flow()
        return self._anything_else

    def _invited(self, prompt: str) -> Step:
        """Nothing was asked for yet: ask, but not for ever."""
        self._unknown += 1
        if self._unknown > _MOST_UNKNOWN:
            self._unknown = 0
            return partial(self._offer_person, False)
        return partial(self._listen, prompt)

    async def _remark(self, meaning: Meaning, entry: Entry) -> Step | None:
        call = self._call
        if not await call.talk.remark(entry):
            return self._not_understood
        call.state.achieve(Outcome.ANSWERED, entry.topic)
        return self._anything_else

    async def _answer(self, entry: Entry) -> Step | None:
        call = self._call
        await answer.tell(call, entry)
        return await self._offer_next(entry)

    async def _tell_service(self, listed: Listed) -> Step | None:
        """How something is done electronically."""
        self._opening, self._unknown = False, 0
        entry = eservice.entry_of(self._call, listed)
        await eservice.tell(self._call, listed, entry)
        return self._anything_else if entry is None else await self._offer_next(entry)

    async def _more_about(self, entry: Entry, aspect: Aspect, meaning: Meaning) -> Step | None:
        """A question that has its topic from the one before: «πόσα λεφτά;», «πού πάω;»."""
        nearby = answer.in_context(self._call, entry, meaning)
        if nearby is not None:
            return await self._answer(nearby)
        await answer.tell_more(self._call, entry, aspect)
        return await self._offer_next(entry)

    async def _offer_next(self, entry: Entry) -> Step | None:
        call = self._call
        prompt = answer.offer(call, entry)
        if prompt is None or self._pending:
            return self._anything_else
        meaning = await call.talk.request(prompt, slot="offer_help", closing=True)
        if says_no(meaning) or (meaning.sure and meaning.topic == Service.NO):
            return self._anything_else
        if says_yes(meaning) or (meaning.sure and meaning.topic == Service.YES):
            await answer.accept_offer(call, entry)
            return self._anything_else
        return partial(self._serve, meaning)

    async def _again_for_another(self) -> Step | None:
        call = self._call
        entry = call.state.entry
        assert entry is not None
        await call.say(general.ABOUT_SOMEBODY_ELSE)
        await call.say(entry.spoken_answer(call.today()) or general.NO_ANSWER_KNOWN)
        call.observer.note(TopicAnswered(entry.topic, entry.id))
        return self._anything_else

    async def _not_understood(self) -> Step | None:
        self._unknown += 1
        if self._unknown < _MOST_UNKNOWN:
            return partial(self._listen, general.ASK_REQUEST_AGAIN)
        self._unknown = 0
        return partial(self._offer_person, False)

    # Ways out

    async def _offer_person(self, silent: bool) -> Step | None:
        self._lost += 1
        if self._lost > _MOST_UNKNOWN:
            return self._goodbye_silent if silent else partial(self._keypad, False)
        prompt = services.PERSON_OFFER_SILENT if silent else services.PERSON_OFFER_LOST
        try:
            wanted = await self._call.talk.confirm(
                prompt, slot="offer_help", short=services.PERSON_OFFER
            )
        except Lost as again:
            return self._goodbye_silent if again.silent else partial(self._keypad, False)
        if wanted:
            raise PersonWanted(HandoffReason.FAILURE)
        return partial(self._listen, general.ASK_REQUEST)

    async def _hand_off(self, reason: HandoffReason) -> Step | None:
        self._handoffs += 1
        if self._handoffs <= _MOST_HANDOFFS and await handoff.connect(self._call, reason):
            return None
        if not self._call.talk.speech_works:
            return partial(self._keypad, True)
        await handoff.nobody_free(self._call)
        return self._anything_else

    async def _protect(self, kind: DistressKind) -> Step | None:
        if await safety.protect(self._call, kind):
            return None
        return partial(self._stay, 0)

    async def _stay(self, reminders: int) -> Step | None:
        """After danger was spoken of: the line stays as long as the caller does."""
        try:
            return await self._listen(safety_prompts.STAYING)
        except (Lost, Farewell) as signal:
            if isinstance(signal, Farewell) or reminders >= _MOST_REMINDERS:
                return self._goodbye
            return partial(self._stay, reminders + 1)

    async def _keypad(self, speech_down: bool) -> Step | None:
        if await menu.serve(self._call, speech_down=speech_down):
            return self._anything_else if self._call.talk.speech_works else self._goodbye
        return None

    async def _system_problem(self) -> Step | None:
        """The database, or something unforeseen, failed: a person, or an honest goodbye."""
        self._trouble += 1
        if self._trouble > _MOST_TROUBLE:
            await self._call.say(general.SYSTEM_PROBLEM_GOODBYE)
            await self._call.channel.hang_up()
            return None
        await self._call.say(general.SYSTEM_PROBLEM)
        if await self._call.talk.confirm(services.PERSON_OFFER, slot="offer_help"):
            raise PersonWanted(HandoffReason.FAILURE)
        return self._anything_else

"""What is going on right now, for those who watch: calls, their turns, callers who wait.

One hub in the process of the line. The line tells it what happens; pages subscribe. Nothing here
waits: a watcher who is too slow loses the details and is told to look at the whole again.

All of it belongs to one event loop; call it from there only.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from voicebot.dialogue.channel import Briefing
from voicebot.records import HandoffStatus, Outcome, Speaker, Turn, mask, mask_number
from voicebot.records.types import Clock, utc_now
from voicebot.records.unfinished import MORE, mask_unfinished

_QUEUE = 100
_ENDED_KEPT = 50
_TURNS_KEPT = 1000


class Stage(StrEnum):
    """Where a call stands."""

    TALKING = "talking"
    WAITING = "waiting"
    WITH_PERSON = "with_person"
    ENDED = "ended"


@dataclass
class LiveCall:
    """One call as it is seen now. Read it; only the hub changes it.

    Attributes:
        number: the caller's, masked.
        stage_since: when it came to its stage.
        topic: what it is about as far as was understood.
        answered_by: address of the person who took over.
        speaking: what the caller is saying right now, as far as it may be shown; empty when nobody
            speaks.
        asked_number: the caller was asked for a number.
        veiled: the caller wants to stay unknown.
    """

    call_id: str
    number: str | None
    started_at: datetime
    stage: Stage
    stage_since: datetime
    turns: list[Turn] = field(default_factory=list)
    topic: str | None = None
    briefing: Briefing | None = None
    answered_by: str | None = None
    outcome: Outcome | None = None
    speaking: str = ""
    asked_number: bool = False
    veiled: bool = False

    @property
    def last_said(self) -> str:
        """The caller's last words, or the machine's when the caller has said nothing yet."""
        for turn in reversed(self.turns):
            if turn.who is Speaker.CALLER:
                return turn.text
        return self.turns[-1].text if self.turns else ""


@dataclass(frozen=True)
class TurnAdded:
    """Something was said."""

    call_id: str
    turn: Turn


@dataclass(frozen=True)
class Speaking:
    """The caller has said so much of a sentence that goes on."""

    call_id: str
    text: str


@dataclass(frozen=True)
class CallChanged:
    """A call began, ended, or came to another stage; what was said stays as it was."""

    call_id: str


@dataclass(frozen=True)
class LookAgain:
    """Look at the whole: changes were lost, or what was said has been taken back."""


Change = TurnAdded | Speaking | CallChanged | LookAgain


class Watch:
    """A bounded queue of changes. Iterate over it; it ends when the hub is closed."""

    def __init__(self, call_id: str | None) -> None:
        self.call_id = call_id
        self._queue: asyncio.Queue[Change | None] = asyncio.Queue(_QUEUE)

    def __aiter__(self) -> AsyncIterator[Change]:
        """Changes as they happen."""
        return self

    async def __anext__(self) -> Change:
        """Wait for the next change."""
        change = await self._queue.get()
        if change is None:
            raise StopAsyncIteration
        return change

    def drain(self) -> None:
        """Forget what has piled up, for watchers who look at the whole anyway."""
        while not self._queue.empty():
            if self._queue.get_nowait() is None:
                self.put(None)
                return

    def put(self, change: Change | None) -> None:
        """Add a change, or None for the end. For the hub alone."""
        if self._queue.full():
            self._empty()
            if change is not None:
                change = LookAgain()
        self._queue.put_nowait(change)

    def _empty(self) -> None:
        while not self._queue.empty():
            self._queue.get_nowait()


class LiveCalls:
    """The hub. Texts are masked on their way in; unknown calls are taken up as if just begun."""

    def __init__(self, clock: Clock = utc_now) -> None:
        self._clock = clock
        self._calls: OrderedDict[str, LiveCall] = OrderedDict()
        self._watches: set[Watch] = set()
        self._closed = False

    def started(self, call_id: str, number: str | None = None) -> None:
        """A call has begun."""
        call = self._call(call_id)
        call.number = mask_number(number) if number else None
        self._tell(CallChanged(call_id))

    def turn(self, call_id: str, turn: Turn) -> None:
        """Something was said."""
        shown = Turn(
            who=turn.who,
            text=mask(turn.text),
            intent=turn.intent,
            slot=turn.slot,
            probability=turn.probability,
            latency_ms=turn.latency_ms,
            at=turn.at or self._clock(),
        )
        call = self._call(call_id)
        call.speaking = ""
        call.turns.append(shown)
        del call.turns[:-_TURNS_KEPT]
        if turn.intent is not None:
            call.topic = turn.intent
        self._tell(TurnAdded(call_id, shown))

    def asked(self, call_id: str, *, number: bool) -> None:
        """The caller is being listened to; `number`: for an ΑΦΜ, a telephone or the like."""
        self._call(call_id).asked_number = number

    def speaking(self, call_id: str, text: str) -> None:
        """The caller has said so much of a sentence that goes on. Its turn will replace it.

        Of an answer that should be a number no word is shown: what is not recognised as a digit
        yet may be one.
        """
        call = self._calls.get(call_id)
        if call is None or call.stage is Stage.ENDED or call.veiled:
            return
        shown = MORE if call.asked_number else mask_unfinished(text)
        if shown == call.speaking:
            return
        call.speaking = shown
        change = Speaking(call_id, shown)
        # Only pages of this call show it: the board is not drawn anew for every few words.
        for watch in self._watches:
            if watch.call_id == call_id:
                watch.put(change)

    def veil(self, call_id: str, text: str) -> None:
        """Forget who rings and what was said so far: every turn becomes `text`, and nothing more
        is shown before it is said."""
        call = self._call(call_id)
        call.veiled = True
        call.speaking = ""
        call.number = call.briefing = call.topic = None
        call.turns = [Turn(turn.who, text, at=turn.at) for turn in call.turns]
        for watch in self._watches:
            if watch.call_id in (None, call_id):
                watch.put(LookAgain())

    def handoff(self, briefing: Briefing) -> None:
        """A caller waits for a person."""
        call = self._call(briefing.call_id)
        call.briefing = Briefing(
            call_id=briefing.call_id,
            reason=briefing.reason,
            topic=briefing.topic,
            summary=mask(briefing.summary),
            captured=tuple((slot, mask(value)) for slot, value in briefing.captured),
        )
        call.topic = briefing.topic or call.topic
        self._enter(call, Stage.WAITING)

    def handoff_ended(
        self, call_id: str, status: HandoffStatus, answered_by: str | None = None
    ) -> None:
        """The waiting is over: a person has the call, or the machine has it back."""
        call = self._call(call_id)
        connected = status is HandoffStatus.CONNECTED
        call.answered_by = answered_by if connected else None
        self._enter(call, Stage.WITH_PERSON if connected else Stage.TALKING)

    def finished(self, call_id: str, outcome: Outcome) -> None:
        """The dialogue is done and its outcome recorded. A person may still be talking: the call
        stays where it is until `ended`."""
        self._call(call_id).outcome = outcome
        self._tell(CallChanged(call_id))

    def ended(self, call_id: str, outcome: Outcome | None = None) -> None:
        """A call is over, with the outcome that `finished` told unless another is given. It stays
        readable until fifty others have ended."""
        call = self._call(call_id)
        call.outcome = outcome or call.outcome
        self._enter(call, Stage.ENDED)
        ended = [known for known, other in self._calls.items() if other.stage is Stage.ENDED]
        for known in ended[:-_ENDED_KEPT]:
            del self._calls[known]

    def get(self, call_id: str) -> LiveCall | None:
        """One call that goes on or ended lately."""
        return self._calls.get(call_id)

    def at_stage(self, *stages: Stage) -> list[LiveCall]:
        """Calls at these stages, those longest there first."""
        found = [call for call in self._calls.values() if call.stage in stages]
        return sorted(found, key=lambda call: call.stage_since)

    @property
    def watchers(self) -> int:
        """How many pages are open."""
        return len(self._watches)

    @contextmanager
    def watch(self, call_id: str | None = None) -> Iterator[Watch]:
        """Be told of changes, of all calls or of one."""
        watch = Watch(call_id)
        if self._closed:
            watch.put(None)
        self._watches.add(watch)
        try:
            yield watch
        finally:
            self._watches.discard(watch)

    def close(self) -> None:
        """End every watch, so that open pages do not hold up the shutdown."""
        self._closed = True
        for watch in self._watches:
            watch.put(None)

    def _call(self, call_id: str) -> LiveCall:
        call = self._calls.get(call_id)
        if call is None:
            now = self._clock()
            call = LiveCall(call_id, None, now, Stage.TALKING, now)
            self._calls[call_id] = call
        return call

    def _enter(self, call: LiveCall, stage: Stage) -> None:
        call.stage = stage
        call.speaking = ""
        call.stage_since = self._clock()
        self._calls.move_to_end(call.call_id)
        self._tell(CallChanged(call.call_id))

    def _tell(self, change: TurnAdded | CallChanged) -> None:
        for watch in self._watches:
            if watch.call_id in (None, change.call_id):
                watch.put(change)

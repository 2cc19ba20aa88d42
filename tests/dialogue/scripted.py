"""A channel that plays a caller by script, and an observer that remembers what happened."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from voicebot.dialogue.channel import (
    Briefing,
    Channel,
    HandoffResult,
    Heard,
    HungUp,
    Keys,
    Silence,
    Unheard,
    Utterance,
)
from voicebot.dialogue.journal import Journal as RealJournal
from voicebot.understanding.expectation import FREE, Expectation

E = TypeVar("E")


@dataclass(frozen=True)
class HangUp:
    """The caller puts the phone down instead of answering."""


Turn = str | Heard | HangUp

# What a caller who was not told otherwise answers.
_DEFAULTS = {"anything_else": "όχι ευχαριστώ", "offer_help": "όχι", "caller_id_ok": "όχι"}

# What a caller answers who asks for an appointment at a branch, and is not stopped.
BOOKING: dict[str, Turn | list[Turn]] = {
    "agency": "στον έφκα",
    "category": "για τα ένσημα",
    "channel": "στο κατάστημα",
    "place": "στο Περιστέρι",
    "date": "την Πέμπτη",
    "offer": "το πρώτο",
    "name": "Γιώργος Παπαδόπουλος",
    "afm": "090000045",
    "mobile": "6945123456",
    "confirm": "ναι",
}


class ScriptedChannel(Channel):
    """Answers questions by slot, or else with the next untagged turn.

    Args:
        free: what is said to open questions, in order.
        slots: what is said to the question of a slot: one turn, or several used up one by one
            (the last one for good).
        hang_up_after: so many turns are heard, then the caller is gone.
        vanish_while_saying: the caller is gone during the n-th thing said (counted from 1).
    """

    def __init__(
        self,
        free: Iterable[Turn] = (),
        slots: Mapping[str, Turn | list[Turn]] | None = None,
        *,
        number: str | None = None,
        handoffs: Iterable[HandoffResult] = (),
        hang_up_after: int | None = None,
        vanish_while_saying: int | None = None,
        call_id: str = "call-1",
    ) -> None:
        self.call_id = call_id
        self.caller_number = number
        self.said: list[str] = []
        self.heard: list[tuple[str, Turn]] = []
        self.expected: list[Expectation] = []
        self.briefings: list[Briefing] = []
        self.queues: list[str] = []
        self.uninterruptible: list[str] = []
        self.rates: list[float] = []
        self.gains: list[float] = []
        self.timeouts: list[timedelta] = []
        self.ended = False
        self._log: list[str] = []
        self._free = list(free)
        self._slots: dict[str, list[Turn]] = {
            slot: list(turns) if isinstance(turns, list) else [turns]
            for slot, turns in (slots or {}).items()
        }
        self._handoffs = list(handoffs)
        self._hang_up_after = hang_up_after
        self._vanish_while_saying = vanish_while_saying

    @property
    def dialogue(self) -> str:
        """Both sides, a line each."""
        return "\n".join(self._log)

    @property
    def transcript(self) -> str:
        """Everything said by the line, a line each."""
        return "\n".join(self.said)

    async def say(self, text: str, *, interruptible: bool = True) -> None:
        assert not self.ended, f"said after the end: {text}"
        self.said.append(text)
        self._log.append(text)
        if len(self.said) == self._vanish_while_saying:
            raise HungUp
        if not interruptible:
            self.uninterruptible.append(text)

    async def listen(self, expectation: Expectation = FREE, *, timeout: timedelta) -> Heard:
        assert not self.ended
        if len(self.heard) == self._hang_up_after:
            raise HungUp
        assert len(self.heard) < 120, f"endless: {self.said[-6:]}"
        self.expected.append(expectation)
        self.timeouts.append(timeout)
        turn = self._next(expectation.slot)
        self.heard.append((expectation.slot, turn))
        self._log.append(f"    [{expectation.slot}] {turn}")
        if isinstance(turn, HangUp):
            raise HungUp
        return Utterance(turn) if isinstance(turn, str) else turn

    def _next(self, slot: str) -> Turn:
        own = self._slots.get(slot)
        if own:
            return own.pop(0) if len(own) > 1 else own[0]
        if not slot and self._free:
            return self._free.pop(0)
        if slot in _DEFAULTS:
            return _DEFAULTS[slot]
        if self._free:
            return self._free.pop(0)
        return HangUp() if not slot else Silence()

    async def hand_off(self, briefing: Briefing, *, queue: str) -> HandoffResult:
        self.briefings.append(briefing)
        self.queues.append(queue)
        return self._handoffs.pop(0) if self._handoffs else HandoffResult.NO_ANSWER

    async def hang_up(self) -> None:
        self.ended = True

    def set_rate(self, rate: float) -> None:
        self.rates.append(rate)

    def set_gain(self, decibels: float) -> None:
        self.gains.append(decibels)


class Journal(RealJournal):
    """Remembers the events of a call."""

    def one(self, kind: type[E]) -> E:
        """The only event of a kind."""
        found = self.of(kind)
        assert len(found) == 1, f"{len(found)} of {kind.__name__}: {found}"
        return found[0]


SILENCE = Silence()
NOISE = Unheard()
DOWN = Unheard(engine_down=True)


def keys(digits: str) -> Keys:
    """Pressed keys."""
    return Keys(digits)

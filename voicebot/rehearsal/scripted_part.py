"""What a scripted caller does next on the telephone, where speech may be heard wrongly."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from voicebot.dialogue.events import Captured, Event, Reprompted, Said
from voicebot.dialogue.journal import Journal
from voicebot.dialogue.script_checks import PlayedTurn
from voicebot.dialogue.script_player import CallResult
from voicebot.dialogue.script_turns import ScriptTurns
from voicebot.dialogue.scripts import ScriptCall, ScriptTurn
from voicebot.hearing.evaluation import edit_distance, scored_words
from voicebot.speaking.normaliser import normalise
from voicebot.understanding.digits import parse_digits
from voicebot.understanding.text import fold

# People say a thing three times at most before they say something else.
_MOST_REPEATS = 2
_READ_BACK = "readback_"
_OPEN = frozenset({"", "anything_else"})
_STEM_LETTERS = 4


@dataclass(frozen=True)
class Say:
    """Speak."""

    text: str


@dataclass(frozen=True)
class Press:
    """Press keys."""

    keys: str


class Quiet(Enum):
    """Do not speak: wait until the line asks again, or put the phone down."""

    WAIT = "wait"
    LEAVE = "leave"


Move = Say | Press | Quiet


@dataclass(frozen=True)
class Hearing:
    """What was said to a question, and what the line heard of it ("" for nothing)."""

    slot: str
    said: str
    heard: str

    @property
    def words(self) -> int:
        """How many words were said."""
        return len(_words(self.said))

    @property
    def errors(self) -> int:
        """How many of them were heard wrongly, with those heard that were not said."""
        return edit_distance(_words(self.heard), _words(self.said))


@dataclass(frozen=True)
class SpokenResult:
    """What came of a call, and what was heard in it."""

    result: CallResult
    hearings: tuple[Hearing, ...]


def word_error_rate(results: Sequence[SpokenResult]) -> float:
    """Words heard wrongly by words said, in all turns of all calls (0 is perfect)."""
    hearings = [hearing for one in results for hearing in one.hearings]
    words = sum(hearing.words for hearing in hearings)
    return round(sum(hearing.errors for hearing in hearings) / max(words, 1), 4)


def misheard(hearings: Sequence[Hearing]) -> tuple[str, ...]:
    """What was heard for what was said, of each turn with a mistake."""
    return tuple(
        f"heard {hearing.heard!r} for {hearing.said!r}"
        + (f" to {hearing.slot}" if hearing.slot else "")
        for hearing in hearings
        if hearing.errors
    )


class ScriptedPart:
    """One caller's part: told what happens in the call, it says what to do at each question.

    A caller who was heard wrongly and is asked the same again says the same again; a number that is
    read back is agreed to when it is the one that was said.

    Attributes:
        journal: everything that happened.
        played: the turns that were used.
        agent_turns: how often the line gave the caller the word.
    """

    def __init__(self, call: ScriptCall, numbers: Mapping[str, str]) -> None:
        self.journal = Journal()
        self.played: list[PlayedTurn] = []
        self.agent_turns = 0
        self._turns = ScriptTurns(call, numbers)
        self._said: list[tuple[str, str, int]] = []
        self._caught: list[tuple[int, str]] = []
        self._by_slot: dict[str, str] = {}
        self._repeats: dict[str, int] = {}

    def note(self, event: Event) -> None:
        """Something happened."""
        self.journal.note(event)

    def caught(self, text: str) -> None:
        """The line heard something of what was said ("" for what it could make nothing of)."""
        self._caught.append((len(self._said), text))

    def asked(self, slot: str) -> Move:
        """The line listens for a slot ("": the open question)."""
        self.agent_turns += 1
        repeated = self._once_more(slot)
        if repeated is not None:
            return self._say(slot, repeated)
        if slot.startswith(_READ_BACK) and not self._turns.knows(slot):
            return self._say(slot, "ναι" if self._is_right(slot) else "όχι")
        turn = self._turns.next(slot)
        if turn is None or turn.hang_up:
            return Quiet.LEAVE
        return self._play(slot, turn)

    def hearings(self) -> list[Hearing]:
        """What was said in the call so far, with what was heard of each."""
        return [
            Hearing(slot, said, " ".join(text for turn, text in self._caught if turn == number))
            for number, (slot, said, _) in enumerate(self._said, 1)
        ]

    def _play(self, slot: str, turn: ScriptTurn) -> Move:
        before = len(self.journal.events)
        self.played.append(PlayedTurn(slot, turn, before, self.agent_turns))
        if turn.dtmf is not None:
            return Press(self._turns.filled(turn.dtmf))
        if turn.say is None:
            return Quiet.WAIT
        self._repeats[slot] = 0
        return self._say(slot, self._turns.filled(turn.say))

    def _say(self, slot: str, text: str) -> Say:
        self._said.append((slot, text, len(self.journal.events)))
        self._by_slot[slot] = text
        return Say(text)

    def _once_more(self, slot: str) -> str | None:
        """What has to be said again; None when the conversation goes on."""
        if not self._said or self._repeats.get(slot, 0) >= _MOST_REPEATS:
            return None
        last_slot, _, begin = self._said[-1]
        if self.played and self.played[-1].events_before > begin:
            return None  # silence or keys came after it
        if last_slot == _READ_BACK + slot:
            missed = not any(
                event.slot == slot for event in self._since(begin) if isinstance(event, Captured)
            )
        elif last_slot == slot:
            missed = self._was_missed(slot, begin)
        else:
            missed = False
        if not missed:
            return None
        self._repeats[slot] = self._repeats.get(slot, 0) + 1
        return self._by_slot[slot]

    def _was_missed(self, slot: str, begin: int) -> bool:
        since = self._since(begin)
        if not self.hearings()[-1].errors:
            return False
        if slot in _OPEN:
            return any(isinstance(event, Reprompted) for event in since)
        return not any(isinstance(event, Captured) and event.slot == slot for event in since)

    def _since(self, begin: int) -> Sequence[Event]:
        return self.journal.events[begin:]

    def _is_right(self, slot: str) -> bool:
        """Whether what is read back is what was said."""
        said = self._by_slot.get(slot.removeprefix(_READ_BACK), "")
        prompts = self.journal.of(Said)
        prompt = prompts[-1].text if prompts else ""
        # Numbers are written in groups, to be read slowly.
        if shown := re.sub(r"\D", "", prompt):
            return any(one.value == shown for one in parse_digits(said, (len(shown),)))
        if numbers := parse_digits(prompt):
            shown = numbers[0].value
            if any(one.value == shown for one in parse_digits(said, (len(shown),))):
                return True
        meant = fold(said)
        return any(
            len(word) >= _STEM_LETTERS and fold(word)[:_STEM_LETTERS] in meant
            for word in re.findall(r"\w+", prompt)[1:-1]
        )


def _words(text: str) -> list[str]:
    return scored_words(normalise(text)) if text else []

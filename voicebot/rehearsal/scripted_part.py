"""What a scripted caller does next on the telephone, where speech may be heard wrongly."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from voicebot.dialogue.events import Captured, Event, KeypadOffered, Reprompted, Said
from voicebot.dialogue.journal import Journal
from voicebot.dialogue.script_checks import PlayedTurn
from voicebot.dialogue.script_player import CallResult
from voicebot.dialogue.script_turns import NOT_TOLD, ScriptTurns
from voicebot.dialogue.scripts import ScriptCall, ScriptTurn
from voicebot.dialogue.slots import yes_or_no
from voicebot.hearing.evaluation import edit_distance, scored_words
from voicebot.rehearsal.recollection import DIGITS, digits_of, fits
from voicebot.speaking.normaliser import normalise
from voicebot.speaking.numerals import digits as digit_by_digit
from voicebot.understanding.digits import parse_digits
from voicebot.understanding.text import fold

# People say a thing three times at most before they say something else.
_MOST_REPEATS = 2
_READ_BACK = "readback_"
_OPEN = frozenset({"", "anything_else"})
_STEM_LETTERS = 4
_CONFIRM, _WHAT_IS_WRONG = "confirm", "resume"
_YES_OR_NO = {"ναι", "οχι"}
_MOST_OBJECTIONS = 2
# What a caller puts right at once, by saying it again; a number waits until it is read back.
_SPOKEN_ALONG = frozenset({"place", "date", "offer"})
# What is wrong, as it is said, and as it is answered to «τι να διορθώσω;».
_CALLED = {
    "place": ("η πόλη", "την πόλη"),
    "date": ("η ημέρα", "την ημέρα"),
    "offer": ("η ώρα", "την ώρα"),
    "name": ("το όνομα", "το όνομα"),
    "afm": ("το αφιμί", "το αφιμί"),
    "mobile": ("το κινητό", "το κινητό"),
}


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

    A caller who was heard wrongly and is asked the same again says the same again, a number digit
    by digit, or types it when that is what was asked for. What is read back is agreed to when it
    is what was said; what is named along the way and is wrong is put right.

    Attributes:
        journal: everything that happened.
        played: the turns that were used.
        agent_turns: how often the line gave the caller the word.
    """

    def __init__(self, call: ScriptCall, numbers: Mapping[str, str], now: datetime) -> None:
        self.journal = Journal()
        self.played: list[PlayedTurn] = []
        self.agent_turns = 0
        self._now = now
        self._turns = ScriptTurns(call, numbers)
        self._said: list[tuple[str, str, int]] = []
        self._caught: list[tuple[int, str]] = []
        self._by_slot: dict[str, str] = {}
        self._repeats: dict[str, int] = {}
        self._objections: dict[str, int] = {}

    def note(self, event: Event) -> None:
        """Something happened."""
        self.journal.note(event)

    def caught(self, text: str) -> None:
        """The line heard something of what was said ("" for what it could make nothing of)."""
        self._caught.append((len(self._said), text))

    def asked(self, slot: str) -> Move:
        """The line listens for a slot ("": the open question)."""
        self.agent_turns += 1
        if (objection := self._objection(slot)) is not None:
            return objection
        if self._is_missed(slot):
            self._repeats[slot] = self._repeats.get(slot, 0) + 1
            return self._again(slot)
        if slot.startswith(_READ_BACK) and slot.removeprefix(_READ_BACK) in self._by_slot:
            coming = self._turns.coming(slot)
            agreed = (coming.say if coming is not None else None) or "ναι"
            return self._say(slot, agreed if self._is_right(slot) else "όχι")
        if slot not in _OPEN and self._repeats.get("", 0) >= _MOST_REPEATS and self._is_unheard():
            # Offered a way out, nobody goes on with what was not heard three times.
            self._turns.give_up_open(slot)
        turn = self._turns.next(slot)
        if turn is None or turn.hang_up:
            return Quiet.LEAVE
        if turn is NOT_TOLD:
            is_reason = slot == _WHAT_IS_WRONG and slot not in self._by_slot
            told = _CONFIRM if is_reason else slot
            if told in self._by_slot and self._repeats.get(slot, 0) < _MOST_REPEATS:
                self._repeats[slot] = self._repeats.get(slot, 0) + 1
                return self._again(told)
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
            keys = self._turns.filled(turn.dtmf)
            self._by_slot[slot] = keys.rstrip("#")
            return Press(keys)
        if turn.say is None:
            return Quiet.WAIT
        self._repeats[slot] = 0
        text = self._turns.filled(turn.say)
        self._by_slot[slot] = text
        return self._say(slot, text)

    def _say(self, slot: str, text: str) -> Say:
        self._said.append((slot, text, len(self.journal.events)))
        return Say(text)

    def _again(self, slot: str) -> Move:
        """The same once more, as it was asked for."""
        text = self._by_slot[slot]
        number = digits_of(slot, text)
        if number is not None:
            if any(event.slot == slot for event in self.journal.of(KeypadOffered)):
                self._said.append((slot, text, len(self.journal.events)))
                self._caught.append((len(self._said), text))
                return Press(number)
            return self._say(slot, digit_by_digit(number))
        first, _, rest = text.partition(" ")
        if rest and fold(first.strip(",")) in _YES_OR_NO and self._prompt_words() >= _YES_OR_NO:
            return self._say(slot, first.strip(","))
        return self._say(slot, text)

    def _objection(self, slot: str) -> Say | None:
        """What puts right something that the line named and that is not what was said."""
        for told in ("place", "date", "offer", *DIGITS, "name"):
            is_asked = told == slot and told != "offer"
            if is_asked or self._objections.get(told, 0) >= _MOST_OBJECTIONS:
                continue
            if not self._names_wrongly(told, slot):
                continue
            if slot == _CONFIRM:
                coming = self._turns.coming(slot)
                if coming is None or not _agrees(coming.say or ""):
                    continue
                if told not in _CALLED:
                    continue
                wrong, self._by_slot[_WHAT_IS_WRONG] = _CALLED[told]
                text = f"όχι, {wrong} είναι λάθος"
            elif told in _SPOKEN_ALONG:
                text = f"όχι, {self._by_slot[told]} είπα"
            else:
                continue
            self._objections[told] = self._objections.get(told, 0) + 1
            return self._say(slot, text)
        return None

    def _names_wrongly(self, told: str, slot: str) -> bool:
        """Whether the line has just named a value that is not the one that was said."""
        said = self._by_slot.get(told)
        at = next(
            (
                index
                for index in reversed(range(len(self.journal.events)))
                if isinstance(event := self.journal.events[index], Captured)
                and event.slot == told
                and fits(told, said or "", event.value, self._now) is not None
            ),
            None,
        )
        if said is None or at is None:
            return False
        captured = self.journal.events[at]
        assert isinstance(captured, Captured)
        if fits(told, said, captured.value, self._now) is not False:
            return False
        if told == "date":
            # The days are named in the offers.
            return slot == "offer" and not any(
                isinstance(one, Captured) and one.slot == "offer" for one in self._since(at)
            )
        if told == "offer":
            # Other times are offered, or the one that was taken is named right after it.
            return slot in ("offer", "name", _CONFIRM)
        since = self._since(self._said[-1][2])
        spoken = " ".join(one.text for one in since if isinstance(one, Said))
        if told in DIGITS:
            return captured.value in re.sub(r"\D", "", spoken)
        return any(fold(name) in fold(spoken) for name in captured.value.split(" / "))

    def _is_missed(self, slot: str) -> bool:
        """Whether what was said to the question did not come through, and it is asked again."""
        if not self._said or self._repeats.get(slot, 0) >= _MOST_REPEATS:
            return False
        if slot not in self._by_slot:
            return False
        last_slot, _, begin = self._said[-1]
        if self.played and self.played[-1].events_before > begin:
            return False  # silence or keys came after it
        if last_slot == _READ_BACK + slot:
            return not any(
                event.slot == slot for event in self._since(begin) if isinstance(event, Captured)
            )
        return last_slot == slot and self._was_missed(slot, begin)

    def _was_missed(self, slot: str, begin: int) -> bool:
        since = self._since(begin)
        if not self.hearings()[-1].errors:
            return False
        if slot in _OPEN:
            return any(isinstance(event, Reprompted) for event in since)
        return not any(isinstance(event, Captured) and event.slot == slot for event in since)

    def _is_unheard(self) -> bool:
        """Whether the line could make nothing of what was said last, to an open question."""
        return bool(self._said) and self._said[-1][0] == "" and not self.hearings()[-1].heard

    def _since(self, begin: int) -> Sequence[Event]:
        return self.journal.events[begin:]

    def _prompt_words(self) -> set[str]:
        """The words of what the line said last."""
        prompts = self.journal.of(Said)
        return set(fold(prompts[-1].text).replace(".", " ").split()) if prompts else set()

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


def _agrees(text: str) -> bool:
    return yes_or_no([(text, 1.0)]) is True


def _words(text: str) -> list[str]:
    return scored_words(normalise(text)) if text else []

"""Plays scripted callers against the dialogue in text and says what came of each call."""

from __future__ import annotations

import shutil
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

from voicebot.dialogue.channel import (
    Briefing,
    Channel,
    HandoffResult,
    Heard,
    HungUp,
    Keys,
    Silence,
    Utterance,
)
from voicebot.dialogue.converse import Services, converse, lead
from voicebot.dialogue.flows import overflow
from voicebot.dialogue.journal import Journal
from voicebot.dialogue.meaning import Understands
from voicebot.dialogue.script_checks import Evidence, PlayedTurn, failures
from voicebot.dialogue.scripts import (
    ScriptCall,
    ScriptFile,
    ScriptTurn,
    Seed,
    SeedAppointment,
    SeedClosure,
)
from voicebot.records import Records
from voicebot.records.book import AppointmentBook
from voicebot.records.errors import BookUnavailable, RecordsUnavailable
from voicebot.records.schedule import DateRange, TimeRange
from voicebot.records.types import Person, Window
from voicebot.settings import Dialogue, Hours
from voicebot.understanding.expectation import FREE, Expectation
from voicebot.understanding.knowledge import Knowledge

# What a caller who was not told otherwise answers.
_DEFAULTS = {
    "anything_else": ScriptTurn(say="όχι ευχαριστώ"),
    "offer_help": ScriptTurn(say="όχι"),
    "caller_id_ok": ScriptTurn(say="όχι"),
}
_OPEN = frozenset({"", "anything_else"})
_MOST_TURNS = 120
_AGREED_BEFORE = timedelta(days=5)
_CLOSED_DAYS = 60


@dataclass(frozen=True)
class CallResult:
    """What came of one scripted call."""

    id: str
    passed: bool
    failures: tuple[str, ...]
    outcome: str
    agent_turns: int
    seconds: float

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def totals(results: list[CallResult]) -> dict[str, int]:
    """How many calls passed."""
    passed = sum(result.passed for result in results)
    return {"calls": len(results), "passed": passed, "failed": len(results) - passed}


async def play_file(
    scripts: ScriptFile, knowledge: Knowledge, classifier: Understands, settings: Dialogue
) -> AsyncIterator[CallResult]:
    """Play every call of a file, each with records of its own."""
    with TemporaryDirectory(prefix="voicebot-scripts-") as folder:
        template = await make_template(Path(folder))
        for call in scripts.calls:
            yield await play_call(
                call, scripts.moment, knowledge, classifier, settings, template=template
            )


async def make_template(folder: Path) -> Path:
    """An empty database with its tables and branches, to be copied for each call."""
    template = folder / "template.db"
    await (await Records.open(f"sqlite+aiosqlite:///{template}")).close()
    return template


async def play_call(
    call: ScriptCall,
    moment: datetime,
    knowledge: Knowledge,
    classifier: Understands,
    settings: Dialogue,
    *,
    template: Path,
) -> CallResult:
    """Play one call on a copy of the template database."""
    began = time.perf_counter()
    with TemporaryDirectory(prefix="voicebot-script-") as folder:
        database = shutil.copy(template, Path(folder) / "records.db")
        clock = _Clock(moment)
        records = await Records.open(f"sqlite+aiosqlite:///{database}", clock=clock)
        try:
            numbers = await _plant(records, call.seed, clock)
            if call.seed.book == "down":
                records.appointments = cast(AppointmentBook, _Down(BookUnavailable))
            journal = Journal()
            channel = ScriptChannel(call, numbers, journal)
            up = call.seed.database == "up"
            used = records if up else cast(Records, _Down(RecordsUnavailable))
            outcome = await converse(
                channel,
                Services(knowledge, classifier, used),
                _with_hours(settings, call.seed, moment),
                clock=lambda: moment,
                observers=(journal,),
                course=overflow.offer if call.seed.line == "full" else lead,
            )
        finally:
            await records.close()
    evidence = Evidence(journal, channel.said, channel.played, channel.end, numbers)
    wrong = tuple(failures(call, evidence))
    return CallResult(
        call.id,
        not wrong,
        wrong,
        outcome.value,
        channel.agent_turns,
        round(time.perf_counter() - began, 3),
    )


def _with_hours(settings: Dialogue, seed: Seed, moment: datetime) -> Dialogue:
    """Operators who are away began to be so an hour ago."""
    if seed.operators == "there":
        return settings
    closed = Hours(
        opens=time_of_day(8),
        closes=(moment - timedelta(hours=1)).time() if moment.hour > 9 else time_of_day(8, 1),
        weekends=False,
        holidays=False,
    )
    return settings.model_copy(update={"operators": closed})


class ScriptChannel(Channel):
    """A caller who follows a script, in whatever order the questions come.

    Attributes:
        said: everything that the line said.
        played: the turns that were used, with the events that had happened before each.
        end: "normal", "transferred" or "hung_up".
        agent_turns: how often the line gave the caller the word.
    """

    def __init__(self, call: ScriptCall, numbers: Mapping[str, str], journal: Journal) -> None:
        self.call_id = f"script-{call.id}"
        self.caller_number = call.seed.caller
        self.said: list[str] = []
        self.played: list[PlayedTurn] = []
        self.end = "hung_up"
        self.agent_turns = 0
        self._left = list(call.turns)
        self._pool = {
            slot: list(texts) if isinstance(texts, list) else [texts]
            for slot, texts in call.pool.items()
        }
        self._numbers = numbers
        self._agents = [HandoffResult(result) for result in call.seed.agents]
        self._journal = journal

    async def say(self, text: str, *, interruptible: bool = True) -> None:
        """Keep what was said."""
        self.said.append(text)

    async def listen(self, expectation: Expectation = FREE, *, timeout: timedelta) -> Heard:
        """The next turn for the question.

        Raises:
            HungUp: the script says so, or has nothing more to say.
        """
        self.agent_turns += 1
        turn = self._next(expectation.slot)
        if turn is None or turn.hang_up or self.agent_turns > _MOST_TURNS:
            raise HungUp
        before = len(self._journal.events)
        self.played.append(PlayedTurn(expectation.slot, turn, before, self.agent_turns))
        if turn.say is not None:
            return Utterance(turn.say.format_map(_Blank(self._numbers)))
        return Silence() if turn.dtmf is None else Keys(turn.dtmf.format_map(_Blank(self._numbers)))

    async def hand_off(self, briefing: Briefing, *, queue: str) -> HandoffResult:
        """The agents that the script has, then nobody."""
        result = self._agents.pop(0) if self._agents else HandoffResult.NO_ANSWER
        if result is HandoffResult.CONNECTED:
            self.end = "transferred"
        return result

    async def hang_up(self) -> None:
        """The line ends the call."""
        self.end = "normal"

    def set_rate(self, rate: float) -> None:
        """A text has no speed."""

    def set_gain(self, decibels: float) -> None:
        """A text has no loudness."""

    def _next(self, slot: str) -> ScriptTurn | None:
        free = next((i for i, turn in enumerate(self._left) if turn.slot is None), None)
        own = next((i for i, turn in enumerate(self._left) if slot and turn.slot == slot), None)
        # A turn without a slot is said when everything before it has been said; to an open
        # question at any rate.
        if free is not None and (free == 0 or (own is None and slot in _OPEN)):
            return self._left.pop(free)
        if own is not None:
            return self._left.pop(own)
        texts = self._pool.get(slot)
        if texts:
            return ScriptTurn(say=texts.pop(0) if len(texts) > 1 else texts[0])
        if slot in _DEFAULTS:
            return _DEFAULTS[slot]
        if free is not None:
            return self._left.pop(free)
        return ScriptTurn(silence=6) if slot else None


class _Blank(dict[str, str]):
    """Numbers of seeded records by reference; anything else in braces stays as it is."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


class _Clock:
    """The moment of the calls, and of what was agreed before them."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment


class _Down:
    """Records, or a part of them, that are away: every coroutine fails."""

    def __init__(self, error: type[RecordsUnavailable]) -> None:
        self._error = error

    def __getattr__(self, name: str) -> object:
        if name in ("appointments", "callbacks", "cases", "handoffs"):
            return _Down(self._error)

        async def fail(*args: object, **kwargs: object) -> None:
            if name in ("release", "close"):
                return
            raise self._error("it is down, as the script says")

        return fail


async def _plant(records: Records, seed: Seed, clock: _Clock) -> dict[str, str]:
    """Make the records that a script needs; their numbers by reference."""
    numbers: dict[str, str] = {}
    moment = clock.moment
    for index, wanted in enumerate(seed.appointments):
        # Agreed some days before, so that it may be for today or tomorrow.
        begins = datetime.combine(wanted.day, wanted.at, moment.tzinfo)
        clock.moment = min(moment, begins - _AGREED_BEFORE)
        numbers[wanted.ref] = await _plant_appointment(records, wanted, f"seed-{index}")
    clock.moment = moment
    for closed in seed.closed:
        await _close(records, closed, moment.date())
    for callback in seed.callbacks:
        day = moment.date() + timedelta(days=1)
        opens, closes = (
            datetime.combine(day, at, moment.tzinfo) for at in (time_of_day(8), time_of_day(12))
        )
        await records.callbacks.request(callback.phone, Window(opens, closes), topic=callback.topic)
    for case in seed.cases:
        number = await records.cases.open(
            case.agency, case.topic, case.summary, phone=case.phone, afm=case.afm
        )
        await records.cases.change(number, "script", status=case.status)
        numbers[case.ref] = number
    return numbers


async def _plant_appointment(records: Records, wanted: SeedAppointment, call_id: str) -> str:
    await records.start_call(call_id, None)
    slots = await records.appointments.find_slots(
        wanted.agency,
        wanted.category,
        channel=wanted.channel,
        place=wanted.city,
        days=DateRange(wanted.day, wanted.day),
        times=TimeRange(wanted.at, wanted.at),
        limit=1,
    )
    if not slots:
        raise ValueError(f"seed {wanted.ref}: there is no such free time")
    hold = await records.appointments.hold(slots[0], call_id)
    person = Person(wanted.name, wanted.afm, wanted.mobile)
    return (await records.appointments.book(hold, person)).number


async def _close(records: Records, closed: SeedClosure, today: date) -> None:
    for branch in await records.appointments.branches(
        closed.agency, closed.city, channel=closed.channel
    ):
        for ahead in range(_CLOSED_DAYS):
            day = today + timedelta(days=ahead)
            await records.directory.close_on(day, "script", branch=branch.code)

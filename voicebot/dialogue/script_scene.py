"""What there is before a scripted call: records with what was agreed, a clock that stands still."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

from voicebot.dialogue.converse import Course, lead
from voicebot.dialogue.flows import overflow
from voicebot.dialogue.scripts import ScriptCall, Seed, SeedAppointment, SeedClosure
from voicebot.records import Records
from voicebot.records.book import AppointmentBook
from voicebot.records.errors import BookUnavailable, RecordsUnavailable
from voicebot.records.schedule import DateRange, TimeRange
from voicebot.records.types import Person, Window
from voicebot.settings import Dialogue, Hours

_AGREED_BEFORE = timedelta(days=5)
_CLOSED_DAYS = 60


@dataclass(frozen=True)
class Scene:
    """Where one scripted call is played.

    Attributes:
        records: those that the call uses; some fail when the script says so.
        settings: with the operators' hours that the script says.
        numbers: of what was there before the call, by reference.
        course: what the call is about.
        moment: the time at which it is made.
    """

    records: Records
    settings: Dialogue
    numbers: Mapping[str, str]
    course: Course
    moment: datetime


async def make_template(folder: Path) -> Path:
    """An empty database with its tables and branches, to be copied for each call."""
    template = folder / "template.db"
    await (await Records.open(f"sqlite:///{template}")).close()
    return template


@asynccontextmanager
async def scene_of(
    call: ScriptCall, moment: datetime, settings: Dialogue, *, template: Path
) -> AsyncIterator[Scene]:
    """The scene of a call, on a copy of the template database, while the block lasts.

    Raises:
        ValueError: a seed asks for what the branches do not have.
    """
    with TemporaryDirectory(prefix="voicebot-script-") as folder:
        database = shutil.copy(template, Path(folder) / "records.db")
        clock = _Clock(moment)
        records = await Records.open(f"sqlite:///{database}", clock=clock)
        try:
            numbers = await _plant(records, call.seed, clock)
            if call.seed.book == "down":
                records.appointments = cast(AppointmentBook, _Down(BookUnavailable))
            up = call.seed.database == "up"
            yield Scene(
                records if up else cast(Records, _Down(RecordsUnavailable)),
                _with_hours(settings, call.seed, moment),
                numbers,
                overflow.offer if call.seed.line == "full" else lead,
                moment,
            )
        finally:
            await records.close()


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
    branches = await records.appointments.branches(
        closed.agency, closed.city, channel=closed.channel
    )
    days = DateRange(today, today + timedelta(days=_CLOSED_DAYS - 1))
    await records.directory.close_branches([one.code for one in branches], days, "script")

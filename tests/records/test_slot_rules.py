"""Whatever the rules, no slot is offered outside of them (property tests on a real database)."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import holidays
import pytest
from dateutil.easter import EASTER_ORTHODOX, easter
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.records.conftest import StoppedClock
from voicebot.records import ATHENS, Agency, Person, Records, Slot, VisitChannel
from voicebot.records.directory_file import DirectoryData, Placed
from voicebot.records.directory_import import import_directory
from voicebot.records.directory_schema import (
    BranchEntry,
    CategoryEntry,
    ClosureEntry,
    ExceptionEntry,
)
from voicebot.records.types import Identity

HERE = Placed("test", 1)
PERSON = Person("Άννα Ιωάννου", "094019245", "6945123456")
FIXED_FEASTS = [f"{month:02}-{day:02}" for month in (1, 4, 5, 12) for day in (3, 12, 21)]
EASTERS = {"easter+5": 5, "easter+25": 25, "easter-2": -2}


@dataclass(frozen=True)
class Rules:
    """What one run is about, and what the test itself makes of it."""

    now: datetime
    category: CategoryEntry
    branch: BranchEntry
    own: ExceptionEntry | None
    closed: tuple[date, ...]
    bookings: int

    @property
    def minutes(self) -> int:
        return (self.own and self.own.slot_minutes) or self.category.slot_minutes

    @property
    def capacity(self) -> int:
        own = self.own.capacity if self.own is not None else None
        return own or self.category.capacity or self.branch.desks

    def spans(self, day: date) -> list[tuple[time, time]]:
        """Read anew from the text, by other means than the program's."""
        names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
        for part in self.branch.hours.split("; "):
            days, _, rest = part.partition(" ")
            first, _, last = days.partition("-")
            named = names[names.index(first) : names.index(last) + 1] if last else days.split(",")
            if names[day.weekday()] in named:
                return [
                    (time.fromisoformat(span[:5]), time.fromisoformat(span[6:]))
                    for span in rest.split(" ")
                ]
        return []


@st.composite
def rules(draw: st.DrawFn) -> Rules:
    moment = draw(
        st.datetimes(datetime(2026, 1, 1), datetime(2029, 12, 31), timezones=st.just(ATHENS))
    )
    opens = draw(st.integers(7, 10))
    lunch = draw(st.booleans())
    week = draw(st.sampled_from(["mon-fri", "mon,wed,sat", "tue-thu", "mon-sun"]))
    hours = f"{opens:02}:00-12:00" + (" 13:00-15:30" if lunch else "")
    category = CategoryEntry(
        agency=Agency.EFKA,
        code="kind",
        title="Θέμα",
        channels=(VisitChannel.IN_PERSON,),
        slot_minutes=draw(st.sampled_from([15, 20, 45, 60])),
        asks=(Identity.NAME, Identity.MOBILE),
        capacity=draw(st.none() | st.integers(1, 3)),
        earliest_days=draw(st.integers(0, 5)),
        window_days=draw(st.integers(1, 40)),
        notice_hours=0,
    )
    branch = BranchEntry(
        agency=Agency.EFKA,
        code="HERE",
        name="Εδώ",
        place="Κέρκυρα",
        hours=f"{week} {hours}",
        desks=draw(st.integers(1, 3)),
        feasts=tuple(
            draw(st.lists(st.sampled_from([*FIXED_FEASTS, *EASTERS]), max_size=4, unique=True))
        ),
    )
    own = draw(
        st.none()
        | st.builds(
            ExceptionEntry,
            branch=st.just("HERE"),
            category=st.just("kind"),
            slot_minutes=st.none() | st.sampled_from([10, 30]),
            capacity=st.none() | st.integers(1, 2),
        )
    )
    ahead = draw(st.lists(st.integers(0, 50), max_size=3, unique=True))
    closed = tuple(moment.date() + timedelta(days=days) for days in ahead)
    return Rules(moment, category, branch, own, closed, draw(st.integers(0, 8)))


def allowed(rules: Rules, slot: Slot) -> str | None:
    """Why a slot must not be offered; None when it may."""
    start, day = slot.starts_at, slot.starts_at.date()
    end = start + timedelta(minutes=rules.minutes)
    if start <= rules.now:
        return "it has passed"
    if day in holidays.country_holidays("GR", years=day.year):
        return "public holiday"
    moving = {
        easter(day.year, EASTER_ORTHODOX) + timedelta(days=EASTERS[feast])
        for feast in rules.branch.feasts
        if feast in EASTERS
    }
    if f"{day:%m-%d}" in rules.branch.feasts or day in moving:
        return "local feast"
    if day in rules.closed:
        return "closed"
    if (day - rules.now.date()).days < rules.category.earliest_days:
        return "too soon"
    # The window begins with a working day, which may be some days later than the earliest.
    longest = rules.category.earliest_days + rules.category.window_days + 10
    if (day - rules.now.date()).days > longest:
        return "beyond the window"
    inside = any(
        opens <= start.time() and end.time() <= closes and end.date() == day
        for opens, closes in rules.spans(day)
    )
    return None if inside else "outside hours"


@dataclass
class Office:
    """One book for all runs: each run gives it another branch, whose code counts up."""

    runner: asyncio.Runner
    records: Records
    clock: StoppedClock
    runs: int = 0


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    url = f"sqlite:///{tmp_path_factory.mktemp('rules') / 'records.db'}"
    clock = StoppedClock()
    with asyncio.Runner() as runner:
        records = runner.run(Records.open(url, clock=clock, demo_data=False))
        yield Office(runner, records, clock)
        runner.run(records.close())


@given(rules())
@settings(max_examples=40, deadline=None)
def test_no_slot_breaks_a_rule(office: Office, rules: Rules) -> None:
    office.runs += 1
    office.clock.now = rules.now
    office.runner.run(check(office.records, f"HERE-{office.runs}", rules))


async def check(records: Records, code: str, rules: Rules) -> None:
    own = rules.own
    data = DirectoryData(
        categories=[(rules.category, HERE)],
        branches=[(rules.branch.model_copy(update={"code": code}), HERE)],
        exceptions=[] if own is None else [(own.model_copy(update={"branch": code}), HERE)],
        closures=[
            (ClosureEntry.model_validate({"from": day, "reason": "x"}), HERE)
            for day in rules.closed or (date(2020, 1, 1),)
        ],
    )
    await import_directory(records._database, data)
    book = records.appointments
    offered = await book.find_slots(Agency.EFKA, "kind", limit=5000)
    for slot in offered:
        assert (why := allowed(rules, slot)) is None, f"{slot.starts_at}: {why}"
        assert slot.duration_minutes == rules.minutes
    assert len({slot.starts_at for slot in offered}) == len(offered)
    # Book the first times over and over: each is given as often as there are places.
    given_out: Counter[datetime] = Counter()
    for at in range(rules.bookings):
        free = await book.find_slots(Agency.EFKA, "kind", limit=1)
        if not free:
            break
        call = f"{code} {at}"
        await records.start_call(call, None)
        booked = await book.book(await book.hold(free[0], call), PERSON)
        given_out[booked.slot.starts_at] += 1
    assert all(count <= rules.capacity for count in given_out.values())
    later = await book.find_slots(Agency.EFKA, "kind", limit=5000)
    full = {start for start, count in given_out.items() if count == rules.capacity}
    assert {slot.starts_at for slot in offered} - {slot.starts_at for slot in later} == full

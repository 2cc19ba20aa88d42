"""The clock of a case: days that count, pauses, holidays, summer time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from voicebot.records.case_clock import CaseClock, Counting, advance, elapsed, midnight
from voicebot.records.schedule import is_working_day
from voicebot.records.types import ATHENS

SECOND = timedelta(seconds=1)
MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2028, 12, 31)).map(
    lambda moment: moment.replace(microsecond=0, tzinfo=UTC)
)
COUNTINGS = st.sampled_from(Counting)
DAYS = st.floats(0, 120)
SPANS = st.timedeltas(timedelta(0), timedelta(days=30))


def local(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=ATHENS)


def clock(counting: Counting, days: float, since: datetime) -> CaseClock:
    return CaseClock(counting, days, 0.0, since)


@pytest.mark.parametrize(
    ("counting", "days", "since", "deadline"),
    [
        # Tuesday to the end of next Tuesday.
        (Counting.WORKING, 5, local(2026, 11, 24, 10, 5), date(2026, 12, 1)),
        (Counting.WORKING, 1, local(2026, 11, 27, 15), date(2026, 11, 30)),
        # Opened on a Saturday: the first day is Monday.
        (Counting.WORKING, 1, local(2026, 11, 28, 12), date(2026, 11, 30)),
        # Christmas (a Friday), the 26th and the New Year do not count.
        (Counting.WORKING, 5, local(2026, 12, 23, 9), date(2026, 12, 31)),
        (Counting.WORKING, 6, local(2026, 12, 23, 9), date(2027, 1, 4)),
        # Orthodox Easter 2026 is 12 April: Good Friday and Monday do not count.
        (Counting.WORKING, 3, local(2026, 4, 8, 9), date(2026, 4, 15)),
        (Counting.CALENDAR, 10, local(2026, 12, 1, 9), date(2026, 12, 11)),
        # The last day is a Saturday and the Monday after it Clean Monday.
        (Counting.CALENDAR, 5, local(2026, 2, 16, 9), date(2026, 2, 24)),
        # Over the night in which the clocks go back.
        (Counting.CALENDAR, 2, local(2026, 10, 24, 12), date(2026, 10, 26)),
    ],
)
def test_the_deadline_is_the_end_of_a_working_day(
    counting: Counting, days: float, since: datetime, deadline: date
) -> None:
    found = clock(counting, days, since).deadline
    assert found == midnight(deadline + timedelta(days=1))


@given(MOMENTS, DAYS, COUNTINGS)
def test_going_so_far_takes_so_long(start: datetime, days: float, counting: Counting) -> None:
    end = advance(start, days, counting)
    assert elapsed(start, end, counting) == pytest.approx(days, abs=2 / 86_400)


@given(MOMENTS, SPANS, SPANS, COUNTINGS)
def test_parts_add_up(
    start: datetime, first: timedelta, second: timedelta, counting: Counting
) -> None:
    middle, end = start + first, start + first + second
    parts = elapsed(start, middle, counting) + elapsed(middle, end, counting)
    assert parts == pytest.approx(elapsed(start, end, counting), abs=1e-9)


@given(MOMENTS, st.integers(0, 200))
def test_a_day_is_a_day_however_long(start: datetime, days: int) -> None:
    first = start.astimezone(ATHENS).date()
    end = midnight(first + timedelta(days=days))
    assert elapsed(midnight(first), end, Counting.CALENDAR) == pytest.approx(days)
    working = sum(is_working_day(first + timedelta(days=at)) for at in range(days))
    assert elapsed(midnight(first), end, Counting.WORKING) == pytest.approx(working)


@given(MOMENTS, st.integers(1, 90), st.lists(st.tuples(SPANS, SPANS), max_size=6), COUNTINGS)
def test_only_running_time_is_used(
    start: datetime, days: int, pauses: list[tuple[timedelta, timedelta]], counting: Counting
) -> None:
    running, now, ran = clock(counting, days, start), start, 0.0
    for run, rest in pauses:
        ran += elapsed(now, now + run, counting)
        now += run
        standing = running.stopped(now)
        assert standing.deadline is None
        assert standing.when_used(0.5) is None
        now += rest
        assert standing.used_at(now) == standing.used
        running = standing.started(now)
    assert running.used == pytest.approx(ran, abs=1e-6)
    assume(ran < days)
    runs_out = running.when_used(1.0)
    assert runs_out is not None
    used = ran + elapsed(now, runs_out, counting)
    assert used == pytest.approx(days, abs=2 / 86_400)
    half, late, deadline = running.when_used(0.5), running.when_used(0.8), running.deadline
    assert half is not None
    assert late is not None
    assert deadline is not None
    assert half <= late <= runs_out <= deadline + SECOND
    last_day = (deadline - SECOND).astimezone(ATHENS).date()
    assert is_working_day(last_day)
    # Not a day later than needed.
    day = (runs_out - SECOND).astimezone(ATHENS).date()
    assert not any(is_working_day(day + timedelta(days=at)) for at in range((last_day - day).days))


@given(MOMENTS, st.integers(1, 90), SPANS, SPANS, COUNTINGS)
def test_a_pause_never_shortens(
    start: datetime, days: int, run: timedelta, rest: timedelta, counting: Counting
) -> None:
    plain = clock(counting, days, start)
    now = start + run
    paused = plain.stopped(now).started(now + rest)
    assert plain.deadline is not None
    assert paused.deadline is not None
    assert paused.deadline >= plain.deadline
    assert plain.stopped(now).started(now).used == pytest.approx(plain.used_at(now))


@given(MOMENTS, st.integers(1, 60), COUNTINGS)
def test_what_is_used_up_is_over_at_once(start: datetime, days: int, counting: Counting) -> None:
    spent = CaseClock(counting, days, days + 1.0, start)
    assert spent.when_used(0.8) is not None
    assert spent.deadline is not None
    assert spent.deadline - start <= timedelta(days=7)

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voicebot.understanding.holidays_gr import (
    add_working_days,
    holiday_name,
    is_working_day,
    next_working_day,
    orthodox_easter,
    working_days,
)


@pytest.mark.parametrize(
    "day",
    [
        "2026-02-23",  # Clean Monday
        "2026-04-10",  # Good Friday
        "2026-04-13",  # Easter Monday
        "2026-06-01",  # Whit Monday
        "2026-12-25",
        "2027-01-01",
        "2027-01-06",
        "2027-03-15",
        "2027-03-25",
    ],
)
def test_holidays(day: str) -> None:
    assert holiday_name(date.fromisoformat(day))
    assert not is_working_day(date.fromisoformat(day))


@pytest.mark.parametrize("day", ["2026-11-24", "2026-12-24", "2026-11-17"])
def test_ordinary_days(day: str) -> None:
    assert is_working_day(date.fromisoformat(day))


def test_weekends() -> None:
    assert not is_working_day(date(2026, 11, 28))
    assert not is_working_day(date(2026, 11, 29))


@pytest.mark.parametrize(("year", "day"), [(2025, "04-20"), (2026, "04-12"), (2027, "05-02")])
def test_easter(year: int, day: str) -> None:
    assert orthodox_easter(year) == date.fromisoformat(f"{year}-{day}")


def test_over_christmas() -> None:
    assert next_working_day(date(2026, 12, 24)) == date(2026, 12, 28)
    assert working_days(date(2026, 12, 24), date(2026, 12, 28)) == [
        date(2026, 12, 24),
        date(2026, 12, 28),
    ]
    assert working_days(date(2026, 12, 28), date(2026, 12, 24)) == []


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(1, 40))
@settings(deadline=None)
def test_working_days_forth_and_back(day: date, count: int) -> None:
    later = add_working_days(day, count)
    assert is_working_day(later)
    assert len(working_days(day + timedelta(days=1), later)) == count
    if is_working_day(day):
        assert add_working_days(later, -count) == day

"""Spans of days: the value of a date wish, and the calendar arithmetic the parser needs."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

_OPEN_WISH = timedelta(days=13)


@dataclass(frozen=True)
class DateSpan:
    """The days that would do, both ends included; one day where they are equal."""

    first: date
    last: date

    @property
    def exact(self) -> bool:
        """One day was named."""
        return self.first == self.last

    def covers(self, day: date) -> bool:
        """Whether a day satisfies the wish."""
        return self.first <= day <= self.last


def one_day(day: date) -> DateSpan:
    """A span of one day."""
    return DateSpan(day, day)


def two_weeks_from(day: date) -> DateSpan:
    """An open wish ("after the feast", "as soon as possible"): two weeks from a day on."""
    return DateSpan(day, day + _OPEN_WISH)


def week_of(day: date) -> DateSpan:
    """Monday to Sunday of the week a day lies in."""
    monday = day - timedelta(days=day.weekday())
    return DateSpan(monday, monday + timedelta(days=6))


def month_of(year: int, month: int) -> DateSpan:
    """The whole month; months beyond 12 roll over into later years."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    return DateSpan(date(year, month, 1), date(year, month, days_in(year, month)))


def days_in(year: int, month: int) -> int:
    """The number of days of a month."""
    return calendar.monthrange(year, month)[1]


def make_date(year: int, month: int, day: int) -> date | None:
    """A date, or None where the calendar has none such."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def add_months(day: date, months: int) -> date:
    """The same day some months later, or the last of a shorter month."""
    span = month_of(day.year, day.month + months)
    return span.first.replace(day=min(day.day, span.last.day))


def next_weekday(after: date, weekday: int) -> date:
    """The first such weekday strictly after a day (0 is Monday)."""
    return after + timedelta(days=(weekday - after.weekday() - 1) % 7 + 1)


def next_day_number(today: date, day: int, *, skip_months: int = 0) -> date | None:
    """The next day of a month with this number, from today on (or from a later month on)."""
    for ahead in range(skip_months, skip_months + 13):
        month = month_of(today.year, today.month + ahead).first
        found = make_date(month.year, month.month, day)
        if found is not None and (skip_months or found >= today):
            return found
    return None


def thirds(span: DateSpan) -> tuple[DateSpan, DateSpan, DateSpan]:
    """Beginning, middle and end of a month (1-10, 11-20, 21-) or of a week (2, 2 and 2 days)."""
    week = (span.last - span.first).days == 6
    first, second = (1, 3) if week else (9, 19)
    cut_one = span.first + timedelta(days=first)
    cut_two = span.first + timedelta(days=second)
    end = span.first + timedelta(days=4) if week else span.last
    late = span.first + timedelta(days=3) if week else cut_two + timedelta(days=1)
    middle_start = span.first + timedelta(days=1) if week else cut_one + timedelta(days=1)
    return DateSpan(span.first, cut_one), DateSpan(middle_start, cut_two), DateSpan(late, end)

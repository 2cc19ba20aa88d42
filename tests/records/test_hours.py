"""Opening hours and feasts: what is read, what is refused, and that writing reads back."""

from __future__ import annotations

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicebot.records.hours import Interval, OpeningHours, checked_feast, is_feast, parse_hours


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("08:00-14:00", "mon-fri 08:00-14:00"),
        ("mon-fri 8:00 - 14:00", "mon-fri 08:00-14:00"),
        ("Δευ-Πεμ 08:00-14:00; Παρ 08:00-12:00", "mon-thu 08:00-14:00; fri 08:00-12:00"),
        ("Δευτέρα,Τετάρτη 08:00-12:00, 13:00-17:00", "mon,wed 08:00-12:00 13:00-17:00"),
        ("sat 09:00-13:00\nmon 09:00-13:00", "mon,sat 09:00-13:00"),
    ],
)
def test_hours_are_read_as_people_write_them(text: str, written: str) -> None:
    assert str(parse_hours(text)) == written


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no hours"),
        ("open", "not hours"),
        ("mon 14:00-08:00", "closes before it opens"),
        ("mon 08:00-25:00", "no such time"),
        ("someday 08:00-14:00", "not a day"),
        ("fri-mon 08:00-14:00", "not days"),
        ("mon 08:00-12:00 11:00-14:00", "overlap"),
        ("mon 08:00-12:00; mon 13:00-14:00", "twice"),
        ("mon 08:00-12:00 lunch", "not hours"),
    ],
)
def test_what_is_wrong_is_named(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        parse_hours(text)


@st.composite
def spans(draw: st.DrawFn) -> tuple[Interval, ...]:
    marks = draw(st.lists(st.integers(0, 24 * 60 - 1), unique=True, max_size=6))
    marks = sorted(marks)[: len(marks) // 2 * 2]
    times = [time(mark // 60, mark % 60) for mark in marks]
    return tuple(zip(times[::2], times[1::2], strict=True))


@given(st.tuples(*[spans()] * 7).filter(any))
def test_what_is_written_reads_back(week: tuple[tuple[Interval, ...], ...]) -> None:
    hours = OpeningHours(week)
    assert parse_hours(str(hours)) == hours


@pytest.mark.parametrize(
    ("feast", "day"),
    [
        ("12-12", date(2026, 12, 12)),
        ("easter", date(2026, 4, 12)),
        ("easter+50", date(2026, 6, 1)),
        ("easter-48", date(2026, 2, 23)),
        ("easter + 5", date(2027, 5, 7)),
        ("02-29", date(2028, 2, 29)),
    ],
)
def test_feasts_of_the_place(feast: str, day: date) -> None:
    known = [checked_feast(feast)]
    assert is_feast(day, known)
    assert not is_feast(date(day.year, day.month, 15), known)
    assert not is_feast(day, [])


@pytest.mark.parametrize("feast", ["", "13-01", "30-02", "pascha", "2026-12-12", "easter+1000"])
def test_no_such_feast(feast: str) -> None:
    with pytest.raises(ValueError, match="not a feast"):
        checked_feast(feast)

"""The rules that need no database: days, times, numbers, the demonstration file."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicebot.records import reference
from voicebot.records.contact import afm_key, phone_key
from voicebot.records.demo import read_demo_data
from voicebot.records.errors import InvalidRecord
from voicebot.records.schedule import (
    DateRange,
    booking_window,
    is_working_day,
    next_working_day,
    starts,
)


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 11, 28),
        date(2026, 12, 25),
        date(2027, 1, 6),
        date(2027, 3, 15),
        date(2027, 3, 25),
        date(2027, 4, 30),
        date(2027, 5, 3),
        date(2027, 6, 21),
        date(2027, 10, 28),
    ],
)
def test_offices_are_closed_on_feasts_and_weekends(day: date) -> None:
    assert not is_working_day(day)


def test_the_window_begins_with_the_next_working_day() -> None:
    tuesday = datetime(2026, 11, 24, 8, tzinfo=UTC)
    assert booking_window(tuesday) == DateRange(date(2026, 11, 25), date(2026, 12, 9))
    christmas_eve = datetime(2026, 12, 24, 8, tzinfo=UTC)
    assert booking_window(christmas_eve).first == date(2026, 12, 28)
    just_past_midnight_in_athens = datetime(2026, 11, 24, 22, 30, tzinfo=UTC)
    assert booking_window(just_past_midnight_in_athens).first == date(2026, 11, 26)


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)))
def test_the_next_working_day_is_soon_and_works(day: date) -> None:
    following = next_working_day(day)
    assert is_working_day(following)
    assert day < following <= day + timedelta(days=7)
    assert not any(is_working_day(between) for between in DateRange(day, following) if
                   day < between < following)  # fmt: skip


@pytest.mark.parametrize(
    ("day", "offset"), [(date(2026, 3, 27), 2), (date(2026, 3, 30), 3), (date(2026, 10, 26), 2)]
)
def test_times_are_local_on_both_sides_of_summer_time(day: date, offset: int) -> None:
    times = list(starts(day, time(8), time(14), 20))
    assert len(times) == 18
    assert times[0].time() == time(8)
    assert times[-1].time() == time(13, 40)
    assert {start.utcoffset() for start in times} == {timedelta(hours=offset)}


@given(st.integers(0, 9 * 10**6 - 1))
def test_every_number_has_eight_digits_and_a_check(value: int) -> None:
    number = reference.draw(lambda _below: value)
    assert reference.is_valid(number)
    assert number[0] != "0"
    assert reference.compact(reference.grouped(number)) == number
    assert len(reference.grouped(number).split("-")) == 4


@given(st.integers(0, 9 * 10**6 - 1), st.integers(0, 7), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(value: int, at: int, shift: int) -> None:
    number = reference.draw(lambda _below: value)
    wrong = number[:at] + str((int(number[at]) + shift) % 10) + number[at + 1 :]
    assert not reference.is_valid(wrong)


@pytest.mark.parametrize("number", ["", "1234567", "12345678", "١٢٣٤٥٦٧٤", "abcdefgh"])
def test_other_things_are_no_numbers(number: str) -> None:
    assert not reference.is_valid(number)


def test_telephones_and_afm_have_one_form() -> None:
    forms = ["6945123456", "694 512 3456", "+30 6945123456", "00306945123456"]
    assert {phone_key(form) for form in forms} == {"+306945123456"}
    assert afm_key("094 019 245") == "094019245"
    for wrong in ("12", "φφ", "69451234567890123"):
        with pytest.raises(InvalidRecord, match="phone"):
            phone_key(wrong)
    for wrong in ("094019246", "12", "000000000"):
        with pytest.raises(InvalidRecord, match="afm"):
            afm_key(wrong)


def test_the_demonstration_data_are_whole() -> None:
    data = read_demo_data()
    for agency in data.agencies:
        assert set(agency.regions or ()) <= set(data.regions)
        offered = {channel for kind in agency.categories for channel in kind.channels}
        assert offered == {"in_person", *agency.remote}
    places = [place for names in data.regions.values() for place in names]
    assert len(places) > 100
    for names in data.regions.values():
        assert len(set(names)) == len(names)


def test_reading_the_rules_needs_no_loop() -> None:
    with pytest.raises(RuntimeError):
        asyncio.get_running_loop()
    assert list(DateRange(date(2026, 1, 2), date(2026, 1, 1))) == []

"""How much work a search for a free time is, counted, since a caller waits for it in silence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event
from sqlalchemy.engine import Engine

from voicebot.records import Agency, DateRange, NotFound, Records
from voicebot.records.errors import InvalidRecord
from voicebot.records.taken import Reserved, Taken

MORNING = datetime(2026, 11, 25, 6, tzinfo=UTC)
MONTH = DateRange(date(2026, 11, 24), date(2027, 1, 22))


@contextmanager
def statements() -> Iterator[list[str]]:
    """The statements that are sent to any database meanwhile."""
    sent: list[str] = []

    def note(*arguments: Any) -> None:
        sent.append(arguments[2])

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", note)


async def test_all_branches_take_as_many_statements_as_one(records: Records) -> None:
    with statements() as one:
        await records.appointments.find_slots(Agency.EFKA, "insurance_history", place="Σητεία")
    with statements() as everywhere:
        found = await records.appointments.find_slots(
            Agency.EFKA, "insurance_history", limit=20_000
        )
    assert len({slot.branch.code for slot in found}) > 100
    assert 0 < len(everywhere) <= len(one) <= 7, everywhere


async def test_closing_many_branches_takes_as_many_statements_as_one(records: Records) -> None:
    codes = [one.code for one in await records.appointments.branches(Agency.EFKA)]
    with statements() as few:
        await records.directory.close_branches(codes[:1], DateRange(MONTH.first, MONTH.first), "x")
    with statements() as many:
        await records.directory.close_branches(codes[1:], MONTH, "x")
    assert len(codes) > 100
    assert len(many) == len(few) <= 4, many
    window = DateRange(MONTH.first + timedelta(days=1), MONTH.last)
    open_ones = await records.appointments.find_slots(
        Agency.EFKA, "insurance_history", days=window, limit=20_000
    )
    assert {slot.branch.code for slot in open_ones} == {codes[0]}


async def test_branches_are_closed_all_or_none(records: Records) -> None:
    code = (await records.appointments.branches(Agency.EFKA))[0].code
    with pytest.raises(NotFound, match="EFKA-NOWHERE"):
        await records.directory.close_branches([code, "EFKA-NOWHERE"], MONTH, "x")
    await records.directory.close_branches([], MONTH, "x")
    await records.directory.close_branches([code, code], MONTH, "x")
    with pytest.raises(InvalidRecord):
        await records.directory.close_branches([code], MONTH, "again")


def test_a_full_day_is_not_looked_through_for_each_time() -> None:
    desks, minutes = 10, 20
    times = [MORNING + timedelta(minutes=minutes * at) for at in range(18)]
    taken = Taken(
        ("HERE", Reserved(time, minutes, desk)) for time in times for desk in range(desks)
    )
    looked_at = sum(len(list(taken.near("HERE", time, minutes))) for time in times)
    assert all(taken.desks("HERE", time, minutes) == set(range(desks)) for time in times)
    assert looked_at == len(times) * desks


_PLACES = st.builds(
    Reserved,
    begins=st.integers(0, 30).map(lambda at: MORNING + timedelta(minutes=10 * at)),
    minutes=st.none() | st.sampled_from([10, 20, 45, 60]),
    desk=st.integers(0, 3),
)


@given(st.lists(_PLACES, max_size=12), st.integers(0, 30), st.sampled_from([10, 20, 45]))
def test_desks_are_those_of_a_look_at_everything(
    places: list[Reserved], at: int, minutes: int
) -> None:
    start = MORNING + timedelta(minutes=10 * at)
    end = start + timedelta(minutes=minutes)
    busy = {
        place.desk
        for place in places
        if place.begins < end and start < place.begins + timedelta(minutes=place.minutes or minutes)
    }
    taken = Taken(("HERE", place) for place in places)
    assert taken.desks("HERE", start, minutes) == busy
    assert taken.desks("THERE", start, minutes) == set()

"""Any order of finding, holding, booking, changing, cancelling, hanging up and waiting, against a
model that fits on one page."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
)

from tests.records.conftest import StoppedClock
from voicebot.records import (
    Agency,
    AlreadyFinished,
    AppointmentStatus,
    DateRange,
    Hold,
    Outcome,
    Person,
    Records,
    Slot,
    SlotTaken,
    TooLate,
)

T = TypeVar("T")

PERSON = Person("Άννα Ιωάννου", "094019245", "6945123456")
CALLS = 4
DESKS = 2
DAY = date(2026, 11, 27)
HOLD = timedelta(minutes=2)
NOTICE = timedelta(hours=1)


@dataclass
class Held:
    """A hold as the model knows it."""

    at: datetime
    expires_at: datetime


class Booking(RuleBasedStateMachine):
    """The book, and beside it two dictionaries."""

    holds = Bundle("holds")
    numbers = Bundle("numbers")
    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory()
        file = shutil.copy(self.template, Path(self.folder.name) / "records.db")
        self.clock = StoppedClock()
        self.records = self.do(
            Records.open(f"sqlite:///{file}", clock=self.clock, instance="machine")
        )
        self.book = self.records.appointments
        self.held: dict[str, Held] = {}
        self.calls: dict[str, str] = {}
        self.booked: dict[str, datetime] = {}
        self.cancelled: set[str] = set()

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    def teardown(self) -> None:
        self.do(self.records.close())
        self.runner.close()
        self.folder.cleanup()

    @initialize()
    def open_the_branch(self) -> None:
        for at in range(CALLS):
            self.do(self.records.start_call(f"call {at}", None))
        slots = self.do(self._free())
        self.slots = slots[:3]
        self.do(self.records.directory.set_desks(slots[0].branch.code, DESKS))

    async def _free(self) -> tuple[Slot, ...]:
        return await self.book.find_slots(
            Agency.EFKA, "pensions_award", place="Περιστέρι", days=DateRange(DAY, DAY), limit=99
        )

    # The model

    def _taken(self, at: datetime) -> int:
        live = [one for one in self.held.values() if one.at == at and self._live(one)]
        return len(live) + sum(start == at for start in self.booked.values())

    def _live(self, held: Held) -> bool:
        return held.expires_at > self.clock.now

    def _drop(self, hold_id: str) -> None:
        self.held.pop(hold_id, None)

    def _open(self, at: datetime) -> bool:
        return at > self.clock.now and self.clock.now.date() < DAY

    # What callers do

    @rule(target=holds, call=st.integers(0, CALLS - 1), which=st.integers(0, 2))
    def hold(self, call: int, which: int) -> Any:
        slot, name = self.slots[which], f"call {call}"
        mine = self.calls.get(name)
        before = self.held.get(mine) if mine is not None else None
        others = self._taken(slot.starts_at)
        if before is not None and before.at == slot.starts_at and self._live(before):
            others -= 1
        fits = others < DESKS and self._open(slot.starts_at)
        try:
            kept = self.do(self.book.hold(slot, name))
        except SlotTaken:
            assert not fits
            # The transaction was undone, and with it the giving back of the earlier hold.
            return multiple()
        assert fits
        if mine is not None:
            self._drop(mine)
        # Whoever's hold had run out here may have lost it.
        for hold_id, one in list(self.held.items()):
            if one.at == slot.starts_at and not self._live(one):
                self._drop(hold_id)
        self.held[kept.hold_id] = Held(slot.starts_at, self.clock.now + HOLD)
        self.calls[name] = kept.hold_id
        return kept

    @rule(target=numbers, hold=holds)
    def make(self, hold: Hold) -> Any:
        fits = hold.hold_id in self.held
        try:
            appointment = self.do(self.book.book(hold, PERSON))
        except SlotTaken:
            assert not fits
            return multiple()
        assert fits
        self._drop(hold.hold_id)
        self.booked[appointment.number] = appointment.slot.starts_at
        return appointment.number

    @rule(number=numbers, hold=holds)
    def change(self, number: str, hold: Hold) -> None:
        fits = hold.hold_id in self.held
        gone = number in self.cancelled
        late = not gone and self.clock.now > self.booked[number] - NOTICE
        try:
            moved = self.do(self.book.change(number, hold))
        except AlreadyFinished:
            assert gone
            return
        except TooLate:
            assert late
            return
        except SlotTaken:
            assert not fits
            return
        assert fits
        assert not gone
        assert not late
        self._drop(hold.hold_id)
        self.booked[number] = moved.slot.starts_at

    @rule(number=numbers)
    def cancel(self, number: str) -> None:
        gone = number in self.cancelled
        late = not gone and self.clock.now > self.booked[number] - NOTICE
        try:
            self.do(self.book.cancel(number))
        except AlreadyFinished:
            assert gone
            return
        except TooLate:
            assert late
            return
        assert not gone
        assert not late
        del self.booked[number]
        self.cancelled.add(number)

    @rule(call=st.integers(0, CALLS - 1))
    def hang_up(self, call: int) -> None:
        name = f"call {call}"
        self.do(self.records.finish_call(name, Outcome.ABANDONED))
        mine = self.calls.pop(name, None)
        if mine is not None:
            self._drop(mine)

    @rule(seconds=st.sampled_from([1, 30, 119, 120, 3600, 24 * 3600]))
    def wait(self, seconds: int) -> None:
        self.clock.forward(seconds=seconds)

    # What always holds

    @invariant()
    def nobody_has_more_than_there_is(self) -> None:
        if not hasattr(self, "slots"):
            return
        free = {slot.starts_at for slot in self.do(self._free())}
        for slot in self.slots:
            at = slot.starts_at
            assert sum(start == at for start in self.booked.values()) <= DESKS
            assert (at in free) == (self._taken(at) < DESKS and self._open(at))

    @invariant()
    def what_was_promised_stands(self) -> None:
        for number, start in self.booked.items():
            found = self.do(self.book.find(number))
            assert found.slot.starts_at == start
            assert found.status is not AppointmentStatus.CANCELLED


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("machine") / "template.db"

    async def make() -> None:
        await (await Records.open(f"sqlite:///{file}")).close()

    asyncio.run(make())
    return file


@pytest.mark.parametrize("runs", [8, pytest.param(80, marks=pytest.mark.slow)])
@pytest.mark.timeout(600)
def test_the_book_is_as_simple_as_its_model(template: Path, runs: int) -> None:
    Booking.template = template
    Booking.TestCase.settings = settings(
        max_examples=runs,
        stateful_step_count=25,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    Booking.TestCase("runTest").debug()

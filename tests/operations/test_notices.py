"""From a booking to the messages in the outbox, on both databases."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import icalendar
import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from tests.operations.appointments import ANNA, book, move
from tests.operations.conftest import StoppedClock
from voicebot.operations.gateways import FileOutbox
from voicebot.operations.gateways.sms_text import measure
from voicebot.operations.handlers import handlers
from voicebot.operations.messages_el import appointment_sms, reply_answer
from voicebot.operations.scheduler import Scheduler
from voicebot.records import ATHENS, MessageChannel, MessageState, Records, WorkState
from voicebot.records.demo import read_demo_data
from voicebot.records.models import AppointmentRow
from voicebot.records.reference import grouped
from voicebot.records.reminders import NOTICE, Occasion, reminder_times


class Line:
    """The records with a scheduler and an outbox."""

    def __init__(self, records: Records, clock: StoppedClock, folder: Path) -> None:
        self.records = records
        self.clock = clock
        outbox = FileOutbox(folder, "1555@example.gr")
        self.folder = folder
        gateways = {MessageChannel.SMS: outbox, MessageChannel.EMAIL: outbox}
        self.scheduler = Scheduler(records, handlers(gateways, replies=True, clock=clock), clock)
        self._seen: set[str] = set()

    async def new_sms(self) -> list[str]:
        """Do what is due; the texts that this brought out."""
        return [json.loads(path.read_text())["text"] for path in await self._new("*.json")]

    async def new_letters(self) -> list[bytes]:
        """Do what is due; the e-mails that this brought out."""
        return [path.read_bytes() for path in await self._new("*.eml")]

    async def _new(self, pattern: str) -> Sequence[Path]:
        await self.scheduler.run_once()
        new = [path for path in self.folder.glob(pattern) if path.name not in self._seen]
        self._seen |= {path.name for path in new}
        return new


@pytest.fixture
def line(records: Records, clock: StoppedClock, tmp_path: Path) -> Line:
    return Line(records, clock, tmp_path / "outbox")


async def test_a_booking_is_confirmed_at_once(line: Line, clock: StoppedClock) -> None:
    appointment = await book(line.records, clock)
    (text,) = await line.new_sms()
    assert grouped(appointment.number) in text
    assert "Περιστέρι" in text
    assert f"{appointment.slot.starts_at:%H:%M}" in text
    assert "ΑΚΥΡΟ" in text
    for personal in (ANNA.name, ANNA.afm, "σύνταξ"):
        assert personal not in text
    assert await line.new_sms() == []
    (sms, letter) = await line.records.messages.about(appointment.number)
    assert (sms.channel, letter.channel) == (MessageChannel.SMS, MessageChannel.EMAIL)
    assert sms.state is letter.state is MessageState.SENT
    assert sms.sent_at == clock.now


async def test_reminders_go_out_the_day_before_and_two_hours_before(
    line: Line, clock: StoppedClock
) -> None:
    appointment = await book(line.records, clock, hour=12)
    await line.new_sms()
    starts_at = appointment.slot.starts_at
    for before in (timedelta(days=1), timedelta(hours=2)):
        clock.now = (starts_at - before - timedelta(seconds=1)).astimezone(UTC)
        assert await line.new_sms() == []
        clock.forward(seconds=1)
        (text,) = await line.new_sms()
        assert grouped(appointment.number) in text
    clock.now = starts_at.astimezone(UTC) + timedelta(days=1)
    assert await line.new_sms() == []
    assert await line.records.work.failed() == ()


async def test_a_moved_appointment_is_reminded_at_its_new_time_alone(
    line: Line, clock: StoppedClock
) -> None:
    appointment = await book(line.records, clock, hour=12)
    await line.new_sms()
    moved = await move(line.records, clock, appointment, days=6, hour=12)
    (told,) = await line.new_sms()
    assert "Άλλαξε" in told
    clock.now = appointment.slot.starts_at.astimezone(UTC)
    assert await line.new_sms() == []
    clock.now = (moved.slot.starts_at - timedelta(hours=2)).astimezone(UTC)
    texts = await line.new_sms()
    assert len(texts) == 2
    assert all(f"{moved.slot.starts_at.day}/" in text for text in texts)


async def test_to_and_fro_is_told_each_time(line: Line, clock: StoppedClock) -> None:
    appointment = await book(line.records, clock, hour=12)
    await line.new_sms()
    for days in (6, 3, 6):
        await move(line.records, clock, appointment, days=days, hour=12)
        (text,) = await line.new_sms()
        assert "Άλλαξε" in text


async def test_only_the_last_of_quick_changes_is_told(line: Line, clock: StoppedClock) -> None:
    appointment = await book(line.records, clock)
    await move(line.records, clock, appointment, days=6, hour=12)
    await line.records.appointments.cancel(appointment.number)
    (text,) = await line.new_sms()
    assert "Ακυρώθηκε" in text


async def test_nothing_is_reminded_of_a_cancelled_appointment(
    line: Line, clock: StoppedClock
) -> None:
    appointment = await book(line.records, clock, hour=12)
    await line.new_sms()
    await line.records.appointments.cancel(appointment.number)
    (text,) = await line.new_sms()
    assert "Ακυρώθηκε" in text
    clock.now = (appointment.slot.starts_at - timedelta(hours=1)).astimezone(UTC)
    assert await line.new_sms() == []
    states = {
        work.key: work.state for work in await line.records.work.about(NOTICE, appointment.number)
    }
    assert states[Occasion.DAY_BEFORE] is states[Occasion.TWO_HOURS] is WorkState.CANCELLED


async def test_after_a_long_stop_nothing_is_said_about_the_past(
    line: Line, clock: StoppedClock
) -> None:
    appointment = await book(line.records, clock)
    clock.now = appointment.slot.starts_at.astimezone(UTC) + timedelta(minutes=1)
    assert await line.new_sms() == []
    assert await line.records.messages.about(appointment.number) == ()
    assert await line.records.work.failed() == ()


async def test_a_message_that_waited_too_long_is_not_sent(
    records: Records, clock: StoppedClock, tmp_path: Path
) -> None:
    appointment = await book(records, clock)
    outbox = FileOutbox(tmp_path / "outbox", "1555@example.gr")
    notify_only = {NOTICE: handlers({MessageChannel.SMS: outbox}, clock=clock)[NOTICE]}
    await Scheduler(records, notify_only, clock).run_once()
    clock.now = appointment.slot.starts_at.astimezone(UTC)
    line = Line(records, clock, tmp_path / "outbox")
    assert await line.new_sms() == []
    (sms,) = await records.messages.about(appointment.number)
    assert sms.state is MessageState.EXPIRED


async def test_who_gave_no_mobile_gets_no_sms(line: Line, clock: StoppedClock) -> None:
    appointment = await book(line.records, clock)

    async def without(session: AsyncSession) -> None:
        await session.execute(update(AppointmentRow).values(mobile=""))

    await line.records.work._database.write(without)
    assert len(await line.new_letters()) == 1
    (letter,) = await line.records.messages.about(appointment.number)
    assert letter.channel is MessageChannel.EMAIL


async def entry(line: Line) -> icalendar.Calendar:
    (letter,) = await line.new_letters()
    (part,) = message_from_bytes(letter, policy=default).iter_attachments()
    return icalendar.Calendar.from_ical(part.get_content())


async def test_the_calendar_entry_is_made_moved_and_taken_out(
    line: Line, clock: StoppedClock
) -> None:
    appointment = await book(line.records, clock)
    first = await entry(line)
    (event,) = first.walk("VEVENT")
    assert event.decoded("dtstart") == appointment.slot.starts_at
    assert event.decoded("dtend") - event.decoded("dtstart") == timedelta(minutes=30)
    assert appointment.slot.branch.name in event["location"]
    assert first["method"] == "PUBLISH"
    assert "Ιωάννου" not in first.to_ical().decode()

    clock.forward(minutes=1)
    moved = await move(line.records, clock, appointment, days=6, hour=12)
    second = await entry(line)
    (later,) = second.walk("VEVENT")
    assert later["uid"] == event["uid"]
    assert later["sequence"] > event["sequence"]
    assert later.decoded("dtstart") == moved.slot.starts_at

    clock.forward(minutes=1)
    await line.records.appointments.cancel(appointment.number)
    third = await entry(line)
    (gone,) = third.walk("VEVENT")
    assert (third["method"], gone["status"]) == ("CANCEL", "CANCELLED")
    assert gone["uid"] == event["uid"]
    assert gone["sequence"] > later["sequence"]


@pytest.mark.parametrize(
    ("starts_at", "day_before", "two_hours"),
    [
        ("2026-12-01 10:30", "2026-11-30 10:30", "2026-12-01 08:30"),
        ("2026-12-01 08:30", "2026-11-30 08:30", None),
        ("2026-12-01 10:00", "2026-11-30 10:00", "2026-12-01 08:00"),
        ("2026-12-01 07:15", "2026-11-30 08:00", None),
        ("2026-12-01 22:30", "2026-11-30 21:00", "2026-12-01 20:30"),
        # Over the changes of the clock the hour stays the hour.
        ("2027-03-28 12:00", "2027-03-27 12:00", "2027-03-28 10:00"),
        ("2026-10-25 12:00", "2026-10-24 12:00", "2026-10-25 10:00"),
    ],
)
def test_nobody_is_woken(starts_at: str, day_before: str, two_hours: str | None) -> None:
    def local(text: str) -> datetime:
        return datetime.fromisoformat(text).replace(tzinfo=ATHENS)

    times = reminder_times(local(starts_at).astimezone(UTC))
    assert times[Occasion.DAY_BEFORE] == local(day_before)
    assert times.get(Occasion.TWO_HOURS) == (local(two_hours) if two_hours else None)


async def test_an_sms_is_two_segments_at_most(records: Records, clock: StoppedClock) -> None:
    appointment = await book(records, clock)
    names = [
        agency.branch.format(place=place)
        for agency in read_demo_data().agencies
        for places in read_demo_data().regions.values()
        for place in places
    ]
    longest = max(names, key=len)
    for occasion in Occasion:
        text = appointment_sms(appointment, occasion, replies=True)
        text = text.replace(appointment.slot.branch.name, longest)
        assert measure(text).segments <= 3
        assert measure(appointment_sms(appointment, occasion, replies=True)).segments <= 2, text
    assert measure(reply_answer("which_one", ("12345674", "22345672")) or "").segments <= 2

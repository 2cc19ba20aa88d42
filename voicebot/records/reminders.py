"""What a citizen is told about an appointment and when: at once what was agreed, then a reminder
the day before and another two hours before.

All of it is due work (`NOTICE`) scheduled in the transaction that books, moves or cancels; the
words are made when it is due, from the appointment as it then is. Nothing is sent about an
appointment that is gone or past.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession

from voicebot.records.due_work import cancel, reschedule
from voicebot.records.messages import cancel_messages
from voicebot.records.types import ATHENS, Appointment, utc_now

NOTICE = "appointment_notice"

TWO_HOURS = timedelta(hours=2)
# A reminder wakes nobody: those for the early morning go out at the end of the day before.
EARLIEST_HOUR = 8
LATEST_HOUR = 21


class Occasion(StrEnum):
    """Why a citizen hears about an appointment."""

    BOOKED = "booked"
    CHANGED = "changed"
    CANCELLED = "cancelled"
    DAY_BEFORE = "day_before"
    TWO_HOURS = "two_hours"


REMINDERS = (Occasion.DAY_BEFORE, Occasion.TWO_HOURS)


async def announce(
    session: AsyncSession,
    appointment: Appointment,
    occasion: Occasion,
    *,
    now: datetime | None = None,
) -> None:
    """Tell the citizen what has just been agreed, as soon as the transaction is committed."""
    moment = now or utc_now()
    for said in (Occasion.BOOKED, Occasion.CHANGED, Occasion.CANCELLED):
        if said is not occasion:
            # What has been overtaken before it was sent only confuses.
            await cancel(session, NOTICE, appointment.number, key=said)
    await cancel_messages(session, appointment.number)
    await reschedule(session, NOTICE, appointment.number, moment, key=occasion, now=moment)


async def plan_reminders(
    session: AsyncSession, appointment: Appointment, *, now: datetime | None = None
) -> None:
    """Schedule the reminders of a booked or moved appointment, in that transaction. Reminders
    whose moment has passed already are left out; earlier plans are replaced."""
    moment = now or utc_now()
    times = reminder_times(appointment.slot.starts_at)
    for occasion in REMINDERS:
        due_at = times.get(occasion)
        if due_at is not None and due_at > moment:
            await reschedule(session, NOTICE, appointment.number, due_at, key=occasion, now=moment)
        else:
            await cancel(session, NOTICE, appointment.number, key=occasion)


async def cancel_reminders(session: AsyncSession, number: str) -> None:
    """No more reminders: the appointment is cancelled."""
    for occasion in REMINDERS:
        await cancel(session, NOTICE, number, key=occasion)


def reminder_times(starts_at: datetime) -> dict[Occasion, datetime]:
    """When the reminders of an appointment go out, in Greek local time.

    The day before at the same hour, but between 8 and 21; two hours before, unless that is before
    8 in the morning, when the other one has to do.
    """
    local = starts_at.astimezone(ATHENS)
    day_before = local - timedelta(days=1)
    hour = min(max(day_before.hour, EARLIEST_HOUR), LATEST_HOUR)
    if hour != day_before.hour:
        day_before = day_before.replace(hour=hour, minute=0)
    times = {Occasion.DAY_BEFORE: day_before}
    two_hours = (starts_at - TWO_HOURS).astimezone(ATHENS)
    if two_hours.hour >= EARLIEST_HOUR and two_hours.date() == local.date():
        times[Occasion.TWO_HOURS] = two_hours
    return times

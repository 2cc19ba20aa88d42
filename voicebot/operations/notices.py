"""Tells citizens about their appointments: the handler of `appointment_notice`.

All it does is in the database: the messages are queued and the work finished in one transaction.
Whoever moves or cancels an appointment takes this work away, so that a notice made from what was
read before cannot be queued after.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from voicebot.operations import messages_el
from voicebot.operations.calendar_entry import calendar_entry
from voicebot.operations.scheduler import Done, Handler, Result
from voicebot.records import Appointment, AppointmentStatus, MessageChannel, Records, Work
from voicebot.records.messages import CONFIRMATION, REMINDER, NewMessage, queue_message
from voicebot.records.reminders import REMINDERS, Occasion
from voicebot.records.types import Clock, utc_now

_NEWS_KEEPS = timedelta(days=2)


def notifier(
    channels: Collection[MessageChannel], *, replies: bool, clock: Clock = utc_now
) -> Handler:
    """The handler that queues the messages of one occasion.

    Args:
        channels: those that there is a gateway for.
        replies: answers to SMS reach us; only then is "cancel by answering" offered.
    """

    async def notify(work: Work, records: Records) -> Result:
        occasion = Occasion(work.key)
        appointment = await records.appointments.find(work.subject)
        now = clock()
        if not _still_true(appointment, occasion, now):
            return Done()

        async def queue(session: AsyncSession) -> None:
            for message in _messages(work, appointment, occasion, now, replies):
                if message.channel in channels:
                    await queue_message(session, message, now=now)

        await records.work.complete(work, queue)
        return Done()

    return notify


def _still_true(appointment: Appointment, occasion: Occasion, now: datetime) -> bool:
    cancelled = appointment.status is AppointmentStatus.CANCELLED
    return cancelled is (occasion is Occasion.CANCELLED) and appointment.slot.starts_at > now


def _messages(
    work: Work,
    appointment: Appointment,
    occasion: Occasion,
    now: datetime,
    replies: bool,
) -> list[NewMessage]:
    # One transaction queues the messages of a claim or none: the claim tells occasions apart when
    # an appointment is moved to and fro.
    key = f"appointment-{appointment.number}-{occasion}-{work.work_id}-{work.claim}"
    purpose = REMINDER if occasion in REMINDERS else CONFIRMATION
    starts_at = appointment.slot.starts_at
    expires_at = min(starts_at, now + _NEWS_KEEPS)
    person = appointment.person
    messages = []
    if person.mobile:
        messages.append(
            NewMessage(
                MessageChannel.SMS,
                person.mobile,
                messages_el.appointment_sms(appointment, occasion, replies=replies),
                purpose,
                f"{key}-sms",
                about=appointment.number,
                expires_at=expires_at,
            )
        )
    if person.email and occasion is not Occasion.TWO_HOURS:
        letter = messages_el.appointment_letter(appointment, occasion)
        cancelled = occasion is Occasion.CANCELLED
        messages.append(
            NewMessage(
                MessageChannel.EMAIL,
                person.email,
                letter.text,
                purpose,
                f"{key}-email",
                about=appointment.number,
                title=letter.title,
                attachments=(calendar_entry(appointment, now, cancelled=cancelled),),
                expires_at=expires_at,
            )
        )
    return messages

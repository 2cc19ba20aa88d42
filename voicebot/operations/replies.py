"""Answers to our messages: who answers that an appointment is to be cancelled cancels it.

An answer becomes due work at once, known by the id that the SMS service gave it, so that one that
is brought twice is done once and none is lost when the booking system is away. What it said and
who sent it are wiped out when it has been dealt with.

The number of a sender can be forged. The worst that a forger reaches is a cancelled appointment,
of which its owner is told; he is never told anything himself.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession

from voicebot.operations import messages_el
from voicebot.operations.scheduler import Done, Handler, Result
from voicebot.records import (
    AlreadyFinished,
    AppointmentStatus,
    MessageChannel,
    NotFound,
    Records,
    TooLate,
    Work,
    reference,
)
from voicebot.records.due_work import forget_payload, schedule
from voicebot.records.messages import NewMessage, queue_message
from voicebot.records.types import Clock, utc_now

REPLY = "sms_reply"
WHO = "sms reply"
_ANSWER_KEEPS = timedelta(hours=6)


class Outcome(StrEnum):
    """What an answer came to."""

    CANCELLED = "cancelled"
    ALREADY_CANCELLED = "already_cancelled"
    NOTHING_TO_CANCEL = "nothing_to_cancel"
    TOO_LATE = "too_late"
    WHICH_ONE = "which_one"
    NOT_UNDERSTOOD = "not_understood"


@dataclass(frozen=True)
class Reply:
    """The outcome and the appointments that it is about: the one that was cancelled, or those
    that could be meant."""

    outcome: Outcome
    appointments: tuple[str, ...] = ()


async def take_reply(
    records: Records, identifier: str, sender: str, text: str, clock: Clock = utc_now
) -> None:
    """Keep an answer to be dealt with; the same identifier again changes nothing.

    Args:
        identifier: what the SMS service calls it.
        sender: the telephone it came from.
    """
    subject = hashlib.sha256(identifier.encode()).hexdigest()

    async def work(session: AsyncSession) -> None:
        payload = (("from", sender[:32]), ("text", text[:500]))
        await schedule(session, REPLY, subject, clock(), key=REPLY, payload=payload)

    await records.work.transaction(work)


async def handle_reply(records: Records, sender: str, text: str, clock: Clock = utc_now) -> Reply:
    """Do what an answer asks for. Doing so twice does no harm.

    The appointments that can be meant are those about which this telephone was written to.
    """
    if not messages_el.asks_to_cancel(text):
        return Reply(Outcome.NOT_UNDERSTOOD)
    active: list[str] = []
    cancelled: list[str] = []
    for number in await records.messages.written_about(sender):
        try:
            appointment = await records.appointments.find(number)
        except NotFound:
            continue
        if appointment.slot.starts_at > clock():
            gone = appointment.status is AppointmentStatus.CANCELLED
            (cancelled if gone else active).append(number)
    named = _numbers(text)
    if named:
        active = [number for number in active if number in named]
        cancelled = [number for number in cancelled if number in named]
    if len(active) > 1:
        return Reply(Outcome.WHICH_ONE, tuple(active))
    if not active:
        outcome = Outcome.ALREADY_CANCELLED if cancelled else Outcome.NOTHING_TO_CANCEL
        return Reply(outcome, tuple(cancelled))
    try:
        await records.appointments.cancel(active[0], who=WHO)
    except TooLate:
        return Reply(Outcome.TOO_LATE, (active[0],))
    except AlreadyFinished:
        return Reply(Outcome.ALREADY_CANCELLED, (active[0],))
    return Reply(Outcome.CANCELLED, (active[0],))


def _numbers(text: str) -> set[str]:
    """Numbers of appointments in a text, however their digits are grouped."""
    runs = re.findall(r"\d(?:[ ./-]?\d)*", text)
    return {digits for digits in map(reference.compact, runs) if reference.is_valid(digits)}


def replier(clock: Clock = utc_now) -> Handler:
    """The handler that deals with answers."""

    async def answer(work: Work, records: Records) -> Result:
        sender, text = work.value("from") or "", work.value("text") or ""
        reply = await handle_reply(records, sender, text, clock)
        words = messages_el.reply_answer(reply.outcome, reply.appointments)

        async def finish(session: AsyncSession) -> None:
            await forget_payload(session, work)
            if words is not None:
                await queue_message(
                    session,
                    NewMessage(
                        MessageChannel.SMS,
                        sender,
                        words,
                        "reply",
                        f"reply-{work.subject}",
                        expires_at=clock() + _ANSWER_KEEPS,
                    ),
                    now=clock(),
                )

        await records.work.complete(work, finish)
        return Done()

    return answer

"""Messages to citizens: queued in the transaction of the promise, sent by due work.

    await queue_message(session, NewMessage(MessageChannel.SMS, mobile, text, "reminder", key))

The key makes a message one of its kind: queueing it again changes nothing, and every try at sending
it carries the same key to the gateway. A message is marked as being sent before it is handed over
and as sent afterwards: after a crash in between it is handed over again with the same key.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from voicebot.records import contact, due_work
from voicebot.records.database import Database
from voicebot.records.errors import InvalidRecord, NotFound
from voicebot.records.inserting import insert_if_free
from voicebot.records.masking import mask
from voicebot.records.models import MessageRow
from voicebot.records.types import Clock, utc_now
from voicebot.records.work_types import Attachment, Message, MessageChannel, MessageState, Work

SEND = "send_message"
# Eleven failures with the scheduler's pauses are about two hours.
MAX_ATTEMPTS = 16
LONGEST_TEXT = 4000
CONFIRMATION = "confirmation"
REMINDER = "reminder"
APPOINTMENT_PURPOSES = (CONFIRMATION, REMINDER)
_LATEST = 50
_UNSENT = (MessageState.QUEUED, MessageState.SENDING)


@dataclass(frozen=True)
class NewMessage:
    """A message to be queued.

    Attributes:
        recipient: a telephone, or an e-mail address.
        text: the words, in full.
        purpose: "confirmation", "reminder", "case_answer", "reply", ...
        key: at most 128 characters, the same for the same message.
        about: number of the appointment or case.
        title: subject line of an e-mail.
        expires_at: later it is not sent any more.
    """

    channel: MessageChannel
    recipient: str = field(repr=False)
    text: str = field(repr=False)
    purpose: str
    key: str
    about: str | None = None
    title: str | None = None
    attachments: Sequence[Attachment] = field(default=(), repr=False)
    expires_at: datetime | None = None


async def queue_message(
    session: AsyncSession, message: NewMessage, *, now: datetime | None = None
) -> bool:
    """Queue a message in the running transaction, to be sent as soon as that is committed.

    Returns:
        Whether it is new; False when one of that key was queued before.

    Raises:
        InvalidRecord: a value cannot be right.
    """
    moment = now or utc_now()
    if not 0 < len(message.key) <= 128:
        raise InvalidRecord("message key: 1 to 128 characters are needed")
    if not 0 < len(message.text) <= LONGEST_TEXT:
        raise InvalidRecord(f"message text: 1 to {LONGEST_TEXT} characters are needed")
    message_id = await insert_if_free(
        session,
        MessageRow,
        key=message.key,
        channel=message.channel,
        recipient=_recipient(message),
        title=message.title,
        text=message.text,
        attachments=[asdict(attachment) for attachment in message.attachments],
        purpose=message.purpose,
        about=message.about,
        state=MessageState.QUEUED,
        attempts=0,
        handed_over=False,
        queued_at=moment,
        expires_at=message.expires_at,
    )
    if message_id is None:
        return False
    await due_work.schedule(
        session, SEND, message_id, moment, key="send", max_attempts=MAX_ATTEMPTS, now=moment
    )
    return True


async def cancel_messages(
    session: AsyncSession, about: str, *, purposes: Sequence[str] | None = None
) -> int:
    """Do not send what is still queued about a promise; what is just being handed over goes out.

    Returns:
        How many were stopped.
    """
    query = (
        update(MessageRow)
        .where(MessageRow.about == about, MessageRow.state == MessageState.QUEUED)
        .values(state=MessageState.CANCELLED)
        .returning(MessageRow.message_id)
    )
    if purposes is not None:
        query = query.where(MessageRow.purpose.in_(purposes))
    stopped = (await session.scalars(query)).all()
    for message_id in stopped:
        await due_work.cancel(session, SEND, message_id)
    return len(stopped)


class Messages:
    """What was queued and what became of it; the steps of sending."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def queue(self, message: NewMessage) -> bool:
        """Queue a message that belongs to no other change; see `queue_message`."""

        async def work(session: AsyncSession) -> bool:
            return await queue_message(session, message, now=self._clock())

        return await self._database.write(work)

    async def get(self, message_id: int) -> Message:
        """One message.

        Raises:
            NotFound: no such message.
        """

        async def work(session: AsyncSession) -> Message:
            return _message(await _by_id(session, message_id))

        return await self._database.read(work)

    async def about(self, number: str) -> tuple[Message, ...]:
        """All messages about a promise, in order."""

        async def work(session: AsyncSession) -> tuple[Message, ...]:
            rows = await session.scalars(
                select(MessageRow).where(MessageRow.about == number).order_by(MessageRow.message_id)
            )
            return tuple(_message(row) for row in rows)

        return await self._database.read(work)

    async def written_about(self, phone: str) -> tuple[str, ...]:
        """Numbers of the appointments about which a telephone was written to, latest first."""
        try:
            recipient = contact.phone_key(phone)
        except InvalidRecord:
            return ()

        async def work(session: AsyncSession) -> tuple[str, ...]:
            numbers = await session.scalars(
                select(MessageRow.about)
                .where(
                    MessageRow.recipient == recipient,
                    MessageRow.purpose.in_(APPOINTMENT_PURPOSES),
                    MessageRow.about.is_not(None),
                )
                .order_by(MessageRow.message_id.desc())
                .limit(_LATEST)
            )
            return tuple(dict.fromkeys(number for number in numbers if number is not None))

        return await self._database.read(work)

    async def begin(self, work: Work) -> Message | None:
        """Mark the message of claimed work as being sent.

        Returns:
            The message, or None when there is nothing to send any more: sent, expired, cancelled.

        Raises:
            ClaimLost: the work is no longer this claim's.
        """
        now = self._clock()

        async def marking(session: AsyncSession) -> Message | None:
            row = await _by_id(session, int(work.subject), lock=True)
            await due_work.still_held(session, work)
            if row.state not in _UNSENT:
                return None
            if row.expires_at is not None and row.expires_at <= now:
                row.state = MessageState.EXPIRED
                return None
            # Left in this state, it was with a process that died while handing it over.
            row.handed_over = row.handed_over or row.state is MessageState.SENDING
            row.state = MessageState.SENDING
            row.attempts += 1
            return _message(row)

        return await self._database.write(marking)

    async def sent(self, work: Work, reference: str | None) -> None:
        """The gateway took it: mark it and finish the work, in one.

        Raises:
            ClaimLost: the work is no longer this claim's.
        """
        now = self._clock()

        async def marking(session: AsyncSession) -> None:
            row = await _by_id(session, int(work.subject), lock=True)
            row.state = MessageState.SENT
            row.sent_at = now
            row.reference = reference
            row.last_error = None
            await due_work.finish_in(session, work, now)

        await self._database.write(marking)

    async def not_sent(self, work: Work, reason: str, *, handed_over: bool = False) -> None:
        """It will not be tried again: FAILED, or UNKNOWN when a try may have succeeded. The work
        is given up, for people to see.

        Raises:
            ClaimLost: the work is no longer this claim's.
        """
        now = self._clock()

        async def marking(session: AsyncSession) -> None:
            row = await _by_id(session, int(work.subject), lock=True)
            unknown = handed_over or row.handed_over
            row.state = MessageState.UNKNOWN if unknown else MessageState.FAILED
            row.last_error = mask(reason)
            await due_work.give_up_in(session, work, reason, now)

        await self._database.write(marking)

    async def note_error(self, work: Work, reason: str, *, handed_over: bool) -> None:
        """A try failed and there will be another one.

        Args:
            handed_over: the gateway may have sent it all the same.
        """

        async def marking(session: AsyncSession) -> None:
            row = await _by_id(session, int(work.subject), lock=True)
            await due_work.still_held(session, work)
            row.state = MessageState.QUEUED
            row.handed_over = row.handed_over or handed_over
            row.last_error = mask(reason)

        await self._database.write(marking)


async def _by_id(session: AsyncSession, message_id: int, *, lock: bool = False) -> MessageRow:
    row = await session.get(MessageRow, message_id, with_for_update=lock or None)
    if row is None:
        raise NotFound(f"there is no message {message_id}")
    return row


def _recipient(message: NewMessage) -> str:
    if message.channel is MessageChannel.SMS:
        return contact.phone_key(message.recipient)
    return contact.email_key(message.recipient)


def _message(row: MessageRow) -> Message:
    return Message(
        message_id=row.message_id,
        key=row.key,
        channel=row.channel,
        recipient=row.recipient,
        title=row.title,
        text=row.text,
        attachments=tuple(Attachment(**attachment) for attachment in row.attachments),
        purpose=row.purpose,
        about=row.about,
        state=row.state,
        attempts=row.attempts,
        queued_at=row.queued_at,
        expires_at=row.expires_at,
        sent_at=row.sent_at,
        reference=row.reference,
        last_error=row.last_error,
    )

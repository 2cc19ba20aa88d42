"""How the citizen is told the answer to a case: by message, by calling back, or in person."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from voicebot.records import callbacks, case_steps
from voicebot.records.case_rows import write_event
from voicebot.records.case_types import Answer, CaseAction
from voicebot.records.errors import AlreadyFinished, InvalidRecord
from voicebot.records.masking import mask
from voicebot.records.messages import NewMessage, queue_message
from voicebot.records.models import CaseRow
from voicebot.records.reference import grouped
from voicebot.records.types import CaseStatus, Window
from voicebot.records.work_types import MessageChannel

PURPOSE = "case_answer"
WAYS = ("sms", "email", "callback", "told")


async def give(
    session: AsyncSession,
    row: CaseRow,
    who: str,
    now: datetime,
    answer: Answer,
    window: Window | None,
) -> None:
    """Give the answer, in the running transaction; see `CaseWork.answer`."""
    text = answer.text.strip()
    if not text:
        raise InvalidRecord("answer: write what the citizen is told")
    if answer.by not in WAYS:
        raise InvalidRecord(f"answer: one of {', '.join(WAYS)}, not {answer.by}")
    if row.status is CaseStatus.CLOSED:
        raise AlreadyFinished("the case is closed already")
    if row.answer_callback_id is not None:
        raise AlreadyFinished("the citizen is being called back with an answer already")
    if answer.by == "callback":
        await _promise_callback(session, row, who, now, text, answer.recipient, window)
        return
    if answer.by != "told":
        message = _message(row, text, answer)
        await queue_message(session, message, now=now)
    row.answer = mask(text)
    await case_steps.close(session, row, who, now, answer.by, CaseAction.ANSWERED)


async def _promise_callback(
    session: AsyncSession,
    row: CaseRow,
    who: str,
    now: datetime,
    text: str,
    number: str | None,
    window: Window | None,
) -> None:
    number = number or row.phone
    if number is None or window is None:
        raise InvalidRecord("callback: a telephone and a window are needed")
    callback = await callbacks.promise(
        session,
        now,
        number,
        window,
        topic=row.topic,
        call_id=row.call_id,
        agency=row.agency,
    )
    row.answer = mask(text)
    row.answer_callback_id = callback.callback_id
    status = CaseStatus.IN_PROGRESS if row.status is CaseStatus.OPEN else None
    row.status = status or row.status
    await write_event(session, row, CaseAction.NOTED, who, now, text, status=status)


def _message(row: CaseRow, text: str, answer: Answer) -> NewMessage:
    sms = answer.by == "sms"
    recipient = answer.recipient or (row.phone if sms else None)
    if recipient is None:
        raise InvalidRecord("recipient: a telephone or an e-mail address is needed")
    return NewMessage(
        MessageChannel.SMS if sms else MessageChannel.EMAIL,
        recipient,
        f"1555, {grouped(row.number)}: {text}" if sms else text,
        PURPOSE,
        # A case that is opened again is answered again.
        f"{PURPOSE}:{row.number}:{row.clock_round}",
        about=row.number,
        title=None if sms else f"1555: {grouped(row.number)}",
    )

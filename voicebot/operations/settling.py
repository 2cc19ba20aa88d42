"""Puts in order what an outside booking system left unanswered: the handler of `book_settle`."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from voicebot.operations.scheduler import Done, GiveUp, Result
from voicebot.records import Records, Work
from voicebot.records.book_http import HttpBook
from voicebot.records.book_settling import Unsettled
from voicebot.records.due_work import forget_payload


async def settle(work: Work, records: Records) -> Result:
    """Ask the system what became of a change. What the request said of a person is wiped out in
    the transaction that ends the work."""
    book = records.appointments
    if not isinstance(book, HttpBook):
        return GiveUp("appointments.book names no outside system any more")
    effects = await book.settle(Unsettled.of(work.payload))

    async def finish(session: AsyncSession) -> None:
        await effects(session)
        await forget_payload(session, work)

    await records.work.complete(work, finish)
    return Done()

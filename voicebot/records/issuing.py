"""Gives out numbers that nobody else has."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from voicebot.records import reference
from voicebot.records.errors import RecordsUnavailable
from voicebot.records.inserting import insert_if_free
from voicebot.records.models import IssuedNumberRow

_DRAWS = 50


async def issue_number(session: AsyncSession, now: datetime) -> str:
    """A new number, taken in the running transaction.

    Raises:
        RecordsUnavailable: no free number was drawn, which means that nearly all are given.
    """
    for _ in range(_DRAWS):
        number = reference.draw()
        if await insert_if_free(session, IssuedNumberRow, number=number, issued_at=now) is not None:
            return number
    raise RecordsUnavailable("no free reference number was found")

"""Numbers that do not want to be rung: every outgoing call asks here first."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from voicebot.records import audit, contact
from voicebot.records.database import Database
from voicebot.records.inserting import insert_if_free
from voicebot.records.models import OptOutRow
from voicebot.records.types import Clock


@dataclass(frozen=True)
class OptOut:
    """One number, since when, and how it was said ("key", "speech", "desk", "file")."""

    number: str = field(repr=False)
    at: datetime
    how: str


class OptOuts:
    """The list. A callback that is asked for after an opt-out is the citizen's own wish and is
    rung; what was asked for before is not."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def add(self, number: str, how: str, *, who: str = "line") -> None:
        """Never ring this number again.

        Raises:
            InvalidRecord: not a telephone number.
        """
        key = contact.phone_key(number)

        async def work(session: AsyncSession) -> None:
            await add_in(session, key, how, who, self._clock())

        await self._database.write(work)

    async def remove(self, number: str, *, who: str) -> bool:
        """Ring it again, as its owner wishes; whether it was listed.

        Raises:
            InvalidRecord: not a telephone number.
        """
        key = contact.phone_key(number)

        async def work(session: AsyncSession) -> bool:
            gone = await session.scalar(
                delete(OptOutRow).where(OptOutRow.number == key).returning(OptOutRow.number)
            )
            if gone is not None:
                await audit.append(session, who, "opt_out.removed", "opt_out")
            return gone is not None

        return await self._database.write(work)

    async def get(self, number: str) -> OptOut | None:
        """Whether and since when a number is listed.

        Raises:
            InvalidRecord: not a telephone number.
        """
        key = contact.phone_key(number)

        async def work(session: AsyncSession) -> OptOut | None:
            row = await session.get(OptOutRow, key)
            return None if row is None else OptOut(row.number, row.at, row.how)

        return await self._database.read(work)


async def add_in(session: AsyncSession, number: str, how: str, who: str, now: datetime) -> None:
    """List a number (E.164) in a running transaction; a later wish counts from then."""
    fresh = await insert_if_free(session, OptOutRow, number=number, at=now, how=how)
    if fresh is None:
        await session.execute(
            update(OptOutRow).where(OptOutRow.number == number).values(at=now, how=how)
        )
    await audit.append(session, who, "opt_out.added", "opt_out", {"how": how}, now=now)


async def refuses(session: AsyncSession, number: str, since: datetime | None = None) -> bool:
    """Whether a number does not want to be rung; with `since`, whether it said so after that."""
    at = await session.scalar(select(OptOutRow.at).where(OptOutRow.number == number))
    return at is not None and (since is None or at >= since)

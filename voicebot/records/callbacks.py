"""Promises to ring back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from voicebot.records import contact, teams
from voicebot.records.case_callbacks import callback_ended
from voicebot.records.database import Database
from voicebot.records.errors import AlreadyFinished, InvalidRecord, NotFound
from voicebot.records.models import CallbackRow
from voicebot.records.types import (
    ATHENS,
    Agency,
    Callback,
    CallbackStatus,
    Clock,
    Window,
)

_ENDED = frozenset({CallbackStatus.KEPT, CallbackStatus.GIVEN_UP, CallbackStatus.CANCELLED})


class Callbacks:
    """Callbacks: asked for, due, dialled, kept or given up."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def request(
        self,
        number: str,
        window: Window,
        topic: str | None = None,
        call_id: str | None = None,
        *,
        agency: Agency | None = None,
        owner: str = teams.CALLBACKS,
    ) -> Callback:
        """Promise to ring `number` back within the window.

        Raises:
            InvalidRecord: not a telephone number, or the window is empty or over.
        """

        async def work(session: AsyncSession) -> Callback:
            return await promise(
                session,
                self._clock(),
                number,
                window,
                topic=topic,
                call_id=call_id,
                agency=agency,
                owner=owner,
            )

        return await self._database.write(work)

    async def due(self, *, limit: int = 50) -> tuple[Callback, ...]:
        """Those that wait and whose window has begun, the most urgent first; those whose window
        is over stay due until somebody keeps them or gives them up."""
        now = self._clock()

        async def work(session: AsyncSession) -> tuple[Callback, ...]:
            rows = await session.scalars(
                select(CallbackRow)
                .where(
                    CallbackRow.status == CallbackStatus.WAITING, CallbackRow.window_start <= now
                )
                .order_by(CallbackRow.window_end, CallbackRow.callback_id)
                .limit(limit)
            )
            return tuple(_callback(row) for row in rows)

        return await self._database.read(work)

    async def open_ones(self, *, limit: int = 200) -> tuple[Callback, ...]:
        """All that have not ended, the most urgent first."""

        async def work(session: AsyncSession) -> tuple[Callback, ...]:
            rows = await session.scalars(
                select(CallbackRow)
                .where(CallbackRow.status.not_in(_ENDED))
                .order_by(CallbackRow.window_end, CallbackRow.callback_id)
                .limit(limit)
            )
            return tuple(_callback(row) for row in rows)

        return await self._database.read(work)

    async def for_number(self, number: str) -> tuple[Callback, ...]:
        """Callbacks not yet ended for a telephone, earliest window first; empty for something that
        is not a telephone number."""
        try:
            key = contact.phone_key(number)
        except InvalidRecord:
            return ()

        async def work(session: AsyncSession) -> tuple[Callback, ...]:
            rows = await session.scalars(
                select(CallbackRow)
                .where(CallbackRow.number == key, CallbackRow.status.not_in(_ENDED))
                .order_by(CallbackRow.window_start)
            )
            return tuple(_callback(row) for row in rows)

        return await self._database.read(work)

    async def mark(
        self, callback_id: int, status: CallbackStatus, *, who: str = teams.CALLBACKS
    ) -> Callback:
        """Note what became of a callback; DIALLING counts one attempt. A case whose answer was told
        by it is closed.

        Raises:
            NotFound: no such callback.
            AlreadyFinished: it was kept, given up or cancelled before.
        """
        now = self._clock()

        async def work(session: AsyncSession) -> Callback:
            row: CallbackRow | None = await session.scalar(
                select(CallbackRow).where(CallbackRow.callback_id == callback_id).with_for_update()
            )
            if row is None:
                raise NotFound(f"there is no callback {callback_id}")
            if row.status in _ENDED:
                raise AlreadyFinished(f"callback {callback_id} is {row.status} already")
            if status is CallbackStatus.DIALLING:
                row.attempts += 1
            row.status = status
            row.changed_at = now
            if status in _ENDED:
                await callback_ended(session, callback_id, status, who, now)
            return _callback(row)

        return await self._database.write(work)

    async def requested_since(self, since: datetime) -> tuple[Callback, ...]:
        """All callbacks asked for since a moment, in order."""

        async def work(session: AsyncSession) -> tuple[Callback, ...]:
            rows = await session.scalars(
                select(CallbackRow)
                .where(CallbackRow.requested_at >= since)
                .order_by(CallbackRow.callback_id)
            )
            return tuple(_callback(row) for row in rows)

        return await self._database.read(work)


async def promise(
    session: AsyncSession,
    now: datetime,
    number: str,
    window: Window,
    *,
    topic: str | None = None,
    call_id: str | None = None,
    agency: Agency | None = None,
    owner: str = teams.CALLBACKS,
) -> Callback:
    """Promise to ring back, in a running transaction; see `Callbacks.request`.

    Raises:
        InvalidRecord: not a telephone number, or the window is empty or over.
    """
    if not window.starts_at < window.ends_at:
        raise InvalidRecord("window: it must begin before it ends")
    if window.ends_at <= now:
        raise InvalidRecord("window: it is over already")
    row = CallbackRow(
        number=contact.phone_key(number),
        window_start=window.starts_at,
        window_end=window.ends_at,
        topic=topic,
        agency=agency,
        call_id=call_id,
        status=CallbackStatus.WAITING,
        attempts=0,
        owner=teams.checked_owner(owner),
        requested_at=now,
        changed_at=now,
    )
    session.add(row)
    await session.flush()
    return _callback(row)


def _callback(row: CallbackRow) -> Callback:
    return Callback(
        callback_id=row.callback_id,
        number=row.number,
        window=Window(row.window_start.astimezone(ATHENS), row.window_end.astimezone(ATHENS)),
        topic=row.topic,
        agency=row.agency,
        call_id=row.call_id,
        status=row.status,
        attempts=row.attempts,
        owner=row.owner,
        requested_at=row.requested_at,
    )

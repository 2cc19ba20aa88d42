"""Promises to ring back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from voicebot.records import audit, contact, due_work, teams
from voicebot.records.callback_figures import figures_of
from voicebot.records.case_callbacks import callback_ended
from voicebot.records.database import Database
from voicebot.records.dial_types import CallbackFigures
from voicebot.records.errors import AlreadyFinished, InvalidRecord, NotFound
from voicebot.records.inserting import insert_if_free
from voicebot.records.masking import mask
from voicebot.records.models import AttemptRow, CallbackRow
from voicebot.records.types import (
    ATHENS,
    Agency,
    AttemptResult,
    Callback,
    CallbackOrigin,
    CallbackStatus,
    Clock,
    Window,
)

# The kind of due work that rings back.
DIAL = "dial_callback"
ENDED = frozenset({CallbackStatus.KEPT, CallbackStatus.GIVEN_UP, CallbackStatus.CANCELLED})
_WORK_KEY = "dial"
# A process may die so often while it dials before people must look.
_MOST_CLAIMS = 50
_TOPIC_LENGTH = 64


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
        origin: CallbackOrigin = CallbackOrigin.ASKED,
    ) -> Callback:
        """Promise to ring `number` back within the window, and make the ringing due in the same
        transaction. A second request for the same number and topic changes the first, which keeps
        its place in the queue.

        Raises:
            InvalidRecord: not a telephone number, or the window is empty or over.
        """

        async def work(session: AsyncSession) -> Callback:
            now = self._clock()
            made = await promise(
                session,
                now,
                number,
                window,
                topic=topic,
                call_id=call_id,
                agency=agency,
                owner=owner,
                origin=origin,
            )
            asked_again = made.requested_at != now
            what = "callback.changed" if asked_again else "callback.promised"
            await audit.append(session, teams.LINE, what, made.callback_id, {"origin": origin})
            return made

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
            return tuple(callback_of(row) for row in rows)

        return await self._database.read(work)

    async def open_ones(self, *, limit: int = 200) -> tuple[Callback, ...]:
        """All that have not ended, the most urgent first."""

        async def work(session: AsyncSession) -> tuple[Callback, ...]:
            rows = await session.scalars(
                select(CallbackRow)
                .where(CallbackRow.status.not_in(ENDED))
                .order_by(CallbackRow.window_end, CallbackRow.callback_id)
                .limit(limit)
            )
            return tuple(callback_of(row) for row in rows)

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
                .where(CallbackRow.number == key, CallbackRow.status.not_in(ENDED))
                .order_by(CallbackRow.window_start)
            )
            return tuple(callback_of(row) for row in rows)

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
            if row.status in ENDED:
                raise AlreadyFinished(f"callback {callback_id} is {row.status} already")
            if status in ENDED:
                await end(session, row, status, who, now)
                await due_work.cancel(session, DIAL, callback_id)
                await audit.append(session, who, f"callback.{status}", callback_id)
                return callback_of(row)
            if status is CallbackStatus.DIALLING:
                row.attempts += 1
            row.status = status
            row.changed_at = now
            return callback_of(row)

        return await self._database.write(work)

    async def requested_since(self, since: datetime) -> tuple[Callback, ...]:
        """All callbacks asked for since a moment, in order."""

        async def work(session: AsyncSession) -> tuple[Callback, ...]:
            rows = await session.scalars(
                select(CallbackRow)
                .where(CallbackRow.requested_at >= since)
                .order_by(CallbackRow.callback_id)
            )
            return tuple(callback_of(row) for row in rows)

        return await self._database.read(work)

    async def cancel(self, number: str, *, who: str = teams.LINE) -> int:
        """Cancel all that are open for a number, as the citizen wishes; gives how many."""
        cancelled = 0
        for callback in await self.for_number(number):
            try:
                await self.mark(callback.callback_id, CallbackStatus.CANCELLED, who=who)
                cancelled += 1
            except AlreadyFinished:
                continue
        return cancelled

    async def get(self, callback_id: int) -> Callback:
        """One callback.

        Raises:
            NotFound: no such callback.
        """

        async def work(session: AsyncSession) -> Callback:
            row = await session.get(CallbackRow, callback_id)
            if row is None:
                raise NotFound(f"there is no callback {callback_id}")
            return callback_of(row)

        return await self._database.read(work)

    async def figures(self, since: datetime) -> CallbackFigures:
        """What became of those asked for since a moment; see `CallbackFigures`."""
        callbacks = await self.requested_since(since)

        async def work(session: AsyncSession) -> list[AttemptResult | None]:
            rows = await session.scalars(
                select(AttemptRow.result)
                .join(CallbackRow, CallbackRow.callback_id == AttemptRow.callback_id)
                .where(CallbackRow.requested_at >= since)
            )
            return list(rows)

        results = await self._database.read(work)
        return figures_of(callbacks, results, since, self._clock())


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
    origin: CallbackOrigin = CallbackOrigin.ASKED,
) -> Callback:
    """Promise to ring back, in a running transaction; see `Callbacks.request`.

    Raises:
        InvalidRecord: not a telephone number, or the window is empty or over.
    """
    if not window.starts_at < window.ends_at:
        raise InvalidRecord("window: it must begin before it ends")
    if window.ends_at <= now:
        raise InvalidRecord("window: it is over already")
    key = contact.phone_key(number)
    topic = mask(topic)[:_TOPIC_LENGTH] if topic else None
    open_key = f"{key}|{topic or ''}"
    asked: dict[str, Any] = {
        "window_start": window.starts_at,
        "window_end": window.ends_at,
        "call_id": call_id,
        "origin": origin,
        "asked_at": now,
        "next_at": None,
        "changed_at": now,
    }
    callback_id = await insert_if_free(
        session,
        CallbackRow,
        number=key,
        topic=topic,
        agency=agency,
        status=CallbackStatus.WAITING,
        attempts=0,
        owner=teams.checked_owner(owner),
        requested_at=now,
        open_key=open_key,
        **asked,
    )
    row: CallbackRow | None = await session.scalar(
        select(CallbackRow)
        .where(CallbackRow.open_key == open_key)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise AssertionError("it stood in the way of an insert, or was inserted")
    if callback_id is None:
        for name, value in asked.items():
            # A wish without a call of its own keeps the transcript of the first.
            if value is not None or name == "next_at":
                setattr(row, name, value)
        row.agency = agency or row.agency
        await session.flush()
    if row.status is CallbackStatus.WAITING:
        # One that is being dialled at this moment looks at its window again afterwards.
        await due_work.reschedule(
            session,
            DIAL,
            row.callback_id,
            row.window_start,
            key=_WORK_KEY,
            max_attempts=_MOST_CLAIMS,
            now=now,
        )
    return callback_of(row)


async def end(
    session: AsyncSession, row: CallbackRow, status: CallbackStatus, who: str, now: datetime
) -> None:
    """Bring a callback, whose row is locked, to an end of its life."""
    row.status = status
    row.open_key = None
    row.changed_at = row.ended_at = now
    if status is CallbackStatus.KEPT:
        row.connected_at = now
    await session.flush()
    await callback_ended(session, row.callback_id, status, who, now)


def callback_of(row: CallbackRow) -> Callback:
    """The value of a row."""
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
        origin=row.origin,
        next_at=row.next_at,
        last_result=row.last_result,
        connected_at=row.connected_at,
        ended_at=row.ended_at,
        case=row.case_number,
    )

"""Due work: what a promise makes due is written down in the transaction of the promise itself.

    async def work(session):
        ...                                   # change the promise
        await schedule(session, "remind", number, when, key="day_before")

A scheduler claims what is due, does it and finishes it. A claim is a lease: when the process that
holds it dies, the lease runs out and another claims the work. Every claim has a number that only
grows, so that one who comes back late cannot finish what is no longer its own.

Where the whole effect lies in this database, `DueWork.complete` makes effect and completion one
commit: it then happens exactly once. Effects outside happen at least once and need a key of their
own by which the other side knows a repetition (`Work.work_id`, or the key of a message).

A handler that locks a promise must do so before it finishes the work: whoever changes the promise
locks in this order too.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from voicebot.records.errors import InvalidRecord, RecordsError
from voicebot.records.inserting import insert_if_free
from voicebot.records.masking import mask
from voicebot.records.models import DueWorkRow
from voicebot.records.types import utc_now
from voicebot.records.work_types import Payload, Work, WorkState

MAX_ATTEMPTS = 8
_ERROR_CHARACTERS = 500
OPEN = (WorkState.WAITING, WorkState.CLAIMED)
# No session looks at a row again that it has changed so, and bringing its own copy up to date costs
# as much as the change.
_UNSEEN = {"synchronize_session": False}


class ClaimLost(RecordsError):
    """The work was cancelled or moved, or the claim ran out and somebody else has it now."""


async def schedule(
    session: AsyncSession,
    kind: str,
    subject: str | int,
    due_at: datetime,
    *,
    key: str | None = None,
    payload: Payload = (),
    max_attempts: int = MAX_ATTEMPTS,
    now: datetime | None = None,
) -> int:
    """Make work due, in the running transaction. Doing so twice changes nothing; work that was
    cancelled becomes due again.

    Args:
        kind: name of the handler, at most 32 characters.
        subject: number or id of the thing.
        key: tells pieces of one kind about one subject apart; by default the moment.
        payload: a few names and values; nothing personal.
        max_attempts: how often it may fail (or the process die at it) before it is given up.

    Returns:
        The id of the work.

    Raises:
        InvalidRecord: a value is too long or the moment has no timezone.
    """
    name = _key(due_at, key)
    fresh = await _insert(session, kind, str(subject), due_at, name, payload, max_attempts, now)
    if fresh is not None:
        return fresh
    row = await _row(session, kind, str(subject), name)
    if row.state is WorkState.CANCELLED:
        make_due(row, due_at, payload, max_attempts)
    return row.work_id


async def reschedule(
    session: AsyncSession,
    kind: str,
    subject: str | int,
    due_at: datetime,
    *,
    key: str,
    payload: Payload = (),
    max_attempts: int = MAX_ATTEMPTS,
    now: datetime | None = None,
) -> int:
    """Make work due at a moment whatever became of it before: moved when it waits, taken from
    whoever has claimed it, due again when it was done, failed or cancelled, new otherwise.

    Returns:
        The id of the work.

    Raises:
        InvalidRecord: see `schedule`.
    """
    name = _key(due_at, key)
    fresh = await _insert(session, kind, str(subject), due_at, name, payload, max_attempts, now)
    if fresh is not None:
        return fresh
    row = await _row(session, kind, str(subject), name)
    make_due(row, due_at, payload, max_attempts)
    return row.work_id


async def cancel(
    session: AsyncSession, kind: str, subject: str | int, *, key: str | None = None
) -> int:
    """Cancel what waits or is claimed: all of this kind about this subject, or the one of `key`.
    A handler at work on it cannot finish any more (`ClaimLost`).

    Returns:
        How many pieces were cancelled.
    """
    query = (
        update(DueWorkRow)
        .where(
            DueWorkRow.kind == kind,
            DueWorkRow.subject == str(subject),
            DueWorkRow.state.in_(OPEN),
        )
        .values(state=WorkState.CANCELLED, claimed_by=None, claimed_until=None)
        .returning(DueWorkRow.work_id)
    )
    if key is not None:
        query = query.where(DueWorkRow.key == key)
    return len((await session.scalars(query, execution_options=_UNSEEN)).all())


async def finish_in(session: AsyncSession, work: Work, now: datetime | None = None) -> None:
    """Finish work in the transaction of its effects; call it last.

    Raises:
        ClaimLost: the transaction must be undone (letting this pass does so).
    """
    await end(session, work, WorkState.DONE, now or utc_now(), None)


async def give_up_in(
    session: AsyncSession, work: Work, reason: str, now: datetime | None = None
) -> None:
    """Give work up in the transaction of what that means for the promise; call it last.

    Raises:
        ClaimLost: the transaction must be undone (letting this pass does so).
    """
    await end(session, work, WorkState.FAILED, now or utc_now(), reason)


async def forget_payload(session: AsyncSession, work: Work) -> None:
    """Wipe the payload out, where it had to hold something personal for a while."""
    await session.execute(
        update(DueWorkRow).where(DueWorkRow.work_id == work.work_id).values(payload=())
    )


async def still_held(session: AsyncSession, work: Work) -> None:
    """Make sure, until the end of the transaction, that the claim is still good.

    Raises:
        ClaimLost: it is not.
    """
    held = await session.scalar(
        select(DueWorkRow.work_id)
        .where(
            DueWorkRow.work_id == work.work_id,
            DueWorkRow.claim == work.claim,
            DueWorkRow.state == WorkState.CLAIMED,
        )
        .with_for_update()
    )
    if held is None:
        raise _lost(work)


def _key(due_at: datetime, key: str | None) -> str:
    if due_at.tzinfo is None:
        raise InvalidRecord("due_at: a moment with a timezone is needed")
    return due_at.astimezone(UTC).isoformat() if key is None else key


async def _insert(
    session: AsyncSession,
    kind: str,
    subject: str,
    due_at: datetime,
    key: str,
    payload: Payload,
    max_attempts: int,
    now: datetime | None,
) -> int | None:
    for name, value, longest in (("kind", kind, 32), ("subject", subject, 64), ("key", key, 128)):
        if not 0 < len(value) <= longest:
            raise InvalidRecord(f"{name}: 1 to {longest} characters are needed, not {len(value)}")
    work_id: int | None = await insert_if_free(
        session,
        DueWorkRow,
        kind=kind,
        subject=subject,
        key=key,
        due_at=due_at,
        payload=payload,
        state=WorkState.WAITING,
        attempts=0,
        max_attempts=max_attempts,
        claim=0,
        created_at=now or utc_now(),
    )
    return work_id


async def _row(session: AsyncSession, kind: str, subject: str, key: str) -> DueWorkRow:
    row = await session.scalar(
        select(DueWorkRow)
        .where(DueWorkRow.kind == kind, DueWorkRow.subject == subject, DueWorkRow.key == key)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise AssertionError("it stood in the way of an insert and is never deleted while open")
    return row


def make_due(row: DueWorkRow, due_at: datetime, payload: Payload, max_attempts: int) -> None:
    """Begin anew, from whatever state."""
    row.state = WorkState.WAITING
    row.due_at = due_at
    row.payload = payload
    row.attempts = 0
    row.max_attempts = max_attempts
    row.claimed_by = row.claimed_until = row.done_at = row.last_error = None


async def end(
    session: AsyncSession, work: Work, state: WorkState, now: datetime, reason: str | None
) -> None:
    """Bring claimed work to an end of its life.

    Raises:
        ClaimLost: see `change`.
    """
    await change(session, work, state=state, done_at=now, last_error=shown(reason))


async def change(session: AsyncSession, work: Work, **values: object) -> None:
    """Write to claimed work and let go of it.

    Raises:
        ClaimLost: it is no longer this claim's.
    """
    changed = await session.scalar(
        update(DueWorkRow)
        .where(
            DueWorkRow.work_id == work.work_id,
            DueWorkRow.claim == work.claim,
            DueWorkRow.state == WorkState.CLAIMED,
        )
        .values(claimed_by=None, claimed_until=None, **values)
        .returning(DueWorkRow.work_id),
        execution_options=_UNSEEN,
    )
    if changed is None:
        raise _lost(work)


def _lost(work: Work) -> ClaimLost:
    return ClaimLost(f"{work.kind} {work.work_id}: somebody else has it, or it was cancelled")


def shown(reason: str | None) -> str | None:
    """A reason as people may see it: masked and not too long."""
    return None if reason is None else mask(reason)[:_ERROR_CHARACTERS]

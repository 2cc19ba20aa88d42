"""The steps of ringing back: an attempt is written down before anybody is rung.

    step = await records.dialling.begin(work, rules, giving_up)
    if isinstance(step, Ring):
        ...                                               # ring a person at the desk
        if await records.dialling.may_ring(work, step, rules):
            ...                                           # ring the citizen, at once
        step = await records.dialling.end(work, step, result, rules, giving_up)

After a crash the attempt that has no result becomes LOST. It counts as made when leave to ring had
been given, and the next one waits for its pause, and until the phone cannot ring any more. Nothing
here remembers anything but in the database, so that it does not matter which process goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from voicebot.records import audit, case_steps, due_work, opt_outs, teams
from voicebot.records import callbacks as promises
from voicebot.records.attempts import did_not_ring, silent_at, write_down
from voicebot.records.calling_hours import allows
from voicebot.records.database import Database
from voicebot.records.dial_plan import Tried, next_moment
from voicebot.records.dial_types import Attempt, DialRules, Over, Ring, Step, Wait
from voicebot.records.due_work import ClaimLost
from voicebot.records.leave import give_leave
from voicebot.records.messages import NewMessage, queue_message
from voicebot.records.models import AttemptRow, CallbackRow, CallRow, CaseRow
from voicebot.records.types import (
    Agency,
    AttemptResult,
    Callback,
    CallbackStatus,
    Clock,
    Window,
)
from voicebot.records.work_types import Work

_WHO = "dialler"
_UNSETTLED = (None, AttemptResult.LOST)
_BEHIND = timedelta(seconds=1)
# How long to wait for the end of the call in which the callback was asked for.
_GOODBYE = timedelta(seconds=3)
_LONGEST_CALL = timedelta(hours=1)


@dataclass(frozen=True)
class GivingUp:
    """What a promise becomes that cannot be kept.

    Attributes:
        agency: whose case it is when the callback has none.
        summary: of the case.
        message: to the citizen, the case being known; None when there is none to send.
    """

    agency: Agency
    summary: Callable[[Callback], str]
    message: Callable[[Callback], NewMessage | None]


class Dialling:
    """Attempts at callbacks."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def begin(self, work: Work, rules: DialRules, giving_up: GivingUp) -> Step:
        """What to do about a claimed callback. `Ring` has written the attempt down; `Over` has
        finished the work.

        Raises:
            ClaimLost: the work is no longer this claim's.
        """

        async def deciding(session: AsyncSession) -> Step:
            now = self._clock()
            row = await _locked(session, int(work.subject))
            await due_work.still_held(session, work)
            if row is None or row.status in promises.ENDED:
                await due_work.finish_in(session, work, now)
                return Over("ended already")
            if await opt_outs.refuses(session, row.number, row.asked_at):
                return await _end(session, row, CallbackStatus.CANCELLED, work, now, "opted out")
            await _reconcile(session, row, rules, work, now)
            until = _next(row, rules, now)
            if isinstance(until, str):
                return await _give_up(session, row, giving_up, work, now, until)
            if until <= now and await _still_talks(session, row, now):
                until = now + _GOODBYE
            if until <= now and (older := await _older_waiting(session, row, now)) is not None:
                until = older + _BEHIND
            if until > now:
                row.status = CallbackStatus.WAITING
                return Wait(until, "not yet")
            return Ring(promises.callback_of(row), await _write_down(session, row, work, now))

        return await self._database.write(deciding)

    async def may_ring(self, work: Work, ring: Ring, rules: DialRules) -> bool:
        """Give leave to ring the citizen now, once. False when the hours or the window have ended
        since the attempt began (a person at the desk was rung first).

        Raises:
            ClaimLost: the work is no longer this claim's; nobody may be rung.
        """

        async def asking(session: AsyncSession) -> bool:
            now = self._clock()
            row = await _locked(session, ring.callback.callback_id)
            await due_work.still_held(session, work)
            if row is None or not allows(rules.hours, now):
                return False
            if now > row.window_end + rules.patience:
                return False
            await give_leave(session, work, ring.attempt.attempt_id, now)
            return True

        return await self._database.write(asking)

    async def answered(self, attempt: Attempt) -> None:
        """The citizen's phone was answered, by whomever.

        Raises:
            ClaimLost: the attempt was taken for lost meanwhile; somebody else goes on.
        """

        async def noting(session: AsyncSession) -> None:
            noted = await session.scalar(
                update(AttemptRow)
                .where(AttemptRow.attempt_id == attempt.attempt_id, AttemptRow.result.is_(None))
                .values(answered_at=self._clock())
                .returning(AttemptRow.attempt_id)
            )
            if noted is None:
                raise ClaimLost(f"attempt {attempt.attempt_id} has ended already")

        await self._database.write(noting)

    async def end(
        self,
        work: Work,
        ring: Ring,
        result: AttemptResult,
        rules: DialRules,
        giving_up: GivingUp,
        *,
        message_left: bool = False,
    ) -> Step:
        """Write down how an attempt ended, whoever holds the claim by now: what is known is known.

        Returns:
            `Over`, the work then being finished, or `Wait` for the next attempt.
        """

        async def ending(session: AsyncSession) -> Step:
            now = self._clock()
            row = await _locked(session, ring.callback.callback_id)
            attempt = await session.get(
                AttemptRow, ring.attempt.attempt_id, with_for_update=True, populate_existing=True
            )
            if row is None or attempt is None or attempt.result not in _UNSETTLED:
                return Over("ended already")
            was_lost = attempt.result is AttemptResult.LOST
            attempt.result, attempt.ended_at, attempt.message_left = result, now, message_left
            row.last_result = result
            if row.status in promises.ENDED:
                await _finish(session, work, now)
                return Over("ended meanwhile")
            if result is AttemptResult.CONNECTED:
                return await _end(session, row, CallbackStatus.KEPT, work, now, "connected")
            if result is AttemptResult.OPTED_OUT:
                await opt_outs.add_in(session, row.number, "speech", _WHO, now)
                return await _end(session, row, CallbackStatus.CANCELLED, work, now, "opted out")
            if was_lost:
                return Over("somebody else has it")
            row.status = CallbackStatus.WAITING
            if did_not_ring(attempt):
                row.attempts -= 1
                row.next_at = now + rules.agent_pause
            else:
                row.next_at = now + rules.pause_after(row.attempts)
            until = _next(row, rules, now)
            if isinstance(until, str):
                return await _give_up(session, row, giving_up, work, now, until)
            return Wait(until, result)

        return await self._database.write(ending)

    async def attempts(self, callback_id: int) -> tuple[Attempt, ...]:
        """All attempts at a callback, in order."""

        async def work(session: AsyncSession) -> Sequence[AttemptRow]:
            rows = await session.scalars(
                select(AttemptRow)
                .where(AttemptRow.callback_id == callback_id)
                .order_by(AttemptRow.ordinal)
            )
            return rows.all()

        return tuple(_attempt(row) for row in await self._database.read(work))


async def _locked(session: AsyncSession, callback_id: int) -> CallbackRow | None:
    row: CallbackRow | None = await session.scalar(
        select(CallbackRow).where(CallbackRow.callback_id == callback_id).with_for_update()
    )
    return row


async def _reconcile(
    session: AsyncSession, row: CallbackRow, rules: DialRules, work: Work, now: datetime
) -> None:
    """An attempt without a result was cut off by the end of its process, or of its claim."""
    lost: AttemptRow | None = await session.scalar(
        select(AttemptRow)
        .where(AttemptRow.callback_id == row.callback_id, AttemptRow.result.is_(None))
        .order_by(AttemptRow.ordinal.desc())
        .limit(1)
        .with_for_update()
    )
    if lost is None:
        return
    lost.result = row.last_result = AttemptResult.LOST
    row.status = CallbackStatus.WAITING
    if lost.dialled_at is None:
        row.attempts -= 1
        row.next_at = now + rules.agent_pause
        return
    row.next_at = max(
        lost.started_at + rules.pause_after(row.attempts),
        silent_at(lost.dialled_at, work, rules.ring),
    )


async def _write_down(
    session: AsyncSession, row: CallbackRow, work: Work, now: datetime
) -> Attempt:
    row.status = CallbackStatus.DIALLING
    row.attempts += 1
    row.next_at = None
    return _attempt(await write_down(session, work, now, callback_id=row.callback_id))


def _next(row: CallbackRow, rules: DialRules, now: datetime) -> datetime | str:
    window = Window(row.window_start, row.window_end)
    return next_moment(Tried(row.number, window, row.attempts, row.next_at), rules, now)


async def _still_talks(session: AsyncSession, row: CallbackRow, now: datetime) -> bool:
    """Whether the call in which it was asked for goes on: the citizen's phone is busy with us."""
    going_on = await session.scalar(
        select(CallRow.call_id).where(
            CallRow.call_id == row.call_id,
            CallRow.ended_at.is_(None),
            CallRow.started_at > now - _LONGEST_CALL,
        )
    )
    return going_on is not None


async def _older_waiting(session: AsyncSession, row: CallbackRow, now: datetime) -> datetime | None:
    """When an older request, which waits for a person at the desk only, is tried again: it goes
    first, for the place in the queue is that of the request."""
    return await session.scalar(
        select(CallbackRow.next_at)
        .where(
            CallbackRow.status == CallbackStatus.WAITING,
            CallbackRow.last_result == AttemptResult.NO_AGENT,
            CallbackRow.requested_at < row.requested_at,
            CallbackRow.window_start <= now,
            CallbackRow.next_at > now,
        )
        .order_by(CallbackRow.requested_at)
        .limit(1)
    )


async def _end(
    session: AsyncSession,
    row: CallbackRow,
    status: CallbackStatus,
    work: Work,
    now: datetime,
    reason: str,
    case: str | None = None,
) -> Over:
    await promises.end(session, row, status, teams.CALLBACKS, now)
    # Of two who had it one after the other the first may have known better: the second stops.
    await session.execute(
        update(AttemptRow)
        .where(AttemptRow.callback_id == row.callback_id, AttemptRow.result.is_(None))
        .values(result=AttemptResult.LOST)
    )
    await _finish(session, work, now)
    details: dict[str, audit.Detail] = {"reason": reason, "attempts": row.attempts}
    await audit.append(session, _WHO, f"callback.{status}", row.callback_id, details, now=now)
    return Over(reason, case)


async def _finish(session: AsyncSession, work: Work, now: datetime) -> None:
    try:
        await due_work.finish_in(session, work, now)
    except ClaimLost:
        # Somebody else has claimed it meanwhile; there is nothing left to do for them.
        await due_work.cancel(session, work.kind, work.subject)


async def _give_up(
    session: AsyncSession,
    row: CallbackRow,
    giving_up: GivingUp,
    work: Work,
    now: datetime,
    reason: str,
) -> Over:
    """The promise becomes a case that somebody owns, or goes back to the case that it was for."""
    row.case_number = await session.scalar(
        select(CaseRow.number).where(CaseRow.answer_callback_id == row.callback_id)
    ) or await case_steps.open_case(
        session,
        now,
        row.agency or giving_up.agency,
        row.topic,
        giving_up.summary(promises.callback_of(row)),
        call_id=row.call_id,
        phone=row.number,
        level=1,
        who=teams.CALLBACKS,
    )
    if (message := giving_up.message(promises.callback_of(row))) is not None:
        await queue_message(session, message, now=now)
    return await _end(
        session, row, CallbackStatus.GIVEN_UP, work, now, reason, case=row.case_number
    )


def _attempt(row: AttemptRow) -> Attempt:
    return Attempt(
        attempt_id=row.attempt_id,
        ordinal=row.ordinal,
        started_at=row.started_at,
        dialled_at=row.dialled_at,
        answered_at=row.answered_at,
        ended_at=row.ended_at,
        result=row.result,
        message_left=bool(row.message_left),
    )

"""What can be done to a case, each a step within a running transaction.

Every step keeps the clock of the case right, schedules what its deadline makes due, and writes the
history. Callers lock the row first (`case_rows.by_number(lock=True)`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from voicebot.records import contact, teams
from voicebot.records.case_clock import FOUR_FIFTHS, HALF, CaseClock, Counting, elapsed, midnight
from voicebot.records.case_rows import write_event
from voicebot.records.case_types import CaseAction, CaseMark
from voicebot.records.deadlines import LEVELS, rule_for
from voicebot.records.due_work import cancel, schedule
from voicebot.records.errors import AlreadyFinished, InvalidRecord
from voicebot.records.issuing import issue_number
from voicebot.records.masking import mask
from voicebot.records.models import CaseRow
from voicebot.records.types import ATHENS, Agency, CaseStatus

CLOCK_WORK = "case_clock"
LAST_LEVEL = LEVELS[-1]

_RANK = (CaseMark.NONE, CaseMark.HALF, CaseMark.LATE, CaseMark.OVERDUE)


async def open_case(
    session: AsyncSession,
    now: datetime,
    agency: Agency,
    topic: str | None,
    summary: str,
    *,
    call_id: str | None = None,
    captured: Sequence[tuple[str, str]] = (),
    name: str | None = None,
    phone: str | None = None,
    afm: str | None = None,
    level: int = 2,
    owner: str | None = None,
    area: str | None = None,
    anonymous: bool = False,
    who: str = teams.LINE,
) -> str:
    """Open a case in a running transaction; see `Cases.open`.

    Raises:
        InvalidRecord: a value cannot be right.
    """
    if level not in LEVELS:
        raise InvalidRecord(f"level: 1, 2 or 3 is needed, not {level}")
    if anonymous and any((call_id, name, phone, afm)):
        raise InvalidRecord("anonymous: nobody's name, telephone, ΑΦΜ or call may go with it")
    if anonymous:
        # The hour of the call would lead back to it.
        now = midnight(now.astimezone(ATHENS).date())
    answerable = teams.checked_owner(owner or teams.case_team(agency, level, area))
    row = CaseRow(
        agency=agency,
        topic=topic,
        summary=mask(summary),
        captured=tuple((slot, mask(value)) for slot, value in captured),
        name=name,
        phone=contact.phone_key(phone) if phone else None,
        afm=contact.afm_key(afm) if afm else None,
        level=level,
        owner=answerable,
        status=CaseStatus.OPEN,
        call_id=call_id,
        opened_at=now,
        changed_at=now,
        area=area,
        anonymous=anonymous,
        ran_days=0.0,
        clock_round=0,
        mark=CaseMark.NONE,
    )
    await _begin_level(session, row, now)
    row.number = await issue_number(session, now)
    session.add(row)
    await session.flush()
    await _schedule_next(session, row, now)
    await write_event(
        session,
        row,
        CaseAction.OPENED,
        who,
        now,
        status=row.status,
        owner=row.owner,
        level=row.level,
    )
    return row.number


async def note(session: AsyncSession, row: CaseRow, who: str, now: datetime, text: str) -> None:
    """Write something down."""
    if not text.strip():
        raise InvalidRecord("note: say something")
    await write_event(session, row, CaseAction.NOTED, who, now, text)


async def take(session: AsyncSession, row: CaseRow, who: str, now: datetime, reason: str) -> None:
    """Whoever does it answers for the case from now on."""
    _needs_open(row)
    row.owner = teams.checked_owner(who)
    status = CaseStatus.IN_PROGRESS if row.status is CaseStatus.OPEN else None
    row.status = status or row.status
    await write_event(
        session, row, CaseAction.TAKEN, who, now, reason, status=status, owner=row.owner
    )


async def reassign(
    session: AsyncSession,
    row: CaseRow,
    who: str,
    now: datetime,
    owner: str,
    reason: str,
    status: CaseStatus | None = None,
) -> None:
    """Give the case to another person or team of the same level."""
    _needs_open(row)
    row.owner = teams.checked_owner(owner)
    row.status = status or row.status
    await write_event(
        session, row, CaseAction.REASSIGNED, who, now, reason, status=status, owner=row.owner
    )


async def pause(session: AsyncSession, row: CaseRow, who: str, now: datetime, reason: str) -> None:
    """Wait for the citizen: the clock stands still."""
    _needs_open(row)
    if row.status is CaseStatus.WAITING_CITIZEN:
        raise AlreadyFinished("the case waits for the citizen already")
    await _stop(session, row, now)
    row.status = CaseStatus.WAITING_CITIZEN
    await write_event(session, row, CaseAction.PAUSED, who, now, reason, status=row.status)


async def resume(session: AsyncSession, row: CaseRow, who: str, now: datetime, reason: str) -> None:
    """The citizen has answered: the clock goes on where it stood."""
    if row.status is not CaseStatus.WAITING_CITIZEN:
        raise AlreadyFinished("the case does not wait for the citizen")
    row.status = CaseStatus.IN_PROGRESS
    await _start(session, row, now, _clock(row))
    await write_event(session, row, CaseAction.RESUMED, who, now, reason, status=row.status)


async def escalate(
    session: AsyncSession, row: CaseRow, who: str, now: datetime, reason: str
) -> None:
    """Pass the case on to the next level, whose time begins now."""
    _needs_open(row)
    if row.level == LAST_LEVEL:
        raise InvalidRecord("level: the service itself is the last; reassign the case instead")
    await _stop(session, row, now)
    await _to_level(session, row, row.level + 1, now)
    await write_event(
        session,
        row,
        CaseAction.ESCALATED,
        who,
        now,
        reason,
        status=row.status,
        owner=row.owner,
        level=row.level,
    )


async def close(
    session: AsyncSession,
    row: CaseRow,
    who: str,
    now: datetime,
    reason: str,
    action: CaseAction = CaseAction.CLOSED,
) -> None:
    """The end, until somebody opens it again."""
    _needs_open(row)
    await _stop(session, row, now)
    row.status = CaseStatus.CLOSED
    await write_event(session, row, action, who, now, reason, status=row.status)


async def reopen(session: AsyncSession, row: CaseRow, who: str, now: datetime, reason: str) -> None:
    """A closed case goes back to the team of its level, with the whole time of that level."""
    if row.status is not CaseStatus.CLOSED:
        raise AlreadyFinished("the case is open")
    row.answer = row.answer_callback_id = None
    await _to_level(session, row, row.level, now)
    await write_event(
        session,
        row,
        CaseAction.REOPENED,
        who,
        now,
        reason,
        status=row.status,
        owner=row.owner,
        level=row.level,
    )


async def time_passed(
    session: AsyncSession, row: CaseRow, now: datetime, clock_round: int
) -> datetime | None:
    """Do what the clock makes due: warn at half and at four fifths, escalate at the deadline.

    Doing so twice changes nothing, and nothing happens for a round of the clock that is over.
    After a stop only the furthest of what was missed is done.

    Returns:
        The moment of the next mark, when none is due yet.
    """
    if row.clock_round != clock_round or row.status is CaseStatus.CLOSED:
        return None
    ahead = _ahead(row)
    due = [mark for mark, at in ahead if at <= now]
    if not due:
        return ahead[0][1] if ahead else None
    if due[-1] is not CaseMark.OVERDUE:
        row.mark = due[-1]
        await _schedule_next(session, row, now)
        half = row.mark is CaseMark.HALF
        action = CaseAction.WARNED_HALF if half else CaseAction.WARNED_LATE
        await write_event(session, row, action, teams.CLOCK, now)
    elif row.level < LAST_LEVEL:
        row.ran_days += _ran(row, now)
        await _to_level(session, row, row.level + 1, now)
        await write_event(
            session,
            row,
            CaseAction.ESCALATED,
            teams.CLOCK,
            now,
            status=row.status,
            owner=row.owner,
            level=row.level,
        )
    else:
        row.mark = CaseMark.OVERDUE
        row.owner = teams.SUPERVISORS
        await write_event(session, row, CaseAction.OVERDUE, teams.CLOCK, now, owner=row.owner)
    return None


def work_key(clock_round: int, mark: CaseMark) -> str:
    """The key of what a round of the clock makes due."""
    return f"{clock_round}:{mark}"


def round_of(key: str) -> int:
    """The round of the clock that a piece of due work belongs to."""
    return int(key.partition(":")[0])


async def _to_level(session: AsyncSession, row: CaseRow, level: int, now: datetime) -> None:
    row.level = level
    row.owner = teams.case_team(row.agency, level, row.area)
    row.status = CaseStatus.OPEN
    await _begin_level(session, row, now)
    await _schedule_next(session, row, now)


async def _begin_level(session: AsyncSession, row: CaseRow, now: datetime) -> None:
    rule = await rule_for(session, row.agency, row.topic, row.level)
    row.deadline_basis = rule.basis
    row.mark = CaseMark.NONE
    row.clock_round += 1
    _put(row, rule.clock(now, row.opened_at, row.ran_days))


async def _start(session: AsyncSession, row: CaseRow, now: datetime, clock: CaseClock) -> None:
    row.clock_round += 1
    _put(row, clock.started(now))
    await _schedule_next(session, row, now)


async def _stop(session: AsyncSession, row: CaseRow, now: datetime) -> None:
    row.ran_days += _ran(row, now)
    _put(row, _clock(row).stopped(now))
    await cancel(session, CLOCK_WORK, row.number)


async def _schedule_next(session: AsyncSession, row: CaseRow, now: datetime) -> None:
    for mark, at in _ahead(row)[:1]:
        key = work_key(row.clock_round, mark)
        await schedule(session, CLOCK_WORK, row.number, at, key=key, now=now)


def _ahead(row: CaseRow) -> list[tuple[CaseMark, datetime]]:
    """The marks that were not acted upon yet, with their moments; none while it stands still."""
    moments = {
        CaseMark.HALF: row.half_at,
        CaseMark.LATE: row.late_at,
        CaseMark.OVERDUE: row.deadline,
    }
    passed = _RANK.index(row.mark)
    return [
        (mark, at) for mark, at in moments.items() if at is not None and _RANK.index(mark) > passed
    ]


def _ran(row: CaseRow, now: datetime) -> float:
    since = row.running_since
    return elapsed(since, now, Counting.CALENDAR) if since is not None else 0.0


def _clock(row: CaseRow) -> CaseClock:
    return CaseClock(row.counting, row.allowed_days, row.used_days, row.running_since)


def _put(row: CaseRow, clock: CaseClock) -> None:
    row.counting, row.allowed_days = clock.counting, clock.allowed
    row.used_days, row.running_since = clock.used, clock.since
    row.half_at = clock.when_used(HALF)
    row.late_at = clock.when_used(FOUR_FIFTHS)
    row.deadline = clock.deadline


def _needs_open(row: CaseRow) -> None:
    if row.status is CaseStatus.CLOSED:
        raise AlreadyFinished("the case is closed already")

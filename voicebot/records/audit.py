"""The chain of changes: who did what to which promise, and proof that nobody rewrote it.

Every row carries a SHA-256 over itself and the hash before it, so that changing or taking out a
row breaks the chain there. Database triggers refuse to change or delete rows; who goes around
them is found by `Audit.verify`. Cutting off the end leaves a shorter sound chain: keep the head
(sequence and hash) elsewhere now and then, and give it to `verify` again.

Personal values never go in, so that deleting a person's data later leaves the chain whole: say
what changed and give the number of the promise. Texts are masked besides.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from voicebot.records.database import Database
from voicebot.records.errors import InvalidRecord
from voicebot.records.masking import mask
from voicebot.records.models import AuditRow, Base
from voicebot.records.types import utc_now

Detail = str | int | bool | None

BEGINNING = "0" * 64
PERSONAL = frozenset({"name", "afm", "amka", "mobile", "phone", "email", "number", "text"})
# An arbitrary key for PostgreSQL's advisory lock.
_CHAIN_LOCK = 1555_0002
_BATCH = 1000
_LINKS = Base.metadata.tables["audit"]
_LAST = select(_LINKS.c.sequence, _LINKS.c.hash).order_by(_LINKS.c.sequence.desc()).limit(1)
_LINK = insert(_LINKS)


@dataclass(frozen=True)
class Link:
    """One row of the chain. `details` is canonical JSON."""

    sequence: int
    at: str
    who: str
    what: str
    subject: str
    details: str
    previous: str
    hash: str


@dataclass(frozen=True)
class Verdict:
    """What looking through the chain found.

    Attributes:
        rows: how many are sound, from the beginning.
        head: hash of the last sound row.
        broken_at: sequence of the first row that is wrong or missing; None when all is sound.
        reason: what is wrong with it.
    """

    rows: int
    head: str
    broken_at: int | None = None
    reason: str | None = None


async def append(
    session: AsyncSession,
    who: str,
    what: str,
    subject: str | int,
    details: Mapping[str, Detail] | None = None,
    *,
    now: datetime | None = None,
) -> int:
    """Add a link in the transaction of the change; call it last, since all who append wait for
    each other until the commit.

    Args:
        who: the person at the desk or the part of the program ("line", "scheduler").
        what: "case.closed", "appointment.booked": the thing, a dot, what happened to it.
        subject: number or id of the promise.
        details: what changed. Texts are masked; numbers of promises belong in `subject`.

    Returns:
        The sequence number of the link, from 1 without gaps.

    Raises:
        InvalidRecord: a value is too long, or a detail is personal by its name.
    """
    for name, value, longest in (("who", who, 128), ("what", what, 64), ("subject", subject, 64)):
        if not 0 < len(str(value)) <= longest:
            raise InvalidRecord(f"audit {name}: 1 to {longest} characters are needed")
    if personal := PERSONAL & (details or {}).keys():
        raise InvalidRecord(f"audit details: {sorted(personal)} would be personal; leave them out")
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(text(f"SELECT pg_advisory_xact_lock({_CHAIN_LOCK})"))
    last = (await session.execute(_LAST)).first()
    sequence, previous = (1, BEGINNING) if last is None else (last.sequence + 1, last.hash)
    fields = {
        "sequence": sequence,
        "at": (now or utc_now()).astimezone(UTC).isoformat(timespec="microseconds"),
        "who": who,
        "what": what,
        "subject": str(subject),
        "details": _details(details or {}),
        "previous": previous,
    }
    await session.execute(_LINK, {**fields, "hash": digest(fields)})
    return sequence


class Audit:
    """Read and verify the chain."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def about(self, subject: str | int, *, limit: int = 200) -> tuple[Link, ...]:
        """The links about one promise, in order."""

        async def work(session: AsyncSession) -> tuple[Link, ...]:
            rows = await session.scalars(
                select(AuditRow)
                .where(AuditRow.subject == str(subject))
                .order_by(AuditRow.sequence)
                .limit(limit)
            )
            return tuple(_link(row) for row in rows)

        return await self._database.read(work)

    async def verify(self, expected: tuple[int, str] | None = None) -> Verdict:
        """Look through the whole chain.

        Args:
            expected: a sequence number and the hash that it had when somebody noted it down.
        """

        async def work(session: AsyncSession) -> Verdict:
            rows, head = 0, BEGINNING
            while True:
                links = list(
                    await session.scalars(
                        select(AuditRow)
                        .where(AuditRow.sequence > rows)
                        .order_by(AuditRow.sequence)
                        .limit(_BATCH)
                    )
                )
                for link in map(_link, links):
                    if reason := _fault(link, rows + 1, head, expected):
                        return Verdict(rows, head, rows + 1, reason)
                    rows, head = link.sequence, link.hash
                if len(links) < _BATCH:
                    break
                session.expunge_all()
            if expected is not None and expected[0] > rows:
                return Verdict(rows, head, rows + 1, f"missing: there were {expected[0]} rows")
            return Verdict(rows, head)

        return await self._database.read(work)


def digest(fields: Mapping[str, object]) -> str:
    """SHA-256, as hexadecimal digits, of the canonical JSON of a link without its own hash."""
    return hashlib.sha256(_canonical(fields).encode()).hexdigest()


def _canonical(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _details(details: Mapping[str, Detail]) -> str:
    return _canonical(
        {name: mask(value) if isinstance(value, str) else value for name, value in details.items()}
    )


def _fault(
    link: Link, sequence: int, previous: str, expected: tuple[int, str] | None
) -> str | None:
    if link.sequence != sequence:
        return f"missing: row {link.sequence} follows row {sequence - 1}"
    if link.previous != previous:
        return "it does not continue the row before it"
    fields = {name: value for name, value in vars(link).items() if name != "hash"}
    if digest(fields) != link.hash:
        return "it was changed after it was written"
    if expected is not None and expected[0] == sequence and expected[1] != link.hash:
        return "it is not the row that was noted: the chain was made anew"
    return None


def _link(row: AuditRow) -> Link:
    return Link(
        sequence=row.sequence,
        at=row.at,
        who=row.who,
        what=row.what,
        subject=row.subject,
        details=row.details,
        previous=row.previous,
        hash=row.hash,
    )

"""Who may log in at the desk by name, with which role."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import re
import secrets

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from voicebot.records import audit
from voicebot.records.database import Database
from voicebot.records.errors import AlreadyFinished, InvalidRecord, NotFound
from voicebot.records.models import DeskUserRow
from voicebot.records.people_types import DeskRole, DeskUser
from voicebot.records.types import Clock

SHORTEST_PASSWORD = 10
_NAME = re.compile(r"[a-z][a-z0-9._-]{0,62}")
# 32 MiB and about a twelfth of a second: guessing is dear, logging in is not felt.
_N, _R, _P = 2**15, 8, 1
_MEMORY = 64 * 2**20


class DeskUsers:
    """The people at the desk. Passwords are kept as salted scrypt hashes."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def add(self, name: str, role: DeskRole, password: str, *, who: str) -> DeskUser:
        """Let somebody in; one who was shut out before comes back with the new role and password.

        Raises:
            InvalidRecord: the name or the password cannot be used.
            AlreadyFinished: there is such a person.
        """
        if not _NAME.fullmatch(name):
            raise InvalidRecord("name: small Latin letters, digits, . _ -, beginning with a letter")
        if len(password) < SHORTEST_PASSWORD:
            raise InvalidRecord(f"password: at least {SHORTEST_PASSWORD} characters are needed")
        hashed = await asyncio.to_thread(hash_password, password)
        now = self._clock()

        async def work(session: AsyncSession) -> DeskUser:
            row = await session.get(DeskUserRow, name)
            if row is not None and row.disabled_at is None:
                raise AlreadyFinished(f"there is a person {name!r} already; remove first")
            if row is None:
                row = DeskUserRow(name=name, created_at=now)
                session.add(row)
            row.role, row.password_hash, row.disabled_at = role, hashed, None
            await audit.append(session, who, "desk_user.added", name, {"role": role}, now=now)
            return _user(row)

        return await self._database.write(work)

    async def remove(self, name: str, *, who: str) -> None:
        """Shut somebody out; what they did stays theirs.

        Raises:
            NotFound: there is no such person.
        """
        now = self._clock()

        async def work(session: AsyncSession) -> None:
            row = await session.get(DeskUserRow, name)
            if row is None or row.disabled_at is not None:
                raise NotFound(f"there is no person {name!r} at the desk")
            row.disabled_at = now
            await audit.append(session, who, "desk_user.removed", name, now=now)

        await self._database.write(work)

    async def find(self, name: str) -> DeskUser | None:
        """Somebody who may come in, or None."""

        async def work(session: AsyncSession) -> DeskUser | None:
            row = await session.get(DeskUserRow, name)
            return None if row is None or row.disabled_at is not None else _user(row)

        return await self._database.read(work)

    async def all(self) -> tuple[DeskUser, ...]:
        """Everybody, also those who were shut out, by name."""

        async def work(session: AsyncSession) -> tuple[DeskUser, ...]:
            rows = await session.scalars(select(DeskUserRow).order_by(DeskUserRow.name))
            return tuple(_user(row) for row in rows)

        return await self._database.read(work)

    async def admit(self, name: str, password: str) -> DeskUser | None:
        """The person, if name and password fit; it takes as long when there is no such person."""

        async def work(session: AsyncSession) -> tuple[DeskUser, str] | None:
            row = await session.get(DeskUserRow, name)
            if row is None or row.disabled_at is not None:
                return None
            return _user(row), row.password_hash

        found = await self._database.read(work)
        stored = found[1] if found is not None else _NOBODY
        fits = await asyncio.to_thread(is_password, password, stored)
        return found[0] if found is not None and fits else None


def hash_password(password: str) -> str:
    """A salted hash with its parameters: `scrypt$n$r$p$salt$hash`."""
    salt = secrets.token_bytes(16)
    return f"scrypt${_N}${_R}${_P}${salt.hex()}${_scrypt(password, salt, _N, _R, _P).hex()}"


def is_password(password: str, stored: str) -> bool:
    """Whether the password is the one of a stored hash."""
    _, n, r, p, salt, digest = stored.split("$")
    made = _scrypt(password, bytes.fromhex(salt), int(n), int(r), int(p))
    return hmac.compare_digest(made, bytes.fromhex(digest))


def _scrypt(password: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=n, r=r, p=p, maxmem=_MEMORY, dklen=32)


# No password has this hash.
_NOBODY = f"scrypt${_N}${_R}${_P}${'00' * 16}${'00' * 32}"


def _user(row: DeskUserRow) -> DeskUser:
    return DeskUser(row.name, row.role, row.created_at, row.disabled_at)

"""Leave to send one INVITE, good for as long as this process surely holds its claim.

The records give leave in a transaction that renews the claim. The moment before that transaction,
on this machine's monotonic clock, plus the lease, is before the claim can run out for anybody else:
an INVITE that would be sent later is not sent.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Permit:
    """Leave to ring, until a moment of `time.monotonic`."""

    until_s: float

    @property
    def is_good(self) -> bool:
        """Whether the claim is surely held at this very moment; ask right before the INVITE."""
        return time.monotonic() < self.until_s


MayRing = Callable[[], Awaitable[Permit | None]]
"""Asks for leave, once for an attempt; None: the hours are over. Raises ClaimLost: nobody may be
rung."""


async def ask(step: Callable[[], Awaitable[bool]], lease: timedelta) -> Permit | None:
    """Ask the records for leave."""
    until_s = time.monotonic() + lease.total_seconds()
    return Permit(until_s) if await step() else None


async def surely(work: Coroutine[Any, Any, T]) -> T:
    """Do something to its end, even when cancelled meanwhile: what is known must be written down,
    or somebody who was reached would be rung again.

    Raises:
        asyncio.CancelledError: afterwards, when cancelled.
    """
    task = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        raise cancelled
    return task.result()

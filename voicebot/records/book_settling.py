"""A change that an outside booking system did not answer: it may have been made all the same.

The caller was told that the system is away, so nothing may stand that they do not know of. The
change is asked for once more under its own key, which tells what became of it: an appointment that
was made is taken back, a move or a cancellation that the caller had confirmed is told to them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from voicebot.records.due_work import schedule
from voicebot.records.reminders import Occasion
from voicebot.records.work_types import Payload

SETTLE = "book_settle"

# Until then the other system may still be at it.
_FIRST_LOOK = timedelta(seconds=15)
# The pauses double up to a quarter of an hour: about three hours.
_MAX_ATTEMPTS = 20


@dataclass(frozen=True)
class Unsettled:
    """The request as it was made.

    Attributes:
        what: what it was to do.
        who: for the audit.
        content: its body, which names the person; kept until it is settled and then wiped out.
    """

    what: Occasion
    who: str
    method: str
    path: str
    key: str
    content: str = field(repr=False)

    @classmethod
    def of(cls, payload: Payload) -> Unsettled:
        """What was written down."""
        known = dict(payload)
        return cls(
            what=Occasion(known["what"]),
            who=known["who"],
            method=known["method"],
            path=known["path"],
            key=known["key"],
            content=known["content"],
        )

    async def write_down(self, session: AsyncSession, now: datetime) -> None:
        """Make it due work, in the running transaction."""
        payload = (
            ("what", self.what.value),
            ("who", self.who),
            ("method", self.method),
            ("path", self.path),
            ("key", self.key),
            ("content", self.content),
        )
        await schedule(
            session,
            SETTLE,
            self.key,
            now + _FIRST_LOOK,
            key=SETTLE,
            payload=payload,
            max_attempts=_MAX_ATTEMPTS,
            now=now,
        )

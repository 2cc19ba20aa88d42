"""By when a case must be answered: the known legal limits.

They are for those who work on cases. They are never told to callers: a limit in a law is not a
promise to one person.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Limit:
    """So many days after the case was opened, and where that comes from."""

    days: int
    basis: str

    def after(self, opened_at: datetime) -> datetime:
        """The moment when it runs out."""
        return opened_at + timedelta(days=self.days)


GENERAL = Limit(50, "default: Law 2690/1999 art. 4 (to be confirmed by the operator)")

_BY_TOPIC = {
    "E01": Limit(90, "main pension overdue after three months (press, 2026-03-06)"),
    "E02": Limit(90, "main pension overdue after three months (press, 2026-03-06)"),
    "E03": Limit(90, "main pension overdue after three months (press, 2026-03-06)"),
    "D03": Limit(90, "unemployment benefit: three months (mitos.gov.gr 356865)"),
}


def limit_for(topic: str | None) -> Limit:
    """The limit for a topic code such as E01."""
    return _BY_TOPIC.get(topic or "", GENERAL)

"""Slows down those who guess the token."""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta

FAILURES = 5
WITHIN = timedelta(minutes=1)
_ADDRESSES = 1000


class LoginThrottle:
    """Counts failed logins by address; the oldest addresses are forgotten first."""

    def __init__(self) -> None:
        self._failures: dict[str, deque[datetime]] = {}

    def blocks(self, address: str, now: datetime) -> bool:
        """Whether the address has failed too often lately."""
        failures = self._failures.get(address, deque())
        while failures and now - failures[0] > WITHIN:
            failures.popleft()
        return len(failures) >= FAILURES

    def failed(self, address: str, now: datetime) -> None:
        """Count a failure."""
        self._failures.setdefault(address, deque(maxlen=FAILURES)).append(now)
        while len(self._failures) > _ADDRESSES:
            del self._failures[next(iter(self._failures))]

    def succeeded(self, address: str) -> None:
        """Forget the failures."""
        self._failures.pop(address, None)

"""No caller is left in silence while the machine works, and no call hangs for ever."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

FIRST_FILLER_S = 1.8
"""After the caller's last word has been waited for, so that nobody hears 3 s of nothing."""

NEXT_FILLER_S = 6.0
STUCK_S = 25.0


class ResponseWatch:
    """Runs from the moment the machine owes the caller an answer until the answer is heard.

    Args:
        on_slow: called after 1.8 s, then every 6 s, with how often it was before.
        on_stuck: called once after 25 s.
    """

    def __init__(self, on_slow: Callable[[int], None], on_stuck: Callable[[], None]) -> None:
        self._on_slow = on_slow
        self._on_stuck = on_stuck
        self._slow: asyncio.TimerHandle | None = None
        self._stuck: asyncio.TimerHandle | None = None
        self._times = 0

    @property
    def is_running(self) -> bool:
        """True while an answer is owed."""
        return self._stuck is not None

    def start(self) -> None:
        """An answer is owed from now on; when one is owed already nothing changes."""
        if self._stuck is not None:
            return
        loop = asyncio.get_running_loop()
        self._times = 0
        self._slow = loop.call_later(FIRST_FILLER_S, self._be_slow)
        self._stuck = loop.call_later(STUCK_S, self._be_stuck)

    def stop(self) -> None:
        """The answer is heard, or nothing is owed."""
        for handle in (self._slow, self._stuck):
            if handle is not None:
                handle.cancel()
        self._slow = self._stuck = None

    def _be_slow(self) -> None:
        times, self._times = self._times, self._times + 1
        self._slow = asyncio.get_running_loop().call_later(NEXT_FILLER_S, self._be_slow)
        self._on_slow(times)

    def _be_stuck(self) -> None:
        self.stop()
        self._on_stuck()

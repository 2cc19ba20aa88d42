"""The values of outgoing calls that cross the border of the records."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from voicebot.records.types import Agency, AttemptResult, Callback, CallbackOrigin
from voicebot.settings import Hours


@dataclass(frozen=True)
class DialRules:
    """What the dialler may do.

    Attributes:
        hours: when citizens may be rung.
        max_attempts: how often one is rung before the promise is given up.
        pauses: after the first, second, ... attempt; the last one stays.
        agent_pause: after nobody at the desk was free, or before the citizen's phone rang at all.
        patience: so long after its window a callback is still tried; by default it is kept in
            its window or given up.
        ring: how long a citizen's phone rings at most.
        prefixes: what a number must begin with, in E.164.
    """

    hours: Hours
    max_attempts: int = 4
    pauses: tuple[timedelta, ...] = (
        timedelta(minutes=15),
        timedelta(hours=1),
        timedelta(hours=3),
    )
    agent_pause: timedelta = timedelta(minutes=2)
    patience: timedelta = timedelta(0)
    ring: timedelta = timedelta(seconds=30)
    prefixes: tuple[str, ...] = ("+302", "+3069")

    def pause_after(self, attempts: int) -> timedelta:
        """How long to wait after so many attempts."""
        return self.pauses[min(max(attempts, 1), len(self.pauses)) - 1]


@dataclass(frozen=True)
class Attempt:
    """One attempt, written down before anybody is rung.

    Attributes:
        ordinal: from 1; unique for its callback or person.
        dialled_at: when leave was given to ring the citizen; None: their phone did not ring.
        answered_at: when the citizen's phone was answered, by whomever.
        ended_at: when the result was known.
    """

    attempt_id: int
    ordinal: int
    started_at: datetime
    dialled_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    result: AttemptResult | None = None
    message_left: bool = False


@dataclass(frozen=True)
class Ring:
    """Ring now: the attempt is written down."""

    callback: Callback
    attempt: Attempt


@dataclass(frozen=True)
class Wait:
    """Not now; look again at a moment."""

    until: datetime
    reason: str


@dataclass(frozen=True)
class Over:
    """There is nothing to ring for any more. `case` is the one that it was given up into."""

    reason: str
    case: str | None = None


Step = Ring | Wait | Over


@dataclass(frozen=True)
class CallbackFigures:
    """What became of the callbacks asked for since a moment. The classes do not overlap: their sum
    is `requested`.

    Attributes:
        kept: connected within the window (or before it ended).
        late: connected, after the window was over.
        given_up: never connected, now a case or dropped by a person.
        cancelled: by the citizen, or a wish never to be rung.
        overdue: still open, window over.
        waiting: still open, window not over.
        broken: late + overdue + given up: nobody was connected in the window, for whatever reason.
        median_wait_s, p95_wait_s: from the request to being connected, of those connected.
        median_wait_all_s: of all but the cancelled, those not connected (given up too) counted with
            the time that has passed since they asked: a lower bound, and never zero.
        oldest_open_s: the longest wait that goes on.
        attempts: how often the citizen was rung: how many callbacks.
        results: how the attempts ended.
    """

    since: datetime
    requested: int
    kept: int
    late: int
    given_up: int
    cancelled: int
    overdue: int
    waiting: int
    broken: int
    median_wait_s: float | None
    p95_wait_s: float | None
    median_wait_all_s: float | None
    oldest_open_s: float | None
    attempts: dict[int, int] = field(default_factory=dict)
    results: dict[AttemptResult, int] = field(default_factory=dict)
    origins: dict[CallbackOrigin, int] = field(default_factory=dict)
    by_agency: dict[Agency | None, int] = field(default_factory=dict)

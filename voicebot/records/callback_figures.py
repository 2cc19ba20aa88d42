"""What became of callbacks, in figures that hide nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from voicebot.records.dial_types import CallbackFigures
from voicebot.records.types import AttemptResult, Callback, CallbackStatus


def figures_of(
    callbacks: Sequence[Callback],
    results: Iterable[AttemptResult | None],
    since: datetime,
    now: datetime,
) -> CallbackFigures:
    """Count; see `CallbackFigures` for what each figure means.

    Args:
        callbacks: those asked for since then.
        results: of all their attempts; None for one that goes on.
    """
    classes = Counter(_class(callback, now) for callback in callbacks)
    waits = sorted(
        _seconds(callback, callback.connected_at) for callback in callbacks if callback.connected_at
    )
    # Who was given up still waits: a case is no answer yet.
    all_waits = sorted(
        _seconds(callback, callback.connected_at or now)
        for callback in callbacks
        if callback.status is not CallbackStatus.CANCELLED
    )
    still = [_seconds(one, now) for one in callbacks if one.ended_at is None]
    return CallbackFigures(
        since=since,
        requested=len(callbacks),
        kept=classes["kept"],
        late=classes["late"],
        given_up=classes["given_up"],
        cancelled=classes["cancelled"],
        overdue=classes["overdue"],
        waiting=classes["waiting"],
        broken=classes["late"] + classes["overdue"] + classes["given_up"],
        median_wait_s=quantile(waits, 0.5),
        p95_wait_s=quantile(waits, 0.95),
        median_wait_all_s=quantile(all_waits, 0.5),
        oldest_open_s=max(still, default=None),
        attempts=dict(sorted(Counter(callback.attempts for callback in callbacks).items())),
        results=dict(Counter(result for result in results if result is not None)),
        origins=dict(Counter(callback.origin for callback in callbacks)),
        by_agency=dict(Counter(callback.agency for callback in callbacks)),
    )


def quantile(ordered: Sequence[float], share: float) -> float | None:
    """The smallest value that at least this share does not exceed; None of nothing."""
    if not ordered:
        return None
    rank = -(-len(ordered) * round(share * 1000) // 1000)  # rounded up
    return ordered[max(rank, 1) - 1]


def _class(callback: Callback, now: datetime) -> str:
    if callback.connected_at is not None:
        return "kept" if callback.connected_at <= callback.window.ends_at else "late"
    if callback.status is CallbackStatus.GIVEN_UP:
        return "given_up"
    if callback.status is CallbackStatus.CANCELLED:
        return "cancelled"
    return "overdue" if now > callback.window.ends_at else "waiting"


def _seconds(callback: Callback, until: datetime) -> float:
    return (until - callback.requested_at).total_seconds()

"""When a callback is tried next, and when there is no moment left for it. Pure rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from voicebot.records.calling_hours import next_allowed
from voicebot.records.dial_types import DialRules
from voicebot.records.types import Window


@dataclass(frozen=True)
class Tried:
    """How far a callback is.

    Attributes:
        attempts: how often the citizen was rung.
        not_before: the end of the pause after the last attempt.
    """

    number: str
    window: Window
    attempts: int = 0
    not_before: datetime | None = None


def next_moment(tried: Tried, rules: DialRules, now: datetime) -> datetime | str:
    """The first moment from now on at which the citizen may be rung: within the window (and what
    patience the rules have), within the hours, after the pause. Or why there is none."""
    if not tried.number.startswith(rules.prefixes):
        return "a number that is never rung"
    if tried.attempts >= rules.max_attempts:
        return "rung as often as allowed"
    moment = max(now, tried.window.starts_at, tried.not_before or now)
    try:
        moment = next_allowed(rules.hours, moment)
    except ValueError as error:
        return str(error)
    if moment > tried.window.ends_at + rules.patience:
        return "its window has no moment left"
    return moment

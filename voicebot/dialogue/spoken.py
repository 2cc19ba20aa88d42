"""Days, times and windows as they are written to be spoken."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from voicebot.dialogue.prompts import times as prompts
from voicebot.records.types import ATHENS, Window
from voicebot.understanding.dates import say_date
from voicebot.understanding.times import say_time


def spoken_day(day: date, today: date) -> str:
    """«αύριο, Τετάρτη 25 Νοεμβρίου», «Τρίτη 1 Δεκεμβρίου»."""
    said = say_date(day)
    if day == today:
        return f"{prompts.TODAY}, {said}"
    if day == today + timedelta(days=1):
        return f"{prompts.TOMORROW}, {said}"
    return said


def spoken_time(moment: datetime) -> str:
    """«στις 10:30»."""
    return prompts.at(say_time(moment.astimezone(ATHENS).time()))


def spoken_moment(moment: datetime, today: date) -> str:
    """«Τρίτη 1 Δεκεμβρίου στις 10:30»."""
    return f"{spoken_day(moment.astimezone(ATHENS).date(), today)} {spoken_time(moment)}"


def spoken_window(window: Window, today: date) -> str:
    """«αύριο, Τετάρτη 25 Νοεμβρίου, από τις 8:00 έως τις 12:00»."""
    starts, ends = (moment.astimezone(ATHENS) for moment in (window.starts_at, window.ends_at))
    day = spoken_day(starts.date(), today)
    return prompts.between(day, say_time(starts.time()), say_time(ends.time()))

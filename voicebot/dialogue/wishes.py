"""When something suits the caller: days and times of day, and how an offer is asked to differ."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from voicebot.dialogue.commands import says_any
from voicebot.records.schedule import ANY_TIME, DateRange, TimeRange
from voicebot.understanding.dates import DateSpan, parse_date
from voicebot.understanding.parsed import Parsed
from voicebot.understanding.times import TimeSpan, parse_time

_COMPARED = re.compile(r"\bπιο\s+(νωρίς|νωρις|αργά|αργα|πρωί|πρωι)\b|\bνωρίτερα\b", re.IGNORECASE)
_LEAST_CONFIDENCE = 0.45
_PLAIN = 0.95


class Change(StrEnum):
    """How the next offers should differ from these."""

    LATER = "later"
    EARLIER = "earlier"
    OTHER_DAY = "other_day"
    ELSEWHERE = "elsewhere"
    BY_VIDEO = "by_video"
    BY_PHONE = "by_phone"
    NEXT_WEEK = "next_week"
    OTHERS = "others"
    NONE = "none"


# The first that is said counts.
_CHANGES: tuple[tuple[Change, tuple[str, ...]], ...] = (
    (
        Change.ELSEWHERE,
        (
            "σε άλλο κατάστημα",
            "άλλο κατάστημα",
            "άλλο υποκατάστημα",
            "σε άλλο υποκατάστημα",
            "κάπου αλλού",
            "αλλού",
            "σε άλλη περιοχή",
            "σε άλλον δήμο",
            "σε άλλη πόλη",
        ),
    ),
    (
        Change.BY_VIDEO,
        ("με βίντεο", "με βιντεοκλήση", "βιντεοκλήση", "από τον υπολογιστή", "με κάμερα"),
    ),
    (Change.BY_PHONE, ("τηλεφωνικά", "από το τηλέφωνο", "με ένα τηλεφώνημα")),
    (
        Change.NEXT_WEEK,
        (
            "την επόμενη εβδομάδα",
            "την άλλη εβδομάδα",
            "την άλλη βδομάδα",
            "την επόμενη βδομάδα",
            "την παράλλη βδομάδα",
        ),
    ),
    (
        Change.OTHER_DAY,
        (
            "άλλη μέρα",
            "άλλη ημέρα",
            "άλλες μέρες",
            "άλλες ημέρες",
            "μια άλλη μέρα",
            "διαφορετική μέρα",
            "διαφορετική ημέρα",
            "όχι αυτή τη μέρα",
            "εκείνη τη μέρα δεν μπορώ",
            "αυτή τη μέρα δεν μπορώ",
            "την επόμενη μέρα",
            "την επόμενη ημέρα",
        ),
    ),
    (
        Change.LATER,
        ("πιο αργά", "αργότερα", "πιο μετά", "πιο κάτω", "λίγο αργότερα", "πιο ύστερα", "αργά"),
    ),
    (
        Change.EARLIER,
        ("πιο νωρίς", "νωρίτερα", "πιο πριν", "πιο μπροστά", "πιο πρωί", "πρωινότερα", "νωρίς"),
    ),
    (
        Change.OTHERS,
        (
            "άλλη ώρα",
            "άλλες ώρες",
            "άλλα",
            "κάτι άλλο",
            "άλλο",
            "τι άλλο",
            "άλλες επιλογές",
            "άλλη επιλογή",
            "υπάρχει άλλη",
            "έχετε άλλη",
            "δεν με βολεύει",
            "δεν με βολεύουν",
            "δε με βολεύει",
            "δεν μπορώ",
            "δε μπορώ",
            "καμία",
            "κανένα",
            "τίποτα από αυτά",
            "τίποτα δεν με βολεύει",
            "δεν με βολεύει τίποτα",
        ),
    ),
)


CHANGES: tuple[str, ...] = tuple(phrase for _, phrases in _CHANGES for phrase in phrases)
"""Everything that asks for other offers, for the list that the recogniser listens for."""


@dataclass(frozen=True)
class Wish:
    """The days and times that would do; None where the caller does not mind."""

    days: DateRange | None = None
    times: TimeRange | None = None

    @property
    def time_range(self) -> TimeRange:
        """The times of day, the whole day by default."""
        return self.times or ANY_TIME

    @property
    def day_range(self) -> DateRange | None:
        """The days, None for any."""
        return self.days

    @property
    def empty(self) -> bool:
        """Nothing was wished."""
        return self.days is None and self.times is None

    def refined(self, newer: Wish, *, on: date | None) -> Wish:
        """This wish with what a newer one says; a time without a day is meant for the day `on`
        that was just talked about."""
        if newer.days is not None:
            return Wish(newer.days, newer.times or self.times)
        days = DateRange(on, on) if on is not None else self.days
        return Wish(days, newer.times)

    def hours(self, opens: time, closes: time, *, exact: timedelta) -> tuple[time, time]:
        """From when to when within opening hours; an exact time is given some length."""
        if self.times is None:
            return opens, closes
        earliest, latest = self.times.earliest, self.times.latest
        if earliest == latest:
            end = datetime.combine(date.min, earliest) + exact
            latest = end.time()
        return max(opens, earliest), min(closes, latest)


def read_wish(
    readings: Sequence[tuple[str, float]], now: datetime, *, within: bool = False
) -> Wish | None:
    """The wish in the best reading that has one; None when no day or time was named.

    Args:
        within: the utterance is about something larger, so that a bare number is no hour.
    """
    least = _PLAIN if within else _LEAST_CONFIDENCE
    for text, _ in readings:
        wish = _wish(text, now, least)
        if not wish.empty:
            return wish
    return None


def _wish(text: str, now: datetime, least: float) -> Wish:
    # «πιο νωρίς» compares with what was offered; only «νωρίς» is a time of day.
    text = _COMPARED.sub(" ", text)
    day = next((p for p in parse_date(text, now.date())[:1] if p.confidence >= least), None)
    time_ = next((p for p in parse_time(text, now)[:1] if p.confidence >= least), None)
    if day is not None and time_ is not None and _same_words(day, time_):
        # «στις δέκα» is an hour before it is the tenth.
        day = day if day.confidence >= time_.confidence else None
    return Wish(
        DateRange(day.value.first, day.value.last) if day is not None else None,
        TimeRange(time_.value.earliest, time_.value.latest) if time_ is not None else None,
    )


def read_change(readings: Sequence[tuple[str, float]]) -> Change | None:
    """How the offers should differ; None when nothing of the kind was said."""
    for text, _ in readings:
        for change, phrases in _CHANGES:
            if says_any(text, phrases):
                return change
    return None


def _same_words(one: Parsed[DateSpan], other: Parsed[TimeSpan]) -> bool:
    return one.span.first <= other.span.last and other.span.first <= one.span.last

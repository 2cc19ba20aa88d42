"""Mentions of periods and feasts: weeks, months and their parts, holidays, any day at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from voicebot.understanding.data import calendar_words as table
from voicebot.understanding.data.feasts import (
    FIXED_FEASTS,
    HOLIDAY_SEASONS,
    MOVABLE_FEASTS,
    MOVABLE_SEASONS,
)
from voicebot.understanding.date_mentions import (
    MODIFIERS,
    Kind,
    Mention,
    Reader,
    is_in,
    month_at,
    skip,
    year_at,
)
from voicebot.understanding.date_spans import (
    DateSpan,
    month_of,
    one_day,
    thirds,
    two_weeks_from,
    week_of,
)
from voicebot.understanding.holidays_gr import next_working_day, orthodox_easter
from voicebot.understanding.words import Word, match_phrase

_SATURDAY = 5


def read_week(words: Sequence[Word], start: int, today: date) -> Iterator[Mention]:
    """«την άλλη βδομάδα», «μέσα στη βδομάδα», «το Σαββατοκύριακο», «την επόμενη εργάσιμη»."""
    position, modifier = start, ""
    if words[position].sound in MODIFIERS:
        modifier, position = words[position].sound, skip(words, position + 1, table.ARTICLES)
    if position >= len(words):
        if modifier in table.AFTER_NEXT:  # «όχι την άλλη βδομάδα, την παράλλη»
            span = week_of(today + timedelta(weeks=2))
            yield Mention(start, position, span, Kind.WEEK, 0.95)
        return
    if words[start].text == "απο" and is_in(words, start + 1, table.WEEK):
        span = week_of(today + timedelta(weeks=1))
        yield Mention(start, start + 2, span, Kind.WEEK, 0.8)
        return
    weeks = 1 if modifier in table.NEXT | table.OTHER else 2 if modifier in table.AFTER_NEXT else 0
    if is_in(words, position, table.WEEKEND):
        friday = week_of(today + timedelta(weeks=weeks)).first + timedelta(days=4)
        span = DateSpan(friday + timedelta(days=1), friday + timedelta(days=2))
        yield Mention(start, position + 1, span, Kind.WEEK, 0.9)
    elif is_in(words, position, table.WEEK) and (modifier or start > 0):
        span = week_of(today + timedelta(weeks=weeks))
        if not weeks:
            span = DateSpan(today, span.last)
        yield Mention(start, position + 1, span, Kind.WEEK, 0.93 if modifier else 0.75)
    elif modifier and is_in(words, position, table.WORKING):
        span = one_day(next_working_day(today))
        yield Mention(start, skip(words, position + 1, table.DAYS), span, Kind.RELATIVE, 0.9)
    elif modifier in table.NEXT and is_in(words, position, table.DAYS):
        span = one_day(today + timedelta(days=1))
        yield Mention(start, position + 1, span, Kind.RELATIVE, 0.6)


def read_nth(words: Sequence[Word], start: int, today: date) -> Iterator[Mention]:
    """«την πρώτη Παρασκευή του Δεκέμβρη», «τη δεύτερη βδομάδα του μήνα»."""
    nth = table.NTH.get(words[start].sound)
    if nth is None or start + 2 >= len(words):
        return
    weekday = table.WEEKDAY_SOUNDS.get(words[start + 1].sound)
    if weekday is None and not is_in(words, start + 1, table.WEEK):
        return
    of = skip(words, start + 2, table.ARTICLES)
    for whole in read_month(words, of, today) if of < len(words) else ():
        first = whole.span.first.replace(day=1)
        last = month_of(first.year, first.month).last
        if nth > 0:
            day = first + timedelta(days=((weekday or 0) - first.weekday()) % 7, weeks=nth - 1)
        else:
            day = last - timedelta(days=(last.weekday() - (weekday or 0)) % 7)
        if weekday is None and nth > 0:
            day = week_of(first).first + timedelta(weeks=nth - (first.weekday() < _SATURDAY))
        span = one_day(day) if weekday is not None else week_of(day)
        yield Mention(start, whole.end, span, Kind.DATE, 0.9)
        return


def read_month(words: Sequence[Word], start: int, today: date) -> Iterator[Mention]:
    """«τον Δεκέμβρη», «τον άλλο μήνα», «αυτόν τον μήνα», «του μήνα»."""
    tenth = table.TENTHS.get(words[start].sound)
    if tenth is not None and is_in(words, start + 1, table.TEN_DAYS):
        of = skip(words, start + 2, table.ARTICLES)
        for whole in read_month(words, of, today) if of < len(words) else ():
            part = thirds(month_of(whole.span.first.year, whole.span.first.month))[tenth]
            yield Mention(start, whole.end, part, Kind.WEEK, 0.9)
        return
    month = month_at(words, start)
    if month is not None:
        year = today.year + (month < today.month)
        said = year_at(words, start + 1)
        end = start + 1
        if said:
            year, end = said
        elif match_phrase(words, end, table.YEAR_AHEAD):
            year, end = today.year + 1, end + 2
        yield Mention(start, end, month_of(year, month), Kind.MONTH, 0.85)
        return
    position, ahead = start, 0
    if words[start].sound in MODIFIERS:
        modifier = words[start].sound
        ahead = 2 if modifier in table.AFTER_NEXT else 0 if modifier in table.THIS else 1
        position = skip(words, start + 1, table.ARTICLES)
    if is_in(words, position, table.MONTH):
        span = month_of(today.year, today.month + ahead)
        if not ahead:
            span = DateSpan(today if position > start else span.first, span.last)
        yield Mention(start, position + 1, span, Kind.MONTH, 0.85 if position > start else 0.6)
    elif match_phrase(words, start, table.YEAR_AHEAD):
        span = DateSpan(date(today.year + 1, 1, 1), date(today.year + 1, 12, 31))
        yield Mention(start, start + 2, span, Kind.MONTH, 0.6)


def read_feast(words: Sequence[Word], start: int, today: date) -> Iterator[Mention]:
    """«του Αγίου Νικολάου», «την Καθαρά Δευτέρα», «τις γιορτές»: the next one from today on."""
    best: Mention | None = None
    for month, day, names in FIXED_FEASTS:
        length = match_phrase(words, start, names, near=True)
        if length and (best is None or length > best.end - start):
            found = date(today.year, month, day)
            found = found if found >= today else date(today.year + 1, month, day)
            best = Mention(start, start + length, one_day(found), Kind.FEAST, 0.93)
    for offset, names in MOVABLE_FEASTS:
        length = match_phrase(words, start, names, near=True)
        if length and (best is None or length > best.end - start):
            found = orthodox_easter(today.year) + timedelta(days=offset)
            if found < today:
                found = orthodox_easter(today.year + 1) + timedelta(days=offset)
            best = Mention(start, start + length, one_day(found), Kind.FEAST, 0.93)
    for first_offset, last_offset, names in MOVABLE_SEASONS:
        length = match_phrase(words, start, names, near=True)
        if length:
            easter = orthodox_easter(today.year)
            if easter + timedelta(days=last_offset) < today:
                easter = orthodox_easter(today.year + 1)
            ends = (easter + timedelta(days=offset) for offset in (first_offset, last_offset))
            best = Mention(start, start + length, DateSpan(*ends), Kind.FEAST, 0.93)
    for (month, day), (last_month, last_day), names in HOLIDAY_SEASONS:
        length = match_phrase(words, start, names, near=True)
        if length and best is None:
            year = today.year - (today <= date(today.year, last_month, last_day))
            span = DateSpan(date(year, month, day), date(year + 1, last_month, last_day))
            best = Mention(start, start + length, span, Kind.FEAST, 0.85)
    if best is not None:
        yield best


def read_any(words: Sequence[Word], start: int, today: date) -> Iterator[Mention]:
    """«όποια μέρα», «το συντομότερο»."""
    length = match_phrase(words, start, table.ANY_DAY)
    if length:
        yield Mention(start, start + length, two_weeks_from(today), Kind.ANY, 0.8)


PERIOD_READERS: tuple[Reader, ...] = (read_feast, read_nth, read_week, read_month, read_any)

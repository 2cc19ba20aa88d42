"""Times of day as they are said, as spans: "δέκα και μισή", "μετά τις δώδεκα", "το απογευματάκι".

An hour without a part of the day is read as people mean it toward an office: "στις δύο" is 14:00.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import pairwise

from voicebot.understanding.corrections import cut_at_corrections
from voicebot.understanding.data import time_words as table
from voicebot.understanding.data.calendar_words import MONTH_SOUNDS
from voicebot.understanding.numbers import confidence, split_joined, spoken_numbers
from voicebot.understanding.parsed import Parsed, Span
from voicebot.understanding.words import (
    Word,
    distance,
    match_phrase,
    sound,
    sounds,
    split,
)


@dataclass(frozen=True)
class TimeSpan:
    """A wish for a time of day.

    Attributes:
        earliest: from when on.
        latest: until when; equal to `earliest` for an exact time.
        preferred: the hour that was named, where one was ("κατά τις δέκα": 10:00 within a span).
    """

    earliest: time
    latest: time
    preferred: time | None = None

    @property
    def exact(self) -> bool:
        """One point in time was named."""
        return self.earliest == self.latest

    def covers(self, moment: time) -> bool:
        """Whether a time of day satisfies the wish."""
        return self.earliest <= moment <= self.latest


_WRITTEN = re.compile(r"(?<![\d/])(\d{1,2})[:.](\d{2})(?![\d/.])")
_MOST_COST = 1.3
_ABOUT_MARGIN = timedelta(minutes=30)


@dataclass(frozen=True)
class _Clock:
    """A time that was said, before the part of the day is known."""

    hour: int
    minute: int
    start: int
    end: int
    cost: float
    plain: bool


def parse_time(text: str, now: datetime | None = None) -> list[Parsed[TimeSpan]]:
    """Wishes for a time of day in a text, best first.

    Args:
        text: the utterance; it may also name a day.
        now: for "σε μία ώρα"; without it such wishes are not understood.

    >>> [str(p.value.earliest) for p in parse_time("έντεκα παρά τέταρτο")][:1]
    ['10:45:00']
    >>> [str(p.value.earliest) for p in parse_time("στις δύο")][:1]
    ['14:00:00']
    """
    text = _WRITTEN.sub(lambda m: f"{int(m[1])} και {int(m[2]) or 'μηδέν'}", text)
    whole = split_joined(split(text))
    words = _after_corrections(whole)
    offset = len(whole) - len(words)
    results: list[Parsed[TimeSpan]] = []
    relative = _relative(words, now)
    if relative is not None:
        results.append(relative)
    part = _part(words)
    clocks = _clocks(words)
    ranges = _ranges(words, clocks, part)
    doubt = 0.5 if ranges else 1.0
    results += ranges
    for clock in clocks:
        results += (
            Parsed(wish.value, wish.span, wish.confidence * doubt)
            for wish in _wishes(words, clock, part)
        )
    if part is not None and not any(p.confidence > 0.75 for p in results):
        first, last, earliest, latest = part
        results.append(Parsed(TimeSpan(earliest, latest), Span(first, last), 0.95))
    results.sort(key=lambda p: -p.confidence)
    unique: dict[TimeSpan, Parsed[TimeSpan]] = {}
    for parsed in results:
        moved = Span(parsed.span.first + offset, parsed.span.last + offset)
        unique.setdefault(parsed.value, Parsed(parsed.value, moved, parsed.confidence))
    return list(unique.values())


def say_time(moment: time) -> str:
    """As one writes it; the speaking side reads it aloud.

    >>> say_time(time(10, 30))
    '10:30'
    """
    return f"{moment.hour}:{moment.minute:02d}"


def _after_corrections(words: list[Word]) -> list[Word]:
    """The words of the last thing that was said ("στις δέκα, όχι, στις έντεκα")."""
    if match_phrase(words, 0, table.AFTER + table.BEFORE):
        return words
    for segment in reversed(cut_at_corrections(words)):
        said = list(segment.words)
        start = next((i for i in range(len(words)) if words[i:] == said), None)
        before = words[start - 1].sound if start else ""
        if start and before == sound("όχι") and said and said[0].sound in sounds("πριν μετά"):
            return words
        if _clocks(said) or _part(said):
            return said
    return words


def _clocks(words: Sequence[Word]) -> list[_Clock]:
    found: list[_Clock] = []
    position = 0
    while position < len(words):
        clock = _clock_at(words, position)
        if clock is None:
            position += 1
            continue
        found.append(clock)
        position = clock.end
    return found


def _clock_at(words: Sequence[Word], start: int) -> _Clock | None:
    half = _half_hour(words[start])
    if half is not None:
        return _Clock(half, 30, start, start + 1, 0.0, plain=False)
    if words[start].sound == table.TO:
        return _minutes_first(words, start)
    for number in spoken_numbers(words, start):
        if number.value > 24 or number.cost > _MOST_COST:
            continue
        if number.end < len(words) and (
            words[number.end].sound in table.NOT_HOURS or words[number.end].sound in MONTH_SOUNDS
        ):
            continue
        minute, end, cost = _minutes(words, number.end)
        hour = number.value
        if minute is not None and minute < 0:
            hour, minute = hour - 1 if hour > 1 else 12, minute + 60
        plain = minute is None
        after = end
        if after + 1 < len(words) and words[after].text == "η":
            after += 1
        if after < len(words) and words[after].sound in table.HOUR_WORDS:
            end, plain = after + 1, False
        if hour <= 23 or not minute:
            return _Clock(hour % 24, minute or 0, start, end, number.cost + cost, plain)
    return None


def _minutes_first(words: Sequence[Word], start: int) -> _Clock | None:
    """«παρά δέκα εννιά»: ten to nine."""
    after = start + 1
    options = [(n.value, n.end) for n in spoken_numbers(words, after) if n.value < 60]
    if after < len(words) and words[after].sound == table.QUARTER:
        options.append((15, after + 1))
    for minute, end in options:
        for number in spoken_numbers(words, end):
            if 1 <= number.value <= 12 and number.cost < 1:
                hour = number.value - 1 or 12
                return _Clock(hour, 60 - minute, start, number.end, number.cost, plain=False)
    return None


def _half_hour(word: Word) -> int | None:
    exact = table.HALF_HOURS.get(word.sound)
    if exact is not None or not word.sound.endswith("μισι") or len(word.sound) < 6:
        return exact
    ranked = sorted(
        (distance(word.sound, known, 1), hour) for known, hour in table.HALF_HOURS.items()
    )
    return ranked[0][1] if ranked[0][0] <= 1 else None


def _minutes(words: Sequence[Word], position: int) -> tuple[int | None, int, float]:
    """Minutes after an hour: (minutes or None, next position, cost); negative before the hour."""
    if position >= len(words):
        return None, position, 0.0
    word = words[position]
    sign, after = 1, position
    joined = word.sound in (table.AND, table.TO)
    if joined:
        sign, after = (-1 if word.sound == table.TO else 1), position + 1
    if after >= len(words):
        return None, position, 0.0
    if words[after].sound in table.HALF_WORDS:
        return 30, after + 1, 0.0
    if words[after].sound == table.QUARTER and joined:
        return sign * 15, after + 1, 0.0
    if words[after].text == "ακριβωσ":
        return 0, after + 1, 0.0
    if words[after].sound in table.ARTICLES or (words[after].pause and not joined):
        return None, position, 0.0
    if words[after].text in ("μηδεν", "00"):
        twice = after + 1 < len(words) and words[after + 1].text == "μηδεν"
        zeros = 2 if twice else 1
        return 0, after + zeros, 0.0
    for number in spoken_numbers(words, after):
        follows = words[number.end].sound if number.end < len(words) else ""
        if follows in table.NOT_HOURS and follows not in table.MINUTE_WORDS:
            continue
        if number.value < 60 and number.cost < _MOST_COST and (joined or number.value >= 10):
            between = {w.sound for w in words[max(0, position - 4) : position]} & table.BETWEEN
            if number.value % 5 and (not joined or between):
                continue
            if between and sign > 0 and number.value >= 10:
                continue
            end = number.end + (follows in table.MINUTE_WORDS)
            return sign * number.value, end, number.cost
    return None, position, 0.0


_Part = tuple[int, int, time, time]


def _part(words: Sequence[Word]) -> _Part | None:
    """The part of the day that is named: (first word, last word, earliest, latest)."""
    best: _Part | None = None
    for position in range(len(words)):
        for phrases, earliest, latest in table.PARTS_OF_DAY:
            length = match_phrase(words, position, phrases)
            if not length and len(words[position].sound) >= 7:
                length = int(
                    any(
                        len(p) == 1
                        and len(p[0]) >= 7
                        and distance(words[position].sound, p[0], 1) <= 1
                        for p in phrases
                    )
                )
            if length and (best is None or length > best[1] - best[0] + 1):
                best = (position, position + length - 1, earliest, latest)
    return best


def _hours(clock: _Clock, part: _Part | None) -> list[tuple[time, float]]:
    """What an hour means: (time, factor on the confidence), most likely first."""
    hour, minute = clock.hour, clock.minute
    if hour > 12 or hour == 0:
        return [(time(hour, minute), 1.0)]
    evening = time((hour + 12) % 24, minute)
    morning = time(hour, minute)
    if part is not None:
        _, _, earliest, latest = part
        if hour == 12:
            return [(time(0, minute) if earliest >= time(19) else morning, 1.0)]
        if latest <= time(12):
            return [(morning, 1.0)]
        if earliest == time(12) and latest == time(15):
            return [(morning if hour >= 10 else evening, 1.0)]
        if earliest >= time(12):
            return [(evening, 1.0)]
    if hour == 12 or 8 <= hour < 12:
        return [(morning, 1.0)]
    if hour == 7:
        return [(morning, 0.75), (evening, 0.6)]
    return [(evening, 1.0)]


def _wishes(words: Sequence[Word], clock: _Clock, part: _Part | None) -> list[Parsed[TimeSpan]]:
    start = clock.start
    while (
        start > 0
        and words[start - 1].sound in table.ARTICLES
        and words[start - 1].sound != table.FROM
    ):
        start -= 1
    base = confidence(clock.cost) * (0.9 if clock.plain and start == clock.start else 1.0)
    if part is not None and part[0] <= clock.start <= part[1]:
        base *= 0.5
    wishes = []
    for moment, factor in _hours(clock, part):
        span = TimeSpan(moment, moment, moment)
        first = start
        for length in (4, 3, 2, 1):
            opening = start - length
            if opening < 0:
                continue
            if match_phrase(words[:start], opening, table.AFTER) == length:
                span = TimeSpan(moment, max(table.DAY_END, moment), None)
            elif match_phrase(words[:start], opening, table.BEFORE) == length:
                span = TimeSpan(min(table.DAY_START, moment), moment, None)
            elif match_phrase(words[:start], opening, table.ABOUT) == length:
                span = TimeSpan(
                    _shifted(moment, -_ABOUT_MARGIN), _shifted(moment, _ABOUT_MARGIN), moment
                )
            else:
                continue
            first = opening
            break
        following = match_phrase(words, clock.end, table.AND_LATER)
        if following:
            span = TimeSpan(moment, max(table.DAY_END, moment), None)
        wishes.append(Parsed(span, Span(first, clock.end - 1), base * factor))
    return wishes


def _ranges(
    words: Sequence[Word], clocks: Sequence[_Clock], part: _Part | None
) -> list[Parsed[TimeSpan]]:
    """«δέκα με δώδεκα», «από τις εννιά μέχρι τις έντεκα», «μεταξύ δέκα και έντεκα»."""
    found = []
    for left, right in pairwise(clocks):
        between = [w.sound for w in words[left.end : right.start] if w.sound not in table.ARTICLES]
        if len(between) > 1 or (between and between[0] not in table.UNTIL):
            continue
        opening = {w.sound for w in words[max(0, left.start - 3) : left.start]}
        if between and between[0] in (table.AND, table.OR) and not opening & table.BETWEEN:
            continue
        earliest = _hours(left, part)[0][0]
        latest = _hours(right, part)[0][0]
        if earliest >= latest and earliest.hour >= 12:
            earliest = time(earliest.hour - 12, earliest.minute)
        if earliest < latest:
            score = 0.97 if between else 0.7
            found.append(Parsed(TimeSpan(earliest, latest), Span(left.start, right.end - 1), score))
    return found


def _relative(words: Sequence[Word], now: datetime | None) -> Parsed[TimeSpan] | None:
    """«τώρα», «σε μισή ώρα», «σε δύο ώρες», «σε είκοσι λεπτά»."""
    if now is None:
        return None
    for position, word in enumerate(words):
        if match_phrase(words, position, table.NOW):
            return _moment(now, timedelta(), Span(position, position))
        if word.sound not in table.IN or position + 1 >= len(words):
            continue
        half = match_phrase(words, position + 1, table.HALF_AN_HOUR)
        if half:
            return _moment(now, timedelta(minutes=30), Span(position, position + half))
        for number in spoken_numbers(words, position + 1):
            unit = words[number.end].sound if number.end < len(words) else ""
            span = Span(position, number.end)
            if unit in table.HOUR_WORDS:
                # «σε μία ώρα» is no «στη μία η ώρα».
                return _moment(now, timedelta(hours=number.value), span, 1.0)
            if unit in table.MINUTE_WORDS:
                return _moment(now, timedelta(minutes=number.value), span)
            if unit == table.QUARTER:
                return _moment(now, timedelta(minutes=15), span)
    return None


def _moment(
    now: datetime, later: timedelta, span: Span, confidence: float = 0.9
) -> Parsed[TimeSpan]:
    moment = (now + later).time().replace(second=0, microsecond=0)
    return Parsed(TimeSpan(moment, moment, moment), span, confidence)


def _shifted(moment: time, by: timedelta) -> time:
    minutes = moment.hour * 60 + moment.minute + int(by.total_seconds() // 60)
    minutes = min(max(minutes, 0), 24 * 60 - 1)
    return time(minutes // 60, minutes % 60)

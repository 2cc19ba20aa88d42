"""How many values are captured rightly from a file of what callers said."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import TypedDict

from voicebot.understanding.capture import CaptureResult, Outcome, capture
from voicebot.understanding.date_spans import DateSpan
from voicebot.understanding.dates import parse_date
from voicebot.understanding.digits import parse_digits
from voicebot.understanding.expectation import Kind
from voicebot.understanding.holidays_gr import working_days
from voicebot.understanding.identifiers import parse_protocol
from voicebot.understanding.names import PersonName
from voicebot.understanding.places import Place, area_of
from voicebot.understanding.text import fold
from voicebot.understanding.text import words as folded_words
from voicebot.understanding.times import TimeSpan
from voicebot.understanding.yesno import Answer

Hear = Callable[[str], Sequence[tuple[str, float]]]
"""What the recogniser makes of a spoken row: readings with probabilities."""


class CapturesError(ValueError):
    """A captures file is not as it should be; the text names file, line and mend."""


class WrongRow(TypedDict):
    """A row that was not captured rightly."""

    line: int
    spoken: str
    expected: str
    got: str


class KindReport(TypedDict):
    """Result of one kind."""

    accuracy: float
    rows: int
    wrong: list[WrongRow]


class CapturesReport(TypedDict):
    """Result of a file."""

    by_kind: dict[str, KindReport]


@dataclass(frozen=True)
class CaptureRow:
    """A row of a file: its line, its kind (a key of `KINDS`), what is said, what is right."""

    line: int
    kind: str
    spoken: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Judgement:
    """What was captured of a row: whether it is right, in words, and with which outcome."""

    right: bool
    got: str
    result: CaptureResult


@dataclass
class _Tally:
    rows: int = 0
    wrong: list[WrongRow] = field(default_factory=list)


KINDS: dict[str, tuple[Kind, str]] = {
    "AFM": (Kind.AFM, "afm"),
    "AFM_INVALID": (Kind.AFM, "afm"),
    "AMKA": (Kind.AMKA, "amka"),
    "AMKA_INVALID": (Kind.AMKA, "amka"),
    "MOBILE": (Kind.PHONE, "mobile"),
    "PHONE": (Kind.PHONE, "phone"),
    "DATE": (Kind.DATE, "date"),
    "TIME": (Kind.TIME, "time"),
    "POSTCODE": (Kind.DIGITS, "postcode"),
    "PROTOCOL": (Kind.PROTOCOL, "number"),
    "PLACE": (Kind.PLACE, "place"),
    "YESNO": (Kind.YES_NO, "confirm"),
    "NAME": (Kind.NAME, "name"),
}
"""The kinds of rows: what is captured, and for which question."""
_YES_NO = {
    "yes": Answer.YES,
    "ναι": Answer.YES,
    "no": Answer.NO,
    "οχι": Answer.NO,
    "unclear": Answer.UNCLEAR,
    "ασαφεσ": Answer.UNCLEAR,
    "unknown": Answer.UNCLEAR,
}
_PARTS_OF_DAY = {
    "πρωι": time(8),
    "morning": time(8),
    "μεσημερι": time(12),
    "noon": time(12),
    "απογευμα": time(15),
    "afternoon": time(15),
    "βραδυ": time(19),
    "evening": time(19),
}
_RANGE = re.compile(r"\s*(?:\.\.|/|–|—|\bto\b)\s*")
_TIME_RANGE = re.compile(r"\s*(?:\.\.|/|–|—|-)\s*")


def evaluate_captures(path: Path, today: date, hear: Hear | None = None) -> CapturesReport:
    """Capture every row of a file and compare.

    The file has the columns `kind`, `spoken`, `value` separated by tabs, with or without a header;
    `|` separates values that are all right. A DATE is an ISO day, or two with `..` between; a
    period also counts as right for the day it begins on. A TIME is HH:MM, two with `-` between,
    or a part of the day; an open or approximate wish counts by the hour it names. A PLACE is
    compared by name and, where the row gives it, area; a NAME without order, accents and case.
    An `…_INVALID` row is right when no value is captured.

    Args:
        path: the file.
        today: the day that relative dates start from.
        hear: turns a row into readings (synthesis and recognition); the text itself if left out.

    Raises:
        CapturesError: the file can't be read, or a line has no such form.
    """
    tallies: dict[str, _Tally] = {}
    for row in read_rows(path):
        readings = hear(row.spoken) if hear else [(row.spoken, 1.0)]
        tally = tallies.setdefault(row.kind, _Tally())
        tally.rows += 1
        judged = judge(row, readings, today)
        if not judged.right:
            expected = "|".join(row.values)
            tally.wrong.append(
                WrongRow(line=row.line, spoken=row.spoken, expected=expected, got=judged.got)
            )
    return CapturesReport(
        by_kind={
            kind: KindReport(
                accuracy=round(1 - len(tally.wrong) / tally.rows, 4),
                rows=tally.rows,
                wrong=tally.wrong,
            )
            for kind, tally in sorted(tallies.items())
        }
    )


def read_rows(path: Path) -> list[CaptureRow]:
    """The rows of a file as `evaluate_captures` takes it.

    Raises:
        CapturesError: the file can't be read, or a line has no such form.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CapturesError(f"{path}: can't be read ({error}); give a UTF-8 file") from error
    rows = []
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = line.split("\t")
        if number == 1 and cells[0].strip().lower() == "kind":
            continue
        if len(cells) < 2 or not cells[1].strip():
            raise CapturesError(f"{path}:{number}: needs kind<TAB>spoken<TAB>value")
        kind = cells[0].strip().upper()
        if kind not in KINDS:
            known = ", ".join(KINDS)
            raise CapturesError(f"{path}:{number}: kind {kind!r} is none of {known}")
        value = cells[2] if len(cells) > 2 else ""
        values = tuple(v.strip() for v in value.split("|") if v.strip())
        if not values and not kind.endswith("_INVALID"):
            raise CapturesError(f"{path}:{number}: a row of kind {kind} needs a value")
        _check_values(f"{path}:{number}", kind, values)
        rows.append(CaptureRow(number, kind, cells[1].strip(), values))
    if not rows:
        raise CapturesError(f"{path}: no rows; each needs kind<TAB>spoken<TAB>value")
    return rows


def _check_values(where: str, kind: str, values: Sequence[str]) -> None:
    """Refuse values that could never be met."""
    for value in values:
        try:
            if kind == "DATE":
                _dates(value)
            elif kind == "TIME" and fold(value) not in _PARTS_OF_DAY:
                _clocks(value)
            elif kind == "YESNO":
                _YES_NO[fold(value)]
        except (ValueError, KeyError) as error:
            need = {
                "DATE": "an ISO day, or two with .. between",
                "TIME": "HH:MM, two with - between, or a part of the day",
            }.get(kind, "yes, no or unclear")
            raise CapturesError(f"{where}: value {value!r} should be {need}") from error


def judge(row: CaptureRow, readings: Sequence[tuple[str, float]], today: date) -> Judgement:
    """Capture what was heard of a row, and compare.

    Args:
        row: of a file.
        readings: texts with relative probabilities; none when nothing was heard.
        today: the day that relative dates start from; it is ten o'clock.
    """
    kind, slot = KINDS[row.kind]
    now = datetime.combine(today, time(10))
    result = capture(kind, readings, today=today, now=now, slot=slot)
    right, got = _compare(row, result, readings, today)
    return Judgement(right, got, result)


def _compare(
    row: CaptureRow, result: CaptureResult, readings: Sequence[tuple[str, float]], today: date
) -> tuple[bool, str]:
    """Whether a row is right, and what was captured in words."""
    got = str(result.value if result.value is not None else result.reason or result.outcome)
    if row.kind.endswith("_INVALID"):
        return result.value is None, got
    best = max(readings, key=lambda reading: reading[1], default=("", 0.0))[0]
    value = result.value
    if row.kind == "PROTOCOL" and value is None:
        # Whether such a number was ever given out is for the records to say.
        parsed = parse_protocol(best) or parse_digits(best)
        value = parsed[0].value if parsed else None
    if row.kind == "DATE" and value is None:
        dates = parse_date(best, today)  # understood, even if it is past
        value = dates[0].value if dates else None
    if row.kind == "YESNO" and result.outcome is Outcome.UNCLEAR:
        value = Answer.UNCLEAR
    matches = _MATCHERS.get(row.kind, _same_digits)
    return any(matches(value, expected) for expected in row.values), str(value or got)


def _same_digits(value: object, expected: str) -> bool:
    digits = re.sub(r"\D", "", expected)
    return isinstance(value, str) and value == digits.removeprefix("30" if len(digits) > 11 else "")


def _same_date(value: object, expected: str) -> bool:
    if not isinstance(value, DateSpan):
        return False
    ends = _dates(expected)
    if len(ends) == 1:
        return value.first == ends[0]
    wanted = DateSpan(ends[0], ends[-1])
    return value == wanted or (
        value.first == wanted.first and working_days(*_ends(value)) == working_days(*_ends(wanted))
    )


def _dates(text: str) -> list[date]:
    return [date.fromisoformat(end) for end in _RANGE.split(text) if end]


def _clocks(text: str) -> list[time]:
    return [_clock(end) for end in _TIME_RANGE.split(text) if end]


def _ends(span: DateSpan) -> tuple[date, date]:
    return span.first, span.last


def _same_time(value: object, expected: str) -> bool:
    if not isinstance(value, TimeSpan):
        return False
    part = _PARTS_OF_DAY.get(fold(expected))
    if part is not None:
        return value.preferred is None and value.earliest == part
    ends = _clocks(expected)
    if len(ends) == 2:
        return (value.earliest, value.latest) == (ends[0], ends[1])
    named = value.preferred or value.earliest
    return ends[0] in (named, value.latest if value.preferred is None else named)


def _clock(text: str) -> time:
    hour, _, minute = text.strip().partition(":")
    return time(int(hour) % 24, int(minute or 0))


def _same_place(value: object, expected: str) -> bool:
    if not isinstance(value, Place):
        return False
    wanted = fold(expected)
    if wanted in (fold(value.name), fold(value.label)):
        return True
    head, _, tail = wanted.rpartition(" ")
    return head == fold(value.name) and area_of(tail) == value.area


def _same_answer(value: object, expected: str) -> bool:
    return value == _YES_NO.get(fold(expected))


def _same_name(value: object, expected: str) -> bool:
    if not isinstance(value, PersonName):
        return False
    return sorted(folded_words(value.full)) == sorted(folded_words(expected))


_MATCHERS: dict[str, Callable[[object, str], bool]] = {
    "DATE": _same_date,
    "TIME": _same_time,
    "PLACE": _same_place,
    "YESNO": _same_answer,
    "NAME": _same_name,
}

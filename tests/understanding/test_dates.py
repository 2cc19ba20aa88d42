from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voicebot.understanding.birthdates import parse_birthdate, say_birthdate, validate_birthdate
from voicebot.understanding.dates import (
    DateSpan,
    parse_date,
    say_date,
    say_date_span,
    validate_date,
)
from voicebot.understanding.parsed import Reason

TODAY = date(2026, 11, 24)  # a Tuesday

DAYS = {
    "σήμερα": "2026-11-24",
    "αύριο": "2026-11-25",
    "μεθαύριο Πέμπτη στις δέκα": "2026-11-26",
    "την Τρίτη": "2026-12-01",
    "την παρασκεβί": "2026-11-27",
    "την επόμενη Δευτέρα": "2026-11-30",
    "την Τρίτη που μας έρχεται": "2026-12-01",
    "μεθεπόμενη Τρίτη": "2026-12-08",
    "την άλλη Τρίτη": "2026-12-01",
    "την άλλη βδομάδα την Τετάρτη": "2026-12-02",
    "Τετάρτη της άλλης εβδομάδας": "2026-12-02",
    "τρεις του Δεκέμβρη": "2026-12-03",
    "είκοσι τέσσερις Δεκεμβρίου": "2026-12-24",
    "την πρώτη Δεκεμβρίου": "2026-12-01",
    "Τρίτη 1 Δεκεμβρίου": "2026-12-01",
    "24 του 12ου": "2026-12-24",
    "δύο του δώδεκα": "2026-12-02",
    "24/12": "2026-12-24",
    "3-12-2026": "2026-12-03",
    "2026-12-03": "2026-12-03",
    "στις 5 του μηνός": "2026-12-05",
    "στις 15 του άλλου μήνα": "2026-12-15",
    "τον Δεκέμβρη στις δεκαεφτά": "2026-12-17",
    "εφτά Ιανουαρίου του 2027": "2027-01-07",
    "δύο Φεβρουαρίου του είκοσι εφτά": "2027-02-02",
    "σε δεκαπέντε μέρες": "2026-12-09",
    "σε μια βδομάδα": "2026-12-01",
    "σε ένα μήνα": "2026-12-24",
    "σε κανένα δεκαήμερο": "2026-12-04",
    "σε τρεις εργάσιμες": "2026-11-27",
    "του Αγίου Νικολάου": "2026-12-06",
    "παραμονή Χριστουγέννων": "2026-12-24",
    "την επομένη των Χριστουγέννων": "2026-12-26",
    "την Καθαρά Δευτέρα": "2027-03-15",
    "την Τρίτη όχι συγγνώμη την Τετάρτη": "2026-11-25",
    "όχι την Τρίτη την Πέμπτη": "2026-11-26",
    "την Τρίτη στις δέκα το πρωί": "2026-12-01",
}
PERIODS = {
    "την άλλη βδομάδα": ("2026-11-30", "2026-12-06"),
    "μέσα στη βδομάδα": ("2026-11-24", "2026-11-29"),
    "αρχές της άλλης βδομάδας": ("2026-11-30", "2026-12-01"),
    "το Σαββατοκύριακο": ("2026-11-28", "2026-11-29"),
    "αρχές Δεκέμβρη": ("2026-12-01", "2026-12-10"),
    "μέσα Δεκεμβρίου": ("2026-12-11", "2026-12-20"),
    "τέλη Δεκεμβρίου": ("2026-12-21", "2026-12-31"),
    "το πρώτο δεκαήμερο του Δεκέμβρη": ("2026-12-01", "2026-12-10"),
    "τον άλλο μήνα": ("2026-12-01", "2026-12-31"),
    "μετά τα Φώτα": ("2027-01-07", "2027-01-20"),
    "πριν τις γιορτές": ("2026-11-24", "2026-12-23"),
    "Δευτέρα με Τετάρτη": ("2026-11-30", "2026-12-02"),
    "από αύριο μέχρι την Παρασκευή": ("2026-11-25", "2026-11-27"),
    "πέντε με δέκα Δεκεμβρίου": ("2026-12-05", "2026-12-10"),
    "μέχρι την Παρασκευή": ("2026-11-24", "2026-11-27"),
    "όποια μέρα θέλετε": ("2026-11-24", "2026-12-07"),
}


@pytest.mark.parametrize(("text", "day"), DAYS.items())
def test_days(text: str, day: str) -> None:
    wanted = date.fromisoformat(day)
    assert parse_date(text, TODAY)[0].value == DateSpan(wanted, wanted)


@pytest.mark.parametrize(("text", "ends"), PERIODS.items())
def test_periods(text: str, ends: tuple[str, str]) -> None:
    span = parse_date(text, TODAY)[0].value
    assert (span.first.isoformat(), span.last.isoformat()) == ends


def test_the_other_friday_is_ambiguous() -> None:
    found = parse_date("την άλλη Παρασκευή", TODAY)
    assert [p.value.first for p in found] == [date(2026, 12, 4), date(2026, 11, 27)]
    assert found[0].confidence < 0.7


def test_a_weekday_that_contradicts_the_date_is_doubted() -> None:
    found = parse_date("Δευτέρα 1 Δεκεμβρίου", TODAY)
    assert {p.value.first for p in found} == {date(2026, 12, 1), date(2026, 11, 30)}
    assert found[0].confidence < 0.7


@pytest.mark.parametrize("text", ["χθες", "είκοσι Νοεμβρίου", "1/2/2026"])
def test_past_days_are_flagged(text: str) -> None:
    span = parse_date(text, TODAY)[0].value
    assert validate_date(span, TODAY) is Reason.PAST


@pytest.mark.parametrize("text", ["", "θέλω ραντεβού", "τριάντα ένα", "31/2/2027"])
def test_no_date(text: str) -> None:
    assert parse_date(text, TODAY) == []


@given(st.integers(0, 364))
@settings(deadline=None)
def test_say_back_is_read_as_the_same_day(ahead: int) -> None:
    day = TODAY + timedelta(days=ahead)
    assert parse_date(say_date(day, TODAY), TODAY)[0].value.first == day


def test_say_span() -> None:
    span = DateSpan(date(2026, 12, 30), date(2027, 1, 4))
    said = "από Τετάρτη 30 Δεκεμβρίου έως Δευτέρα 4 Ιανουαρίου 2027"
    assert say_date_span(span, TODAY) == said


@given(st.text(max_size=60))
@settings(deadline=None)
def test_no_text_breaks_it(text: str) -> None:
    for parsed in parse_date(text, TODAY):
        assert parsed.value.first <= parsed.value.last


BIRTHDATES = {
    "δεκαπέντε Μαρτίου του σαράντα οχτώ": "1948-03-15",
    "πέντε πέντε του εβδομήντα τρία": "1973-05-05",
    "δεκαπέντε μηδέν τρία σαράντα οκτώ": "1948-03-15",
    "στις τρεις του Ιούνη του δύο χιλιάδες πέντε": "2005-06-03",
    "χίλια εννιακόσια εβδομήντα, όχι, πέντε Μαΐου χίλια εννιακόσια εβδομήντα τρία": "1973-05-05",
    "15/3/48": "1948-03-15",
    "είκοσι Αυγούστου ογδόντα δύο": "1982-08-20",
    "πρώτη Ιανουαρίου του πέντε": "2005-01-01",
}


@pytest.mark.parametrize(("text", "day"), BIRTHDATES.items())
def test_birthdates(text: str, day: str) -> None:
    assert parse_birthdate(text, TODAY)[0].value.isoformat() == day


@given(st.dates(date(1915, 1, 1), TODAY))
@settings(deadline=None)
def test_birthdates_said_back_are_read_as_the_same_day(day: date) -> None:
    assert parse_birthdate(say_birthdate(day), TODAY)[0].value == day
    assert validate_birthdate(day, TODAY) is None


def test_nobody_is_born_tomorrow() -> None:
    assert validate_birthdate(TODAY + timedelta(days=1), TODAY) is Reason.IMPOSSIBLE_DATE

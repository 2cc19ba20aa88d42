from __future__ import annotations

from datetime import datetime, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voicebot.understanding.times import TimeSpan, parse_time, say_time

EXACT = {
    "δέκα και μισή": "10:30",
    "έντεκα παρά τέταρτο": "10:45",
    "εντεκάμισι": "11:30",
    "δυόμισι": "14:30",
    "τρεισήμισι": "15:30",
    "στις δύο": "14:00",
    "στη μία και τέταρτο": "13:15",
    "στις οχτώ το βράδυ": "20:00",
    "δώδεκα παρά είκοσι": "11:40",
    "δέκα η ώρα": "10:00",
    "δεκατέσσερις και τριάντα": "14:30",
    "την Τρίτη στις δέκα το πρωί": "10:00",
    "στις πέντε Δεκεμβρίου στις έντεκα": "11:00",
    "στις δέκα όχι συγγνώμη στις έντεκα": "11:00",
    "δέκα τριάντα": "10:30",
    "10:30": "10:30",
    "στις 9 και τέταρτο": "09:15",
    "τρεις παρά δέκα": "14:50",
    "στις έξι το απόγευμα": "18:00",
    "μεσημέρι στη μία": "13:00",
    "εντεκαμιση": "11:30",
}
SPANS = {
    "το πρωί": ("08:00", "12:00"),
    "νωρίς το πρωί": ("08:00", "10:00"),
    "το μεσημεράκι": ("12:00", "15:00"),
    "το απογευματάκι": ("15:00", "20:00"),
    "μετά τις δώδεκα": ("12:00", "20:00"),
    "όχι πριν τις δέκα": ("10:00", "20:00"),
    "από τις δέκα και μετά": ("10:00", "20:00"),
    "πριν τις έντεκα": ("08:00", "11:00"),
    "μέχρι τη μία": ("08:00", "13:00"),
    "δέκα με δώδεκα": ("10:00", "12:00"),
    "από τις εννιά μέχρι τις έντεκα": ("09:00", "11:00"),
    "μεταξύ δέκα και έντεκα": ("10:00", "11:00"),
    "δώδεκα με δύο": ("12:00", "14:00"),
    "κατά τις δέκα": ("09:30", "10:30"),
    "όποια ώρα θέλετε": ("08:00", "20:00"),
}


@pytest.mark.parametrize(("text", "moment"), EXACT.items())
def test_exact_times(text: str, moment: str) -> None:
    span = parse_time(text)[0].value
    assert span.exact
    assert f"{span.earliest:%H:%M}" == moment


@pytest.mark.parametrize(("text", "ends"), SPANS.items())
def test_wishes(text: str, ends: tuple[str, str]) -> None:
    span = parse_time(text)[0].value
    assert (f"{span.earliest:%H:%M}", f"{span.latest:%H:%M}") == ends


def test_about_ten_keeps_the_hour_that_was_named() -> None:
    assert parse_time("γύρω στις δέκα")[0].value.preferred == time(10)


def test_seven_is_ambiguous() -> None:
    assert [p.value.earliest for p in parse_time("στις εφτά")] == [time(7), time(19)]
    assert [p.value.earliest for p in parse_time("στις εφτά το απόγευμα")] == [time(19)]


@pytest.mark.parametrize(
    ("text", "moment"),
    [("σε μισή ώρα", time(10, 35)), ("σε δύο ώρες", time(12, 5)), ("τώρα", time(10, 5))],
)
def test_relative_to_now(text: str, moment: time) -> None:
    now = datetime(2026, 11, 24, 10, 5)
    assert parse_time(text, now)[0].value.earliest == moment
    assert parse_time(text) == []


@given(st.integers(8, 23), st.sampled_from([0, 5, 10, 15, 20, 30, 45, 55]))
@settings(deadline=None)
def test_say_back_is_read_as_the_same_time(hour: int, minute: int) -> None:
    moment = time(hour, minute)
    assert parse_time(say_time(moment))[0].value == TimeSpan(moment, moment, moment)


@given(st.text(max_size=60))
@settings(deadline=None)
def test_no_text_breaks_it(text: str) -> None:
    for parsed in parse_time(text, datetime(2026, 11, 24, 10, 5)):
        assert parsed.value.covers(parsed.value.earliest) or not parsed.value.exact


@pytest.mark.parametrize("text", ["", "θέλω ραντεβού", "σε πέντε μέρες", "πέντε Δεκεμβρίου"])
def test_no_time(text: str) -> None:
    assert parse_time(text) == []

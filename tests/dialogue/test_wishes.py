"""Days and times as wishes, and choosing among offers."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from voicebot.dialogue.flows.offers import spread, week_after
from voicebot.dialogue.questions import Answer, Unclear, Value
from voicebot.dialogue.time_questions import offer_question
from voicebot.dialogue.wishes import Change, Wish, read_change, read_wish
from voicebot.records.schedule import DateRange, TimeRange
from voicebot.records.types import ATHENS, Agency, Branch, Slot, VisitChannel

NOW = datetime(2026, 11, 24, 10, 5, tzinfo=ATHENS)
BRANCH = Branch(
    "b1", Agency.EFKA, "e-ΕΦΚΑ Περιστέρι", "Περιστέρι", "Αττική", (VisitChannel.IN_PERSON,), True
)


def slot(day: int, hour: int, minute: int = 0, month: int = 12) -> Slot:
    start = datetime(2026, month, day, hour, minute, tzinfo=ATHENS)
    return Slot(BRANCH, "insurance_history", VisitChannel.IN_PERSON, start, 20)


def days(first: tuple[int, int], last: tuple[int, int]) -> DateRange:
    return DateRange(date(2026, *first), date(2026, *last))


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        (
            "αύριο το πρωί",
            Wish(days((11, 25), (11, 25)), TimeRange(time(8), time(12))),
        ),
        ("στις δέκα", Wish(None, TimeRange(time(10), time(10)))),
        ("στις δέκα Δεκεμβρίου", Wish(days((12, 10), (12, 10)))),
    ],
)
def test_wish(text: str, wish: Wish) -> None:
    assert read_wish([(text, 1.0)], NOW) == wish


@pytest.mark.parametrize("text", ["θέλω να κλείσω ένα ραντεβού", "έχω δύο παιδιά"])
def test_bare_number_within_a_sentence_is_no_hour(text: str) -> None:
    assert read_wish([(text, 1.0)], NOW, within=True) is None


@pytest.mark.parametrize(
    ("text", "change"),
    [
        ("πιο αργά", Change.LATER),
        ("έχετε κάτι νωρίτερα;", Change.EARLIER),
        ("άλλη μέρα", Change.OTHER_DAY),
        ("κάτι άλλο", Change.OTHERS),
        ("την επόμενη εβδομάδα", Change.NEXT_WEEK),
        ("το πρώτο", None),
    ],
)
def test_change(text: str, change: Change | None) -> None:
    assert read_change([(text, 1.0)]) is change


OFFERS = [slot(1, 8), slot(1, 10, 30), slot(3, 12)]
SAID = [
    "Τρίτη 1 Δεκεμβρίου στις 8:00",
    "Τρίτη 1 Δεκεμβρίου στις 10:30",
    "Πέμπτη 3 Δεκεμβρίου στις 12:00",
]


def reply(text: str) -> Answer[Slot | Wish | Change]:
    return offer_question(OFFERS, SAID, "", lambda: NOW).capture([(text, 1.0)])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("το πρώτο", OFFERS[0]),
        ("το δεύτερο παρακαλώ", OFFERS[1]),
        ("το τελευταίο", OFFERS[2]),
        ("δέκα και μισή", OFFERS[1]),
        ("την Πέμπτη", OFFERS[2]),
        ("ναι την Πέμπτη στις δώδεκα", OFFERS[2]),
        ("πιο αργά", Change.LATER),
        ("άλλη μέρα", Change.OTHER_DAY),
        ("όχι", Change.NONE),
        ("την Παρασκευή το πρωί", Wish(days((11, 27), (11, 27)), TimeRange(time(8), time(12)))),
    ],
)
def test_reply_to_an_offer(text: str, expected: Slot | Wish | Change) -> None:
    assert reply(text) == Value(expected)


def test_yes_to_several_offers_is_unclear() -> None:
    assert reply("ναι") == Unclear()


def test_yes_to_the_only_offer_takes_it() -> None:
    question = offer_question(OFFERS[:1], SAID[:1], "", lambda: NOW)
    assert question.capture([("ναι βεβαίως", 1.0)]) == Value(OFFERS[0])


def test_keys_choose_an_offer() -> None:
    question = offer_question(OFFERS, SAID, "", lambda: NOW)
    assert question.from_keys is not None
    assert question.from_keys("2") == Value(OFFERS[1])
    assert question.from_keys("4") == Unclear()


def test_offers_on_one_day_are_apart() -> None:
    slots = [slot(1, 8, minute) for minute in (0, 20, 40)] + [slot(1, 9), slot(1, 9, 20)]
    assert spread(slots) == [slots[0], slots[3]]


def test_offers_over_many_days_are_one_a_day() -> None:
    slots = [slot(day, hour) for day in (1, 2, 3, 4) for hour in (8, 9)]
    assert [one.day.day for one in spread(slots)] == [1, 2, 3]


def test_offers_over_two_days_name_both() -> None:
    slots = [slot(day, hour) for day in (1, 2) for hour in (8, 9, 10)]
    assert {one.day.day for one in spread(slots)} == {1, 2}


def test_nothing_free_offers_nothing() -> None:
    assert spread([]) == []


def test_week_after() -> None:
    assert week_after(date(2026, 11, 26)) == days((11, 30), (12, 4))


def test_refined_keeps_the_day_for_a_bare_time() -> None:
    wish = Wish(days((12, 1), (12, 4)), TimeRange(time(8), time(12)))
    refined = wish.refined(Wish(None, TimeRange(time(13), time(14))), on=date(2026, 12, 2))
    assert refined == Wish(days((12, 2), (12, 2)), TimeRange(time(13), time(14)))
    moved = wish.refined(Wish(days((12, 3), (12, 3))), on=None)
    assert moved == Wish(days((12, 3), (12, 3)), wish.times)


def test_hours_of_a_wish() -> None:
    opens, closes, hour = time(8), time(20), timedelta(hours=1)
    assert Wish().hours(opens, closes, exact=hour) == (opens, closes)
    exact = Wish(times=TimeRange(time(10), time(10)))
    assert exact.hours(opens, closes, exact=hour) == (time(10), time(11))
    night = Wish(times=TimeRange(time(22), time(23)))
    start, end = night.hours(opens, closes, exact=hour)
    assert start > end

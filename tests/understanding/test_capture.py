from __future__ import annotations

from datetime import date, time

import pytest

from voicebot.understanding.capture import CaptureResult, Outcome, capture
from voicebot.understanding.dates import DateSpan
from voicebot.understanding.expectation import Kind
from voicebot.understanding.expected import expected_phrases
from voicebot.understanding.parsed import Reason
from voicebot.understanding.places import Place
from voicebot.understanding.repair import repair_one_digit
from voicebot.understanding.times import TimeSpan
from voicebot.understanding.yesno import Answer

TODAY = date(2026, 11, 24)
RIGHT = "εφτά τρία ένα τρία οχτώ πέντε τέσσερα τρία εφτά"


def heard(kind: Kind, *texts: str, slot: str = "", phrases: tuple[str, ...] = ()) -> CaptureResult:
    readings = [(text, 1 / (place + 1)) for place, text in enumerate(texts)]
    return capture(kind, readings, today=TODAY, slot=slot, phrases=phrases)


def test_a_right_number_is_accepted_with_its_read_back() -> None:
    result = heard(Kind.AFM, RIGHT)
    assert (result.outcome, result.value, result.said) == (
        Outcome.ACCEPTED,
        "731385437",
        "731 385 437",
    )


def test_a_wrong_checksum_is_never_a_value() -> None:
    result = heard(Kind.AFM, "ένα δύο τρία τέσσερα πέντε έξι εφτά οχτώ εννιά")
    assert (result.outcome, result.value, result.reason) == (
        Outcome.INVALID,
        None,
        Reason.CHECKSUM,
    )


def test_another_reading_may_hold_the_right_number() -> None:
    wrong = RIGHT.replace("οχτώ", "εφτά")
    result = heard(Kind.AFM, wrong, RIGHT)
    assert (result.outcome, result.value) == (Outcome.NEEDS_READ_BACK, "731385437")
    assert not result.repaired


def test_one_digit_is_repaired_from_the_readings_together_and_read_back() -> None:
    first = RIGHT.replace("οχτώ", "εφτά")
    second = RIGHT.replace("τέσσερα", "έξι")
    result = heard(Kind.AFM, first, second)
    assert (result.outcome, result.value) == (Outcome.NEEDS_READ_BACK, "731385437")
    assert result.repaired


def test_a_single_sure_reading_is_not_repaired() -> None:
    result = heard(Kind.AFM, RIGHT.replace("οχτώ", "εφτά"))
    assert result.outcome is Outcome.INVALID


def test_repair_gives_nothing_where_nothing_was_heard() -> None:
    assert repair_one_digit({}, lambda digits: True, guess=True) == []


def test_repair_by_sound() -> None:
    assert repair_one_digit({"731375437": 1.0}, lambda d: d == "731385437", guess=True) == [
        "731385437"
    ]
    assert repair_one_digit({"731375437": 1.0}, lambda d: d == "731385437", guess=False) == []


@pytest.mark.parametrize(
    ("kind", "text", "reason"),
    [
        (Kind.AFM, "εφτά τρία ένα τρία", Reason.LENGTH),
        (Kind.AMKA, "τριάντα ένα μηδέν δύο πενήντα μηδέν μηδέν ένα είκοσι ένα", None),
        (Kind.PHONE, "δέκα είκοσι τριάντα σαράντα πενήντα", Reason.PREFIX),
        (Kind.DATE, "χθες", Reason.PAST),
        (Kind.AFM, "η κάρτα μου είναι 4111 1111 1111 1111", Reason.SENSITIVE),
    ],
)
def test_reasons(kind: Kind, text: str, reason: Reason | None) -> None:
    result = heard(kind, text)
    assert result.outcome is Outcome.INVALID
    assert reason is None or result.reason is reason


def test_a_landline_is_refused_for_a_mobile() -> None:
    text = "διακόσια δέκα πενήντα δύο ογδόντα πέντε πεντακόσια είκοσι πέντε"
    assert heard(Kind.PHONE, text).outcome is Outcome.ACCEPTED
    assert heard(Kind.PHONE, text, slot="mobile").reason is Reason.PREFIX


def test_ambiguous_dates_become_a_choice() -> None:
    result = heard(Kind.DATE, "την άλλη Παρασκευή")
    assert (result.outcome, result.reason) == (Outcome.NEEDS_READ_BACK, Reason.AMBIGUOUS)
    assert result.alternatives == (DateSpan(date(2026, 11, 27), date(2026, 11, 27)),)


def test_birthdates_lie_in_the_past() -> None:
    result = heard(Kind.DATE, "δεκαπέντε Μαρτίου του σαράντα οχτώ", slot="birthdate")
    assert (result.outcome, result.value) == (Outcome.ACCEPTED, date(1948, 3, 15))
    assert result.said == "15 Μαρτίου 1948"


def test_times() -> None:
    assert heard(Kind.TIME, "δέκα και μισή").value == TimeSpan(
        time(10, 30), time(10, 30), time(10, 30)
    )
    assert heard(Kind.TIME, "το πρωί").said == "από 8:00 έως 12:00"


def test_ambiguous_places_become_a_choice() -> None:
    result = heard(Kind.PLACE, "στη Νέα Ιωνία")
    assert (result.outcome, result.reason) == (Outcome.NEEDS_READ_BACK, Reason.AMBIGUOUS)
    assert isinstance(result.value, Place)
    assert len(result.alternatives) == 1


def test_readings_vote() -> None:
    result = capture(Kind.PLACE, [("λαμία", 0.3), ("σαλαμίνα", 0.4), ("στη λαμία", 0.3)])
    assert isinstance(result.value, Place)
    assert result.value.name == "Λαμία"


@pytest.mark.parametrize(
    ("text", "outcome", "value"),
    [
        ("ναι βέβαια", Outcome.ACCEPTED, Answer.YES),
        ("όχι όχι", Outcome.ACCEPTED, Answer.NO),
        ("δεν ξέρω", Outcome.UNCLEAR, None),
        ("θέλω ραντεβού", Outcome.UNCLEAR, None),
        ("", Outcome.UNCLEAR, None),
    ],
)
def test_yes_no(text: str, outcome: Outcome, value: Answer | None) -> None:
    result = heard(Kind.YES_NO, text)
    assert (result.outcome, result.value) == (outcome, value)


def test_readings_that_contradict_each_other_are_unclear() -> None:
    assert capture(Kind.YES_NO, [("ναι", 0.5), ("όχι", 0.5)]).outcome is Outcome.UNCLEAR


def test_choices_give_the_index() -> None:
    result = heard(Kind.CHOICE, "το δεύτερο", phrases=("έφκα", "δύπα"))
    assert (result.value, result.said) == (1, "δύπα")


def test_names_and_postcodes() -> None:
    assert heard(Kind.NAME, "με λένε Γιώργο Παπαδόπουλο").said == "Γιώργος Παπαδόπουλος"
    assert heard(Kind.DIGITS, "εκατόν τέσσερα τριάντα ένα", slot="postcode").said == "104 31"


def test_digits_of_given_lengths() -> None:
    result = capture(Kind.DIGITS, [("ένα δύο τρία τέσσερα", 1.0)], lengths=(4,))
    assert result.value == "1234"
    assert capture(Kind.DIGITS, [("ένα δύο τρία", 1.0)], lengths=(4,)).reason is Reason.LENGTH


@pytest.mark.parametrize("kind", list(Kind))
def test_nothing_heard_is_unclear(kind: Kind) -> None:
    if kind is Kind.FREE:
        with pytest.raises(ValueError, match="free"):
            capture(kind, [])
        return
    assert capture(kind, [], phrases=("α",)).outcome is Outcome.UNCLEAR
    assert capture(kind, [("μμ", 0.0)], phrases=("α",)).outcome is Outcome.UNCLEAR


def test_a_choice_needs_phrases() -> None:
    with pytest.raises(ValueError, match="phrases"):
        capture(Kind.CHOICE, [("το πρώτο", 1.0)])


@pytest.mark.parametrize("kind", [Kind.YES_NO, Kind.DATE, Kind.TIME, Kind.PLACE])
def test_every_expected_phrase_is_understood(kind: Kind) -> None:
    phrases = expected_phrases(kind)
    missed = [p for p in phrases if heard(kind, p).outcome is Outcome.UNCLEAR]
    if kind is Kind.YES_NO:
        missed = [p for p in missed if heard(kind, p).confidence == 0]
    assert missed == []
    assert len(phrases) == len(set(phrases))

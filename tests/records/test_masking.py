from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import iban, luhn

from tests.records.spoken import say_group
from voicebot.records.masking import LogMasker, mask, mask_number

LONG = st.text("0123456789", min_size=6, max_size=19)


@st.composite
def grouped(draw: st.DrawFn, digits: st.SearchStrategy[str] = LONG) -> list[str]:
    """A long number cut into groups of one to three digits."""
    left = draw(digits)
    groups = []
    while left:
        size = draw(st.integers(1, 3))
        groups.append(left[:size])
        left = left[size:]
    return groups


def digits_left(text: str) -> str:
    return re.sub(r"\D", "", text)


@given(grouped(), st.sampled_from(["", " ", "-", ".", " - ", "/", ", ", ") ", "…"]))
def test_no_digit_of_a_long_number_is_left(groups: list[str], joint: str) -> None:
    masked = mask(f"ο αριθμός μου είναι {joint.join(groups)}, ευχαριστώ")
    assert digits_left(masked) == ""
    assert masked.startswith("ο αριθμός μου είναι ")
    assert masked.endswith(", ευχαριστώ")


# «είκοσι ένα» is 21 as well as 20 1: however that is taken, nine digits are six at the least.
SPOKEN = st.text("0123456789", min_size=9, max_size=19)


@given(grouped(SPOKEN), st.sampled_from([" ", ", ", " και ", " ε ", "… "]))
def test_no_word_of_a_spoken_number_is_left(groups: list[str], joint: str) -> None:
    spoken = joint.join(say_group(group) for group in groups)
    assert mask(f"το κινητό μου είναι {spoken} ευχαριστώ") == (
        "το κινητό μου είναι [αριθμός] ευχαριστώ"
    )


@given(LONG)
def test_six_digits_said_one_by_one_are_enough(digits: str) -> None:
    assert mask(" ".join(say_group(digit) for digit in digits)) == "[αριθμός]"


@given(
    grouped(st.text("0123456789", min_size=10, max_size=10)), st.lists(st.booleans(), min_size=10)
)
def test_digits_and_words_may_take_turns(groups: list[str], spoken: list[bool]) -> None:
    said = " ".join(
        say_group(group) if words else group for group, words in zip(groups, spoken, strict=False)
    )
    masked = mask(f"είναι {said} ναι")
    assert digits_left(masked) == ""
    assert re.fullmatch(r"είναι \[\S+\] ναι", masked)


@given(st.text("0123456789", min_size=9, max_size=10), st.data())
def test_accents_capitals_and_spelling_do_not_matter(digits: str, data: st.DataObject) -> None:
    swaps = [("ι", "η"), ("η", "ι"), ("ο", "ω"), ("ω", "ο"), ("ε", "αι"), ("σσ", "σ")]
    words = []
    for digit in digits:
        word = say_group(digit).translate(str.maketrans("άέήίόύώ", "αεηιουω"))
        written, heard = data.draw(st.sampled_from(swaps))
        words.append(data.draw(st.sampled_from([word, word.upper(), word.replace(written, heard)])))
    assert mask(" ".join(words)) == "[αριθμός]"


@given(st.text())
def test_masking_twice_changes_nothing_more(text: str) -> None:
    once = mask(text)
    assert mask(once) == once


@given(st.text(alphabet="αβγδεζηθικλμνξοπρστυφχψω ,.;!0123", max_size=200))
def test_only_numbers_are_touched(text: str) -> None:
    if len(digits_left(text)) < 6 and mask(text) != text:
        assert "[αριθμός]" in mask(text)  # letters can make six number words by chance
    if not digits_left(text) and " " not in text:
        assert mask(text) == text


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("ΑΦΜ 094019245", "ΑΦΜ [ΑΦΜ]"),
        ("το ΑΦΜ μου 094 019 245.", "το ΑΦΜ μου [ΑΦΜ]."),
        ("ΑΜΚΑ 15034801234", "ΑΜΚΑ [ΑΜΚΑ]"),
        ("στο 694 512 3456", "στο [τηλέφωνο]"),
        ("το 6945123456 ή το 2105285525", "το [τηλέφωνο] ή το [τηλέφωνο]"),
        ("στο 210-5285525 το πρωί", "στο [τηλέφωνο] το πρωί"),
        ("στο +30 6945123456", "στο +[τηλέφωνο]"),
        ("GR16 0110 1250 0000 0001 2300 695", "[IBAN]"),
        ("gr1601101250000000012300695 ευχαριστώ", "[IBAN] ευχαριστώ"),
        ("η κάρτα 4111 1111 1111 1111", "η κάρτα [κάρτα]"),
        ("maria.papadaki@example.gr, ναι", "[e-mail], ναι"),
        ("είναι maria παπάκι gmail τελεία com", "είναι [e-mail]"),
        ("maria τελεία p παπάκι gmail τελεία com", "[e-mail]"),
        ("η ταυτότητα ΑΚ123456", "η ταυτότητα ΑΚ[αριθμός]"),
        ("τρία τριάρια, δύο εφτά, εξήντα", "[αριθμός]"),
        ("έξι εννιά τεσσάρων γκρι πέντε δύο ένα ένα τρία", "[αριθμός]"),
        ("έξι εννιά, όχι, λάθος, έξι οχτώ, πέντε δύο ένα", "[αριθμός]"),
    ],
)
def test_personal_things_are_named_not_shown(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "κλειστά 24/11/2026 στις 10:30",
        "από 1/3/2026 έως 28/2/2027",
        "Τρίτη 1 Δεκεμβρίου 2026 στις 10:30",
        "στις είκοσι τέσσερις Νοεμβρίου δύο χιλιάδες είκοσι έξι στις δέκα και μισή",
        "πήρα 26.000 € και όχι 300.000 ευρώ",
        "244,61 € το μήνα",
        "τετρακόσια ογδόντα δύο ευρώ και πενήντα λεπτά",
        "πεντακόσιες χιλιάδες ευρώ",
        "έχω 15 χρόνια και 4500 ένσημα",
        "τριάντα οχτώ χρόνια και εξήντα δύο ετών",
        "καλέστε 112, 15900 ή 10306",
        "στο 1018 και στο 10306",
        "ένα παιδί δύο χρονών και τρία μεγαλύτερα",
        "η περίοδος 2026-2027",
        "στις 30/11, 1/12 και 2/12",
        "με τον νόμο 4387/2016, 8:00–14:00",
        "από 127.0.0.1:5070 στο 10.20.30.40",
        "call 0e9c2f64-77aa-4c11-9d5e-0123456789ab ended",
        "στις 23:59:59",
    ],
)
def test_harmless_numbers_stay(text: str) -> None:
    assert mask(text) == text


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("6945123456", "•••••••456"),
        ("+30 694 512 3456", "•••••••••456"),
        ("1234", "••••"),
        ("", ""),
    ],
)
def test_the_end_of_a_number_is_enough_to_know_it(number: str, shown: str) -> None:
    assert mask_number(number) == shown


@given(st.text("0123456789", min_size=22, max_size=22))
def test_every_greek_iban_is_masked(account: str) -> None:
    body = "0" + account
    number = f"GR{iban.calc_check_digits('GR00' + body)}{body}"
    assert iban.is_valid(number, check_country=False)
    assert mask(f"ο λογαριασμός {number}") == "ο λογαριασμός [IBAN]"
    spaced = " ".join(number[at : at + 4] for at in range(0, len(number), 4))
    assert mask(f"ο λογαριασμός {spaced}") == "ο λογαριασμός [IBAN]"


@given(st.text("0123456789", min_size=15, max_size=15))
def test_every_card_is_called_a_card(payload: str) -> None:
    number = payload + luhn.calc_check_digit(payload)
    assert mask(number) == "[κάρτα]"


def test_log_events_are_masked_to_their_depth() -> None:
    event = {
        "event": "said 6945123456",
        "call_id": "694512345678",
        "timestamp": "2026-11-24T08:05:00.123456Z",
        "turns": [{"text": "ΑΦΜ 094019245"}, ("ένα δύο τρία τέσσερα πέντε έξι",)],
        "error": ValueError("bad number 094019245"),
        "latency_ms": 640123,
        "score": None,
    }
    assert LogMasker()(None, "info", event) == {
        "event": "said [τηλέφωνο]",
        "call_id": "694512345678",
        "timestamp": "2026-11-24T08:05:00.123456Z",
        "turns": [{"text": "ΑΦΜ [ΑΦΜ]"}, ["[αριθμός]"]],
        "error": "ValueError: bad number [ΑΦΜ]",
        "latency_ms": 640123,
        "score": None,
    }

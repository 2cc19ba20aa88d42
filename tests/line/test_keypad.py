"""Keys as answers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicebot.dialogue.channel import Keys
from voicebot.line.keypad import Keypad
from voicebot.understanding.expectation import FREE, Expectation, Kind

AFM = Expectation(Kind.AFM)
ANY_NUMBER = Expectation(Kind.DIGITS)


def typed(keys: str) -> Keypad:
    keypad = Keypad()
    for key in keys:
        keypad.press(key)
    return keypad


@pytest.mark.parametrize(
    ("expectation", "keys", "digits"),
    [
        (AFM, "123456789", "123456789"),
        (AFM, "123456789#", "123456789"),
        (AFM, "1234#", "1234"),
        (AFM, "12*123456789", "123456789"),
        (AFM, "#", "#"),
        (AFM, "*", "*"),
        (Expectation(Kind.PHONE), "6912345678", "6912345678"),
        (Expectation(Kind.PROTOCOL), "12345678", "12345678"),
        (Expectation(Kind.DIGITS, lengths=(1,)), "3", "3"),
        (Expectation(Kind.DIGITS, lengths=(2, 4)), "1234", "1234"),
        (ANY_NUMBER, "31#", "31"),
        (FREE, "0", "0"),
        (FREE, "#", "#"),
        (Expectation(Kind.YES_NO), "1", "1"),
    ],
)
def test_is_complete(expectation: Expectation, keys: str, digits: str) -> None:
    keypad = typed(keys)

    assert keypad.take(expectation) == Keys(digits)
    assert keypad.is_empty


@pytest.mark.parametrize(
    ("expectation", "keys"),
    [
        (AFM, ""),
        (AFM, "12345678"),
        (AFM, "123456789"[:3] + "*"),
        (Expectation(Kind.DIGITS, lengths=(2, 4)), "12"),
        (ANY_NUMBER, "12345678901234"),
    ],
)
def test_more_may_come(expectation: Expectation, keys: str) -> None:
    assert typed(keys).take(expectation) is None


def test_a_pause_completes_what_is_there() -> None:
    assert typed("1234").take(AFM, gap_over=True) == Keys("1234")
    assert typed("").take(AFM, gap_over=True) is None
    assert typed("12*").take(AFM, gap_over=True) is None


def test_keys_beyond_the_answer_are_kept_for_the_next() -> None:
    keypad = typed("12")

    assert keypad.take(FREE) == Keys("1")
    assert keypad.take(FREE) == Keys("2")
    assert keypad.take(FREE) is None


@given(st.text("0123456789*#", max_size=40), st.sampled_from([AFM, ANY_NUMBER, FREE]))
def test_every_key_is_used_once_and_every_answer_has_keys(
    keys: str, expectation: Expectation
) -> None:
    keypad = typed(keys)
    answers = []
    while (answer := keypad.take(expectation, gap_over=True)) is not None:
        answers.append(answer.digits)

    assert all(answers)
    assert sum(map(len, answers)) <= len(keys)
    if expectation is FREE:
        assert "".join(answers).replace("#", "") == keys.replace("#", "")

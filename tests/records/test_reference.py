"""What is noticed when a number is misheard.

The check digit weighs each digit by its place alone, so that all values of the digits concerned,
at every place, with the others filled in a few ways, are all cases there are.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from stdnum import luhn

from voicebot.records.reference import LENGTH, draw, is_clear, is_valid

PAIRS = range(0, LENGTH, 2)
DIGITS = "0123456789"


def numbers(count: int = 300) -> Iterator[str]:
    """Numbers as they are given out, the same in every run."""
    chance = random.Random(1555)
    for _ in range(count):
        yield draw(chance.randrange)


def filled(at: int, part: str) -> Iterator[str]:
    """Numbers, clear or not, with a part at a place and a right check digit."""
    chance = random.Random(part)
    for _ in range(3):
        digits = [chance.choice(DIGITS) for _ in range(LENGTH)]
        digits[at : at + len(part)] = part
        # Some digit elsewhere makes it right, so that also a part with the last digit is met.
        free = next(place for place in (0, 7) if not at <= place < at + len(part))
        for digit in DIGITS:
            digits[free] = digit
            if luhn.is_valid("".join(digits)):
                yield "".join(digits)
                break


def test_numbers_are_right_and_clear() -> None:
    for number in numbers():
        assert is_valid(number)
        assert is_clear(number)
        assert number[0] != "0"


@pytest.mark.parametrize("at", range(LENGTH))
def test_one_wrong_digit_is_always_noticed(at: int) -> None:
    for digit in DIGITS:
        for number in filled(at, digit):
            for other in DIGITS.replace(digit, ""):
                assert not is_valid(number[:at] + other + number[at + 1 :])


@pytest.mark.parametrize("at", range(LENGTH - 1))
def test_swapped_neighbours_are_always_noticed(at: int) -> None:
    for first in DIGITS:
        for second in DIGITS.replace(first, ""):
            for number in filled(at, first + second):
                swapped = number[:at] + second + first + number[at + 2 :]
                assert not is_valid(swapped) or not is_clear(number)


@pytest.mark.parametrize("at", PAIRS)
def test_teens_and_tens_are_never_taken_for_each_other(at: int) -> None:
    """Thirteen and thirty, and so on; in Greek δεκατρία and τριάντα share most of their sounds."""
    for unit in "3456789":
        for said, heard in ((f"1{unit}", f"{unit}0"), (f"{unit}0", f"1{unit}")):
            for number in filled(at, said):
                assert not is_valid(number[:at] + heard + number[at + 2 :])


@pytest.mark.parametrize("at", PAIRS)
def test_sixties_and_seventies_are_never_taken_for_each_other(at: int) -> None:
    for unit in DIGITS:
        for number in filled(at, f"6{unit}"):
            assert not is_valid(f"{number[:at]}7{unit}{number[at + 2 :]}")


def test_a_digit_too_many_or_too_few_is_always_noticed() -> None:
    for number in numbers(50):
        for at in range(LENGTH):
            assert not is_valid(number[:at] + number[at + 1 :])
            for digit in DIGITS:
                assert not is_valid(number[:at] + digit + number[at:])


def test_what_is_not_noticed_is_as_the_documentation_says() -> None:
    number = next(numbers())
    assert is_valid(number[2:4] + number[:2] + number[4:])


def test_enough_numbers_are_clear() -> None:
    chance = random.Random(1)
    payloads = [str(chance.randrange(10**6, 10**7)) for _ in range(20_000)]
    share = sum(is_clear(p + str(luhn.calc_check_digit(p))) for p in payloads) / len(payloads)
    assert 0.75 < share < 0.9

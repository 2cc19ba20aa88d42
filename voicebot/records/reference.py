"""Numbers that are spoken and heard: eight digits, the last one a Luhn check digit.

They are drawn at random, so that nobody guesses a stranger's, and said in pairs: 12-34-56-78. What
a check digit misses is never given out: no 0 and 9 beside each other (Luhn does not see them
swapped), and no digit three times in a row (heard as two, or four). Of what goes wrong in hearing
one number, these are then always noticed:

- one digit wrong, wherever it stands (εξήντα for εβδομήντα, έξι for επτά);
- two neighbouring digits swapped, within a pair or across two;
- a teen for its ten and the other way round in one pair (δεκατρία 13 for τριάντα 30, …, 19 for 90);
- a digit too many or too few.

Two whole pairs swapped are not: they weigh the same. Two mistakes at once go through one time in
ten.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable

from stdnum import luhn

LENGTH = 8
_PAYLOADS = 9 * 10 ** (LENGTH - 2)
# Has no divisor in common with that, so that every number is reached.
_STRIDE = 1_234_577


def draw(below: Callable[[int], int] = secrets.randbelow) -> str:
    """A new number; the first digit is never zero. `below(n)` gives 0..n-1; where that makes no
    clear number, another one is tried that follows from it."""
    drawn = below(_PAYLOADS)
    for step in range(_PAYLOADS):
        payload = str(10 ** (LENGTH - 2) + (drawn + step * _STRIDE) % _PAYLOADS)
        number = payload + str(luhn.calc_check_digit(payload))
        if is_clear(number):
            return number
    raise AssertionError("five numbers of six are clear")


def is_clear(number: str) -> bool:
    """Whether a number has nothing in it whose mishearing the check digit would miss.

    >>> is_clear("12345674"), is_clear("12344474"), is_clear("12390674")
    (True, False, False)
    """
    unclear = ("09", "90", *(digit * 3 for digit in "0123456789"))
    return not any(run in number for run in unclear)


def is_valid(number: str) -> bool:
    """Whether the digits could be one of our numbers."""
    return len(number) == LENGTH and number.isascii() and number.isdigit() and luhn.is_valid(number)


def compact(number: str) -> str:
    """Only the digits."""
    return "".join(letter for letter in number if letter.isdigit())


def grouped(number: str) -> str:
    """As it is written for reading out: 12-34-56-78."""
    digits = compact(number)
    return "-".join(digits[at : at + 2] for at in range(0, len(digits), 2))

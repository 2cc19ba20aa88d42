"""Numbers that are spoken and heard: eight digits, the last one a Luhn check digit.

They are drawn at random, so that nobody guesses a stranger's, and said in pairs: 12-34-56-78.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable

from stdnum import luhn

LENGTH = 8


def draw(below: Callable[[int], int] = secrets.randbelow) -> str:
    """A new number; the first digit is never zero. `below(n)` gives 0..n-1."""
    payload = str(10 ** (LENGTH - 2) + below(9 * 10 ** (LENGTH - 2)))
    return payload + str(luhn.calc_check_digit(payload))


def is_valid(number: str) -> bool:
    """Whether the digits could be one of our numbers."""
    return len(number) == LENGTH and number.isascii() and number.isdigit() and luhn.is_valid(number)


def find_all(text: str) -> tuple[str, ...]:
    """The numbers of ours in a text, however their digits are grouped."""
    runs = re.findall(r"\d(?:[ ./-]?\d)*", text)
    return tuple(digits for digits in map(compact, runs) if is_valid(digits))


def compact(number: str) -> str:
    """Only the digits."""
    return "".join(letter for letter in number if letter.isdigit())


def grouped(number: str) -> str:
    """As it is written for reading out: 12-34-56-78."""
    digits = compact(number)
    return "-".join(digits[at : at + 2] for at in range(0, len(digits), 2))

"""Digits as people say them, for the masking tests."""

from __future__ import annotations


def _words(line: str) -> list[str]:
    return line.split()


UNITS = _words("μηδέν ένα δύο τρία τέσσερα πέντε έξι εφτά οχτώ εννιά")
TEENS = _words(
    "δέκα έντεκα δώδεκα δεκατρία δεκατέσσερα δεκαπέντε δεκαέξι δεκαεφτά δεκαοχτώ δεκαεννιά"
)
TENS = _words("είκοσι τριάντα σαράντα πενήντα εξήντα εβδομήντα ογδόντα ενενήντα")
HUNDREDS = _words(
    "εκατόν διακόσια τριακόσια τετρακόσια πεντακόσια εξακόσια επτακόσια οκτακόσια εννιακόσια"
)


def say_group(digits: str) -> str:
    """One to three digits as one number; leading zeros one by one."""
    if digits.startswith("0"):
        return "μηδέν " + say_group(digits[1:]) if len(digits) > 1 else "μηδέν"
    if len(digits) == 1:
        return UNITS[int(digits)]
    value = int(digits)
    words = []
    if value >= 100:
        words.append("εκατό" if value == 100 else HUNDREDS[value // 100 - 1])
        value %= 100
    if 10 <= value < 20:
        words.append(TEENS[value - 10])
    else:
        if value >= 20:
            words.append(TENS[value // 10 - 2])
        if value % 10:
            words.append(UNITS[value % 10])
    return " ".join(words)

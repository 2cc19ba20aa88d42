"""Repair of one misheard digit by a checksum. What it gives is a question, never an answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping

CONFUSABLE: dict[str, str] = {"7": "86", "8": "7", "6": "7", "1": "9", "9": "1", "2": "0", "0": "2"}
"""Digits that sound alike on the phone: εφτά/οχτώ, εξήντα/εβδομήντα, ένα/εννιά."""


def repair_one_digit(
    heard: Mapping[str, float], valid: Callable[[str], bool], *, guess: bool
) -> list[str]:
    """Strings that satisfy a checksum and differ in one digit from the likeliest one heard.

    Args:
        heard: digit strings of the wanted length with their weights; none of them valid.
        valid: the checksum.
        guess: also try digits that sound alike; without it only digits that another reading has
            in the same place are tried.

    Returns:
        Repairs by evidence from another reading if there are any, otherwise those by sound.

    >>> from voicebot.understanding.identifiers import validate_afm
    >>> right = lambda number: validate_afm(number) is None
    >>> repair_one_digit({"731385487": 0.6, "731385438": 0.4}, right, guess=False)
    ['731385437']
    """
    if not heard:
        return []
    best = max(heard, key=lambda digits: heard[digits])
    evidence = {
        (place, other[place])
        for other in heard
        if len(other) == len(best)
        for place in range(len(best))
        if other[place] != best[place]
    }
    repaired = _valid_variants(best, evidence, valid)
    if repaired or not guess:
        return repaired
    alike = {(place, other) for place, d in enumerate(best) for other in CONFUSABLE.get(d, "")}
    return _valid_variants(best, alike, valid)


def _valid_variants(
    digits: str, changes: set[tuple[int, str]], valid: Callable[[str], bool]
) -> list[str]:
    variants = {digits[:place] + digit + digits[place + 1 :] for place, digit in changes}
    return sorted(variant for variant in variants if valid(variant))

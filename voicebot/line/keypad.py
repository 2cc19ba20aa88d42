"""Keys on their way to being an answer."""

from __future__ import annotations

from voicebot.dialogue.channel import Keys
from voicebot.understanding.expectation import Expectation, Kind

KEY_GAP_S = 3.0
"""Pause between keys after which what was typed counts as complete."""

_LENGTHS: dict[Kind, tuple[int, ...]] = {
    Kind.AFM: (9,),
    Kind.AMKA: (11,),
    Kind.PHONE: (10,),
    Kind.PROTOCOL: (8,),
}
_NUMBERS = frozenset({*_LENGTHS, Kind.DIGITS, Kind.DATE, Kind.TIME})


class Keypad:
    """Collects the keys of one answer.

    Where a number is expected, keys are collected up to the longest length expected, `#`, or a
    pause; `*` starts the number over. Anywhere else one key is an answer.
    """

    def __init__(self) -> None:
        self._typed = ""

    @property
    def is_empty(self) -> bool:
        """True when no key waits to be used."""
        return not self._typed

    def press(self, key: str) -> None:
        """Note a key: 0-9, `*` or `#`."""
        self._typed += key

    def clear(self) -> None:
        """Forget what was typed."""
        self._typed = ""

    def take(self, expectation: Expectation, *, gap_over: bool = False) -> Keys | None:
        """The answer, when it is complete; it is then forgotten.

        Args:
            expectation: what is asked for.
            gap_over: no key came for `KEY_GAP_S`.
        """
        if not self._typed:
            return None
        if expectation.kind not in _NUMBERS:
            key, self._typed = self._typed[0], self._typed[1:]
            return Keys(key)
        lengths = expectation.lengths or _LENGTHS.get(expectation.kind, ())
        digits = ""
        for place, key in enumerate(self._typed, start=1):
            if key == "#" or (key == "*" and not digits):
                return self._done(digits or key, place)
            if key == "*":
                digits = ""
            else:
                digits += key
            if lengths and len(digits) == max(lengths):
                return self._done(digits, place)
        return self._done(digits, len(self._typed)) if gap_over and digits else None

    def _done(self, digits: str, used: int) -> Keys:
        self._typed = self._typed[used:]
        # A # after a number that was complete already only confirms it.
        self._typed = self._typed.removeprefix("#") if digits != "#" else self._typed
        return Keys(digits)

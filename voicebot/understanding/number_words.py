"""Cardinals in Greek words as callers say them: for closed lists of the recogniser and tests."""

from __future__ import annotations

from collections.abc import Iterator

_UNIT_WORDS = ("μηδέν", "ένα", "δύο", "τρία", "τέσσερα", "πέντε", "έξι", "επτά", "οκτώ", "εννέα")
_TEEN_WORDS = (
    "δέκα",
    "έντεκα",
    "δώδεκα",
    "δεκατρία",
    "δεκατέσσερα",
    "δεκαπέντε",
    "δεκαέξι",
    "δεκαεπτά",
    "δεκαοκτώ",
    "δεκαεννέα",
)
_TENS_WORDS = (
    "είκοσι",
    "τριάντα",
    "σαράντα",
    "πενήντα",
    "εξήντα",
    "εβδομήντα",
    "ογδόντα",
    "ενενήντα",
)
_HUNDRED_WORDS = (
    "εκατό",
    "διακόσια",
    "τριακόσια",
    "τετρακόσια",
    "πεντακόσια",
    "εξακόσια",
    "επτακόσια",
    "οκτακόσια",
    "εννιακόσια",
)


def number_words(value: int) -> str:
    """A cardinal 0..999 in words, neuter, as callers say it (for closed lists and tests).

    >>> number_words(123), number_words(16), number_words(700)
    ('εκατόν είκοσι τρία', 'δεκαέξι', 'επτακόσια')

    Raises:
        ValueError: outside 0..999.
    """
    if not 0 <= value <= 999:
        raise ValueError(f"number_words takes 0 to 999, not {value}")
    if value == 0:
        return _UNIT_WORDS[0]
    return " ".join(_parts(value))


def _parts(value: int) -> Iterator[str]:
    hundreds, rest = divmod(value, 100)
    if hundreds:
        yield "εκατόν" if hundreds == 1 and rest else _HUNDRED_WORDS[hundreds - 1]
    if 10 <= rest < 20:
        yield _TEEN_WORDS[rest - 10]
        return
    tens, units = divmod(rest, 10)
    if tens:
        yield _TENS_WORDS[tens - 2]
    if units:
        yield _UNIT_WORDS[units]

"""Renders digit strings as people dictate them, for property tests."""

from __future__ import annotations

from hypothesis import strategies as st

from voicebot.understanding.number_words import number_words


def spoken_group(group: str) -> str:
    """One group of at most three digits; leading zeros are said one by one."""
    zeros = len(group) - len(group.lstrip("0"))
    words = ["μηδέν"] * zeros
    if group[zeros:]:
        words.append(number_words(int(group[zeros:])))
    return " ".join(words)


@st.composite
def dictated(draw: st.DrawFn, digits: str, separator: str = ", ") -> str:
    """A dictation of the digits in random groups of one to three."""
    groups, start = [], 0
    while start < len(digits):
        size = draw(st.integers(1, 3))
        groups.append(digits[start : start + size])
        start += size
    return separator.join(spoken_group(group) for group in groups)


def digit_strings(length: int) -> st.SearchStrategy[str]:
    """Strings of exactly so many digits."""
    return st.text("0123456789", min_size=length, max_size=length)

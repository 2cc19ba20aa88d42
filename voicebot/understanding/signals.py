"""Phrases that always mean distress, matched on the phonetic skeleton.

A phrase is words in order. `*` at the end of a word stands for any ending, `…` for up to three
words in between, and a phrase that begins with `-` says where the others do not hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from voicebot.understanding.text import fold, skeleton

_GAP = r"(?: \S+){0,3}"


class Signals:
    """The compiled phrases of one entry."""

    def __init__(self, phrases: Iterable[str]) -> None:
        alarms = []
        exceptions = []
        for phrase in phrases:
            if phrase.startswith("-"):
                exceptions.append(_pattern(phrase[1:]))
            else:
                alarms.append(_pattern(phrase))
        self._alarm = _any_of(alarms)
        self._exception = _any_of(exceptions)

    def match(self, text: str) -> bool:
        """Whether a phrase occurs in the text and none of the exceptions does."""
        heard = f" {skeleton(fold(text))} "
        if self._alarm is None or not self._alarm.search(heard):
            return False
        return self._exception is None or not self._exception.search(heard)

    def excepted(self, text: str) -> bool:
        """Whether one of the exceptions occurs in the text."""
        return self._exception is not None and bool(
            self._exception.search(f" {skeleton(fold(text))} ")
        )


def _any_of(patterns: list[str]) -> re.Pattern[str] | None:
    return re.compile("|".join(patterns)) if patterns else None


def _pattern(phrase: str) -> str:
    pattern = ""
    for word in phrase.split():
        if word == "…":
            pattern += _GAP
        elif word.endswith("*"):
            pattern += " " + re.escape(skeleton(word)) + r"\S*"
        else:
            pattern += " " + re.escape(skeleton(word))
    return pattern + r"(?=\s)"

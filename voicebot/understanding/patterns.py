"""Short notation for many ways to say a thing, sampled when the classifier is trained.

`(one|other)` is a choice, `[maybe]` may be left out, `<name>` is a choice defined under `phrases`
in synonyms.yaml, and they nest: "<when> (μπαίνει|πληρώνεται) [το] επίδομα".
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_CLOSING = {"(": ")", "[": "]"}


class PatternError(ValueError):
    """A pattern is not well formed; the text says what is wrong."""


@dataclass(frozen=True)
class _Choice:
    """One of several sequences; an empty one may be left out."""

    options: tuple[tuple[str | _Choice, ...], ...]

    def sample(self, rng: random.Random) -> str:
        chosen = rng.choice(self.options)
        return "".join(part if isinstance(part, str) else part.sample(rng) for part in chosen)


class Pattern:
    """A parsed pattern."""

    def __init__(self, text: str, phrases: Mapping[str, str]) -> None:
        """Parse.

        Raises:
            PatternError: brackets do not match, or a phrase is not defined.
        """
        self._root = _Parser(text, phrases).parse()

    def samples(self, rng: random.Random, count: int) -> list[str]:
        """At most `count` different utterances, in the order in which they were drawn."""
        drawn: dict[str, None] = {}
        for _ in range(count * 3):
            drawn[" ".join(self._root.sample(rng).split())] = None
            if len(drawn) == count:
                break
        return [text for text in drawn if text]


class _Parser:
    def __init__(self, text: str, phrases: Mapping[str, str]) -> None:
        self._phrases = phrases
        self._text = text
        self._letters = iter(text)

    def parse(self) -> _Choice:
        return self._choice(self._letters, closing="")

    def _choice(self, letters: Iterator[str], closing: str) -> _Choice:
        options: list[tuple[str | _Choice, ...]] = []
        parts: list[str | _Choice] = []
        for letter in letters:
            if letter == closing:
                options.append(tuple(parts))
                return _Choice(tuple(options))
            if letter in _CLOSING:
                inner = self._choice(letters, _CLOSING[letter])
                parts.append(_Choice((*inner.options, ())) if letter == "[" else inner)
            elif letter in ")]":
                raise PatternError(f"a {letter} too many in {self._text!r}")
            elif letter == "|":
                options.append(tuple(parts))
                parts = []
            elif letter == "<":
                parts.append(self._phrase(letters))
            else:
                parts.append(letter)
        if closing:
            raise PatternError(f"a {closing} is missing in {self._text!r}")
        options.append(tuple(parts))
        return _Choice(tuple(options))

    def _phrase(self, letters: Iterator[str]) -> _Choice:
        name = ""
        for letter in letters:
            if letter == ">":
                break
            name += letter
        else:
            raise PatternError(f"a > is missing in {self._text!r}")
        if name not in self._phrases:
            raise PatternError(f"<{name}> is not among the phrases of synonyms.yaml")
        return _Choice(tuple((option,) for option in self._phrases[name].split("|")))

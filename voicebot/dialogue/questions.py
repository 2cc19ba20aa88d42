"""One question to the caller, and what can come of an answer to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from voicebot.dialogue.channel import Utterance
from voicebot.understanding.expectation import FREE, Expectation

T = TypeVar("T")

Readings = Sequence[tuple[str, float]]
"""Texts with probabilities, the best first."""


@dataclass(frozen=True)
class Value(Generic[T]):
    """The answer.

    Attributes:
        read_back: what to ask the caller to confirm when it was not heard surely; None when it
            can be taken as it is.
        weak: almost anything would pass for such a value: a topic or request that is recognised
            surely goes before it.
    """

    value: T
    read_back: str | None = None
    weak: bool = False


@dataclass(frozen=True)
class Refused:
    """Understood, but not acceptable. `why` is said to the caller before asking again."""

    why: str


@dataclass(frozen=True)
class Unclear:
    """Nothing usable in it."""


Answer = Value[T] | Refused | Unclear


@dataclass(frozen=True)
class Question(Generic[T]):
    """A question with everything needed to ask it until it is answered.

    Attributes:
        prompt: how it is asked; `again` how it is asked the next times.
        help: said when the caller does not know what to answer.
        expectation: what the recogniser should expect; its slot names the question.
        capture: reads the value from what was heard.
        keypad: how it is asked for the keypad; None when keys cannot answer it.
        from_keys: reads the value from keys.
        written: the captured value as the desk and the records show it.
        tries: after so many misses, or silences, the question is given up (one more miss is
            allowed where the keypad can be used).
    """

    prompt: str
    again: str
    capture: Callable[[Readings], Answer[T]]
    help: str = ""
    expectation: Expectation = FREE
    keypad: str | None = None
    from_keys: Callable[[str], Answer[T]] | None = None
    written: Callable[[T], str] = str
    tries: int = 3

    @property
    def slot(self) -> str:
        """Name of the question."""
        return self.expectation.slot


@dataclass(frozen=True)
class Option(Generic[T]):
    """One item of a closed list: what it stands for, how it is said, what callers call it."""

    value: T
    name: str
    phrases: tuple[str, ...] = ()


def readings(utterance: Utterance) -> Readings:
    """All readings of an utterance, the best first, with probabilities."""
    if utterance.alternatives:
        return [(one.text, one.probability) for one in utterance.alternatives]
    return [(utterance.text, utterance.confidence)]

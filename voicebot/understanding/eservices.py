"""The directory of electronic services: what each does, where, and with what.

One YAML file an agency in `intents/services/`. A caller reaches an entry by asking how something
is done electronically («πώς βγάζω ηλεκτρονικά ενημερότητα;»): the entry whose name is heard in
the question is told.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from pydantic import Field, field_validator

from voicebot.understanding.data.electronic_words import ELECTRONICALLY, SAYS_NOTHING
from voicebot.understanding.knowledge_schema import (
    FRESH_FOR,
    TOPIC_CODE,
    Agency,
    Confidence,
    EntryId,
    Line,
    Strict,
)
from voicebot.understanding.text import skeleton

# A name counts as heard when words with so much of its weight are in the question.
_HEARD_SHARE = 0.8
# Greek endings carry little meaning and are what recognisers lose first.
_STEM_LETTERS = 5


class ElectronicService(Strict):
    """One electronic service.

    Attributes:
        id: file stem and a name, e.g. "efka.insurance_account".
        name: its official name.
        called: what callers call it, in any word order.
        does: spoken, one sentence: what the citizen gets done.
        where: spoken, one sentence: on which site and under which heading.
        needs: spoken, one sentence: codes and data that must be at hand.
        without_codes: spoken, one sentence: who helps those who have no codes.
        link: written, for chat and messages.
        topic: code of the question that it belongs to.
    """

    id: EntryId
    name: Line
    called: tuple[Line, ...] = Field(min_length=2)
    does: Line
    where: Line
    needs: Line
    without_codes: Line
    link: Line
    topic: str | None = None
    source: Line
    checked_on: date
    confidence: Confidence

    @field_validator("topic")
    @classmethod
    def _is_a_topic(cls, topic: str | None) -> str | None:
        if topic is not None and not TOPIC_CODE.fullmatch(topic):
            raise ValueError(f"{topic!r} is not a topic code (E01)")
        return topic

    def speakable(self, today: date) -> bool:
        """Whether the entry may be told as a fact on this day."""
        return self.confidence is not Confidence.C and today <= self.checked_on + FRESH_FOR

    @property
    def spoken(self) -> str:
        """What it does, where, and what it needs: at most three sentences."""
        return f"{self.does} {self.where} {self.needs}"


class ServicesFile(Strict):
    """One YAML file: the electronic services of one agency."""

    agency: Agency
    services: tuple[ElectronicService, ...] = Field(min_length=1)


@dataclass(frozen=True)
class Listed:
    """A service with the agency that offers it."""

    agency: Agency
    service: ElectronicService


class ElectronicServices:
    """The directory, searched by what callers call things."""

    def __init__(self, listed: Iterable[Listed] = ()) -> None:
        self._listed = tuple(listed)
        self._names = [
            (one, frozenset(_stems(name)))
            for one in self._listed
            for name in (one.service.name, *one.service.called)
        ]
        counts = Counter(stem for _, stems in self._names for stem in stems)
        self._weights = {
            stem: math.log(1 + len(self._names) / count) for stem, count in counts.items()
        }

    def __iter__(self) -> Iterator[Listed]:
        return iter(self._listed)

    def __len__(self) -> int:
        return len(self._listed)

    def find(self, text: str, topics: Iterable[str] = ()) -> Listed | None:
        """The service whose name is heard in a text, the most telling name first.

        Args:
            topics: topics that the text is likely about, the likeliest first; they decide between
                names that are heard equally well.
        """
        heard = frozenset(_stems(text))
        likely = list(topics)
        best: tuple[float, float, Listed] | None = None
        for listed, stems in self._names:
            whole = sum(self._weights[stem] for stem in stems)
            part = sum(self._weights[stem] for stem in stems & heard)
            if not whole or part < _HEARD_SHARE * whole:
                continue
            topic = listed.service.topic
            fits = 1 / (1 + likely.index(topic)) if topic in likely else 0.0
            if best is None or (part, fits) > best[:2]:
                best = (part, fits, listed)
        return best[2] if best is not None else None


def asks_electronically(text: str) -> bool:
    """Whether a text asks how something is done with a computer, on the internet, from home."""
    heard = f" {skeleton(text)}"
    return any(f" {skeleton(cue)}" in heard for cue in ELECTRONICALLY)


def _stems(text: str) -> Iterator[str]:
    for word in skeleton(text).split():
        stem = word[:_STEM_LETTERS]
        if stem not in _NOTHING:
            yield stem


_NOTHING = frozenset(skeleton(word)[:_STEM_LETTERS] for word in SAYS_NOTHING.split())

"""Names of persons: carrier phrases off, order and case put right, in the nominative as heard.

A surname can not be known to a table; what remains beside a known first name is taken for it, and
without any known first name two remaining words are taken with less confidence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from voicebot.understanding.corrections import cut_at_corrections
from voicebot.understanding.data.first_names import FEMALE, MALE
from voicebot.understanding.data.person_words import AND, CARRIERS, ENDS, NO_NAMES, PATRONYMIC, STOP
from voicebot.understanding.parsed import Parsed, Span
from voicebot.understanding.text import fold
from voicebot.understanding.words import Word, distance, match_phrase, sound, split


@dataclass(frozen=True)
class PersonName:
    """A person's name in the nominative; `first` is empty where only one word was given."""

    first: str
    last: str

    @property
    def full(self) -> str:
        """First name, then surname."""
        return f"{self.first} {self.last}".strip()


class _Case(StrEnum):
    NOMINATIVE = "nominative"
    ACCUSATIVE = "accusative"
    GENITIVE = "genitive"


@dataclass(frozen=True)
class _First:
    """A form of a first name."""

    nominative: str
    male: bool
    case: _Case


MALE_FORMS: tuple[tuple[str, str, str], ...] = (
    ("ος", "ο", "ου"),
    ("ός", "ό", "ού"),
    ("ης", "η", "η"),
    ("ής", "ή", "ή"),
    ("ας", "α", "α"),
    ("άς", "ά", "ά"),
)
"""Endings of men's names: nominative, accusative, genitive."""
_FEMALE_FORMS = (("α", "ας"), ("ά", "άς"), ("η", "ης"), ("ή", "ής"), ("ω", "ως"), ("ώ", "ώς"))
_MALE_SURNAMES: dict[_Case, tuple[tuple[str, str], ...]] = {
    _Case.NOMINATIVE: (),
    _Case.ACCUSATIVE: (
        ("ο", "ος"), ("ό", "ός"), ("η", "ης"), ("ή", "ής"), ("α", "ας"), ("ά", "άς"), ("έα", "έας"),
    ),
    _Case.GENITIVE: (
        ("ου", "ος"), ("ού", "ός"), ("η", "ης"), ("ή", "ής"), ("α", "ας"), ("ά", "άς"),
    ),
}  # fmt: skip
_MOST_WORDS = 4
_KNOWN, _KNOWN_ALONE, _UNKNOWN_PAIR, _SINGLE = 0.92, 0.5, 0.65, 0.35


def parse_name(text: str) -> list[Parsed[PersonName]]:
    """The person's name in a text, best reading first.

    >>> [p.value.full for p in parse_name("με λένε Γιώργο Παπαδόπουλο")]
    ['Γιώργος Παπαδόπουλος']
    >>> [p.value.full for p in parse_name("Οικονόμου Μαρία")]
    ['Μαρία Οικονόμου']
    """
    words = split(text)
    candidates = [list(s.words) for s in cut_at_corrections(words)]
    for part in reversed(candidates or [words]):
        named = _strip(part)
        if any(word.sound in NO_NAMES for word in named) and not any(
            _known(word) for word in named
        ):
            continue  # a question or a request, not a name
        if named:
            start = next((i for i, word in enumerate(words) if word is named[0]), 0)
            span = Span(start, start + len(named) - 1)
            return [Parsed(name, span, score) for name, score in _readings(named)]
    return []


def say_name(name: PersonName) -> str:
    """First name and surname.

    >>> say_name(PersonName("Μαρία", "Οικονόμου"))
    'Μαρία Οικονόμου'
    """
    return name.full


def common_first_names() -> tuple[str, ...]:
    """Lower-case first names, nominative and, for men, accusative: a closed list for listening."""
    names = [form for nominative, _ in _listed() for form in _spoken_forms(nominative)]
    return tuple(dict.fromkeys(names))


def _spoken_forms(nominative: str) -> list[str]:
    forms = [nominative.lower()]
    for ending, accusative, _ in MALE_FORMS:
        if nominative.endswith(ending):
            forms.append((nominative[: -len(ending)] + accusative).lower())
    return forms


def _listed() -> list[tuple[str, bool]]:
    return [(n, True) for n in MALE.split()] + [(n, False) for n in FEMALE.split()]


@lru_cache(maxsize=1)
def _first_names() -> dict[str, _First]:
    """Forms of first names by spelling and, where no spelling is the same, by sound."""
    table: dict[str, _First] = {}
    later: list[tuple[str, _First]] = []
    for nominative, male in _listed():
        first = _First(nominative, male, _Case.NOMINATIVE)
        table.setdefault(fold(nominative), first)
        table.setdefault(sound(nominative), first)
        forms = (
            [(e, a, g) for e, a, g in MALE_FORMS] if male else [(e, e, g) for e, g in _FEMALE_FORMS]
        )
        for ending, accusative, genitive in forms:
            if nominative.endswith(ending):
                stem = nominative[: -len(ending)]
                later.append((stem + accusative, _First(nominative, male, _Case.ACCUSATIVE)))
                later.append((stem + genitive, _First(nominative, male, _Case.GENITIVE)))
    for form, first in later:
        table.setdefault(fold(form), first)
    for form, first in later:
        table.setdefault(sound(form), first)
    return table


@lru_cache(maxsize=5000)
def _misheard(skeleton: str) -> _First | None:
    """The first name that a longer word is one letter away from."""
    if len(skeleton) < 6:
        return None
    near = [first for form, first in _first_names().items() if distance(skeleton, form, 1) <= 1]
    return near[0] if len({first.nominative for first in near}) == 1 else None


def _known(word: Word) -> _First | None:
    """The first name a word is, by spelling before sound («Στέλλα», «Στέλα»)."""
    return _first_names().get(word.text) or _first_names().get(word.sound)


def _strip(words: Sequence[Word]) -> list[Word]:
    """The words of the name alone."""
    kept: list[Word] = []
    position = 0
    while position < len(words):
        if kept and match_phrase(words, position, ENDS):
            break
        length = match_phrase(words, position, CARRIERS)
        if length:
            position += length
            continue
        word = words[position]
        if len(kept) >= 2 and word.sound in PATRONYMIC | AND:
            break  # «… του Νικολάου»: the father's name; «… και μένω στην Πάτρα»
        if word.sound not in STOP and not word.is_number and len(word.text) > 1:
            kept.append(word)
        position += 1
    # «με λένε Ιωάννα, Ιωάννα Καραμανλή»
    return [w for i, w in enumerate(kept) if i == 0 or w.sound != kept[i - 1].sound][:_MOST_WORDS]


def _readings(words: Sequence[Word]) -> list[tuple[PersonName, float]]:
    firsts = [_known(word) for word in words]
    if not any(firsts):
        firsts = [_misheard(word.sound) for word in words]
    if len(words) == 1:
        first = firsts[0]
        if first is not None:
            return [(PersonName(first.nominative, ""), _KNOWN_ALONE)]
        return [(PersonName("", _title(words[0].raw)), _SINGLE)]
    if firsts[0] is None and firsts[-1] is not None:
        leading, surname = [len(words) - 1], list(range(len(words) - 1))
    elif firsts[0] is None:
        name = PersonName(_title(words[0].raw), _join(words[1:]))
        return [(name, _UNKNOWN_PAIR if len(words) == 2 else _SINGLE)]
    else:
        count = 1
        if len(words) > 2 and firsts[1] is not None and firsts[1].male == firsts[0].male:
            count = 2  # «Άννα Μαρία Παππά»
        leading, surname = list(range(count)), list(range(count, len(words)))
    chief = firsts[leading[0]]
    assert chief is not None
    given = " ".join(first.nominative for i in leading if (first := firsts[i]) is not None)
    last = _nominative([words[i] for i in surname], chief)
    name = PersonName(given, last)
    if firsts[0] is not None and firsts[-1] is not None and len(words) == 2:
        # «Γεωργίου Μαρία», «Παύλος Ηλίας»: either could be the surname.
        other = firsts[1]
        assert other is not None
        if firsts[0].case is _Case.GENITIVE and other.case is _Case.NOMINATIVE:
            return [(PersonName(other.nominative, _title(words[0].raw)), 0.85), (name, 0.4)]
        return [(name, 0.85)]
    return [(name, _KNOWN if len(words) <= 3 else 0.7)]


def _nominative(words: Sequence[Word], first: _First) -> str:
    """The surname in the case of the nominative, judged by the case the first name was in."""
    surname = _join(words)
    if not first.male or len(words) != 1:
        return surname
    if fold(surname).endswith("οπουλου"):
        return surname[:-2] + "ος"  # always the genitive of a man's «-όπουλος»
    for ending, nominative in _MALE_SURNAMES[first.case]:
        if surname.endswith(ending):
            return surname[: -len(ending)] + nominative
    return surname


def _join(words: Sequence[Word]) -> str:
    return " ".join(_title(word.raw) for word in words)


def _title(raw: str) -> str:
    return raw[:1].upper() + raw[1:].lower()

"""Cities, municipalities and districts, in any case ending, misheard or not.

A name that exists in several areas gives one reading for each; `is_ambiguous` says so, and
`Place.label` tells them apart for the question that must follow.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product

from voicebot.understanding.corrections import cut_at_corrections
from voicebot.understanding.data.places_gr import EVERYDAY_WORDS, PLACES
from voicebot.understanding.parsed import Parsed, Span
from voicebot.understanding.text import fold
from voicebot.understanding.words import Word, nearest, sound, sounds, split


@dataclass(frozen=True)
class Place:
    """A place. `name` in the nominative, `area` in the genitive, `label` unique among all.

    `minor`: a larger place of the same name is meant unless the caller names the area.
    """

    name: str
    area: str
    label: str
    minor: bool = False


@dataclass(frozen=True)
class _Form:
    """One spoken form: its words as one skeleton, how many there are, and the place."""

    skeleton: str
    count: int
    place: Place


@dataclass(frozen=True)
class _Found:
    start: int
    end: int
    place: Place
    gap: int
    length: int


_ENDINGS: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("ιοσ", ("ιο",), ("ιου",)),
    ("οσ", ("ο", "ον"), ("ου",)),
    ("ωσ", ("ω",), ("ω",)),
    ("ησ", ("η",), ("η", "ου")),
    ("ασ", ("α",), ("α", "οσ", "ωσ")),
    ("εσ", ("εσ",), ("ων",)),
    ("οι", ("ουσ",), ("ων",)),
    ("ου", ("ου",), ("ου",)),
    ("α", ("α", "αν"), ("ασ", "ων")),
    ("η", ("η", "ην"), ("ησ", "εωσ")),
    ("ι", ("ι",), ("ιου",)),
    ("ο", ("ο",), ("ου",)),
    ("ον", ("ο",), ("ου",)),
    ("υ", ("υ",), ("εωσ",)),
)
_SHORT = {"νεα": "ν", "νεοσ": "ν", "αγιοσ": "αγ", "αγια": "αγ", "αγιοι": "αγ"}
_FRAME = sounds(
    "στο στη στην στον στα στους στις σε του της των το τη την τον τα η ο οι από απ για εδώ μένω "
    "είμαι θέλω πόλη πόλης δήμος δήμο δήμου περιοχή περιοχής κέντρο ναι και κάπου κοντά με"
)
_PREPOSITIONS = sounds("στο στη στην στον στα στους στις της του των από απ για τη την τον")
_EVERYDAY = sounds(EVERYDAY_WORDS)
_GLUED = re.compile("στον|στιν|στισ|στυσ|στι|στο|στα|τισ|τιν|τον")
_NO = sound("όχι")
_LEAST_FUZZY, _LEAST_FUZZY_AMONG_OTHERS = 5, 7
_EXACT, _PER_GAP, _MINOR = 0.98, 1.75, 0.8


def parse_place(text: str) -> list[Parsed[Place]]:
    """Places named in a text, best first.

    >>> [p.value.label for p in parse_place("στο Περιστέρι")]
    ['Περιστέρι']
    >>> sorted(p.value.label for p in parse_place("μένω στη Νέα Ιωνία"))
    ['Νέα Ιωνία Αττικής', 'Νέα Ιωνία Βόλου']
    >>> [p.value.label for p in parse_place("στη Νέα Ιωνία του Βόλου")]
    ['Νέα Ιωνία Βόλου']
    """
    words = split(text)
    parts = [list(segment.words) for segment in cut_at_corrections(words)]
    denies = bool(words) and words[0].sound == _NO
    for part in [*reversed(parts), words]:
        found = _search(part)
        if found and denies and len({one.start for one in found}) > 1:
            first = min(one.start for one in found)  # «όχι στην Πάτρα, στην Πάρο»
            found = [one for one in found if one.start > first]
        if found:
            return _ranked(part, found)
    return []


def is_ambiguous(readings: Sequence[Parsed[Place]]) -> bool:
    """Whether the best two readings are equally likely, so that one must ask which is meant."""
    return len(readings) > 1 and readings[1].confidence > 0.9 * readings[0].confidence


def say_place(place: Place) -> str:
    """The name, with its area where the name alone would be ambiguous."""
    return place.label


def same_name(name: str) -> tuple[Place, ...]:
    """All places of a name, in the order of the table: the choices for the question back.

    >>> [p.area for p in same_name("Αμπελόκηποι")]
    ['Αττικής', 'Θεσσαλονίκης']
    """
    wanted = fold(name)
    return tuple(place for place in all_places() if wanted in (fold(place.name), fold(place.label)))


def area_of(name: str) -> str | None:
    """The area (genitive) that a name of an area stands for, or None.

    >>> area_of("Μαγνησίας")
    'Βόλου'
    """
    return _area_skeletons().get("".join(sound(word) for word in fold(name).split()))


@lru_cache(maxsize=1)
def all_places() -> tuple[Place, ...]:
    """Every place of the table, in its order."""
    return tuple(dict.fromkeys(form.place for form in _forms()))


def spoken_places() -> tuple[str, ...]:
    """Lower-case names as said (with other names), for a closed list of the recogniser."""
    names = [name for area in _areas() for entry in area.entries for name in entry.names]
    return tuple(dict.fromkeys(name.lower() for name in names))


@dataclass(frozen=True)
class _Entry:
    names: tuple[str, ...]
    minor: bool


@dataclass(frozen=True)
class _Area:
    genitive: str
    said: tuple[str, ...]
    listed: str

    @property
    def entries(self) -> Iterator[_Entry]:
        """The places of the area."""
        for entry in self.listed.split(";"):
            names = tuple(" ".join(name.split()) for name in entry.strip("~ ").split("="))
            yield _Entry(names, entry.strip().startswith("~"))


@lru_cache(maxsize=1)
def _areas() -> tuple[_Area, ...]:
    """The table, read."""
    areas: list[_Area] = []
    for line in PLACES.strip().splitlines():
        if not line.startswith(" "):
            head, _, said = line.partition(":")
            areas.append(_Area(head, tuple(name.strip() for name in said.split(",")), ""))
        else:
            last = areas[-1]
            areas[-1] = replace(last, listed=f"{last.listed} {line.strip()}")
    return tuple(areas)


@lru_cache(maxsize=1)
def _forms() -> tuple[_Form, ...]:
    """All spoken forms of all places."""
    shared: dict[str, int] = {}
    for area in _areas():
        for entry in area.entries:
            for name in {fold(n) for n in entry.names}:
                shared[name] = shared.get(name, 0) + 1
    forms: dict[tuple[str, Place], _Form] = {}
    for area in _areas():
        for entry in area.entries:
            own = entry.names[0]
            named = {word for said in area.said for word in said.split()}
            ambiguous = any(shared[fold(name)] > 1 for name in entry.names)
            label = own if not ambiguous or named & set(own.split()) else f"{own} {area.genitive}"
            place = Place(own, area.genitive, label, entry.minor)
            for name in entry.names:
                for words in _cases(fold(name).split()):
                    skeleton = "".join(sound(word) for word in words)
                    forms.setdefault((skeleton, place), _Form(skeleton, len(words), place))
    return tuple(forms.values())


def _cases(words: list[str]) -> Iterator[tuple[str, ...]]:
    """A name in nominative, accusative and genitive, its words agreeing."""
    yield tuple(words)
    short = _SHORT.get(words[0])
    if short and len(words) > 1:
        yield (short, *words[1:])
    declined = [_decline(word) for word in words]
    for case in (0, 1):
        yield from product(*(forms[case] for forms in declined))
    # «Πύλη Αξιού», «Άργος Ορεστικό»: often only the first word is declined.
    if len(words) > 1:
        for case in (0, 1):
            yield from ((first, *words[1:]) for first in declined[0][case])


def _decline(word: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    for ending, accusative, genitive in _ENDINGS:
        if word.endswith(ending):
            stem = word[: -len(ending)]
            return tuple(stem + e for e in accusative), tuple(stem + e for e in genitive)
    return (word,), (word,)


@lru_cache(maxsize=1)
def _by_skeleton() -> dict[str, tuple[_Form, ...]]:
    table: dict[str, list[_Form]] = {}
    for form in _forms():
        table.setdefault(form.skeleton, []).append(form)
    return {skeleton: tuple(forms) for skeleton, forms in table.items()}


@lru_cache(maxsize=1)
def _by_length() -> dict[int, tuple[tuple[str, ...], tuple[int, ...]]]:
    """Skeletons with the numbers of their forms, by how long they are: only such can be near."""
    table: dict[int, list[int]] = {}
    for number, form in enumerate(_forms()):
        table.setdefault(len(form.skeleton), []).append(number)
    return {
        length: (tuple(_forms()[number].skeleton for number in numbers), tuple(numbers))
        for length, numbers in table.items()
    }


@lru_cache(maxsize=1)
def _area_skeletons() -> dict[str, str]:
    return {
        "".join(sound(word) for word in fold(name).split()): area.genitive
        for area in _areas()
        for name in area.said
    }


def _search(words: Sequence[Word]) -> list[_Found]:
    """Exact mentions, or, where there is none, the nearest ones by sound."""
    exact: list[_Found] = []
    for start in range(len(words)):
        for end in range(start + 1, min(start + 5, len(words)) + 1):
            skeleton = "".join(word.sound for word in words[start:end])
            if end == start + 1 and _is_everyday(words, start):
                continue
            table = _by_skeleton()
            glued = _GLUED.match(skeleton) if end == start + 1 and skeleton not in table else None
            if glued is not None and len(skeleton) - glued.end() >= _LEAST_FUZZY:
                skeleton = skeleton[glued.end() :]  # «στοαιγάλεω»
            for form in table.get(skeleton, ()):
                exact.append(_Found(start, end, form.place, 0, len(skeleton)))
    if exact:
        return _uncovered(exact)
    near: list[_Found] = []
    for start in range(len(words)):
        if words[start].sound in _FRAME:
            continue
        for end in range(start + 1, min(start + 3, len(words)) + 1):
            skeleton = "".join(word.sound for word in words[start:end])
            alone = all(
                word.sound in _FRAME for i, word in enumerate(words) if not start <= i < end
            )
            # A short word is bent into a name only where it is all that was said.
            if len(skeleton) >= (_LEAST_FUZZY if alone else _LEAST_FUZZY_AMONG_OTHERS):
                near += _nearest(start, end, skeleton)
    if not near:
        return []
    least = min(found.gap / found.length for found in near)
    return [found for found in near if found.gap / found.length <= least + 0.06]


def _is_everyday(words: Sequence[Word], position: int) -> bool:
    """«πάρω» in "να πάρω ραντεβού" is not Paros, «στην Πάρο» and a lone «Πάρο» are."""
    if words[position].sound not in _EVERYDAY:
        return False
    before = words[position - 1].sound if position else ""
    alone = all(w.sound in _FRAME for i, w in enumerate(words) if i != position)
    return before not in _PREPOSITIONS and not alone


def _nearest(start: int, end: int, skeleton: str) -> Iterator[_Found]:
    limit = 1 if len(skeleton) < 9 else 2 if len(skeleton) < 13 else 3
    near: list[tuple[int, int]] = []
    for length in range(max(_LEAST_FUZZY, len(skeleton) - limit), len(skeleton) + limit + 1):
        skeletons, numbers = _by_length().get(length, ((), ()))
        near += [(numbers[i], gap) for i, gap in nearest(skeleton, skeletons, limit)]
    best: dict[Place, int] = {}
    for number, gap in sorted(near):
        place = _forms()[number].place
        best[place] = min(gap, best.get(place, limit))
    for place, gap in best.items():
        yield _Found(start, end, place, gap, len(skeleton))


def _uncovered(found: list[_Found]) -> list[_Found]:
    """Without mentions that lie inside a longer one ("Άργος" in "Άργος Ορεστικό")."""
    return [
        one
        for one in found
        if not any(
            other.start <= one.start
            and one.end <= other.end
            and other.end - other.start > one.end - one.start
            for other in found
        )
    ]


def _ranked(words: Sequence[Word], found: list[_Found]) -> list[Parsed[Place]]:
    areas = _areas_said(words)
    scored: dict[Place, Parsed[Place]] = {}
    labels = {one.start: sum(o.start == one.start for o in found) for one in found}
    telling = {one.place.area for one in found if labels[one.start] > 1}
    for one in found:
        score = _EXACT - _PER_GAP * one.gap / one.length
        score *= _MINOR if one.place.minor else 1.0
        others = [area for position, area in areas if not one.start <= position < one.end]
        if labels[one.start] > 1 and others and any(area in telling for area in others):
            if one.place.area not in others:
                continue
        elif labels[one.start] == 1 and len(labels) > 1 and one.place.area in telling:
            score *= 0.5  # only said to tell which of the ambiguous ones is meant
        known = scored.get(one.place)
        if known is None or known.confidence < score:
            span = Span(one.start, one.end - 1)
            scored[one.place] = Parsed(one.place, span, round(score, 3))
    ranked = sorted(scored.values(), key=lambda p: (-p.confidence, p.span.first))
    if ranked and ranked[0].confidence > 0.9:
        ranked = [p for p in ranked if p.confidence > 0.6]
    return ranked


def _areas_said(words: Sequence[Word]) -> list[tuple[int, str]]:
    """Areas named in the utterance with their positions."""
    known = _area_skeletons()
    return [
        (position, known[word.sound]) for position, word in enumerate(words) if word.sound in known
    ]

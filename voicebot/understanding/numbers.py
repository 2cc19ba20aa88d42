"""Greek number words: the lexicon, tolerant reading of it, and spoken cardinals below a million.

`spoken_numbers` is the primitive of all modules that meet numbers: every whole number that the
words from a given position on can mean ("τριάντα τρία" is 30 or 33), with a cost for how far the
words had to be bent. Costs are negative log-likelihoods in spirit: 0 is said plainly.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from voicebot.understanding.parsed import Parsed, Span
from voicebot.understanding.words import Word, distance, sound, sounds, split


class Role(StrEnum):
    """What a number word does in a number."""

    UNIT = "unit"
    TEEN = "teen"
    TENS = "tens"
    HUNDREDS = "hundreds"
    THOUSAND = "thousand"
    THOUSANDS = "thousands"
    PLURAL_DIGIT = "plural_digit"
    TIMES = "times"


@dataclass(frozen=True)
class NumberWord:
    """One atom of the lexicon, e.g. (TENS, 30)."""

    role: Role
    value: int


@dataclass(frozen=True)
class WordReading:
    """A way to read one word as number atoms (several when words were joined)."""

    atoms: tuple[NumberWord, ...]
    cost: float


@dataclass(frozen=True)
class SpokenNumber:
    """A number that words `start` up to `end` (exclusive) can mean."""

    value: int
    end: int
    cost: float


_FORMS: dict[Role, dict[int, str]] = {
    Role.UNIT: {
        0: "μηδεν μηδενικο μιδεν μηδε",
        1: "ενα ενασ εναν μια μιασ ενοσ ασοσ ασο",
        2: "δυο δυω δυαρι",
        3: "τρια τρεισ τριων τριαρι",
        4: "τεσσερα τεσσερισ τεσσαρα τεσσαρων τεσσαρι τεσσερεισ",
        5: "πεντε πενταρι",
        6: "εξι εξαρι",
        7: "εφτα επτα εφταρι επταρι",
        8: "οχτω οκτω οχταρι οκταρι",
        9: "εννια εννεα εννιαρι",
    },
    Role.TEEN: {
        10: "δεκα δεκαρι",
        11: "εντεκα ενδεκα",
        12: "δωδεκα",
        13: "δεκατρια δεκατρεισ δεκατριων",
        14: "δεκατεσσερα δεκατεσσερισ δεκατεσσαρων",
        15: "δεκαπεντε",
        16: "δεκαεξι δεκαξι",
        17: "δεκαεφτα δεκαεπτα δεκαφτα δεκαπτα",
        18: "δεκαοχτω δεκαοκτω δεκοχτω",
        19: "δεκαεννια δεκαεννεα δεκανια",
    },
    Role.TENS: {
        20: "εικοσι εικοσαρι",
        30: "τριαντα τριανταρι",
        40: "σαραντα σαρανταρι",
        50: "πενηντα πενηνταρι",
        60: "εξηντα εξηνταρι",
        70: "εβδομηντα εφδομηντα εβδομηνταρι",
        80: "ογδοντα ογδονταρι οχδοντα ογδωηντα",
        90: "ενενηντα ενηντα εννενηντα εννενηνταρι",
    },
    Role.HUNDREDS: {
        100: "εκατο εκατον εκατοσταρι",
        200: "διακοσια διακοσιεσ διακοσιοι διακοσιων",
        300: "τρακοσια τριακοσια τρακοσιεσ τριακοσιεσ τρακοσιοι τριακοσιοι",
        400: "τετρακοσια τετρακοσιεσ τετρακοσιοι τεσσερακοσια",
        500: "πεντακοσια πεντακοσιεσ πεντακοσιοι",
        600: "εξακοσια εξακοσιεσ εξακοσιοι εξικοσια",
        700: "εφτακοσια επτακοσια εφτακοσιεσ επτακοσιεσ εφτακοσιοι επτακοσιοι",
        800: "οχτακοσια οκτακοσια οχτακοσιεσ οκτακοσιεσ οχτακοσιοι οκτακοσιοι",
        900: "εννιακοσια εννεακοσια εννιακοσιεσ εννεακοσιεσ εννιακοσιοι εννεακοσιοι",
    },
    Role.THOUSAND: {1000: "χιλια χιλιεσ χιλιοι χιλιων"},
    Role.THOUSANDS: {1000: "χιλιαδεσ χιλιαδων"},
    Role.PLURAL_DIGIT: {
        0: "μηδενικα",
        1: "ασοι ασουσ",
        2: "δυαρια",
        3: "τριαρια",
        4: "τεσσαρια",
        5: "πενταρια",
        6: "εξαρια",
        7: "εφταρια επταρια",
        8: "οχταρια οκταρια",
        9: "εννιαρια",
    },
    Role.TIMES: {
        2: "διπλο διπλοσ διπλη",
        3: "τριπλο τριπλοσ τριπλη",
        4: "τετραπλο",
    },
}

LEXICON: dict[str, NumberWord] = {
    sound(form): NumberWord(role, value)
    for role, table in _FORMS.items()
    for value, forms in table.items()
    for form in forms.split()
}
"""Phonetic skeleton of every number word."""

_SEPARABLE = frozenset(
    skeleton for skeleton, atom in LEXICON.items() if atom.role is not Role.TIMES
)
_SPELLINGS = {
    sound(form): form
    for forms in (
        *(forms for table in _FORMS.values() for forms in table.values()),
        "το τα στο στισ στη και ναι ειναι με του παρα τισ",
    )
    for form in reversed(forms.split())
}

_JOINABLE = {
    skeleton: atom
    for skeleton, atom in LEXICON.items()
    if atom.role in (Role.UNIT, Role.TEEN, Role.TENS, Role.HUNDREDS, Role.THOUSAND)
}

# Everyday words that sound nearly like number words: never bent into them.
_NOT_NUMBERS = sounds(
    "και το τα του τη την της των τον στο στη στα με μου μας σας σου δεν να θα ειναι ειμαι "
    "εχω εχει εξω εσυ εγω ναι οχι εννοω τελος μετα τωρα μονο μενα εμενα εσενα ενω αλλα κανενα "
    "εσας τηλεφωνο κινητο σταθερο αριθμος αφιμι λαθος συγγνωμη εντος πεντα μεν μηνες μηνα "
    "αμκα μηνας ακουτε τετοια "
    "τρεχει εκει εδω δουν δυσκολο δηλαδη δικα δικο δικη δηλωση πενθος επτω ακου "
    "εξης εξησ ετσι επι εφκα ικα ογα εν ανα μετρα μετραω διπλα τρελα δεχομαι "
    "δευτερα τριτη τεταρτη πεμπτη παρασκευη"
) - set(LEXICON)

_PAUSE_COST = 0.4
_SPLIT_TEEN_COST = 0.5
_JOINED_COST = 0.05
_FUZZY_COST, _FUZZY_COST_PER_SHARE = 0.5, 4.0

# Small words that a recogniser glues to a number; only «και» also to its end.
_GLUED = sounds("το τα στο στις στη στα και ναι είναι με του παρά τις")
_GLUED_BEHIND = sounds("και")


@lru_cache(maxsize=20_000)
def word_readings(skeleton: str) -> tuple[WordReading, ...]:
    """Number readings of one word by its skeleton, plain ones first; () for other words.

    >>> [[a.value for a in r.atoms] for r in word_readings(sound("εικοσιπέντε"))]
    [[20, 5]]
    """
    exact = LEXICON.get(skeleton)
    if exact is not None:
        return (WordReading((exact,), 0.0),)
    if skeleton in _NOT_NUMBERS or len(skeleton) < 3 or skeleton.isdigit():
        return ()
    joined = _joined(skeleton)
    if joined is not None:
        return (WordReading(joined, _JOINED_COST),)
    best: dict[NumberWord, float] = {}
    for known, atom in LEXICON.items():
        limit = 2 if min(len(known), len(skeleton)) >= 7 else 1
        gap = distance(skeleton, known, limit)
        if gap > limit:
            continue
        cost = _FUZZY_COST + _FUZZY_COST_PER_SHARE * gap / len(known)
        best[atom] = min(cost, best.get(atom, math.inf))
    ranked = sorted(best.items(), key=lambda item: item[1])
    return tuple(WordReading((atom,), cost) for atom, cost in ranked[:3])


def _joined(skeleton: str) -> tuple[NumberWord, ...] | None:
    """The atoms of several number words written as one, or None."""
    for cut in range(3, len(skeleton) - 2):
        head = _JOINABLE.get(skeleton[:cut])
        if head is None:
            continue
        tail = skeleton[cut:]
        last = _JOINABLE.get(tail)
        if last is not None:
            return (head, last)
        rest = _joined(tail)
        if rest is not None:
            return (head, *rest)
    return None


def split_joined(words: Sequence[Word]) -> list[Word]:
    """Words with those that were written together taken apart: «εικοσιπέντε», «στοδέκα».

    >>> [word.text for word in split_joined(split("στοδιακόσια δεκαεφτά εξηνταεννιά"))]
    ['στο', 'διακοσια', 'δεκαεφτα', 'εξηντα', 'εννια']
    """
    apart: list[Word] = []
    for word in words:
        parts = _parts_of(word.sound)
        if len(parts) < 2:
            apart.append(word)
            continue
        for place, (part, text) in enumerate(parts):
            apart.append(Word(text, part, text, word.pause and place == 0))
    return apart


@lru_cache(maxsize=20_000)
def _parts_of(skeleton: str) -> tuple[tuple[str, str], ...]:
    """(skeleton, spelling) of the number and small words that a word is made of; () if it is one
    word."""
    if skeleton in LEXICON or skeleton in _NOT_NUMBERS or len(skeleton) < 5:
        return ()
    found = _cut(skeleton, first=True)
    return tuple((part, _SPELLINGS.get(part, part)) for part in found) if found else ()


def _cut(skeleton: str, *, first: bool) -> tuple[str, ...] | None:
    if skeleton in _SEPARABLE or (not first and skeleton in _GLUED_BEHIND):
        return (skeleton,)
    for end in range(len(skeleton) - 2, 1, -1):
        head, tail = skeleton[:end], skeleton[end:]
        if head in _SEPARABLE or head in _GLUED:
            rest = _cut(tail, first=first and head in _GLUED)
            if rest is not None:
                return (head, *rest)
    return None


@dataclass(frozen=True)
class _Partial:
    """A number being put together: value so far and the magnitude that may still follow."""

    value: int = 0
    below: int = 5
    count: int = 0
    ended_on_ten: bool = False


def _extend(partial: _Partial, atom: NumberWord) -> tuple[_Partial, float] | None:
    """The number with one more atom and the extra cost, or None where Greek does not allow it."""
    value, role = atom.value, atom.role
    if role is Role.UNIT:
        if value == 0:
            return (_Partial(0, 0, 1), 0.0) if partial.count == 0 else None
        if partial.ended_on_ten:
            return (
                _Partial(partial.value + value, 0 if value < 2 else 1, partial.count + 1),
                _SPLIT_TEEN_COST,
            )
        magnitude = 1
    elif role is Role.TEEN:
        if partial.below <= 2:
            return None
        return _Partial(partial.value + value, 1, partial.count + 1, value == 10), 0.0
    elif role is Role.TENS:
        magnitude = 2
    elif role is Role.HUNDREDS:
        magnitude = 3
    elif role is Role.THOUSAND and partial.count == 0:
        return _Partial(1000, 4, 1), 0.0
    elif role is Role.THOUSANDS and 0 < partial.value < 1000 and partial.count:
        return _Partial(partial.value * 1000, 4, partial.count + 1), 0.0
    else:
        return None
    if magnitude >= partial.below:
        return None
    return _Partial(partial.value + value, magnitude, partial.count + 1), 0.0


def spoken_numbers(words: Sequence[Word], start: int) -> list[SpokenNumber]:
    """Every whole number said by the words from `start` on, longest first.

    Figures count as numbers (without a leading zero).

    >>> [(n.value, n.end) for n in spoken_numbers(split("τριάντα τρία"), 0)]
    [(33, 2), (30, 1)]
    """
    found: dict[tuple[int, int], float] = {}

    def grow(partial: _Partial, position: int, cost: float) -> None:
        if position >= len(words):
            return
        word = words[position]
        if word.is_number:
            if partial.count == 0 and (len(word.text) == 1 or word.text[0] != "0"):
                key = (int(word.text), position + 1)
                found[key] = min(cost, found.get(key, math.inf))
            return
        for reading in word_readings(word.sound):
            grown: _Partial | None = partial
            extra = reading.cost
            for atom in reading.atoms:
                assert grown is not None
                step = _extend(grown, atom)
                if step is None:
                    grown = None
                    break
                grown, more = step
                extra += more
            if grown is None:
                continue
            if partial.count and word.pause:
                extra += _PAUSE_COST
            key = (grown.value, position + 1)
            if cost + extra < found.get(key, math.inf):
                found[key] = cost + extra
                grow(grown, position + 1, cost + extra)

    grow(_Partial(), start, 0.0)
    numbers = [SpokenNumber(value, end, cost) for (value, end), cost in found.items()]
    return sorted(numbers, key=lambda n: (-n.end, n.cost))


def parse_number(text: str, *, least: int = 0, most: int = 999_999) -> list[Parsed[int]]:
    """Cardinals said in a text, the longest and plainest first.

    >>> [p.value for p in parse_number("έχω χίλια διακόσια τριάντα ένσημα")][0]
    1230
    """
    words = split(text)
    results = []
    taken = 0
    for start in range(len(words)):
        for number in spoken_numbers(words, start):
            if not least <= number.value <= most:
                continue
            inside = 0.3 if start < taken else 0.0
            taken = max(taken, number.end)
            score = confidence(number.cost) * (0.5 if inside else 1.0)
            results.append(Parsed(number.value, Span(start, number.end - 1), score))
    results.sort(key=lambda p: (-p.confidence, -(p.span.last - p.span.first), p.span.first))
    return results


def confidence(cost: float) -> float:
    """A cost as a confidence in 0..1: 0 gives 1, one misheard letter about 0.7."""
    return math.exp(-0.35 * cost)
